"""What is said on a call, as a recogniser hears it (CEC 6.3.6).

The switch carries no audio: words are given to it, at once or as a script of which the call says
each part in its time. Somebody whom nobody can hear says nothing.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from emulator.switch.errors import InvalidValue, NoCall, SwitchError, WrongCallState, WrongCallType
from emulator.switch.events import Spoken
from emulator.switch.model import Call, Connection
from emulator.switch.terms import CONNECTED, TRUNK_DEVICE
from emulator.switch.timers import TimerKind
from emulator.switch.utterance import Utterance

if TYPE_CHECKING:
    from emulator.switch.core import Core

MAX_TEXT = 4096
"""Characters of one utterance."""
LONGEST_SCRIPT = 1000
LATEST = 86_400
"""Seconds after which the last utterance of a script must have been said."""


def speak(sw: Core, call: Call, utterance: Utterance) -> None:
    """Somebody on the call says something now."""
    require_valid(utterance)
    speaker = _speaker(call, utterance.agent)
    sw.report(
        Spoken(
            sw.now,
            call.tenant.id,
            call.id,
            speaker.device,
            speaker.number,
            utterance.text,
            utterance.confidence,
            utterance.final,
            utterance.error,
            utterance.analysis,
        )
    )


def script(sw: Core, call: Call, parts: Sequence[tuple[float, Utterance]]) -> None:
    """Have the call say each utterance so many seconds from now."""
    require_audio(call)
    if not 1 <= len(parts) <= LONGEST_SCRIPT:
        raise InvalidValue(f"a script has 1 to {LONGEST_SCRIPT} utterances")
    for after, utterance in parts:
        require_valid(utterance)
        if not 0 <= after <= LATEST:
            raise InvalidValue(f"an utterance comes after 0 to {LATEST} seconds")
    for after, utterance in parts:
        call.script.append((sw.now + int(after * 1_000_000), sw.serial(), utterance))
    call.script.sort(key=_turn)
    _await_next(sw, call)


def _turn(part: tuple[int, int, Utterance]) -> tuple[int, int]:
    due, serial, _ = part
    return due, serial


def _await_next(sw: Core, call: Call) -> None:
    sw.timers.cancel(call.script_timer)
    call.script_timer = 0
    if call.script:
        due = call.script[0][0]
        call.script_timer = sw.timers.start(due, TimerKind.SPEECH, call.id)


def next_is_due(sw: Core, call: Call) -> None:
    """The next utterance of the script is due; nothing is said where nobody could hear it."""
    _, _, utterance = call.script.pop(0)
    _await_next(sw, call)
    with suppress(SwitchError):
        speak(sw, call, utterance)


def require_valid(utterance: Utterance) -> None:
    if len(utterance.text) > MAX_TEXT:
        raise InvalidValue(f"an utterance has at most {MAX_TEXT} characters")
    if not 0 <= utterance.confidence <= 100:
        raise InvalidValue("a confidence is 0 to 100")
    if not utterance.text and not utterance.error:
        raise InvalidValue("nothing is said")
    if utterance.error < 0:
        raise InvalidValue("an error code is not negative")


def require_audio(call: Call) -> None:
    if call.is_chat:
        raise WrongCallType(f"call {call.id} has no audio")


def talkers(call: Call) -> list[Connection]:
    """The agents who talk on the call, and have not put it on hold, in the order of joining."""
    return [
        c
        for c in call.connections
        if c.agent is not None and c.talk_begin and c.state is CONNECTED and not c.is_chat
    ]


def customer(call: Call) -> Connection | None:
    """The outside party that talks longest on the call."""
    for connection in call.connections:
        if connection.kind is TRUNK_DEVICE and connection.state is CONNECTED:
            return connection
    return None


def _speaker(call: Call, work_no: int) -> Connection:
    require_audio(call)
    talking = talkers(call)
    if not talking:
        raise WrongCallState(f"no agent talks on call {call.id}")
    if not work_no:
        found = customer(call)
        if found is None:
            raise NoCall(f"there is no customer on call {call.id}")
        return found
    for connection in talking:
        assert connection.agent is not None
        if connection.agent.work_no == work_no:
            if connection.muted:
                raise WrongCallState(f"agent {work_no} is muted")
            return connection
    raise NoCall(f"agent {work_no} does not talk on call {call.id}")
