"""For each documented code of each interface: a situation in which the call center gives it.

Codes that mean the same everywhere (no session, another's guid, a wrong parameter, no inspector,
a breakdown inside) are derived from the facts; what an interface says about agents and calls is
written down here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.contract import facts
from tests.contract import situations as in_
from tests.contract.accepted import ACCEPTED, SIGN_IN, Request, Situation, request_in
from tests.contract.facts import Interface
from tests.contract.situations import Scene
from tests.contract.variants import MISSING, illegal
from tests.contract.world import World

PARAMETER_CODES = ("000-002", "100-001", "100-005", "100-011", "107-002", "200-028", "200-031")
"""Codes that stand for a wrong parameter; an interface gives the first that it documents."""
BREAKDOWN_CODES = {"100-007", "107-001", "108-007", "200-035", "900-001"}
NO_INSPECTOR = in_.THIRD
NOBODY = 59999
NO_CALL = "1-1"
NO_QUEUE = 99
NO_FILE = "Y:/1/0/20180621/105/1406470"
"""The name of a file that does not exist, without its ending."""
NO_SUBSCRIPTION = "20140414172508-001-00101"


@dataclass(frozen=True, slots=True)
class Refusal:
    """A situation, and how the request differs from the one that is accepted."""

    situation: Situation
    changes: Mapping[str, Any] = field(default_factory=dict)


def _refusal(situation: Situation, **changes: Any) -> Refusal:
    return Refusal(situation, changes)


def _for_each(sections: tuple[str, ...], rows: Mapping[str, Refusal]) -> dict[Any, Refusal]:
    return {(section, code): row for section in sections for code, row in rows.items()}


_SUPERVISED = ("12.1.3", "12.1.4", "12.1.10")
_WHISPERED = ("12.1.13", "12.1.14")
_BEGINNING = ("12.1.1", "12.1.2")
_FORCING = ("12.1.5", "12.1.6", "12.1.7", "12.1.9", "12.1.11")

_CHAIRED = tuple(f"6.1.6.{n}" for n in range(5, 18))
"""What only the chairperson of a conference can do."""

REFUSALS: Mapping[tuple[str, str], Refusal] = {
    # Signing in
    **_for_each(
        SIGN_IN,
        {
            "100-003": _refusal(in_.phone_taken),
            "100-004": _refusal(in_.signed_out, password="wrong"),
            "100-012": _refusal(in_.signed_out, agenttype=11),
            "100-015": _refusal(in_.talking),
            "100-016": _refusal(in_.signed_out, ip="300.1.1.1"),
            "110-016": _refusal(in_.locked),
        },
    ),
    ("6.1.1.1", "100-002"): _refusal(in_.idle),
    ("6.1.1.23", "100-002"): _refusal(in_.idle),
    # Agents
    ("6.1.1.4", "100-007"): _refusal(in_.idle, agentIds=[NOBODY]),
    ("6.1.1.6", "100-007"): _refusal(in_.idle, workno=NOBODY),
    ("6.1.1.9", "100-009"): _refusal(in_.talking),
    ("6.1.1.10", "100-009"): _refusal(in_.busy, prolong="false"),
    ("6.1.1.11", "100-009"): _refusal(in_.idle),
    ("6.1.1.12", "100-009"): _refusal(in_.resting, prolong="false"),
    ("6.1.1.13", "100-009"): _refusal(in_.idle),
    ("6.1.1.14", "100-009"): _refusal(in_.talking),
    ("6.1.1.15", "100-009"): _refusal(in_.idle),
    ("6.1.1.16", "100-007"): _refusal(in_.idle, oldPassword="Wrong-2026"),
    ("6.1.1.18", "100-007"): _refusal(in_.talking),
    ("6.1.1.18", "100-008"): _refusal(in_.signed_out_by_inspector),
    ("6.1.1.27", "100-009"): _refusal(in_.talking),
    ("6.1.1.29", "100-009"): _refusal(in_.idle),
    # Calls
    ("6.1.2.1", "100-007"): _refusal(in_.resting, mediaability=0),
    ("6.1.2.1", "200-001"): _refusal(in_.idle_video_agent, called="12a"),
    ("6.1.2.2", "100-007"): _refusal(in_.previewed_with_no_trunk_free),
    ("6.1.2.2", "200-001"): _refusal(in_.previewed, called="12a"),
    ("6.1.2.2", "200-036"): _refusal(in_.previewed, callcontrolid=99),
    ("6.1.2.3", "100-007"): _refusal(in_.asked_its_phone_to_answer),
    ("6.1.2.3", "200-002"): _refusal(in_.idle, callid=""),
    ("6.1.2.4", "100-007"): _refusal(in_.resting),
    ("6.1.2.4", "200-018"): _refusal(in_.talking),
    ("6.1.2.5", "100-007"): _refusal(in_.talking, dstaddress=str(NOBODY)),
    ("6.1.2.5", "200-018"): _refusal(in_.two_idle),
    ("6.1.2.6", "200-003"): _refusal(in_.idle),
    ("6.1.2.6", "200-004"): _refusal(in_.muted),
    ("6.1.2.7", "200-007"): _refusal(in_.idle),
    ("6.1.2.7", "200-008"): _refusal(in_.talking),
    ("6.1.2.8", "200-013"): _refusal(in_.idle),
    ("6.1.2.8", "200-014"): _refusal(in_.dialling),
    ("6.1.2.9", "200-013"): _refusal(in_.talking),
    ("6.1.2.9", "200-014"): _refusal(in_.holding_and_dialling),
    ("6.1.2.10", "200-015"): _refusal(in_.talking),
    ("6.1.2.10", "200-016"): _refusal(in_.holding_and_talking),
    ("6.1.2.11", "100-007"): _refusal(in_.talking_inside),
    ("6.1.2.11", "200-012"): _refusal(in_.two_idle),
    ("6.1.2.12", "200-012"): _refusal(in_.talking),
    ("6.1.2.13", "100-007"): _refusal(in_.idle),
    ("6.1.2.14", "200-010"): _refusal(in_.talking),
    ("6.1.2.14", "200-011"): _refusal(in_.holding_and_dialling),
    ("6.1.2.15", "200-025"): _refusal(in_.talking, callid=NO_CALL),
    ("6.1.2.16", "200-017"): _refusal(in_.idle),
    ("6.1.2.16#2", "200-017"): _refusal(in_.idle),
    ("6.1.2.17", "200-023"): _refusal(in_.talking, number="999"),
    ("6.1.2.17", "200-024"): _refusal(in_.holding_and_talking, number=in_.CUSTOMER),
    ("6.1.2.18", "200-027"): _refusal(in_.idle_video_agent),
    ("6.1.2.18", "200-029"): _refusal(in_.talking),
    ("6.1.2.18", "200-030"): _refusal(in_.talking_by_video),
    ("6.1.2.19", "200-032"): _refusal(in_.idle_video_agent),
    ("6.1.2.19", "200-033"): _refusal(in_.video_agent_talking),
    ("6.1.2.19", "200-034"): _refusal(in_.talking_by_video),
    ("6.1.2.20", "100-007"): _refusal(in_.queued_while_resting),
    ("6.1.2.21", "100-007"): _refusal(in_.another_rings_while_resting),
    ("6.1.2.22", "200-002"): _refusal(in_.idle, callid=NO_CALL),
    ("6.1.2.22", "200-037"): _refusal(in_.talking),
    ("6.1.2.22", "200-038"): _refusal(in_.ringing, callid=NO_CALL),
    ("6.1.2.23", "100-007"): _refusal(in_.ringing),
    ("6.1.2.24", "100-007"): _refusal(in_.ringing),
    ("6.1.2.25", "10001"): _refusal(in_.talking),
    # Events
    ("6.1.4.1", "000-001"): _refusal(in_.idle_with_pushed_events),
    # Queues and agents
    ("5.2.7", "600-005"): _refusal(in_.vdn_without_queues),
    ("5.2.9", "100-007"): _refusal(in_.idle, skills=[1, NO_QUEUE]),
    ("5.2.10", "600-004"): _refusal(in_.vdn_without_flows),
    ("5.2.11", "100-007"): _refusal(in_.idle, skillid=NO_QUEUE),
    ("5.2.11", "300-002"): _refusal(in_.queued),
    ("5.2.12", "100-007"): _refusal(in_.idle, workno=NOBODY),
    ("5.2.13", "600-005"): _refusal(in_.vdn_without_queues),
    # Call data
    ("6.1.3.2", "100-007"): _refusal(in_.idle),
    ("6.1.3.3", "400-001"): _refusal(in_.idle, callid=""),
    ("6.1.3.4", "400-003"): _refusal(in_.talking),
    ("6.1.3.6", "100-007"): _refusal(in_.talking, callid=NO_CALL),
    ("6.1.3.7", "100-007"): _refusal(in_.inspector_only),
    ("6.1.3.11", "100-007"): _refusal(in_.queued, skillid=NO_QUEUE),
    ("6.1.3.12", "100-007"): _refusal(in_.inspector_only),
    ("6.1.3.12", "300-001"): _refusal(in_.holding),
    ("6.1.3.12", "400-003"): _refusal(in_.inspector_and_talking_agent),
    # Inspection
    **_for_each(
        (*_BEGINNING, *_FORCING),
        {
            "900-001": _refusal(in_.inspector_only),
            "900-003": _refusal(in_.inspector_only, workNo=NOBODY),
        },
    ),
    **_for_each(_BEGINNING, {"900-005": _refusal(in_.resting_inspector)}),
    **_for_each(
        _SUPERVISED,
        {
            "900-001": _refusal(in_.supervising, workNo=in_.OTHER_INSPECTOR),
            "900-003": _refusal(in_.inspector_and_talking_agent),
        },
    ),
    ("12.1.8", "900-003"): _refusal(in_.inspector_and_talking_agent, callid=NO_CALL),
    ("12.1.12", "900-001"): _refusal(in_.inspector_only),
    ("12.1.12", "900-003"): _refusal(in_.resting_inspector),
    **_for_each(
        _WHISPERED,
        {
            "900-001": _refusal(in_.whispering, whisperagentid=in_.OTHER_INSPECTOR),
            "900-003": _refusal(in_.inspector_and_talking_agent),
        },
    ),
    **_for_each(
        ("12.1.12", *_WHISPERED),
        {"900-004": _refusal(in_.inspector_only, whisperagentid=NOBODY)},
    ),
    # Subscriptions
    ("6.3.2", "107-028"): _refusal(in_.subscribed, serverId=NO_SUBSCRIPTION),
    ("6.3.3", "107-031"): _refusal(in_.subscribed, serverId=NO_SUBSCRIPTION),
    ("6.3.4", "107-032"): _refusal(in_.subscribed, serviceid=NO_SUBSCRIPTION),
    ("6.3.5", "107-032"): _refusal(in_.subscribed, serviceid=NO_SUBSCRIPTION),
    # Sessions
    ("6.1.5.1", "106-001"): _refusal(in_.talking),
    ("6.1.5.1", "106-002"): _refusal(in_.chatting, data=""),
    ("6.1.5.1", "106-007"): _refusal(in_.chatting, data="x" * 2049),
    ("6.1.5.1", "106-011"): _refusal(in_.chatting, data=None),
    ("6.1.5.1", "106-013"): _refusal(in_.chatting, callid=""),
    ("6.1.5.1", "106-014"): _refusal(in_.chatting, callid=NO_CALL),
    ("6.1.5.2", "106-003"): _refusal(in_.chatting, callnums="61"),
    ("6.1.5.2", "106-008"): _refusal(in_.chatting, mediaType="3"),
    ("6.1.5.2", "106-012"): _refusal(in_.chatting, callnums="32768"),
    ("6.1.5.4", "100-007"): _refusal(in_.talking_by_video),
    ("6.1.5.4", "106-011"): _refusal(in_.seeing_each_other, callid=""),
    ("6.1.5.4", "106-015"): _refusal(in_.seeing_each_other, userType="user"),
    ("6.1.5.5", "100-007"): _refusal(in_.talking_by_video),
    ("6.1.5.5", "106-011"): _refusal(in_.seeing_each_other, userType=""),
    ("6.1.5.5", "106-015"): _refusal(in_.seeing_each_other, userType="agent"),
    ("6.1.5.3", "106-004"): _refusal(in_.chatting_with_another_idle, devicetype=3),
    ("6.1.5.3", "106-005"): _refusal(in_.chatting_with_another_resting, mode=0),
    ("6.1.5.3", "106-006"): _refusal(in_.chatting, address=str(NOBODY)),
    ("6.1.5.3", "106-009"): _refusal(in_.chatting_with_another_idle, calldata="x" * 2049),
    ("6.1.5.3", "106-010"): _refusal(in_.chatting_with_another_idle, mode=1),
    ("6.1.5.3", "106-012"): _refusal(in_.chatting_with_another_idle, skillId=32768),
    # Conferences
    **_for_each(("6.1.6.2", "6.1.6.3"), {"101-001": _refusal(in_.with_others_in_conference)}),
    **_for_each(("6.1.6.4", *_CHAIRED), {"101-001": _refusal(in_.two_idle)}),
    **_for_each(_CHAIRED, {"101-002": _refusal(in_.participating)}),
    ("6.1.6.1", "100-007"): _refusal(in_.busy),
    ("6.1.6.4", "101-007"): _refusal(in_.with_others_in_conference),
    ("6.1.6.6", "100-007"): _refusal(in_.in_conference),
    ("6.1.6.7", "100-007"): _refusal(in_.with_others_in_conference),
    ("6.1.6.9", "100-007"): _refusal(in_.in_conference),
    ("6.1.6.9", "101-005"): _refusal(in_.in_conference, destAgentNo=in_.AGENT),
    ("6.1.6.11", "100-007"): _refusal(
        in_.with_others_in_conference,
        addresses=[{"addressType": "9", "address": str(in_.AGENT)}],
    ),
    ("6.1.6.13", "100-007"): _refusal(in_.announcing_in_conference),
    ("6.1.6.14", "100-007"): _refusal(in_.in_conference),
    ("6.1.6.15", "100-007"): _refusal(in_.announcing_in_conference),
    ("6.1.6.16", "100-007"): _refusal(in_.with_others_in_conference),
    ("6.1.6.17", "100-007"): _refusal(in_.in_conference, modifyNum=118),
    ("6.1.6.19", "100-007"): _refusal(in_.in_conference),
    # Recordings
    ("13.1.1.1", "500-007"): _refusal(in_.talking, voicepath=f"{NO_FILE}.V3"),
    ("13.1.1.2", "500-003"): _refusal(in_.listening_to_nothing),
    ("13.1.1.3", "500-005"): _refusal(in_.listening),
    ("13.1.1.4", "500-002"): _refusal(in_.idle),
    ("13.1.1.5", "500-001"): _refusal(in_.idle),
    ("13.1.1.6", "500-009"): _refusal(in_.idle),
    ("13.1.1.9", "500-008"): _refusal(in_.ringing),
    ("13.1.1.9", "500-011"): _refusal(in_.idle_and_named_by_the_platform),
    ("13.1.1.10", "500-010"): _refusal(in_.idle),
    ("13.1.1.11", "100-018"): _refusal(in_.recorded, fileName="Y:/2/0/20180621/105/1406470.V3"),
    ("13.1.1.11", "500-007"): _refusal(in_.talking, fileName=f"{NO_FILE}.V3"),
    ("13.1.2.1", "104-001"): _refusal(in_.recorded_without_downloads),
    ("13.1.2.1", "104-005"): _refusal(in_.idle, recordId=f"{NO_FILE}.V3"),
    ("13.1.2.1", "104-010"): _refusal(in_.recorded_in_a_pool),
    ("13.1.2.2", "108-001"): _refusal(in_.recorded_without_downloads),
    ("13.1.2.2", "108-014"): _refusal(in_.recorded_without_voicecyber),
    ("13.1.2.2", "108-015"): _refusal(in_.recorded, callId=NO_CALL),
    ("13.1.2.2", "108-016"): _refusal(in_.inspector_and_recorded_agent),
    ("13.1.3.1", "108-001"): _refusal(in_.recorded_without_downloads),
    ("13.1.3.1", "108-002"): _refusal(in_.recorded_elsewhere),
    ("13.1.3.1", "108-003"): _refusal(in_.recorded_by_video, recordId="unknown"),
    ("13.1.3.1", "108-005"): _refusal(in_.recorded_by_video, fileType="9"),
    ("13.1.3.1", "108-006"): _refusal(in_.recorded, conferenceId=NO_CALL),
    ("13.1.3.1", "108-009"): _refusal(in_.recorded_by_video, fileType="2"),
    ("13.1.3.2", "108-001"): _refusal(in_.recorded_without_downloads),
    ("13.1.3.2", "104-003"): _refusal(in_.idle, recordId="../call.mp4"),
    ("13.1.3.2", "104-010"): _refusal(in_.recorded_in_a_pool),
    ("13.1.3.2", "108-002"): _refusal(in_.recorded_elsewhere),
    ("13.1.3.2", "108-009"): _refusal(in_.recorded),
    ("13.1.3.2", "108-011"): _refusal(in_.idle, recordId="Z:/1/0/20180621/105/1406470.mp4"),
    ("13.1.3.2", "108-012"): _refusal(in_.idle, recordId=f"{NO_FILE}.mp4"),
}


def refused_request(
    world: World, section: str, code: str
) -> tuple[Request, Mapping[str, str]] | None:
    """Bring the world into the situation; gives request and headers, None if there is no story."""
    interface = facts.interface(section)
    told = REFUSALS.get((section, code))
    if told is not None:
        return request_in(section, _complete(told.situation(world)), **told.changes), {}
    if code == "100-006":
        return request_in(section, _complete({})), {}
    if code in ("000-003", "107-007"):
        scene = ACCEPTED[section].situation(world)
        return request_in(section, scene), {"Guid": "00000000.AgentGateway0"}
    if code == "900-002":
        scene = ACCEPTED[section].situation(world)
        world.sign_in(NO_INSPECTOR)
        return request_in(section, {**scene, "agentid": NO_INSPECTOR}), {}
    if code in PARAMETER_CODES:
        scene = ACCEPTED[section].situation(world)
        return _with_wrong_parameter(interface, request_in(section, scene))
    if code in BREAKDOWN_CODES:
        scene = ACCEPTED[section].situation(world)
        world.break_down()
        return request_in(section, scene), {}
    return None


def _complete(scene: Scene) -> Scene:
    """What a request names although there is no such thing in the situation."""
    nothing = {
        "agentid": in_.AGENT,
        "workNo": in_.OTHER,
        "callid": NO_CALL,
        "control": 1,
        "conferences": [1],
        "file": f"{NO_FILE}.V3",
    }
    return {**nothing, **scene}


def _with_wrong_parameter(
    interface: Interface, request: Request
) -> tuple[Request, Mapping[str, str]]:
    for parameter in interface.parameters:
        if parameter.name in ("agentid", "Guid", "Content-Type"):
            continue
        for _, value in illegal(parameter):
            if parameter.place == "header":
                return request, {parameter.name: value}
            request.part(parameter.place).pop(parameter.name, None)
            if value is not MISSING:
                request.part(parameter.place)[parameter.name] = value
            return request, {}
    request.path["agentid"] = "nobody"
    return request, {}
