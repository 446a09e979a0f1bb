"""Agent conferences: asking for them, taking part, and what the chair can do (CEC 6.1.6)."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import BaseModel, Field

from emulator.surfaces.cec.gateway.component import (
    AGENT_CONFERENCE,
    GatewayRequest,
    codes,
    gateway,
    signed_in,
)
from emulator.surfaces.cec.gateway.conference_schemas import (
    AddressBody,
    AddressInfo,
    AttributeBody,
    ConferenceInfo,
    FileToAllBody,
    FileToOneBody,
    IdsBody,
    InvitationBody,
    RemovalBody,
    RequestBody,
    ResizeBody,
    information,
)
from emulator.surfaces.cec.gateway.errors import failures
from emulator.surfaces.coercion import Int, spelled
from emulator.switch import conference_control
from emulator.switch.terms import ChannelAttribute

IN_NONE = failures(NoConference="101-001")
CHAIR_CODES = codes("000-002", "101-001", "101-002")
CHAIR_FAILURES = failures(NoConference="101-001", NotChairperson="101-002", InvalidNumber="000-002")
CHANGED = "AgentConf_ParticipantChanged"


# Taking part


@gateway.post(
    AGENT_CONFERENCE + "/requestagentconf",
    section="6.1.6.1",
    codes=codes("000-002"),
    events=(
        "AgentState_Busy",
        "AgentOther_PhoneAlerting",
        "AgentOther_PhoneOffhook",
        "AgentConf_SelfJoinResult",
        "AgentConf_RequestSuccess",
        "AgentConf_RequestFailed",
        "AgentConf_Timeout",
    ),
)
def request_conference(call: GatewayRequest, body: RequestBody) -> dict[str, Any]:
    """Ask for a conference; events tell whether it begins."""
    call.platform.switch.request_conference(call.agent_id, body.wish)
    return {}


@gateway.post(
    AGENT_CONFERENCE + "/answeragentconf",
    section="6.1.6.2",
    codes=codes("000-002", "101-001"),
    events=("AgentConf_SelfJoinResult", "AgentMediaEvent_Record", CHANGED),
    failures=IN_NONE,
)
def answer_conference(call: GatewayRequest) -> dict[str, Any]:
    """Join the conference that rings."""
    call.platform.switch.answer_conference(call.agent_id)
    return {}


@gateway.post(
    AGENT_CONFERENCE + "/rejectagentconf",
    section="6.1.6.3",
    codes=codes("000-002", "101-001"),
    events=("AgentOther_PhoneRelease", "AgentState_Ready", CHANGED),
    failures=IN_NONE,
)
def reject_conference(call: GatewayRequest) -> dict[str, Any]:
    """Do not join the conference that rings."""
    call.platform.switch.reject_conference(call.agent_id)
    return {}


@gateway.post(
    AGENT_CONFERENCE + "/requestleaveagentconf",
    section="6.1.6.4",
    codes=codes("000-002", "101-001", "101-007"),
    events=(
        "AgentMediaEvent_StopRecordDone",
        "AgentOther_PhoneRelease",
        "AgentConf_SelfLeaveResult",
        CHANGED,
    ),
    failures=failures(NoConference="101-001", ChairpersonStays="101-007"),
)
def leave_conference(call: GatewayRequest) -> dict[str, Any]:
    """Leave the conference."""
    call.platform.switch.leave_conference(call.agent_id)
    return {}


@gateway.post(
    AGENT_CONFERENCE + "/releaseagentconf",
    section="6.1.6.5",
    codes=CHAIR_CODES,
    events=(
        "AgentMediaEvent_StopRecordDone",
        "AgentOther_PhoneRelease",
        "AgentConf_SelfLeaveResult",
        "AgentState_Ready",
    ),
    failures=CHAIR_FAILURES,
)
def release_conference(call: GatewayRequest) -> dict[str, Any]:
    """End the conference for everybody."""
    call.platform.switch.release_conference(call.agent_id)
    return {}


# Participants


@gateway.post(
    AGENT_CONFERENCE + "/holdparticipant",
    section="6.1.6.6",
    codes=CHAIR_CODES,
    events=(CHANGED,),
    failures=CHAIR_FAILURES,
)
def hold_participant(call: GatewayRequest, body: FileToOneBody) -> dict[str, Any]:
    """Hold a participant."""
    call.platform.switch.hold_participant(call.agent_id, body.address, body.path)
    return {}


@gateway.post(
    AGENT_CONFERENCE + "/unholdparticipant",
    section="6.1.6.7",
    codes=CHAIR_CODES,
    events=(CHANGED,),
    failures=CHAIR_FAILURES,
)
def unhold_participant(call: GatewayRequest, body: AddressBody) -> dict[str, Any]:
    """Let a held participant talk again."""
    call.platform.switch.unhold_participant(call.agent_id, body.address)
    return {}


@gateway.post(
    AGENT_CONFERENCE + "/batchaddparticipant",
    section="6.1.6.10",
    codes=CHAIR_CODES,
    events=(CHANGED,),
    failures=CHAIR_FAILURES,
)
def invite_participants(call: GatewayRequest, body: InvitationBody) -> dict[str, Any]:
    """Invite agents and phones; events tell who joins."""
    call.platform.switch.invite_participants(
        call.agent_id,
        [invited.invitation for invited in body.addresses],
        caller=body.caller,
        welcome=body.announcement,
    )
    return {}


class Missing(BaseModel):
    """Who could not be removed."""

    noExistParticipants: list[AddressInfo]  # noqa: N815


@gateway.post(
    AGENT_CONFERENCE + "/batchremoveparticipant",
    section="6.1.6.11",
    message="",
    codes=CHAIR_CODES,
    events=(CHANGED, "AgentConf_SelfLeaveResult"),
    failures=CHAIR_FAILURES,
)
def remove_participants(call: GatewayRequest, body: RemovalBody) -> Missing:
    """Remove participants; answers who does not take part."""
    addresses = [named.address for named in body.addresses]
    missing = call.platform.switch.remove_participants(call.agent_id, addresses)
    return Missing(noExistParticipants=[AddressInfo.of(address) for address in missing])


@gateway.post(
    AGENT_CONFERENCE + "/changeparticipantmode",
    section="6.1.6.12",
    codes=CHAIR_CODES,
    events=(CHANGED,),
    failures=CHAIR_FAILURES,
)
def change_participant(call: GatewayRequest, body: AttributeBody) -> dict[str, Any]:
    """Let a participant listen, speak, both or neither."""
    attribute = ChannelAttribute(body.attribute)
    call.platform.switch.change_participant(call.agent_id, body.address, attribute)
    return {}


# Announcements


@gateway.post(
    AGENT_CONFERENCE + "/playvoicetoconf",
    section="6.1.6.13",
    codes=CHAIR_CODES,
    events=("AgentConf_StopVoice",),
    failures=CHAIR_FAILURES,
)
def announce(call: GatewayRequest, body: FileToAllBody) -> dict[str, Any]:
    """Play an announcement to everybody."""
    call.platform.switch.announce(call.agent_id, body.path, background=bool(body.background))
    return {}


@gateway.post(
    AGENT_CONFERENCE + "/stopvoicetoconf",
    section="6.1.6.14",
    codes=CHAIR_CODES,
    failures=CHAIR_FAILURES,
)
def stop_announcing(call: GatewayRequest) -> dict[str, Any]:
    """Stop the announcement to everybody."""
    call.platform.switch.stop_announcing(call.agent_id)
    return {}


@gateway.post(
    AGENT_CONFERENCE + "/playvoicetoparticipant",
    section="6.1.6.15",
    codes=CHAIR_CODES,
    events=("AgentConf_StopParticipantVoice",),
    failures=CHAIR_FAILURES,
)
def announce_to(call: GatewayRequest, body: FileToOneBody) -> dict[str, Any]:
    """Play an announcement to one participant."""
    call.platform.switch.announce_to(call.agent_id, body.address, body.path)
    return {}


@gateway.post(
    AGENT_CONFERENCE + "/stopvoicetoparticipant",
    section="6.1.6.16",
    codes=CHAIR_CODES,
    failures=CHAIR_FAILURES,
)
def stop_announcing_to(call: GatewayRequest, body: AddressBody) -> dict[str, Any]:
    """Stop the announcement to one participant."""
    call.platform.switch.stop_announcing_to(call.agent_id, body.address)
    return {}


# The conference itself


class ProlongBody(BaseModel):
    """Minutes more (6.1.6.8)."""

    minutes: Annotated[Int, Field(ge=1, le=1440)] = spelled("prolongTime")


class Prolonged(BaseModel):
    """By how many minutes a conference has become longer."""

    appliedTime: int  # noqa: N815


@gateway.post(
    AGENT_CONFERENCE + "/prolongtime",
    section="6.1.6.8",
    codes=CHAIR_CODES,
    failures=CHAIR_FAILURES,
)
def prolong(call: GatewayRequest, body: ProlongBody) -> Prolonged:
    """Let the conference last longer."""
    applied = call.platform.switch.prolong_conference(call.agent_id, body.minutes)
    return Prolonged(appliedTime=applied)


class ShiftBody(BaseModel):
    """Who is to have the chair (6.1.6.9)."""

    successor: Int = spelled("destAgentNo")


@gateway.post(
    AGENT_CONFERENCE + "/applytoshiftpresident",
    section="6.1.6.9",
    codes=codes("000-002", "101-001", "101-002", "101-005"),
    events=(CHANGED, "AgentConf_PresidentChanged"),
    failures={**CHAIR_FAILURES, **failures(OwnChair="101-005")},
)
def shift_chair(call: GatewayRequest, body: ShiftBody) -> dict[str, Any]:
    """Hand the chair to another agent of the conference."""
    call.platform.switch.shift_chairperson(call.agent_id, body.successor)
    return {}


@gateway.post(
    AGENT_CONFERENCE + "/modifyconfresource",
    section="6.1.6.17",
    codes=CHAIR_CODES,
    failures=CHAIR_FAILURES,
)
def resize(call: GatewayRequest, body: ResizeBody) -> dict[str, Any]:
    """Allow more parties or less."""
    change = -body.number if body.decrease else body.number
    call.platform.switch.resize_conference(call.agent_id, change)
    return {}


# Asking


class Conferences(BaseModel):
    """Conferences that the agent may see."""

    confs: list[ConferenceInfo]


@gateway.post(
    AGENT_CONFERENCE + "/queryconfinfos",
    section="6.1.6.18",
    message="",
    codes=codes("000-002"),
)
def query_conferences(call: GatewayRequest, body: IdsBody) -> Conferences:
    """The conferences with these ids: an inspector's VDN's, another agent's own."""
    rooms = conference_control.visible(signed_in(call), body.ids)
    now = call.platform.switch.now
    return Conferences(confs=[information(room, now) for room in rooms])


class ConferenceIds(BaseModel):
    """The conferences of a VDN."""

    confIds: list[int]  # noqa: N815


@gateway.get(
    AGENT_CONFERENCE + "/queryvdnconfid",
    section="6.1.6.19",
    codes=codes("000-002"),
)
def query_conference_ids(call: GatewayRequest) -> ConferenceIds:
    """The ids of the VDN's conferences; inspectors may ask."""
    return ConferenceIds(confIds=conference_control.ongoing(signed_in(call)))
