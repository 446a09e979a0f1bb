"""The recogniser: what is said on the agents' calls, as those are told who subscribe (CEC 6.3.6).

It listens from the moment an agent talks on a call until no agent is in it any more. Each side of
the call is recognised by itself, so that begin and end are told of both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from emulator.snapshot.part import Part, attribute
from emulator.switch import speech
from emulator.switch.events import (
    CallCleared,
    Conferenced,
    ConnectionCleared,
    ConnectionMoved,
    Diverted,
    Established,
    Event,
    Retrieved,
    Spoken,
    Transferred,
)
from emulator.switch.model import Call


class Stage(IntEnum):
    """How far a recognition is: `asrusercase` of CEC 6.3.6."""

    ENDS_WITH_RESULT = 0
    BEGINS = 61
    GOES_ON = 62
    ENDS = 63


@dataclass(frozen=True, slots=True)
class Talk:
    """A call on which an agent talks.

    `agent` is its work number: the one who has been in the call longest. `customer` is the number
    of the outside party, empty where agents talk to each other.
    """

    tenant: int
    call: str
    agent: int
    customer: str


@dataclass(frozen=True, slots=True)
class Recognition:
    """What the recogniser tells: at `at` µs, of an agent (its work number) or a customer (0).

    `stage` is one of `Stage`, or the code of a recognition that failed.
    """

    at: int
    talk: Talk
    agent: int
    stage: int
    text: str = ""
    confidence: int = 0
    analysis: str = ""


_BEGINNINGS = frozenset({Established, Retrieved, Conferenced, Transferred})
_ENDINGS = frozenset({ConnectionCleared, ConnectionMoved, Diverted, CallCleared, Transferred})


class Recogniser:
    """Hears the switch's events, and tells `report` what it recognises."""

    def __init__(
        self, call_of: Callable[[str], Call | None], report: Callable[[Recognition], None]
    ) -> None:
        self._call_of = call_of
        self._report = report
        self._talks: dict[str, Talk] = {}

    def __call__(self, event: Event) -> None:
        """Hear one event."""
        kind = type(event)
        if kind is Spoken:
            self._spoken(event)
            return
        if kind in _BEGINNINGS:
            self._look(event.at, event.call)
        if kind in _ENDINGS:
            self._look(event.at, event.call)
            if kind is ConnectionMoved:
                self._look(event.at, event.from_call)

    def part(self) -> Part:
        """What a snapshot keeps of it."""
        return attribute(self, "_talks", dict[str, Talk], "talks")

    def forget(self, tenant: int | None = None) -> None:
        """The world, or a tenant, begins anew."""
        for call, talk in list(self._talks.items()):
            if tenant in (None, talk.tenant):
                del self._talks[call]

    def _look(self, at: int, call_id: str) -> None:
        """Whether a talk has begun or is over."""
        known = self._talks.get(call_id)
        call = self._call_of(call_id)
        if known is None:
            if call is not None and speech.talkers(call):
                self._begin(at, call)
        elif call is None or not any(c.agent and c.talk_begin for c in call.connections):
            del self._talks[call_id]
            self._tell_both(at, known, Stage.ENDS)

    def _begin(self, at: int, call: Call) -> None:
        talk = _talk(call)
        self._talks[call.id] = talk
        self._tell_both(at, talk, Stage.BEGINS)

    def _tell_both(self, at: int, talk: Talk, stage: Stage) -> None:
        self._report(Recognition(at, talk, talk.agent, stage))
        if talk.customer:
            self._report(Recognition(at, talk, 0, stage))

    def _spoken(self, event: Spoken) -> None:
        talk = self._talks.get(event.call)
        call = self._call_of(event.call)
        if talk is None:
            return
        if call is not None and speech.talkers(call):
            talk = self._talks[event.call] = _talk(call)
        stage: Any = Stage.ENDS_WITH_RESULT if event.final else Stage.GOES_ON
        _, _, agent = event.device.partition("agent:")
        self._report(
            Recognition(
                event.at,
                talk,
                int(agent or 0),
                event.error or stage,
                event.text,
                event.confidence,
                event.analysis,
            )
        )


def _talk(call: Call) -> Talk:
    first = speech.talkers(call)[0].agent
    assert first is not None
    outside = speech.customer(call)
    number = "" if outside is None else outside.number
    return Talk(call.tenant.id, call.id, first.work_no, number)
