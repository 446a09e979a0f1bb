"""Recordings are downloaded and listened to by those whose they are (CEC 13.2.1.1, 4, 5, 8–11)."""

from __future__ import annotations

import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator.media import wav
from emulator.surfaces.cec.ccfs import desk
from emulator.worlds import Worlds
from tests.surfaces.cec.ccfs.office import (
    CCFS,
    SECOND,
    Office,
    opened,
    recording,
    stay,
)

FILE = "Y:/1/0/20231114/101/0000010.V3"
ELSEWHERE = "Y:/2/0/20231114/201/0000010.V3"
HALF_AN_HOUR = 30 * 60 * SECOND


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with opened() as it:
        await it.have(
            recording(-10),
            recording(-9, agent_id="102", call_id="1700000000-10"),
            recording(-8, tenant_id=2, agent_id="201", file_name=ELSEWHERE),
            stay(-10),
        )
        yield it


async def token_for(office: Office, file: str = FILE) -> str:
    answer = (await office.ask("/requestPlayVoice", fileName=file)).json()
    assert answer["resultCode"] == "0", answer
    return str(answer["resultData"]["token"])


async def play(office: Office, token: str, **headers: str) -> httpx.Response:
    query = {"t": "1596677685425", "version": "2.0", "st": token}
    return await office.client.get(f"{CCFS}/playVoice", params=query, headers=headers)


# Downloads


async def test_what_the_index_names_can_be_downloaded(office: Office) -> None:
    [lines] = (await office.export(dataType="record")).values()
    for line in lines:
        answer = await office.ask("/downloadRecordFile", fileName=line[9])
        assert wav.layout(answer.content[:4096], len(answer.content)).microseconds == 2 * SECOND
        assert answer.headers["content-type"] == "application/octet-stream;charset=UTF-8"
        original = await office.ask("/downloadRecord", fileName=line[12])
        assert original.content == answer.content
    developers_form = lines[0][9].replace("/record/1/", "/record/demo/1/")
    assert (await office.ask("/downloadRecordFile", fileName=developers_form)).content[
        :4
    ] == b"RIFF"


async def test_several_recordings_of_a_call_are_a_zip(office: Office) -> None:
    answer = await office.ask("/downloadRecord", callId="1700000000-10")
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert archive.namelist() == ["101_0000010.wav", "101_0000009.wav"]
    one = await office.ask("/downloadRecord", fileName=FILE)
    assert archive.read("101_0000010.wav") == one.content
    folder = office.doors.file_server.scratch.place
    assert list(folder.glob("*.zip")) == []


@pytest.mark.parametrize(
    ("path", "message", "code"),
    [
        (
            "/downloadRecordFile",
            {"fileName": "/256/1/record/2/20231114/201/0000010.wav"},
            "0300018",
        ),
        ("/downloadRecordFile", {"fileName": "/256/1/record/1/../2/20231114/x.wav"}, "0300024"),
        ("/downloadRecordFile", {"fileName": "/256/1/record/1/20231114/101/..%2f.wav"}, "0300022"),
        ("/downloadRecord", {"fileName": ELSEWHERE}, "0300018"),
        ("/downloadRecord", {"fileName": "Y:/1/../2/0/20231114/201/0000010.V3"}, "0300024"),
        ("/downloadRecord", {"fileName": "Y:\\1\\..\\2\\0\\20231114\\201\\1.V3"}, "0300024"),
        ("/downloadRecord", {"callId": "1700000000-8"}, "0300018"),
        ("/requestPlayVoice", {"fileName": ELSEWHERE}, "0300018"),
        ("/requestPlayVoice", {"fileName": "Y:/1/../2/0/20231114/201/0000010.V3"}, "0300028"),
        ("/downloadOiapRecord", {"fileName": "Y:/1/odfsrecord/20231114/../x.wav"}, "0300032"),
        ("/downloadIVRRecordFile", {"fileName": "Y:/2/record/20231114/1.wav"}, "0300026"),
    ],
)
async def test_nobody_leaves_its_own_folder(
    office: Office, path: str, message: dict[str, Any], code: str
) -> None:
    assert (await office.ask(path, **message)).json()["resultCode"] == code


async def test_messages_go_by_every_documented_name(office: Office) -> None:
    message = recording(-7, agent_id="", file_name="Y:/1/record/20231114/playvoice1.wav", media=17)
    await office.have(message)
    names = ("Y:/1/odfsrecord", "y:/record/1/odfsrecord", "Y:/record/1")
    answers = [
        await office.ask("/downloadOiapRecord", fileName=f"{name}/20231114/playvoice1.wav")
        for name in names
    ]
    own = await office.ask("/downloadIVRRecordFile", fileName=message.file_name)
    assert own.content[:4] == b"RIFF"
    assert {answer.content for answer in answers} == {own.content}
    moved = "Y:/1/transferrecord/20231114/playvoice1.wav"
    answer = await office.ask("/downloadOiapRecord", fileName=moved)
    assert answer.json()["resultCode"] == "0300011"
    [lines] = (await office.export(dataType="record", callId="1700000000-7")).values()
    assert lines[0][9] == "/256/1/record/1/20231114/0/playvoice1.wav"
    indexed = await office.ask("/downloadRecordFile", fileName=lines[0][9])
    assert indexed.content == own.content


async def test_files_that_somebody_has_put_there_are_sent(tmp_path: Path) -> None:
    folder = tmp_path / "recordings" / "1" / "transferrecord" / "20231114"
    folder.mkdir(parents=True)
    (folder / "a.wav").write_bytes(b"RIFF of somebody")
    async with opened(tmp_path) as office:
        name = "Y:/1/transferrecord/20231114/a.wav"
        answer = await office.ask("/downloadOiapRecord", fileName=name)
        assert answer.content == b"RIFF of somebody"


async def test_so_many_downloads_at_once_are_too_many(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(desk, "MAX_DOWNLOADS", 1)
    server = office.doors.file_server

    async def pieces() -> AsyncIterator[bytes]:
        yield b"1"
        yield b"2"

    sending = server.counted(pieces())
    assert not server.is_busy
    await anext(sending)
    assert (await office.ask("/downloadRecord", fileName=FILE)).json()["resultCode"] == "0300008"
    await sending.aclose()  # type: ignore[attr-defined]
    assert (await office.ask("/downloadRecord", fileName=FILE)).content[:4] == b"RIFF"


# Listening


async def test_a_recording_is_listened_to_as_often_as_one_likes(office: Office) -> None:
    token = await token_for(office, FILE.replace("/", "\\"))
    first, second = await play(office, token), await play(office, token)
    assert first.status_code == 200
    assert first.headers["accept-ranges"] == "bytes"
    assert first.content == second.content
    assert wav.layout(first.content[:4096], len(first.content)).microseconds == 2 * SECOND


@pytest.mark.parametrize(
    ("wanted", "begin", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=5-9", 5, 10),
        ("bytes=20000-", 20_000, None),
        ("bytes=-100", -100, None),
        ("bytes=0-99999999", 0, None),
        ("bytes=-99999999", 0, None),
    ],
)
@pytest.mark.parametrize("durable", [False, True])
async def test_a_player_may_ask_for_a_stretch(
    wanted: str, begin: int, end: int | None, durable: bool, tmp_path: Path
) -> None:
    async with opened(tmp_path if durable else None) as office:
        await office.have(recording(-10))
        token = await token_for(office)
        whole = (await play(office, token)).content
        answer = await play(office, token, Range=wanted)
        assert answer.status_code == 206
        assert answer.content == whole[begin:end]
        first = begin % len(whole)
        last = first + len(answer.content) - 1
        assert answer.headers["content-range"] == f"bytes {first}-{last}/{len(whole)}"


@pytest.mark.parametrize("wanted", ["bytes=9-5", "bytes=0-1,5-6", "lines=1-2", "bytes=-", "bytes"])
async def test_what_is_no_stretch_is_the_whole(office: Office, wanted: str) -> None:
    token = await token_for(office)
    answer = await play(office, token, Range=wanted)
    assert (answer.status_code, answer.content[:4]) == (200, b"RIFF")


@pytest.mark.parametrize("wanted", ["bytes=99999999-", "bytes=-0"])
async def test_a_stretch_beyond_the_end_is_told_so(office: Office, wanted: str) -> None:
    token = await token_for(office)
    size = len((await play(office, token)).content)
    answer = await play(office, token, Range=wanted)
    assert answer.status_code == 416
    assert answer.headers["content-range"] == f"bytes */{size}"


async def test_a_token_is_good_for_half_an_hour(office: Office) -> None:
    token = await token_for(office)
    office.platform.move_clock(HALF_AN_HOUR - 1)
    assert (await play(office, token)).content[:4] == b"RIFF"
    office.platform.move_clock(1)
    answer = await play(office, token)
    assert answer.json() == {
        "resultData": None,
        "resultCode": "0300028",
        "resultDesc": "Parameter token is error.",
    }
    assert answer.headers["content-type"] == "application/octet-stream;charset=UTF-8"


async def test_a_token_that_nobody_gave_is_worth_nothing(office: Office) -> None:
    token = await token_for(office)
    for forged in (token.lower(), token[:-1], "0" * 32, "é"):
        assert (await play(office, forged)).json()["resultCode"] == "0300028"


async def test_tokens_end_with_a_reset_and_are_not_kept_for_ever(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    token = await token_for(office)
    office.doors.file_server.forget(2)
    assert (await play(office, token)).status_code == 200
    office.doors.file_server.forget(1)
    assert (await play(office, token)).json()["resultCode"] == "0300028"
    monkeypatch.setattr(desk, "MAX_TOKENS", 2)
    tokens = [await token_for(office) for _ in range(3)]
    heard = [(await play(office, token)).content[:1] for token in tokens]
    assert heard == [b"{", b"R", b"R"]


# Addresses


SPAN = {"beginTime": "2023-11-14 22:13:00", "endTime": "2023-11-14 22:13:20"}


async def addresses(office: Office, **asked: str) -> list[str]:
    body = {"callId": "1700000000-10", **SPAN, **asked}
    answer = await office.client.post(
        f"{CCFS}/getRecordFileUrlFromObs", json=body, auth=office.auth
    )
    document = answer.json()
    if document["resultCode"] != "0":
        return [document["resultCode"]]
    return str(document["resultData"]["url"]).split(",")


async def test_an_address_plays_for_whoever_has_it(office: Office) -> None:
    first, second = await addresses(office, version="2.0")
    assert first.startswith("https://ccfs.example/ccfs/record/1/0/20231114/101/0000010.V3?")
    answer = await office.client.get(first)
    assert answer.headers["content-type"] == "audio/x-wav"
    assert answer.content == (await office.ask("/downloadRecord", fileName=FILE)).content
    assert (await office.client.get(second)).status_code == 200
    part = await office.client.get(first, headers={"Range": "bytes=0-3"})
    assert (part.status_code, part.content) == (206, b"RIFF")
    head = await office.client.head(first)
    assert head.headers["content-length"] == str(len(answer.content))
    assert (await office.client.get(first, headers={"Range": "bytes=999999-"})).status_code == 416
    assert (await office.client.post(first)).status_code == 405


async def test_an_address_is_good_for_that_file_and_eight_hours(office: Office) -> None:
    [address, _] = await addresses(office, version="2.0")
    for forged in (
        address.replace("0000010.V3", "0000009.V3"),
        address.replace("Expires=1", "Expires=2"),
        address.replace("demo-ak", "other-ak"),
        address.replace("/record/1/", "/record/2/"),
        address.partition("?")[0],
    ):
        assert (await office.client.get(forged)).status_code == 403
    office.platform.move_clock(8 * 3600 * SECOND - SECOND)
    assert (await office.client.get(address)).status_code == 200
    office.platform.move_clock(SECOND)
    assert (await office.client.get(address)).status_code == 403


async def test_only_what_lies_within_the_time_has_an_address(office: Office) -> None:
    assert len(await addresses(office, version="2.0", beginTime="2023-11-14 22:13:11")) == 1
    assert await addresses(office, version="2.0", endTime="2023-11-14 22:13:11") == ["0300012"]


@pytest.mark.parametrize(
    ("zone", "version", "hour", "found"),
    [
        ("UTC", "2.0", "2023-11-14 22", True),
        ("UTC", "", "2023-11-14 22", False),
        ("Asia/Shanghai", "", "2023-11-14 22", True),
        ("Asia/Shanghai", "2.0", "2023-11-15 06", True),
        ("Asia/Shanghai", "2.0", "2023-11-14 22", False),
        ("Asia/Tokyo", "2.0", "2023-11-15 07", True),
    ],
)
async def test_without_a_version_china_gives_greenwich_time(
    zone: str, version: str, hour: str, found: bool
) -> None:
    async with opened(change={"timezone": zone}) as office:
        await office.have(recording(-10))
        asked = {"version": version} if version else {}
        answer = await addresses(
            office, beginTime=f"{hour}:13:00", endTime=f"{hour}:13:20", **asked
        )
        assert answer[0].startswith("https://") == found
        if zone == "UTC" and not version:
            assert answer == ["0300001"]


async def test_an_address_leads_to_the_world_that_gave_it(office: Office) -> None:
    worlds = Worlds(lambda wanted: None)  # type: ignore[arg-type,return-value]
    worlds.first = None
    named = type("Named", (), {"app": office.doors.app})()
    worlds._worlds["another"] = named
    transport = httpx.ASGITransport(app=worlds)
    async with httpx.AsyncClient(transport=transport, base_url="https://ccfs.example") as client:
        body = {"callId": "1700000000-10", **SPAN, "version": "2.0"}
        path = f"/_world/another{CCFS}/getRecordFileUrlFromObs"
        answer = await client.post(path, json=body, auth=office.auth)
        address = answer.json()["resultData"]["url"].split(",")[0]
        assert address.startswith("https://ccfs.example/_world/another/ccfs/record/")
        assert (await client.get(address)).status_code == 200
