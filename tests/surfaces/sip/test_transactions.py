"""Transactions by the clock: who repeats what, until when (RFC 3261 17, RFC 6026)."""

from __future__ import annotations

from itertools import pairwise

import pytest
from sipmessage import Request

from emulator.surfaces.sip.messages import make_response, write
from emulator.surfaces.sip.transactions import ClientTransaction, Failure, State
from emulator.surfaces.sip.transport import Flow, Name
from tests.surfaces.sip.network import UAC, UAS, Outcome, Pair, asking


def send(
    pair: Pair, method: str = "OPTIONS", request: Request | None = None
) -> tuple[ClientTransaction, Outcome]:
    outcome = Outcome()
    transaction = pair.uac.send_request(
        request or asking(method), pair.there, outcome.heard, outcome.failures.append
    )
    return transaction, outcome


def answer(pair: Pair, code: int) -> None:
    (transaction,) = pair.callee.transactions
    transaction.respond(make_response(transaction.request, code, to_tag="1"))


def instants(pair: Pair, source: str, first: str, until: float) -> list[float]:
    """When messages with such a first line were sent, to the half second."""
    found: list[float] = []
    while pair.clock.now() < until:
        before = pair.sent(source, first)
        pair.clock.advance(0.25)
        found += [round(pair.clock.now() * 4) / 4] * (pair.sent(source, first) - before)
    return found


def silent() -> Pair:
    """Where the other side hears nothing."""
    pair = Pair()
    pair.network.peers[UAS] = lambda data, flow: None
    return pair


def test_an_invite_is_repeated_at_doubling_times_and_given_up_after_32_seconds() -> None:
    pair = silent()
    _, outcome = send(pair, "INVITE")
    assert instants(pair, UAC, "INVITE", 31.75) == [0.5, 1.5, 3.5, 7.5, 15.5, 31.5]
    assert outcome.failures == []
    pair.clock.advance(0.25)
    assert outcome.failures == [Failure.TIMEOUT]
    assert pair.pending == 0


def test_another_request_is_repeated_every_4_seconds_at_most() -> None:
    pair = silent()
    _, outcome = send(pair, "REGISTER")
    assert instants(pair, UAC, "REGISTER", 31.75) == [
        *(0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5),
    ]
    pair.clock.advance(0.25)
    assert outcome.failures == [Failure.TIMEOUT]
    assert pair.pending == 0


@pytest.mark.parametrize("method", ["INVITE", "REGISTER"])
def test_on_tcp_nothing_is_repeated(method: str) -> None:
    pair = silent()
    pair.transport = "TCP"
    _, outcome = send(pair, method)
    pair.clock.advance(32)
    assert pair.sent(UAC, method) == 1
    assert outcome.failures == [Failure.TIMEOUT]
    assert pair.pending == 0


@pytest.mark.parametrize("method", ["INVITE", "REGISTER"])
def test_a_network_that_does_not_carry_fails_the_request_at_once(method: str) -> None:
    pair = Pair()
    pair.network.broken = True
    _, outcome = send(pair, method)
    pair.clock.advance(0)
    assert outcome.failures == [Failure.TRANSPORT]
    assert pair.pending == 0


def test_a_ringing_invite_is_not_repeated_and_may_ring_for_long() -> None:
    pair = Pair()
    pair.callee.answers = (180,)
    transaction, outcome = send(pair, "INVITE")
    pair.clock.advance(600)
    assert pair.sent(UAC, "INVITE") == 1
    assert (transaction.state, outcome.codes) == (State.PROCEEDING, [180])
    answer(pair, 200)
    pair.clock.advance(0.01)
    assert (transaction.state, outcome.codes) == (State.ACCEPTED, [180, 200])
    pair.clock.advance(33)
    assert pair.pending == 0


def test_another_request_is_repeated_every_4_seconds_once_it_is_tried() -> None:
    pair = Pair()
    pair.callee.answers = (183,)
    _, outcome = send(pair)
    assert instants(pair, UAC, "OPTIONS", 12.5) == [4.0 + 0.25, 8.0 + 0.25, 12.0 + 0.25]
    assert set(outcome.codes) == {183}
    assert len(pair.callee.requests) == 1
    assert pair.sent(UAS, "SIP/2.0 183") == 4


def test_a_core_that_takes_its_time_has_100_sent_after_200_milliseconds() -> None:
    pair = Pair()
    _, outcome = send(pair, "INVITE")
    pair.clock.advance(0.205)
    assert pair.sent(UAS, "SIP/2.0 100") == 0
    pair.clock.advance(0.05)
    assert outcome.codes == [100]
    assert pair.sent(UAS, "SIP/2.0 100") == 1


def test_a_quick_core_has_no_100_sent() -> None:
    pair = Pair()
    pair.callee.answers = (180,)
    _, outcome = send(pair, "INVITE")
    pair.clock.advance(5)
    assert outcome.codes == [180]


def test_every_2xx_to_an_invite_reaches_the_caller() -> None:
    pair = Pair()
    pair.callee.answers = (200, 200)
    transaction, outcome = send(pair, "INVITE")
    pair.clock.advance(1)
    answer(pair, 486)
    pair.clock.advance(1)
    assert outcome.codes == [200, 200]
    assert transaction.state is State.ACCEPTED
    pair.clock.advance(32)
    assert pair.pending == 0


@pytest.mark.parametrize("transport", ["UDP", "TCP"])
def test_a_2xx_insisted_on_is_repeated_on_any_transport_and_without_ack_times_out(
    transport: Name,
) -> None:
    pair = Pair(transport=transport)
    pair.callee.answers = (200,)
    pair.callee.insisting = True
    send(pair, "INVITE")
    pair.clock.advance(0.05)
    times = instants(pair, UAS, "SIP/2.0 200", 12.0)
    assert [round(b - a) for a, b in pairwise(times)] == [1, 2, 4, 4]
    pair.clock.advance(19.9)
    assert pair.callee.timeouts == []
    pair.clock.advance(0.2)
    assert pair.callee.timeouts == ["INVITE"]
    pair.clock.advance(33)
    assert pair.pending == 0


def test_a_2xx_is_not_repeated_once_the_ack_is_there() -> None:
    pair = Pair()
    pair.callee.answers = (200,)
    pair.callee.insisting = True
    send(pair, "INVITE")
    pair.clock.advance(0.6)
    assert pair.sent(UAS, "SIP/2.0 200") == 2
    pair.uac.send_ack(asking("ACK"), pair.there)
    pair.clock.advance(33)
    assert pair.sent(UAS, "SIP/2.0 200") == 2
    assert (len(pair.callee.acks), pair.callee.timeouts, pair.pending) == (1, [], 0)


def test_a_2xx_after_all_is_over_is_a_stray() -> None:
    pair = Pair()
    pair.callee.answers = (200,)
    send(pair, "INVITE")
    pair.clock.advance(0.02)
    (late,) = pair.callee.requests
    pair.clock.advance(33)
    pair.uac.received(write(make_response(late, 200)), Flow("UDP", UAS, 5060, UAC, 5060))
    assert [each.code for each in pair.caller.strays] == [200]


def test_a_refused_invite_is_acknowledged_by_the_transaction() -> None:
    pair = Pair()
    pair.callee.answers = (486,)
    asked = asking("INVITE")
    asked.headers.setlist("Route", ["<sip:192.0.2.2;lr>", "<sip:192.0.2.3;lr>"])
    acks: list[bytes] = []
    uas = pair.network.peers[UAS]
    pair.network.peers[UAS] = lambda data, flow: (acks.append(data), uas(data, flow))[1]
    transaction, outcome = send(pair, request=asked)
    pair.clock.advance(0.05)
    assert outcome.codes == [486]
    assert transaction.state is State.COMPLETED
    assert pair.callee.acks == []
    assert pair.callee.transactions[0].state is State.CONFIRMED
    invite, ack = acks
    assert ack.startswith(b"ACK sip:95500@example.com SIP/2.0\r\n")
    assert b"\r\nTo: <sip:95500@example.com>;tag=1\r\n" in ack
    assert b"\r\nCSeq: 1 ACK\r\n" in ack
    assert b"\r\nRoute: <sip:192.0.2.2;lr>\r\nRoute: <sip:192.0.2.3;lr>\r\n" in ack
    assert invite.split(b"\r\n")[1] == ack.split(b"\r\n")[1]
    pair.clock.advance(33)
    assert pair.pending == 0


def test_a_refusal_is_repeated_until_the_ack_comes_or_32_seconds_are_over() -> None:
    pair = Pair()
    pair.callee.answers = (486,)
    send(pair, "INVITE")
    pair.clock.advance(0.005)
    pair.network.peers[UAC] = lambda data, flow: None
    assert instants(pair, UAS, "SIP/2.0 486", 4.0)[:4] == [0.25, 0.75, 0.75, 1.75]
    pair.clock.advance(64)
    assert pair.callee.timeouts == ["INVITE"]
    assert pair.pending == 0


def test_each_repeated_refusal_is_acknowledged_again() -> None:
    pair = Pair()
    pair.callee.answers = (486,)
    uas = pair.network.peers[UAS]
    pair.network.peers[UAS] = lambda data, flow: data[:3] != b"ACK" and uas(data, flow)
    _, outcome = send(pair, "INVITE")
    pair.clock.advance(4)
    assert outcome.codes == [486]
    assert pair.sent(UAC, "ACK") == pair.sent(UAS, "SIP/2.0 486") == 4
    pair.clock.advance(64)
    assert pair.pending == 0


def test_on_tcp_a_refused_invite_is_over_with_its_ack() -> None:
    pair = Pair(transport="TCP")
    pair.callee.answers = (486,)
    send(pair, "INVITE")
    pair.clock.advance(0.05)
    assert pair.sent(UAC, "ACK") == 1
    assert pair.pending == 0


@pytest.mark.parametrize(("transport", "seconds"), [("UDP", 32.1), ("TCP", 0.1)])
def test_a_finished_request_lingers_only_where_messages_are_repeated(
    transport: str, seconds: float
) -> None:
    pair = Pair(transport="TCP" if transport == "TCP" else "UDP")
    pair.callee.answers = (200,)
    _, outcome = send(pair)
    pair.clock.advance(0.05)
    assert outcome.codes == [200]
    assert (pair.pending > 0) == (transport == "UDP")
    pair.clock.advance(seconds)
    assert pair.pending == 0


def test_a_request_that_the_core_forgets_is_given_up() -> None:
    pair = Pair()
    _, outcome = send(pair)
    pair.clock.advance(33)
    assert (outcome.failures, pair.callee.timeouts) == ([Failure.TIMEOUT], ["OPTIONS"])
    assert pair.pending == 0


def test_a_cancel_waits_for_the_first_provisional_response() -> None:
    pair = Pair()
    transaction, outcome = send(pair, "INVITE")
    transaction.cancel()
    transaction.cancel()
    pair.clock.advance(0.2)
    assert pair.sent(UAC, "CANCEL") == 0
    pair.clock.advance(0.1)
    assert outcome.codes == [100, 487]
    assert pair.sent(UAC, "CANCEL") == 1
    assert pair.sent(UAS, "SIP/2.0 200") == 1
    assert pair.callee.cancelled == [asking().headers["Call-ID"]]
    assert [each.method for each in pair.callee.requests] == ["INVITE"]
    pair.clock.advance(65)
    assert pair.pending == 0


def test_a_cancel_that_comes_too_late_changes_nothing() -> None:
    pair = Pair()
    pair.callee.answers = (180,)
    transaction, outcome = send(pair, "INVITE")
    pair.clock.advance(0.05)
    transaction.cancel()
    answer(pair, 200)
    pair.clock.advance(1)
    transaction.cancel()
    assert (outcome.codes, pair.callee.cancelled) == ([180, 200], [])
    assert pair.sent(UAC, "CANCEL") == 1
    pair.clock.advance(65)
    assert pair.pending == 0


def test_a_cancelled_invite_that_is_never_answered_is_given_up() -> None:
    pair = Pair()
    pair.callee.answers = (180,)
    transaction, outcome = send(pair, "INVITE")
    pair.clock.advance(0.05)
    pair.callee.transactions[0].on_cancel = None
    transaction.cancel()
    pair.clock.advance(20)
    transaction.cancel()
    pair.clock.advance(11.9)
    assert outcome.failures == []
    pair.clock.advance(0.2)
    assert outcome.failures == [Failure.CANCELLED]
    assert pair.sent(UAC, "CANCEL") == 1


def test_only_an_invite_can_be_cancelled() -> None:
    transaction, _ = send(Pair(), "REGISTER")
    with pytest.raises(ValueError, match="REGISTER cannot be cancelled"):
        transaction.cancel()


def test_nothing_is_said_after_the_end() -> None:
    pair = Pair()
    _, outcome = send(pair, "INVITE")
    pair.clock.advance(0.05)
    pair.callee.transactions[0].end()
    answer(pair, 200)
    pair.clock.advance(0.05)
    assert (outcome.codes, pair.uas.pending) == ([], 0)
