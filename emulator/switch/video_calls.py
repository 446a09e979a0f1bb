"""What is particular to video and three-party calls: media, display, the customer's keys."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import delivery, recordings, services, video_rooms
from emulator.switch.errors import InvalidValue, WrongCallState, WrongCallType
from emulator.switch.events import MediaSwitched, VideoModeChanged
from emulator.switch.model import Agent
from emulator.switch.terms import TRUNK_DEVICE, VOICE_AND_VIDEO, MediaAbility, MediaType

if TYPE_CHECKING:
    from emulator.switch.core import Core


# Video


def switch_media(sw: Core, agent: Agent, video: bool) -> None:
    """Switch the current call between voice and video (CEC 6.1.2.18)."""
    connection = services.established(agent)
    call = connection.call
    if delivery.agent_media(agent) is not MediaType.VIDEO:
        raise WrongCallType(f"agent {agent.work_no} is not a video agent")
    wanted = VOICE_AND_VIDEO if video else MediaAbility.VOICE
    if call.ability == wanted:
        raise WrongCallState("the call has this media type already")
    recordings.stop_recording(sw, connection)
    call.ability = wanted
    for hearer in call.agents():
        sw.report(
            MediaSwitched(
                sw.now,
                call.tenant.id,
                call.id,
                hearer.work_no,
                call.caller,
                call.called,
                wanted,
                0,
            )
        )
    recordings.start_recording(sw, connection)
    if video:
        video_rooms.enter(sw, call)
    else:
        video_rooms.leave(call)


def set_video_mode(sw: Core, agent: Agent, mode: int) -> None:
    """How a three-party video call is shown, 0–3 (CEC 6.1.2.19)."""
    if not 0 <= mode <= 3:
        raise InvalidValue("a display mode is 0 to 3")
    call = services.established(agent).call
    if call.ability != VOICE_AND_VIDEO:
        raise WrongCallType("the call has no video")
    if not call.conference:
        raise WrongCallState("the call has two parties only")
    sw.report(VideoModeChanged(sw.now, call.tenant.id, call.id, agent.work_no, mode))


def transmit_digits(agent: Agent) -> None:
    """Let the customer's keys reach the third party of a conference (CEC 6.1.2.25)."""
    call = services.established(agent).call
    third = any(c.kind is TRUNK_DEVICE and c is not call.served for c in call.connections)
    if not call.conference or not third:
        raise WrongCallState("there is no three-party call with an outside party")
    call.transmit_digits = True
