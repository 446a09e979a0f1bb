"""Event reports of the switch, under their CSTA names (ECMA-269, clauses 15 to 22).

Every report begins with `at` (µs since the epoch) and `tenant` (0 for the world). Call events
are reports to a monitor: `agent` is the work number of the agent who hears the report, 0 when no
agent is concerned; `device` is the subject, written `agent:101`, `trunk:13900000000`, `queue:1`
or `ivr:1`. An event that several agents hear is reported once to each.

They are tuples because they are many: small, immutable, comparable, cheap to make.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from emulator.switch.terms import (
    AgentState,
    CallType,
    DeviceType,
    LeaveReason,
    MediaType,
    QueueOutcome,
    SupervisionMode,
)

# Agents


class AgentLoggedOn(NamedTuple):
    at: int
    tenant: int
    agent: int
    phone: str


class AgentLoggedOff(NamedTuple):
    """`reason` 0: the agent's wish; 1–255: given by the client; others as CEC 12.3.8.12, row 0."""

    at: int
    tenant: int
    agent: int
    reason: int
    logged_on_at: int
    by: int


class AgentReady(NamedTuple):
    """The agent is idle; `requested` tells a command (its own or an inspector's) from a timer."""

    at: int
    tenant: int
    agent: int
    previous: AgentState
    requested: bool


class AgentNotReady(NamedTuple):
    """The agent is busy in the reference's sense: it takes no calls. `reason` 0 or 200–250."""

    at: int
    tenant: int
    agent: int
    previous: AgentState
    reason: int


class AgentResting(NamedTuple):
    """`duration` in seconds."""

    at: int
    tenant: int
    agent: int
    previous: AgentState
    reason: int
    duration: int


class AgentRestTimedOut(NamedTuple):
    at: int
    tenant: int
    agent: int


class RestRequested(NamedTuple):
    """A rest waits for an inspector's approval."""

    at: int
    tenant: int
    agent: int
    reason: int
    duration: int


class RestRefused(NamedTuple):
    at: int
    tenant: int
    agent: int
    by: int


class AgentWorkingAfterCall(NamedTuple):
    """Wrap-up, by command (`requested`) or after a call."""

    at: int
    tenant: int
    agent: int
    previous: AgentState
    requested: bool


class AgentBusy(NamedTuple):
    """The agent is occupied by a call (CSTA Agent Busy)."""

    at: int
    tenant: int
    agent: int


class AgentStateChanged(NamedTuple):
    """A move between states of a call, or into study, that CSTA has no report for."""

    at: int
    tenant: int
    agent: int
    previous: AgentState
    state: AgentState


class AgentPendingState(NamedTuple):
    """A state asked for during a call that takes effect after it; IDLE: the wish is withdrawn."""

    at: int
    tenant: int
    agent: int
    state: AgentState
    reason: int


class AgentCustomState(NamedTuple):
    """`state` 0–65534; 65535: none."""

    at: int
    tenant: int
    agent: int
    state: int


class AgentSkillsChanged(NamedTuple):
    at: int
    tenant: int
    agent: int
    queues: tuple[int, ...]


class AllAgentsBusy(NamedTuple):
    """The last idle agent of the tenant became occupied."""

    at: int
    tenant: int


class NoteReceived(NamedTuple):
    at: int
    tenant: int
    agent: int
    sender: int
    text: str


# Phones


class PhoneAlerting(NamedTuple):
    at: int
    tenant: int
    agent: int
    phone: str


class PhoneOffHook(NamedTuple):
    at: int
    tenant: int
    agent: int
    phone: str
    main: bool


class PhoneOnHook(NamedTuple):
    """`by_agent`: the agent's side hung up, otherwise the platform did."""

    at: int
    tenant: int
    agent: int
    phone: str
    by_agent: bool


class EndpointRequested(NamedTuple):
    """An external phone is asked to `ring`, `answer` or `release`.

    The connection changes when `endpoint_confirmed(request)` comes back (not for `release`).
    """

    at: int
    tenant: int
    request: int
    phone: str
    action: str
    call: str


# Calls


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
    """A device's connection now belongs to another call, which survives (transfer, conference)."""

    at: int
    tenant: int
    call: str
    device: str
    from_call: str


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
    """A called device was not reached; `cause` of CEC Table 6-451. `agent` made the call."""

    at: int
    tenant: int
    call: str
    device: str
    agent: int
    number: str
    cause: int
    call_type: CallType


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


class VideoModeChanged(NamedTuple):
    at: int
    tenant: int
    call: str
    agent: int
    mode: int


class RecordingStarted(NamedTuple):
    at: int
    tenant: int
    call: str
    agent: int
    recording: int
    caller: str
    called: str
    video: bool


class RecordingStopped(NamedTuple):
    at: int
    tenant: int
    call: str
    agent: int
    recording: int
    begun: int
    video: bool


# Previewed outbound calls


class PreviewOffered(NamedTuple):
    at: int
    tenant: int
    agent: int
    control: int
    numbers: tuple[str, ...]
    data: str


class PreviewReleased(NamedTuple):
    at: int
    tenant: int
    agent: int
    control: int


# Supervision


class SupervisionStarted(NamedTuple):
    at: int
    tenant: int
    agent: int
    target: int
    mode: SupervisionMode


class SupervisionChanged(NamedTuple):
    at: int
    tenant: int
    agent: int
    target: int
    mode: SupervisionMode


class SupervisionStopped(NamedTuple):
    at: int
    tenant: int
    agent: int
    target: int


class CallIntercepted(NamedTuple):
    at: int
    tenant: int
    call: str
    agent: int
    target: int


class AgentMonitored(NamedTuple):
    """To an inspector who asked for it at sign-in: an agent signed in or out."""

    at: int
    tenant: int
    agent: int
    target: int
    name: str
    signed_in: bool


# IVR and effects that others perform


class IvrNodeEntered(NamedTuple):
    at: int
    tenant: int
    call: str
    flow: int
    node: str


class AnnouncementRequested(NamedTuple):
    at: int
    tenant: int
    call: str
    prompt: str


class LookupRequested(NamedTuple):
    at: int
    tenant: int
    request: int
    call: str
    method: str
    url: str
    body: str


class MessageRecorded(NamedTuple):
    """A customer left a voice message; `seconds` long."""

    at: int
    tenant: int
    call: str
    caller: str
    called: str
    seconds: int


class SurveyAnswered(NamedTuple):
    """`answer` is the digit pressed; empty: none in time. `rated`: the agent last talked to."""

    at: int
    tenant: int
    call: str
    rated: int
    question: str
    answer: str


Event = Any
"""Any of the tuples above."""
