"""What a client gets in the place of its answer, at the wish of whoever drives the emulator."""

from __future__ import annotations

from typing import Any

from emulator.surfaces.wire import drop, respond, respond_half
from emulator.traffic.exchange import Exchange
from emulator.traffic.faults import Drop, HalfSent, HttpStatus

PLAIN_TEXT = b"text/plain;charset=UTF-8"


async def end_otherwise(
    ending: HttpStatus | HalfSent | Drop | None,
    exchange: Exchange,
    answer: tuple[int, bytes, bytes],
    scope: Any,
    receive: Any,
    send: Any,
) -> None:
    """Give the client another status, half of its answer, or none, and note that.

    `answer` is what it should have had: status, content, media type.
    """
    status, content, media_type = answer
    match ending:
        case HttpStatus(status=other, body=body):
            exchange.status, exchange.answer = other, body.encode()
            await respond(scope, send, other, body.encode(), PLAIN_TEXT)
        case HalfSent():
            exchange.status, exchange.answer = status, content[: len(content) // 2]
            await respond_half(scope, send, receive, status, content, media_type)
        case Drop() | None:
            await drop(send, receive)
