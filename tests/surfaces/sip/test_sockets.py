"""Calls over real sockets on the loopback: UDP, TCP, TLS, IPv4 and IPv6."""

from __future__ import annotations

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from random import Random
from typing import Any

import pytest
from sipmessage import Response

from emulator.certificate import ensure_certificate
from emulator.surfaces.sip.clock import LoopClock
from emulator.surfaces.sip.datagrams import RECEIVE_BUFFER
from emulator.surfaces.sip.framing import Limits
from emulator.surfaces.sip.messages import make_response
from emulator.surfaces.sip.stack import SipStack, StackSettings
from emulator.surfaces.sip.transactions import Failure, Timers
from emulator.surfaces.sip.transport import (
    Destination,
    Listener,
    Name,
    TransportSettings,
)
from tests.surfaces.sip.network import Listening, asking
from tests.surfaces.sip.wire import request

PATIENCE_S = 10.0
QUICK = Timers(t1=0.02, t2=0.08, t4=0.1, d=0.2, trying=0.01)
EVERYWHERE = pytest.mark.parametrize("transport", ["UDP", "TCP", "TLS"])
FAMILIES = pytest.mark.parametrize("host", ["127.0.0.1", "::1"])
STREAMS = pytest.mark.parametrize("transport", ["TCP", "TLS"])


@dataclass
class House:
    """Stacks on loopback ports of their own, all stopped in the end."""

    server: ssl.SSLContext
    client: ssl.SSLContext
    stacks: list[SipStack] = field(default_factory=list)

    async def open(
        self, transport: Name, core: Listening, host: str = "127.0.0.1", **changes: Any
    ) -> SipStack:
        settings = replace(
            TransportSettings(
                listeners=(Listener(transport, host, 0),),
                tls_server=self.server,
                tls_client=self.client,
            ),
            **changes,
        )
        stack = SipStack(StackSettings(settings, QUICK), core, LoopClock(), Random(1))
        await stack.start()
        self.stacks.append(stack)
        return stack


@pytest.fixture
async def house(tmp_path: Path) -> AsyncIterator[House]:
    files = ensure_certificate(tmp_path)
    server = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    server.load_cert_chain(files.certificate, files.key)
    client = ssl.create_default_context(cafile=str(files.certificate))
    house = House(server, client)
    yield house
    for stack in house.stacks:
        await stack.stop()
        assert (stack.pending, stack.transport.connections) == (0, {})
    assert asyncio.all_tasks() == {asyncio.current_task()}


def where(stack: SipStack) -> Destination:
    (bound,) = stack.transport.bound
    return Destination(bound.transport, bound.host, bound.port)


async def until(holds: Callable[[], object]) -> None:
    async with asyncio.timeout(PATIENCE_S):
        while not holds():  # noqa: ASYNC110
            await asyncio.sleep(0.005)


async def ask(
    stack: SipStack, to: Destination, method: str = "OPTIONS", **changes: str
) -> list[int | Failure]:
    """Send a request, and wait for its end; gives codes and failures."""
    heard: list[int | Failure] = []
    over = asyncio.Event()

    def on_response(response: Response) -> None:
        heard.append(response.code)
        if response.code >= 200:
            over.set()

    def on_failure(failure: Failure) -> None:
        heard.append(failure)
        over.set()

    stack.send_request(asking(method, **changes), to, on_response, on_failure)
    await asyncio.wait_for(over.wait(), PATIENCE_S)
    return heard


@asynccontextmanager
async def dialled(
    house: House, stack: SipStack
) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
    """A stream of our own to the stack's listener."""
    to = where(stack)
    tls = house.client if to.transport == "TLS" else None
    reader, writer = await asyncio.open_connection(to.host, to.port, ssl=tls)
    try:
        yield reader, writer
    finally:
        writer.transport.abort()
        with suppress(OSError):
            await writer.wait_closed()


async def within(waiting: Awaitable[bytes]) -> bytes:
    return await asyncio.wait_for(waiting, PATIENCE_S)


@FAMILIES
@EVERYWHERE
async def test_a_call_from_invite_to_bye(house: House, transport: Name, host: str) -> None:
    callee, caller = Listening(), Listening()
    callee.answers = (180, 200)
    uas = await house.open(transport, callee, host)
    uac = await house.open(transport, caller, host)
    assert await ask(uac, where(uas), "INVITE") == [180, 200]
    uac.send_ack(asking("ACK", to="<sip:95500@example.com>;tag=1"), where(uas))
    await until(lambda: callee.acks)
    assert (await ask(uac, where(uas), "BYE", cseq="2 BYE"))[-1] == 200
    assert [each.method for each in callee.requests] == ["INVITE", "BYE"]
    await until(lambda: uac.pending + uas.pending == 0)


@FAMILIES
@EVERYWHERE
async def test_via_names_the_listener_and_the_source(
    house: House, transport: Name, host: str
) -> None:
    callee = Listening()
    callee.answers = (200,)
    uas = await house.open(transport, callee, host)
    uac = await house.open(transport, Listening(), host)
    await ask(uac, where(uas))
    (received,) = callee.requests
    literal = f"[{host}]" if ":" in host else host
    via = received.headers["Via"]
    assert via.startswith(f"SIP/2.0/{transport} {literal}:{where(uac).port};branch=z9hG4bK")
    assert f";received={host};rport=" in via
    assert callee.transactions[0].flow.peer_host == host


@STREAMS
async def test_requests_to_one_destination_share_a_stream_also_while_it_opens(
    house: House, transport: Name
) -> None:
    callee = Listening()
    callee.answers = (200,)
    uas = await house.open(transport, callee)
    uac = await house.open(transport, Listening())
    calls = [ask(uac, where(uas), call_id=f"{number}") for number in range(20)]
    assert await asyncio.gather(*calls) == [[200]] * 20
    assert [each.headers["Call-ID"] for each in callee.requests] == [str(n) for n in range(20)]
    assert uac.transport.connections == uas.transport.connections == {transport: 1}


@STREAMS
async def test_the_callee_asks_back_on_the_stream_it_was_called_on(
    house: House, transport: Name
) -> None:
    callee, caller = Listening(), Listening()
    callee.answers = caller.answers = (200,)
    uas = await house.open(transport, callee)
    uac = await house.open(transport, caller)
    await ask(uac, where(uas))
    heard: list[int] = []
    flow = callee.transactions[0].flow
    uas.send_request(asking("NOTIFY"), flow, lambda each: heard.append(each.code), print)
    await until(lambda: heard)
    assert (heard, uas.transport.connections) == ([200], {transport: 1})


@STREAMS
async def test_nobody_listening_fails_every_request_that_waits(
    house: House, transport: Name
) -> None:
    gone = await house.open(transport, Listening())
    to = where(gone)
    await gone.stop()
    uac = await house.open(transport, Listening())
    failures = await asyncio.gather(ask(uac, to), ask(uac, to, "INVITE"))
    assert failures == [[Failure.TRANSPORT]] * 2
    assert uac.pending == 0


async def test_a_name_that_means_nothing_fails_the_request(house: House) -> None:
    for transport in ("UDP", "TCP"):
        uac = await house.open(transport, Listening())
        to = Destination(transport, "a..b", 5060)
        assert await ask(uac, to) == [Failure.TRANSPORT]


@EVERYWHERE
async def test_a_host_may_be_a_name(house: House, transport: Name) -> None:
    callee = Listening()
    callee.answers = (200,)
    uas = await house.open(transport, callee)
    uac = await house.open(transport, Listening())
    to = Destination(transport, "localhost", where(uas).port)
    assert await ask(uac, to) == [200]


async def test_a_certificate_of_nobody_is_not_trusted(house: House) -> None:
    uas = await house.open("TLS", Listening())
    uac = await house.open("TLS", Listening(), tls_client=None)
    assert await ask(uac, where(uas)) == [Failure.TRANSPORT]
    await until(lambda: not uas.transport.connections)


async def test_a_certificate_with_another_name_is_not_trusted(house: House) -> None:
    uas = await house.open("TLS", Listening(), "127.0.0.2")
    uac = await house.open("TLS", Listening())
    assert await ask(uac, where(uas)) == [Failure.TRANSPORT]
    await until(lambda: not uas.transport.connections)


@pytest.mark.parametrize("said", [request("OPTIONS"), b"\x16\x03\x01\x00\xff", b"\0" * 100])
async def test_what_is_no_tls_on_its_port_is_not_served(house: House, said: bytes) -> None:
    callee = Listening()
    uas = await house.open("TLS", callee, connect_within=0.3)
    to = where(uas)
    reader, writer = await asyncio.open_connection(to.host, to.port)
    writer.write(said)
    # All that comes back is an alert.
    assert len(await within(_rest(reader))) <= 7
    writer.close()
    assert (callee.requests, uas.transport.connections) == ([], {})


async def test_nobody_answering_on_udp_is_a_timeout(house: House) -> None:
    uas = await house.open("UDP", Listening())
    to = where(uas)
    await uas.stop()
    uac = await house.open("UDP", Listening())
    assert await ask(uac, to) == [Failure.TIMEOUT]


async def test_an_answer_finds_its_way_when_the_caller_has_dropped_the_stream(
    house: House,
) -> None:
    callee, caller = Listening(), Listening()
    uas = await house.open("TCP", callee)
    uac = await house.open("TCP", caller)
    via = f"SIP/2.0/TCP 127.0.0.1:{where(uac).port};branch=z9hG4bK1"
    async with dialled(house, uas) as (_, writer):
        writer.write(request("OPTIONS", via=via))
        await until(lambda: callee.requests)
    await until(lambda: not uas.transport.connections)
    (transaction,) = callee.transactions
    transaction.respond(make_response(transaction.request, 200))
    await until(lambda: caller.strays)
    assert uas.transport.connections == {"TCP": 1}


@STREAMS
async def test_keep_alives_are_answered(house: House, transport: Name) -> None:
    uas = await house.open(transport, Listening(), stalled_after=0.2)
    async with dialled(house, uas) as (reader, writer):
        for _ in range(3):
            writer.write(b"\r\n\r\n")
            assert await within(reader.readexactly(2)) == b"\r\n"
        await asyncio.sleep(0.3)
        assert uas.transport.connections == {transport: 1}


@STREAMS
@pytest.mark.parametrize("said", [b"", request()[:-1], request(body=b"12345")[:-2]], ids=len)
async def test_a_stream_that_stops_in_mid_message_is_closed(
    house: House, transport: Name, said: bytes
) -> None:
    callee = Listening()
    uas = await house.open(transport, callee, stalled_after=0.2)
    async with dialled(house, uas) as (reader, writer):
        writer.write(said)
        assert await within(_rest(reader)) == b""
    await until(lambda: not uas.transport.connections)
    assert callee.requests == []


async def _rest(reader: asyncio.StreamReader) -> bytes:
    try:
        return await reader.read()
    except ConnectionError:
        return b""


async def test_a_message_that_trickles_has_no_more_time_than_one_that_stops(house: House) -> None:
    uas = await house.open("TCP", Listening(), stalled_after=0.3)
    began = asyncio.get_running_loop().time()
    async with dialled(house, uas) as (reader, writer):
        closed = asyncio.ensure_future(_rest(reader))
        while not closed.done():
            writer.write(b"X")
            await asyncio.sleep(0.02)
    assert asyncio.get_running_loop().time() - began < 5


async def test_a_stream_whose_message_cannot_be_framed_is_answered_and_closed(
    house: House,
) -> None:
    callee = Listening()
    uas = await house.open("TCP", callee, limits=Limits(message=2000, head=1000))
    for length, status in (("-999", b"400"), ("5000", b"513"), (None, b"400")):
        async with dialled(house, uas) as (reader, writer):
            writer.write(request(content_length=length))
            answer = await within(_rest(reader))
        assert answer.startswith(b"SIP/2.0 " + status)
    async with dialled(house, uas) as (reader, writer):
        writer.write(b"X" * 1001)
        assert await within(_rest(reader)) == b""
    assert callee.requests == []


async def test_a_datagram_of_a_keep_alive_is_not_answered(house: House) -> None:
    callee = Listening()
    callee.answers = (200,)
    uas = await house.open("UDP", callee)
    to = where(uas)
    loop = asyncio.get_running_loop()
    heard: list[bytes] = []

    class Phone(asyncio.DatagramProtocol):
        def datagram_received(self, data: bytes, addr: object) -> None:
            heard.append(data)

    phone, _ = await loop.create_datagram_endpoint(Phone, remote_addr=(to.host, to.port))
    for data in (b"\r\n\r\n", b"\0\0\0\0", b"", b"jaK", request("OPTIONS")[:-30], b"\xff" * 1000):
        phone.sendto(data)
    phone.sendto(request("OPTIONS", via="SIP/2.0/UDP 127.0.0.1;rport;branch=z9hG4bK1"))
    await until(lambda: heard)
    phone.close()
    assert [data[:11] for data in heard] == [b"SIP/2.0 200"]


async def test_datagrams_of_a_second_of_calls_wait_for_a_loop_that_is_late(house: House) -> None:
    stack = await house.open("UDP", Listening())
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as largest:
        largest.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, RECEIVE_BUFFER)
        allowed = largest.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF)
    (datagrams,) = stack.transport._datagrams.sockets.values()
    own = datagrams.get_extra_info("socket")
    assert own.getsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF) == allowed


async def test_streams_over_the_limit_are_closed(house: House) -> None:
    uas = await house.open("TCP", Listening(), connections=1)
    async with dialled(house, uas), dialled(house, uas) as (reader, _):
        assert await within(_rest(reader)) == b""
        assert uas.transport.connections == {"TCP": 1}


async def test_one_address_has_so_many_streams_and_no_more(house: House) -> None:
    uas = await house.open("TCP", Listening(), connections_of_one=1)
    async with dialled(house, uas), dialled(house, uas) as (reader, _):
        assert await within(_rest(reader)) == b""
    await until(lambda: not uas.transport.connections)
    assert not uas.transport._streams._hosts
    async with dialled(house, uas):
        await until(lambda: uas.transport.connections == {"TCP": 1})


@STREAMS
async def test_a_stream_on_which_nothing_is_said_any_more_is_closed(
    house: House, transport: Name
) -> None:
    uas = await house.open(transport, Listening(), idle_after=0.3)
    async with dialled(house, uas) as (reader, writer):
        for _ in range(4):
            writer.write(b"\r\n\r\n")
            assert await within(reader.readexactly(2)) == b"\r\n"
            await asyncio.sleep(0.15)
        assert await within(_rest(reader)) == b""


async def test_a_peer_that_does_not_read_loses_its_stream(house: House) -> None:
    callee = Listening()
    callee.answers = (200,)
    uas = await house.open("TCP", callee, unsent=1000)
    async with dialled(house, uas) as (_, writer):
        writer.transport.pause_reading()
        number = 0
        while not number or uas.transport.connections:
            number += 1
            via = f"SIP/2.0/TCP 127.0.0.1:1;branch=z9hG4bK{number};x=" + "x" * 8000
            writer.write(request("OPTIONS", via=via))
            await asyncio.sleep(0)
            assert number < 20_000
    assert callee.requests


async def test_a_port_that_is_taken_leaves_nothing_open(house: House) -> None:
    taken = where(await house.open("TCP", Listening()))
    settings = TransportSettings(
        listeners=(Listener("UDP", "127.0.0.1", 0), Listener("TCP", taken.host, taken.port))
    )
    stack = SipStack(StackSettings(settings), Listening(), LoopClock(), Random(1))
    with pytest.raises(OSError, match="in use"):
        await stack.start()
    assert stack.transport.bound == []


async def test_a_port_for_datagrams_that_is_taken_is_named(house: House) -> None:
    taken = where(await house.open("UDP", Listening()))
    settings = TransportSettings(listeners=(Listener("UDP", "127.0.0.1", taken.port),))
    stack = SipStack(StackSettings(settings), Listening(), LoopClock(), Random(1))
    with pytest.raises(OSError, match=f"cannot listen on 127.0.0.1:{taken.port} by UDP: "):
        await stack.start()


async def test_a_request_needs_a_listener_of_its_transport(house: House) -> None:
    uac = await house.open("UDP", Listening())
    with pytest.raises(LookupError, match="no listener for TCP"):
        await ask(uac, Destination("TCP", "127.0.0.1", 5060))
    assert uac.pending == 0


async def test_stopping_in_mid_connection_leaves_nothing(house: House) -> None:
    accepted: list[asyncio.StreamWriter] = []
    silent = await asyncio.start_server(
        lambda reader, writer: accepted.append(writer), "127.0.0.1", 0
    )
    port = silent.sockets[0].getsockname()[1]
    uac = await house.open("TLS", Listening())
    failures: list[Failure] = []
    to = Destination("TLS", "127.0.0.1", port)
    uac.send_request(asking(), to, print, failures.append)
    await until(lambda: accepted)
    assert uac.pending == 2
    await uac.stop()
    assert (uac.pending, failures) == (0, [])
    silent.close()
    accepted[0].close()
    await accepted[0].wait_closed()
