"""The way to the media process: starts it, keeps ports in hand, and starts it anew if it dies."""

from __future__ import annotations

import asyncio
import logging
import os
import socket
import subprocess
import sys
from collections import deque
from collections.abc import Callable, Collection
from contextlib import suppress
from typing import Any, cast

from emulator.media.rtp import talk
from emulator.media.wiring import (
    Close,
    Closed,
    NoPort,
    Order,
    Record,
    Recorded,
    Report,
    Silent,
    StopRecording,
)

log = logging.getLogger(__name__)

IN_HAND = 128
"""Ports that are open before anybody needs them."""
MOST = 2000
"""Ports that are ever open."""
PATIENCE = 20_000_000
"""µs after which a party that says nothing is reported."""
_STARTING = 30.0
"""Seconds until the first ports must be there."""
_ENDING = 0.8
"""Seconds until the process must have ended."""
_FIRST_PAUSE, _LONGEST_PAUSE = 0.1, 5.0
"""Seconds until one that has died is started again; more if it dies again and again."""
_PROGRAM = """
import sys
sys.path[:] = {0!r}
from emulator.media.rtp.server import main
main()
"""
"""It finds what we find, and nothing that happens to lie in the current folder."""
_ALONE = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
"""Frames are too short to be shared among threads."""


class MediaProcess:
    """`wiring.Media` by a process of its own; on systems that are POSIX.

    `host` is the literal address, of IPv4 or IPv6, at which ports are opened: those of `ports` or
    any, `most` pairs at most. All is called in the event loop.
    """

    def __init__(
        self,
        host: str,
        ports: range | None = None,
        most: int = MOST,
        *,
        seed: int = 0,
        patience: int = PATIENCE,
    ) -> None:
        self._begin = talk.Begin(host, ports, seed, patience)
        self._most = most
        self._ears: list[Callable[[Report], None]] = []
        self._free: deque[int] = deque()
        self._taken: set[int] = set()
        self._orphans: set[int] = set()
        """Ports of a process that has died, which somebody still has."""
        self._withheld: set[int] = set()
        """Ports that are open again, as soon as who had them has let them go."""
        self._recordings: set[str] = set()
        self._opened = 0
        self._coming = 0
        """Ports that are being opened."""
        self.codecs: Collection[str] = ()
        self._process: _Process | None = None
        self._ready: asyncio.Future[None] | None = None
        self._restarting: asyncio.Task[None] | None = None
        self._pause = _FIRST_PAUSE
        self._started_at = 0.0
        self._stopped = asyncio.Event()

    @property
    def pid(self) -> int | None:
        """The number of the process, while there is one."""
        return None if self._process is None else self._process.pid

    def open(self) -> int:
        """Take a port that is open already. NoPort."""
        if not self._free:
            raise NoPort(f"{len(self._taken)} ports are taken")
        port = self._free.popleft()
        self._taken.add(port)
        self._top_up()
        return port

    def ask(self, order: Order) -> None:
        """Have something done; what does not exist any more is left alone."""
        if isinstance(order, Record):
            self._record(order)
        elif isinstance(order, StopRecording):
            pass
        elif order.port in self._orphans:
            if isinstance(order, Close):
                self._let_go(order.port)
            return
        elif order.port not in self._taken:
            return
        elif isinstance(order, Close):
            self._taken.discard(order.port)
        if self._process is not None:
            self._process.say(order)

    def _record(self, order: Record) -> None:
        if self._process is not None:
            self._recordings.add(order.name)
        else:
            self._report_soon(Recorded(order.name, 0))

    def listen(self, ear: Callable[[Report], None]) -> None:
        """Give reports to `ear` from now on."""
        self._ears.append(ear)

    async def start(self) -> None:
        """Start the process, and have ports opened; OSError."""
        try:
            await self._start()
        except OSError:
            self._stopped.set()
            raise

    async def stop(self) -> None:
        """Close every file and port, and end the process."""
        self._stopped.set()
        if self._process is not None and self._ready is not None and not self._ready.done():
            self._ready.set_exception(OSError("the media process is not wanted any more"))
        if self._restarting is not None:
            await self._restarting
        if self._process is not None:
            await self._process.end()
            self._process = None

    async def _start(self) -> None:
        loop = asyncio.get_running_loop()
        ready = self._ready = loop.create_future()
        self._opened = self._coming = 0
        process = _Process(self._hear, self._ended)
        await process.start()
        if self._stopped.is_set():
            await process.end()
            raise OSError("the media process is not wanted any more")
        self._process, self._started_at = process, loop.time()
        process.say(self._begin)
        self._top_up()
        try:
            async with asyncio.timeout(_STARTING):
                await ready
        except (OSError, asyncio.CancelledError):
            # So is a TimeoutError an OSError.
            self._process = None
            await process.end()
            raise

    def _top_up(self) -> None:
        """Have ports opened in advance, half of those in hand at once."""
        missing = IN_HAND - len(self._free) - self._coming
        possible = self._most - self._opened - self._coming
        count = min(missing, possible)
        if self._process is not None and count > 0 and missing >= min(IN_HAND // 2, possible):
            self._coming += count
            self._process.say(talk.Open(count))

    # What is heard

    def _hear(self, thing: Any) -> None:
        if isinstance(thing, talk.Opened):
            self._have(thing)
        elif isinstance(thing, talk.Able):
            self.codecs = thing.codecs
        elif isinstance(thing, talk.Failed):
            self._fail(thing)
        else:
            if isinstance(thing, Recorded):
                self._recordings.discard(thing.name)
            self._report(thing)

    def _have(self, opened: talk.Opened) -> None:
        self._coming -= opened.asked
        if opened.asked:
            self._opened += len(opened.ports)
            if len(opened.ports) < opened.asked:
                # There are no more than these.
                self._most = self._opened
        for port in opened.ports:
            (self._withheld.add if port in self._orphans else self._free.append)(port)
        if self._ready is not None and not self._ready.done():
            self._ready.set_result(None)

    def _fail(self, failed: talk.Failed) -> None:
        if self._ready is not None and not self._ready.done():
            self._ready.set_exception(OSError(failed.number, failed.text))
        else:
            log.error("no more ports can be opened for sound: %s", failed.text)

    def _report(self, report: Report) -> None:
        for ear in self._ears:
            try:
                ear(report)
            except Exception:
                log.exception("who was told %r has failed", report)

    # When it dies

    def _ended(self, process: _Process) -> None:
        if process is not self._process:
            return
        if self._ready is not None and not self._ready.done():
            self._ready.set_exception(OSError("the media process has ended"))
            return
        self._process = None
        if self._stopped.is_set():
            return
        log.error("the media process has died; it is started again")
        self._lose_all()
        if self._restarting is None or self._restarting.done():
            restart = self._restart(process)
            self._restarting = asyncio.get_running_loop().create_task(restart)

    def _lose_all(self) -> None:
        """Tell everybody what has gone with the process."""
        lost, self._taken = sorted(self._taken), set()
        unfinished, self._recordings = sorted(self._recordings), set()
        self._orphans.update(lost)
        self._free.clear()
        self._withheld.clear()
        for port in lost:
            self._report(Silent(port))
        for name in unfinished:
            self._report(Recorded(name, 0))

    async def _restart(self, dead: _Process) -> None:
        await dead.end()
        loop = asyncio.get_running_loop()
        if loop.time() - self._started_at > _LONGEST_PAUSE:
            self._pause = _FIRST_PAUSE
        while self._process is None and not await self._is_stopped_within(self._pause):
            self._pause = min(self._pause * 2, _LONGEST_PAUSE)
            try:
                await self._start()
            except OSError as error:
                log.error("the media process was not started: %s", error)

    async def _is_stopped_within(self, seconds: float) -> bool:
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._stopped.wait()
        return self._stopped.is_set()

    def _let_go(self, port: int) -> None:
        """Somebody gives up a port of a process that is dead."""
        self._orphans.discard(port)
        if port in self._withheld:
            self._withheld.discard(port)
            self._free.append(port)
        self._report_soon(Closed(port, 0, 0, 0, 0))

    def _report_soon(self, report: Report) -> None:
        asyncio.get_running_loop().call_soon(self._report, report)


class _Process(asyncio.Protocol):
    """One process, and the socket at whose other end it is."""

    def __init__(self, hear: Callable[[Any], None], ended: Callable[[_Process], None]) -> None:
        self._hear = hear
        self._ended = ended
        self._reader = talk.Reader()
        self._popen: subprocess.Popen[bytes] | None = None
        self._transport: asyncio.Transport | None = None
        self._closed = asyncio.get_running_loop().create_future()

    @property
    def pid(self) -> int | None:
        return None if self._popen is None else self._popen.pid

    async def start(self) -> None:
        """Start it; OSError."""
        ours, theirs = socket.socketpair()
        with theirs:
            launching = asyncio.ensure_future(asyncio.to_thread(_launch, theirs))
            try:
                await asyncio.shield(launching)
            except BaseException:
                ours.close()
                await self._undo(launching)
                raise
        self._popen = launching.result()
        ours.setblocking(False)
        loop = asyncio.get_running_loop()
        await loop.create_connection(lambda: self, sock=ours)

    async def _undo(self, launching: asyncio.Future[subprocess.Popen[bytes]]) -> None:
        """Leave nothing behind of a start that was given up."""
        await asyncio.wait([launching])
        if not launching.exception():
            launching.result().kill()
            launching.result().wait()

    def say(self, thing: Any) -> None:
        if self._transport is not None and not self._transport.is_closing():
            self._transport.write(talk.write(thing))

    async def end(self) -> None:
        """Have it end, and wait for that; soon not by its own will."""
        self.say(talk.Stop())
        await asyncio.wait([self._closed], timeout=_ENDING)
        if self._transport is not None:
            self._transport.abort()
        if self._popen is not None:
            # One that has ended is not killed by this.
            self._popen.kill()
            await asyncio.to_thread(self._popen.wait)

    # asyncio.Protocol

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        # Those of uvloop are none of asyncio's own.
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        for thing in self._reader.feed(data):
            self._hear(thing)

    def connection_lost(self, error: Exception | None) -> None:
        if not self._closed.done():
            self._closed.set_result(None)
        self._ended(self)


def _launch(channel: socket.socket) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-P", "-c", _PROGRAM.format(sys.path)],
        stdin=channel.fileno(),
        stdout=subprocess.DEVNULL,
        env=os.environ | _ALONE,
        # What ends us by the keyboard is not for it.
        start_new_session=True,
    )
