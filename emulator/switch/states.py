"""The states that agents ask for, or that inspectors put them in."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import agents
from emulator.switch.errors import InvalidValue, WrongAgentState
from emulator.switch.events import (
    AgentCustomState,
    AgentForced,
    AgentPendingState,
    NoteReceived,
    RestRefused,
    RestRequested,
)
from emulator.switch.model import Agent, Pending
from emulator.switch.terms import BUSY, IDLE, IN_CALL_STATES, REST, STUDY, WRAP_UP, AgentState

if TYPE_CHECKING:
    from emulator.switch.core import Core


def set_ready(sw: Core, agent: Agent) -> None:
    """The wish to be idle; during a call it withdraws a pending state (CEC 6.1.1.9)."""
    agents.require_signed_in(agent)
    if agent.state in IN_CALL_STATES:
        if agent.pending is None:
            raise WrongAgentState(f"agent {agent.work_no} is in a call")
        _set_pending(sw, agent, None)
    elif agent.state is STUDY:
        raise WrongAgentState(f"agent {agent.work_no} is studying")
    elif agent.state is not IDLE:
        agents.make_ready(sw, agent, requested=True)


def cancel(sw: Core, agent: Agent, state: AgentState) -> None:
    """Leave exactly this state for idle, or withdraw it while it is pending."""
    agents.require_signed_in(agent)
    if state not in (BUSY, REST, WRAP_UP):
        raise WrongAgentState(f"the state {state.name} is not the agent's to cancel")
    if agent.pending is not None and agent.pending.state is state:
        _set_pending(sw, agent, None)
    elif state is REST and agent.work_no in agent.tenant.rest_requests:
        del agent.tenant.rest_requests[agent.work_no]
        sw.report(RestRefused(sw.now, agent.tenant.id, agent.work_no, agent.work_no))
    elif agent.state is not state:
        raise WrongAgentState(f"agent {agent.work_no} is not in the state {state.name}")
    else:
        agents.make_ready(sw, agent, requested=True)


def set_not_ready(sw: Core, agent: Agent, reason: int, *, prolong: bool = False) -> None:
    """Busy with a reason (0 or 200–250); a busy agent needs `prolong` to give another one."""
    agents.require_signed_in(agent)
    if reason != 0 and not 200 <= reason <= 250:
        raise InvalidValue("a busy reason is 0 or 200 to 250")
    if agent.state in IN_CALL_STATES:
        _set_pending(sw, agent, Pending(BUSY, reason))
        return
    if agent.state is BUSY and not prolong:
        raise WrongAgentState(f"agent {agent.work_no} is busy already")
    if agent.state is STUDY:
        raise WrongAgentState(f"agent {agent.work_no} is studying")
    agents.make_not_ready(sw, agent, reason)


def set_do_not_disturb(sw: Core, agent: Agent, on: bool) -> None:
    """Be busy, and for calls directed at the agent as if in a call; or be so no longer.

    During a call it takes effect afterwards, as every wish to be busy does.
    """
    agents.require_signed_in(agent)
    if on:
        if not _is_or_asks_to_be_busy(agent):
            set_not_ready(sw, agent, 0)
        agent.do_not_disturb = True
    elif agent.state in (REST, STUDY):
        raise WrongAgentState(f"agent {agent.work_no} is not there to be disturbed")
    else:
        _be_busy_no_longer(sw, agent)


def _is_or_asks_to_be_busy(agent: Agent) -> bool:
    pending = agent.pending
    return agent.state is BUSY or (pending is not None and pending.state is BUSY)


def _be_busy_no_longer(sw: Core, agent: Agent) -> None:
    later = agent.pending or agent.return_state
    if agent.state is BUSY:
        agents.make_ready(sw, agent, requested=True)
    elif later is not None and later.state is BUSY:
        agent.return_state = None
        _set_pending(sw, agent, None)


def set_working(sw: Core, agent: Agent) -> None:
    agents.require_signed_in(agent)
    if agent.state not in (IDLE, BUSY):
        raise WrongAgentState(f"agent {agent.work_no} is neither idle nor busy")
    agents.make_working(sw, agent, requested=True)


def request_rest(
    sw: Core, agent: Agent, duration: int, reason: int, *, prolong: bool = False
) -> None:
    """A rest of 1–86399 seconds; `reason` 0–255, whether or not the tenant has a name for it."""
    agents.require_signed_in(agent)
    if not 1 <= duration <= 86399:
        raise InvalidValue("a rest lasts 1 to 86399 seconds")
    if not 0 <= reason <= 255:
        raise InvalidValue("a rest reason is 0 to 255")
    if agent.state is REST and not prolong:
        raise WrongAgentState(f"agent {agent.work_no} is resting already")
    if agent.state is STUDY:
        raise WrongAgentState(f"agent {agent.work_no} is studying")
    _refuse_crowded_rest(agent)
    if agent.state in IN_CALL_STATES:
        _set_pending(sw, agent, Pending(REST, reason, duration))
    elif agent.tenant.config.rest_approval and agent.state is not REST:
        agent.tenant.rest_requests[agent.work_no] = (duration, reason)
        sw.report(RestRequested(sw.now, agent.tenant.id, agent.work_no, reason, duration))
    else:
        agents.make_resting(sw, agent, duration, reason)


def _refuse_crowded_rest(agent: Agent) -> None:
    limit = agent.tenant.config.max_rest_agents
    if limit is not None and agent.state is not REST and agent.tenant.resting >= limit:
        raise WrongAgentState("as many agents rest as may at once")


def decide_rest(sw: Core, inspector: Agent, agent: Agent, *, approve: bool) -> None:
    """Take a rest out of the approval queue."""
    request = agent.tenant.rest_requests.pop(agent.work_no, None)
    if request is None:
        raise WrongAgentState(f"agent {agent.work_no} has asked for no rest")
    if not approve:
        sw.report(RestRefused(sw.now, agent.tenant.id, agent.work_no, inspector.work_no))
    elif agent.state in IN_CALL_STATES:
        _set_pending(sw, agent, Pending(REST, request[1], request[0]))
    else:
        agents.make_resting(sw, agent, *request)


def set_study(sw: Core, agent: Agent, *, studying: bool) -> None:
    """Study: signed in, but withdrawn from work (CTI state 9)."""
    agents.require_signed_in(agent)
    if studying:
        if agent.state in IN_CALL_STATES:
            raise WrongAgentState(f"agent {agent.work_no} is in a call")
        agent.do_not_disturb = False
        agents.change(sw, agent, STUDY)
    elif agent.state is not STUDY:
        raise WrongAgentState(f"agent {agent.work_no} is not studying")
    else:
        agents.make_ready(sw, agent, requested=True)


def set_custom_state(sw: Core, agent: Agent, state: int | None) -> None:
    """A state the business defines, 0–65534, beside the agent's own; None takes it back."""
    agents.require_signed_in(agent)
    if agent.state in IN_CALL_STATES:
        raise WrongAgentState(f"agent {agent.work_no} is in a call")
    if state is None and agent.custom_state is None:
        raise WrongAgentState(f"agent {agent.work_no} has no custom state")
    if state is not None and not 0 <= state < agents.NO_CUSTOM_STATE:
        raise InvalidValue("a custom state is 0 to 65534")
    agent.custom_state = state
    shown = agents.NO_CUSTOM_STATE if state is None else state
    sw.report(AgentCustomState(sw.now, agent.tenant.id, agent.work_no, shown))


def _set_pending(sw: Core, agent: Agent, pending: Pending | None) -> None:
    agent.pending = pending
    if pending is None or pending.state is not BUSY:
        agent.do_not_disturb = False
    agents.refresh_availability(sw, agent)
    state, reason = (pending.state, pending.reason) if pending else (IDLE, 0)
    sw.report(AgentPendingState(sw.now, agent.tenant.id, agent.work_no, state, reason))


def force_ready(sw: Core, inspector: Agent, agent: Agent) -> None:
    """An inspector makes the agent idle: at once, or after its call."""
    agents.require_signed_in(agent)
    if agent.state in IN_CALL_STATES:
        agent.return_state = None
        _set_pending(sw, agent, Pending(IDLE))
    elif agent.state is not IDLE:
        agents.make_ready(sw, agent, requested=True)
    _report_forced(sw, inspector, agent, IDLE)


def force_not_ready(sw: Core, inspector: Agent, agent: Agent) -> None:
    """An inspector makes the agent busy: at once, or after its call."""
    set_not_ready(sw, agent, 0, prolong=True)
    _report_forced(sw, inspector, agent, BUSY)


def force_rest(sw: Core, inspector: Agent, agent: Agent, duration: int, reason: int) -> None:
    """An inspector sends the agent to rest; needs no approval."""
    agents.require_signed_in(agent)
    if not 1 <= duration <= 86399 or not 0 <= reason <= 255:
        raise InvalidValue("a rest lasts 1 to 86399 seconds, its reason is 0 to 255")
    if agent.state in IN_CALL_STATES:
        _set_pending(sw, agent, Pending(REST, reason, duration))
    else:
        agents.make_resting(sw, agent, duration, reason)
    _report_forced(sw, inspector, agent, REST)


def _report_forced(sw: Core, inspector: Agent, agent: Agent, state: AgentState) -> None:
    sw.report(AgentForced(sw.now, agent.tenant.id, inspector.work_no, agent.work_no, state))


def accept_calls(sw: Core, agent: Agent, accepts: bool) -> None:
    """Whether an idle agent is offered calls from queues (CEC 6.1.1.22)."""
    agents.require_signed_in(agent)
    agent.takes_calls = accepts
    agents.relist(sw, agent)


def send_note(sw: Core, sender: Agent, recipients: list[Agent], text: str) -> None:
    """Deliver a note of at most 1023 bytes to those who are signed in."""
    agents.require_signed_in(sender)
    if len(text.encode()) > 1023:
        raise InvalidValue("a note has at most 1023 bytes")
    for agent in recipients:
        if agent.signed_in:
            sw.report(NoteReceived(sw.now, agent.tenant.id, agent.work_no, sender.work_no, text))
