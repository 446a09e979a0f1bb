"""The states that a softphone puts its agent in (chapter 3)."""

from __future__ import annotations

from emulator.surfaces.soap.contract import Number, Text
from emulator.surfaces.ultracrm.desk import DONE, UltraCrm
from emulator.surfaces.ultracrm.services import STATE, at_client
from emulator.switch.errors import InvalidValue
from emulator.switch.model import Agent
from emulator.switch.terms import BUSY, REST, WRAP_UP

AS_LONG_AS_IT_TAKES = 86_399
"""Seconds: the longest rest."""
BUSY_REASONS = range(200, 250 + 1)
REST_REASONS = range(255 + 1)


@at_client.operation("ATSetAfterWorking", codes=STATE)
def set_working(desk: UltraCrm, strUid: Text, nState: Number, strCause: Text = "") -> Number:
    """Begin (1) or end (0) work after a call."""
    agent = desk.agent(strUid)
    if _wanted(nState):
        desk.switch.set_working(agent.work_no)
    else:
        desk.switch.cancel_state(agent.work_no, WRAP_UP)
    return DONE


@at_client.operation("ATSetBusy", codes=STATE)
def set_busy(desk: UltraCrm, strUid: Text, nBusy_state: Number, strCause: Text = "") -> Number:
    """Be busy (1), or no longer (0)."""
    agent = desk.agent(strUid)
    if _wanted(nBusy_state):
        reason = _reason(agent, strCause, BUSY_REASONS)
        desk.switch.set_not_ready(agent.work_no, reason, prolong=True)
    else:
        desk.switch.cancel_state(agent.work_no, BUSY)
    return DONE


@at_client.operation("ATSetLeaveSeat", codes=STATE)
def leave_seat(desk: UltraCrm, strUid: Text, nState: Number, strCause: Text = "") -> Number:
    """Leave the seat (1), or be back (0)."""
    agent = desk.agent(strUid)
    if _wanted(nState):
        reason = _reason(agent, strCause, REST_REASONS)
        desk.switch.request_rest(agent.work_no, AS_LONG_AS_IT_TAKES, reason, prolong=True)
    else:
        desk.switch.cancel_state(agent.work_no, REST)
    return DONE


@at_client.operation("ATSetReady", codes=STATE)
def set_ready(desk: UltraCrm, strUid: Text, nState: Number) -> Number:
    """Take calls of the groups (1), or not (0)."""
    agent = desk.agent(strUid)
    if _wanted(nState):
        desk.switch.set_ready(agent.work_no)
    else:
        desk.switch.set_not_ready(agent.work_no, prolong=True)
    return DONE


def _wanted(state: int) -> bool:
    if state not in (0, 1):
        raise InvalidValue("a state is entered (1) or left (0)")
    return state == 1


def _reason(agent: Agent, cause: str, allowed: range) -> int:
    """The code that the cause is, or is the name of, among the tenant's reasons; else 0."""
    code = int(cause) if cause.isascii() and cause.isdecimal() and len(cause) <= 3 else 0
    for reason in agent.tenant.config.rest_reasons:
        if reason.name == cause:
            code = reason.code
    return code if code in allowed else 0
