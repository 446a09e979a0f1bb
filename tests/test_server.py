"""The server on real sockets: bytes, doors open and shut, and stops that do not hang."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import logging
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from emulator.declined_upgrades import without_offer
from emulator.server import GC_THRESHOLDS, HttpServer, ServerSettings, _bind, run
from tests.ports import free_port
from tests.surfaces.cec.switchboard import Platform, open_gateway

ROOT = "/agentgateway/resource"
EMPTY_POLL = b'{"message":"","retcode":"0"}'
POLL_SECONDS = 3600.0


class Site:
    """A gateway behind a running server."""

    def __init__(self, server: HttpServer, platform: Platform) -> None:
        self.server = server
        self.platform = platform
        self.clients: list[Connection] = []

    async def connect(self) -> Connection:
        opened = await asyncio.open_connection("127.0.0.1", self.server.http_port)
        return self._remember(Connection(*opened))

    async def connect_tls(self, context: ssl.SSLContext) -> Connection:
        port = self.server.https_port
        opened = await asyncio.open_connection("127.0.0.1", port, ssl=context)
        return self._remember(Connection(*opened))

    def _remember(self, client: Connection) -> Connection:
        self.clients.append(client)
        return client

    async def close(self) -> None:
        for client in self.clients:
            client.writer.transport.abort()
        await self.server.stop()


class Connection:
    """A raw connection of a client."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader = reader
        self.writer = writer

    async def exchange(self, method: str, path: str, body: bytes = b"", *more: str) -> bytes:
        self.send(method, path, body, *more)
        return await self.receive()

    def send(self, method: str, path: str, body: bytes = b"", *more: str) -> None:
        lines = [f"{method} {path} HTTP/1.1", "Host: cec", f"Content-Length: {len(body)}", *more]
        self.writer.write("\r\n".join([*lines, "", ""]).encode() + body)

    async def receive(self) -> bytes:
        """Read one answer, head and body as they came."""
        head = await self.reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().partition(b"content-length: ")[2].partition(b"\r\n")[0])
        return head + await self.reader.readexactly(length)

    async def sign_in(self, agent: int = 101) -> str:
        answer = await self.exchange("PUT", f"{ROOT}/onlineagent/{agent}", b'{"phonenum":"1"}')
        return answer.partition(b"Set-GUID: ")[2].partition(b"\r\n")[0].decode()


@contextlib.asynccontextmanager
async def site(**settings: Any) -> AsyncIterator[Site]:
    platform = Platform()
    chosen = {"http_port": free_port(), "https_port": 0, "tune_gc": False, **settings}
    server = HttpServer(open_gateway(platform), ServerSettings(**chosen))
    await server.start()
    running = Site(server, platform)
    try:
        yield running
    finally:
        await running.close()


Scenario = Callable[[], Coroutine[Any, Any, None]]


def on_a_loop(scenario: Scenario) -> Callable[[], None]:
    """Run an async test on the loop that programs get."""

    def test() -> None:
        run(scenario())

    test.__name__ = scenario.__name__
    return test


@on_a_loop
async def test_header_names_keep_their_case_on_the_wire() -> None:
    async with site() as gateway:
        client = await gateway.connect()
        answer = await client.exchange("PUT", f"{ROOT}/onlineagent/101", b'{"phonenum":"1"}')
        head, _, body = answer.partition(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200 OK\r\n")
        assert b"\r\nSet-GUID: JSESSIONID=" in head
        assert b"\r\nContent-Type: application/json;charset=UTF-8\r\n" in head
        assert body == b'{"message":"success","retcode":"0"}'
        assert b"\r\nserver:" not in head


H2C = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAEAAEAAAAIAAAAB")


@on_a_loop
async def test_an_offer_to_go_on_in_http_2_is_declined_and_the_body_is_read() -> None:
    async with site() as it:
        client = await it.connect()
        for agent in (101, 102):
            path = f"{ROOT}/onlineagent/{agent}"
            answer = await client.exchange("PUT", path, b'{"phonenum":"h2c"}', *H2C)
            assert b'"retcode":"0"' in answer


@on_a_loop
async def test_a_body_that_looks_like_an_offer_is_left_alone() -> None:
    offer = b"\r\nUpgrade: h2c\r\n"
    head = b"PUT / HTTP/1.1\r\nHost: x"
    assert without_offer(head + offer + b"\r\n" + offer) == head + b"\r\n\r\n" + offer
    assert without_offer(head + b"\r\n\r\n" + offer) == head + b"\r\n\r\n" + offer
    async with site() as it:
        client = await it.connect()
        body = b'{"phonenum":"1",\r\nUpgrade: h2c\r\n}'
        answer = await client.exchange("PUT", f"{ROOT}/onlineagent/101", body)
        assert b'"retcode":"000-002"' in answer or b'"retcode":"100-001"' in answer


@on_a_loop
async def test_an_empty_poll_is_answered_byte_for_byte_as_clients_expect() -> None:
    async with site() as gateway:
        client = await gateway.connect()
        guid = await client.sign_in()
        answer = await client.exchange("GET", f"{ROOT}/agentevent/101", b"", f"GUID: {guid}")
        assert answer.endswith(b"\r\n\r\n" + EMPTY_POLL)
        assert gateway.platform.deliveries == [True]


@on_a_loop
async def test_an_agents_commands_are_served_while_its_poll_is_held() -> None:
    async with site() as gateway:
        polling, commanding = await gateway.connect(), await gateway.connect()
        guid = await polling.sign_in()
        gateway.platform.poll_seconds = POLL_SECONDS
        polling.send("GET", f"{ROOT}/agentevent/101", b"", f"guid: {guid}")
        await gateway.platform.poll_started.wait()
        release = f"{ROOT}/voicecall/101/release"
        answer = await commanding.exchange("DELETE", release, b"", f"guid: {guid}")
        assert answer.endswith(b'{"message":"success","retcode":"0"}')


@on_a_loop
async def test_an_answer_that_finds_no_client_counts_as_not_delivered() -> None:
    async with site() as gateway:
        client = await gateway.connect()
        guid = await client.sign_in()
        gateway.platform.poll_seconds = 0.1
        client.send("GET", f"{ROOT}/agentevent/101", b"", f"guid: {guid}")
        await gateway.platform.poll_started.wait()
        client.writer.transport.abort()
        while not gateway.platform.deliveries:  # noqa: ASYNC110
            await asyncio.sleep(0.01)
        assert gateway.platform.deliveries == [False]


def test_a_stop_ends_held_polls_within_a_second_without_a_traceback(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async def scenario() -> bytes:
        async with site() as gateway:
            client = await gateway.connect()
            guid = await client.sign_in()
            gateway.platform.poll_seconds = POLL_SECONDS
            client.send("GET", f"{ROOT}/agentevent/101", b"", f"guid: {guid}")
            await gateway.platform.poll_started.wait()
            await asyncio.wait_for(gateway.server.stop(), timeout=1)
            assert gateway.platform.deliveries == [False]
            return await client.reader.read()

    with caplog.at_level(logging.WARNING):
        answer = run(scenario())
    assert answer.startswith(b"HTTP/1.1 503 ")
    assert caplog.records == []


@on_a_loop
async def test_a_stop_does_not_wait_for_idle_or_half_sent_requests() -> None:
    async with site() as gateway:
        idle, half = await gateway.connect(), await gateway.connect()
        await idle.sign_in()
        half.writer.write(b"PUT / HTTP/1.1\r\nContent-Length: 10\r\n\r\n{")
        await half.writer.drain()
        await asyncio.sleep(0.05)
        await asyncio.wait_for(gateway.server.stop(), timeout=1)
        assert await idle.reader.read() == b""


@on_a_loop
async def test_a_stopped_server_can_be_started_again_on_its_port() -> None:
    port = free_port()
    for _ in range(2):
        async with site(http_port=port) as gateway:
            assert gateway.server.http_port == port
            assert await (await gateway.connect()).sign_in()
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", port)


@on_a_loop
async def test_a_taken_port_is_an_error_and_leaves_no_other_port_open() -> None:
    http_port = free_port()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(OSError, match="in use"):
            async with site(http_port=http_port, https_port=taken.getsockname()[1]):
                pass
    with pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection("127.0.0.1", http_port)


def test_https_serves_the_same_door_with_a_certificate_for_localhost(tmp_path: Path) -> None:
    async def scenario() -> bytes:
        async with site(https_port=free_port(), data_directory=tmp_path) as gateway:
            context = ssl.create_default_context(cafile=tmp_path / "server-cert.pem")
            tls, plain = await gateway.connect_tls(context), await gateway.connect()
            guid = await plain.sign_in()
            return await tls.exchange("GET", f"{ROOT}/agentevent/101", b"", f"guid: {guid}")

    assert run(scenario()).endswith(EMPTY_POLL)


@on_a_loop
async def test_a_stop_does_not_wait_for_the_goodbye_of_a_tls_client() -> None:
    context = ssl.create_default_context()
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE

    def connect(port: int) -> ssl.SSLSocket:
        return context.wrap_socket(socket.create_connection(("127.0.0.1", port)))

    async with site(https_port=free_port()) as gateway:
        assert gateway.server.https_port is not None
        silent = await asyncio.to_thread(connect, gateway.server.https_port)
        with silent:
            await asyncio.wait_for(gateway.server.stop(), timeout=1)


@on_a_loop
async def test_without_a_data_directory_the_certificate_does_not_outlive_the_server() -> None:
    async with site(http_port=0, https_port=free_port()) as gateway:
        assert gateway.server.http_port is None
        temporary = gateway.server._temporary
        assert temporary is not None
        directory = Path(temporary.name)
        assert (directory / "server-key.pem").exists()
        await gateway.server.stop()
        assert not directory.exists()  # noqa: ASYNC240


@on_a_loop
async def test_a_body_that_is_too_long_is_refused_and_the_connection_lives_on() -> None:
    async with site() as gateway:
        client = await gateway.connect()
        guid = f"guid: {await client.sign_in()}"
        huge = b'{"called":"' + b"1" * (3 * 1024 * 1024) + b'"}'
        path = f"{ROOT}/voicecall/101/callout"
        assert b'"retcode":"000-002"' in await client.exchange("PUT", path, huge, guid)
        assert b'"retcode":"0"' in await client.exchange("PUT", path, b'{"called":"1"}', guid)


@on_a_loop
async def test_head_and_options_are_answered_without_a_body() -> None:
    async with site() as gateway:
        client = await gateway.connect()
        options = await client.exchange("OPTIONS", f"{ROOT}/agentevent/101")
        assert b"\r\nAllow: GET, OPTIONS\r\n" in options
        client.send("HEAD", f"{ROOT}/agentevent/101")
        client.send("OPTIONS", f"{ROOT}/agentevent/101")
        head = await client.reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 405 ")
        assert (await client.receive()).startswith(b"HTTP/1.1 200 ")


@on_a_loop
async def test_the_collector_is_tuned_while_the_server_runs_and_restored_after() -> None:
    before = gc.get_threshold()
    async with site(tune_gc=True):
        assert gc.get_threshold()[:2] == GC_THRESHOLDS[:2]
    assert gc.get_threshold() == before


def test_the_listening_socket_names_its_protocol_so_that_answers_are_sent_at_once() -> None:
    # asyncio sets TCP_NODELAY only on accepted sockets whose protocol it knows to be TCP.
    with _bind("127.0.0.1", 0) as sock:
        assert sock.proto == socket.IPPROTO_TCP
