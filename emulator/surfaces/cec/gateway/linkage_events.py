"""What a client is told of its agent's phone, and of its keys (CEC 6.5.1.7, 6.5.1.12)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from emulator.surfaces.cec.gateway.translation import AgentEvent, Translation
from emulator.switch import events as switch
from emulator.switch.terms import PhoneCondition

PHONE_NUMBER = 6
NO_SKILL = 0
LINKED, NOT_LINKED = 0, 1
"""`result` of AgentEvent_linkageCapability."""
OFF_HOOK, ON_HOOK, TALKING, ONLINE, OFFLINE, RINGING = range(6)
"""`result` of AgentEvent_linkagePhoneStatus."""
FREE_AGAIN = {"phoneState": 2}


def capability(agent: int, *, linked: bool) -> AgentEvent:
    """Whether the agent's phone could be linked."""
    result = LINKED if linked else NOT_LINKED
    return AgentEvent(agent, "AgentEvent_linkageCapability", {"result": result})


def status(event: switch.Event) -> Iterator[AgentEvent]:
    """What a switch event says of the status of the agent's linked phone."""
    shown = _STATUS.get(type(event))
    if type(event) is switch.PhoneConditionChanged:
        shown = _STATUS_OF_CONDITION.get(event.condition)
    elif isinstance(event, switch.Established | switch.Retrieved) and event.ability not in _HEARD:
        shown = None
    if shown is not None:
        yield online(event.agent, shown)


def online(agent: int, shown: int = ONLINE) -> AgentEvent:
    """The status of a linked phone."""
    return AgentEvent(agent, "AgentEvent_linkagePhoneStatus", {"result": shown})


_HEARD = (1, 3)
_STATUS: Mapping[type[Any], int] = {
    switch.PhoneOffHook: OFF_HOOK,
    switch.PhoneOnHook: ON_HOOK,
    switch.Established: TALKING,
    switch.Retrieved: TALKING,
    switch.PhoneAlerting: RINGING,
}
_STATUS_OF_CONDITION = {PhoneCondition.IN_SERVICE: ONLINE, PhoneCondition.OFFLINE: OFFLINE}


def _address(number: str) -> dict[str, Any]:
    return {"address": number, "addressType": PHONE_NUMBER}


def _muted(event: switch.LinkedPhoneMuted) -> Iterator[AgentEvent]:
    name = "AgentEvent_linkagePhoneMute" if event.muted else "AgentEvent_linkagePhoneUnMute"
    yield AgentEvent(event.agent, name, {"callId": event.call})


def _held(event: switch.LinkedPhoneHeld) -> Iterator[AgentEvent]:
    name = "AgentEvent_linkagePhoneHold" if event.held else "AgentEvent_linkagePhoneUnHold"
    yield AgentEvent(event.agent, name, {"callId": event.call})


def _transfers(event: switch.LinkedPhoneTransfers) -> Iterator[AgentEvent]:
    content = {"addrOut": _address(event.number), "addrSelf": _address(event.phone)}
    yield AgentEvent(event.agent, "AgentEvent_linkagePhoneTransferOut", content)


def _transferred(event: switch.LinkedPhoneTransferResult) -> Iterator[AgentEvent]:
    content = {"result": event.result, "callId": event.call}
    yield AgentEvent(event.agent, "AgentEvent_linkagePhoneTransferOut_Result", content)


def _dials(event: switch.LinkedPhoneDials) -> Iterator[AgentEvent]:
    content = {
        "addrCalled": _address(event.number),
        "addrCaller": _address(event.phone),
        "skillId": NO_SKILL,
        "callId": event.call,
    }
    yield AgentEvent(event.agent, "AgentEvent_linkagePhoneCallOut", content)


def _condition(
    event: switch.PhoneConditionChanged | switch.PhoneCannotRing,
) -> Iterator[AgentEvent]:
    match event.condition:
        case PhoneCondition.BUSY:
            yield AgentEvent(event.agent, "AgentOther_PhoneBusy", None)
        case PhoneCondition.OFFLINE:
            yield AgentEvent(event.agent, "AgentOther_PhoneUnknow", None)
        case PhoneCondition.IN_SERVICE:
            yield AgentEvent(event.agent, "AgentOther_PhoneRelease", dict(FREE_AGAIN))


PHONE_TRANSLATIONS: Mapping[type[Any], Translation] = {
    switch.PhoneConditionChanged: _condition,
    switch.PhoneCannotRing: _condition,
    switch.LinkedPhoneMuted: _muted,
    switch.LinkedPhoneHeld: _held,
    switch.LinkedPhoneTransfers: _transfers,
    switch.LinkedPhoneTransferResult: _transferred,
    switch.LinkedPhoneDials: _dials,
}
