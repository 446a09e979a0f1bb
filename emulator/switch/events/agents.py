"""Reports of agents, their phones and the calls that are previewed to them."""

from __future__ import annotations

from typing import NamedTuple

from emulator.switch.terms import AgentState, PhoneCondition

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


class PhoneConditionChanged(NamedTuple):
    """Whether calls can ring at the agent's phone."""

    at: int
    tenant: int
    agent: int
    phone: str
    condition: PhoneCondition


class PhoneCannotRing(NamedTuple):
    """A call has come to the agent, at whose phone it cannot ring: it will not be answered."""

    at: int
    tenant: int
    call: str
    device: str
    agent: int
    condition: PhoneCondition


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
