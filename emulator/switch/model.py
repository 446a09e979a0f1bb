"""What exists in the call center: tenants, agents, phones, queues, calls and connections.

Things only; the rules that change them are in the modules beside this one. A call is joined to
devices by connections (ECMA-269, 6.1): outside parties on trunks, agents on their phones, IVR
ports. A call that waits holds a `QueueEntry`, its connection to the queue.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from emulator.switch.config import (
    AccessCodeConfig,
    AgentConfig,
    OutsideNumberConfig,
    QueueConfig,
    SkillConfig,
    TenantConfig,
    TrunkConfig,
    UserGroupConfig,
)
from emulator.switch.events import StayEnded
from emulator.switch.flow import Flow
from emulator.switch.terms import (
    CHAT_MEDIA,
    DOWN,
    HOLD,
    SIGNED_OUT,
    AgentState,
    CallType,
    ConnectionState,
    DeviceType,
    LegState,
    MediaType,
    PhoneCondition,
    QueueOutcome,
    Role,
    SupervisionMode,
    TargetType,
)
from emulator.switch.utterance import Utterance

if TYPE_CHECKING:
    from emulator.switch.rooms import Conference

IdleEntry = tuple[int, int, int]
"""(-agent weight, idle serial, work number): sorts the best agent to the front."""

WaitingKey = tuple[int, int, str]
"""(-priority, arrival serial, call id): sorts the next call to the front."""


@dataclass(slots=True, eq=False)
class Phone:
    """A phone: its audio leg, and the agent signed in at it."""

    number: str
    tenant: int
    external: bool = False
    attached: bool = False
    """A real phone is registered under the number, and answers for itself."""
    lost: bool = False
    """A real one should be there, for its agent or by configuration, and is not."""
    mobile: bool = False
    """An outside number at which its agent answers; it exists while the agent is signed in."""
    removed: bool = False
    """Configured no longer; it exists while its agent is signed in."""
    leg: LegState = DOWN
    condition: PhoneCondition = PhoneCondition.IN_SERVICE
    agent: Agent | None = None


@dataclass(slots=True, eq=False)
class Queue:
    """A skill queue with who waits, who is idle for it, and its counts since start."""

    config: QueueConfig
    tenant: Tenant
    device: str
    id: int
    waiting: list[WaitingKey] = field(default_factory=list)
    idle: list[IdleEntry] = field(default_factory=list)
    agents: dict[int, Agent] = field(default_factory=dict)
    entered: int = 0
    outcomes: list[int] = field(default_factory=lambda: [0] * len(QueueOutcome))
    talked: int = 0
    """µs of talking by answered calls, for the expected wait."""
    finished: int = 0

    @property
    def is_chat(self) -> bool:
        return self.config.media_type in CHAT_MEDIA

    @property
    def in_progress(self) -> int:
        """Stays not ended: waiting, or ringing at an agent."""
        return self.entered - sum(self.outcomes)


@dataclass(slots=True, eq=False)
class Trunk:
    """A trunk group and how many of its channels are taken.

    Channels count from 1. Those above `opened` were never taken; of the others those in the heap
    `free` are not taken now.
    """

    config: TrunkConfig
    external: bool = False
    """What is behind it answers for itself, as configured or since a gateway was there."""
    attached: bool = False
    """A real gateway is there and can be called through."""
    in_use: int = 0
    opened: int = 0
    free: list[int] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Tenant:
    """A VDN."""

    config: TenantConfig
    id: int
    agents: dict[int, Agent] = field(default_factory=dict)
    queues: dict[int, Queue] = field(default_factory=dict)
    flows: dict[int, Flow] = field(default_factory=dict)
    access_codes: dict[str, AccessCodeConfig] = field(default_factory=dict)
    trunks: list[Trunk] = field(default_factory=list)
    outside: dict[str, OutsideNumberConfig] = field(default_factory=dict)
    blacklist: dict[str, None] = field(default_factory=dict)
    calls: dict[str, Call] = field(default_factory=dict)
    conferences: dict[int, Conference] = field(default_factory=dict)
    idle_agents: int = 0
    resting: int = 0
    rest_requests: dict[int, tuple[int, int]] = field(default_factory=dict)
    """Work number → (duration in seconds, reason) of rests that wait for approval."""
    groups: dict[int, UserGroupConfig] = field(default_factory=dict)
    """The user group of each agent that is in one."""
    inspection: bool = False
    """Whether inspectors supervise only the groups that are assigned to theirs."""


@dataclass(slots=True, eq=False)
class Pending:
    """A state asked for during a call. `duration` in seconds, for a rest."""

    state: AgentState
    reason: int = 0
    duration: int = 0


class OperationKind(StrEnum):
    """Long operations of an agent (rule 5)."""

    CONSULTATION = "two-party consultation"
    THREE_PARTY_CONSULTATION = "three-party consultation"
    RELEASE_AFTER_TRANSFER = "release-after-transfer"
    TALK_TRANSFER = "talk transfer"
    THREE_PARTY_TRANSFER = "three-party transfer"
    HANG_UP_TRANSFER = "hang-up transfer"


@dataclass(slots=True, eq=False)
class Operation:
    """A consultation or transfer under way: its owner, the customer's call, the second call."""

    kind: OperationKind
    owner: Agent
    call: Call
    second: Call | None = None
    target: tuple[TargetType, str] | None = None
    by_phone: bool = False
    """Begun with the keys of a linked phone."""


@dataclass(slots=True, eq=False)
class Supervision:
    """An inspector, or whoever intrudes, on an agent; its phone is up on the call `call`.

    An intrusion is `bound` to one call of the agent and ends with it.
    """

    inspector: Agent
    target: Agent
    mode: SupervisionMode
    call: Call
    bound: Connection | None = None


@dataclass(slots=True, eq=False)
class Preview:
    """A previewed outbound call offered to an agent."""

    control: int
    numbers: tuple[str, ...]
    data: str
    timer: int = 0


@dataclass(slots=True, eq=False)
class Playback:
    """A recording that is played to an agent on a line of its own.

    `length` of one time and `position` are µs of sound; `position` counts all times, and is where
    it stood at `since` (0: the phone is not up yet). `speed` 50 is the recording's own, `volume` 50
    the usual one.
    """

    file: str
    length: int
    position: int
    since: int
    volume: int = 50
    speed: int = 50
    times: int = 1
    """0: again and again."""
    paused: bool = False
    timer: int = 0


@dataclass(slots=True, eq=False)
class OwnRecording:
    """A recording that an agent has begun itself; `file` empty: named by the platform."""

    connection: Connection
    number: int
    file: str
    appends: bool


@dataclass(slots=True, eq=False)
class ScreenRecording:
    """A recording of an agent's screen; `session` tells it apart as a call's id does."""

    number: int
    session: str
    call: str
    begun: int


@dataclass(slots=True, eq=False)
class Agent:
    """An agent and its session."""

    config: AgentConfig
    tenant: Tenant
    work_no: int
    device: str
    state: AgentState = SIGNED_OUT
    state_since: int = 0
    last_state: AgentState | None = None
    reason: int = 0
    phone: Phone | None = None
    logged_on_at: int = 0
    auto_answer: bool = True
    auto_idle: bool = True
    release_phone: bool = True
    """False: the phone stays off the hook between calls."""
    phone_linkage: bool = False
    wants_monitoring: bool = False
    takes_calls: bool = True
    do_not_disturb: bool = False
    """Busy, and for calls directed at it as if in a call."""
    custom_state: int | None = None
    pending: Pending | None = None
    return_state: Pending | None = None
    """What a busy agent goes back to after a call of its own."""
    connections: list[Connection] = field(default_factory=list)
    memberships: list[tuple[Queue, SkillConfig]] = field(default_factory=list)
    """Queues signed in to, the largest skill weight first."""
    listed: list[tuple[Queue, IdleEntry]] = field(default_factory=list)
    availability: int = 0
    idle_serial: int = 0
    chats: int = 0
    chat_limit: int = 0
    """How many chats at once the agent has asked for, 0: as configured."""
    timer: int = 0
    operation: Operation | None = None
    video: bool = True
    """False: the agent signed in without video."""
    supervision: Supervision | None = None
    supervisors: list[Supervision] = field(default_factory=list)
    preview: Preview | None = None
    line: Connection | None = None
    """Its phone is up for a recording that it hears or makes, and nobody else is there."""
    playback: Playback | None = None
    own_recording: OwnRecording | None = None
    screen: ScreenRecording | None = None

    @property
    def is_inspector(self) -> bool:
        return self.config.role is Role.INSPECTOR

    def may_inspect(self, other: Agent) -> bool:
        """Whether an inspector may supervise the agent, who is of its own tenant."""
        tenant = self.tenant
        if not tenant.inspection:
            return True
        own, theirs = tenant.groups.get(self.work_no), tenant.groups.get(other.work_no)
        return own is not None and theirs is not None and theirs.id in own.inspects

    @property
    def signed_in(self) -> bool:
        return self.state is not SIGNED_OUT

    @property
    def on_mobile(self) -> bool:
        """Whether the agent answers on a mobile phone."""
        return self.phone is not None and self.phone.mobile

    def connection(self, call: Call) -> Connection | None:
        """This agent's connection to the call."""
        for connection in self.connections:
            if connection.call is call:
                return connection
        return None

    @property
    def active(self) -> Connection | None:
        """The audio connection that is not held: ringing, dialling or talking."""
        for connection in self.connections:
            if connection.state is not HOLD and not connection.is_chat:
                return connection
        return None

    @property
    def held(self) -> list[Connection]:
        """Held audio connections, the one held first in front."""
        found = [c for c in self.connections if c.state is HOLD and not c.is_chat]
        if len(found) > 1:
            found.sort(key=_held_at)
        return found

    @property
    def max_chats(self) -> int:
        return self.chat_limit or self.config.max_chats


@dataclass(slots=True, eq=False)
class Habits:
    """What one outside party is about to do; instants in µs, 0: it is not."""

    digits: str
    patience: int | None
    """µs that an agent's phone may ring; then the party hangs up."""
    digits_at: int = 0
    hang_up_at: int = 0
    impatient_at: int = 0
    timer: int = 0


@dataclass(slots=True, eq=False)
class Connection:
    """The relation of a call and a device, with the times of the stay (µs)."""

    call: Call
    device: str
    kind: DeviceType
    device_no: str
    number: str
    """How the other parties see this one: an agent's work number, an outside number."""
    state: ConnectionState
    agent: Agent | None
    previous_type: int
    previous_no: str
    ack_begin: int = 0
    ack_end: int = 0
    talk_begin: int = 0
    queue: Queue | None = None
    main: bool = True
    auto: bool = False
    muted: bool = False
    held_at: int = 0
    timer: int = 0
    request: int = 0
    """What its endpoint was asked last, if that is not done; of who is called by a gateway, for
    as long as it is in the call."""
    recording: int = 0
    recording_begun: int = 0
    transfer_from: int = 0
    picked_up: bool = False
    """It rang at somebody else."""
    listens: bool = False
    """It is a real party, who hears what flows announce."""
    trunk: Trunk | None = None
    channel: int = 0
    """Of the trunk group, from 1; 0: none."""
    habits: Habits | None = None
    video_room: str = ""
    """The video room that the agent was told of."""

    @property
    def is_chat(self) -> bool:
        return self.call.is_chat


def _held_at(connection: Connection) -> int:
    return connection.held_at


@dataclass(slots=True, eq=False)
class QueueEntry:
    """A stay in a queue. `ringing` is the agent's connection while one is being rung."""

    queue: Queue
    key: WaitingKey
    begun: int
    timer: int
    previous_type: int
    previous_no: str
    ringing: Connection | None = None
    assigned: int = 0


@dataclass(slots=True, eq=False)
class IvrFrame:
    """A flow being run and the node it stands at."""

    flow: Flow
    """As it was when the call entered it: a change does not pull the floor from under a caller."""
    node: str


@dataclass(slots=True, eq=False)
class IvrRun:
    """A call's position in its IVR flow; the last frame is the running one."""

    connection: Connection
    frames: list[IvrFrame]
    variables: dict[str, str] = field(default_factory=dict)
    collected: str = ""
    tries: int = 0
    timer: int = 0
    request: int = 0
    waiting: bool = False
    entered: int = 0
    joined: bool = False
    """The parties talk meanwhile and afterwards: the flow leads nowhere."""


class ChatMessage(NamedTuple):
    """A message of a chat, `at` µs; `agent` is the work number of who wrote it, 0: the customer."""

    at: int
    agent: int
    text: str


@dataclass(slots=True, eq=False)
class Call:
    """A call; `id` is `epochseconds-sequence`, `linkage` the id of the contact it belongs to."""

    id: str
    tenant: Tenant
    linkage: str
    caller: str
    called: str
    type: CallType
    media: MediaType
    created: int
    ability: int = 1
    is_chat: bool = False
    priority: int = 0
    data: str = ""
    language: str = ""
    connections: list[Connection] = field(default_factory=list)
    target: tuple[TargetType, str] | None = None
    """What an agent's call is to reach once the agent's own phone is up."""
    served: Connection | None = None
    """The party for whom a queue or an IVR flow works."""
    entry: QueueEntry | None = None
    ivr: IvrRun | None = None
    follow_up: Flow | None = None
    """Where the customer who is served goes when everybody else has hung up."""
    conference: bool = False
    room: Conference | None = None
    """The agent conference (CEC 6.1.6) that this call is."""
    transmit_digits: bool = False
    excluded: tuple[int, ...] = ()
    """Agents who refused or did not answer this call."""
    last_agent: int = 0
    requeued: int = 0
    diversions: int = 0
    wanted_queue: int = 0
    previous_type: int = 0
    previous_no: str = ""
    stays: int = 0
    last_stay: StayEnded | None = None
    """The stay that ended last; it is reported when another ends, or the call."""
    cleared: bool = False
    video_room: str = ""
    """Where those in an H5 video call see each other."""
    script: list[tuple[int, int, Utterance]] = field(default_factory=list)
    """What will be said, by instant (µs) and serial; `script_timer` waits for the first."""
    script_timer: int = 0
    messages: list[ChatMessage] = field(default_factory=list)
    """What was written in a chat so far."""
    unread: bool = False
    """The chat began with a message, which no agent has got yet."""

    def agents(self) -> list[Agent]:
        """The agents connected to the call, in the order in which they joined."""
        return [c.agent for c in self.connections if c.agent is not None]
