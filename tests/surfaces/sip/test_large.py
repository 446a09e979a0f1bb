"""Requests that are too long for a datagram: by TCP where the peer takes it (RFC 3261 18.1.1)."""

from __future__ import annotations

import pytest

from emulator.surfaces.sip.large import LONGEST_DATAGRAM
from emulator.surfaces.sip.transport import Destination, Flow, Listener, Name
from tests.ports import free_port
from tests.surfaces.sip.network import UAS, Listening, Outcome, Pair, asking
from tests.surfaces.sip.test_sockets import House, ask, house, where

__all__ = ["house"]
LONG = "x" * LONGEST_DATAGRAM


class Ways(Pair):
    """A pair of which one side may take no streams, or may not answer on them."""

    def __init__(self, *, refuses: bool = False, silent: bool = False) -> None:
        super().__init__()
        self.came: list[Name] = []
        self._take = self.network.peers[UAS]
        self._silent = silent
        self.network.peers[UAS] = self._comes
        if refuses:
            carry = self.network.carry

            def refusing(name: Name, data: bytes, source: str, to: str, failed: object) -> None:
                carry(name, data, source, to if name == "UDP" or to != UAS else "", failed)  # type: ignore[arg-type]

            self.network.carry = refusing  # type: ignore[method-assign]

    def _comes(self, data: bytes, flow: Flow) -> None:
        self.came.append(flow.transport)
        if not (self._silent and flow.transport == "TCP"):
            self._take(data, flow)

    def asks(self, method: str = "OPTIONS", subject: str = LONG) -> Outcome:
        outcome = Outcome()
        request = asking(method)
        request.headers.set("Subject", subject)
        self.uac.send_request(request, self.there, outcome.heard, outcome.failures.append)
        return outcome


@pytest.mark.parametrize("method", ["OPTIONS", "INVITE"])
def test_a_long_request_goes_by_a_stream_and_its_answer_comes_back_so(method: str) -> None:
    pair = Ways()
    pair.callee.answers = (486,)
    outcome = pair.asks(method)
    pair.clock.advance(1)
    assert outcome.codes == [486]
    assert set(pair.came) == {"TCP"}
    [request] = pair.callee.requests
    assert request.headers["Via"].startswith("SIP/2.0/TCP ")
    pair.clock.advance(100)
    assert pair.pending == 0


def test_a_short_request_goes_by_a_datagram() -> None:
    pair = Ways()
    pair.callee.answers = (200,)
    pair.asks(subject="x")
    pair.clock.advance(1)
    assert pair.came == ["UDP"]


@pytest.mark.parametrize("method", ["OPTIONS", "INVITE"])
@pytest.mark.parametrize("how", ["refuses", "silent"])
def test_who_takes_no_stream_has_it_by_datagrams_and_the_next_one_at_once(
    method: str, how: str
) -> None:
    pair = Ways(**{how: True})
    pair.callee.answers = (486,)
    outcome = pair.asks(method)
    pair.clock.advance(3)
    assert outcome.codes == [486]
    assert pair.callee.requests[0].headers["Via"].startswith("SIP/2.0/UDP ")
    pair.clock.advance(100)
    pair.came.clear()
    second = pair.asks(method)
    pair.clock.advance(1)
    assert (second.codes, set(pair.came)) == ([486], {"UDP"})
    pair.clock.advance(400)
    pair.network.log.clear()
    pair.asks(method)
    pair.clock.advance(400)
    assert pair.pending == 0


def test_a_call_is_given_up_where_it_was_made() -> None:
    pair = Ways(silent=True)
    pair.callee.answers = (180,)
    request = asking("INVITE")
    request.headers.set("Subject", LONG)
    outcome = Outcome()
    calling = pair.uac.send_request(request, pair.there, outcome.heard, outcome.failures.append)
    pair.clock.advance(3)
    calling.cancel()
    pair.clock.advance(1)
    assert outcome.codes == [180, 487]
    pair.clock.advance(100)
    assert pair.pending == 0


def test_who_is_not_there_at_all_is_not_reached() -> None:
    pair = Ways()
    del pair.network.peers[UAS]
    outcome = pair.asks()
    pair.clock.advance(1)
    assert [it.value for it in outcome.failures] == ["transport"]


async def test_on_sockets_it_goes_by_tcp_where_that_is_and_by_udp_elsewhere(house: House) -> None:
    both, plain = Listening(), Listening()
    both.answers = plain.answers = (200,)
    uac = await house.open("UDP", Listening(), listeners=on_one_port())
    with_tcp = await house.open("UDP", both, listeners=on_one_port())
    without = await house.open("UDP", plain)
    by_udp = Destination("UDP", "127.0.0.1", with_tcp.transport.bound[0].port)
    assert await ask(uac, by_udp, call_id=LONG) == [200]
    assert both.requests[0].headers["Via"].startswith("SIP/2.0/TCP ")
    assert await ask(uac, where(without), call_id=LONG) == [200]
    assert plain.requests[0].headers["Via"].startswith("SIP/2.0/UDP ")


def on_one_port() -> tuple[Listener, ...]:
    port = free_port()
    return (Listener("UDP", "127.0.0.1", port), Listener("TCP", "127.0.0.1", port))
