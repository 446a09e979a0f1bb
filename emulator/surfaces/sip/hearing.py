"""Who hears whom: what the connections of the switch mean for the ear.

Functions of the switch's state alone. Whether those who speak have a real phone is not asked here.
"""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum
from typing import NamedTuple

from emulator.switch.model import Agent, Call, Connection, Supervision
from emulator.switch.rooms import Participant
from emulator.switch.supervision import supervised
from emulator.switch.terms import (
    ALERTING,
    CONNECTED,
    HOLD,
    INITIATED,
    IVR_DEVICE,
    TRUNK_DEVICE,
    ChannelAttribute,
    SupervisionMode,
)

_SPEAKING = (ChannelAttribute.SPEAK, ChannelAttribute.BOTH)
_LISTENING = (ChannelAttribute.LISTEN, ChannelAttribute.BOTH)


class Backdrop(StrEnum):
    """What somebody hears who is not spoken to."""

    SILENCE = "silence"
    RINGBACK = "ringback"
    MUSIC = "music"
    ANNOUNCEMENT = "announcement"
    """What the call's flow says."""
    RECORDING = "recording"
    """What is played to the agent."""
    TO_ONE = "to one"
    """What is played to one party of a conference."""
    TO_ALL = "to all"
    """What is played to everybody in a conference."""


class Heard(NamedTuple):
    """The connections that somebody hears, and what else."""

    voices: tuple[Connection, ...] = ()
    backdrop: Backdrop = Backdrop.SILENCE
    passing: bool = False
    """Whether it hears of those who join and leave a conference."""


def by_agent(agent: Agent) -> Heard:
    """What an agent hears on its phone."""
    if agent.playback is not None:
        return Heard(backdrop=Backdrop.RECORDING)
    if agent.supervision is not None:
        return Heard(tuple(_overheard(agent.supervision)))
    connection = agent.active
    return Heard() if connection is None else by_party(connection)


def by_party(connection: Connection) -> Heard:
    """What a party of a call hears there."""
    call = connection.call
    if call.is_chat or connection.state is HOLD:
        return Heard()
    if call.room is not None:
        return _in_room(call.room.of(connection), call)
    if connection is call.served and call.ivr is not None and not call.ivr.joined:
        return Heard(backdrop=Backdrop.ANNOUNCEMENT)
    if connection is call.served and call.entry is not None:
        return Heard(backdrop=Backdrop.MUSIC)
    others = [it for it in call.connections if it is not connection]
    voices = [it for it in others if _speaks(it)]
    voices += _intruders(connection)
    return Heard(tuple(voices), _meanwhile(others))


def _speaks(connection: Connection) -> bool:
    """An outside number may be heard before it answers (early media), an agent may not."""
    if connection.muted or connection.kind is IVR_DEVICE:
        return False
    early = connection.state is ALERTING and connection.kind is TRUNK_DEVICE
    return connection.state is CONNECTED or early


def _meanwhile(others: list[Connection]) -> Backdrop:
    """What there is to hear in a call whose other parties are `others`."""
    if any(it.state is CONNECTED and it.kind is not IVR_DEVICE for it in others):
        return Backdrop.SILENCE
    if any(it.state in (ALERTING, INITIATED) for it in others):
        return Backdrop.RINGBACK
    return Backdrop.MUSIC if any(it.state is HOLD for it in others) else Backdrop.SILENCE


def _in_room(own: Participant, call: Call) -> Heard:
    """In an agent conference everybody hears whoever may speak, if they may listen."""
    room = call.room
    if room is None or not own.entered or own.attribute not in _LISTENING:
        return Heard()
    if own.held:
        return Heard(backdrop=Backdrop.MUSIC)
    played = Backdrop.TO_ALL if room.voice_timer else Backdrop.SILENCE
    backdrop = Backdrop.TO_ONE if own.timer else played
    return Heard(
        tuple(
            it.connection
            for it in room.present
            if it is not own
            and it.attribute in _SPEAKING
            and not it.held
            and not it.connection.muted
        ),
        backdrop,
        backdrop is Backdrop.SILENCE,
    )


# Supervision


def _intruders(connection: Connection) -> Iterator[Connection]:
    """Who is heard in a call without being a party of it: to whom depends on the mode."""
    for party in connection.call.connections:
        agent = party.agent
        for supervision in agent.supervisors if agent is not None else ():
            if supervised(supervision) is not party:
                continue
            to_all = supervision.mode is SupervisionMode.BARGE_IN
            if to_all or (supervision.mode is SupervisionMode.WHISPER and party is connection):
                yield supervision.call.connections[0]


def _overheard(supervision: Supervision) -> Iterator[Connection]:
    """What an inspector hears: all that is said in the call, by other inspectors too."""
    connection = supervised(supervision)
    if connection is None:
        return
    own = supervision.call.connections[0]
    yield from (it for it in connection.call.connections if _speaks(it))
    yield from (it for it in _intruders(connection) if it is not own)
