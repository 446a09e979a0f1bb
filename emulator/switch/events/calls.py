"""Reports of calls and their connections, of stays and recordings."""

from __future__ import annotations

from typing import NamedTuple

from emulator.switch.terms import CallType, DeviceType, LeaveReason, MediaType, QueueOutcome


class Offered(NamedTuple):
    """A customer's call has entered the tenant."""

    at: int
    tenant: int
    call: str
    device: str
    caller: str
    called: str
    media: MediaType
    call_type: CallType


class Queued(NamedTuple):
    """`position` from 1; `priority` 0 for an ordinary customer."""

    at: int
    tenant: int
    call: str
    device: str
    queue: int
    position: int
    priority: int


class QueueLeft(NamedTuple):
    """A stay in a queue has ended; `waited` in µs."""

    at: int
    tenant: int
    call: str
    device: str
    queue: int
    outcome: QueueOutcome
    waited: int


class QueuedCallTaken(NamedTuple):
    """The agent takes a call that waits in the queue, whoever else is idle for it."""

    at: int
    tenant: int
    call: str
    agent: int
    queue: int


class ServiceInitiated(NamedTuple):
    """An agent begins a call."""

    at: int
    tenant: int
    call: str
    device: str
    agent: int
    caller: str
    called: str
    media: MediaType
    call_type: CallType


class Delivered(NamedTuple):
    """The phone of `device` rings.

    `number` and `work_no` say who rings. `transfer_from`: the agent who transferred the call, 0
    if none. `auto`: the phone answers by itself. `queue` 0: it did not come from a queue.
    """

    at: int
    tenant: int
    call: str
    device: str
    agent: int
    number: str
    work_no: int
    caller: str
    called: str
    call_type: CallType
    main: bool
    ability: int
    auto: bool
    queue: int
    transfer_from: int


class Established(NamedTuple):
    """`device` is connected to the call."""

    at: int
    tenant: int
    call: str
    device: str
    agent: int
    caller: str
    called: str
    call_type: CallType
    main: bool
    ability: int


class IncomingCallInfo(NamedTuple):
    """What the queue knows of a call that its agent has just answered (CEC 6.5.1.2.19)."""

    at: int
    tenant: int
    call: str
    agent: int
    queue: int
    queue_name: str
    caller: str
    called: str
    media: MediaType
    last_agent: int
    requeued: int


class NotAnswered(NamedTuple):
    """The agent did not answer in time, or refused; `rejected` tells which."""

    at: int
    tenant: int
    call: str
    device: str
    agent: int
    rejected: bool


class Diverted(NamedTuple):
    """A ringing connection moved away: picked up by `by`, or taken back."""

    at: int
    tenant: int
    call: str
    device: str
    agent: int
    by: int


class Held(NamedTuple):
    at: int
    tenant: int
    call: str
    device: str
    agent: int


class Retrieved(NamedTuple):
    at: int
    tenant: int
    call: str
    device: str
    agent: int
    caller: str
    called: str
    call_type: CallType
    main: bool
    ability: int


class Muted(NamedTuple):
    at: int
    tenant: int
    call: str
    device: str
    agent: int
    muted: bool


class Conferenced(NamedTuple):
    """`parties`: numbers of the other parties as this agent sees them.

    `merged`: the call that went up in this one.
    """

    at: int
    tenant: int
    call: str
    agent: int
    parties: tuple[str, ...]
    merged: str


class ConnectionMoved(NamedTuple):
    """A device's connection now belongs to another call, which survives (transfer, conference).

    `agent`: who is at the device, 0 outside. For it the call `from_call` is over.
    """

    at: int
    tenant: int
    call: str
    device: str
    from_call: str
    agent: int


class Transferred(NamedTuple):
    """`agent` has handed the call on to `device`."""

    at: int
    tenant: int
    call: str
    device: str
    agent: int


class TransferResult(NamedTuple):
    """To the transferring agent. `result` 0: done; else a cause code of CEC Table 6-451."""

    at: int
    tenant: int
    call: str
    agent: int
    result: int


class ReturnedFromIvr(NamedTuple):
    at: int
    tenant: int
    call: str
    device: str
    agent: int


class Failed(NamedTuple):
    """A called device was not reached; `cause` of CEC Table 6-451. `agent` made the call.

    `transfer`: it was to take over the agent's customer.
    """

    at: int
    tenant: int
    call: str
    device: str
    agent: int
    number: str
    cause: int
    call_type: CallType
    transfer: bool


class ConnectionCleared(NamedTuple):
    """`device` has left the call; `number` as others see it."""

    at: int
    tenant: int
    call: str
    device: str
    agent: int
    number: str
    cause: int


class CallCleared(NamedTuple):
    """`cause` of CEC 12.3.8.10."""

    at: int
    tenant: int
    call: str
    cause: int


class StayEnded(NamedTuple):
    """A call has left a device: the row of the call record (CEC 13.2.2.1).

    Times in µs, 0 where the phase did not happen: waiting (in a queue), acknowledgement
    (ringing), talking. `serial` counts the stays of the call from 1; `cause` is the release cause
    if this is the call's last stay, else 0.
    """

    at: int
    tenant: int
    call: str
    linkage: str
    serial: int
    device_type: DeviceType
    device_no: str
    previous_type: int
    previous_no: str
    caller: str
    called: str
    call_type: CallType
    media: MediaType
    wanted_queue: int
    queue: int
    wait_begin: int
    wait_end: int
    ack_begin: int
    ack_end: int
    talk_begin: int
    talk_end: int
    leave_reason: LeaveReason
    last: bool
    cause: int


class DigitsGenerated(NamedTuple):
    at: int
    tenant: int
    call: str
    device: str
    digits: str


class CallDataChanged(NamedTuple):
    at: int
    tenant: int
    call: str
    data: str


class MediaSwitched(NamedTuple):
    """The call is now voice (1) or voice and video (3); `result` 0: done."""

    at: int
    tenant: int
    call: str
    agent: int
    caller: str
    called: str
    ability: int
    result: int


class UserMediaDetected(NamedTuple):
    """What the number that the agent calls can do: voice (1), or voice and video (3)."""

    at: int
    tenant: int
    call: str
    agent: int
    number: str
    ability: int


class MessageSent(NamedTuple):
    """A party of a chat has written; `agent` reads it, `device` wrote it. 0: the customer reads."""

    at: int
    tenant: int
    call: str
    device: str
    agent: int
    caller: str
    called: str
    call_type: CallType
    main: bool
    ability: int
    text: str


class Spoken(NamedTuple):
    """Somebody on the call has said something; see `emulator.switch.speech.Utterance`.

    `device` is who spoke, `number` as the others see it.
    """

    at: int
    tenant: int
    call: str
    device: str
    number: str
    text: str
    confidence: int
    final: bool
    error: int
    analysis: str


class VideoRoomEntered(NamedTuple):
    """The agent is to see its customer in the room `room` of the tenant's media server."""

    at: int
    tenant: int
    call: str
    agent: int
    room: str


class ImageCaptured(NamedTuple):
    """The agent has taken a picture of the customer `number`; `serial` tells pictures apart."""

    at: int
    tenant: int
    call: str
    agent: int
    number: str
    serial: int


class VideoModeChanged(NamedTuple):
    at: int
    tenant: int
    call: str
    agent: int
    mode: int


class OutsideRequested(NamedTuple):
    """The gateways of a trunk group are asked to call `number`; `caller` is shown there.

    What becomes of it comes back by `outside_rings`, `outside_answered` and `outside_failed`.
    """

    at: int
    tenant: int
    request: int
    call: str
    device: str
    number: str
    trunk: str
    caller: str


class OutsideReleased(NamedTuple):
    """Who was called by a gateway, or is being called, has left the call."""

    at: int
    tenant: int
    request: int
    call: str
    device: str


class RecordingStarted(NamedTuple):
    """`file` is the name that the agent gave; empty: named by the platform."""

    at: int
    tenant: int
    call: str
    agent: int
    recording: int
    caller: str
    called: str
    video: bool
    file: str = ""


class RecordingStopped(NamedTuple):
    at: int
    tenant: int
    call: str
    agent: int
    recording: int
    begun: int
    video: bool
    file: str = ""
    appends: bool = False


class RecordingFailed(NamedTuple):
    """A recording that an agent asked for could not begin; `call` empty: the agent had none."""

    at: int
    tenant: int
    call: str
    agent: int
    recording: int
    caller: str
    called: str
    file: str
