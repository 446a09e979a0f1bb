"""Hands on the keys of a linked phone: what an agent does there, not at its desktop (CEC 6.5.1.12).

Each key does what the agent's command does, and is reported besides.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from emulator.switch import dialling, services, transfers
from emulator.switch.errors import UnknownPhone, WrongCallState
from emulator.switch.events import LinkedPhoneHeld, LinkedPhoneMuted
from emulator.switch.model import Agent, Call
from emulator.switch.terms import CallType, TargetType, TransferMode

if TYPE_CHECKING:
    from emulator.switch.core import Core


def _agent_at(sw: Core, number: str) -> Agent:
    phone = sw.phones.get(number)
    if phone is None:
        raise UnknownPhone(f"there is no phone {number}")
    agent = phone.agent
    if agent is None or not agent.phone_linkage:
        raise WrongCallState(f"phone {number} is not linked")
    return agent


def mute(sw: Core, number: str, *, muted: bool) -> None:
    agent = _agent_at(sw, number)
    call = services.established(agent).call
    services.mute(sw, agent, muted=muted)
    sw.report(LinkedPhoneMuted(sw.now, agent.tenant.id, agent.work_no, call.id, muted))


def hold(sw: Core, number: str) -> None:
    agent = _agent_at(sw, number)
    call = services.established(agent).call
    services.hold(sw, agent, None)
    sw.report(LinkedPhoneHeld(sw.now, agent.tenant.id, agent.work_no, call.id, True))


def retrieve(sw: Core, number: str, wanted: Call | None = None) -> None:
    """Take a call back, by default the one that was held last."""
    agent = _agent_at(sw, number)
    call = services.held(agent, wanted).call
    services.retrieve(sw, agent, call)
    sw.report(LinkedPhoneHeld(sw.now, agent.tenant.id, agent.work_no, call.id, False))


def transfer(sw: Core, number: str, to: str) -> None:
    """Send the current call to a number; the agent is free when it answers."""
    target = (TargetType.OUTSIDE, to)
    mode = TransferMode.RELEASE_AFTER
    transfers.transfer(sw, _agent_at(sw, number), target, mode, by_phone=True)


def dial(sw: Core, number: str, to: str) -> str:
    """Pick the phone up and dial a number; returns the call id."""
    target = (TargetType.OUTSIDE, to)
    agent = _agent_at(sw, number)
    return dialling.make_call(sw, agent, target, CallType.OUTBOUND, by_hand=True).id
