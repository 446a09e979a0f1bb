"""What the records of a call say about how it was served (CEC 13.2.2.1, 12.3.8.1).

A call's records are its stays on devices, in the order in which they ended. A customer's way
through queues to an agent is a *request*; it belongs to the queue that it entered first, also when
it is answered from another one.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

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
TIMED_OUT = frozenset(
    str(int(it))
    for it in (
        LeaveReason.TIMEOUT,
        LeaveReason.TRANSFER_TIMED_OUT,
        LeaveReason.THREE_PARTY_TIMED_OUT,
    )
)
OVERFLOWED = frozenset(str(int(it)) for it in (LeaveReason.OVERFLOW, LeaveReason.NO_AGENT))
MOVED = TIMED_OUT | OVERFLOWED
WENT_ON = frozenset(str(int(it)) for it in (LeaveReason.NORMAL, LeaveReason.RESUMED))
"""Why a call leaves a flow, unless it is over."""
ENDED_BY_FLOW = (256, 360)
"""The release causes of a call that a flow ended (13.2.3.3)."""
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


def began_to_talk(record: CallRecord) -> int:
    """When an agent began to talk; who takes a call over has not heard it ring."""
    return record.ack_end or record.call_begin or 0


def _moves(records: Sequence[CallRecord]) -> Iterator[tuple[CallRecord, CallRecord]]:
    for place, wait in enumerate(records):
        if wait.device_type == QUEUE and wait.leave_reason in MOVED:
            after = _led_to(records, place)
            if after is not None:
                yield wait, after


def _led_to(records: Sequence[CallRecord], place: int) -> CallRecord | None:
    """The queue or flow that a queue sent a call to; other stays may have ended meanwhile."""
    wait = records[place]
    if wait.leave_reason not in MOVED:
        return None
    came_from = (str(QUEUE), str(wait.device_no), ended(wait))
    for it in records[place + 1 :]:
        if it.device_type == AGENT:
            continue
        if (it.pre_device_type, it.pre_device_no, begun(it)) == came_from:
            return it
    return None


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
    released: bool = False
    """Whether the call ended in a queue without the customer's doing."""

    @property
    def queued(self) -> int:
        """µs in queues."""
        return sum([waited(it) for it in self.waits])

    @property
    def until_answered(self) -> int:
        """µs from the first queue, or the first ring, to the answer."""
        assert self.answered is not None
        return began_to_talk(self.answered) - self.begun

    @property
    def begun(self) -> int:
        """When the first queue, or the first ring, began."""
        first = (self.waits or self.refused)[0] if self.waits or self.refused else self.answered
        assert first is not None
        return begun(first)

    @property
    def in_vain(self) -> int:
        """µs from the first queue, or the ring, to the end of a request that was not answered."""
        return ended(self._last) - self.begun

    @property
    def ended_ringing(self) -> bool:
        """Whether a phone rang for it when it came to nothing."""
        return self.rang_to_the_end or not self.waits

    @property
    def gave_up(self) -> bool:
        """Whether the customer hung up before anybody answered."""
        return self._last.leave_reason == USER_RELEASED

    @property
    def _last(self) -> CallRecord:
        return (self.waits or self.refused)[-1]


class CallStory:
    """A call that is over: its records, and the requests they amount to."""

    __slots__ = (
        "agents",
        "ended",
        "flows",
        "heard_flows",
        "last",
        "moves",
        "occupied",
        "queues",
        "records",
        "requests",
        "talked_to_agents",
    )

    def __init__(self, records: Sequence[CallRecord]) -> None:
        """`records` of one call, none missing, the last one last."""
        self.records = records
        self.last = records[-1]
        self.agents: list[CallRecord] = []
        self.queues: list[CallRecord] = []
        self.flows: list[CallRecord] = []
        self.ended = ended(records[0])
        """When the call ended (µs)."""
        self.talked_to_agents = self.heard_flows = 0
        """µs of conversations with agents, and in IVR flows."""
        first = begun(records[0])
        for record in records:
            self._sort(record)
            self.ended = max(self.ended, ended(record))
            first = min(first, begun(record))
        self.occupied = self.ended - first
        """µs for which the call occupied its VDN."""
        self.moves = list(_moves(records)) if self.queues else []
        """Stays in queues that were too long or could not begin, each with where it led."""
        self.requests = _Requests(records).found

    def _sort(self, record: CallRecord) -> None:
        kind = record.device_type
        if kind == QUEUE:
            self.queues.append(record)
        elif kind == AGENT:
            self.agents.append(record)
            self.talked_to_agents += talked(record)
        elif kind == IVR:
            self.flows.append(record)
            self.heard_flows += talked(record)

    @property
    def is_inbound(self) -> bool:
        return self.last.call_type in INBOUND

    @property
    def is_outbound(self) -> bool:
        return self.last.call_type in OUTBOUND

    def goes_on_from(self, flow: CallRecord) -> bool:
        """Whether the call left the flow for something else: it was not the end of both."""
        over = ended(flow) == self.ended and self.last.release_cause in ENDED_BY_FLOW
        return flow.leave_reason in WENT_ON and not over

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
        self._answers = {
            (it.current_skill_id, began_to_talk(it)): it
            for it in records
            if it.device_type == AGENT and talked(it) and it.current_skill_id
        }
        for place, record in enumerate(records):
            if record.device_type == QUEUE:
                self._in_queue(records, place)
            elif record.device_type == AGENT:
                self._at_agent(record)
        self._close()
        self._name_queues()

    def _name_queues(self) -> None:
        """Agents that were asked by name belong to the queue that the call asked before."""
        for request in self.found:
            if not request.queue:
                asked = [it for it in self.found if it.waits]
                before = [it for it in asked if it.begun <= request.begun]
                request.queue = max(before, key=_begun).queue if before else 0

    def _in_queue(self, records: Sequence[CallRecord], place: int) -> None:
        record = records[place]
        request = self._request(record.device_no)
        request.waits.append(record)
        answer = self._answers.pop((str(record.device_no), ended(record)), None)
        if answer is not None:
            request.answered = answer
        elif self._goes_on(request, records, place):
            return
        self._close()

    def _goes_on(self, request: Request, records: Sequence[CallRecord], place: int) -> bool:
        """Whether a request goes on that this stay in a queue has not led to an agent."""
        record, rest, after = records[place], records[place + 1 :], _led_to(records, place)
        if after is not None and after.device_type == QUEUE:
            return True  # it waits on there
        if any(_rang_until(it, record) for it in rest):
            request.rang_to_the_end = True
            return True  # the ring is still to come
        if request.refused and _ended_together(request.refused[-1], record):
            request.rang_to_the_end = True
        elif after is None and record.leave_reason != USER_RELEASED:
            request.released = all(ended(it) == ended(record) for it in rest)
        return False

    def _at_agent(self, record: CallRecord) -> None:
        if talked(record):
            known = (record.current_skill_id, began_to_talk(record))
            if not record.current_skill_id or known in self._answers:
                self.found.append(Request(0, answered=record))  # asked by name, or for help
        elif record.current_skill_id:
            request = self._request(int(record.current_skill_id))
            request.refused.append(record)
            if request.rang_to_the_end:
                self._close()
        else:
            self.found.append(Request(0, refused=[record]))

    def _request(self, queue: int) -> Request:
        if self._open is None:
            self._open = Request(queue)
        return self._open

    def _close(self) -> None:
        if self._open is not None:
            self.found.append(self._open)
            self._open = None


def _begun(request: Request) -> int:
    return request.begun


def _rings(record: CallRecord) -> bool:
    """Whether it rang in vain at an agent, from a queue that the call was still in."""
    return record.device_type == AGENT and bool(record.current_skill_id) and not talked(record)


def _rang_until(ring: CallRecord, wait: CallRecord) -> bool:
    """Whether an agent's phone rang for a call until it left the queue."""
    return (
        _rings(ring) and ring.current_skill_id == str(wait.device_no) and ended(ring) == ended(wait)
    )


def _ended_together(ring: CallRecord, wait: CallRecord) -> bool:
    """Whether the end of a ring was that of the wait: else the call was back in the queue."""
    return ended(ring) == ended(wait) and ring.leave_reason == wait.leave_reason
