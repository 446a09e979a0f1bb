"""Recordings that are played to agents, and recordings that agents make (CEC 13.1.1).

A recording is played to an agent that is in no call: its phone rings, is picked up, and carries
the sound until it ends. Where a file is and how long it lasts is not the switch's business: it is
told with the command.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.switch import agents, lines, recordings
from emulator.switch.errors import InvalidValue, WrongAgentState, WrongCallType
from emulator.switch.events import (
    PlaybackFailed,
    PlaybackJumped,
    PlaybackPaused,
    PlaybackRequested,
    PlaybackResumed,
    PlaybackStarted,
    PlaybackStopped,
    RecordingFailed,
)
from emulator.switch.model import Agent, Connection, Playback
from emulator.switch.terms import (
    CONNECTED,
    VOICE_AND_VIDEO,
    PlaybackEnd,
)
from emulator.switch.timers import TimerKind

if TYPE_CHECKING:
    from emulator.switch.core import Core

SECOND = 1_000_000
NORMAL = 50
"""The recording's own speed; the usual volume."""
MAX_LEVEL = 99_999
"""The largest volume and speed: five digits."""


@dataclass(frozen=True, slots=True)
class Playing:
    """How a recording is played: from `position` (seconds), `times` times (0: again and again).

    `volume` 0–99999, `speed` 1–99999; 50 is normal, 100 is twice as loud or fast.
    """

    position: int = 0
    volume: int = NORMAL
    speed: int = NORMAL
    times: int = 1


def _require_free(agent: Agent) -> None:
    agents.require_signed_in(agent)
    if not agents.is_free(agent):
        raise WrongAgentState(f"agent {agent.work_no} cannot be rung for a recording now")
    agents.require_phone(agent)


def _played_to(agent: Agent) -> Playback:
    if agent.playback is None:
        raise WrongAgentState(f"nothing is played to agent {agent.work_no}")
    return agent.playback


def _heard_by(agent: Agent) -> Playback:
    if agent.line is None or agent.line.state is not CONNECTED:
        raise WrongAgentState(f"agent {agent.work_no} hears nothing yet")
    return _played_to(agent)


# Playing


def play(sw: Core, agent: Agent, file: str, length: int | None, how: Playing) -> None:
    """Play a file of so many µs, None: there is no such file."""
    _require_free(agent)
    if how.position < 0 or how.times < 0:
        raise InvalidValue("a recording is played from a position, so many times")
    if not (0 <= how.volume <= MAX_LEVEL and 1 <= how.speed <= MAX_LEVEL):
        raise InvalidValue("volume and speed have at most five digits")
    who = (sw.now, agent.tenant.id, agent.work_no)
    sw.report(PlaybackRequested(*who, file))
    start = how.position * SECOND
    if length is None or start >= length:
        sw.report(PlaybackFailed(*who, file))
        sw.report(PlaybackStopped(*who, PlaybackEnd.FAILED))
        return
    agent.line = lines.begin(sw, agent, _own_number(agent))
    agent.playback = Playback(file, length, start, 0, how.volume, how.speed, how.times)
    if agent.line.state is CONNECTED:
        phone_is_up(sw, agent)


def phone_is_up(sw: Core, agent: Agent) -> None:
    """What the agent wants to hear begins."""
    if agent.playback is not None:
        _run(sw, agent, agent.playback)
        file = agent.playback.file
        sw.report(PlaybackStarted(sw.now, agent.tenant.id, agent.work_no, file))


def _own_number(agent: Agent) -> str:
    return agent.phone.number if agent.phone is not None else str(agent.work_no)


def pause(sw: Core, agent: Agent) -> None:
    playback = _heard_by(agent)
    if playback.paused:
        raise WrongAgentState(f"agent {agent.work_no} hears nothing at the moment")
    _stand_still(sw, playback)
    playback.paused = True
    sw.report(PlaybackPaused(sw.now, agent.tenant.id, agent.work_no))


def resume(sw: Core, agent: Agent) -> None:
    playback = _heard_by(agent)
    if not playback.paused:
        raise WrongAgentState(f"what is played to agent {agent.work_no} is not paused")
    playback.paused = False
    _run(sw, agent, playback)
    sw.report(PlaybackResumed(sw.now, agent.tenant.id, agent.work_no))


def jump(sw: Core, agent: Agent, seconds: int) -> None:
    """Go on so many seconds later, or earlier; not beyond the ends of the file."""
    playback = _heard_by(agent)
    _stand_still(sw, playback)
    begin = _begin(playback, playback.position)
    target = playback.position + seconds * SECOND
    playback.position = min(max(target, begin), begin + playback.length)
    sw.report(PlaybackJumped(sw.now, agent.tenant.id, agent.work_no, playback.position - begin))
    if not playback.paused:
        _run(sw, agent, playback)


def stop(sw: Core, agent: Agent) -> None:
    _played_to(agent)
    _finish(sw, agent, PlaybackEnd.STOPPED)


def over(sw: Core, agent: Agent) -> None:
    """The recording has been played as many times as it was to be."""
    _finish(sw, agent, PlaybackEnd.COMPLETE)


def position(playback: Playback, now: int) -> int:
    """Where in the file it stands, in µs."""
    heard = _heard(playback, now)
    return heard - _begin(playback, heard)


def _begin(playback: Playback, heard: int) -> int:
    """Where the present time of playing the file has begun; the end of the last belongs to it."""
    turn = heard // playback.length
    if playback.times:
        turn = min(turn, playback.times - 1)
    return turn * playback.length


def _heard(playback: Playback, now: int) -> int:
    """µs of sound heard so far, all times together."""
    if playback.paused or not playback.since:
        return playback.position
    return playback.position + (now - playback.since) * playback.speed // NORMAL


def _run(sw: Core, agent: Agent, playback: Playback) -> None:
    """From now on it is heard; one that is played again and again has no end to wait for."""
    playback.since = sw.now
    if playback.times:
        left = playback.times * playback.length - playback.position
        needed = -(-left * NORMAL // playback.speed)
        playback.timer = sw.timers.start(sw.now + needed, TimerKind.PLAYBACK, agent.work_no)


def _stand_still(sw: Core, playback: Playback) -> None:
    playback.position = _heard(playback, sw.now)
    sw.timers.cancel(playback.timer)
    playback.timer = 0


def _finish(sw: Core, agent: Agent, cause: PlaybackEnd) -> None:
    if agent.playback is not None:
        sw.timers.cancel(agent.playback.timer)
        agent.playback = None
    sw.report(PlaybackStopped(sw.now, agent.tenant.id, agent.work_no, cause))
    _hang_up(sw, agent)


# Recording


def record(sw: Core, agent: Agent, file: str, *, appends: bool, possible: bool) -> int:
    """Record the agent's call, or the agent alone at its phone; returns the recording's number.

    `file` empty: the platform names it. Not `possible`: it fails, as is reported.
    """
    connection = _recordable(agent)
    if not possible:
        number = sw.next_recording()
        _report_failure(sw, agent, connection, number, file)
        return number
    if connection is None:
        connection = agent.line = lines.begin(sw, agent, _own_number(agent))
    return recordings.start_own(sw, agent, connection, file, appends=appends)


def _recordable(agent: Agent) -> Connection | None:
    """The call to be recorded, None: the agent has none and is free."""
    agents.require_signed_in(agent)
    connection = agent.active
    if connection is None:
        _require_free(agent)
        return None
    if (
        agent.supervision is not None
        or agent.own_recording is not None
        or connection.recording
        or connection.state is not CONNECTED
        or not connection.talk_begin
    ):
        raise WrongAgentState(f"agent {agent.work_no} cannot begin a recording now")
    if connection.call.ability == VOICE_AND_VIDEO:
        raise WrongCallType("agents do not record video calls")
    return connection


def _report_failure(
    sw: Core, agent: Agent, connection: Connection | None, number: int, file: str
) -> None:
    call = connection.call if connection is not None else None
    sw.report(
        RecordingFailed(
            sw.now,
            agent.tenant.id,
            call.id if call is not None else "",
            agent.work_no,
            number,
            call.caller if call is not None else "",
            call.called if call is not None else "",
            file,
        )
    )


def stop_recording(sw: Core, agent: Agent) -> None:
    """End the recording of the agent's call, whoever began it, or of the agent alone."""
    agents.require_signed_in(agent)
    own = agent.own_recording
    connection = own.connection if own is not None else agent.active
    if connection is None or not connection.recording:
        raise WrongAgentState(f"agent {agent.work_no} is not recorded")
    if connection is agent.line:
        _hang_up(sw, agent)
    else:
        recordings.stop_recording(sw, connection)


# Ending whatever the line is for


def hang_up(sw: Core, agent: Agent) -> None:
    """The agent's phone goes down, or is put down; without a line there is nothing to do."""
    if agent.playback is not None:
        _finish(sw, agent, PlaybackEnd.STOPPED)
    elif agent.line is not None:
        _hang_up(sw, agent)


def _hang_up(sw: Core, agent: Agent) -> None:
    line = agent.line
    if line is None:
        return
    if line.recording:
        recordings.stop_recording(sw, line)
    agent.line = None
    lines.end(sw, line)
