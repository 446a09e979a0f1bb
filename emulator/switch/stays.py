"""Stays of a call in a queue, at an agent or in a flow, and the record of each."""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from emulator.switch.events import QueueLeft, StayEnded
from emulator.switch.model import Call, Connection, QueueEntry
from emulator.switch.terms import QUEUE_DEVICE, LeaveReason, QueueOutcome

if TYPE_CHECKING:
    from emulator.switch.core import Core


def forget(entry: QueueEntry) -> None:
    """Take an entry out of the waiting line, if it is there."""
    waiting = entry.queue.waiting
    index = bisect_left(waiting, entry.key)
    if index < len(waiting) and waiting[index] == entry.key:
        del waiting[index]


def leave_queue(sw: Core, call: Call, outcome: QueueOutcome, reason: LeaveReason) -> None:
    """End the call's stay in its queue."""
    entry = call.entry
    if entry is None:
        return
    call.entry = None
    queue = entry.queue
    if entry.ringing is None:
        forget(entry)
    if entry.timer:
        sw.timers.cancel(entry.timer)
    queue.outcomes[outcome] += 1
    waited = (entry.assigned or sw.now) - entry.begun
    sw.report(QueueLeft(sw.now, call.tenant.id, call.id, queue.device, queue.id, outcome, waited))
    _end_queue_stay(sw, call, entry, reason)


def _end_queue_stay(sw: Core, call: Call, entry: QueueEntry, reason: LeaveReason) -> None:
    queue = entry.queue
    call.stays = serial = call.stays + 1
    if call.last_stay is not None:
        sw.report(call.last_stay)
    call.last_stay = StayEnded(
        sw.now,
        call.tenant.id,
        call.id,
        call.linkage,
        serial,
        QUEUE_DEVICE,
        str(queue.id),
        entry.previous_type,
        entry.previous_no,
        call.caller,
        call.called,
        call.type,
        call.media,
        call.wanted_queue,
        queue.id,
        entry.begun,
        entry.assigned or sw.now,
        0,
        0,
        0,
        0,
        reason,
        False,
        0,
    )
    call.previous_type, call.previous_no = QUEUE_DEVICE, str(queue.id)


def end_stay(sw: Core, connection: Connection, reason: LeaveReason) -> None:
    """Note the row of the call record for an agent's or an IVR port's stay."""
    call = connection.call
    now = sw.now
    if not connection.talk_begin and not connection.ack_begin:
        return  # an inspector's own line: nobody was served on it
    call.stays = serial = call.stays + 1
    if call.last_stay is not None:
        sw.report(call.last_stay)
    talk_begin = connection.talk_begin
    queue_id = connection.queue.id if connection.queue is not None else 0
    if talk_begin and connection.queue is not None:
        connection.queue.talked += now - talk_begin
        connection.queue.finished += 1
    call.last_stay = StayEnded(
        now,
        call.tenant.id,
        call.id,
        call.linkage,
        serial,
        connection.kind,
        connection.device_no,
        connection.previous_type,
        connection.previous_no,
        call.caller,
        call.called,
        call.type,
        call.media,
        call.wanted_queue,
        queue_id,
        0,
        0,
        connection.ack_begin,
        connection.ack_end or (now if connection.ack_begin else 0),
        talk_begin,
        now if talk_begin else 0,
        reason,
        False,
        0,
    )
    call.previous_type, call.previous_no = connection.kind, connection.device_no


def report_last_stay(sw: Core, call: Call, cause: int) -> None:
    """Report the stay that ended last, which is known to be the last only as the call ends."""
    stay = call.last_stay
    if stay is not None:
        call.last_stay = None
        sw.report(StayEnded._make((*stay[:-2], True, cause)))
