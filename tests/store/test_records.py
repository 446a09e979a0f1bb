"""Call records, agent operations, recordings, messages and identifiers in the store."""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Any

import pytest
from sqlalchemy import Connection

from emulator.store import (
    AgentOperation,
    CallRecord,
    Conflict,
    MessageChannel,
    MessageDirection,
    MessageRow,
    RecordingRow,
    Store,
    generations,
)
from emulator.store.records import messages, recordings_of_call, recordings_of_file

SECOND = 1_000_000
NOON = 1_770_000_000 * SECOND

STAY = CallRecord(
    1,
    agent_id="101",
    call_id="1770000000-1",
    caller_no="13800000000",
    wait_begin=NOON - 9 * SECOND,
    call_end=NOON,
    device_type=2,
    device_no=101,
)
OPERATION = AgentOperation(1, "a1", NOON, agent_id="101", call_id="1770000000-1", end_time=None)
MESSAGE = MessageRow(
    1,
    "1770000000-1",
    MessageChannel.EMAIL,
    MessageDirection.SENT,
    NOON,
    "desk@example.com",
    "ada@example.com",
    "bea@example.com",
    "cara@example.com",
    "Ada",
    "your question",
    "Dear Ada,\n…",
    ("answer.pdf", "map.png"),
    "101",
    "1770000000-7",
    "95001",
    3,
    9,
)
RECORDING = RecordingRow(1, "r1", "1770000000-1", "101", NOON, NOON + SECOND, "a.wav", 5)


def test_a_call_record_comes_back_with_every_column(store: Store) -> None:
    texts = {field.name: field.name for field in fields(CallRecord) if field.type == "str"}
    numbers = {
        field.name: NOON + place
        for place, field in enumerate(fields(CallRecord))
        if field.type == "int | None" and field.name != "id"
    }
    row = CallRecord(1, **texts, **numbers, device_type=3, device_no=77)  # type: ignore[arg-type]
    store.write([row])
    (found,) = store.call_records(1, since=0, until=2 * NOON)
    assert replace(found, id=None) == row
    assert found.id == 1


def test_operations_and_recordings_come_back_as_they_were_written(store: Store) -> None:
    store.write([OPERATION, RECORDING, STAY])
    assert store.agent_operations(1, since=0, until=2 * NOON) == [OPERATION]
    assert store.recordings(1, since=0, until=2 * NOON) == [RECORDING]


def test_a_period_includes_its_begin_and_not_its_end(store: Store) -> None:
    store.write([STAY, OPERATION, RECORDING])
    for query in (store.call_records, store.agent_operations, store.recordings):
        assert len(query(1, since=NOON, until=NOON + 1)) == 1
        assert query(1, since=NOON - 1, until=NOON) == []
        assert query(2, since=0, until=2 * NOON) == []


def test_a_stay_that_has_not_ended_is_in_no_period(store: Store) -> None:
    store.write([replace(STAY, call_end=None)])
    assert store.call_records(1, since=0, until=2 * NOON) == []


def test_records_are_found_by_agent_and_by_call(store: Store) -> None:
    other = replace(STAY, agent_id="102", call_id="1770000000-2")
    store.write([STAY, other])
    period = {"since": 0, "until": 2 * NOON}
    by_agent = store.call_records(1, **period, agent="102")
    by_call = store.call_records(1, **period, call_id="1770000000-1")
    assert [row.agent_id for row in by_agent] == ["102"]
    assert [row.agent_id for row in by_call] == ["101"]


def test_pages_follow_one_another_without_gap_or_repetition(store: Store) -> None:
    store.write([replace(STAY, device_no=number) for number in range(7)])
    pages = [
        store.call_records(1, since=0, until=2 * NOON, limit=3, offset=offset)
        for offset in (0, 3, 6)
    ]
    assert [[row.device_no for row in page] for page in pages] == [[0, 1, 2], [3, 4, 5], [6]]


def test_a_write_that_fails_leaves_none_of_its_rows(store: Store) -> None:
    store.write([OPERATION])
    with pytest.raises(Conflict):
        store.write([STAY, RECORDING, OPERATION])
    assert store.call_records(1, since=0, until=2 * NOON) == []
    assert store.recordings(1, since=0, until=2 * NOON) == []


def test_records_outlive_the_store(durable_url: str) -> None:
    with Store.open(durable_url) as store:
        store.write([STAY])
    with Store.open(durable_url) as store:
        store.write([STAY])
        found = store.call_records(1, since=0, until=2 * NOON)
        assert [row.id for row in found] == [1, 2]


def test_reserved_identifiers_follow_one_another_by_name(store: Store) -> None:
    assert [store.reserve("call", 100) for _ in range(3)] == [0, 100, 200]
    assert store.reserve("recording", 1) == 0


def test_identifiers_are_never_repeated_after_a_restart(durable_url: str) -> None:
    given: list[int] = []
    for block in (5, 1, 100):
        with Store.open(durable_url) as store:
            mark = store.reserve("call", block)
            given += range(mark + 1, mark + block + 1)
    assert given == list(range(1, 107))


def test_the_rows_have_as_many_columns_as_the_index_files_of_the_reference() -> None:
    ours = ("tenant_id", "id", "generation")
    call = [field.name for field in fields(CallRecord) if field.name not in ours]
    assert (len(call), call[0], call[-1]) == (29, "developer", "sub_media_type")
    operation = [field.name for field in fields(AgentOperation)]
    assert len(set(operation) - {"tenant_id", "generation"}) == 21


def test_recordings_are_found_by_their_call_and_by_their_file(store: Store) -> None:
    later = replace(RECORDING, record_id="r2", started_at=NOON + 5 * SECOND, appends=True)
    other_call = replace(RECORDING, record_id="r3", call_id="1770000000-2", file_name="b.wav")
    other_tenant = replace(RECORDING, record_id="r4", tenant_id=2)
    store.write([later, RECORDING, other_call, other_tenant])

    def of_file(connection: Connection) -> list[RecordingRow]:
        return recordings_of_file(connection, 1, "a.wav")

    def of_call(connection: Connection) -> list[RecordingRow]:
        return recordings_of_call(connection, RECORDING.call_id)

    assert store.submit(of_file).result() == [RECORDING, later]
    assert store.submit(of_call).result() == [RECORDING, other_tenant, later]


def found(store: Store, tenant: int = 1, **wanted: Any) -> list[MessageRow]:
    period = {"since": 0, "until": 2 * NOON, "limit": 100, **wanted}
    return store.submit(lambda c: messages(c, tenant, **period)).result()


def test_a_message_comes_back_as_it_was_written(store: Store) -> None:
    store.write([MESSAGE])
    assert found(store) == [MESSAGE]


def test_messages_are_found_by_channel_direction_agent_and_time(store: Store) -> None:
    received = replace(
        MESSAGE, message_id="1770000000-2", direction=MessageDirection.RECEIVED, agent_id=""
    )
    fax = replace(MESSAGE, message_id="1770000001-3", channel=MessageChannel.FAX, at=NOON + SECOND)
    store.write([MESSAGE, received, fax])
    assert found(store, channel=MessageChannel.EMAIL) == [MESSAGE, received]
    assert found(store, direction=MessageDirection.SENT) == [MESSAGE, fax]
    assert found(store, agent="101") == [MESSAGE, fax]
    assert found(store, agent="") == [received]
    assert found(store, since=NOON + 1) == [fax]
    assert found(store, until=NOON) == []
    assert found(store, 2) == []


def test_messages_come_with_the_newest_last_as_they_were_numbered(store: Store) -> None:
    ids = ["1770000000-9", "1770000000-10", "1770000000-100"]
    rows = [replace(MESSAGE, message_id=it) for it in ids]
    earlier = replace(MESSAGE, message_id="1769999999-200", at=NOON - 1)
    store.write([*reversed(rows), earlier])
    assert found(store) == [earlier, *rows]
    assert found(store, limit=2, offset=1) == rows[:2]


def test_a_message_of_the_past_is_not_found_and_purged(store: Store) -> None:
    store.write([MESSAGE])
    store.submit(lambda c: generations.begin(c, [1])).result()
    again = replace(MESSAGE, generation=1)
    store.write([again])
    assert found(store) == [again]
    assert store.submit(lambda c: generations.purge(c, 10)).result() == 1
