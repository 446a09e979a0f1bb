"""The SOAP doors behind a real server: bytes, manners of sending, and many clients at once."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from threading import Barrier, Event
from typing import Any

import pytest

from emulator.surfaces.soap.codec import Codec, Message
from emulator.surfaces.soap.contract import Service
from emulator.surfaces.soap.door import LARGE
from emulator.surfaces.soap.faults import Version
from emulator.traffic.exchange import Verdict
from tests.surfaces.soap.messages import encoded, envelope, fault_of, result_of, wrapped
from tests.surfaces.soap.reception import DOCUMENT, RPC, Platform
from tests.surfaces.soap.serving import serving
from tests.surfaces.soap.wire import PATIENCE, Wire, at_once, connected, head, timed

GREET = envelope(wrapped("Greet", {"strUid": "101"})).encode()
XML = "Content-Type: text/xml; charset=utf-8"


@pytest.fixture(autouse=True)
def nothing_is_logged(caplog: pytest.LogCaptureFixture) -> Any:
    """What clients do is no matter for the log."""
    yield
    assert caplog.text == ""


async def at_a_server(client: Callable[[int], Any], platform: Platform | None = None) -> Any:
    """What a client, which may block, has found at a server."""
    async with serving(platform or Platform()) as port:
        return await asyncio.to_thread(client, port)


async def test_an_answer_is_written_to_the_byte() -> None:
    def client(port: int) -> bytes:
        with connected(port) as wire:
            length = f"Content-Length: {len(GREET)}"
            wire.write(head(DOCUMENT.path, [XML, length, "Connection: close"]) + GREET)
            return wire.read_to_end()

    top, _, content = (await at_a_server(client)).partition(b"\r\n\r\n")
    status, *lines = top.split(b"\r\n")
    assert status == b"HTTP/1.1 200 OK"
    assert b"Content-Type: text/xml; charset=utf-8" in lines
    assert b"content-length: %d" % len(content) in lines
    assert content == (
        b'<?xml version="1.0" encoding="utf-8"?>'
        b'<soap:Envelope xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"'
        b' xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
        b' xmlns:xsd="http://www.w3.org/2001/XMLSchema"><soap:Body>'
        b'<GreetResponse xmlns="http://tempuri.org/"><GreetResult>101, </GreetResult>'
        b"</GreetResponse></soap:Body></soap:Envelope>"
    )


async def test_a_fault_is_written_under_its_status() -> None:
    def client(port: int) -> None:
        with connected(port) as wire:
            for version, status in ((Version.SOAP11, b"500 "), (Version.SOAP12, b"400 ")):
                message = envelope("<Nothing/>", version).encode()
                fault = fault_of(wire.post(DOCUMENT.path, message))
                assert fault[0] is version
                wire.write(head(DOCUMENT.path, [f"Content-Length: {len(message)}"]) + message)
                assert wire.peek(13) == b"HTTP/1.1 " + status
                wire.read()

    await at_a_server(client)


@pytest.mark.parametrize("service", [DOCUMENT, RPC], ids=["document", "rpc"])
async def test_a_description_is_given_at_once_and_its_head_alone_if_asked(
    service: Service,
) -> None:
    def client(port: int) -> None:
        with connected(port) as wire:
            wire.write(head(f"{service.path}?wsdl", [], "GET"))
            description = wire.read()
            assert description.status_code == 200
            assert b"http://cti" + service.path.encode() in description.content
        with connected(port) as wire:
            wire.write(head(f"{service.path}?wsdl", ["Connection: close"], "HEAD"))
            top, _, rest = wire.read_to_end().partition(b"\r\n\r\n")
            assert top.startswith(b"HTTP/1.1 200 OK\r\n")
            assert b"content-length: %d" % len(description.content) in top
            assert rest == b""

    await at_a_server(client)


async def test_who_asks_for_leave_to_send_its_message_gets_it() -> None:
    """As clients of .NET do."""

    def client(port: int) -> None:
        with connected(port) as wire:
            headers = [XML, f"Content-Length: {len(GREET)}", "Expect: 100-continue"]
            wire.write(head(DOCUMENT.path, headers))
            assert wire.read().status_code == 100
            wire.write(GREET)
            assert result_of(wire.read()) == "101, "

    await at_a_server(client)


async def test_an_old_client_is_answered_and_hung_up_on() -> None:
    """As NuSOAP and other HTTP/1.0 do."""

    def client(port: int) -> bytes:
        with connected(port) as wire:
            top = head(DOCUMENT.path, [XML, f"Content-Length: {len(GREET)}"])
            wire.write(top.replace(b"HTTP/1.1", b"HTTP/1.0") + GREET)
            return wire.read_to_end()

    assert (await at_a_server(client)).endswith(b"</soap:Envelope>")


@pytest.mark.parametrize("size", [1, 7, 100, 10_000])
async def test_a_message_may_come_in_chunks(size: int) -> None:
    def client(port: int) -> None:
        with connected(port) as wire:
            wire.begin_chunks(DOCUMENT.path, [XML])
            wire.write_chunks(GREET[it : it + size] for it in range(0, len(GREET), size))
            wire.end_chunks()
            assert result_of(wire.read()) == "101, "

    await at_a_server(client)


async def test_messages_may_be_sent_before_the_answers_have_come() -> None:
    def client(port: int) -> None:
        with connected(port) as wire:
            message = head(DOCUMENT.path, [XML, f"Content-Length: {len(GREET)}"]) + GREET
            wire.write(message * 20)
            for _ in range(20):
                assert result_of(wire.read()) == "101, "

    await at_a_server(client)


async def test_a_name_in_a_header_or_a_query_is_bytes_as_they_come() -> None:
    def client(port: int) -> None:
        with connected(port) as wire:
            action = 'SOAPAction: "\xff"'.encode("latin-1")
            top = head(DOCUMENT.path, [XML, f"Content-Length: {len(GREET)}", "X: y"])
            wire.write(top.replace(b"X: y", action) + GREET)
            assert fault_of(wire.read()).reason == "the action ÿ is not that of the message"
            wire.write(head(f"{DOCUMENT.path}/Greet?strUid=%FF", [], "GET"))
            assert wire.read().text == "the form cannot be read\r\n"
            wire.write(head(f"{DOCUMENT.path}/%FF?strUid=1", [], "GET"))
            assert wire.read().text == "� is no operation of this service.\r\n"

    await at_a_server(client)


async def test_many_headers_do_not_matter() -> None:
    def client(port: int) -> None:
        with connected(port) as wire:
            headers = [f"X-Header-{it}: {it}" for it in range(5_000)]
            answer = at_once(lambda: timed(wire.post, DOCUMENT.path, GREET, headers))
            assert result_of(answer) == "101, "

    await at_a_server(client)


@pytest.mark.parametrize(
    "spoilt", ["X: \0", "X y", "Content-Length: x", "Content-Length: 1", ": x", "X: a\rb"]
)
async def test_headers_that_are_none_are_refused_by_the_server(
    spoilt: str, caplog: pytest.LogCaptureFixture
) -> None:
    def spoil(port: int) -> bytes:
        with connected(port) as wire:
            wire.write(head(DOCUMENT.path, [f"Content-Length: {len(GREET)}", spoilt]) + GREET)
            return wire.read_to_end()

    def client(port: int) -> None:
        assert at_once(lambda: timed(spoil, port)).startswith(b"HTTP/1.1 400 ")
        with connected(port) as wire:
            assert result_of(wire.post(DOCUMENT.path, GREET)) == "101, "

    await at_a_server(client)
    assert {it.name for it in caplog.records} == {"uvicorn.error"}
    assert {it.message for it in caplog.records} == {"Invalid HTTP request received."}
    caplog.clear()


async def test_who_sends_slowly_holds_nobody_up() -> None:
    under_way, others_served = Barrier(5), Event()

    def slow(port: int) -> None:
        with connected(port) as wire:
            wire.write(head(DOCUMENT.path, [XML, f"Content-Length: {len(GREET)}"]))
            for byte in GREET[:-1]:
                wire.write(bytes([byte]))
            under_way.wait(PATIENCE)
            assert others_served.wait(PATIENCE)
            wire.write(GREET[-1:])
            assert result_of(wire.read()) == "101, "

    def quick(port: int) -> None:
        under_way.wait(PATIENCE)
        with connected(port) as wire:
            for _ in range(50):
                assert result_of(wire.post(DOCUMENT.path, GREET)) == "101, "
        others_served.set()

    async with serving(Platform()) as port:
        await asyncio.gather(
            *(asyncio.to_thread(slow, port) for _ in range(4)), asyncio.to_thread(quick, port)
        )


@pytest.mark.parametrize("part", [0, 1, len(GREET) - 1])
async def test_who_goes_away_in_the_middle_of_a_message_is_lost_and_has_done_nothing(
    part: int,
) -> None:
    platform = Platform()

    def client(port: int) -> None:
        wire = Wire(port)
        wire.write(head(DOCUMENT.path, [XML, f"Content-Length: {len(GREET)}"]) + GREET[:part])
        time.sleep(0.05)
        wire.break_off()
        with connected(port) as wire:
            assert result_of(wire.post(DOCUMENT.path, GREET)) == "101, "

    async with serving(platform) as port:
        await asyncio.to_thread(client, port)
        while platform.traffic.journal.last_exchange < 2:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    verdicts = sorted(it.verdict for it in platform.traffic.journal.exchanges())
    assert verdicts == [Verdict.DONE, Verdict.LOST]
    assert platform.calls == [("Greet", "101", "")]


async def test_who_goes_away_while_a_large_message_is_read_leaves_nothing_behind() -> None:
    platform = Platform()
    message = envelope(wrapped("Greet", {"strUid": "101", "strMore": "x" * 4_000_000})).encode()

    def client(port: int) -> None:
        wire = Wire(port)
        wire.write(head(DOCUMENT.path, [XML, f"Content-Length: {len(message)}"]) + message)
        wire.break_off()
        with connected(port) as wire:
            assert result_of(wire.post(DOCUMENT.path, message)) == "101, "

    await at_a_server(client, platform)


LARGE_GREET = envelope(wrapped("Greet", {"strUid": "101", "strMore": "x" * LARGE})).encode()


async def test_a_large_message_does_not_hold_up_a_small_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    read, begun, answered = Codec.read, Event(), Event()

    def read_slowly(codec: Codec, document: bytes) -> Message:
        if len(document) > LARGE:
            begun.set()
            assert answered.wait(PATIENCE)
        return read(codec, document)

    monkeypatch.setattr(Codec, "read", read_slowly)

    def sends_large(port: int) -> None:
        with connected(port) as wire:
            assert result_of(wire.post(DOCUMENT.path, LARGE_GREET)) == "101, "
            assert answered.is_set()

    def sends_small(port: int) -> None:
        assert begun.wait(PATIENCE)
        with connected(port) as wire:
            assert result_of(wire.post(DOCUMENT.path, GREET)) == "101, "
        answered.set()

    async with serving(Platform()) as port:
        await asyncio.gather(
            asyncio.to_thread(sends_large, port), asyncio.to_thread(sends_small, port)
        )


async def test_large_messages_are_read_one_at_a_time(monkeypatch: pytest.MonkeyPatch) -> None:
    read, being_read, most = Codec.read, 0, 0

    def read_and_count(codec: Codec, document: bytes) -> Message:
        nonlocal being_read, most
        being_read += 1
        most = max(most, being_read)
        time.sleep(0.02)
        being_read -= 1
        return read(codec, document)

    monkeypatch.setattr(Codec, "read", read_and_count)

    def client(port: int) -> None:
        with connected(port) as wire:
            assert result_of(wire.post(DOCUMENT.path, LARGE_GREET)) == "101, "

    async with serving(Platform()) as port:
        await asyncio.gather(*(asyncio.to_thread(client, port) for _ in range(5)))
    assert most == 1


async def test_clients_of_both_services_are_served_side_by_side() -> None:
    def client(port: int, number: int) -> None:
        with connected(port) as wire:
            for count in range(20):
                arguments = {"nLeft": number, "nRight": count}
                message = envelope(wrapped("Add", arguments)).encode()
                assert result_of(wire.post(DOCUMENT.path, message)) == str(number + count)
                message = envelope(encoded("Add", arguments)).encode()
                assert result_of(wire.post(RPC.path, message)) == str(number + count)

    async with serving(Platform()) as port:
        await asyncio.gather(*(asyncio.to_thread(client, port, it * 1000) for it in range(8)))
