"""The journal keeps what passed through the doors, in the room that it has."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from emulator.switch.events import AllAgentsBusy
from emulator.traffic.exchange import LONGEST_KEPT, OVERHEAD, Exchange
from emulator.traffic.journal import EVENT_COST, EVENTS_SHARE, Journal
from emulator.traffic.verify import Expectation, differences, matches, near_misses


def call_out(called: str = "139", *, agent: int = 101, tenant: int = 1) -> Exchange:
    body = b'{"called":"%s","skill":{"id":25}}' % called.encode()
    path = f"/agentgateway/resource/voicecall/{agent}/callout"
    return Exchange(
        1, "gateway", "6.1.2.1", "PUT", path, body=body, agent=agent, tenant=tenant, code="0"
    )


@given(st.lists(st.integers(0, 3 * OVERHEAD)))
def test_it_takes_no_more_than_its_room_and_counts_what_had_to_go(sizes: list[int]) -> None:
    limit = 20 * OVERHEAD
    journal = Journal(limit)
    for size in sizes:
        journal.note(Exchange(1, "gateway", "", "GET", "/", answer=bytes(size)))
    kept = list(journal.exchanges())
    assert sum(it.cost for it in kept) <= limit * (EVENTS_SHARE - 1) / EVENTS_SHARE
    assert len(kept) + journal.dropped == len(sizes)
    assert [it.number for it in kept] == list(range(journal.dropped + 1, len(sizes) + 1))


def test_of_long_bodies_it_keeps_the_beginning() -> None:
    journal = Journal()
    long = bytes(LONGEST_KEPT + 1)
    journal.note(Exchange(1, "gateway", "", "GET", "/", body=long, answer=long))
    (kept,) = journal.exchanges()
    assert (len(kept.body), len(kept.answer)) == (LONGEST_KEPT, LONGEST_KEPT)


def test_one_that_is_switched_off_keeps_nothing() -> None:
    journal = Journal(recording=False)
    journal.note(call_out())
    journal.hear(AllAgentsBusy(1, 1))
    assert (list(journal.exchanges()), journal.last) == ([], 0)


def test_a_tenant_is_forgotten_and_the_others_keep_their_numbers() -> None:
    journal = Journal()
    for tenant in (1, 2, 1, 2):
        journal.note(call_out(tenant=tenant))
        journal.hear(AllAgentsBusy(5, tenant))
    journal.clear(1)
    assert [it.number for it in journal.exchanges()] == [2, 4]
    assert [number for number, _ in journal.after(0, 10)] == [2, 4]
    journal.clear()
    assert list(journal.exchanges()) == []
    journal.note(call_out())
    assert [it.number for it in journal.exchanges()] == [5]


def test_forgotten_events_still_make_room_for_new_ones() -> None:
    journal = Journal(2 * EVENTS_SHARE * EVENT_COST)
    for tenant in (1, 2, 1):
        journal.hear(AllAgentsBusy(5, tenant))
    journal.clear(2)
    assert [number for number, _ in journal.after(0, 10)] == [3]


def test_an_expectation_looks_at_what_it_names_and_nothing_else() -> None:
    wanted = Expectation(path="*/voicecall/*/callout", body={"skill": {"id": 25}})
    assert list(matches(wanted, [call_out(), call_out(agent=102)])) != []
    assert list(differences(Expectation(), call_out())) == []


def test_a_near_miss_says_what_was_different() -> None:
    wanted = Expectation(method="PUT", agent=102, body={"called": "138", "skill": {"name": "x"}})
    (missed,) = near_misses(wanted, [call_out("139")])
    assert missed.differences == [
        "agent: expected 102, was 101",
        "body.called: expected '138', was '139'",
        "body.skill.name: expected 'x', was missing",
    ]


def test_the_nearest_miss_comes_first() -> None:
    other = Exchange(2, "gateway", "6.1.1.9", "POST", "/x", agent=103)
    wanted = Expectation(section="6.1.2.1", agent=102)
    assert [it.exchange.section for it in near_misses(wanted, [other, call_out()])] == [
        "6.1.2.1",
        "6.1.1.9",
    ]


def test_true_is_not_one() -> None:
    exchange = Exchange(1, "gateway", "", "PUT", "/", body=b'{"mode":true}')
    assert list(differences(Expectation(body={"mode": 1}), exchange)) != []
