"""What an agent's client was told is held against what the switch reports."""

from __future__ import annotations

import pytest

from emulator.scenario.doors.audit import (
    RELEASED,
    RINGING,
    TALKING,
    Audit,
    different_states,
    verdict,
)
from emulator.switch import events
from emulator.switch.terms import CallType

AGENT = 101


def delivered(call: str, at: int = 0) -> events.Delivered:
    return events.Delivered(
        at, 1, call, f"agent:{AGENT}", AGENT, "139", AGENT, "139", "95001", CallType.INBOUND,
        True, 1, False, 1, 0,
    )  # fmt: skip


def established(call: str) -> events.Established:
    return events.Established(
        0, 1, call, f"agent:{AGENT}", AGENT, "139", "95001", CallType.INBOUND, True, 1
    )


def cleared(call: str) -> events.ConnectionCleared:
    return events.ConnectionCleared(0, 1, call, f"agent:{AGENT}", AGENT, "101", 0)


@pytest.fixture
def audit() -> Audit:
    made = Audit()
    made.watch(AGENT)
    return made


def test_nothing_is_wrong_when_the_client_was_told_all_in_order(audit: Audit) -> None:
    for event in (delivered("1"), established("1"), cleared("1")):
        audit(event)
    for what in (RINGING, TALKING, RELEASED):
        audit.tell(AGENT, what, "1", 0)
    assert not audit.pending
    assert audit.lost() == []


def test_the_client_may_be_told_before_the_journal_was_read(audit: Audit) -> None:
    audit.tell(AGENT, RINGING, "1", 0)
    assert audit.pending
    audit(delivered("1"))
    assert not audit.pending


def test_an_event_that_the_client_never_got_is_named(audit: Audit) -> None:
    for event in (delivered("1"), established("1"), cleared("1")):
        audit(event)
    audit.tell(AGENT, RINGING, "1", 0)
    audit.tell(AGENT, RELEASED, "1", 0)
    assert audit.lost() == ["agent 101 was not told talking of call 1"]


def test_an_event_that_the_client_got_twice_is_named(audit: Audit) -> None:
    audit(delivered("1"))
    audit.tell(AGENT, RINGING, "1", 0)
    audit.tell(AGENT, RINGING, "1", 0)
    assert audit.lost() == ["agent 101 was told ringing of call 1"]


def test_events_in_another_order_are_noticed(audit: Audit) -> None:
    audit(delivered("1"))
    audit(established("1"))
    audit.tell(AGENT, TALKING, "1", 0)
    audit.tell(AGENT, RINGING, "1", 0)
    assert audit.lost() == ["agent 101 was told 2 in another order"]


def test_others_agents_are_not_accounted_for(audit: Audit) -> None:
    audit(delivered("1")._replace(agent=102, work_no=102, device="agent:102"))
    audit.forget(AGENT)
    audit(delivered("1"))
    assert not audit.pending


@pytest.mark.parametrize("journal_first", [True, False])
def test_it_is_measured_how_soon_the_client_knows_that_it_rings(
    audit: Audit, journal_first: bool
) -> None:
    if journal_first:
        audit(delivered("1", at=1_000))
    audit.tell(AGENT, RINGING, "1", 4_500)
    if not journal_first:
        audit(delivered("1", at=1_000))
    assert audit.latencies == [3_500]


def test_a_client_that_believes_something_else_is_noticed() -> None:
    assert different_states({101: "idle", 102: "rest"}, {101: "idle", 102: "busy"}) == [
        "agent 102 is busy, not rest"
    ]


def test_a_verdict_says_how_often_and_gives_examples() -> None:
    assert verdict("all is well", [], "yes").met
    broken = verdict("all is well", [f"it {n}" for n in range(9)], "yes")
    assert not broken.met
    assert broken.seen == "not 9 times: it 0; it 1; it 2; it 3; it 4"
