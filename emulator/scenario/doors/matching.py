"""Which call is whose, while answers and events come in any order.

The emulator reports the events of a call perhaps before its answer to who has dialled, and numbers
do not tell customers apart: events of a call that nobody here knows wait until everybody who was
dialling when they came has had an answer.
"""

from __future__ import annotations

import asyncio
from typing import Any

from emulator.scenario.engine.customers import Customer
from emulator.scenario.engine.hearing import CHATS, Hearing
from emulator.switch.events import Event, Offered
from emulator.switch.terms import MediaType


class Matching:
    """Stands before a hearing."""

    def __init__(self, hearing: Hearing) -> None:
        self._hearing = hearing
        self._serial = 0
        self._dialling: dict[int, None] = {}
        self._early: dict[str, list[tuple[int, Event]]] = {}
        """Events of unknown calls, each with the latest dial when it came."""
        self._asking: list[tuple[int, str, asyncio.Future[None]]] = []

    @property
    def dialling(self) -> int:
        """How many customers have dialled and know nothing of their call."""
        return len(self._dialling)

    def dials(self) -> int:
        """Somebody dials; gives the number of the dial."""
        self._serial += 1
        self._dialling[self._serial] = None
        return self._serial

    def begun(self, dial: int, customer: Customer, call: str) -> None:
        """The dial has become that call: the customer hears what happened since.

        Its media is that of the number, as the event tells that comes sooner or later.
        """
        self._dialling.pop(dial, None)
        self._hearing.begun(customer, call, MediaType.VOICE)
        for _, event in self._early.pop(call, ()):
            self._pass_on(event)
        self._release()

    def failed(self, dial: int) -> None:
        """The dial has become no call."""
        self._dialling.pop(dial, None)
        self._release()

    def hear(self, event: Event) -> None:
        """An event of the emulator."""
        if type(event) not in self._hearing.handlers and type(event) is not Offered:
            return
        call = getattr(event, "call", "")
        if self._dialling and call and call not in self._hearing.customers:
            self._early.setdefault(call, []).append((self._serial, event))
        else:
            self._pass_on(event)

    def _pass_on(self, event: Event) -> None:
        if type(event) is not Offered:
            self._hearing(event)
        elif (customer := self._hearing.customers.get(event.call)) is not None:
            customer.is_chat = event.media in CHATS

    async def settled(self, call: str) -> None:
        """Return when it is known whose call it is, or that it is nobody's."""
        if self._dialling and call not in self._hearing.customers:
            future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
            self._asking.append((self._serial, call, future))
            await future

    def _release(self) -> None:
        """Nobody who still dials had dialled when these came: they are of others' calls."""
        oldest = next(iter(self._dialling), self._serial + 1)
        for call, waiting in list(self._early.items()):
            ready = sum(mark < oldest for mark, _ in waiting)
            if not ready:
                continue
            for _, event in waiting[:ready]:
                self._pass_on(event)
            if ready == len(waiting):
                del self._early[call]
            else:
                del waiting[:ready]
        self._asking = [it for it in self._asking if not self._answered(oldest, *it)]

    def _answered(self, oldest: int, mark: int, call: str, future: asyncio.Future[Any]) -> bool:
        known = mark < oldest or call in self._hearing.customers
        if known and not future.done():
            future.set_result(None)
        return known
