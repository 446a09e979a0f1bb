"""One documented interface: its facts, and the path of a request through it."""

from __future__ import annotations

import asyncio
import inspect
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from emulator.surfaces.cec.body import MAX_BODY
from emulator.surfaces.cec.envelope import Answer, Envelope
from emulator.surfaces.cec.errors import Failure, ParameterError, Row
from emulator.surfaces.cec.inputs import read_signature
from emulator.surfaces.cec.request import CecRequest
from emulator.surfaces.wire import JSON, client_is_gone, respond, respond_in_pieces

if TYPE_CHECKING:
    from emulator.surfaces.cec.component import Component, Door

DOOR = "emulator.door"
"""Key of the scope under which a door hands itself to the interface."""


class Interface:
    """A handler with its section of the reference. As an ASGI application it serves requests.

    This is the fast path: body, gate, inputs, handler, envelope, without FastAPI's solving of
    dependencies for each request. FastAPI holds the same facts as a route and describes them.
    """

    __slots__ = (
        "auth",
        "codes",
        "component",
        "envelope",
        "events",
        "failures",
        "handler",
        "inputs",
        "is_async",
        "max_body",
        "message",
        "method",
        "path",
        "polls",
        "refused_as",
        "request_class",
        "section",
        "sends_file",
        "unforeseen",
    )

    def __init__(
        self,
        component: Component[Any],
        handler: Callable[..., Any],
        *,
        method: str,
        path: str,
        section: str,
        codes: tuple[str, ...],
        events: tuple[str, ...],
        auth: str | None,
        message: str,
        failures: Mapping[type[Exception], Row],
        unforeseen: Failure | None = None,
        polls: bool = False,
        sends_file: bool = False,
        envelope: Envelope | None = None,
        max_body: Callable[[Any], int] | int = MAX_BODY,
        refused_as: bytes = JSON,
    ) -> None:
        self.component = component
        self.envelope = envelope or component.envelope
        self.handler = handler
        self.method = method
        self.path = path
        self.section = section
        self.codes = codes
        self.events = events
        self.auth = auth
        self.message = message
        self.failures = failures
        self.unforeseen = unforeseen
        self.polls = polls
        self.sends_file = sends_file
        self.max_body = max_body
        self.refused_as = refused_as
        self.is_async = inspect.iscoroutinefunction(handler)
        self.request_class, self.inputs = read_signature(handler, path)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one request."""
        door: Door[Any] = scope[DOOR]
        request: CecRequest[Any] = self.request_class(door.platform, door.gates, self, scope)
        if door.traffic is not None and door.traffic.attends:
            await door.serve_observed(self, request, door, receive, send)
            return
        delivered = False
        try:
            answer, failure = await self.answer(request, door, receive)
            await self.send(request, answer, send)
            delivered = failure is None and not client_is_gone(send)
        except ClientGone:
            pass
        finally:
            request.delivered(delivered)

    async def send(self, request: CecRequest[Any], answer: Answer, send: Any) -> None:
        """Write the answer."""
        stream = answer.stream
        if stream is not None:
            await respond_in_pieces(
                request.scope,
                send,
                stream.size,
                stream.pieces,
                answer.media_type,
                request.answer_headers,
                answer.status,
            )
            return
        await respond(
            request.scope,
            send,
            answer.status,
            answer.content,
            answer.media_type,
            request.answer_headers,
        )

    async def answer(
        self, request: CecRequest[Any], door: Door[Any], receive: Any
    ) -> tuple[Answer, Failure | None]:
        """Give the answer, and the refusal that it is; None: it is the handler's own."""
        life = door.life
        try:
            request.raw = await read_body(receive, self.most(door))
            if life is not None:
                life.advance()
            if len(request.raw) > MAX_BODY:
                # What takes so long must not hold up the others.
                arguments = await asyncio.to_thread(self._read, request, door)
            else:
                arguments = self._read(request, door)
            result = self.handler(request, **arguments)
            if self.is_async:
                result = await result
            if life is not None and life.needs_commit:
                await life.committed()
            if type(result) is not Answer:
                result = Answer(self.envelope.success(result, self.message))
            return result, None
        except ClientGone:
            raise
        except Exception as error:
            failure = self.failure(error)
            request.error = error
            content = self.envelope.failure(failure)
            return Answer(content, self.refused_as, failure.status), failure

    def most(self, door: Door[Any]) -> int:
        """How many bytes the body of a request may have."""
        return self.max_body if isinstance(self.max_body, int) else self.max_body(door.platform)

    def _read(self, request: CecRequest[Any], door: Door[Any]) -> dict[str, Any]:
        """Find out who has sent the request, then what it says."""
        if self.auth is not None:
            door.gates[self.auth].admit(request)
        return self.arguments(request)

    def arguments(self, request: CecRequest[Any]) -> dict[str, Any]:
        """Read and validate everything that the handler takes besides the request."""
        arguments: dict[str, Any] = {}
        for item in self.inputs:
            values = item.read(request, self.component.wrappers)
            valid = item.bind(values, arguments)
            if request.violations is not None:
                item.remark(values, valid, request)
        return arguments

    def failure(self, error: Exception) -> Failure:
        """Give the documented failure: the interface's own, else the component's."""
        for kind in type(error).__mro__:
            own = self.failures.get(kind)
            if own is not None:
                return own if isinstance(own, Failure) else own(error)
        errors = self.component.errors
        failure = errors.failure(error)
        if failure is errors.unforeseen and self.unforeseen is not None:
            return self.unforeseen
        return failure


class ClientGone(Exception):
    """The connection was lost before the request was complete: nobody to answer."""


async def read_body(receive: Any, most: int = MAX_BODY) -> bytes:
    """Read the whole body; one of more than `most` bytes is a parameter error."""
    message = await receive()
    pieces = [message.get("body", b"")]
    size = len(pieces[0])
    while message.get("more_body", False) and size <= most:
        message = await receive()
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
    if message["type"] == "http.disconnect":
        raise ClientGone
    if size > most:
        raise ParameterError("body: too long")
    return pieces[0] if len(pieces) == 1 else b"".join(pieces)
