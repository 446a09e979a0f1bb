"""Agent conferences as clients see them (CEC 6.1.6)."""

from __future__ import annotations

from typing import Any

import pytest

from tests.contract import situations
from tests.contract.situations import AGENT, INSPECTOR, OTHER, OUTSIDE, THIRD
from tests.contract.world import START, World

FILE = "y:/conf/120/1136287.V3"
COLLEAGUE = {"addressType": "9", "address": str(OTHER)}


def named(world: World, agent: int, name: str) -> list[Any]:
    """What the agent is told under this name."""
    return [event["content"] for event in world.events(agent) if event["eventType"] == name]


def code(world: World, section: str, body: Any, agent: int = AGENT) -> str:
    return world.call(section, {"agentid": agent}, body=body).code


def test_a_conference_is_shown_with_everybody_who_takes_part() -> None:
    with World() as world:
        scene = situations.with_another_held_in_conference(world)
        world.agent("6.1.6.12", AGENT, {"addressType": "6", "address": OUTSIDE, "attribute": 1})
        world.agent("6.1.6.13", AGENT, {"voicePath": FILE})
        world.pass_time(5)
        [shown] = world.agent("6.1.6.18", AGENT, {"confIds": scene["conferences"]})["confs"]
        parties = shown.pop("addresses")
        assert shown == {
            "confId": scene["conferences"][0],
            "confState": 1,
            "startTime": START // 1000,
            "applyConfTime": 60,
            "confHaveBeenTime": 0,
        }
        columns = ("addressType", "address", "channelAttrib", "channelState", "role", "enterTime")
        rows = [tuple(party[name] for name in columns) for party in parties]
        assert rows == [
            ("9", str(AGENT), 3, 0, 1, START // 1000),
            ("9", str(OTHER), 3, 1, 0, START // 1000),
            ("6", OUTSIDE, 1, 0, 0, START // 1000 + 2000),
        ]


def test_device_types_of_an_invitation_come_back_in_events_and_queries() -> None:
    with World() as world:
        situations.in_conference_with_another_idle(world)
        invitation = {**COLLEAGUE, "deviceCallType": 1, "deviceType": 66}
        world.agent("6.1.6.10", AGENT, {"addresses": [invitation]})
        world.agent("6.1.6.2", OTHER)
        [told] = named(world, AGENT, "AgentConf_ParticipantChanged")
        assert (told["deviceCallType"], told["deviceType"]) == (1, 66)
        [number] = world.platform.switch.tenants[1].conferences
        [shown] = world.agent("6.1.6.18", AGENT, {"confIds": [number]})["confs"]
        assert [party["deviceType"] for party in shown["addresses"]] == [6, 66]


def test_an_invited_agent_is_told_which_conference_rings() -> None:
    with World() as world:
        situations.invited(world)
        [number] = world.platform.switch.tenants[1].conferences
        assert named(world, OTHER, "AgentConf_Ringing") == [{"confId": number}]


def test_who_is_not_reached_is_told_with_the_cause() -> None:
    with World() as world:
        situations.in_conference(world)
        situations.busy_outside(world)
        busy = {"addressType": "6", "address": situations.BUSY_NUMBER}
        world.agent("6.1.6.10", AGENT, {"addresses": [busy]})
        [told] = named(world, AGENT, "AgentConf_ParticipantChanged")
        assert (told["changeType"], told["result"], told["changeReason"]) == (0, 537, 255)
        assert (told["participant"], told["participantType"]) == (situations.BUSY_NUMBER, 6)


def test_who_is_removed_is_told_apart_from_who_is_not_there() -> None:
    with World() as world:
        situations.with_others_in_conference(world)
        stranger = {"addressType": "9", "address": str(THIRD)}
        gone = world.agent("6.1.6.11", AGENT, {"addresses": [COLLEAGUE, stranger]})
        assert gone == {"noExistParticipants": [stranger]}
        assert named(world, AGENT, "AgentConf_ParticipantChanged")[-1]["changeReason"] == 1


def test_an_agent_sees_no_conference_but_its_own() -> None:
    with World() as world:
        scene = situations.with_others_in_conference(world)
        for agent in (THIRD, INSPECTOR):
            world.sign_in(agent)
        asked = {"confIds": [*scene["conferences"], 1]}
        seen = {
            agent: len(world.agent("6.1.6.18", agent, asked)["confs"])
            for agent in (AGENT, OTHER, THIRD, INSPECTOR)
        }
        assert seen == {AGENT: 1, OTHER: 1, THIRD: 0, INSPECTOR: 1}
        assert world.agent("6.1.6.19", INSPECTOR) == {"confIds": scene["conferences"]}


@pytest.mark.parametrize(
    ("section", "needed"),
    [("6.1.6.1", {"memberNum": 4}), ("6.1.6.10", {"addresses": [COLLEAGUE]})],
)
def test_a_tone_needs_its_file(section: str, needed: dict[str, Any]) -> None:
    with World() as world:
        if section == "6.1.6.1":
            situations.two_idle(world)
        else:
            situations.in_conference_with_another_idle(world)
        assert code(world, section, {**needed, "beepTone": True}) == "000-002"
        assert code(world, section, {**needed, "beepTone": True, "voicePath": ""}) == "000-002"
        assert code(world, section, {**needed, "beepTone": "true", "voicePath": FILE}) == "0"


def test_the_prolongation_that_is_applied_is_answered() -> None:
    with World() as world:
        situations.in_conference(world)
        assert world.agent("6.1.6.8", AGENT, {"prolongTime": 30}) == {"appliedTime": 30}
        assert world.agent("6.1.6.8", AGENT, {"prolongTime": 1440}) == {"appliedTime": 1350}
        assert code(world, "6.1.6.8", {"prolongTime": 1}) == "100-007"


def test_a_stopped_announcement_tells_nothing_more() -> None:
    with World() as world:
        situations.announcing_in_conference(world)
        world.agent("6.1.6.14", AGENT)
        world.agent("6.1.6.16", AGENT, COLLEAGUE)
        world.pass_time(60)
        assert named(world, AGENT, "AgentConf_StopVoice") == []
        assert named(world, AGENT, "AgentConf_StopParticipantVoice") == []


def test_time_in_a_conference_counts_as_talking() -> None:
    with World() as world:
        situations.invited(world)
        world.agent("6.1.6.2", OTHER)
        world.pass_time(20)
        assert world.agent("6.1.3.10", OTHER)["talktime"] == 20
        world.agent("6.1.6.5", AGENT)
        world.pass_time(20)
        assert world.agent("6.1.3.10", OTHER)["talktime"] == 20


def test_a_conference_that_the_vdn_has_no_seats_for_fails_with_an_event() -> None:
    with World() as world:
        world.configure(conference_seats=4)
        world.sign_in(AGENT)
        assert code(world, "6.1.6.1", {"memberNum": 5}) == "0"
        assert named(world, AGENT, "AgentConf_RequestFailed") == [{"cause": 21203}]
        assert code(world, "6.1.6.5", None) == "101-001"
