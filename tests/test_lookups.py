"""IVR flows ask real HTTP servers, and go on with what they hear."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator
from dataclasses import replace

import pytest

from emulator.control.seed import load_seed
from emulator.lookups import MAX_ANSWER, variables
from emulator.platform import Platform
from emulator.settings import Settings
from emulator.store.store import Store
from emulator.switch.config import FlowConfig, TenantConfig

ANSWERS = {
    "/customer/13900000001": b'{"name":"Ada","vip":true,"orders":3,"list":[1]}',
    "/customer/13900000002": b"[]",
    "/customer/13900000004": b'{"name":"' + b"x" * MAX_ANSWER + b'"}',
}


async def serve_customers(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    head = await reader.readuntil(b"\r\n\r\n")
    path = head.split(b" ")[1].decode()
    content = ANSWERS.get(path)
    status = "404 Not Found" if content is None else "200 OK"
    content = content or b""
    writer.write(
        f"HTTP/1.1 {status}\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n".encode()
        + content
    )
    with contextlib.suppress(ConnectionError):
        await writer.drain()
    writer.close()


@contextlib.asynccontextmanager
async def call_center() -> AsyncIterator[Platform]:
    """The demo, its menu replaced by a flow that looks the caller up."""
    server = await asyncio.start_server(serve_customers, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    store = Store.open()
    platform = Platform(Settings(), store, [with_lookup(port)])
    platform.start()
    try:
        yield platform
    finally:
        await platform.stop()
        store.close()
        server.close()
        await server.wait_closed()


def with_lookup(port: int) -> TenantConfig:
    [tenant] = load_seed("demo")
    lookup = {
        "type": "lookup",
        "url": f"http://127.0.0.1:{port}/customer/{{caller}}",
        "next": "known",
        "otherwise": "unknown",
    }
    nodes = {
        "start": lookup,
        "known": {"type": "data", "value": "{name} {vip} {orders}", "next": "wait"},
        "unknown": {"type": "data", "value": "a stranger", "next": "wait"},
        "wait": {"type": "play", "seconds": 60, "next": "end"},
        "end": {"type": "hang_up"},
    }
    return replace(tenant, flows=(FlowConfig(1, "lookup", "start", nodes),))


async def data_of_a_call_from(platform: Platform, caller: str) -> str:
    call = platform.advance().dial_in(caller, "95003")
    async with asyncio.timeout(5):
        while not (data := platform.switch.call(call).data):  # noqa: ASYNC110
            await asyncio.sleep(0.01)
    return data


async def test_a_flow_goes_on_with_what_the_server_knows_of_the_caller() -> None:
    async with call_center() as platform:
        assert await data_of_a_call_from(platform, "13900000001") == "Ada true 3"


@pytest.mark.parametrize(
    "caller",
    [
        pytest.param("13900000002", id="an answer that is no object"),
        pytest.param("13900000003", id="a refusal"),
        pytest.param("13900000004", id="an answer without end"),
        pytest.param("../secret", id="a caller who would lead elsewhere"),
    ],
)
async def test_a_failed_lookup_takes_the_other_way(caller: str) -> None:
    async with call_center() as platform:
        assert await data_of_a_call_from(platform, caller) == "a stranger"


async def test_a_world_that_begins_anew_hears_no_answers_meant_for_the_old_one() -> None:
    async with call_center() as platform:
        old = platform.advance()
        old.dial_in("13900000001", "95003")
        platform.reset([old.tenants[1].config])
        await asyncio.sleep(0.2)
        assert platform.switch.calls == {}


def test_only_plain_values_become_variables() -> None:
    assert variables(b'{"a":"x","b":1.5,"c":null,"d":{},"e":false}') == {
        "a": "x",
        "b": "1.5",
        "e": "false",
    }
