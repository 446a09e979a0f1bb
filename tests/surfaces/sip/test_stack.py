"""What a stack does with what comes in, and puts on what goes out."""

from __future__ import annotations

import logging
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sipmessage import Request

from emulator.surfaces.sip.limits import RateSettings
from emulator.surfaces.sip.messages import read
from emulator.surfaces.sip.stack import SipStack, StackSettings
from emulator.surfaces.sip.transactions import ServerTransaction, State
from emulator.surfaces.sip.transport import Failed, Flow, Target
from tests.surfaces.sip.manual import ManualClock
from tests.surfaces.sip.mutation import mutated
from tests.surfaces.sip.network import UAC, UAS, Listening, Outcome, Pair, asking
from tests.surfaces.sip.torture import ACCEPTED, ALL, SILENCE, Torture
from tests.surfaces.sip.wire import request, response

FLOW = Flow("UDP", "192.0.2.1", 5070, UAS, 5060)


class Hearing:
    """A stack on UDP, and what it answers to whom."""

    def __init__(self, rates: RateSettings | None = None) -> None:
        self.core = Listening()
        self.clock = ManualClock()
        self.answers: list[tuple[int, bytes]] = []
        """Port and bytes."""
        settings = StackSettings(rates=rates or RateSettings())
        self.stack = SipStack(settings, self.core, self.clock, Random(1), self)

    @property
    def pending(self) -> int:
        return self.stack.pending + self.clock.waiting

    def send(self, data: bytes, target: Target, failed: Failed) -> None:
        assert isinstance(target, Flow)
        self.answers.append((target.peer_port, data))

    def sent_by(self, target: Target) -> tuple[str, int]:
        return UAS, 5060

    def hear(self, data: bytes, flow: Flow = FLOW) -> None:
        self.stack.received(data, flow)

    @property
    def codes(self) -> list[int]:
        return [int(data.split()[1]) for _, data in self.answers]


VIA = "SIP/2.0/UDP 192.0.2.1:5062;branch=z9hG4bK1"


def test_answers_go_to_the_port_in_via() -> None:
    hearing = Hearing()
    hearing.core.answers = (200,)
    hearing.hear(request("OPTIONS", via=VIA))
    ((port, data),) = hearing.answers
    assert port == 5062
    assert f"\r\nVia: {VIA}\r\n".encode() in data


@pytest.mark.parametrize(
    ("via", "port", "answered"),
    [
        ("SIP/2.0/UDP 192.0.2.1", 5060, "SIP/2.0/UDP 192.0.2.1"),
        (f"{VIA};rport", 5070, f"{VIA};received=192.0.2.1;rport=5070"),
        (
            "SIP/2.0/UDP 10.0.0.9;rport;branch=z9hG4bK1",
            5070,
            "SIP/2.0/UDP 10.0.0.9;branch=z9hG4bK1;received=192.0.2.1;rport=5070",
        ),
        (f"{VIA};rport=1;received=10.0.0.1", 5070, f"{VIA};received=192.0.2.1;rport=5070"),
        (
            "SIP/2.0/UDP pbx1:5062;branch=z9hG4bK1",
            5062,
            "SIP/2.0/UDP pbx1:5062;branch=z9hG4bK1;received=192.0.2.1",
        ),
        (f"{VIA};rports=1", 5062, f"{VIA};rports=1"),
    ],
)
def test_where_a_request_came_from_is_noted_in_its_via(via: str, port: int, answered: str) -> None:
    hearing = Hearing()
    hearing.core.answers = (200,)
    hearing.hear(request("OPTIONS", via=via, max_forwards="70"))
    ((to, data),) = hearing.answers
    assert (to, read(data).headers["Via"]) == (port, answered)


def test_a_repeated_request_gets_the_last_answer_again() -> None:
    hearing = Hearing()
    hearing.core.answers = (180,)
    for _ in range(3):
        hearing.hear(request())
    assert len(hearing.core.requests) == 1
    assert hearing.codes == [180, 180, 180]


@pytest.mark.parametrize(
    "other",
    [
        {"via": "SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bK777"},
        {"via": "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK776"},
        {"via": "SIP/2.0/UDP 192.0.2.1:5061;branch=z9hG4bK776"},
    ],
)
def test_another_branch_or_sender_is_another_request(other: dict[str, str]) -> None:
    hearing = Hearing()
    hearing.hear(request("OPTIONS"))
    hearing.hear(request("OPTIONS", **other))
    assert len(hearing.core.requests) == 2


ANOTHER_WAY = {"via": "SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK777"}


def test_a_call_that_comes_on_two_ways_is_one_call() -> None:
    hearing = Hearing()
    hearing.core.answers = (180,)
    hearing.hear(request())
    hearing.hear(request(**ANOTHER_WAY))
    assert len(hearing.core.requests) == 1
    assert hearing.codes == [180, 482]
    for number, changes in enumerate(({"call_id": "another"}, {"from_": "<sip:a@b>;tag=2"})):
        via = f"SIP/2.0/UDP 192.0.2.9:5060;branch=z9hG4bK{number}"
        hearing.hear(request(via=via, **{name.rstrip("_"): it for name, it in changes.items()}))
    assert len(hearing.core.requests) == 3


def test_a_call_that_was_refused_may_come_on_another_way() -> None:
    hearing = Hearing()
    hearing.core.answers = (486,)
    hearing.hear(request())
    hearing.hear(request(**ANOTHER_WAY))
    assert hearing.codes == [486, 486]
    hearing.clock.advance(100)
    assert hearing.pending == 0
    assert hearing.stack._invited == {}


@pytest.mark.parametrize("proxied", [False, True])
def test_a_request_of_our_own_that_comes_back_goes_no_further(proxied: bool) -> None:
    hearing = Hearing()
    flow = FLOW
    hearing.stack.send_request(asking("INVITE"), flow, print, print)
    _, sent = hearing.answers.pop()
    if proxied:
        via = b"Via: SIP/2.0/UDP 192.0.2.5;branch=z9hG4bKproxy\r\n"
        sent = sent.replace(b"Via:", via + b"Via:", 1)
    hearing.hear(sent)
    assert hearing.codes == [482]
    assert hearing.core.requests == []


def test_hops_are_no_matter_to_whom_a_request_is_for() -> None:
    hearing = Hearing()
    hearing.core.answers = (200,)
    hearing.hear(request("OPTIONS", max_forwards="0"))
    assert hearing.codes == [200]


@pytest.mark.parametrize("branch", ["", ";branch=1", ";branch=z9hG4bK"])
def test_elements_of_2543_are_told_apart_without_a_branch(branch: str) -> None:
    hearing = Hearing()
    hearing.core.answers = (486,)
    via = f"SIP/2.0/UDP 192.0.2.1{branch}"
    for number in (1, 1, 2):
        hearing.hear(request(via=via, number=number))
    assert [each.headers["CSeq"] for each in hearing.core.requests] == ["1 INVITE", "2 INVITE"]
    hearing.hear(request("ACK", via=via, number=1, to="<sip:95500@example.com>;tag=1"))
    assert [each.state for each in hearing.core.transactions] == [
        State.CONFIRMED,
        State.COMPLETED,
    ]


def test_an_ack_of_a_2xx_goes_to_the_core_whatever_its_branch() -> None:
    hearing = Hearing()
    hearing.core.answers = (200,)
    hearing.hear(request())
    hearing.hear(request("ACK"))
    hearing.hear(request("ACK", via="SIP/2.0/UDP 192.0.2.1:5060;branch=z9hG4bKother"))
    assert [flow for _, flow in hearing.core.acks] == [FLOW, FLOW]
    assert hearing.codes == [200]


def test_a_cancel_is_answered_and_told_to_its_invite() -> None:
    hearing = Hearing()
    hearing.core.answers = (180,)
    hearing.hear(request())
    for _ in range(2):
        hearing.hear(request("CANCEL"))
    assert hearing.codes == [180, 200, 487, 200]
    assert len(hearing.core.cancelled) == 1


def test_a_cancel_of_nothing_is_answered_481() -> None:
    hearing = Hearing()
    hearing.hear(request("CANCEL"))
    hearing.hear(request("OPTIONS"))
    assert hearing.codes == [481]
    assert [each.method for each in hearing.core.requests] == ["OPTIONS"]


def test_a_malformed_request_is_answered_with_the_reason_and_not_remembered() -> None:
    hearing = Hearing()
    hearing.hear(request(cseq="1 BYE"))
    ((port, data),) = hearing.answers
    assert port == FLOW.peer_port
    assert data.startswith(b"SIP/2.0 400 Bad Request\r\n")
    assert b'\r\nWarning: 399 emulator "the method is not that of cseq"\r\n' in data
    assert (hearing.stack.pending, hearing.core.requests) == (0, [])


@pytest.mark.parametrize("torture", ALL, ids=lambda each: each.name)
def test_torture_is_answered_at_most_once_and_leaves_nothing(torture: Torture) -> None:
    hearing = Hearing()
    hearing.core.answers = (404,)
    hearing.hear(torture.data)
    if torture.data.startswith(b"SIP/") or torture.verdict == SILENCE:
        assert hearing.codes == []
    else:
        expected = 404 if torture.verdict == ACCEPTED else torture.verdict
        assert hearing.codes == [expected]
    hearing.clock.advance(100)
    assert hearing.pending == 0


@given(st.lists(mutated(), min_size=1, max_size=5))
def test_whatever_comes_nothing_fails_and_nothing_is_left(messages: list[bytes]) -> None:
    hearing = Hearing()
    hearing.core.answers = (180, 486)
    for data in messages:
        hearing.hear(data)
        hearing.clock.advance(1)
    hearing.clock.advance(100)
    assert hearing.pending == 0


def test_a_response_to_nothing_is_a_stray_and_one_of_two_vias_is_not_ours() -> None:
    hearing = Hearing()
    hearing.hear(response())
    hearing.hear(response("200 OK", "Via: SIP/2.0/UDP 192.0.2.8"))
    assert [each.code for each in hearing.core.strays] == [200]


def test_a_source_over_its_rate_gets_503_once_a_second() -> None:
    hearing = Hearing(RateSettings(rate=0.1, burst=2))
    hearing.core.answers = (200,)

    def ask(number: int) -> None:
        hearing.hear(request("OPTIONS", via=f"{VIA}{number}", call_id=f"{number}"))

    for number in range(20):
        ask(number)
    assert hearing.codes == [200, 200, 503]
    assert b"\r\nRetry-After: 20\r\n" in hearing.answers[-1][1]
    hearing.clock.advance(1.0)
    ask(20)
    ask(21)
    assert hearing.codes == [200, 200, 503, 503]
    hearing.clock.advance(10.0)
    ask(22)
    assert hearing.codes == [200, 200, 503, 503, 200]


def test_calls_that_are_up_are_not_limited() -> None:
    hearing = Hearing(RateSettings(rate=0.1, burst=1))
    hearing.core.answers = (200,)
    hearing.hear(request())
    hearing.hear(request("ACK"))
    hearing.hear(request("BYE", number=2, to="<sip:95500@example.com>;tag=1"))
    hearing.hear(request("CANCEL"))
    assert hearing.codes == [200, 200, 200]
    assert len(hearing.core.acks) == 1


def test_malformed_requests_have_the_same_limit() -> None:
    hearing = Hearing(RateSettings(rate=0.1, burst=3))
    for _ in range(10):
        hearing.hear(request(cseq="1 BYE"))
    assert hearing.codes == [400, 400, 400]


def test_a_core_that_fails_has_500_sent(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    hearing = Hearing()

    def fail(transaction: ServerTransaction, request: Request) -> None:
        raise RuntimeError("no such call")

    monkeypatch.setattr(hearing.core, "request", fail)
    with caplog.at_level(logging.ERROR):
        hearing.hear(request())
    assert hearing.codes == [500]
    assert "no such call" in caplog.text


def test_a_request_that_is_sent_again_has_one_via_and_another_branch() -> None:
    pair = Pair()
    pair.callee.answers = (401,)
    asked = asking("REGISTER")
    for number in (1, 2):
        asked.headers.set("CSeq", f"{number} REGISTER")
        pair.uac.send_request(asked, pair.there, Outcome().heard, print)
        pair.clock.advance(1)
    first, second = (each.headers.getlist("Via") for each in pair.callee.requests)
    assert len(first) == len(second) == 1
    assert first != second


def test_a_late_refusal_is_acknowledged_although_the_request_was_changed_and_sent_again() -> None:
    pair = Pair()
    pair.callee.answers = (401,)
    uas = pair.network.peers[UAS]
    heard: list[bytes] = []

    def without_acks(data: bytes, flow: Flow) -> None:
        heard.append(data)
        if not data.startswith(b"ACK"):
            uas(data, flow)

    pair.network.peers[UAS] = without_acks
    asked = asking("INVITE")
    pair.uac.send_request(asked, pair.there, Outcome().heard, print)
    pair.clock.advance(0.1)
    asked.headers.set("CSeq", "2 INVITE")
    asked.headers.set("Authorization", "Digest username=1")
    pair.network.peers[UAS] = lambda data, flow: heard.append(data)
    pair.uac.send_request(asked, pair.there, Outcome().heard, print)
    pair.clock.advance(2)
    acks = {data for data in heard if data.startswith(b"ACK")}
    assert len(acks) == 1
    assert asked.headers.get("Via") is None
    pair.clock.advance(100)
    assert pair.pending == 0


@pytest.mark.parametrize("method", ["ACK", "CANCEL"])
def test_ack_and_cancel_are_not_sent_as_requests(method: str) -> None:
    pair = Pair()
    with pytest.raises(ValueError, match=f"{method} is not sent this way"):
        pair.uac.send_request(asking(method), pair.there, Outcome().heard, print)
    assert pair.pending == 0


async def test_stopping_ends_everything_without_a_word() -> None:
    pair = Pair()
    outcome = Outcome()
    pair.uac.send_request(asking("INVITE"), pair.there, outcome.heard, outcome.failures.append)
    pair.clock.advance(0.05)
    said = len(pair.network.log)
    await pair.uac.stop()
    await pair.uas.stop()
    assert pair.pending == 0
    assert (len(pair.network.log), outcome.codes, outcome.failures) == (said, [], [])
    assert pair.sent(UAC, "INVITE") == 1
