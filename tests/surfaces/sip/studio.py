"""A media process that does nothing but keep what it is asked."""

from __future__ import annotations

from collections.abc import Callable, Collection
from typing import TypeVar

from emulator.media.wiring import Close, Connect, Hear, NoPort, Order, Report

It = TypeVar("It", bound=Order)


class Studio:
    """Ports from 20000, at most `most` at once."""

    def __init__(self, most: int = 100, codecs: Collection[str] = ("PCMU", "PCMA", "G722")) -> None:
        self.codecs = codecs
        self.free = [20_000 + 2 * number for number in range(most)]
        self.orders: list[Order] = []
        self.heard: dict[int, Hear] = {}
        """What each port hears at present."""
        self.connected: dict[int, Connect] = {}
        self.report: Callable[[Report], None] = _nobody

    def open(self) -> int:
        if not self.free:
            raise NoPort
        return self.free.pop(0)

    def ask(self, order: Order) -> None:
        self.orders.append(order)
        if isinstance(order, Connect):
            self.connected[order.port] = order
        elif isinstance(order, Hear):
            self.heard[order.port] = order
        elif isinstance(order, Close):
            self.free.append(order.port)
            self.connected.pop(order.port, None)
            self.heard.pop(order.port, None)

    def asked(self, kind: type[It]) -> list[It]:
        """The orders of one kind, in their order."""
        return [it for it in self.orders if isinstance(it, kind)]

    def listen(self, ear: Callable[[Report], None]) -> None:
        self.report = ear

    async def start(self) -> None: ...

    async def stop(self) -> None: ...


def _nobody(_: Report) -> None: ...
