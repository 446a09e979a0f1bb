"""What clients of earlier releases call: outside the 2.5 reference, behind a setting."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest

from emulator.surfaces.cec.gateway.older import older
from tests.contract import situations as in_
from tests.contract.situations import AGENT, INSPECTOR, OTHER
from tests.contract.world import CUSTOMER, Reply, World
from tests.surfaces.cec.gateway.site import site

ROOT = "/agentgateway/resource"
ALL = "/agentevent/allagentevent"


@pytest.fixture
def world() -> Iterator[World]:
    with World(older_interfaces=True) as world:
        yield world


def ask(
    world: World, path: str, agent: int = AGENT, method: str = "GET", body: Any = None
) -> Reply:
    headers = {"Guid": world.guids[agent]} if agent in world.guids else {}
    return world.request(method, ROOT + path.format(agent), body=body, headers=headers)


def answer(world: World, path: str, agent: int = AGENT, **how: Any) -> Any:
    reply = ask(world, path, agent, **how)
    assert reply.code == "0", reply.document
    return reply.document.get("result")


def test_without_the_setting_there_are_no_such_addresses() -> None:
    with World() as world:
        world.sign_in(AGENT)
        for path in {interface.path for interface in older.interfaces}:
            reply = ask(world, path.removeprefix(ROOT).replace("agentid", ""))
            assert reply.code in ("210-001", "000-002"), path


def test_documented_addresses_go_on_as_before(world: World) -> None:
    world.sign_in(AGENT)
    assert world.agent("6.1.1.21", AGENT) is not None
    assert [event["eventType"] for event in world.events(AGENT)] == [
        "AgentOther_InService",
        "AgentState_Ready",
    ]


@pytest.mark.parametrize(
    "interface", [i for i in older.interfaces if "{agentid}" in i.path], ids=lambda i: i.path
)
def test_who_has_not_signed_in_or_shows_a_wrong_guid_is_refused(
    world: World, interface: Any
) -> None:
    path = interface.path.removeprefix(ROOT).replace("{agentid}", "{}")
    body = {"agentlist": [AGENT]}
    assert ask(world, path, method=interface.method, body=body).code == "100-006"
    world.sign_in(AGENT)
    world.guids[AGENT] = "00000000.AgentGateway0"
    before = world.dump()
    assert ask(world, path, method=interface.method, body=body).code == "000-003"
    assert world.dump() == before


# Events of all agents


def test_one_poll_brings_the_events_of_all_agents_in_the_order_of_each(world: World) -> None:
    in_.two_idle(world)
    world.agent("6.1.1.10", OTHER)
    told = ask(world, ALL).document["event"]
    assert [(event["workNo"], event["eventType"]) for event in told] == [
        (str(OTHER), "AgentOther_InService"),
        (str(OTHER), "AgentState_Ready"),
        (str(OTHER), "AgentState_SetNotReady_Success"),
        (str(AGENT), "AgentOther_InService"),
        (str(AGENT), "AgentState_Ready"),
    ]
    assert ask(world, ALL).raw == b'{"message":"","retcode":"0"}'


def test_a_batch_poll_leaves_pushed_events_alone(world: World) -> None:
    in_.idle_with_pushed_events(world)
    world.sign_in(OTHER)
    told = ask(world, ALL, OTHER).document["event"]
    assert {event["workNo"] for event in told} == {str(OTHER)}


@pytest.mark.parametrize("guid", [{}, {"Guid": "00000000.AgentGateway0"}])
def test_a_batch_poll_needs_the_guid_of_some_agent(world: World, guid: dict[str, str]) -> None:
    world.sign_in(AGENT)
    assert world.request("GET", ROOT + ALL, headers=guid).code == "000-003"


def test_a_signed_out_agent_s_last_events_are_told_once(world: World) -> None:
    in_.two_idle(world)
    ask(world, ALL)
    world.agent("6.1.1.18", OTHER)
    [event] = ask(world, ALL).document["event"]
    assert (event["workNo"], event["eventType"]) == (str(OTHER), "AgentOther_ShutdownService")
    assert world.doors.gateway.sessions.get(OTHER) is None


async def test_a_batch_poll_is_held_until_something_happens() -> None:
    async with site(older_interfaces=True, poll_wait=30.0) as it:
        client = it.client(AGENT)
        assert (await client.sign_in()).code == "0"
        assert len((await client.request("GET", ALL)).document["event"]) == 2
        poll = asyncio.create_task(client.request("GET", ALL))
        while not it.emulator.doors.gateway.sessions._watchers:  # noqa: ASYNC110
            await asyncio.sleep(0)
        it.note(AGENT)
        [event] = (await poll).document["event"]
        assert event["eventType"] == "AgentOther_Note"


async def test_without_guids_a_batch_poll_needs_none() -> None:
    async with site(older_interfaces=True, auth_mode=0) as it:
        client = it.client(AGENT)
        await client.sign_in()
        client.guid = ""
        assert len((await client.request("GET", ALL)).document["event"]) == 2


# Agents


def test_the_agents_of_the_vdn_are_listed_with_their_states(world: World) -> None:
    in_.two_idle(world)
    world.agent("6.1.1.10", OTHER)
    online = answer(world, "/agentgroup/{}/onlineagentonvdn")
    assert {(a["workno"], a["status"]) for a in online} == {(str(AGENT), "4"), (str(OTHER), "3")}
    everybody = answer(world, "/agentgroup/{}/allagentstatus")
    states = {a["workno"]: a["status"] for a in everybody}
    assert len(states) == len(world.platform.switch.tenants[1].agents)
    assert (states[str(AGENT)], states["103"]) == ("4", "2")


def test_agents_are_shown_by_number_with_the_state_of_the_platform(world: World) -> None:
    in_.two_idle(world)
    shown = answer(
        world,
        "/agentgroup/{}/agentinfonoskills",
        method="POST",
        body={"agentlist": [str(OTHER), 103, 59999]},
    )
    assert [(a["workno"], a["status"], a["skilllist"]) for a in shown] == [
        (str(OTHER), "1", []),
        ("103", "0", []),
    ]


@pytest.mark.parametrize("agents", [[], ["x"], "101", None, [1] * 501])
def test_a_list_of_agents_that_is_none_is_a_wrong_parameter(world: World, agents: Any) -> None:
    world.sign_in(AGENT)
    reply = ask(
        world, "/agentgroup/{}/agentinfonoskills", method="POST", body={"agentlist": agents}
    )
    assert reply.code == "000-002"


def test_idle_agents_are_those_that_could_take_a_call(world: World) -> None:
    in_.two_idle(world)
    world.agent("6.1.1.10", OTHER)
    name = world.platform.switch.agents[AGENT].config.name
    assert answer(world, "/agentgroup/{}/idleagent") == [{"workno": str(AGENT), "name": name}]


def test_names_are_given_by_number(world: World) -> None:
    world.sign_in(AGENT)
    names = answer(world, "/agentgroup/{}/agentwasnameonvdn")
    agents = world.platform.switch.tenants[1].agents
    assert names == {str(number): agent.config.name for number, agent in agents.items()}


def test_reasons_to_rest_are_those_of_the_vdn(world: World) -> None:
    world.sign_in(AGENT)
    reasons = world.platform.switch.tenants[1].config.rest_reasons
    assert answer(world, "/agentgroup/{}/restreason") == [
        {"restReasonId": reason.code, "restReason": reason.name} for reason in reasons
    ]


def test_inspectors_are_told_from_agents(world: World) -> None:
    world.sign_in(AGENT)
    world.sign_in(INSPECTOR)
    path = "/agentgroup/{}/iscensor"
    assert (answer(world, path), answer(world, path, INSPECTOR)) == (False, True)


# Calls and phones


def test_the_agent_s_calls_and_those_in_them_are_listed(world: World) -> None:
    scene = in_.holding_and_talking(world)
    assert answer(world, "/calldata/{}/allcallid") == [scene["callid"], scene["second"]]
    assert answer(world, "/calldata/{}/remotenumbers") == [CUSTOMER, in_.OUTSIDE]


def test_hanging_the_phone_up_ends_the_call(world: World) -> None:
    scene = in_.talking(world)
    answer(world, "/voicecall/{}/releasephone", method="DELETE")
    assert scene["callid"] not in world.platform.switch.calls
    assert ask(world, "/voicecall/{}/releasephone", method="DELETE").code == "100-007"
