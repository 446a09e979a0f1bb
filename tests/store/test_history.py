"""Stays of calls and recordings by days, with the phones of then."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from emulator.store import AgentOperation, CallRecord, RecordingRow, Store, generations
from emulator.store.history import Recorded, Stay, Which, recordings_between, stays_between
from tests.store.plans import plan

SECOND = 1_000_000
NOON = 1_770_000_000 * SECOND
DAY = Which(1, NOON, NOON + 86_400 * SECOND)


def signed_in(agent: str, phone: str, at: int, number: int = 0) -> AgentOperation:
    return AgentOperation(
        1, f"{at}{agent}{number}", at, agent_id=agent, op_type="1", phone_no=phone, end_time=at
    )


def talked(call: int, agent: str, at: int, seconds: int = 10, caller: str = "139") -> CallRecord:
    """A call that began at the instant and rang a second, as its agent's stay."""
    return CallRecord(
        1,
        agent_id=agent,
        call_id=f"{at // SECOND}-{call}",
        caller_no=caller,
        callee_no="95001",
        ack_begin=at,
        ack_end=at + SECOND,
        call_begin=at + SECOND,
        call_end=at + seconds * SECOND,
        device_type=2,
        device_no=int(agent),
        current_skill_id="1",
        leave_reason="15",
        media_type="5",
    )


def waited(stay: CallRecord) -> CallRecord:
    """How the call of that stay had waited before."""
    return replace(
        stay,
        agent_id="",
        ack_begin=None,
        ack_end=None,
        call_begin=stay.ack_begin,
        call_end=stay.ack_begin,
        device_type=1,
        device_no=1,
        call_id_num=1,
    )


def recorded(stay: CallRecord) -> RecordingRow:
    """The recording of that conversation."""
    begun, ended = stay.call_begin or 0, stay.call_end or 0
    name = f"r{stay.call_id}{stay.agent_id}"
    return RecordingRow(1, name, stay.call_id, stay.agent_id, begun, ended, f"{name}.V3", 5)


ADA = talked(1, "101", NOON + 5 * SECOND, caller="02082015268")
BEA = talked(2, "102", NOON + 6 * SECOND)
COLIN = talked(3, "101", NOON + 60 * SECOND)
STAYS = [waited(ADA), ADA, waited(BEA), BEA, waited(COLIN), COLIN]
SIGN_INS = [
    signed_in("101", "40101", NOON - 3600 * SECOND),
    signed_in("102", "40102", NOON),
    signed_in("101", "40777", NOON + 30 * SECOND),
]


@pytest.fixture
def day(store: Store) -> Store:
    """A short day: 101 moves to another phone between its calls."""
    store.write([*STAYS, *SIGN_INS, *map(recorded, (ADA, BEA, COLIN))])
    return store


def stays(store: Store, **wanted: Any) -> list[Stay]:
    return store.submit(lambda c: stays_between(c, replace(DAY, **wanted))).result()


def recordings(store: Store, **wanted: Any) -> list[Recorded]:
    return store.submit(lambda c: recordings_between(c, replace(DAY, **wanted))).result()


def calls(found: list[Stay] | list[Recorded]) -> list[str]:
    return [f"{it.call_id.partition('-')[2]}{it.agent_id and '@'}{it.phone_no}" for it in found]


def test_stays_come_as_they_ended_with_the_phones_of_then(day: Store) -> None:
    assert calls(stays(day)) == ["1", "2", "1@40101", "2@40102", "3", "3@40777"]
    found = stays(day)[2]
    assert (found.caller_no, found.callee_no) == ("02082015268", "95001")
    assert (found.ack_begin, found.call_end) == (ADA.ack_begin, ADA.call_end)


def test_recordings_come_as_they_began_with_their_calls_and_phones(day: Store) -> None:
    first, second, third = recordings(day)
    assert calls([first, second, third]) == ["1@40101", "2@40102", "3@40777"]
    assert (first.caller_no, first.callee_no, first.call_type) == ("02082015268", "95001", 0)
    assert first.file_name == recorded(ADA).file_name


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({"agents": ["101"]}, ["1@40101", "3@40777"]),
        ({"agents": ["101", "102"], "limit": 2}, ["1@40101", "2@40102"]),
        ({"agents": ["101"], "caller": "8201"}, ["1@40101"]),
        ({"agents": ["102"], "caller": "8201"}, []),
        ({"agents": ["101"], "caller": "%"}, []),
        ({"agents": ["101"], "caller": "_"}, []),
        ({"agents": []}, []),
        ({"agents": ["101"], "call_ids": [ADA.call_id]}, ["1@40101"]),
        ({"agents": ["101"], "call_ids": [ADA.call_id, COLIN.call_id]}, ["1@40101", "3@40777"]),
        ({"agents": ["101"], "call_ids": ["1770000005-"]}, ["1@40101"]),
        ({"agents": ["101"], "call_ids": ["177000000-"]}, []),
        ({"agents": ["101"], "call_ids": ["1770000060-", ADA.call_id]}, ["1@40101", "3@40777"]),
        ({"agents": ["101"], "call_ids": ["1770000060-", ADA.call_id], "limit": 1}, ["1@40101"]),
        ({"agents": ["101"], "call_ids": ["17%-"]}, []),
        ({"agents": ["101"], "call_ids": []}, []),
        ({"agents": ["101"], "call_ids": ["1770000060-"], "caller": "8201"}, []),
    ],
)
def test_stays_and_recordings_are_found_by_caller_call_and_agent(
    day: Store, wanted: dict[str, Any], found: list[str]
) -> None:
    assert calls(stays(day, **wanted)) == found
    assert calls(recordings(day, **wanted)) == found


def test_a_time_includes_its_begin_and_not_its_end(day: Store) -> None:
    end, begun = ADA.call_end or 0, ADA.call_begin or 0
    for only in ({}, {"call_ids": [ADA.call_id]}):
        assert calls(stays(day, since=end, until=end + 1, **only)) == ["1@40101"]
        assert stays(day, since=end + 1, until=end + 2, **only) == []
        assert stays(day, since=NOON + 7 * SECOND, until=end, **only) == []
        assert calls(recordings(day, since=begun, until=begun + 1, **only)) == ["1@40101"]
        assert recordings(day, since=begun + 1, until=begun + 2, **only) == []


def test_other_tenants_and_the_past_have_none_of_it(day: Store) -> None:
    for only in ({}, {"call_ids": [ADA.call_id]}):
        assert stays(day, tenant=2, **only) == recordings(day, tenant=2, **only) == []
    day.submit(lambda c: generations.begin(c, [1])).result()
    for only in ({}, {"call_ids": [ADA.call_id]}):
        assert stays(day, **only) == recordings(day, **only) == []
    day.write([replace(ADA, generation=1), replace(recorded(ADA), generation=1)])
    assert [it.phone_no for it in stays(day)] == [""]
    assert [it.phone_no for it in recordings(day)] == [""]


def test_the_phone_is_the_one_of_the_agents_own_last_sign_in(day: Store) -> None:
    at = NOON + 100 * SECOND
    day.write([talked(9, "101", at), signed_in("101", "1", at), signed_in("102", "2", at + 1)])
    assert calls(stays(day, call_ids=[f"{at // SECOND}-9"])) == ["9@1"]
    day.write([signed_in("101", "3", at + 1, 1)])
    assert calls(stays(day, call_ids=[f"{at // SECOND}-9"])) == ["9@1"]


def test_of_a_call_that_goes_on_a_recording_knows_no_numbers_yet(store: Store) -> None:
    store.write([recorded(ADA)])
    (found,) = recordings(store)
    assert (found.caller_no, found.callee_no, found.call_type) == ("", "", None)
    assert recordings(store, caller="8") == []


def test_a_recording_has_the_numbers_of_its_own_agents_stay(store: Store) -> None:
    consulted = replace(ADA, agent_id="102", caller_no="101", call_type=51)
    store.write([waited(ADA), ADA, consulted, recorded(ADA), recorded(consulted)])
    found = {it.agent_id: (it.caller_no, it.call_type) for it in recordings(store)}
    assert found == {"101": ("02082015268", 0), "102": ("101", 51)}


def test_a_message_is_a_recording_of_nobody_with_the_numbers_of_its_call(store: Store) -> None:
    left = replace(waited(ADA), device_type=3)
    store.write([left, RecordingRow(1, "m1", ADA.call_id, "", NOON, NOON + 5, "m.wav", 17)])
    (found,) = recordings(store)
    assert (found.agent_id, found.phone_no, found.caller_no) == ("", "", "02082015268")
    assert recordings(store, agents=[""]) == [found]


# How it is looked for

PHONES = "SEARCH agent_operations USING INDEX ix_agent_operations_sign_ins"


@pytest.mark.parametrize(
    ("work", "wanted", "index"),
    [
        (stays_between, {}, "call_records USING INDEX ix_call_records_tenant_id_call_end"),
        (
            stays_between,
            {"caller": "1", "agents": ["1"]},
            "call_records USING INDEX ix_call_records_tenant_id_call_end",
        ),
        (
            stays_between,
            {"call_ids": ["17-1", "18-", "19-"]},
            "call_records USING INDEX ix_call_records_call_id",
        ),
        (recordings_between, {}, "recordings USING INDEX ix_recordings_tenant_id_started_at"),
        (
            recordings_between,
            {"caller": "1", "agents": ["1"]},
            "recordings USING INDEX ix_recordings_tenant_id_started_at",
        ),
        (
            recordings_between,
            {"call_ids": ["17-1", "18-", "19-"]},
            "recordings USING INDEX ix_recordings_call_id",
        ),
    ],
)
def test_indexes_lead_to_what_is_asked_for(work: Any, wanted: dict[str, Any], index: str) -> None:
    with Store.open() as store:
        steps = plan(store, lambda c: work(c, replace(DAY, **wanted)))
    assert any(f"SEARCH {index}" in step for step in steps), steps
    assert any(step.startswith(PHONES) for step in steps), steps
    scans = [step for step in steps if step.startswith("SCAN")]
    assert scans == ["SCAN generations"] * len(scans), steps
    if "call_ids" not in wanted and work is stays_between:
        assert not any("TEMP B-TREE" in step for step in steps), steps
