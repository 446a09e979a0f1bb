"""What the records of a call say about how it was served (CEC 13.2.2.1, 12.3.8.1).

A call's records are its stays on devices, in the order in which they ended. A customer's way
through queues to an agent is a *request*; it belongs to the queue that it entered first, also when
it is answered from another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from emulator.store.rows import CallRecord
from emulator.switch.terms import CallType, DeviceType, LeaveReason

INBOUND = frozenset({int(CallType.INBOUND)})
OUTBOUND = frozenset(
    map(
        int,
        (
            CallType.OUTBOUND,
            CallType.RESERVED,
            CallType.PREOCCUPIED,
            CallType.PREDICTED,
            CallType.PREVIEWED,
            CallType.CALLBACK,
        ),
    )
)

USER_RELEASED = str(int(LeaveReason.USER_RELEASED))
AGENT_REFUSED = frozenset(str(int(it)) for it in (LeaveReason.AGENT_RELEASED, LeaveReason.REJECTED))
NO_ANSWER = str(int(LeaveReason.NO_ANSWER))
TIMED_OUT = str(int(LeaveReason.TIMEOUT))
OVERFLOWED = frozenset(str(int(it)) for it in (LeaveReason.OVERFLOW, LeaveReason.NO_AGENT))
QUEUE, AGENT, IVR = int(DeviceType.QUEUE), int(DeviceType.AGENT), int(DeviceType.IVR)


def waited(record: CallRecord) -> int:
    """µs in a queue."""
    return (record.wait_end or 0) - (record.wait_begin or 0)


def rang(record: CallRecord) -> int:
    """µs of ringing."""
    return (record.ack_end or 0) - (record.ack_begin or 0)


def talked(record: CallRecord) -> int:
    """µs of a conversation, with an agent or a flow; 0 if there was none."""
    if record.device_type == QUEUE or record.call_begin is None or record.call_end is None:
        return 0
    return record.call_end - record.call_begin


def begun(record: CallRecord) -> int:
    """When the stay began."""
    return record.wait_begin or record.ack_begin or record.call_begin or record.call_end or 0


def ended(record: CallRecord) -> int:
    """When the stay ended."""
    return record.call_end or record.ack_end or record.wait_end or 0


def moves(records: Sequence[CallRecord]) -> Iterator[tuple[CallRecord, CallRecord]]:
    """Stays in queues that were too long or could not begin, each with where it led."""
    for wait, after in pairwise(records):
        if wait.device_type == QUEUE and wait.leave_reason in (TIMED_OUT, *OVERFLOWED):
            yield wait, after


@dataclass(slots=True)
class Request:
    """A customer's request for an agent; `queue` 0: none was asked.

    It was answered by the agent of `answered`, rang in vain at those of `refused`, or ended in a
    queue. `waits` are its stays in queues, `moves` those of them that led to another device.
    """

    queue: int
    waits: list[CallRecord] = field(default_factory=list)
    refused: list[CallRecord] = field(default_factory=list)
    answered: CallRecord | None = None
    rang_to_the_end: bool = False

    @property
    def queued(self) -> int:
        """µs in queues."""
        return sum(map(waited, self.waits))

    @property
    def until_answered(self) -> int:
        """µs from the first queue, or the first ring, to the answer."""
        assert self.answered is not None
        first = self.waits[0].wait_begin if self.waits else self.answered.ack_begin
        return (self.answered.ack_end or 0) - (first or 0)

    @property
    def in_vain(self) -> int:
        """µs from the first queue to the end of a request that was not answered."""
        last = self.waits[-1]
        return ended(last) - (self.waits[0].wait_begin or 0)

    @property
    def gave_up(self) -> bool:
        """Whether the customer hung up before anybody answered."""
        return bool(self.waits) and self.waits[-1].leave_reason == USER_RELEASED


class CallStory:
    """A call that is over: its records, and the requests they amount to."""

    def __init__(self, records: Sequence[CallRecord]) -> None:
        """`records` of one call, none missing, the last one last."""
        self.records = records
        self.last = records[-1]
        self.agents = [it for it in records if it.device_type == AGENT]
        self.queues = [it for it in records if it.device_type == QUEUE]
        self.flows = [it for it in records if it.device_type == IVR]
        self.requests = list(_Requests(records).found)

    @property
    def is_inbound(self) -> bool:
        return self.last.call_type in INBOUND

    @property
    def is_outbound(self) -> bool:
        return self.last.call_type in OUTBOUND

    @property
    def ended(self) -> int:
        """When the call ended (µs)."""
        return max(map(ended, self.records))

    @property
    def occupied(self) -> int:
        """µs for which the call occupied its VDN."""
        return self.ended - min(map(begun, self.records))

    @property
    def talked_to_agents(self) -> int:
        """µs of conversations with agents."""
        return sum(map(talked, self.agents))

    @property
    def heard_flows(self) -> int:
        """µs in IVR flows."""
        return sum(map(talked, self.flows))

    @property
    def requested_agent(self) -> bool:
        """Whether anybody was asked to serve it."""
        return bool(self.queues or self.agents)


class _Requests:
    """Reads a call's requests off its records.

    A ring in vain is recorded before the stay in the queue that it came from, for the call waits
    on; an answered one after it, when the conversation is over.
    """

    def __init__(self, records: Sequence[CallRecord]) -> None:
        self.found: list[Request] = []
        self._open: Request | None = None
        self._last_queue = 0
        self._answers = {
            (it.current_skill_id, it.ack_end): it
            for it in records
            if it.device_type == AGENT and talked(it) and it.current_skill_id
        }
        for place, record in enumerate(records):
            if record.device_type == QUEUE:
                self._in_queue(record, records[place + 1 :])
            elif record.device_type == AGENT:
                self._at_agent(record)
        self._close()

    def _in_queue(self, record: CallRecord, rest: Sequence[CallRecord]) -> None:
        request = self._request(record.device_no)
        request.waits.append(record)
        answer = self._answers.pop((str(record.device_no), ended(record)), None)
        if answer is not None:
            request.answered = answer
        elif record.leave_reason in (TIMED_OUT, *OVERFLOWED) and rest:
            if rest[0].device_type == QUEUE or _rings(rest[0]):
                return  # it waits on in another queue
        elif any(_rang_until(it, record) for it in rest):
            request.rang_to_the_end = True
            return  # the ring is still to come
        elif request.refused and ended(request.refused[-1]) == ended(record):
            request.rang_to_the_end = True
        self._close()

    def _at_agent(self, record: CallRecord) -> None:
        if not talked(record):
            queue = int(record.current_skill_id or 0)
            request = self._request(queue) if queue or self._open else Request(self._last_queue)
            request.refused.append(record)
            if request is not self._open:
                self.found.append(request)
            elif request.rang_to_the_end:
                self._close()
        elif not record.current_skill_id:
            self.found.append(Request(self._last_queue, answered=record))

    def _request(self, queue: int) -> Request:
        if self._open is None:
            self._open = Request(queue)
        return self._open

    def _close(self) -> None:
        if self._open is not None:
            self.found.append(self._open)
            self._last_queue = self._open.queue
            self._open = None


def _rings(record: CallRecord) -> bool:
    """Whether it rang in vain at an agent, from a queue that the call was still in."""
    return record.device_type == AGENT and bool(record.current_skill_id) and not talked(record)


def _rang_until(ring: CallRecord, wait: CallRecord) -> bool:
    """Whether an agent's phone rang for a call until it left the queue."""
    return (
        _rings(ring) and ring.current_skill_id == str(wait.device_no) and ended(ring) == ended(wait)
    )
