"""For each monitoring interface a request that a VDN of the demo can ask, and ways to spoil it."""

from __future__ import annotations

from collections.abc import Iterator
from copy import deepcopy
from typing import Any

from emulator.surfaces.cec.cms.routes import cms
from tests.contract.cms import facts
from tests.contract.cms.facts import Interface, Parameter
from tests.contract.cms.world import INSPECTORS, TEAM

USUAL: dict[str, Any] = {
    "ccId": 1,
    "vdn": 1,
    "vdnId": 1,
    "vdnIds": [1],
    "offset": 0,
    "limit": 10,
    "skillId": 1,
    "skillIds": [1, 2],
    "agentId": 101,
    "agentIds": [101, 102, 103],
}
"""What parameters of that name have, unless an interface needs another value."""

DAYS = {"beginDayTime": "2023-11-14 00:00:00", "endDayTime": "2023-11-15 00:00:00"}
DATES = {"beginDate": "2023-11-14 00:00:00", "endDate": "2023-11-15 00:00:00"}
MONTHS = {"beginMonthTime": "202311", "endMonthTime": "202311"}
LOG_DAYS = {"beginLogDay": "2023-11-14", "endLogDay": "2023-11-14", "vdn": 1}

TALK, SHORT_CALL = "1700000000-1", "1700000009-4"
"""Calls of the busy morning: one that goes on, one that is over."""

_MORNING = {"beginDate": "1699999200000", "endDate": "1700002799999"}

OWN: dict[str, dict[str, Any]] = {
    "12.3.1.1.7": {"flowId": 1},
    "12.3.1.1.11": {"innoIds": [1, 2, 3, 77]},
    "12.3.1.1.12": _MORNING,
    "12.3.1.1.13": {**_MORNING, "isCallIn": "true"},
    "12.3.1.1.14": {"callId": SHORT_CALL, "logDate": "1700000042000"},
    "12.3.1.1.17": {"indexIds": ["IDX_COUNT_REAL_VDN_CALL", "IDX_COUNT_REAL_AGENT_SIGN_IN"]},
    "12.3.1.2.12": {"indexIds": ["IDX_COUNT_REAL_SKILL_QUEUE", "IDX_COUNT_20S_CALL_FOR_5MIN"]},
    "12.3.1.3.11": {"indexIds": ["IDX_AGENT_PHONE", "IDX_AGENT_CURRENT_STATE"]},
    "12.3.1.3.12": {
        "currentAgentId": 101,
        "beginTime": "2023-11-14 22:00:00",
        "endTime": "2023-11-15 00:00:00",
    },
    "12.3.1.3.13": {"ccId": "1", "vdn": "1"},
    "12.3.1.4.1": {"callId": TALK},
    "12.3.1.4.2": {"callId": TALK},
    "12.3.1.4.3": {"callId": SHORT_CALL, "isCallin": "true"},
    "12.3.2.1": {
        "indexIds": ["IDX_COUNT_TOTAL_CALL", "IDX_COUNT_CONNECTED_CALL"],
        "timeGrain": "15MIN",
        "anonyCall": 0,
        "calleeNo": "95001",
        "mediaType": 5,
        "subMediaType": 0,
        "enableOffset": "N",
    },
    "12.3.2.10": {"calleeNos": ["95001", "95002"], "callTypes": [0], "skillIds": [1], **LOG_DAYS},
    "12.3.2.11": {"callerNos": ["95000"], "callTypes": [7], **LOG_DAYS},
    "12.3.2.3": {"indexIds": ["IDX_COUNT_IVR_INBOUND_CALL"], "serviceNos": [1, 2]},
    "12.3.2.4": {"indexIds": ["IDX_COUNT_SKILL_REQUEST"], "timeGrain": "30MIN"},
    "12.3.2.5": {"indexIds": ["IDX_COUNT_AGENT_COLLATION", "IDX_COUNT_AGENT_SET_BUSY"]},
    "12.3.2.6": {"indexIds": ["IDX_COUNT_SKILL_REQUEST"], **DAYS},
    "12.3.2.7": {"indexIds": ["IDX_COUNT_SKILL_REQUEST"], **MONTHS},
    "12.3.2.8": {"indexIds": ["IDX_DURATION_AGENT_REST"], **DAYS},
    "12.3.3.4": {"tenantId": "1"},
    "12.3.4.1": {"groupId": TEAM},
    "12.3.4.2": {"workNos": [101]},
    "12.3.4.3": {"groupId": TEAM, "workNos": [103, 104]},
    "12.3.4.5": {"groupName": "new", "groupType": 3, "remark": "Inspector group", "workNos": [105]},
    "12.3.4.6": {"id": TEAM},
    "12.3.4.7": {"id": TEAM, "groupName": "other", "remark": "Agent group"},
    "12.3.4.8": {"qcGroupId": INSPECTORS, "inspectedGroupIds": [TEAM]},
    "12.3.4.9": {"qcGroupId": INSPECTORS, "inspectedGroupIds": [TEAM]},
    "12.3.4.10": {"groupId": TEAM, "groupName": "Agent group", "groupType": ""},
    "12.3.4.11": {"agentName": "Li Si"},
    "12.3.6.1": {"ofcNo": [0, 1]},
    "12.3.6.2": {"MODTYP": "CCU", "PID": "CCB", "MN": "56"},
    "12.3.6.3": {"EID": "401*", "limit": "100", "offset": "0"},
    "12.3.6.4": {"uapIP": "127.0.0.1", "ofcNo": [0, 1], **DATES},
    "12.3.6.5": {"uapIP": "127.0.0.1", **DATES},
    "12.3.6.6": {"vdn": [1, 2, 3], **DATES},
    "12.3.5.2": {"taskId": "1", "beginDayTime": "2023-11-13", "endDayTime": "2023-11-14"},
    "12.3.5.3": {"taskId": "1"},
    "12.3.2.9": {"indexIds": ["IDX_DURATION_AGENT_REST"], **MONTHS},
}
"""By section: parameters that need a value of their own."""

OF_NOTHING = frozenset({"12.3.5.2", "12.3.5.3"})
"""Interfaces about one outbound task: no call center has any, so the best request fails."""

VARIANTS = {"12.3.6.2": "CCB"}
"""Which of several answers the request is answered with."""

SECTIONS = frozenset(it.section for it in cms.interfaces)


def served() -> list[Interface]:
    """The interfaces that have a handler."""
    return [it for it in facts.interfaces() if it.id in SECTIONS]


def body_of(interface: Interface) -> dict[str, Any] | None:
    """A good request, without wrapper; None for a GET."""
    if interface.method == "GET":
        return None
    own = OWN.get(interface.id, {})
    wanted = [it for it in interface.parameters if it.mandatory or it.name in own]
    return {it.name: deepcopy(own.get(it.name, USUAL.get(it.name))) for it in wanted}


def path_of(interface: Interface) -> dict[str, Any]:
    """The values in a good request's path."""
    own = OWN.get(interface.id, {})
    return {it.name: own.get(it.name, USUAL.get(it.name)) for it in interface.path_parameters}


def wrong_values(parameter: Parameter) -> Iterator[tuple[str, Any]]:
    """Values that the parameter cannot have, each with what is wrong."""
    yield from _wrong_types(parameter)
    if parameter.min is not None:
        yield "too small", parameter.min - 1
    if parameter.max is not None and parameter.type in ("int", "long"):
        yield "too large", parameter.max + 1
    if parameter.max_length is not None:
        yield "too long", "1" * (parameter.max_length + 1)
    if parameter.max_items is not None:
        yield "too many", [(parameter.items or (1, 1))[0]] * (parameter.max_items + 1)
    if parameter.items is not None:
        yield "an element too small", [parameter.items[0] - 1]
        yield "an element too large", [parameter.items[1] + 1]


def _wrong_types(parameter: Parameter) -> Iterator[tuple[str, Any]]:
    if parameter.type in ("int", "long"):
        yield from (("a word", "one"), ("a fraction", 1.5), ("a list", [1]), ("a truth", True))
    elif parameter.type == "string":
        yield from (("a list", ["1"]), ("an object", {"a": "1"}), ("a truth", True))
    elif parameter.type == "array":
        yield from (("a number", 1), ("an object", {"a": 1}), ("nested", [[1]]))
