"""Who does work that can be divided: this process, several, or the machines of a Dask cluster.

Work is a function that can be imported, and what it is given can be pickled. What comes of it comes
in the order in which it was given, whoever has done it.
"""

from __future__ import annotations

import multiprocessing
import signal
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Protocol, TypeVar

Job = TypeVar("Job")
Done = TypeVar("Done")

EMBEDDED = "local"
"""The address of a cluster that is begun for this, and ends with it."""


class Workers(Protocol):
    """Somebody who works."""

    def map(self, work: Callable[[Job], Done], jobs: Iterable[Job]) -> Iterator[Done]:
        """Do the work for each job; gives what came of it, in order."""
        ...


class Alone:
    """This process."""

    def map(self, work: Callable[[Job], Done], jobs: Iterable[Job]) -> Iterator[Done]:
        return map(work, jobs)


class Processes:
    """Several processes of this machine."""

    def __init__(self, pool: ProcessPoolExecutor) -> None:
        self._pool = pool
        self.begun = 0
        self.done = 0

    def map(self, work: Callable[[Job], Done], jobs: Iterable[Job]) -> Iterator[Done]:
        given = [self._pool.submit(work, job) for job in jobs]
        self.begun += len(given)
        for future in given:
            done = future.result()
            self.done += 1
            yield done


class Cluster:
    """The workers of a Dask cluster."""

    def __init__(self, client: Any) -> None:
        self._client = client

    def map(self, work: Callable[[Job], Done], jobs: Iterable[Job]) -> Iterator[Done]:
        futures = self._client.map(work, list(jobs), pure=False)
        return (future.result() for future in futures)


@contextmanager
def workers(processes: int = 1, scheduler: str | None = None) -> Iterator[Workers]:
    """So many processes; or the Dask cluster whose scheduler has that address.

    EMBEDDED as `scheduler` begins a cluster of so many processes on this machine. `ImportError`
    tells that `distributed` is not installed.
    """
    if processes < 1:
        raise ValueError("at least one process must work")
    if scheduler is not None:
        with _cluster(processes, scheduler) as cluster:
            yield cluster
    elif processes == 1:
        yield Alone()
    else:
        yield from _pool(processes)


def _pool(processes: int) -> Iterator[Workers]:
    """So many processes, which end with this: also when nobody waits for what they do."""
    others = set(multiprocessing.active_children())
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(processes, mp_context=context, initializer=_go_on_after_ctrl_c)
    by = Processes(pool)
    try:
        yield by
    finally:
        if by.begun > by.done:
            for child in set(multiprocessing.active_children()) - others:
                child.terminate()
        pool.shutdown(wait=True)


def _go_on_after_ctrl_c() -> None:
    """A terminal tells all processes of Ctrl-C; whoever began these ends them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)


@contextmanager
def _cluster(processes: int, scheduler: str) -> Iterator[Workers]:
    try:
        dask = import_module("distributed")
    except ImportError:
        raise ImportError("pip install 'emulator[dask]' to use a Dask cluster") from None
    if scheduler != EMBEDDED:
        with dask.Client(scheduler) as client:
            yield Cluster(client)
        return
    options = {"n_workers": processes, "threads_per_worker": 1, "dashboard_address": None}
    with dask.LocalCluster(**options) as cluster, dask.Client(cluster) as client:
        yield Cluster(client)
