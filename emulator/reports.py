"""Long reads: reports that go through many records, without anybody having to wait for them.

A report is a module-level function that takes a `Connection` that only reads, and whatever else
can be pickled. With a store in a file or on a server it runs in a process of its own, which is
started when first needed and kept; there are at most two, so that one that never ends does not hold
up the others. With a store in memory, which no other process can see, it runs in the store's thread
between the transactions of the others.

A report that goes through more than some thousand records is a generator function, and says where
it may be interrupted: it reads a page, writes `connection = yield` with no result open, and goes on
with the connection it is given. In a process of its own, all is one transaction; in memory each
piece is one.
"""

from __future__ import annotations

import asyncio
import inspect
import pickle
import subprocess
import sys
import threading
from collections.abc import Awaitable, Callable, Coroutine, Generator
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from typing import IO, Any, TypeVar, overload

from sqlalchemy import Connection

from emulator.store.store import Store

T = TypeVar("T")
Pieces = Generator[None, Connection, T]

_PROGRAM = """
import sys
sys.path[:] = {0!r}
from emulator.report_process import main
main()
"""
"""It finds what we find, and nothing that happens to lie in the current folder."""
MAX_PROCESSES = 2
MAX_WAITING = 100
"""Reports that may wait for a process to be free."""


class ReportError(Exception):
    """There is no report.

    ReportError
    ├── ReportsBusy          too many wait already
    ├── ReportsClosed        the world has ended
    ├── ReportProcessDied    the process was ended from outside, or ran out of memory
    └── ReportUnreadable     its result or its exception cannot be sent between processes

    All other exceptions are those of the report itself.
    """


class ReportsBusy(ReportError):
    """`MAX_WAITING` reports wait already."""


class ReportsClosed(ReportError):
    """The world has ended."""


class ReportProcessDied(ReportError):
    """The process that was at it has ended."""


class ReportUnreadable(ReportError):
    """What the report gives or raises cannot be pickled."""


class Reports:
    """Runs reports; `flushed` waits until the store has all that was recorded so far."""

    def __init__(self, store: Store, flushed: Callable[[], Awaitable[None]]) -> None:
        self._store = store
        self.flushed = flushed
        self._places = asyncio.Semaphore(MAX_PROCESSES)
        self._waiting = 0
        self._idle: list[_Process] = []
        self._processes: set[_Process] = set()
        self._tasks: set[asyncio.Task[Any]] = set()
        self._closed = False
        self._starting: asyncio.Task[None] | None = None

    @overload
    async def run(self, work: Callable[..., Pieces[T]], *args: Any) -> T: ...
    @overload
    async def run(self, work: Callable[..., T], *args: Any) -> T: ...
    async def run(self, work: Callable[..., Any], *args: Any) -> Any:
        """What `work(connection, *args)` gives, of all that was recorded so far.

        Raises what the report raises, or a `ReportError`. Cancelling it ends the report.
        """
        if self._waiting >= MAX_WAITING:
            raise ReportsBusy("too many reports are waiting")
        self._waiting += 1
        try:
            await self._places.acquire()
        finally:
            self._waiting -= 1
        try:
            self._check_open()
            await self.flushed()
            self._check_open()
            if self._store.in_memory:
                return await self._in_pieces(work, args)
            return await self._in_a_process(work, args)
        finally:
            self._places.release()

    def prepare(self) -> None:
        """Have a process ready soon, if the first report will need one."""
        if not (self._store.in_memory or self._processes or self._closed):
            self._start()

    async def close(self) -> None:
        """End what is under way and wait until every process is gone."""
        self._closed = True
        await asyncio.gather(*self._tasks, return_exceptions=True)
        for process in list(self._processes):
            await asyncio.to_thread(process.end)

    @property
    def processes(self) -> list[int]:
        """The numbers of the processes there are now."""
        return sorted(process.pid for process in self._processes)

    def _check_open(self) -> None:
        if self._closed:
            raise ReportsClosed("the world has ended")

    def _own(self, work: Coroutine[Any, Any, T]) -> asyncio.Task[T]:
        """Something that goes on when nobody waits for it any more, until the end."""
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return task

    # In a process

    async def _in_a_process(self, work: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        job = pickle.dumps((work, args))
        while not self._idle:
            await asyncio.shield(self._start())
            self._check_open()
        process = self._idle.pop()
        try:
            kind, content = await process.perform(job)
        except asyncio.CancelledError:
            # It does nothing any more when who has given it up goes on.
            await asyncio.wait([self._own(asyncio.to_thread(process.end))])
            raise
        if kind == "ended":
            self._check_open()
            raise ReportProcessDied(f"the process of the report has ended ({content})")
        self._idle.append(process)
        if kind == "raised":
            raise content
        return content

    def _start(self) -> asyncio.Task[None]:
        """A process that will be there; one is started at a time."""
        if self._starting is None or self._starting.done():
            self._starting = self._own(self._begin())
        return self._starting

    async def _begin(self) -> None:
        loop = asyncio.get_running_loop()
        process = await asyncio.to_thread(_Process, self._store.url, loop, self._ended)
        self._processes.add(process)
        self._idle.append(process)

    def _ended(self, process: _Process) -> None:
        self._processes.discard(process)
        if process in self._idle:
            self._idle.remove(process)

    # In the store's thread

    async def _in_pieces(self, work: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        running = self._own(self._go_through(work, args))
        try:
            return await asyncio.shield(running)
        except asyncio.CancelledError:
            running.cancel()
            await asyncio.wait([running])
            raise

    async def _go_through(self, work: Callable[..., Any], args: tuple[Any, ...]) -> Any:
        if not inspect.isgeneratorfunction(work):
            return await self._piece(partial(_call, work, args))
        running = _Running(work, args)
        try:
            while not running.is_over:
                self._check_open()
                await self._piece(running.go_on)
            return running.result
        finally:
            # One that is interrupted tidies up, in the thread that may still be at it.
            await self._piece(lambda _: running.close())

    async def _piece(self, work: Callable[[Connection], T]) -> T:
        piece = asyncio.wrap_future(self._store.submit(partial(_read_only, work=work)))
        # Of one that was given up nobody wants to know how it ended.
        piece.add_done_callback(lambda piece: piece.cancelled() or piece.exception())
        return await asyncio.shield(piece)


def _call(work: Callable[..., T], args: tuple[Any, ...], connection: Connection) -> T:
    return work(connection, *args)


def _read_only(connection: Connection, work: Callable[[Connection], T]) -> T:
    connection.exec_driver_sql("PRAGMA query_only = ON")
    try:
        return work(connection)
    finally:
        connection.exec_driver_sql("PRAGMA query_only = OFF")


@dataclass(slots=True)
class _Running:
    """A report on its way through the pieces."""

    work: Callable[..., Pieces[Any]]
    args: tuple[Any, ...]
    pieces: Pieces[Any] | None = None
    is_over: bool = False
    result: Any = None

    def go_on(self, connection: Connection) -> None:
        try:
            if self.pieces is None:
                self.pieces = self.work(connection, *self.args)
                next(self.pieces)
            else:
                self.pieces.send(connection)
        except StopIteration as end:
            self.is_over, self.result = True, end.value

    def close(self) -> None:
        if self.pieces is not None:
            self.pieces.close()


@dataclass(slots=True, eq=False)
class _Process:
    """A process that runs one report after another; its answers are read in a thread.

    It ends when its input does: with this process, however that ends.
    """

    url: str
    loop: asyncio.AbstractEventLoop
    ended: Callable[[_Process], None]
    is_over: bool = False
    _popen: subprocess.Popen[bytes] = field(init=False)
    _reader: threading.Thread = field(init=False)
    _awaited: asyncio.Future[tuple[str, Any]] | None = field(default=None, init=False)

    def __post_init__(self) -> None:
        self._popen = subprocess.Popen(
            [sys.executable, "-P", "-c", _PROGRAM.format(sys.path)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            # What ends us by the keyboard is not for it; it would only complain.
            start_new_session=True,
        )
        self._send(self.url)
        self._reader = threading.Thread(target=self._read, name="reports", daemon=True)
        self._reader.start()

    @property
    def pid(self) -> int:
        return self._popen.pid

    async def perform(self, job: bytes) -> tuple[str, Any]:
        """How it came out: `given`, `raised` or `ended`, and what."""
        if self.is_over:
            return "ended", self._popen.returncode
        self._awaited = self.loop.create_future()
        await asyncio.to_thread(self._send, job)
        return await self._awaited

    def end(self) -> None:
        """End the process and wait for that; in a thread."""
        self._popen.kill()
        self._reader.join()

    def _send(self, content: Any) -> None:
        assert self._popen.stdin is not None
        # One that has ended takes nothing, and the thread that reads will tell.
        with suppress(OSError):
            send(self._popen.stdin, content)

    def _read(self) -> None:
        assert self._popen.stdout is not None
        while (answer := receive(self._popen.stdout)) is not None:
            self._tell(self._answered, answer)
        self._popen.stdout.close()
        self._popen.wait()
        self._close_input()
        self._tell(self._over)

    def _close_input(self) -> None:
        assert self._popen.stdin is not None
        # What was not sent yet is of no use to anybody.
        with suppress(OSError):
            self._popen.stdin.close()

    def _tell(self, what: Callable[..., None], *args: Any) -> None:
        # An event loop that was closed without us: nobody waits.
        with suppress(RuntimeError):
            self.loop.call_soon_threadsafe(what, *args)

    def _answered(self, answer: tuple[str, Any]) -> None:
        if self._awaited is not None and not self._awaited.done():
            self._awaited.set_result(answer)

    def _over(self) -> None:
        self.is_over = True
        self.ended(self)
        self._answered(("ended", self._popen.returncode))


# What is sent between the processes: the length in eight bytes, and a pickle


def send(pipe: IO[bytes], content: Any) -> None:
    """Send one thing; bytes are a pickle already."""
    data = content if isinstance(content, bytes) else pickle.dumps(content)
    pipe.write(len(data).to_bytes(8, "big") + data)
    pipe.flush()


def receive(pipe: IO[bytes]) -> Any | None:
    """The next thing; None at the end, also one in the middle of something."""
    head = pipe.read(8)
    length = int.from_bytes(head, "big")
    data = pipe.read(length) if len(head) == 8 else b""
    if len(head) < 8 or len(data) < length:
        return None
    return pickle.loads(data)
