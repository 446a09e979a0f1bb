"""UDP, TCP and TLS for SIP on IPv4 and IPv6: bytes in, bytes out."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from typing import Any

from emulator.surfaces.sip.clock import WireClock
from emulator.surfaces.sip.datagrams import Datagrams
from emulator.surfaces.sip.streams import Streams
from emulator.surfaces.sip.transport import (
    Closed,
    Destination,
    Failed,
    Flow,
    Listener,
    Received,
    Refused,
    Target,
    TransportSettings,
    soon,
)


class Transport:
    """All sockets of one stack.

    `received` is called with each datagram or framed message; `refused` with the head of one
    that cannot be framed and the status for it, before its stream is closed.
    """

    def __init__(
        self,
        settings: TransportSettings,
        received: Received,
        refused: Refused,
        clock: WireClock,
        on_closed: Closed = lambda _: None,
    ) -> None:
        """`on_closed` is told of each stream that is open no more, if it was ever used."""
        self.settings = settings
        self.clock = clock
        self.bound: list[Listener] = []
        """The listeners with the ports that they have."""
        self._datagrams = Datagrams(received, self._spawn)
        self._streams = Streams(settings, received, refused, clock, on_closed, self._spawn)
        self._tasks: set[asyncio.Task[None]] = set()
        self._stopping = False

    @property
    def connections(self) -> dict[str, int]:
        """Open streams by transport."""
        return self._streams.open

    @property
    def pending(self) -> int:
        """Connections and look-ups of names that are under way."""
        return len(self._tasks)

    async def start(self) -> None:
        """Open all listeners, or none; raises OSError, and ValueError for TLS without a context."""
        self._stopping = False
        self._streams.start()
        try:
            for listener in self.settings.listeners:
                kind = self._datagrams if listener.transport == "UDP" else self._streams
                self.bound.append(await kind.listen(listener))
        except BaseException:
            await self.stop()
            raise

    async def stop(self) -> None:
        """Close everything, and return when it is closed."""
        self._stopping = True
        self._streams.refuse_new()
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        self._datagrams.stop()
        await self._streams.stop()
        self.bound.clear()
        # Sockets of datagrams close in the loop's next round.
        await asyncio.sleep(0)

    def send(self, data: bytes, target: Target, failed: Failed) -> None:
        """Send a message on a flow, or to a destination on a stream that may have to be opened."""
        if self._stopping:
            soon(failed, "stopped")
        elif target.transport == "UDP":
            self._datagrams.send(data, target, failed)
        elif isinstance(target, Flow):
            self._streams.answer(data, target, failed)
        else:
            self._streams.send(data, target, failed)

    def sent_by(self, target: Target) -> tuple[str, int]:
        """Where answers find us: the listener of the target's transport and family.

        Raises LookupError if there is none.
        """
        if isinstance(target, Flow) and target.transport == "UDP":
            return target.local_host, target.local_port
        fitting = [each for each in self.bound if each.transport == target.transport]
        host = target.host if isinstance(target, Destination) else target.peer_host
        for listener in fitting:
            if (":" in listener.host) == (":" in host):
                return listener.host, listener.port
        if not fitting:
            raise LookupError(f"no listener for {target.transport}")
        return fitting[0].host, fitting[0].port

    def is_open(self, flow: Flow) -> bool:
        """Whether the flow's connection is the one that it was; without one it always is."""
        return self._streams.is_open(flow)

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
