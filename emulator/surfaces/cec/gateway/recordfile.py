"""Recordings as files: sound and pictures (CEC 13.1.2, 13.1.3)."""

from __future__ import annotations

from typing import Annotated

from pydantic import BaseModel, Field

from emulator.domain.recordings import sent
from emulator.media import movie, paths
from emulator.media.library import MediaFile
from emulator.store.rows import RecordingRow
from emulator.surfaces.cec.envelope import Answer, GatewayStatus
from emulator.surfaces.cec.errors import ParameterError
from emulator.surfaces.cec.gateway.component import CallId, GatewayRequest, gateway, signed_in
from emulator.surfaces.cec.gateway.errors import by_field, failure
from emulator.surfaces.cec.gateway.recordplay import at_this_node
from emulator.surfaces.coercion import Int, Text, spelled
from emulator.switch.model import Agent

PATH = "/resource/recordfile/{agentid}"
CALLS, MESSAGES = 1, 2
"""`filetype` of agents' recordings, and of messages."""
SIZES = (movie.HD, movie.SD)
"""The picture of `fileType` 0 and 1; there is no auxiliary one, 2."""

Name = Annotated[Text, Field(min_length=1)]


class Refused(Exception):
    """A file is not given; `code` says why."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


REFUSED = {Refused: lambda error: failure(error.code)}


def _answer(file: MediaFile | None, missing: str) -> Answer:
    if file is None:
        raise Refused(missing)
    return Answer.file(file.size, sent(file))


# Sound


class DownloadQuery(BaseModel):
    """A file by its name (13.1.2.1)."""

    file: Name = spelled("recordId", "recordid")
    kind: Annotated[Int, Field(ge=CALLS, le=MESSAGES)] = spelled(
        "filetype", "fileType", default=CALLS
    )
    location: Int | None = spelled("locationId", default=None)


@gateway.get(
    PATH,
    section="13.1.2.1",
    codes=("104-001", "104-005", "104-010"),
    failures=REFUSED,
    answers=GatewayStatus,
    sends_file=True,
)
async def download(call: GatewayRequest, query: DownloadQuery) -> Answer:
    """Send the file of a recording or of a message."""
    agent = signed_in(call)
    if not call.platform.platform.settings.recording_download:
        raise Refused("104-001")
    if not at_this_node(call, query.location):
        raise Refused("104-010")
    try:
        path = paths.read(query.file)
    except paths.NotAName:
        raise Refused("104-005") from None
    if path.tenant != agent.tenant.id or path.is_message != (query.kind == MESSAGES):
        raise Refused("104-005")
    return _answer(await call.platform.platform.recordings.open(path), "104-005")


class CallQuery(BaseModel):
    """A file by its call (13.1.2.2)."""

    call_id: CallId = spelled("callId", "callid")
    file: Text = spelled("hwFileName", default="")
    work_no: Text = spelled("workNo", "workno", default="")


@gateway.get(
    PATH + "/recordfiledownloadEx",
    section="13.1.2.2",
    codes=("108-001", "108-014", "108-015", "108-016", "108-017"),
    failures=REFUSED,
    unforeseen=failure("108-015"),
    answers=GatewayStatus,
    sends_file=True,
)
async def download_by_call(call: GatewayRequest, query: CallQuery) -> Answer:
    """Send what an agent said and heard on a call, or what there was to see."""
    agent = signed_in(call)
    settings = call.platform.platform.settings
    if not settings.video_download:
        raise Refused("108-001")
    if not settings.voicecyber:
        raise Refused("108-014")
    rows = await call.platform.platform.recordings.of_call(query.call_id)
    own = [row for row in rows if row.tenant_id == agent.tenant.id]
    if query.file:
        return await _picture_of(call, own, query.file)
    work_no = _whose(agent, query.work_no)
    found = next((row for row in own if row.agent_id == work_no and _has_sound(row)), None)
    if found is None:
        raise Refused("108-015")
    return _answer(await _sound_of(call, found), "108-015")


def _whose(agent: Agent, work_no: str) -> str:
    """Whose sound is meant: an inspector has to say it, everybody else has but its own."""
    if agent.is_inspector and not work_no:
        raise Refused("108-016")
    if not agent.is_inspector and work_no not in ("", str(agent.work_no)):
        raise Refused("108-016")
    return work_no or str(agent.work_no)


def _has_sound(row: RecordingRow) -> bool:
    return not paths.read(row.file_name).is_screen


async def _sound_of(call: GatewayRequest, row: RecordingRow) -> MediaFile | None:
    """A call with a picture is heard, too: its sound goes by the name of an audio file."""
    name = row.file_name
    if name.endswith(paths.VIDEO):
        name = name.removesuffix(paths.VIDEO) + paths.SOUND
        return await call.platform.platform.recordings.open_rows(paths.read(name), [row])
    return await call.platform.platform.recordings.open(paths.read(name))


async def _picture_of(call: GatewayRequest, rows: list[RecordingRow], file: str) -> Answer:
    try:
        path = paths.read(file)
    except paths.NotAName:
        raise Refused("108-016") from None
    if not path.is_video or str(path) not in [row.file_name for row in rows]:
        raise Refused("108-015")
    return _answer(await call.platform.platform.recordings.open(path), "108-015")


# Pictures


class VideoQuery(BaseModel):
    """A video of a conference (13.1.3.1); here the conference is the call."""

    conference: CallId = spelled("conferenceId", "confereceld")
    record: Text = spelled("recordId", default="")
    kind: Annotated[Int, Field(ge=0, le=2)] = spelled("fileType")


@gateway.get(
    PATH + "/videofiledownload",
    section="13.1.3.1",
    codes=(
        "108-001",
        "108-002",
        "108-003",
        "108-004",
        "108-005",
        "108-006",
        "108-007",
        "108-008",
        "108-009",
    ),
    failures={
        **REFUSED,
        ParameterError: by_field(
            conferenceId="108-005", confereceld="108-005", recordId="108-005", fileType="108-005"
        ),
    },
    unforeseen=failure("108-007"),
    answers=GatewayStatus,
    sends_file=True,
)
async def download_video(call: GatewayRequest, query: VideoQuery) -> Answer:
    """Send a video of a call, the first one if none is named."""
    agent = signed_in(call)
    if not call.platform.platform.settings.video_download:
        raise Refused("108-001")
    rows = await call.platform.platform.recordings.of_call(query.conference)
    videos = [row for row in rows if row.file_name.endswith(paths.VIDEO)]
    if not videos:
        raise Refused("108-006")
    named = [row for row in videos if query.record in ("", row.record_id)]
    if not named:
        raise Refused("108-003")
    if named[0].tenant_id != agent.tenant.id:
        raise Refused("108-002")
    if query.kind >= len(SIZES):
        raise Refused("108-009")
    path = paths.read(named[0].file_name)
    found = await call.platform.platform.recordings.open(path, SIZES[query.kind])
    return _answer(found, "108-007")


class VideoFileQuery(BaseModel):
    """A video by the name of its file (13.1.3.2)."""

    file: Name = spelled("recordId", "recordid")
    location: Int | None = spelled("locationId", default=None)


@gateway.get(
    PATH + "/videofiledownloadEx",
    section="13.1.3.2",
    codes=(
        "108-001",
        "104-003",
        "104-010",
        "108-002",
        "108-011",
        "108-009",
        "108-012",
        "108-013",
    ),
    failures=REFUSED,
    unforeseen=failure("108-012"),
    answers=GatewayStatus,
    sends_file=True,
)
async def download_video_file(call: GatewayRequest, query: VideoFileQuery) -> Answer:
    """Send the video with that name."""
    agent = signed_in(call)
    if not call.platform.platform.settings.video_download:
        raise Refused("108-001")
    if not at_this_node(call, query.location):
        raise Refused("104-010")
    path = _video_path(query.file, agent)
    return _answer(await call.platform.platform.recordings.open(path), "108-012")


def _video_path(file: str, agent: Agent) -> paths.RecordingPath:
    try:
        path = paths.read(file)
    except paths.NotAName:
        raise Refused("104-003") from None
    if path.tenant != agent.tenant.id:
        raise Refused("108-002")
    if not path.mapped:
        raise Refused("108-011")
    if not path.is_video:
        raise Refused("108-009")
    return path
