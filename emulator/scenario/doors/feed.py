"""The switch's events of a running emulator, as its journal shows them, made the switch's again."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping
from enum import Enum, IntEnum
from types import UnionType
from typing import Any, get_args, get_origin, get_type_hints

from emulator.clients.control import AsyncControlClient
from emulator.control.journal import NAMES
from emulator.switch import events
from emulator.switch.terms import DeviceType, MediaAbility

HELD_S = 10.0
"""How long the emulator holds the question for news."""
PAUSE_S = 0.02
"""Between two questions: events that come soon after each other are fetched together."""
MOST = 5000

_NUMBERS: dict[str, type[Enum]] = {"ability": MediaAbility, "previous_type": DeviceType}
"""Fields that are declared as numbers and hold members all the same."""

Maker = Callable[[Any], Any]


def event_of(shown: Mapping[str, Any]) -> events.Event:
    """The event that the journal shows; KeyError or ValueError if it is none that we know."""
    kind, fields = _KINDS[shown["event"]]
    return kind(*[shown[name] if make is None else make(shown[name]) for name, make in fields])


def _fields_of(kind: type[Any]) -> list[tuple[str, Maker | None]]:
    hints = get_type_hints(kind)
    return [(NAMES.get(name, name), _maker(name, hints[name])) for name in kind._fields]


def _maker(name: str, hint: Any) -> Maker | None:
    members = _NUMBERS.get(name) or _members_of(hint)
    if members is not None:
        return lambda value: _member(members, value) if isinstance(value, str) else value
    return tuple if get_origin(hint) is tuple else None


def _members_of(hint: Any) -> type[Enum] | None:
    kinds = get_args(hint) if isinstance(hint, UnionType) else (hint,)
    return next((it for it in kinds if isinstance(it, type) and issubclass(it, Enum)), None)


def _member(members: type[Enum], value: Any) -> Any:
    """The inverse of `control.state.name_of`."""
    return members[value.upper()] if issubclass(members, IntEnum) else members(value)


_KINDS: dict[str, tuple[Maker, list[tuple[str, Maker | None]]]] = {
    name: (getattr(events, name), _fields_of(getattr(events, name)))
    for name in events.__all__
    if name != "Event"
}


class EventsMissed(Exception):
    """The journal did not keep all events until they were fetched, or keeps none at all."""


class Feed:
    """Fetches events after a number, in order, without end."""

    def __init__(self, control: AsyncControlClient, hear: Callable[[events.Event], None]) -> None:
        self._control = control
        self._hear = hear
        self.last = 0
        """The number of the latest event that was heard."""

    async def begin(self) -> None:
        """From the next event on."""
        self.last = await self._control.latest_event()

    async def listen(self) -> None:
        """Hear events until it is cancelled; `EventsMissed`, or what the client raises."""
        while True:
            found = await self._control.events(self.last, wait=HELD_S, limit=MOST)
            self._take(found)
            if len(found) < MOST:
                await asyncio.sleep(PAUSE_S)

    def _take(self, found: list[Any]) -> None:
        for shown in found:
            number: int = shown["number"]
            if number != self.last + 1:
                raise EventsMissed(
                    f"events {self.last + 1} to {number - 1} were gone before they were fetched"
                )
            self.last = number
            self._hear(event_of(shown))
