"""A request that is written down in the journal, and that may meet faults on its way."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from emulator.surfaces.cec.envelope import Answer
from emulator.surfaces.cec.errors import (
    Failure,
    ParameterError,
    TooManyRequests,
    Unauthenticated,
)
from emulator.surfaces.cec.interface import ClientGone, Interface, read_body
from emulator.surfaces.cec.request import CecRequest
from emulator.surfaces.endings import end_otherwise
from emulator.surfaces.wire import JSON, client_is_gone, respond
from emulator.switch.errors import NoCall, WrongAgentState, WrongCallState
from emulator.traffic.exchange import Exchange, Offence, Verdict, Violation
from emulator.traffic.faults import ErrorCode, Mishap, RequestFacts

if TYPE_CHECKING:
    from emulator.surfaces.cec.component import Door
    from emulator.traffic import Traffic

SUCCESS = "0"
POLL_PAUSE = 1.0
"""Seconds of wire time."""

_OFFENCES: tuple[tuple[type[Exception], Offence], ...] = (
    (ParameterError, Offence.INVALID_PARAMETER),
    (Unauthenticated, Offence.UNAUTHENTICATED),
    (TooManyRequests, Offence.TOO_OFTEN),
    (WrongAgentState, Offence.WRONG_STATE),
    (WrongCallState, Offence.WRONG_STATE),
    (NoCall, Offence.WRONG_STATE),
)
"""Refusals that are the client's own doing."""


async def serve_observed(
    interface: Interface, request: CecRequest[Any], door: Door[Any], receive: Any, send: Any
) -> None:
    """Serve one request as `Interface` does, in view of the door's traffic."""
    watched = Observed(interface, request, door)
    delivered = False
    try:
        delivered = await watched.serve(receive, send)
    except ClientGone:
        watched.exchange.verdict = Verdict.LOST
    finally:
        request.delivered(delivered)
        watched.note()


class Observed:
    """One request under observation."""

    __slots__ = ("_begun", "_door", "_interface", "_request", "_traffic", "exchange")

    def __init__(self, interface: Interface, request: CecRequest[Any], door: Door[Any]) -> None:
        assert door.traffic is not None
        self._interface = interface
        self._request = request
        self._door = door
        self._traffic: Traffic = door.traffic
        self._begun = self._traffic.monotonic()
        self.exchange = exchange_of(
            door, request.scope, interface.section, _claimed(interface, request, door)
        )
        request.violations = _missing_headers(request)
        if interface.polls:
            self._look_at_pace()

    def _look_at_pace(self) -> None:
        """After a failure the next poll waits for more than a second (CEC 6.1.4.1)."""
        failed = self._traffic.failed_polls.pop(self.exchange.agent, None)
        if failed is not None and self._begun - failed <= POLL_PAUSE:
            self._request.remark(Offence.POLLING, "within a second after a failure")

    async def serve(self, receive: Any, send: Any) -> bool:
        """Serve the request, or let happen to it what shall; whether its answer arrived."""
        faults = self._traffic.faults
        mishap = faults.meet(self._facts()) if faults.for_requests else None
        if mishap is not None:
            return await self._suffer(mishap, receive, send)
        answer, failure = await self._interface.answer(self._request, self._door, receive)
        return await self._send(answer, failure, send)

    async def _suffer(self, mishap: Mishap, receive: Any, send: Any) -> bool:
        """Let happen to the request what shall."""
        self.exchange.faults = tuple(mishap.faults)
        if mishap.before:
            await asyncio.sleep(mishap.before)
        answer, failure = Answer(b""), None
        if mishap.served:
            answer, failure = await self._interface.answer(self._request, self._door, receive)
        else:
            self._request.raw = await read_body(receive, self._interface.most(self._door))
        if mishap.after:
            await asyncio.sleep(mishap.after)
        if mishap.ending is None:
            return await self._send(answer, failure, send)
        self._describe(failure)
        await self._end(mishap, answer, receive, send)
        return False

    async def _send(self, answer: Answer, failure: Failure | None, send: Any) -> bool:
        """Send the answer that the request has; whether it arrived, and is the handler's own."""
        self._describe(failure)
        await self._interface.send(self._request, answer, send)
        self.exchange.status, self.exchange.answer = answer.status, answer.content
        if client_is_gone(send):
            self.exchange.verdict = Verdict.LOST
            return False
        return failure is None

    async def _end(self, mishap: Mishap, answer: Answer, receive: Any, send: Any) -> None:
        """Give the client another answer than it should have had, or none."""
        exchange, scope = self.exchange, self._request.scope
        exchange.verdict = Verdict.FAULT
        match mishap.ending:
            case ErrorCode(code, message):
                refusal = Failure(code, message)
                content = self._interface.envelope.failure(refusal)
                exchange.code, exchange.status, exchange.answer = code, refusal.status, content
                await respond(scope, send, refusal.status, content)
            case ending:
                content = answer.content if answer.stream is None else await answer.stream.first()
                given = (answer.status, content, JSON)
                await end_otherwise(ending, exchange, given, scope, receive, send)

    def note(self) -> None:
        """Write the exchange down; also when the client has gone or the server was stopped."""
        exchange, request = self.exchange, self._request
        exchange.body = request.raw
        exchange.violations = tuple(request.violations or ())
        now = self._traffic.monotonic()
        exchange.seconds = now - self._begun
        if self._interface.polls and exchange.status not in (0, 200):
            self._traffic.failed_polls[exchange.agent] = now
        exchange.events = (exchange.events[0], self._traffic.journal.last)
        self._traffic.journal.note(exchange)

    def _facts(self) -> RequestFacts:
        it = self.exchange
        return RequestFacts(it.surface, it.section, it.method, it.path, it.agent, it.tenant)

    def _describe(self, failure: Failure | None) -> None:
        exchange, error = self.exchange, self._request.error
        # Its traceback leads back to the request: only a collection would free the two.
        self._request.error = None
        exchange.code = SUCCESS if failure is None else failure.code
        if failure is None or error is None:
            return
        exchange.verdict = Verdict.REFUSED
        for kind, offence in _OFFENCES:
            if isinstance(error, kind):
                detail = str(error) or type(error).__name__
                self._request.remark(offence, detail)
                return


def exchange_of(
    door: Door[Any], scope: Any, section: str, claimed: tuple[int, str] = (0, "")
) -> Exchange:
    """Begin the journal's view of a request."""
    traffic = door.traffic
    assert traffic is not None
    agent, application = claimed
    latest = traffic.journal.last
    query = scope["query_string"]
    # By position: this is done for every request, and names cost half as much again.
    return Exchange(
        traffic.now(),
        door.component.name,
        section,
        scope["method"],
        scope["path"],
        query.decode("latin-1") if query else "",
        scope["headers"],
        b"",
        agent,
        application,
        traffic.tenant_of(agent, application),
        events=(latest, latest),
    )


def note_unknown(door: Door[Any], scope: Any, failure: Failure, content: bytes) -> None:
    """Write down a request that no interface is there for."""
    if door.traffic is None:
        return
    exchange = exchange_of(door, scope, "")
    exchange.status, exchange.code, exchange.answer = failure.status, failure.code, content
    exchange.verdict = Verdict.REFUSED
    where = f"{scope['method']} {scope['path']}"
    exchange.violations = (Violation(Offence.UNKNOWN_ADDRESS, where),)
    door.traffic.journal.note(exchange)


def _claimed(interface: Interface, request: CecRequest[Any], door: Door[Any]) -> tuple[int, str]:
    return (0, "") if interface.auth is None else door.gates[interface.auth].claimed(request)


def _missing_headers(request: CecRequest[Any]) -> list[Violation]:
    has_body = False
    for name, value in request.scope["headers"]:
        if name == b"content-type":
            return []
        if name == b"content-length":
            has_body = value != b"0"
    return [Violation(Offence.MISSING_HEADER, "content-type")] if has_body else []
