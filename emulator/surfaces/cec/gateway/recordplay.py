"""Recordings played to agents, recordings that agents make, of calls and screens (CEC 13.1.1)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from emulator.media import paths
from emulator.surfaces.cec.errors import ParameterError
from emulator.surfaces.cec.gateway.component import GatewayRequest, codes, gateway, signed_in
from emulator.surfaces.cec.gateway.errors import failure, failures
from emulator.surfaces.cec.gateway.events import LOCATION
from emulator.surfaces.coercion import DigitText, Int, Long, Text, spelled
from emulator.switch.errors import WrongAgentState
from emulator.switch.model import Agent
from emulator.switch.playback import NORMAL, Playing
from emulator.switch.terms import MediaType

PATH = "/resource/recordplay/{agentid}"

FileName = Annotated[Text, Field(min_length=1, max_length=paths.MAX_LENGTH)]
Level = Annotated[DigitText, Field(pattern=r"^[0-9]{1,5}$")]
Seconds = Annotated[Int, Field(ge=0)]
Position = Annotated[Long, Field(ge=0)]
PLAYING_EVENTS = (
    "AgentMediaEvent_Play",
    "AgentMediaEvent_Play_Succ",
    "AgentMediaEvent_Play_Fail",
    "AgentMediaEvent_StopPlayDone",
)
PLAYING_FAILURES = failures(WrongAgentState="500-007")
FOR_EVER = 0
A_LAW_FORMATS = (0, 3)
"""The environment's one format of recordings, by default and by name (13.1.1.9)."""
APPEND = 1


def at_this_node(call: GatewayRequest, location: int | None) -> bool:
    """Whether a file at that location can be reached; without a CTI pool there is one node."""
    return not call.platform.platform.settings.cti_pool or str(location) == LOCATION


# Playing


class PlayBody(BaseModel):
    """What is played, and how (13.1.1.1)."""

    file: FileName = spelled("voicepath")
    start: Position = spelled("startpostion", default=0)
    volume: Level = spelled("volumechange", default=str(NORMAL))
    speed: Level = spelled("speedchange", default=str(NORMAL))
    times: Int = 1
    format: Annotated[Int, Field(ge=0, le=0)] = spelled("codeformat", default=0)
    location: Int | None = spelled("locationId", default=None)


@gateway.put(
    PATH + "/play",
    section="13.1.1.1",
    codes=codes("500-007"),
    events=PLAYING_EVENTS,
    failures=PLAYING_FAILURES,
)
async def play(call: GatewayRequest, body: PlayBody) -> dict[str, Any]:
    """Play a recording to an agent that is in no call."""
    how = Playing(body.start, int(body.volume), int(body.speed), max(body.times, 1))
    await _play(call, body.file, how, reachable=at_this_node(call, body.location))
    return {}


class NetPlayBody(BaseModel):
    """What is played from a call center of the network (13.1.1.11)."""

    file: FileName = spelled("fileName")
    start: Position = spelled("position", default=0)
    times: Int = spelled("playTime", default=1)
    format: Annotated[Int, Field(ge=0, le=2)] = spelled("fileFormat", default=0)
    call_center: Int = spelled("ccId", "cclid")
    location: Annotated[Int, Field(ge=-1, le=65535)] | None = spelled("locationId", default=None)


class OtherVdn(Exception):
    """The file is another VDN's."""


@gateway.post(
    PATH + "/netplay",
    section="13.1.1.11",
    codes=codes("100-018", "500-007"),
    events=PLAYING_EVENTS,
    failures={**PLAYING_FAILURES, OtherVdn: failure("100-018")},
)
async def play_from_network(call: GatewayRequest, body: NetPlayBody) -> dict[str, Any]:
    """Play a recording of a call center of the network; this one is all of it."""
    agent = signed_in(call)
    path = _read(body.file)
    if path is not None and path.tenant != agent.tenant.id:
        raise OtherVdn(body.file)
    times = FOR_EVER if body.times == FOR_EVER else 1
    reachable = (
        at_this_node(call, body.location)
        and body.call_center == agent.tenant.config.cc_id
        and body.format == 0
    )
    await _play(call, body.file, Playing(body.start, times=times), reachable=reachable)
    return {}


async def _play(call: GatewayRequest, file: str, how: Playing, *, reachable: bool) -> None:
    agent = signed_in(call)
    path = _read(file)
    length = None
    if reachable and path is not None and path.tenant == agent.tenant.id:
        found = await call.platform.platform.recordings.open(path)
        length = found.microseconds if found is not None else None
    # Time has passed while the file was looked for: the switch says whether it is still allowed.
    call.platform.platform.advance().play(call.agent_id, file, length, how)


def _read(file: str) -> paths.RecordingPath | None:
    try:
        return paths.read(file)
    except paths.NotAName:
        return None


@gateway.post(
    PATH + "/pauseplay",
    section="13.1.1.2",
    codes=codes("500-003"),
    events=("AgentMediaEvent_PausePlayDone",),
    failures=failures(WrongAgentState="500-003"),
)
def pause(call: GatewayRequest) -> dict[str, Any]:
    """Pause what is played."""
    call.platform.switch.pause_playback(call.agent_id)
    return {}


@gateway.post(
    PATH + "/resumeplay",
    section="13.1.1.3",
    codes=codes("500-005"),
    events=("AgentMediaEvent_ResumePlayDone",),
    failures=failures(WrongAgentState="500-005"),
)
def resume(call: GatewayRequest) -> dict[str, Any]:
    """Go on playing."""
    call.platform.switch.resume_playback(call.agent_id)
    return {}


@gateway.post(
    PATH + "/forefast/{time}",
    section="13.1.1.4",
    codes=codes("500-002"),
    events=("AgentMediaEvent_JumpPlayDone",),
    failures=failures(WrongAgentState="500-002"),
)
def forward(call: GatewayRequest, time: Seconds) -> dict[str, Any]:
    """Go on so many seconds later in the recording."""
    call.platform.switch.jump_in_playback(call.agent_id, time)
    return {}


@gateway.post(
    PATH + "/backfast/{time}",
    section="13.1.1.5",
    codes=codes("500-001"),
    events=("AgentMediaEvent_JumpPlayDone",),
    failures=failures(WrongAgentState="500-001"),
)
def rewind(call: GatewayRequest, time: Seconds) -> dict[str, Any]:
    """Go on so many seconds earlier in the recording."""
    call.platform.switch.jump_in_playback(call.agent_id, -time)
    return {}


@gateway.delete(
    PATH + "/stopplay",
    section="13.1.1.6",
    codes=codes("500-009"),
    events=("AgentMediaEvent_StopPlayDone",),
    failures=failures(WrongAgentState="500-009"),
)
def stop(call: GatewayRequest) -> dict[str, Any]:
    """Play no more."""
    call.platform.switch.stop_playback(call.agent_id)
    return {}


# Screens


@gateway.put(
    PATH + "/startrecordscreen",
    section="13.1.1.7",
    codes=codes(),
    events=("AgentMediaEvent_StartRecordScreen_Succ", "AgentMediaEvent_StartRecordScreen_Fail"),
)
def record_screen(call: GatewayRequest) -> dict[str, Any]:
    """Record the agent's screen."""
    call.platform.switch.start_screen_recording(call.agent_id)
    return {}


@gateway.delete(
    PATH + "/stoprecordscreen",
    section="13.1.1.8",
    codes=codes(),
    events=("AgentMediaEvent_StopRecordScreen_Succ", "AgentMediaEvent_StopRecordScreen_Fail"),
)
def stop_recording_screen(call: GatewayRequest) -> dict[str, Any]:
    """Record the agent's screen no more."""
    call.platform.switch.stop_screen_recording(call.agent_id)
    return {}


# Recording


class RecordBody(BaseModel):
    """What is recorded, and to which file (13.1.1.9)."""

    file: Annotated[Text, Field(max_length=paths.MAX_LENGTH)] = spelled("fileName", default="")
    media: Annotated[Int, Field(ge=MediaType.VOICE, le=MediaType.VOICE)] = spelled("mediaType")
    mode: Int = spelled("recordMode", default=0)
    format: Annotated[Int, Field(ge=0, le=3)] = spelled("recordFormat", default=0)


class RecordingDisabled(Exception):
    """Agents may not record."""


class PathDisabled(Exception):
    """Agents may not say where to record."""


@gateway.put(
    PATH + "/record",
    section="13.1.1.9",
    codes=("000-002", *codes("500-008", "500-011")),
    events=(
        "AgentMediaEvent_Record",
        "AgentMediaEvent_Record_Fail",
        "AgentOther_PhoneAlerting",
        "AgentOther_PhoneOffhook",
    ),
    failures={
        RecordingDisabled: failure("100-007"),
        PathDisabled: failure("500-011"),
        **failures(WrongAgentState="500-008", WrongCallType="500-008"),
    },
)
async def record(call: GatewayRequest, body: RecordBody) -> dict[str, str]:
    """Record the agent's call, or the agent alone at its phone."""
    settings = call.platform.platform.settings
    agent = signed_in(call)
    if not settings.self_record:
        raise RecordingDisabled
    if body.file and not settings.record_path:
        raise PathDisabled
    file = str(await _own_file(call, agent, body.file)) if body.file else ""
    number = call.platform.platform.advance().start_recording(
        call.agent_id,
        file,
        appends=body.mode == APPEND,
        possible=body.format in A_LAW_FORMATS,
    )
    return {"taskId": str(number)}


async def _own_file(call: GatewayRequest, agent: Agent, file: str) -> paths.RecordingPath:
    """A name in the agent's VDN at which nobody else has a recording."""
    path = _read(file)
    if (
        path is None
        or not path.mapped
        or path.tenant != agent.tenant.id
        or path.is_message
        or path.is_screen
        or path.is_video
    ):
        raise ParameterError("body.fileName")
    if await call.platform.platform.recordings.belongs_to_another(path, agent.work_no):
        raise WrongAgentState(f"{path} is another's recording")
    return path


@gateway.delete(
    PATH + "/stoprecord",
    section="13.1.1.10",
    codes=codes("500-010"),
    events=("AgentMediaEvent_StopRecordDone",),
    failures=failures(WrongAgentState="500-010"),
)
def stop_recording(call: GatewayRequest) -> dict[str, Any]:
    """End the recording of the agent, whoever began it."""
    call.platform.switch.stop_recording(call.agent_id)
    return {}
