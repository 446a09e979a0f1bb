"""Third parties' files are kept whole, or not at all (CEC 13.2.1.12 to 13.2.1.15)."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import json
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator.media import wav
from emulator.surfaces.cec.ccfs.third_party import MEBIBYTE
from tests.surfaces.cec.ccfs.office import CCFS, Office, opened

BIG = 5 * MEBIBYTE


def sound(size: int) -> bytes:
    """A file of just so many bytes."""
    head = len(wav.header(wav.Format(), 0))
    return wav.header(wav.Format(), size - head) + b"\xd5" * (size - head)


def upload(content: bytes) -> dict[str, str]:
    return {"data": base64.b64encode(content).decode()}


@pytest.fixture(params=["memory", "file"])
async def office(request: pytest.FixtureRequest, tmp_path: Path) -> AsyncIterator[Office]:
    async with opened(tmp_path if request.param == "file" else None) as it:
        yield it


def files(office: Office) -> list[Path]:
    folder = office.doors.file_server.voice_files._folder
    return [it for it in folder.place.rglob("*") if it.is_file()] if folder.exists else []


async def uploaded(office: Office, content: bytes) -> str:
    answer = (await office.ask("/ivr/uploadFile", {"vdnId": 1}, **upload(content))).json()
    assert answer["resultCode"] == "0", answer
    return str(answer["resultData"]["fileName"])


async def test_an_upload_is_downloaded_hashed_and_deleted(office: Office) -> None:
    content = sound(1000)
    name = await uploaded(office, content)
    assert name.startswith("Y:/3rdfile/1/thirdvoicebotfile/")
    folder = name.rpartition("/")[0]
    for asked in ({"filePath": name}, {"filePath": folder, "mode": "1"}):
        assert (await office.ask("/ivr/downloadFile", **asked)).content == content
    answer = (await office.ask("/ivr/getFileHash", fileName=name)).json()
    assert answer["resultData"] == {"hashValue": hashlib.sha256(content).hexdigest()}
    answer = (await office.ask("/ivr/deleteFile", fileName=name)).json()
    assert answer == {"resultData": None, "resultCode": "0", "resultDesc": "success"}
    answer = (await office.ask("/ivr/deleteFile", fileName=name)).json()
    assert answer["resultCode"] == "0300011"
    assert files(office) == []


async def test_the_largest_upload_is_taken_and_a_larger_one_is_not(office: Office) -> None:
    for size in (BIG + 2, BIG * 2):
        answer = await office.ask("/ivr/uploadFile", {"vdnId": 1}, **upload(sound(size)))
        assert answer.json()["resultCode"] == "0300041"
        assert files(office) == []
    name = await uploaded(office, sound(BIG))
    assert (await office.ask("/ivr/downloadFile", filePath=name)).content == sound(BIG)


async def test_how_large_an_upload_may_be_can_be_set() -> None:
    async with opened(upload_mb=1) as office:
        answer = await office.ask("/ivr/uploadFile", {"vdnId": 1}, **upload(sound(MEBIBYTE + 2)))
        assert answer.json()["resultCode"] == "0300041"


async def test_other_interfaces_take_no_such_bodies(office: Office) -> None:
    answer = await office.ask("/ivr/deleteFile", fileName="Y" * 2 * MEBIBYTE)
    assert answer.json()["resultCode"] == "0300003"


async def test_an_upload_that_breaks_off_leaves_nothing(office: Office) -> None:
    body = json.dumps({"request": {"version": "2.0"}, "msgBody": upload(sound(100_000))}).encode()
    sent = [
        {"type": "http.request", "body": body[:50_000], "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> Any:
        return sent.pop(0)

    async def send(message: Any) -> None:
        raise AssertionError(message)

    scope = {
        "type": "http",
        "method": "POST",
        "path": f"{CCFS}/ivr/uploadFile",
        "query_string": b"vdnId=1",
        "headers": [(b"host", b"a"), (b"content-type", b"application/json")],
    }
    await office.doors.app(scope, receive, send)
    assert files(office) == []


async def test_an_upload_that_was_changed_on_its_way_is_refused(office: Office) -> None:
    class Changes(httpx.ASGITransport):
        async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
            content = request.content.replace(b"1dXV", b"2dXV", 1)
            assert content != request.content
            changed = httpx.Request(
                request.method, request.url, headers=request.headers, content=content
            )
            return await super().handle_async_request(changed)

    body = {"request": {"version": "2.0"}, "msgBody": upload(sound(2 * MEBIBYTE))}
    async with httpx.AsyncClient(transport=Changes(app=office.doors.app)) as client:
        answer = await client.post(
            f"https://a{CCFS}/ivr/uploadFile?vdnId=1", json=body, auth=office.auth
        )
    assert answer.status_code == 401
    assert files(office) == []


async def test_the_call_center_goes_on_while_a_large_upload_is_read(office: Office) -> None:
    beats = 0

    async def beat() -> None:
        nonlocal beats
        while True:
            await asyncio.sleep(0)
            beats += 1

    beating = asyncio.create_task(beat())
    await uploaded(office, sound(BIG))
    beating.cancel()
    assert beats > 10


async def test_a_disk_that_is_full_keeps_nothing(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any, **__: Any) -> None:
        raise OSError("no space left on device")

    monkeypatch.setattr(Path, "replace", full)
    answer = await office.ask("/ivr/uploadFile", {"vdnId": 1}, **upload(sound(1000)))
    assert answer.json()["resultCode"] == "0300030"
    assert files(office) == []


FOLDER = "Y:/3rdfile/1/thirdvoicebotfile"


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (f"{FOLDER}/../../2/thirdvoicebotfile/a.wav", "0300024"),
        (f"{FOLDER}\\..\\a.wav", "0300024"),
        (f"{FOLDER}//a.wav", "0300024"),
        (f"{FOLDER}/%2e%2e/a.wav", "0300022"),
        (f"{FOLDER}/a\x00.wav", "0300007"),
        ("Y:/3rdfile/2/thirdvoicebotfile/a.wav", "0300026"),
        ("Y:/1/0/20231114/101/1.wav", "0300032"),
        ("Y:/3rdfile/1/elsewhere/a.wav", "0300032"),
        (f"{FOLDER}/.hidden", "0300032"),
        (FOLDER, "0300011"),
    ],
)
async def test_nobody_leaves_its_own_folder(office: Office, name: str, code: str) -> None:
    for path in ("/ivr/deleteFile", "/ivr/getFileHash"):
        assert (await office.ask(path, fileName=name)).json()["resultCode"] == code
    assert (await office.ask("/ivr/downloadFile", filePath=name)).json()["resultCode"] == code


async def test_a_link_leads_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "secret.wav").write_bytes(b"RIFF")
    folder = tmp_path / "data" / "recordings" / "3rdfile" / "1" / "IVRrecordFile"
    folder.mkdir(parents=True)
    (folder / "link.wav").symlink_to(tmp_path / "secret.wav")
    (folder / "own.wav").write_bytes(b"RIFF of its own")
    async with opened(tmp_path / "data") as office:
        asked = {"filePath": "Y:/3rdfile/1/IVRrecordFile", "mode": 1}
        assert (await office.ask("/ivr/downloadFile", **asked)).content == b"RIFF of its own"
        for name, code in (("link.wav", "0300011"), ("own.wav", "0")):
            answer = await office.ask(
                "/ivr/downloadFile", filePath=f"Y:/3rdfile/1/IVRrecordFile/{name}"
            )
            assert (answer.content[:1] == b"R") == (code == "0")
        answer = await office.ask("/ivr/deleteFile", fileName="Y:/3rdfile/1/IVRrecordFile/own.wav")
        assert answer.json()["resultCode"] == "0300032"


async def test_a_folder_must_hold_one_file(office: Office) -> None:
    asked = {"filePath": FOLDER + "/", "mode": 1}
    assert (await office.ask("/ivr/downloadFile", **asked)).json()["resultCode"] == "0300011"
    await uploaded(office, sound(500))
    assert (await office.ask("/ivr/downloadFile", **asked)).content == sound(500)
    await uploaded(office, sound(600))
    assert (await office.ask("/ivr/downloadFile", **asked)).json()["resultCode"] == "0300044"


async def test_a_reset_takes_the_uploads_along(office: Office) -> None:
    await uploaded(office, sound(500))
    office.doors.file_server.forget(2)
    assert len(files(office)) == 1
    office.doors.file_server.forget(None)
    assert files(office) == []


async def test_in_a_pool_it_is_said_where_a_file_is() -> None:
    async with opened(cti_pool=True) as office:
        answer = await office.ask("/ivr/uploadFile", {"vdnId": 1}, **upload(sound(500)))
        found = answer.json()["resultData"]
        assert found["locationId"] == ["256"]
        for location, code in (("256", "0"), ("", "0"), ("0", "0300011")):
            asked = {"fileName": found["fileName"], "locationId": location}
            answer = await office.ask("/ivr/getFileHash", **asked)
            assert answer.json()["resultCode"] == code
