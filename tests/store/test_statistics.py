"""Statistics in the store: counted in batches by whoever comes, and read by generation."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from sqlalchemy import Connection, func, select

from emulator.store import AgentOperation, CallRecord, Store, generations, statistics, tables
from emulator.store.statistics import CALLS, OPERATIONS, CellKey, Counts, Wanted

NOON = 1_770_000_000_000_000
EVER = Wanted(1, "queue", 15, 0, 2**62)


def call(number: int, generation: int = 0) -> list[CallRecord]:
    """A call's two records."""
    stay = {"call_id": f"1770000000-{number}", "call_end": NOON + number, "generation": generation}
    return [
        CallRecord(1, **stay, device_type=1, device_no=1, call_id_num=1),  # type: ignore[arg-type]
        CallRecord(1, **stay, device_type=2, device_no=101, call_id_num=-1),  # type: ignore[arg-type]
    ]


def merge(known: Counts, more: object) -> None:
    assert isinstance(more, dict)
    for name, value in more.items():
        known[name] = known.get(name, 0) + value


def key(subject: str = "1", generation: int = 0) -> CellKey:
    return CellKey(1, generation, "queue", 15, subject, NOON, "", 0, 5, 0)


def count_calls(connection: Connection, most: int = 200) -> int:
    """Add up the records of calls in one cell."""
    begun = statistics.counted_up_to(connection, CALLS)
    last, calls = statistics.uncounted_calls(connection, begun, most)
    statistics.note_counted(connection, CALLS, last)
    number = sum(map(len, calls))
    if number:
        statistics.add(connection, {key(): {"records": number}}, merge)
    return number


def counted(store: Store, wanted: Wanted = EVER) -> dict[CellKey, Counts]:
    return store.submit(lambda connection: dict(statistics.cells(connection, wanted))).result()


def test_calls_are_counted_when_their_last_record_is_there(store: Store) -> None:
    first, last = call(1)
    store.write([first])
    assert store.submit(count_calls).result() == 0
    store.write([last])
    assert store.submit(count_calls).result() == 2
    assert store.submit(count_calls).result() == 0
    assert counted(store) == {key(): {"records": 2}}


def test_a_batch_has_whole_calls_in_the_order_of_their_ends(store: Store) -> None:
    (a, a_end), (b, b_end), (c, c_end) = call(1), call(2), call(3)
    store.write([a, b, b_end, c, a_end, c_end])
    begun = 0
    found = []
    for _ in range(4):
        begun, calls = store.submit(
            partial(statistics.uncounted_calls, after=begun, most=1)
        ).result()
        found.append([[it.call_id_num for it in records] for records in calls])
        found[-1] += [records[0].call_id[-1:] for records in calls]  # type: ignore[arg-type]
    assert found == [[[1, -1], "2"], [[1, -1], "1"], [[1, -1], "3"], []]


def test_operations_come_in_batches(store: Store) -> None:
    store.write([AgentOperation(1, f"o{n}", NOON + n, end_time=NOON + n) for n in range(5)])
    sizes, begun = [], 0
    while True:
        begun, rows = store.submit(
            partial(statistics.uncounted_operations, after=begun, most=2)
        ).result()
        sizes.append(len(rows))
        if not rows:
            break
    assert sizes == [2, 2, 1, 0]


def test_a_transaction_that_fails_has_counted_nothing(store: Store) -> None:
    store.write(call(1))

    def fails(connection: Connection) -> None:
        count_calls(connection)
        raise ZeroDivisionError

    assert isinstance(store.submit(fails).exception(), ZeroDivisionError)
    assert counted(store) == {}
    assert store.submit(count_calls).result() == 2


def test_two_who_count_at_once_count_nothing_twice_and_lose_nothing(durable_url: str) -> None:
    calls, counters = 60, 2
    with Store.open(durable_url) as writer:
        stores = [Store.open(durable_url) for _ in range(counters)]

        def count_on(store: Store) -> int:
            return sum(
                store.submit(partial(count_calls, most=3)).result() for _ in range(calls // 2)
            )

        with ThreadPoolExecutor(counters) as threads:
            counting = [threads.submit(count_on, store) for store in stores]
            for number in range(calls):
                writer.write(call(number))
            found = sum(it.result() for it in counting)
        while rest := writer.submit(count_calls).result():
            found += rest
        assert found == 2 * calls
        assert counted(writer) == {key(): {"records": 2 * calls}}
        for store in stores:
            store.close()


def test_the_two_sorts_of_records_are_counted_apart(store: Store) -> None:
    def note(connection: Connection) -> None:
        for name, value in ((CALLS, 7), (OPERATIONS, 9)):
            assert statistics.counted_up_to(connection, name) == 0
            statistics.note_counted(connection, name, value)

    store.submit(note).result()
    for name, value in ((CALLS, 7), (OPERATIONS, 9)):
        assert store.submit(partial(statistics.counted_up_to, name=name)).result() == value


def test_past_generations_are_not_shown_and_are_purged(store: Store) -> None:
    add = partial(statistics.add, cells={key(): {"records": 1}}, merge=merge)
    store.submit(add).result()
    store.submit(partial(generations.begin, tenants=[1])).result()
    assert counted(store) == {}
    now = partial(statistics.add, cells={key(generation=1): {"records": 5}}, merge=merge)
    store.submit(now).result()
    assert counted(store) == {key(generation=1): {"records": 5}}
    assert store.submit(partial(generations.purge, most=10)).result() == 1
    left = select(func.count()).select_from(tables.statistics)
    assert store.submit(lambda connection: connection.execute(left).scalar_one()).result() == 1


def test_only_the_cells_that_are_wanted_are_read(store: Store) -> None:
    cells = {key(str(n)): {"records": n} for n in range(1, 4)}
    cells[key()._replace(kind="agent")] = {"records": 10}
    cells[key()._replace(grain=1440)] = {"records": 20}
    cells[key()._replace(detail="95001")] = {"records": 30}
    cells[key()._replace(call_type=7)] = {"records": 40}
    cells[key()._replace(media=1)] = {"records": 50}
    cells[key()._replace(begin=NOON + 1)] = {"records": 60}
    store.submit(partial(statistics.add, cells=cells, merge=merge)).result()

    def records(**which: object) -> list[int]:
        found = counted(store, EVER._replace(**which))  # type: ignore[arg-type]
        return sorted(it["records"] for it in found.values())

    assert records() == [1, 2, 3, 30, 40, 50, 60]
    assert records(subjects=["2", "3", "9"]) == [2, 3]
    assert records(subjects=[]) == []
    assert records(grain=1440) == [20]
    assert records(kind="agent") == [10]
    assert records(details=["95001"]) == [30]
    assert records(call_types=[7]) == [40]
    assert records(media=1) == [50]
    assert records(sub_media=1) == []
    assert records(since=NOON + 1) == [60]
    assert records(until=NOON) == []
