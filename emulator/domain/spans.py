"""Spans of agents' time, and the rows that they become (CEC 13.2.2.2)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from emulator.domain.numbers import Column
from emulator.domain.operations import DIRECTIONS, IN_SLICES, SLICE, WITHOUT_ROW, Span, Work
from emulator.store.rows import AgentOperation
from emulator.switch.switch import Switch

TEXT = Column()


class Spans:
    """What agents do: in `work` by agent. `numbers` tell operations of one instant apart."""

    def __init__(
        self,
        write: Callable[[AgentOperation], None],
        switch: Callable[[], Switch],
        numbers: Iterator[int],
    ) -> None:
        self._write = write
        self._switch = switch
        self._numbers = numbers
        self.work: dict[int, Work] = {}
        self._in_call: dict[str, list[int]] = {}
        """Who does something on a call besides talking on it."""

    def take_up(self, running: dict[int, Work]) -> None:
        """Go on with what another had begun."""
        self.work = running
        self._in_call = {}
        for agent, work in running.items():
            for span in work.beside:
                if span.call:
                    self._in_call.setdefault(span.call, []).append(agent)

    def forget(self, tenant: int) -> None:
        """A tenant begins anew: what its agents were doing is not written down."""
        self.take_up({a: work for a, work in self.work.items() if work.tenant != tenant})

    def enter(self, work: Work, event: Any, span: Span | None) -> None:
        """The agent's state is another, which begins with the event."""
        state, work.state = work.state, span
        work.busy_cause = 0
        if state is not None:
            self._put(work, event.agent, state, event.at)

    def leave(self, agent: int, work: Work, call: str, at: int) -> None:
        """The agent does nothing on the call any more."""
        for span in [it for it in work.beside if it.call == call]:
            self.end(work, agent, span, at)

    def begin(self, work: Work, agent: int, span: Span) -> None:
        """The agent does this besides being in its state."""
        if span.call:
            self.tell_of_call(span, agent, span.call)
            self._in_call.setdefault(span.call, []).append(agent)
        work.beside.append(span)

    def tell_of_call(self, span: Span, agent: int, call_id: str) -> None:
        """Say on which call it is done, and what that call is."""
        span.call = call_id
        call = self._switch().calls.get(call_id)
        if call is None:
            return
        span.media = int(call.media)
        span.direction = DIRECTIONS.get(call.type, "")
        for connection in call.connections:
            if connection.queue is not None and connection.number == str(agent):
                span.queue = connection.queue.id

    def finish(self, work: Work, event: Any, kind: int, call: str = "") -> None:
        """End what the agent does of this kind (on this call)."""
        for span in [it for it in work.beside if it.type == kind and call in ("", it.call)]:
            self.end(work, event.agent, span, event.at)

    def end(self, work: Work, agent: int, span: Span, at: int) -> None:
        """Write down what the agent has done besides."""
        work.beside.remove(span)
        self._unlist(agent, span.call)
        self._put(work, agent, span, at)

    def busy_on(self, call: str) -> list[int]:
        """Who does something on the call besides talking on it."""
        return list(self._in_call.get(call, ()))

    def move(self, agent: int, span: Span, call: str) -> None:
        """What the agent does it goes on doing on another call."""
        self._unlist(agent, span.call)
        span.call = call
        self._in_call.setdefault(call, []).append(agent)

    def _unlist(self, agent: int, call: str) -> None:
        listed = self._in_call.get(call)
        if listed is not None:
            listed.remove(agent)
            if not listed:
                del self._in_call[call]

    def note(self, work: Work, agent: int, span: Span, queue: int = 0) -> None:
        """Write down what takes no time."""
        if span.call:
            self.tell_of_call(span, agent, span.call)
        span.queue = span.queue or queue
        self._put(work, agent, span, span.begin)

    # Rows

    def _put(self, work: Work, agent: int, span: Span, end: int) -> None:
        if span.type in WITHOUT_ROW:
            return
        begin = span.begin
        if span.type in IN_SLICES:
            for bill in range((begin // SLICE + 1) * SLICE, end, SLICE):
                self._put_row(work, agent, span, begin, bill, 1)
                begin = bill
        self._put_row(work, agent, span, begin, end, span.cause)

    def _put_row(
        self, work: Work, agent: int, span: Span, begin: int, end: int, cause: int
    ) -> None:
        switch = self._switch()
        tenant = switch.tenants[work.tenant].config
        known = switch.agents.get(agent)
        self._write(
            AgentOperation(
                work.tenant,
                f"{begin}{agent}{next(self._numbers):06d}"[:32],
                begin,
                tenant.name,
                tenant.name,
                str(agent),
                "",
                TEXT[span.queue],
                span.call,
                end,
                str(span.type),
                str(span.object),
                str(cause),
                TEXT[span.media],
                str(work.tenant),
                str(tenant.cc_id),
                TEXT[known.config.agent_type] if known is not None else "",
                span.phone or work.phone,
                span.direction,
                logon_sn=str(work.since // 1_000_000),
                skill_info_sn=work.skills,
            )
        )
