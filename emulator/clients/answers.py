"""What the control plane answers, as types: plain dictionaries at run time.

Instants are microseconds since the epoch, durations seconds; enumerations appear by name.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired, TypedDict


class Health(TypedDict):
    """The emulator answers."""

    status: Literal["ready"]
    version: str


class TenantSummary(TypedDict):
    """How large a tenant is."""

    id: int
    name: str
    agents: int
    queues: int


class Begun(TypedDict):
    """What the world consists of after a reset or a seed."""

    tenants: list[TenantSummary]


class Done(TypedDict):
    """It is done."""


class World(TypedDict):
    """Where a world is: what its clients put before a path, or as host, or as port."""

    name: str
    path: str
    host: str
    port: int | None


class Clock(TypedDict):
    """Domain time; `scale` is 0 while it stands still."""

    now: int
    mode: str
    scale: float
    started_at: int
    next_timer: int | None


# The state


class Phone(TypedDict):
    """The phone of an agent; `leg` is down, ringing or up."""

    number: str
    leg: str
    external: bool
    condition: str


class Registration(TypedDict):
    """A contact of a phone: `source` is where it registered from, `expires_in` in seconds."""

    contact: str
    transport: str
    source: str
    expires_in: int
    user_agent: str


class PhoneDetails(Phone):
    """A phone, who is signed in at it, and what is registered for it."""

    tenant: int
    agent: int | None
    registrations: list[Registration]


class PendingState(TypedDict):
    """What an agent becomes after its call."""

    state: str
    reason: int
    duration: int


class AgentPart(TypedDict):
    """An agent's part in a call."""

    call: str
    state: str
    muted: bool
    main: bool


class LongOperation(TypedDict):
    """A consultation or transfer that is under way."""

    kind: str
    call: str
    second: str | None


class Supervision(TypedDict):
    """Whom an inspector attends to, how, and the call that it hears."""

    target: int
    mode: str
    hears: str | None


class Preview(TypedDict):
    """Numbers that an agent may call."""

    control: int
    numbers: list[str]
    data: str


class Playback(TypedDict):
    """A recording that an agent hears: its length and where it stands, in seconds."""

    file: str
    length: float
    position: float
    volume: int
    speed: int
    times: int
    paused: bool


class Agent(TypedDict):
    """An agent: its state, its phone, what it is doing."""

    work_no: int
    name: str
    role: str
    state: str
    state_since: int | None
    reason: int
    signed_in_at: int | None
    phone: Phone | None
    auto_answer: bool
    auto_idle: bool
    takes_calls: bool
    custom_state: int | None
    pending: PendingState | None
    queues: list[int]
    calls: list[AgentPart]
    operation: LongOperation | None
    supervision: Supervision | None
    supervised_by: list[int]
    preview: Preview | None
    playback: Playback | None
    screen_recording: int | None


class WaitingCall(TypedDict):
    """A call in a queue; the first has position 1."""

    call: str
    caller: str
    position: int
    priority: int
    since: int | None
    expected_wait: int


class Queue(TypedDict):
    """A queue: who works for it, who waits, and its counts since the world began."""

    id: int
    name: str
    media_type: str
    agents: list[int]
    idle_agents: list[int]
    waiting: list[WaitingCall]
    ringing: int
    expected_wait: int
    entered: int
    outcomes: dict[str, int]


class Connection(TypedDict):
    """A device's part in a call; `recording` is the number of the one that is made."""

    device: str
    number: str
    state: str
    main: bool
    muted: bool
    ringing_since: int | None
    talking_since: int | None
    held_since: int | None
    recording: int | None


class QueueEntry(TypedDict):
    """Where a call waits; `ringing` is the agent at whom it rings."""

    queue: int
    position: int
    since: int
    expected_wait: int
    ringing: int | None


class FlowRun(TypedDict):
    """Where a call is in an IVR flow."""

    flow: int
    node: str
    variables: dict[str, str]
    collected: str
    tries: int


class ChatMessage(TypedDict):
    """A message of a chat, `at` µs; `agent` wrote it, 0: the customer."""

    at: int
    agent: int
    text: str


class Call(TypedDict):
    """A call that is not over."""

    id: str
    linkage: str
    tenant: int
    caller: str
    called: str
    type: str
    media: str
    created: int
    priority: int
    data: str
    conference: bool
    messages: list[ChatMessage]
    video_room: str | None
    script: int
    connections: list[Connection]
    queue: QueueEntry | None
    ivr: FlowRun | None


class Trunk(TypedDict):
    """A group of channels to the world outside."""

    name: str
    channels: int
    in_use: int
    external: bool
    """What is behind it is real."""
    attached: bool
    """A gateway is there."""


class Gateway(TypedDict):
    """A real gateway to the world outside; `limit` 0: it may have any number of calls."""

    name: str
    tenant: int
    trunk: str
    address: str
    transport: str
    weight: int
    limit: int
    calls: int
    available: bool
    misses: int
    registration: str


class RestRequest(TypedDict):
    """A rest that an agent asked for."""

    agent: int
    duration: int
    reason: int


class Tenant(TypedDict):
    """Everything that lives in a tenant."""

    id: int
    name: str
    timezone: str
    agents: list[Agent]
    queues: list[Queue]
    calls: list[Call]
    trunks: list[Trunk]
    rest_requests: list[RestRequest]


class State(TypedDict):
    """Everything that lives."""

    clock: Clock
    tenants: list[Tenant]


class SwitchEvent(TypedDict):
    """An event of the switch: its fields stand beside number, name and these."""

    number: int
    event: str


# Records


class CallRecord(TypedDict):
    """A stay of a call on a device: the columns of CEC 13.2.2.1."""

    id: int
    tenant_id: int
    developer: str
    account_id: str
    cc_id: str
    agent_id: str
    call_id: str
    caller_no: str
    callee_no: str
    wait_begin: int | None
    wait_end: int | None
    ack_begin: int | None
    ack_end: int | None
    call_begin: int | None
    call_end: int | None
    device_type: int
    device_no: int
    call_type: int
    release_cause: int
    call_id_num: int
    vdn_id: str
    pre_device_type: str
    pre_device_no: str
    skill_id: str
    current_skill_id: str
    device_in: str
    pre_device_in: str
    service_no: str
    leave_reason: str
    media_type: str
    sub_media_type: str


class OperationRecord(TypedDict):
    """An operation of an agent: the columns of CEC 13.2.2.2."""

    tenant_id: int
    id: str
    begin_time: int
    developer_id: str
    account_id: str
    agent_id: str
    service_no: str
    skill_id: str
    call_id: str
    end_time: int | None
    op_type: str
    op_object: str
    op_cause: str
    media_type: str
    vdn_id: str
    cc_id: str
    agent_type: str
    phone_no: str
    call_in_out: str
    location_id: str
    logon_sn: str
    skill_info_sn: str


class RecordingRecord(TypedDict):
    """A recording of an agent's part in a call."""

    tenant_id: int
    record_id: str
    call_id: str
    agent_id: str
    started_at: int
    ended_at: int
    file_name: str
    media: int
    appends: bool


class Message(TypedDict):
    """A message in an inbox (`direction` received) or outbox (sent); `at` µs.

    `channel` is voice_mail, fax, sms or email. Of voice mail: the number `called`, the `line` by
    which it came (0: unknown) and its length in seconds.
    """

    tenant_id: int
    message_id: str
    channel: str
    direction: str
    at: int
    sender: str
    recipient: str
    copy: str
    blind_copy: str
    party_name: str
    subject: str
    body: str
    files: list[str]
    agent_id: str
    call_id: str
    called: str
    line: int
    seconds: int


class MessageContent(TypedDict, total=False):
    """What a message says, to whom and whose it is; it came or went `at` an instant (µs)."""

    at: int
    sender: str
    recipient: str
    copy: str
    blind_copy: str
    party_name: str
    subject: str
    body: str
    files: list[str]
    agent_id: str
    call_id: str
    called: str
    line: int
    seconds: int


class MessagePage(TypedDict, total=False):
    """Which messages: since ≤ time < until (µs), whose, and which page of them."""

    tenant: int
    channel: str
    direction: str
    since: int
    until: int
    agent: str
    limit: int
    offset: int


class WhichCustomers(TypedDict, total=False):
    """Customers with this id, this part of a number, this part of the name."""

    tenant: int
    number: str
    id: str
    name: str


class WhichContacts(WhichCustomers, total=False):
    """The same of contacts, and whose they are: the id of a customer."""

    customer: str


class CustomerDetails(TypedDict, total=False):
    """What can be said of a customer; `served_at` µs, `created_on` as 2026-03-01."""

    name: str
    initials: str
    kind: int
    phone: str
    home_phone: str
    mobile: str
    fax: str
    address: str
    relation: int
    province: str
    city: str
    email: str
    postcode: str
    contact_person: str
    created_on: str
    served_at: int | None
    last_agent: str
    agent: str
    memo: str


class ContactDetails(CustomerDetails, total=False):
    """What can be said of a contact."""

    info: str


class Customer(TypedDict):
    """A customer: `agent` looks after them, `last_agent` talked to them last, at `served_at`."""

    id: str
    name: str
    initials: str
    kind: int
    phone: str
    home_phone: str
    mobile: str
    fax: str
    address: str
    relation: int
    province: str
    city: str
    email: str
    postcode: str
    contact_person: str
    created_on: str
    served_at: int | None
    last_agent: str
    agent: str
    memo: str


class Contact(Customer):
    """A contact of the `customer` with that id."""

    customer: str
    info: str


class Page(TypedDict, total=False):
    """Which records: since ≤ time < until (µs), whose, and which page of them."""

    tenant: int
    since: int
    until: int
    agent: str
    call: str
    limit: int
    offset: int


# Traffic


class Violation(TypedDict):
    """In what a request departed from the contract."""

    offence: str
    detail: str


class EventNumbers(TypedDict):
    """The journal's latest event before a request and after it."""

    after: int
    until: int


class Exchange(TypedDict):
    """A request with its answer, as the journal keeps it; `seconds` are of real time."""

    number: int
    at: int
    seconds: float
    surface: str
    section: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: Any
    agent: int
    application: str
    tenant: int
    status: int
    code: str
    answer: Any
    verdict: str
    source: str
    outgoing: bool
    violations: list[Violation]
    faults: list[int]
    events: EventNumbers


class CountedViolation(TypedDict):
    """A departure from the contract, how often, and the number of a request that has it."""

    surface: str
    section: str
    offence: str
    detail: str
    count: int
    example: int


class Recording(TypedDict):
    """Whether the journal is kept."""

    recording: bool


class Which(TypedDict, total=False):
    """Which requests: those that fit in everything that is given.

    `path` may hold `*` and `?`. `query`, `headers` (lower case) and `body` name what must be
    there; of a JSON object in `body` only the fields named count.
    """

    surface: str
    section: str
    method: str
    path: str
    agent: int
    tenant: int
    application: str
    status: int
    code: str
    verdict: Literal["done", "refused", "fault", "lost"]
    offence: str
    outgoing: bool
    query: dict[str, str]
    headers: dict[str, str]
    body: Any


class RequestsAt(TypedDict, total=False):
    """Which requests a fault strikes; `path` may hold `*` and `?`."""

    surface: str
    section: str
    method: str
    path: str
    agent: int
    tenant: int


class EventsFor(TypedDict, total=False):
    """Which events on their way to clients a fault strikes; `type` may hold `*` and `?`."""

    type: str
    agent: int
    tenant: int


class RequestEffect(TypedDict):
    """What happens to a request; the fields besides `kind` are those of its kind.

    delay (seconds, served), error_code (code, message, served), http_status (status, body,
    served), drop (served), half_sent.
    """

    kind: Literal["delay", "error_code", "http_status", "drop", "half_sent"]
    seconds: NotRequired[float]
    code: NotRequired[str]
    message: NotRequired[str]
    status: NotRequired[int]
    body: NotRequired[str]
    served: NotRequired[bool]


class EventEffect(TypedDict):
    """What happens to an event; `late` by so many real seconds."""

    kind: Literal["lose", "double", "late", "reorder"]
    seconds: NotRequired[float]


class FaultOrder(TypedDict, total=False):
    """How often a fault strikes, and when: seconds of domain time from now on."""

    probability: float
    count: int
    begin_after: float
    end_after: float


class Fault(TypedDict):
    """A fault in force; `hits` is how often it has struck."""

    number: int
    hits: int
    order: dict[str, Any]
