"""Calls over a network that loses, doubles and reorders: each request is served once, or fails."""

from __future__ import annotations

import pytest
from sipmessage import Response

from emulator.surfaces.sip.messages import make_response
from emulator.surfaces.sip.transactions import Failure
from tests.surfaces.sip.network import Faults, Outcome, Pair, asking

BAD = Faults(lost=0.2, doubled=0.2, delayed=0.2)
SEEDS = range(40)
REQUESTS = 30
LONG_ENOUGH = 600


def ask(pair: Pair, method: str, call: int, outcome: Outcome) -> None:
    def heard(response: Response) -> None:
        outcome.heard(response)
        if method == "INVITE" and 200 <= response.code < 300:
            pair.uac.send_ack(asking("ACK", call_id=f"{call}@test"), pair.there)

    request = asking(method, call_id=f"{call}@test")
    pair.uac.send_request(request, pair.there, heard, outcome.failures.append)


def play(pair: Pair, method: str) -> list[Outcome]:
    """Send many requests, a second apart, and wait until all is over."""
    outcomes = [Outcome() for _ in range(REQUESTS)]
    for call, outcome in enumerate(outcomes):
        ask(pair, method, call, outcome)
        pair.clock.advance(1)
    pair.clock.advance(LONG_ENOUGH)
    return outcomes


def served_once(pair: Pair) -> bool:
    calls = [request.headers["Call-ID"] for request in pair.callee.requests]
    return sorted(calls) == sorted(f"{call}@test" for call in range(REQUESTS))


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("code", [200, 404])
def test_every_request_is_served_once_and_answered_once(seed: int, code: int) -> None:
    pair = Pair(seed, BAD)
    pair.callee.answers = (code,)
    outcomes = play(pair, "REGISTER")
    assert served_once(pair)
    assert [outcome.codes for outcome in outcomes] == [[code]] * REQUESTS
    assert pair.pending == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_every_refused_invite_is_served_once_and_acknowledged(seed: int) -> None:
    pair = Pair(seed, BAD)
    pair.callee.answers = (180, 486)
    outcomes = play(pair, "INVITE")
    assert served_once(pair)
    assert {outcome.codes[-1] for outcome in outcomes} == {486}
    assert {outcome.codes.count(486) for outcome in outcomes} == {1}
    assert pair.callee.acks == []
    assert pair.callee.timeouts == []
    assert pair.pending == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_every_accepted_invite_is_served_once_and_acknowledged(seed: int) -> None:
    pair = Pair(seed, BAD)
    pair.callee.answers = (180, 200)
    pair.callee.insisting = True
    outcomes = play(pair, "INVITE")
    assert served_once(pair)
    assert {outcome.codes[-1] for outcome in outcomes} == {200}
    acknowledged = {request.headers["Call-ID"] for request, _ in pair.callee.acks}
    assert acknowledged == {f"{call}@test" for call in range(REQUESTS)}
    assert pair.callee.timeouts == []
    assert pair.pending == 0


@pytest.mark.parametrize("seed", SEEDS)
def test_every_cancelled_invite_ends_with_487_or_was_never_answered(seed: int) -> None:
    pair = Pair(seed, BAD)
    outcomes = [Outcome() for _ in range(REQUESTS)]
    for call, outcome in enumerate(outcomes):
        request = asking("INVITE", call_id=f"{call}@test")
        pair.uac.send_request(request, pair.there, outcome.heard, outcome.failures.append).cancel()
        pair.clock.advance(1)
    pair.clock.advance(LONG_ENOUGH)
    assert served_once(pair)
    ends = [(outcome.codes[-1:], outcome.failures) for outcome in outcomes]
    answered = ends.count(([487], []))
    assert answered + ends.count(([], [Failure.TIMEOUT])) == REQUESTS
    assert answered == len(pair.callee.cancelled) > REQUESTS - 3
    assert pair.uac.pending == 0
    for transaction in pair.callee.transactions:
        transaction.respond(make_response(transaction.request, 480))
    pair.clock.advance(LONG_ENOUGH)
    assert pair.pending == 0


def test_the_same_seed_makes_the_same_traffic() -> None:
    logs = []
    for _ in range(2):
        pair = Pair(7, BAD)
        pair.callee.answers = (180, 486)
        play(pair, "INVITE")
        logs.append(pair.network.log)
    assert logs[0] == logs[1]
    assert len(logs[0]) > 4 * REQUESTS


def test_what_is_written_by_one_end_is_read_at_the_other() -> None:
    pair = Pair()
    pair.callee.answers = (200,)
    request = asking("OPTIONS")
    pair.uac.send_request(request, pair.there, Outcome().heard, print)
    pair.clock.advance(1)
    (received,) = pair.callee.requests
    assert received.headers["Call-ID"] == request.headers["Call-ID"]
    assert received.headers["Via"].startswith("SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK")
    assert received.headers["Via"].endswith(";received=192.0.2.1;rport=5060")
