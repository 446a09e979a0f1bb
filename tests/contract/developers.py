"""Developers at CC-FS (CEC 13.2): situations, accepted requests and refusals, as data.

`DAY` is on what happens in every world here, `SINCE` and `UNTIL` are around it.
"""

from __future__ import annotations

import asyncio
import base64
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from emulator.clients.signer import authorization_header
from emulator.domain import voice_files
from emulator.media import wav
from emulator.store.rows import RecordingRow
from emulator.switch.config import TenantConfig
from tests.contract import facts
from tests.contract import situations as in_
from tests.contract.situations import Scene
from tests.contract.world import Reply, World

CCFS = "/CCFS/resource/ccfs"
SINCE, UNTIL = "2023-11-14 00:00:00", "2023-11-14 22:14:00"
NOBODY_LISTENS = "http://127.0.0.1:9/"
FLAT = "13.2.1.1"
"""The interface whose body has neither `request` nor `msgBody`."""
OWN, OTHER = ("demo-ak", "demo-sk"), ("other-ak", "other-sk")
SOUND = wav.header(wav.Format(), 800) + b"\xd5" * 800
DATA = base64.b64encode(SOUND).decode()
UPLOAD = "Y:/3rdfile/1/thirdvoicebotfile"


class Developer:
    """Sends signed requests to a world."""

    def __init__(self, world: World, keys: tuple[str, str] = OWN) -> None:
        self.world = world
        self.keys = keys

    def send(
        self,
        path: str,
        body: Any = None,
        query: Mapping[str, Any] | None = None,
        method: str = "POST",
        headers: Mapping[str, str] | None = None,
    ) -> Reply:
        """Send one request."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        raw = b"" if method == "GET" else raw
        given = {
            "host": "ccfs.example",
            "content-type": "application/json; charset=UTF-8",
            "content-length": str(len(raw)),
        }
        target = path + (f"?{urlencode(query)}" if query else "")
        key, secret = self.keys
        given["authorization"] = authorization_header(
            key,
            secret,
            method=method,
            target=target.encode(),
            headers=given,
            body=raw,
            at=datetime.now(UTC),
        )
        return self.world.request(
            method, path, query=query, body=raw, headers={**given, **(headers or {})}
        )

    def ask(self, path: str, **message: Any) -> Reply:
        """Send a `msgBody`."""
        return self.send(CCFS + path, {"request": {"version": "2.0"}, "msgBody": message})

    def settle(self) -> None:
        """Wait until every file is made."""

        async def made() -> None:
            place = self.world.doors.file_server.exports
            async with asyncio.timeout(30):
                while any((place._folder.place / "work").glob("*")):  # noqa: ASYNC110
                    await asyncio.sleep(0.01)

        self.world._run(made())

    def export(self, path: str = "/queryBillData", **changes: Any) -> str:
        """Have a file made; gives its name."""
        asked = {
            "beginTime": SINCE,
            "endTime": UNTIL,
            "dataType": "call_record",
            "callBackURL": NOBODY_LISTENS,
            **changes,
        }
        reply = self.ask(path, **asked)
        assert code_of(reply) == "0", reply.raw
        self.settle()
        return f"20231114_{json.loads(reply.raw)['resultData']['responseId']}.zip"


def code_of(reply: Reply) -> str:
    """The code of an answer; of a file 0."""
    if not reply.raw.startswith(b"{"):
        return "0"
    return str(json.loads(reply.raw).get("resultCode"))


def another_tenant(world: World) -> None:
    """There is a second tenant with keys of its own."""
    config = TenantConfig(2, "other", secrets={"ak": OTHER[0], "sk": OTHER[1]})
    world.do(lambda switch: switch.apply_tenant(config))


# Situations


def recorded(world: World) -> Scene:
    """A call was recorded, and is over for a minute."""
    scene = in_.recorded(world)
    world.pass_time(60)
    indexed = f"/256/1/record/1/20231114/101/{scene['file'].split('/')[-1].replace('.V3', '.wav')}"
    return {**scene, "indexed": indexed}


def recorded_twice(world: World) -> Scene:
    """Two agents were recorded on one call."""
    scene = recorded(world)
    begin = world.platform.now - 30_000_000
    file = "Y:/1/0/20231114/102/2213200.V3"
    row = RecordingRow(1, "second", scene["callid"], "102", begin, begin + 5_000_000, file, 5)
    world.do(lambda switch: world.platform.records.add(row))
    return scene


def elsewhere(world: World) -> Scene:
    """What there is is another tenant's."""
    another_tenant(world)
    scene = in_.recorded_elsewhere(world)
    world.pass_time(60)
    owner = Developer(world, OTHER)
    return {**scene, "bill": owner.export(), "operations": owner.export("/queryAgentOprInfoData")}


def exported(world: World) -> Scene:
    """Index files were made."""
    scene = recorded(world)
    developer = Developer(world)
    operations = developer.export("/queryAgentOprInfoData")
    return {**scene, "bill": developer.export(), "operations": operations}


def left_a_message(world: World) -> Scene:
    """A customer has left a message with the flow."""
    call = world.dial_in("95003")
    world.do(lambda switch: switch.outside_presses(call, "9"))
    world.pass_time(6)
    world.do(lambda switch: switch.outside_hangs_up(call))
    world.pass_time(60)
    name = "20231114/playvoice1700000006000.wav"
    return {"message": f"Y:/1/record/{name}", "robot": f"Y:/1/odfsrecord/{name}"}


def message_in_a_pool(world: World) -> Scene:
    """The same on one of several nodes."""
    world.set(cti_pool=True)
    return left_a_message(world)


def uploaded(world: World) -> Scene:
    """A third party has uploaded a file."""
    body = {"request": {"version": "2.0"}, "msgBody": {"data": DATA}}
    reply = Developer(world).send(f"{CCFS}/ivr/uploadFile", body, {"vdnId": 1})
    assert code_of(reply) == "0", reply.raw
    return {"upload": json.loads(reply.raw)["resultData"]["fileName"]}


def uploaded_twice(world: World) -> Scene:
    """It has uploaded two."""
    uploaded(world)
    return uploaded(world)


def playing(world: World) -> Scene:
    """There is a token for a recording."""
    scene = recorded(world)
    reply = Developer(world).ask("/requestPlayVoice", fileName=scene["file"])
    return {**scene, "token": json.loads(reply.raw)["resultData"]["token"]}


def playing_what_is_gone(world: World) -> Scene:
    """There is a token for a recording that nobody finds any more."""
    scene = playing(world)

    async def nothing(*_: object) -> None:
        return None

    world.platform.recordings.open = nothing  # type: ignore[assignment]
    return scene


def nothing_is_kept(world: World) -> Scene:
    """There is no place where index files could be made."""
    scene = recorded(world)
    world.doors.file_server.exports._folder._wanted = Path("/dev/null/exports")
    return scene


def too_many_exports(world: World) -> Scene:
    """As many index files are being made as can be."""
    scene = recorded(world)
    world.doors.file_server.exports.most = 0
    return scene


def _busy(situation: Callable[[World], Scene]) -> Callable[[World], Scene]:
    def busy(world: World) -> Scene:
        scene = situation(world)
        world.doors.file_server._downloads = 1_000
        return scene

    return busy


def _broken(situation: Callable[[World], Scene]) -> Callable[[World], Scene]:
    def broken(world: World) -> Scene:
        scene = situation(world)

        def fail(*_: object) -> None:
            raise RuntimeError("the call center has broken down")

        desk = world.doors.file_server
        if "token" in scene:
            desk.token = fail  # type: ignore[assignment]
        else:
            known, desk.tenant_with = desk.tenant_with, fail  # type: ignore[assignment]
            secrets = {"demo-ak": "demo-sk"}
            desk.secret_of = secrets.get  # type: ignore[method-assign]
            del known
        return scene

    return broken


def disk_that_is_full(world: World) -> Scene:
    """There is no room for what is put together."""
    scene = recorded_twice(world)
    world.doors.file_server._scratch._made = Path("/dev/null/scratch")
    return scene


def upload_that_cannot_be_deleted(world: World) -> Scene:
    """The file belongs to somebody else."""
    scene = uploaded(world)

    class Protected(type(Path())):  # type: ignore[misc]
        def unlink(self, missing_ok: bool = False) -> None:
            raise PermissionError(self)

    files = world.doors.file_server.voice_files
    found = files.find
    files.find = lambda path: Protected(found(path))  # type: ignore[method-assign]
    return scene


def too_many_uploads(world: World) -> Scene:
    """There are as many uploads as may be."""
    files = world.doors.file_server.voice_files
    files.files_in = lambda path: [Path()] * voice_files.MOST_UPLOADS  # type: ignore[method-assign]
    return {}


# Requests


@dataclass(frozen=True, slots=True)
class Accepted:
    """A situation, and what is not the example's own."""

    situation: Callable[[World], Scene]
    fill: Mapping[str, Any] = field(default_factory=dict)


_SPAN = {"beginTime": SINCE, "endTime": UNTIL, "callBackURL": NOBODY_LISTENS}

ACCEPTED: Mapping[str, Accepted] = {
    "13.2.1.1": Accepted(recorded, {"callId": "$callid", "beginTime": SINCE, "endTime": UNTIL}),
    "13.2.1.2": Accepted(recorded, _SPAN),
    "13.2.1.3": Accepted(exported, {"billFileName": "$bill"}),
    "13.2.1.4": Accepted(recorded, {"fileName": "$indexed"}),
    "13.2.1.5": Accepted(recorded, {"fileName": "$file", "callId": "$callid"}),
    "13.2.1.6": Accepted(recorded, _SPAN),
    "13.2.1.7": Accepted(exported, {"agentOprInfoFileName": "$operations"}),
    "13.2.1.8": Accepted(recorded, {"fileName": "$file"}),
    "13.2.1.9": Accepted(playing, {"t": "1596677685425", "version": "2.0", "st": "$token"}),
    "13.2.1.10": Accepted(left_a_message, {"fileName": "$robot"}),
    "13.2.1.11": Accepted(left_a_message, {"fileName": "$message"}),
    "13.2.1.12": Accepted(uploaded, {"filePath": UPLOAD}),
    "13.2.1.13": Accepted(recorded, {"vdnId": 1, "data": DATA}),
    "13.2.1.14": Accepted(uploaded, {"fileName": "$upload"}),
    "13.2.1.15": Accepted(uploaded, {"fileName": "$upload"}),
}


@dataclass(slots=True)
class Request:
    """A request that is ready to be sent, or to be spoilt first."""

    section: str
    query: dict[str, Any]
    values: dict[str, Any]

    def part(self, place: str) -> dict[str, Any]:
        return self.query if place == "query" else self.values

    def body(self) -> Any:
        values = dict(self.values)
        if self.section == FLAT:
            return values
        head = {"version": values.pop("version")} if "version" in values else {}
        return {"request": head, "msgBody": values}

    def send(self, world: World, body: bytes | None = None) -> Reply:
        it = facts.developer_interface(self.section)
        sent = self.body() if body is None else body
        return Developer(world).send(it.path, sent, self.query, it.method)


def request_in(section: str, scene: Scene, **changes: Any) -> Request:
    """The interface's accepted request, as it is in that situation."""
    it = facts.developer_interface(section)
    example: dict[str, Any] = dict(it.request_example or {})
    if "msgBody" in example:
        example = {**example["request"], **example["msgBody"]}
    fill = {**ACCEPTED[section].fill, **changes}
    request = Request(section, {}, example)
    places = {p.name: p.place for p in it.parameters}
    for name, value in fill.items():
        real = scene[value[1:]] if isinstance(value, str) and value[:1] == "$" else value
        request.part(places[name])[name] = real
    return request


def left_behind(world: World) -> object:
    """What is kept: the switch, files, tokens."""
    desk = world.doors.file_server
    folder = desk.scratch
    files = sorted(map(str, folder.place.rglob("*"))) if folder.exists else []
    return world.dump(), files, list(desk._tokens)


# Refusals


def sound(channels: int = 1, rate: int = 8000, encoding: wav.Encoding = wav.Encoding.A_LAW) -> str:
    """A file of another format, in Base64."""
    kind = wav.Format(encoding, channels, rate)
    return base64.b64encode(wav.header(kind, 80) + b"\0" * 80 * kind.frame).decode()


_ANY_NAME = "20231114_" + "0" * 32 + ".zip"
_FOREIGN = "Y:/3rdfile/2/thirdvoicebotfile/5dckNDei_1647502396161.wav"
_MISSING_FILE = f"{UPLOAD}/5dckNDei_1647502396161.wav"

Story = tuple[Callable[[World], Scene], Mapping[str, Any]]


def _story(situation: Callable[[World], Scene], **changes: Any) -> Story:
    return situation, changes


def _paths(section: str, name: str) -> dict[tuple[str, str], Story]:
    return {
        (section, "0300011"): _story(recorded, **{name: _MISSING_FILE}),
        (section, "0300022"): _story(uploaded, **{name: f"{UPLOAD}/a b.wav"}),
        (section, "0300024"): _story(uploaded, **{name: f"{UPLOAD}/../a.wav"}),
        (section, "0300026"): _story(uploaded, **{name: _FOREIGN}),
        (section, "0300032"): _story(uploaded, **{name: "Y:/1/0/20231114/101/1.wav"}),
        (section, "0300046"): _story(uploaded, **{name: _MISSING_FILE.replace("Y:", "Z:")}),
    }


def _spans(section: str) -> dict[tuple[str, str], Story]:
    return {
        (section, "0300013"): _story(recorded, beginTime=UNTIL, endTime=SINCE),
        (section, "0300014"): _story(recorded, beginTime="2023-11-11 22:13:59"),
        (section, "0300016"): _story(recorded, endTime="2023-11-14 23:14:00"),
    }


def _index(section: str) -> dict[tuple[str, str], Story]:
    return {
        **_spans(section),
        (section, "0300009"): _story(too_many_exports),
        (section, "0300015"): _story(nothing_is_kept),
        (section, "0300026"): _story(recorded, accountId="other"),
    }


REFUSALS: Mapping[tuple[str, str], Story] = {
    **_spans("13.2.1.1"),
    ("13.2.1.1", "0300012"): _story(recorded, beginTime="2023-11-14 22:13:59"),
    ("13.2.1.1", "0300018"): _story(elsewhere),
    **_index("13.2.1.2"),
    **_index("13.2.1.6"),
    ("13.2.1.3", "0300011"): _story(exported, billFileName=_ANY_NAME),
    ("13.2.1.3", "0300018"): _story(elsewhere),
    ("13.2.1.3", "0300022"): _story(exported, billFileName="../x.zip"),
    ("13.2.1.7", "0300011"): _story(exported, agentOprInfoFileName=_ANY_NAME),
    ("13.2.1.7", "0300018"): _story(elsewhere),
    ("13.2.1.7", "0300022"): _story(exported, agentOprInfoFileName="../x.zip"),
    ("13.2.1.4", "0300010"): _story(recorded, fileName="/256/1/record/1/20231345/101/1.wav"),
    ("13.2.1.4", "0300011"): _story(recorded, fileName="/256/1/record/1/20231114/101/1.wav"),
    ("13.2.1.4", "0300018"): _story(elsewhere, fileName="/256/1/record/2/20231114/201/1.wav"),
    ("13.2.1.4", "0300021"): _story(recorded, fileName="/9/1/record/1/20231114/101/1.wav"),
    ("13.2.1.4", "0300022"): _story(recorded, fileName="/256/1/record/1/20231114/101/1 1.wav"),
    ("13.2.1.4", "0300024"): _story(recorded, fileName="/256/1/record/1/../101/1.wav"),
    ("13.2.1.5", "0300011"): _story(playing_what_is_gone),
    ("13.2.1.5", "0300012"): _story(recorded, ccId="2"),
    ("13.2.1.5", "0300018"): _story(elsewhere),
    ("13.2.1.5", "0300019"): _story(recorded, fileName="", callId=""),
    ("13.2.1.5", "0300022"): _story(recorded, fileName="Y:/1/0/20231114/101/1*.V3"),
    ("13.2.1.5", "0300024"): _story(recorded, fileName="Y:/1/0/../101/1.V3"),
    ("13.2.1.5", "0300045"): _story(disk_that_is_full, fileName=""),
    ("13.2.1.8", "0300018"): _story(elsewhere),
    ("13.2.1.8", "0300026"): _story(recorded, fileName="Y:/9/0/20231114/101/1.V3"),
    ("13.2.1.8", "0300029"): _story(recorded, fileName="Y:/1/0/20231114/101/1.V3"),
    ("13.2.1.9", "0300029"): _story(playing_what_is_gone),
    ("13.2.1.10", "0300011"): _story(recorded, fileName="Y:/1/odfsrecord/20231114/1.wav"),
    ("13.2.1.10", "0300026"): _story(recorded, fileName="Y:/2/odfsrecord/20231114/1.wav"),
    ("13.2.1.10", "0300032"): _story(recorded, fileName="Y:/1/elsewhere/20231114/1.wav"),
    ("13.2.1.10", "0300033"): _story(message_in_a_pool),
    ("13.2.1.10", "0300046"): _story(recorded, fileName="Z:/1/odfsrecord/20231114/1.wav"),
    ("13.2.1.11", "0300011"): _story(recorded, fileName="Y:/1/record/20231114/1.wav"),
    ("13.2.1.11", "0300023"): _story(recorded, fileName="Y:/1/elsewhere/20231114/1.wav"),
    ("13.2.1.11", "0300026"): _story(recorded, fileName="Y:/2/record/20231114/1.wav"),
    ("13.2.1.11", "0300033"): _story(message_in_a_pool),
    ("13.2.1.11", "0300046"): _story(recorded, fileName="Z:/1/record/20231114/1.wav"),
    **_paths("13.2.1.12", "filePath"),
    ("13.2.1.12", "0300044"): _story(uploaded_twice),
    **_paths("13.2.1.14", "fileName"),
    **_paths("13.2.1.15", "fileName"),
    ("13.2.1.15", "0300040"): _story(upload_that_cannot_be_deleted),
    ("13.2.1.13", "0300026"): _story(recorded, vdnId=2),
    ("13.2.1.13", "0300030"): _story(too_many_uploads),
    ("13.2.1.13", "0300035"): _story(recorded, data=base64.b64encode(b"RIFX" * 20).decode()),
    ("13.2.1.13", "0300036"): _story(recorded, data=sound(channels=2)),
    ("13.2.1.13", "0300037"): _story(recorded, data=sound(encoding=wav.Encoding.PCM_16)),
    ("13.2.1.13", "0300038"): _story(recorded, data=sound(rate=16_000)),
    ("13.2.1.13", "0300039"): _story(recorded, data=base64.b64encode(SOUND[:-1]).decode()),
    ("13.2.1.13", "0300041"): _story(recorded, data=base64.b64encode(b"x" * 5_242_881).decode()),
}
"""By section and code; what all interfaces have in common is in `COMMON`."""

_PLAYBACK = ("13.2.1.8", "13.2.1.9")
_TEXTS = {"13.2.1.9": "st", "13.2.1.8": "fileName"}
_WRONG: Mapping[str, Mapping[str, Any]] = {
    "13.2.1.1": {"beginTime": "today"},
    "13.2.1.2": {"beginTime": "today"},
    "13.2.1.3": {"billFileName": "1.zip"},
    "13.2.1.4": {"fileName": "1.wav"},
    "13.2.1.5": {"callId": [1]},
    "13.2.1.6": {"beginTime": "today"},
    "13.2.1.7": {"agentOprInfoFileName": "1.zip"},
    "13.2.1.8": {"fileName": "1.wav"},
    "13.2.1.9": {"st": "forged"},
    "13.2.1.10": {"locationId": "here"},
    "13.2.1.11": {"fileName": "1.wav"},
    "13.2.1.12": {"mode": "folder"},
    "13.2.1.13": {"data": "%"},
    "13.2.1.14": {"locationId": [1]},
    "13.2.1.15": {"locationId": [1]},
}


def story_of(section: str, code: str) -> Story | None:
    """How the interface comes to give that code."""
    own = REFUSALS.get((section, code))
    if own is not None:
        return own
    situation = ACCEPTED[section].situation
    if code == "0300008":
        return _busy(situation), {}
    if code == "0300025":
        return _broken(situation), {}
    wrong = {
        "0300001": {"version": None},
        "0300002": {"version": ""},
        "0300003": {"version": "2" * 33},
        "0300004": _WRONG[section],
        "0300006": {"version": "1.0"},
        "0300027": {_TEXTS.get(section): ""},
        "0300028": _WRONG[section],
        "0300031": {"fileName": "Y" * 128},
    }.get(code)
    return None if wrong is None else (situation, wrong)
