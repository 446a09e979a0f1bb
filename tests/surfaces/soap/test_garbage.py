"""What is over leaves nothing for the collector of garbage, whose pauses clients would feel."""

from __future__ import annotations

import asyncio
import gc
import logging
from collections.abc import Iterator

import pytest

from emulator.surfaces.soap.contract import Service, Style
from emulator.surfaces.soap.door import LARGE, SoapDoor
from tests.surfaces.soap.messages import encoded, envelope, wrapped
from tests.surfaces.soap.reception import SERVICES, open_door

REQUESTS = 20
CASES = {
    "an answer": ("Greet", {"strUid": "101"}),
    "an answer that takes a moment": ("Ring", {"strUid": "101"}),
    "a refusal": ("Hangup", {"strUid": "101", "strCallid": "404"}),
    "a refusal that takes a moment": ("Busy", {"strUid": "101"}),
    "a wrong parameter": ("Add", {"nLeft": "x"}),
    "a number out of range": ("Add", {"nLeft": 2**31}),
    "a missing parameter": ("Greet", {}),
    "no such operation": ("Nothing", {}),
    "a failure": ("Break", {}),
    "a large message": ("Greet", {"strUid": "101", "strMore": "x" * LARGE}),
    "a large message that is refused": ("Greet", {"strUid": "1" * LARGE}),
}


@pytest.fixture(autouse=True)
def no_collections() -> Iterator[None]:
    """Leave what there is to the test; nothing is kept of what is logged."""
    logging.disable(logging.CRITICAL)
    gc.collect()
    gc.disable()
    yield
    gc.enable()
    logging.disable(logging.NOTSET)


async def ask(door: SoapDoor, service: Service, body: bytes, tail: str = "") -> None:
    """Send a request as a server would, and nothing that a server would leave behind."""
    scope = {
        "type": "http",
        "method": "POST",
        "path": service.path + tail,
        "query_string": b"",
        "headers": [(b"content-type", b"application/x-www-form-urlencoded")] if tail else [],
    }

    async def receive() -> dict[str, object]:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: dict[str, object]) -> None:
        """Take the answer."""

    await door(scope, receive, send)


async def garbage_of(door: SoapDoor, service: Service, body: bytes, tail: str = "") -> int:
    """Objects that only a collection frees, after some requests of a sort."""
    await ask(door, service, body, tail)
    gc.collect()
    for _ in range(REQUESTS):
        await ask(door, service, body, tail)
    await asyncio.sleep(0)
    return gc.collect()


@pytest.mark.parametrize("service", SERVICES, ids=["document", "rpc"])
@pytest.mark.parametrize(("operation", "arguments"), CASES.values(), ids=CASES.keys())
async def test_a_message_leaves_no_garbage(
    service: Service, operation: str, arguments: dict[str, object]
) -> None:
    write = wrapped if service.style is Style.DOCUMENT else encoded
    body = envelope(write(operation, arguments)).encode()
    assert await garbage_of(open_door(service), service, body) < REQUESTS


@pytest.mark.parametrize("body", [b"hello", b"<a>", b"<a/>", b"<!DOCTYPE a><a/>", b"\0"])
async def test_what_is_no_message_leaves_none(body: bytes) -> None:
    assert await garbage_of(open_door(SERVICES[0]), SERVICES[0], body) < REQUESTS


@pytest.mark.parametrize("form", [b"strUid=101", b"", b"strUid=101&strCallid=404", b"\xff"])
async def test_a_form_leaves_none(form: bytes) -> None:
    assert await garbage_of(open_door(SERVICES[0]), SERVICES[0], form, "/Hangup") < REQUESTS
