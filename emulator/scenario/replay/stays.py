"""The stays that a call's records tell of, and which ring belongs to which queue."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from emulator.domain.indicators.calls import AGENT, IVR, QUEUE, begun, ended
from emulator.scenario.replay.plan import NotRebuilt
from emulator.store.rows import CallRecord
from emulator.switch.directing import Target
from emulator.switch.terms import LeaveReason, TargetType

R = LeaveReason
ANSWERED = frozenset({R.NORMAL, R.TRANSFERRED_TO_QUEUE, R.THREE_PARTY_IN_QUEUE})
"""Why a call leaves a queue when an agent has answered."""
REFUSED = frozenset({R.NO_ANSWER, R.REJECTED})
UNANSWERED = frozenset(
    {
        *(R.NO_ANSWER, R.REJECTED, R.QUEUE_CANCELLED, R.CALLED_BUSY, R.POWERED_OFF),
        *(R.OUT_OF_SERVICE, R.NO_SUCH_NUMBER, R.NO_RESOURCE, R.USER_NO_ANSWER),
        *(R.CALLED_REJECTED, R.HELP_RELEASED),
    }
)
"""Why a phone that rings stops to ring."""
NORMAL_CLEARING = 531

_TARGETS = {QUEUE: TargetType.QUEUE, AGENT: TargetType.AGENT, IVR: TargetType.IVR}


@dataclass(slots=True, eq=False)
class Stay:
    """A stay. `number` orders those of a call by their ends. `rings` are those of a queue."""

    record: CallRecord
    number: int
    begin: int
    end: int
    reason: int
    talked: bool = False
    rings: list[Stay] = field(default_factory=list)

    @property
    def kind(self) -> int:
        """Which sort of device."""
        return self.record.device_type

    @property
    def device(self) -> Target:
        """Where."""
        return _TARGETS[self.kind], str(self.record.device_no)

    @property
    def agent(self) -> int:
        """Who."""
        return self.record.device_no

    @property
    def answered_at(self) -> int:
        """When the agent, or whom it had called, answered."""
        return self.record.call_begin or 0

    @property
    def answer(self) -> Stay | None:
        """The stay at the agent who answered a call of the queue."""
        return next((it for it in self.rings if it.talked), None)

    @property
    def answered_at_once(self) -> bool:
        """Whether no time passed until somebody, or a flow, answered."""
        if self.kind == QUEUE:
            return self.answer is not None and self.end == self.begin
        return self.kind == IVR or (self.talked and self.answered_at == self.begin)

    def came_from(self, other: Stay) -> bool:
        """Whether the record names the other's device as the one before."""
        record = self.record
        before = (record.pre_device_type, record.pre_device_no)
        return before == (str(other.kind), str(other.record.device_no))


def stays_of(records: Sequence[CallRecord]) -> list[Stay]:
    """The stays of a call, by their ends; the rings of queues are with their queues only."""
    stays = [
        Stay(it, number, begun(it), ended(it), int(it.leave_reason or 0))
        for number, it in enumerate(records)
    ]
    queues = [it for it in stays if it.kind == QUEUE]
    own: list[Stay] = []
    for stay in stays:
        skill = stay.record.current_skill_id
        if stay.kind == QUEUE:
            if stay.record.wait_begin is None:
                raise NotRebuilt("a wait of which it is not said when it began")
            own.append(stay)
        elif stay.kind == IVR:
            own.append(stay)
        elif stay.record.ack_begin is None:
            raise NotRebuilt("an agent who talked without having been called", f"{stay.agent}")
        elif skill in ("", "0"):
            stay.talked = _talked_unqueued(stay, records[-1])
            own.append(stay)
        else:
            _ring(stay, [it for it in queues if str(it.record.device_no) == skill])
    for queue in queues:
        queue.rings.sort(key=lambda it: (it.begin, it.number))
    return own


def _ring(stay: Stay, queues: list[Stay]) -> None:
    record = stay.record
    long = (record.call_begin or 0) < (record.call_end or 0)
    answered = [
        it
        for it in queues
        if it.end == stay.answered_at and it.reason in ANSWERED and it.number < stay.number
        if it.begin <= stay.begin and it.answer is None
    ]
    if answered and (long or stay.reason not in UNANSWERED):
        stay.talked = True
        answered[-1].rings.append(stay)
        return
    ringing = [it for it in queues if it.begin <= stay.begin and stay.end <= it.end]
    if long or not ringing:
        raise NotRebuilt(
            "an agent who came to the call by a way that the file does not tell",
            f"agent {stay.agent}, queue {record.current_skill_id}",
        )
    ringing[-1].rings.append(stay)


def _talked_unqueued(stay: Stay, last: CallRecord) -> bool:
    record = stay.record
    if (record.call_begin or 0) < (record.call_end or 0):
        return True
    if stay.reason == R.USER_RELEASED:
        return last.release_cause == NORMAL_CLEARING
    return stay.reason not in UNANSWERED
