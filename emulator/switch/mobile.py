"""Agents who answer on a mobile phone in place of their desk phone (CEC 6.1.2.26)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import agents, supervision, trunks
from emulator.switch.agents import SignIn
from emulator.switch.errors import PhoneInUse, WrongAgentState
from emulator.switch.model import Agent, Phone

if TYPE_CHECKING:
    from emulator.switch.core import Core


def log_on(sw: Core, agent: Agent, number: str) -> None:
    """Sign the agent in at an outside number; one that is signed in changes over to it.

    Behind a gateway the phone is a real one, which answers for itself.
    """
    if number in sw.phones:
        raise PhoneInUse(f"{number} is a phone of the call center")
    if agent.signed_in:
        agents.require_no_call(agent)
        supervision.released(sw, agent)
        agents.log_off(sw, agent, agents.SIGNS_IN_ANEW)
    external = trunks.leads_outside(agent.tenant, number)
    phone = sw.phones[number] = Phone(number, agent.tenant.id, external, mobile=True)
    agents.log_on(sw, agent, SignIn(phone=number), phone)


def log_off(sw: Core, agent: Agent) -> None:
    """Sign the agent out of its mobile phone."""
    phone = agent.phone
    if phone is None or not phone.mobile:
        raise WrongAgentState(f"agent {agent.work_no} does not answer on a mobile phone")
    agents.require_no_call(agent)
    supervision.released(sw, agent)
    agents.log_off(sw, agent)
