"""Agents: signing in and out, their states, what they can be offered, and what follows a call."""

from __future__ import annotations

from bisect import bisect_left, insort
from dataclasses import dataclass
from typing import TYPE_CHECKING

from emulator.switch import recordings
from emulator.switch.config import SkillConfig
from emulator.switch.errors import (
    AlreadySignedIn,
    InvalidValue,
    NotSignedIn,
    PhoneInUse,
    UnknownPhone,
    WrongAgentState,
    WrongAgentType,
)
from emulator.switch.events import (
    AgentLoggedOff,
    AgentLoggedOn,
    AgentMonitored,
    AgentNotReady,
    AgentReady,
    AgentResting,
    AgentRestTimedOut,
    AgentSkillsChanged,
    AgentStateChanged,
    AgentWorkingAfterCall,
    AllAgentsBusy,
    PhoneConditionChanged,
    PhoneOffHook,
    PhoneOnHook,
    PreviewReleased,
)
from emulator.switch.model import Agent, Pending, Phone, Queue
from emulator.switch.terms import (
    BUSY,
    DOWN,
    IDLE,
    IN_CALL_STATES,
    IN_SERVICE,
    REST,
    SIGNED_OUT,
    TALKING,
    UP,
    WRAP_UP,
    AgentState,
    AgentType,
    MediaType,
    PhoneCondition,
)
from emulator.switch.timers import TimerKind

if TYPE_CHECKING:
    from emulator.switch.core import Core

NO_CUSTOM_STATE = 65535

# Why an agent is signed out without asking for it (CEC 12.3.8.12, operation 0).
SIGNS_IN_ANEW, TAKEN_OVER = 259, 264

UNAVAILABLE, CHAT_ONLY, AVAILABLE = 0, 1, 2

_VOICE = frozenset(
    {
        MediaType.CLICK_TO_DIAL,
        MediaType.CALLBACK,
        MediaType.VOICE,
        MediaType.PREDICTED_OUTBOUND,
        MediaType.PREVIEWED_OUTBOUND,
        MediaType.MESSAGE,
    }
)
_VIDEO = frozenset({MediaType.VIDEO, MediaType.CLICK_TO_DIAL_VIDEO})
_CHAT = frozenset({MediaType.TEXT_CHAT, MediaType.WEB_CHAT, MediaType.SOCIAL_CHAT})

MEDIA_OF_TYPE = {
    AgentType.AUDIO: _VOICE,
    AgentType.MULTIMEDIA: _CHAT,
    AgentType.VIDEO: _VOICE | _VIDEO,
    AgentType.VERSATILE: _VOICE | _VIDEO | _CHAT,
}
"""Which media types an agent of a type can be offered (CEC 5.1.1, 5.2.1)."""


@dataclass(frozen=True, slots=True)
class SignIn:
    """How an agent signs in; the defaults are those of CEC 6.1.1.1.

    `video`: sign in as a video agent. `state`: IDLE, BUSY or WRAP_UP.
    """

    phone: str = ""
    auto_answer: bool = True
    auto_idle: bool = True
    release_phone: bool = True
    video: bool | None = None
    state: AgentState = IDLE
    phone_linkage: bool = False
    wants_monitoring: bool = False
    force: bool = False


def media_of(agent: Agent) -> frozenset[MediaType]:
    """The media types that the agent can be offered as it has signed in."""
    media = MEDIA_OF_TYPE[agent.config.agent_type]
    return media if agent.video else media - _VIDEO


# Availability


def is_free(agent: Agent) -> bool:
    """Whether the agent's phone could be rung: it is idle, busy or in wrap-up."""
    return agent.state in (IDLE, BUSY, WRAP_UP)


def is_reachable(agent: Agent) -> bool:
    """Whether a call that is directed at the agent reaches it, or finds it busy (537)."""
    return is_free(agent) and not agent.do_not_disturb


def move(sw: Core, agent: Agent, state: AgentState, reason: int = 0) -> AgentState:
    """Put the agent into a state; returns the one it left. Reports nothing."""
    previous = agent.state
    agent.last_state = previous
    agent.state = state
    agent.state_since = sw.now
    agent.reason = reason
    if agent.timer:
        sw.timers.cancel(agent.timer)
        agent.timer = 0
    tenant = agent.tenant
    if previous is IDLE:
        tenant.idle_agents -= 1
        if tenant.idle_agents == 0 and state in IN_CALL_STATES:
            sw.report(AllAgentsBusy(sw.now, tenant.id))
    elif previous is REST:
        tenant.resting -= 1
    if state is IDLE:
        tenant.idle_agents += 1
        agent.idle_serial = sw.serial()
        agent.return_state = None
    elif state is REST:
        tenant.resting += 1
    if state is IDLE or agent.availability or agent.chats:
        refresh_availability(sw, agent)
    return previous


def refresh_availability(sw: Core, agent: Agent) -> None:
    """List the agent as idle in the queues whose calls it can be offered now."""
    level = _availability(agent)
    if level == agent.availability:
        return
    if agent.listed:
        _unlist(agent)
    agent.availability = level
    if level == UNAVAILABLE:
        return
    serial, work_no = agent.idle_serial, agent.work_no
    for queue, skill in agent.memberships:
        if level == AVAILABLE or queue.is_chat:
            entry = (-skill.agent_weight, serial, work_no)
            insort(queue.idle, entry)
            agent.listed.append((queue, entry))
    sw.free_agents.append(agent)


def _availability(agent: Agent) -> int:
    if not agent.takes_calls:
        return UNAVAILABLE
    if agent.state is IDLE:
        return AVAILABLE
    if (
        agent.chats
        and agent.state is TALKING
        and agent.pending is None
        and agent.chats < agent.max_chats
        and agent.chats == len(agent.connections)
    ):
        return CHAT_ONLY
    return UNAVAILABLE


def _unlist(agent: Agent) -> None:
    for queue, entry in agent.listed:
        idle = queue.idle
        del idle[bisect_left(idle, entry)]
    agent.listed.clear()


def relist(sw: Core, agent: Agent) -> None:
    """List the agent anew after its queues or its wish for calls changed."""
    _unlist(agent)
    agent.availability = UNAVAILABLE
    refresh_availability(sw, agent)


# Signing in and out


def check_log_on(sw: Core, agent: Agent, how: SignIn) -> Phone:
    """Refuse a sign-in that is not possible; returns the phone."""
    phone = _phone_for(sw, agent, how)
    if how.video and agent.config.agent_type not in (AgentType.VIDEO, AgentType.VERSATILE):
        raise WrongAgentType(f"agent {agent.work_no} is not a video agent")
    if how.state not in (IDLE, BUSY, WRAP_UP):
        raise InvalidValue("an agent signs in idle, busy or in wrap-up")
    if agent.signed_in:
        if not how.force:
            raise AlreadySignedIn(f"agent {agent.work_no} has signed in")
        if agent.state in IN_CALL_STATES or agent.connections:
            raise WrongAgentState(f"agent {agent.work_no} is in a call")
    return phone


def log_on(sw: Core, agent: Agent, how: SignIn, phone: Phone) -> None:
    """Sign in an agent that is signed out; `check_log_on` has agreed."""
    phone.agent = agent
    agent.phone = phone
    agent.logged_on_at = sw.now
    agent.auto_answer = how.auto_answer
    agent.auto_idle = how.auto_idle
    agent.release_phone = how.release_phone
    agent.phone_linkage = how.phone_linkage and phone.condition is not PhoneCondition.OFFLINE
    agent.wants_monitoring = how.wants_monitoring
    agent.takes_calls = True
    agent.chat_limit = 0
    agent.custom_state = None
    agent.video = how.video is not False
    _join_queues(agent, [skill.queue for skill in agent.config.skills])
    sw.report(AgentLoggedOn(sw.now, agent.tenant.id, agent.work_no, phone.number))
    if phone.leg is UP:
        sw.report(PhoneOffHook(sw.now, agent.tenant.id, agent.work_no, phone.number, True))
    elif phone.condition is not IN_SERVICE:
        report_condition(sw, agent, phone)
    _tell_inspectors(sw, agent, signed_in=True)
    make_ready(sw, agent, requested=False)
    if how.state is BUSY:
        make_not_ready(sw, agent, 0)
    elif how.state is WRAP_UP:
        make_working(sw, agent, requested=False)


def _phone_for(sw: Core, agent: Agent, how: SignIn) -> Phone:
    number = how.phone or agent.config.phone
    phone = sw.phones.get(number)
    if phone is None or phone.tenant != agent.tenant.id:
        raise UnknownPhone(f"there is no phone {number!r}")
    if phone.agent is not None and phone.agent is not agent:
        raise PhoneInUse(f"phone {number} is taken by another agent")
    return phone


def _join_queues(agent: Agent, queue_ids: list[int]) -> None:
    """Sign the agent in to those of the queues that it is configured for and can serve."""
    leave_queues(agent)
    media = media_of(agent)
    wanted = dict.fromkeys(queue_ids)
    found: list[tuple[Queue, SkillConfig]] = []
    for skill in agent.config.skills:
        queue = agent.tenant.queues.get(skill.queue)
        if queue is not None and skill.queue in wanted and queue.config.media_type in media:
            found.append((queue, skill))
            queue.agents[agent.work_no] = agent
    found.sort(key=lambda member: (-member[1].skill_weight, member[0].id))
    agent.memberships = found


def leave_queues(agent: Agent) -> None:
    for queue, _ in agent.memberships:
        queue.agents.pop(agent.work_no, None)
    agent.memberships = []


def set_skills(sw: Core, agent: Agent, queue_ids: list[int] | None) -> None:
    """Sign in to the given queues, None: to all that are configured (CEC 6.1.1.8, 12.1.9)."""
    require_signed_in(agent)
    _unlist(agent)
    agent.availability = UNAVAILABLE
    if queue_ids is None:
        queue_ids = [skill.queue for skill in agent.config.skills]
    _join_queues(agent, queue_ids)
    refresh_availability(sw, agent)
    queues = tuple(queue.id for queue, _ in agent.memberships)
    sw.report(AgentSkillsChanged(sw.now, agent.tenant.id, agent.work_no, queues))


def log_off(sw: Core, agent: Agent, reason: int = 0, by: int = 0) -> None:
    """Sign out an agent that is in no call."""
    require_no_call(agent)
    drop_preview(sw, agent)
    if agent.screen is not None:
        recordings.stop_screen(sw, agent)
    if agent.phone is not None and agent.phone.external and agent.phone.leg is UP:
        sw.request_release(agent.phone.number, "")
    lower_phone(sw, agent, by_agent=False)
    move(sw, agent, SIGNED_OUT)
    leave_queues(agent)
    agent.pending = None
    agent.do_not_disturb = False
    agent.custom_state = None
    agent.tenant.rest_requests.pop(agent.work_no, None)
    if agent.phone is not None:
        _leave_phone(sw, agent.phone)
        agent.phone = None
    sw.report(
        AgentLoggedOff(sw.now, agent.tenant.id, agent.work_no, reason, agent.logged_on_at, by)
    )
    _tell_inspectors(sw, agent, signed_in=False)


def _leave_phone(sw: Core, phone: Phone) -> None:
    phone.agent = None
    if phone.mobile or phone.removed:
        del sw.phones[phone.number]
    elif phone.lost and not is_external(sw, phone):
        # It can be simulated again.
        phone.lost = phone.external = False
        phone.condition = IN_SERVICE


def is_external(sw: Core, phone: Phone) -> bool:
    """Whether the phone is configured as a real one."""
    config = sw.tenants[phone.tenant].config
    return any(it.external for it in config.phones if it.number == phone.number)


def require_no_call(agent: Agent) -> None:
    require_signed_in(agent)
    if agent.connections or agent.state in IN_CALL_STATES:
        raise WrongAgentState(f"agent {agent.work_no} is in a call")


def _tell_inspectors(sw: Core, agent: Agent, *, signed_in: bool) -> None:
    for other in agent.tenant.agents.values():
        if other is agent or not (other.wants_monitoring and other.signed_in):
            continue
        if other.is_inspector and other.may_inspect(agent):
            sw.report(
                AgentMonitored(
                    sw.now,
                    agent.tenant.id,
                    other.work_no,
                    agent.work_no,
                    agent.config.account or agent.config.name,
                    signed_in,
                )
            )


def require_signed_in(agent: Agent) -> None:
    if agent.state is SIGNED_OUT:
        raise NotSignedIn(f"agent {agent.work_no} has not signed in")


def require_phone(agent: Agent) -> None:
    """The agent's phone can be used for what the agent is about to do."""
    phone = agent.phone
    if phone is not None and phone.condition is not IN_SERVICE:
        raise WrongAgentState(f"phone {phone.number} is {phone.condition}")


# States


def make_ready(sw: Core, agent: Agent, *, requested: bool) -> None:
    agent.do_not_disturb = False
    previous = move(sw, agent, IDLE)
    sw.report(AgentReady(sw.now, agent.tenant.id, agent.work_no, previous, requested))


def make_not_ready(sw: Core, agent: Agent, reason: int) -> None:
    previous = move(sw, agent, BUSY, reason)
    sw.report(AgentNotReady(sw.now, agent.tenant.id, agent.work_no, previous, reason))


def make_working(sw: Core, agent: Agent, *, requested: bool, seconds: int = 0) -> None:
    """Wrap-up for so many seconds, 0: until the agent ends it."""
    agent.do_not_disturb = False
    previous = move(sw, agent, WRAP_UP)
    if seconds:
        agent.timer = sw.start_timer(seconds, TimerKind.WRAP_UP, agent.work_no)
    sw.report(AgentWorkingAfterCall(sw.now, agent.tenant.id, agent.work_no, previous, requested))


def make_resting(sw: Core, agent: Agent, duration: int, reason: int) -> None:
    agent.do_not_disturb = False
    previous = move(sw, agent, REST, reason)
    agent.timer = sw.start_timer(duration, TimerKind.REST, agent.work_no)
    sw.report(AgentResting(sw.now, agent.tenant.id, agent.work_no, previous, reason, duration))


def change(sw: Core, agent: Agent, state: AgentState) -> None:
    """Move between the states of a call, which only the state report shows."""
    if agent.state is state:
        return
    previous = move(sw, agent, state)
    sw.report(AgentStateChanged(sw.now, agent.tenant.id, agent.work_no, previous, state))


# After a call


def after_call(sw: Core, agent: Agent, queue: Queue | None, *, talked: bool) -> None:
    """A connection of the agent is gone: it goes on with the others, or leaves the call state.

    There is nothing to wrap up when nobody was talked to.
    """
    if agent.connections or agent.supervision is not None:
        refresh_availability(sw, agent)
        return
    if agent.state not in IN_CALL_STATES:
        return
    pending, agent.pending = agent.pending, None
    back, agent.return_state = agent.return_state, None
    chosen = pending or back
    if chosen is not None:
        _enter(sw, agent, chosen)
    elif not talked:
        make_ready(sw, agent, requested=False)
    elif not agent.auto_idle:
        make_working(sw, agent, requested=False)
    elif queue is not None and queue.config.wrap_up:
        make_working(sw, agent, requested=False, seconds=queue.config.wrap_up)
    else:
        make_ready(sw, agent, requested=False)


def _enter(sw: Core, agent: Agent, chosen: Pending) -> None:
    if chosen.state is BUSY:
        make_not_ready(sw, agent, chosen.reason)
    elif chosen.state is REST:
        make_resting(sw, agent, chosen.duration, chosen.reason)
    else:
        make_ready(sw, agent, requested=False)


def remember_state(agent: Agent) -> None:
    """A busy agent that begins a call of its own is busy again after it."""
    if agent.state is BUSY:
        agent.return_state = Pending(BUSY, agent.reason)


def lift_phone(sw: Core, agent: Agent, *, main: bool) -> None:
    """The agent's phone is up."""
    phone = agent.phone
    if phone is not None and phone.leg is not UP:
        phone.leg = UP
        sw.report(PhoneOffHook(sw.now, agent.tenant.id, agent.work_no, phone.number, main))


def lower_phone(sw: Core, agent: Agent, *, by_agent: bool) -> None:
    """Put the phone on the hook."""
    phone = agent.phone
    if phone is None or phone.leg is DOWN:
        return
    phone.leg = DOWN
    sw.report(PhoneOnHook(sw.now, agent.tenant.id, agent.work_no, phone.number, by_agent))


def report_condition(sw: Core, agent: Agent, phone: Phone) -> None:
    """Tell the agent whether calls can ring at its phone."""
    sw.report(
        PhoneConditionChanged(sw.now, agent.tenant.id, agent.work_no, phone.number, phone.condition)
    )


def drop_preview(sw: Core, agent: Agent) -> None:
    preview = agent.preview
    if preview is None:
        return
    agent.preview = None
    sw.timers.cancel(preview.timer)
    sw.report(PreviewReleased(sw.now, agent.tenant.id, agent.work_no, preview.control))


# Timers


def wrap_up_over(sw: Core, agent: Agent) -> None:
    agent.timer = 0
    make_ready(sw, agent, requested=False)


def rest_over(sw: Core, agent: Agent) -> None:
    """The rest has lasted as long as asked; the agent is reminded and goes on resting."""
    agent.timer = 0
    sw.report(AgentRestTimedOut(sw.now, agent.tenant.id, agent.work_no))
