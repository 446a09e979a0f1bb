"""What outside parties do by themselves: press keys, hang up, lose patience while a phone rings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import outside
from emulator.switch.config import OutsideNumberConfig
from emulator.switch.model import Connection, Habits
from emulator.switch.terms import ALERTING, NULL
from emulator.switch.timers import TimerKind

if TYPE_CHECKING:
    from emulator.switch.core import Core

SECOND = 1_000_000


def take_up(sw: Core, connection: Connection, known: OutsideNumberConfig | None) -> None:
    """The party is in the call from now on, and has the habits of its number."""
    if known is None or not known.has_habits:
        return
    patience = None if known.ring_patience is None else int(known.ring_patience * SECOND)
    connection.habits = habits = Habits(known.digits, patience)
    if known.digits:
        habits.digits_at = sw.now + int(known.digits_after * SECOND)
    if known.hang_up_after is not None:
        habits.hang_up_at = sw.now + int(known.hang_up_after * SECOND)
    _schedule(sw, connection, habits)


def agent_rings(sw: Core, connection: Connection) -> None:
    """An agent's phone rings for the party."""
    habits = connection.habits
    if habits is not None and habits.patience is not None:
        habits.impatient_at = sw.now + habits.patience
        _schedule(sw, connection, habits)


def due(sw: Core, connection: Connection) -> None:
    """Do what is due."""
    habits = connection.habits
    assert habits is not None
    if habits.digits_at and habits.digits_at <= sw.now:
        habits.digits_at = 0
        outside.press(sw, connection, habits.digits)
    if connection.state is not NULL and habits.impatient_at and habits.impatient_at <= sw.now:
        habits.impatient_at = 0
        if any(other.state is ALERTING for other in connection.call.connections):
            outside.hang_up(sw, connection)
    if connection.state is not NULL and habits.hang_up_at and habits.hang_up_at <= sw.now:
        outside.hang_up(sw, connection)
    if connection.state is not NULL:
        _schedule(sw, connection, habits)


def _schedule(sw: Core, connection: Connection, habits: Habits) -> None:
    """One timer is enough: for what comes next."""
    sw.timers.cancel(habits.timer)
    habits.timer = 0
    instants = [at for at in (habits.digits_at, habits.hang_up_at, habits.impatient_at) if at]
    if instants:
        subject = (connection.call.id, connection.device)
        habits.timer = sw.timers.start(min(instants), TimerKind.HABIT, subject)
