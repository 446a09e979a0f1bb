"""For each documented interface: a situation in which its documented example is accepted.

`fill` puts real numbers, ids and passwords in the place of the example's; "$callid" is what the
situation knows by that name.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from tests.contract import facts
from tests.contract import situations as in_
from tests.contract.situations import Scene
from tests.contract.world import PASSWORD, Reply, World

Situation = Callable[[World], Scene]

SIGN_IN = ("6.1.1.1", "6.1.1.2", "6.1.1.23")
"""The interfaces that need no guid: they create it."""
NEW_PASSWORD = "Spring-2027"
PHONE_PASSWORD = "Phone*2027"
OWN_FILE = f"Y:/1/0/20201119/{in_.AGENT}/142702.V3"


@dataclass(frozen=True, slots=True)
class Accepted:
    """A situation and the parameters that are not the example's own."""

    situation: Situation
    fill: Mapping[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Request:
    """A request that is ready to be sent, or to be spoilt first."""

    section: str
    path: dict[str, Any]
    query: dict[str, Any]
    body: dict[str, Any] | None
    headers: dict[str, str]

    def part(self, place: str) -> dict[str, Any]:
        found: dict[str, Any] = getattr(self, place)
        return found

    def send(self, world: World, headers: Mapping[str, str] | None = None) -> Reply:
        return world.call(
            self.section,
            self.path,
            query=self.query,
            body=self.body,
            headers={**self.headers, **(headers or {})},
        )


_SIGN_IN = {"password": PASSWORD, "phonenum": "40101"}
_WORK_NO = {"workNo": "$workNo"}
_TARGET = {"whisperagentid": "$workNo"}

_COLLEAGUE = {"addressType": "9", "address": str(in_.OTHER)}
_OUTSIDER = {"addressType": "6", "address": in_.OUTSIDE}

ACCEPTED: Mapping[str, Accepted] = {
    "4.6": Accepted(in_.signed_out, {"password": PASSWORD}),
    "5.1.8": Accepted(
        in_.signed_out,
        {
            "userAccount": f"agent{in_.AGENT}",
            "accountPwd": PASSWORD,
            "newPhonePwd": PHONE_PASSWORD,
        },
    ),
    "5.2.5": Accepted(in_.queued),
    "5.2.6": Accepted(in_.queued),
    "5.2.7": Accepted(in_.idle),
    "5.2.8": Accepted(in_.queued, {"skillid": 1}),
    "5.2.9": Accepted(in_.queued, {"skills": [1, 2]}),
    "5.2.10": Accepted(in_.idle),
    "5.2.11": Accepted(in_.two_idle, {"skillid": 1}),
    "5.2.12": Accepted(in_.talking_with_another_idle, {"workno": in_.OTHER}),
    "5.2.13": Accepted(in_.two_idle),
    "6.1.1.1": Accepted(in_.signed_out, _SIGN_IN),
    "6.1.1.2": Accepted(in_.idle, _SIGN_IN),
    "6.1.1.3": Accepted(in_.idle),
    "6.1.1.4": Accepted(in_.two_idle, {"agentIds": [in_.OTHER, in_.THIRD]}),
    "6.1.1.5": Accepted(in_.idle),
    "6.1.1.6": Accepted(in_.idle, {"workno": in_.OTHER}),
    "6.1.1.7": Accepted(in_.idle, {"isautoanswer": "true"}),
    "6.1.1.8": Accepted(in_.idle, {"autoflag": "false", "skillid": "1;2", "phonelinkage": 0}),
    "6.1.1.9": Accepted(in_.busy),
    "6.1.1.10": Accepted(in_.busy, {"reason": 200, "prolong": "true"}),
    "6.1.1.11": Accepted(in_.busy),
    "6.1.1.12": Accepted(in_.resting, {"time": 60, "restcause": 1, "prolong": "true"}),
    "6.1.1.13": Accepted(in_.resting),
    "6.1.1.14": Accepted(in_.idle),
    "6.1.1.15": Accepted(in_.wrapping_up),
    "6.1.1.16": Accepted(in_.idle, {"oldPassword": PASSWORD, "newPassword": NEW_PASSWORD}),
    "6.1.1.17": Accepted(in_.idle, {"flag": "true"}),
    "6.1.1.18": Accepted(in_.idle),
    "6.1.1.19": Accepted(in_.talking),
    "6.1.1.20": Accepted(in_.talking, {"reason": 1}),
    "6.1.1.21": Accepted(in_.talking),
    "6.1.1.22": Accepted(in_.idle, {"flag": 1}),
    "6.1.1.23": Accepted(in_.signed_out, _SIGN_IN),
    "6.1.1.24": Accepted(in_.idle),
    "6.1.1.25": Accepted(in_.holding_and_talking),
    "6.1.1.26": Accepted(in_.idle),
    "6.1.1.27": Accepted(in_.idle, {"customstate": 7}),
    "6.1.1.28": Accepted(in_.in_custom_state),
    "6.1.1.29": Accepted(in_.in_custom_state),
    "6.1.2.1": Accepted(in_.idle_video_agent),
    "6.1.2.2": Accepted(in_.previewed, {"called": in_.OUTSIDE, "callcontrolid": "$control"}),
    "6.1.2.3": Accepted(in_.ringing, {"callid": "$callid"}),
    "6.1.2.4": Accepted(in_.two_idle, {"called": str(in_.OTHER)}),
    "6.1.2.5": Accepted(in_.talking_with_another_idle, {"dstaddress": in_.OTHER}),
    "6.1.2.6": Accepted(in_.talking),
    "6.1.2.7": Accepted(in_.muted),
    "6.1.2.8": Accepted(in_.talking),
    "6.1.2.9": Accepted(in_.holding_and_talking, {"callid": "$callid"}),
    "6.1.2.10": Accepted(in_.holding, {"callid": "$callid"}),
    # The example's mode is not one of its device type (Table 6-143): release-after-transfer.
    "6.1.2.11": Accepted(in_.talking_with_another_idle, {"address": str(in_.OTHER), "mode": 2}),
    "6.1.2.12": Accepted(in_.transferring),
    "6.1.2.13": Accepted(in_.talking, {"number": "12*#"}),
    "6.1.2.14": Accepted(in_.holding_and_talking, {"callid": "$callid"}),
    "6.1.2.15": Accepted(in_.talking, {"callid": "$callid"}),
    "6.1.2.16": Accepted(in_.talking),
    "6.1.2.16#2": Accepted(in_.talking),
    "6.1.2.17": Accepted(in_.holding_and_talking, {"number": in_.OUTSIDE}),
    "6.1.2.18": Accepted(in_.video_agent_talking, {"mediaType": 3}),
    "6.1.2.19": Accepted(in_.conferring_by_video),
    "6.1.2.20": Accepted(in_.queued, {"callid": "$callid", "skilltype": 0, "skillId": 1}),
    "6.1.2.21": Accepted(in_.another_rings, {"destWorkNo": in_.OTHER}),
    "6.1.2.22": Accepted(in_.ringing, {"callid": "$callid"}),
    "6.1.2.23": Accepted(in_.ringing_linked),
    "6.1.2.24": Accepted(in_.ringing_linked),
    "6.1.2.25": Accepted(in_.conferring),
    "6.1.2.26": Accepted(in_.signed_out),
    "6.1.2.27": Accepted(in_.on_mobile),
    "6.1.2.28": Accepted(in_.on_mobile),
    "6.1.3.1": Accepted(in_.talking, {"isNoContainLastCall": "true"}),
    "6.1.3.2": Accepted(in_.talking, {"callId": "$callid", "isEncodeResult": "true"}),
    "6.1.3.3": Accepted(in_.talking, {"callid": "$callid"}),
    "6.1.3.4": Accepted(in_.holding),
    "6.1.3.5": Accepted(in_.ringing),
    "6.1.3.6": Accepted(in_.talking, {"callid": "$callid"}),
    "6.1.3.7": Accepted(in_.inspector_and_talking_agent, {"workno": "$workNo"}),
    "6.1.3.8": Accepted(in_.talking),
    "6.1.3.9": Accepted(in_.talking),
    "6.1.3.10": Accepted(in_.talking),
    "6.1.3.11": Accepted(in_.queued, {"skillid": 1}),
    "6.1.3.12": Accepted(in_.inspector_and_holding_agent, {"workno": "$workNo"}),
    "6.1.4.1": Accepted(in_.talking, {"calldata": ""}),
    "12.1.1": Accepted(in_.inspector_and_idle_agent, _WORK_NO),
    "12.1.2": Accepted(in_.inspector_and_idle_agent, _WORK_NO),
    "12.1.3": Accepted(in_.supervising, _WORK_NO),
    "12.1.4": Accepted(in_.supervising, _WORK_NO),
    "12.1.5": Accepted(in_.inspector_and_idle_agent, _WORK_NO),
    "12.1.6": Accepted(in_.inspector_and_busy_agent, _WORK_NO),
    "12.1.7": Accepted(in_.inspector_and_talking_agent, _WORK_NO),
    "12.1.8": Accepted(in_.inspector_and_talking_agent, {"callid": "$callid"}),
    "12.1.9": Accepted(in_.inspector_and_idle_agent, {"workNo": str(in_.AGENT), "skills": [1]}),
    "12.1.10": Accepted(in_.supervising, _WORK_NO),
    "12.1.11": Accepted(in_.inspector_and_idle_agent, {**_WORK_NO, "time": 60, "reason": 1}),
    "12.1.12": Accepted(in_.inspector_and_talking_agent, _TARGET),
    "12.1.13": Accepted(in_.whispering, _TARGET),
    "12.1.14": Accepted(in_.whispering, {**_TARGET, "switchtype": 0}),
    "6.1.5.4": Accepted(in_.seeing_each_other, {"callid": "$callid"}),
    "6.1.5.5": Accepted(in_.seeing_each_other, {"callid": "$callid"}),
    "6.3.1": Accepted(in_.configuring),
    "6.3.2": Accepted(in_.subscribed, {"serverId": "$serverId"}),
    "6.3.3": Accepted(in_.subscribed, {"serverId": "$serverId"}),
    "6.3.4": Accepted(in_.subscribed, {"serviceid": "$serverId"}),
    "6.3.5": Accepted(in_.subscribed, {"serviceid": "$serverId", "service_token": "$token"}),
    "6.1.5.1": Accepted(in_.chatting, {"callid": "$callid"}),
    "6.1.5.2": Accepted(in_.chatting),
    "6.1.5.3": Accepted(
        in_.chatting_with_another_idle,
        {"callid": "$callid", "address": str(in_.OTHER_CHAT_AGENT)},
    ),
    "6.1.6.1": Accepted(in_.idle),
    "6.1.6.2": Accepted(in_.invited),
    "6.1.6.3": Accepted(in_.invited),
    "6.1.6.4": Accepted(in_.participating),
    "6.1.6.5": Accepted(in_.with_others_in_conference),
    "6.1.6.6": Accepted(in_.with_others_in_conference, _OUTSIDER),
    "6.1.6.7": Accepted(in_.with_another_held_in_conference, _COLLEAGUE),
    "6.1.6.8": Accepted(in_.in_conference),
    "6.1.6.9": Accepted(in_.with_others_in_conference, {"destAgentNo": in_.OTHER}),
    "6.1.6.10": Accepted(in_.in_conference_with_another_idle, {"addresses": [_COLLEAGUE]}),
    "6.1.6.11": Accepted(in_.with_others_in_conference, {"addresses": [_COLLEAGUE, _OUTSIDER]}),
    "6.1.6.12": Accepted(in_.with_others_in_conference, _OUTSIDER),
    "6.1.6.13": Accepted(in_.with_others_in_conference),
    "6.1.6.14": Accepted(in_.announcing_in_conference),
    "6.1.6.15": Accepted(in_.with_others_in_conference, _COLLEAGUE),
    "6.1.6.16": Accepted(in_.announcing_in_conference, _COLLEAGUE),
    "6.1.6.17": Accepted(in_.in_conference),
    "6.1.6.18": Accepted(in_.inspector_and_conference, {"confIds": "$conferences"}),
    "6.1.6.19": Accepted(in_.inspector_and_conference),
    "13.1.1.1": Accepted(in_.recorded, {"voicepath": "$file"}),
    "13.1.1.2": Accepted(in_.listening),
    "13.1.1.3": Accepted(in_.listening_to_nothing),
    "13.1.1.4": Accepted(in_.listening, {"time": 2}),
    "13.1.1.5": Accepted(in_.listening, {"time": 2}),
    "13.1.1.6": Accepted(in_.listening),
    "13.1.1.7": Accepted(in_.idle),
    "13.1.1.8": Accepted(in_.screen_recorded),
    "13.1.1.9": Accepted(in_.idle, {"fileName": OWN_FILE}),
    "13.1.1.10": Accepted(in_.recording_alone),
    "13.1.1.11": Accepted(in_.recorded, {"fileName": "$file"}),
    "13.1.2.1": Accepted(in_.recorded, {"recordId": "$file", "filetype": "1"}),
    "13.1.2.2": Accepted(in_.recorded, {"callId": "$callid"}),
    "13.1.3.1": Accepted(in_.recorded_by_video, {"conferenceId": "$callid", "fileType": "0"}),
    "13.1.3.2": Accepted(in_.recorded_by_video, {"recordId": "$file"}),
}


def request_in(section: str, scene: Scene, **changes: Any) -> Request:
    """The interface's accepted request, as it is in that situation."""
    interface = facts.interface(section)
    fill = {**ACCEPTED[section].fill, **changes}
    values = {name: _real(value, scene) for name, value in fill.items()}
    if "agentid" in scene:
        values.setdefault("agentid", scene["agentid"])
    parts: dict[str, dict[str, Any]] = {"path": {}, "query": {}, "body": {}, "header": {}}
    parts["body"].update(interface.request_example or {})
    for parameter in interface.parameters:
        if parameter.name in values:
            parts[parameter.place][parameter.name] = values[parameter.name]
    body = parts["body"] if interface.parameters_in("body") else None
    return Request(section, parts["path"], parts["query"], body, parts["header"])


def _real(value: Any, scene: Scene) -> Any:
    return scene[value[1:]] if isinstance(value, str) and value.startswith("$") else value


def accepted_request(world: World, section: str, **changes: Any) -> Request:
    """Bring the world into the interface's situation, and give its request."""
    return request_in(section, ACCEPTED[section].situation(world), **changes)
