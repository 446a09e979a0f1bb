"""H5 video: the room on the tenant's media server in which an agent and its customer meet.

A call has a room as long as it has video, if its tenant has a media server. Each agent that talks
in it is told of it once; who has lost it asks again (CEC 6.1.5.4).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch.errors import NoCall, WrongCallState, WrongCallType
from emulator.switch.events import ImageCaptured, VideoRoomEntered
from emulator.switch.model import Agent, Call, Connection
from emulator.switch.terms import CONNECTED, TRUNK_DEVICE, VOICE_AND_VIDEO

if TYPE_CHECKING:
    from emulator.switch.core import Core

ROOM_PREFIX = 100_000_000
"""µs: a room's number begins with the time in units of 100 s."""


def enter(sw: Core, call: Call) -> None:
    """Everybody who talks on the call by video is in its room from now on."""
    if call.ability != VOICE_AND_VIDEO or call.tenant.config.media_server is None:
        return
    if not call.video_room:
        call.video_room = f"{sw.now // ROOM_PREFIX}-{sw.serial()}"
    for party in call.connections:
        agent = party.agent
        talks = party.state is CONNECTED and party.talk_begin
        if agent is None or not talks or party.video_room == call.video_room:
            continue
        party.video_room = call.video_room
        sw.report(VideoRoomEntered(sw.now, call.tenant.id, call.id, agent.work_no, call.video_room))


def leave(call: Call) -> None:
    """The call has no video any more."""
    call.video_room = ""


def connection_in_room(agent: Agent, call: Call) -> Connection:
    """The agent's connection to one of its calls that has a room."""
    connection = agent.connection(call)
    if connection is None:
        raise NoCall(f"call {call.id} is not agent {agent.work_no}'s")
    if not connection.talk_begin:
        raise WrongCallState(f"call {call.id} has not been answered")
    if not call.video_room:
        raise WrongCallType(f"call {call.id} is no H5 video call")
    return connection


def capture(sw: Core, agent: Agent, call: Call) -> None:
    """Take a picture of the customer that the agent sees (CEC 6.1.5.5)."""
    connection = connection_in_room(agent, call)
    if connection.state is not CONNECTED:
        raise WrongCallState(f"call {call.id} is on hold")
    for party in call.connections:
        if party.kind is TRUNK_DEVICE and party.state is CONNECTED:
            sw.report(
                ImageCaptured(
                    sw.now, call.tenant.id, call.id, agent.work_no, party.number, sw.serial()
                )
            )
            return
    raise WrongCallState(f"there is no customer on call {call.id}")
