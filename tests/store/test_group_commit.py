"""Records from the event loop, committed together."""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import subprocess
import sys
import textwrap
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import pytest
from sqlalchemy import Connection

from emulator.store import (
    AgentOperation,
    CallRecord,
    Conflict,
    Customer,
    Directory,
    GroupCommit,
    Served,
    Store,
    directory,
    file_url,
    generations,
)
from emulator.store.records import UNSTORABLE

CallAfter = Callable[[Connection], None]


class FlakyStore:
    """A store whose transactions fail a few times, before or after they are committed."""

    def __init__(self, store: Store, *, failures: int, after_commit: bool = False) -> None:
        self.store = store
        self.failures = failures
        self.after_commit = after_commit
        self.transactions = 0

    async def perform(self, work: Callable[[Connection], object]) -> object:
        self.transactions += 1
        if self.failures and not self.after_commit:
            self.failures -= 1
            raise ConnectionError("the database went away")
        result = await self.store.perform(work)
        if self.failures and self.transactions > 1:
            self.failures -= 1
            raise ConnectionError("the answer was lost")
        return result


@pytest.fixture
async def commits(store: Store) -> AsyncIterator[GroupCommit]:
    group = GroupCommit(store)
    yield group
    await group.close()


def stay(number: int) -> CallRecord:
    return CallRecord(1, call_id=str(number), call_end=number)


def committed(store: Store) -> list[str]:
    return [row.call_id for row in store.call_records(1, since=0, until=2**60, limit=10_000)]


async def test_a_record_is_committed_when_flushed_says_so(
    store: Store, commits: GroupCommit
) -> None:
    commits.add(stay(1))
    await commits.flushed()
    assert committed(store) == ["1"]


async def test_nothing_to_commit_is_no_wait(commits: GroupCommit) -> None:
    await commits.flushed()
    assert commits.lag == 0


async def test_records_keep_their_order_over_many_commits(
    store: Store, commits: GroupCommit
) -> None:
    for number in range(300):
        commits.add(stay(number))
        if number % 50 == 0:
            await commits.flushed()
    await commits.flushed()
    assert committed(store) == [str(number) for number in range(300)]


async def test_a_hundred_waiting_calls_share_a_commit(store: Store) -> None:
    counting = FlakyStore(store, failures=0)
    commits = GroupCommit(counting)  # type: ignore[arg-type]

    async def end_call(number: int) -> None:
        commits.add(stay(number))
        await commits.flushed()

    await asyncio.gather(*(end_call(number) for number in range(100)))
    assert len(committed(store)) == 100
    assert counting.transactions == 2  # the writer's number, and the one commit
    await commits.close()


async def test_records_for_whose_commit_nobody_waits_share_one(store: Store) -> None:
    counting = FlakyStore(store, failures=0)
    group = GroupCommit(counting, patience=60)  # type: ignore[arg-type]
    for number in range(10):
        group.add(stay(number))
        await asyncio.sleep(0.005)
    assert group.committed == 0
    await group.flushed()
    assert (group.committed, counting.transactions) == (10, 2)
    await group.close()


async def test_who_waits_for_a_commit_does_not_wait_for_others(store: Store) -> None:
    group = GroupCommit(store, patience=60)
    group.add(stay(1))
    await asyncio.wait_for(group.flushed(), 10)
    group.add(stay(2))
    await asyncio.wait_for(group.close(), 10)
    assert group.committed == 2


async def test_a_failed_commit_is_reported_and_then_tried_again(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    flaky = FlakyStore(store, failures=1)
    commits = GroupCommit(flaky, retry_after=0.01)  # type: ignore[arg-type]
    commits.add(stay(1))
    with (
        caplog.at_level(logging.ERROR),
        pytest.raises(ConnectionError, match="went away"),
    ):
        await commits.flushed()
    assert "could not be committed" in caplog.text
    commits.add(stay(2))
    await commits.flushed()
    assert committed(store) == ["1", "2"]
    await commits.close()


async def test_records_whose_commit_was_not_heard_of_are_not_doubled(store: Store) -> None:
    flaky = FlakyStore(store, failures=2, after_commit=True)
    commits = GroupCommit(flaky, retry_after=0.01)  # type: ignore[arg-type]
    commits.add(stay(1))
    with pytest.raises(ConnectionError, match="answer was lost"):
        await commits.flushed()
    commits.add(stay(2))
    await commits.close()
    assert committed(store) == ["1", "2"]


async def test_a_caller_that_gives_up_waiting_does_not_stop_the_commit(
    store: Store, commits: GroupCommit
) -> None:
    commits.add(stay(1))
    impatient = asyncio.ensure_future(commits.flushed())
    patient = asyncio.ensure_future(commits.flushed())
    await asyncio.sleep(0)
    impatient.cancel()
    await patient
    assert impatient.cancelled()
    assert committed(store) == ["1"]


async def test_closing_commits_what_is_left_and_takes_no_more(store: Store) -> None:
    commits = GroupCommit(store)
    commits.add(stay(1))
    await commits.close()
    assert committed(store) == ["1"]
    with pytest.raises(RuntimeError, match="closed"):
        commits.add(stay(2))


async def test_closing_gives_up_when_the_database_stays_away(store: Store) -> None:
    commits = GroupCommit(FlakyStore(store, failures=1000), retry_after=0.001)  # type: ignore[arg-type]
    commits.add(stay(1))
    with pytest.raises(ConnectionError):
        await commits.close()


async def test_the_lag_is_the_age_of_the_oldest_record_not_committed(store: Store) -> None:
    now = 100.0
    flaky = FlakyStore(store, failures=1)
    commits = GroupCommit(flaky, retry_after=0.01, monotonic=lambda: now)  # type: ignore[arg-type]
    commits.add(stay(1))
    now = 102.0
    commits.add(stay(2))
    assert commits.lag == 2.0
    with pytest.raises(ConnectionError):
        await commits.flushed()
    now = 103.0
    commits.add(stay(3))
    assert commits.lag == 3.0
    await commits.flushed()
    assert commits.lag == 0
    await commits.close()


async def test_writers_of_one_store_do_not_take_each_other_for_themselves(store: Store) -> None:
    for number in range(3):
        commits = GroupCommit(store)
        commits.add(stay(number))
        await commits.close()
    assert committed(store) == ["0", "1", "2"]


async def test_a_record_that_cannot_be_stored_does_not_hold_up_the_others(
    store: Store, caplog: pytest.LogCaptureFixture
) -> None:
    twin = AgentOperation(1, "a1", 5)
    too_late = CallRecord(1, call_id="far future", call_end=2**70)
    commits = GroupCommit(store, retry_after=0.01)
    for row in (stay(1), twin, twin, too_late, stay(2)):
        commits.add(row)
    with caplog.at_level(logging.ERROR), pytest.raises((Conflict, *UNSTORABLE)):
        await commits.flushed()
    commits.add(stay(3))
    await commits.flushed()
    assert committed(store) == ["1", "2", "3"]
    assert store.agent_operations(1, since=0, until=9) == [twin]
    assert commits.refused == [twin, too_late]
    assert caplog.text.count("refuses a record for good") == 2
    await commits.close()


def test_acknowledged_records_survive_a_killed_process(tmp_path: Path) -> None:
    program = """
        import asyncio, sys
        from emulator.store import CallRecord, GroupCommit, Store

        async def main():
            store = Store.open(sys.argv[1])
            commits = GroupCommit(store)
            number = 0
            while True:
                number += 1
                commits.add(CallRecord(1, call_id=str(number), call_end=number))
                await commits.flushed()
                print(number, store.reserve("call", 10), flush=True)

        asyncio.run(main())
    """
    url = file_url(tmp_path)
    command = [sys.executable, "-c", textwrap.dedent(program), url]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        said = [next(process.stdout) for _ in range(20)]
        os.kill(process.pid, signal.SIGKILL)
        said += process.stdout.readlines()
    acknowledged, mark = map(int, said[-1].split())
    with Store.open(url) as store:
        found = committed(store)
        assert found[:acknowledged] == [str(number + 1) for number in range(acknowledged)]
        assert len(found) in (acknowledged, acknowledged + 1)
        assert store.reserve("call", 10) >= mark + 10


async def test_everything_on_record_is_found_once_wherever_it_is_on_its_way(
    store: Store, commits: GroupCommit
) -> None:
    commits.add(stay(1))
    await commits.flushed()
    commits.add(stay(2))
    await asyncio.sleep(0)

    def find(connection: Connection) -> list[str]:
        return [row.call_id for row in outstanding.everything(connection, [1])]

    found = []
    for _ in range(2):
        outstanding = commits.outstanding()
        # The store is asked when the batch is on its way, and when it has arrived unnoticed.
        found.append(await store.perform(find, read_only=True))
    await commits.flushed()
    commits.add(stay(3))
    outstanding = commits.outstanding()
    found.append(await store.perform(find, read_only=True))
    assert found[0] == found[1] == ["1", "2"]
    assert found[-1] == ["1", "2", "3"]


async def test_whom_a_tenant_knows_is_found_with_what_is_on_its_way_about_them(
    store: Store, commits: GroupCommit
) -> None:
    known = Customer("1", mobile="139")
    store.submit(lambda c: directory.save(c, 1, known)).result()

    def find(connection: Connection) -> dict[int, Directory]:
        return outstanding.directories(connection, [1, 2])

    commits.add(stay(1))
    commits.add(Served(1, "139", 5, "101"))
    outstanding = commits.outstanding()
    commits.add(Served(1, "139", 6, "102"))
    then = Directory((Customer("1", mobile="139", served_at=5, last_agent="101"),))
    assert await store.perform(find, read_only=True) == {1: then}
    await commits.flushed()
    outstanding = commits.outstanding()
    now = Directory((Customer("1", mobile="139", served_at=6, last_agent="102"),))
    assert await store.perform(find, read_only=True) == {1: now}
    assert committed(store) == ["1"]


async def test_the_same_record_is_kept_once_in_each_generation(store: Store) -> None:
    for generation in (0, 1):
        store.write([AgentOperation(1, "one", 5, generation=generation)])
    with pytest.raises(Conflict):
        store.write([AgentOperation(1, "one", 5)])
    store.submit(lambda c: generations.begin(c, [1])).result()
    assert [it.generation for it in store.agent_operations(1, since=0, until=9)] == [1]
    assert store.submit(lambda c: generations.purge(c, 10)).result() == 1
    assert [it.generation for it in store.agent_operations(1, since=0, until=9)] == [1]
