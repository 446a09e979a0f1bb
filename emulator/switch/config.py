"""Configuration of a call center as plain data: what a seed describes and a store keeps.

These records know no wire and no database. `emulator.store` persists them, `emulator.control`
reads them from YAML, and `Switch.apply_tenant` makes them live. All durations are seconds.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from emulator.switch.terms import AgentType, GroupType, MediaType, PhoneAnswer, Role, TargetType


class PolicyAction(StrEnum):
    """What a queue does with a call that it cannot keep (`transferType` in CEC 5.2.1)."""

    RELEASE = "release"
    QUEUE = "queue"
    IVR = "ivr"


@dataclass(frozen=True, slots=True)
class Policy:
    """Release the call, or move it to the queue or IVR flow with the id `target`."""

    action: PolicyAction = PolicyAction.RELEASE
    target: int | None = None


@dataclass(frozen=True, slots=True)
class QueueConfig:
    """A skill queue (CEC 5.2.1).

    `max_wait` seconds (1–60000), `max_waiting` calls (1–10000), `wrap_up` seconds (0–3600),
    `ring` seconds before an agent counts as not answering (1–600).
    """

    id: int
    name: str
    media_type: MediaType = MediaType.VOICE
    max_wait: int = 300
    max_waiting: int = 100
    wrap_up: int = 0
    ring: int = 30
    on_no_agents: Policy = Policy()
    on_busy: Policy = Policy()
    on_timeout: Policy = Policy()
    description: str = ""


@dataclass(frozen=True, slots=True)
class SkillConfig:
    """An agent's membership of a queue; larger weights win, the least is 1 (CEC 5.1.1).

    `agent_weight` ranks the agents of one queue, `skill_weight` the queues of one agent.
    """

    queue: int
    agent_weight: int = 1
    skill_weight: int = 1


@dataclass(frozen=True, slots=True)
class AgentConfig:
    """An agent: `work_no` 101–59999, unique in the world; `phone` is what it signs in with."""

    work_no: int
    name: str
    account: str = ""
    password: str = field(default="", repr=False)
    phone: str = ""
    role: Role = Role.AGENT
    agent_type: AgentType = AgentType.AUDIO
    skills: tuple[SkillConfig, ...] = ()
    max_chats: int = 5
    """How many chat sessions at once."""


@dataclass(frozen=True, slots=True)
class PhoneConfig:
    """A phone of the tenant. `external` phones confirm when told, simulated ones at once."""

    number: str
    password: str = field(default="", repr=False)
    external: bool = False
    answer: PhoneAnswer = PhoneAnswer.NOTIFY


@dataclass(frozen=True, slots=True)
class RouteConfig:
    """Where an access code leads: a queue or an IVR flow (CEC 5.3.2).

    `extension` is what the customer may dial behind the access code: with the access code 12345,
    a dialled 123451 takes the route with extension "1".
    """

    target: TargetType
    target_id: int
    extension: str = ""


@dataclass(frozen=True, slots=True)
class AccessCodeConfig:
    """A number that customers dial; unique in the world."""

    code: str
    media_type: MediaType = MediaType.VOICE
    routes: tuple[RouteConfig, ...] = ()
    description: str = ""


@dataclass(frozen=True, slots=True)
class FlowConfig:
    """An IVR flow: `nodes` as `emulator.switch.flow` reads them.

    `access_code` names it in transfers.
    """

    id: int
    name: str
    start: str
    nodes: dict[str, dict[str, Any]]
    access_code: str = ""


@dataclass(frozen=True, slots=True)
class TrunkConfig:
    """A trunk group: at most `channels` outside parties at once.

    Dialled numbers begin with `prefix`. What is behind an `external` one answers for itself: a
    real gateway serves it, and without one it reaches nobody.
    """

    name: str
    channels: int = 1000
    prefix: str = ""
    external: bool = False


@dataclass(frozen=True, slots=True)
class OutsideNumberConfig:
    """How an outside number behaves when it is called, and when it calls.

    `answer_after` seconds of ringing (None: it rings until told otherwise); `refuse` is a cause
    code of CEC Table 6-451 with which it refuses at once (537 busy, 538 no such number,
    548 powered off, 549 out of service, 604 rejected).

    Once it is in a call, having answered or dialled in, it presses `digits` after `digits_after`
    seconds and hangs up after `hang_up_after`; and it hangs up when an agent's phone has rung for
    it for `ring_patience` seconds. None: it does not.
    """

    number: str
    answer_after: float | None = 2.0
    refuse: int | None = None
    video: bool = False
    digits: str = ""
    digits_after: float = 1.0
    hang_up_after: float | None = None
    ring_patience: float | None = None

    @property
    def has_habits(self) -> bool:
        """Whether it does anything by itself during a call."""
        return bool(self.digits) or (self.hang_up_after, self.ring_patience) != (None, None)


@dataclass(frozen=True, slots=True)
class RestReasonConfig:
    """A rest reason, code 1–255."""

    code: int
    name: str


@dataclass(frozen=True, slots=True)
class GroupMemberConfig:
    """An agent's place in a user group; `serial` tells it from every other."""

    work_no: int
    serial: str = ""


@dataclass(frozen=True, slots=True)
class UserGroupConfig:
    """A group of agents or inspectors (CEC 12.3.4); its id is unique in the world.

    An agent is in one group at most. Inspectors supervise the agents of the groups whose ids are
    in `inspects`; where no group of the tenant inspects any, every inspector supervises everybody.
    """

    id: str
    name: str
    group_type: GroupType = GroupType.AGENTS
    remark: str = ""
    members: tuple[GroupMemberConfig, ...] = ()
    inspects: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class MediaServerConfig:
    """The media server on which customers and agents of a tenant see each other (CEC 6.1.5.4).

    The domains are `https://name:port`, inside and outside. `secret` signs what lets a browser in
    for `valid_for` seconds (1 to 43,199, as the vendor's media service has it).
    """

    ip: str
    port: int
    domain_in: str
    domain_out: str
    app_id: str
    secret: str = field(repr=False)
    location_id: int = 65535
    valid_for: int = 7200


@dataclass(frozen=True, slots=True)
class TenantConfig:
    """A VDN with all that belongs to it.

    `default_answer_after` is how an outside number without an entry of its own behaves.
    With a `media_server` its video calls are H5 video calls.
    `rest_approval` sends requests for rest to an inspector's approval queue.
    `conference_seats` is how many parties all agent conferences together may have (CEC 6.1.6.1),
    `announcement` how many seconds the announcements in them last.
    `secrets` are the tenant's credentials, by kind: app_key, app_secret, ak, sk, chatbot_app_key,
    chatbot_secret, config_login, config_password.
    """

    id: int
    name: str
    cc_id: int = 1
    timezone: str = "UTC"
    default_caller: str = ""
    ring: int = 30
    outside_ring: int = 60
    default_answer_after: float | None = 2.0
    max_rest_agents: int | None = None
    rest_approval: bool = False
    record_calls: bool = True
    conference_seats: int = 120
    announcement: int = 10
    media_server: MediaServerConfig | None = None
    agents: tuple[AgentConfig, ...] = ()
    phones: tuple[PhoneConfig, ...] = ()
    queues: tuple[QueueConfig, ...] = ()
    access_codes: tuple[AccessCodeConfig, ...] = ()
    flows: tuple[FlowConfig, ...] = ()
    trunks: tuple[TrunkConfig, ...] = (TrunkConfig("outside"),)
    outside_numbers: tuple[OutsideNumberConfig, ...] = ()
    rest_reasons: tuple[RestReasonConfig, ...] = ()
    user_groups: tuple[UserGroupConfig, ...] = ()
    blacklist: tuple[str, ...] = ()
    priority_customers: dict[str, int] = field(default_factory=dict)
    secrets: dict[str, str] = field(default_factory=dict, repr=False)
