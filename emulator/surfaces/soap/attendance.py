"""A request at a SOAP door as the journal keeps it, and the faults that it meets."""

from __future__ import annotations

from typing import Any

from emulator.surfaces.soap.contract import Service
from emulator.surfaces.soap.desk import Desk
from emulator.surfaces.soap.reply import Asked, Reply
from emulator.traffic import Traffic
from emulator.traffic.exchange import Exchange, Offence, Verdict, Violation
from emulator.traffic.faults import Mishap, RequestFacts

MOST_UNKNOWN = 20
LONGEST_UNKNOWN = 100
"""Characters; a name can have megabytes, which the journal would keep without counting them."""


class Attendance:
    """One request under observation."""

    __slots__ = ("_begun", "_desk", "_traffic", "exchange")

    def __init__(self, traffic: Traffic, service: Service, desk: Desk, scope: Any) -> None:
        self._traffic = traffic
        self._desk = desk
        self._begun = traffic.monotonic()
        latest = traffic.journal.last
        self.exchange = Exchange(
            traffic.now(),
            service.component,
            "",
            scope["method"],
            scope["path"],
            scope["query_string"].decode("latin-1"),
            scope["headers"],
            events=(latest, latest),
        )

    def meet(self, asked: Asked) -> Mishap | None:
        """Write down what is asked for, and what happens to it; None: it is left alone."""
        it = self.exchange
        it.section = asked.operation.section
        it.agent = self._desk.caller(asked.arguments)
        it.tenant = self._traffic.tenant_of(it.agent, "")
        it.violations = tuple(
            Violation(Offence.UNDOCUMENTED_FIELD, name[:LONGEST_UNKNOWN])
            for name in asked.unknown[:MOST_UNKNOWN]
        )
        faults = self._traffic.faults
        if not faults.for_requests:
            return None
        facts = RequestFacts(it.surface, it.section, it.method, it.path, it.agent, it.tenant)
        mishap = faults.meet(facts)
        if mishap is not None:
            it.faults = tuple(mishap.faults)
        return mishap

    def describe(self, reply: Reply) -> None:
        """Write down the answer."""
        it = self.exchange
        it.status, it.code, it.answer = reply.status, reply.code, reply.content
        if reply.refusal is not None:
            it.verdict = Verdict.REFUSED
            it.violations = (*it.violations, *reply.refusal)

    def ended_by_fault(self) -> None:
        """The client has not had the answer that it should have had."""
        self.exchange.verdict = Verdict.FAULT

    def lost(self) -> None:
        """The client had gone."""
        self.exchange.verdict = Verdict.LOST

    def note(self) -> None:
        """Hand the exchange to the journal."""
        it = self.exchange
        it.seconds = self._traffic.monotonic() - self._begun
        it.events = (it.events[0], self._traffic.journal.last)
        self._traffic.journal.note(it)
