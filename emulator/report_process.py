"""The process that runs reports, started by `emulator.reports`.

It reads what it is to do from its input and writes what comes of it to its output, both as pickles.
It ends when its input does, in the middle of a report too.
"""

from __future__ import annotations

import inspect
import os
import pickle
import sys
import threading
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from queue import SimpleQueue
from typing import IO, Any

from sqlalchemy import Connection, Engine

from emulator.reports import ReportUnreadable, receive, send
from emulator.store.engine import READ_ONLY, open_engine

NICENESS = 10
"""Calls come before reports."""


def main() -> None:
    """Run reports until there is no more input."""
    output = _own_output()
    if hasattr(os, "nice"):
        os.nice(NICENESS)
    url = receive(sys.stdin.buffer)
    if url is None:
        return
    jobs: SimpleQueue[bytes] = SimpleQueue()
    threading.Thread(target=_listen, args=(jobs,), daemon=True).start()
    engine = open_engine(url)
    while True:
        send(output, _answer(engine, jobs.get()))


def _own_output() -> IO[bytes]:
    """Our way out; whatever a report prints goes to the errors."""
    output = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return output


def _listen(jobs: SimpleQueue[bytes]) -> None:
    with suppress(Exception):
        while (length := sys.stdin.buffer.read(8)) and len(length) == 8:
            jobs.put(sys.stdin.buffer.read(int.from_bytes(length, "big")))
    # Who has started us is gone. What is being read needs no farewell.
    os._exit(0)


def _answer(engine: Engine, job: bytes) -> bytes:
    try:
        work, args = pickle.loads(job)
        answer = ("given", _run(engine, work, args))
    except Exception as error:
        error.add_note(f"in the process of the report:\n{traceback.format_exc()}")
        answer = ("raised", error)
    try:
        content = pickle.dumps(answer)
        pickle.loads(content)
    except Exception:
        unreadable = ReportUnreadable(f"{answer[0]}: {answer[1]!r}")
        return pickle.dumps(("raised", unreadable))
    return content


def _run(engine: Engine, work: Callable[..., Any], args: tuple[Any, ...]) -> Any:
    with engine.connect() as connection, _reading(connection) as connection:
        if not inspect.isgeneratorfunction(work):
            return work(connection, *args)
        pieces = work(connection, *args)
        try:
            next(pieces)
            while True:
                pieces.send(connection)
        except StopIteration as end:
            return end.value


@contextmanager
def _reading(connection: Connection) -> Iterator[Connection]:
    """One transaction, in which everything stays as it is now."""
    if connection.dialect.name == "sqlite":
        connection = connection.execution_options(**{READ_ONLY: True})
        with connection.begin():
            connection.exec_driver_sql("PRAGMA query_only = ON")
            yield connection
    else:
        connection = connection.execution_options(
            isolation_level="REPEATABLE READ", postgresql_readonly=True
        )
        with connection.begin():
            yield connection
