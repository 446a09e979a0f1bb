"""Agent conference events as an agent's client is told of them (CEC 6.5.1.10)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from emulator.surfaces.cec.gateway.translation import AgentEvent, Translation
from emulator.switch import events as switch

NO_REASON = 255
"""`changeReason` of what is no leaving, as in the example of 6.5.1.10.6."""
AGENT, PHONE = 9, 6
STOPPED = {"result": 0}


def _with_conference(name: str) -> Translation:
    def tell(event: Any) -> Iterator[AgentEvent]:
        if event.agent:
            yield AgentEvent(event.agent, name, {"confId": event.conference})

    return tell


def _stopped(name: str) -> Translation:
    def tell(event: Any) -> Iterator[AgentEvent]:
        yield AgentEvent(event.agent, name, dict(STOPPED))

    return tell


def _refused(event: switch.ConferenceRefused) -> Iterator[AgentEvent]:
    yield AgentEvent(event.agent, "AgentConf_RequestFailed", {"cause": event.cause})


def _changed(event: switch.ParticipantChanged) -> Iterator[AgentEvent]:
    content = {
        "result": event.result,
        "changeReason": NO_REASON if event.reason is None else int(event.reason),
        "changeType": int(event.change),
        "confId": event.conference,
        "participant": event.number,
        "participantType": AGENT if event.is_agent else PHONE,
        "deviceCallType": event.device_call_type,
        "deviceType": event.device_type,
    }
    yield AgentEvent(event.agent, "AgentConf_ParticipantChanged", content)


CONFERENCE_TRANSLATIONS: Mapping[type[Any], Translation] = {
    switch.ConferenceStarted: _with_conference("AgentConf_RequestSuccess"),
    switch.ConferenceRefused: _refused,
    switch.ConferenceJoined: _with_conference("AgentConf_SelfJoinResult"),
    switch.ConferenceTimeout: _with_conference("AgentConf_Timeout"),
    switch.ConferenceRinging: _with_conference("AgentConf_Ringing"),
    switch.ParticipantChanged: _changed,
    switch.ConferenceLeft: _with_conference("AgentConf_SelfLeaveResult"),
    switch.ChairpersonChanged: _with_conference("AgentConf_PresidentChanged"),
    switch.ConferenceVoiceStopped: _stopped("AgentConf_StopVoice"),
    switch.ParticipantVoiceStopped: _stopped("AgentConf_StopParticipantVoice"),
}
