"""Worlds beside the first one: made, reached, kept apart, dropped."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from emulator.clients.control import AsyncControlClient, ControlRefused
from emulator.clients.signer import AuthV2
from emulator.switch.clock import MICROSECONDS
from tests.control.conftest import LOOPBACK, World
from tests.surfaces.cec.gateway.site import site

SIGN_IN = "/agentgateway/resource/onlineagent/101"
BODY = {"password": "Demo@2026", "phonenum": "40101"}
HOUR = 3600


def inside(world: World, path: str) -> AsyncControlClient:
    """The control plane of the world that is reached under this path."""
    return AsyncControlClient(LOOPBACK + path, http=world.http)


async def signed_in(control: AsyncControlClient) -> list[int]:
    state = await control.state()
    return [
        agent["work_no"]
        for tenant in state["tenants"]
        for agent in tenant["agents"]
        if agent["state"] != "signed_out"
    ]


async def test_a_world_is_reached_by_its_path_and_by_its_host(world: World) -> None:
    made = await world.control.make_world("one")
    assert made == {"name": "one", "path": "/_world/one", "host": "one.localhost", "port": None}
    await world.http.put(f"/_world/one{SIGN_IN}", json=BODY)
    assert await signed_in(inside(world, "/_world/one")) == [101]
    assert await signed_in(world.control) == []
    other = SIGN_IN.replace("101", "102")
    body = {**BODY, "phonenum": "40102"}
    await world.http.put(other, json=body, headers={"host": "one.localhost:8000"})
    assert await signed_in(inside(world, "/_world/one")) == [101, 102]
    state = await world.http.get("/_emulator/clock", headers={"host": "one.localhost:8000"})
    assert state.status_code == 200


async def test_what_is_signed_for_a_world_is_signed_with_its_path(world: World) -> None:
    await world.control.make_world("one")
    indexes = ["IDX_COUNT_SKILL_REQUEST"]
    question = {"vdn": 1, "skillIds": [1], "indexIds": indexes, "timeGrain": "15MIN"}
    answers = [
        await world.http.post(
            f"{path}/rest/cmsapp/v1/openapi/hisindex/skill",
            json=question,
            auth=AuthV2("demo-ak", "demo-sk"),
        )
        for path in ("", "/_world/one")
    ]
    assert [it.status_code for it in answers] == [200, 200]
    assert answers[1].content == answers[0].content


async def test_a_world_has_a_port_of_its_own_if_it_wants_one() -> None:
    async with site() as it, AsyncControlClient(f"http://127.0.0.1:{it.port}") as control:
        port = (await control.make_world(port=True))["port"]
        async with httpx.AsyncClient(base_url=f"http://127.0.0.1:{port}") as http:
            assert (await http.put(SIGN_IN, json=BODY)).json()["retcode"] == "0"
            assert await signed_in(AsyncControlClient(str(http.base_url), http=http)) == [101]
        assert await signed_in(control) == []
        await control.drop_world("world-1")
        async with httpx.AsyncClient() as http:
            with pytest.raises(httpx.ConnectError):
                await http.get(f"http://127.0.0.1:{port}")


async def test_the_clock_of_one_does_not_move_anothers(world: World) -> None:
    first = await world.control.clock()
    paths = []
    for name in ("one", "two"):
        made = await world.control.make_world(
            name, start=first["now"], settings={"clock_scale": 0, "random_seed": 7}
        )
        paths.append(made["path"])
    one, two = (inside(world, path) for path in paths)
    await one.advance(HOUR)
    assert (await one.clock())["now"] == first["now"] + HOUR * MICROSECONDS
    assert (await two.clock())["now"] == first["now"]
    assert (await world.control.clock())["now"] == first["now"]


async def test_an_event_of_one_world_is_not_told_in_another(world: World) -> None:
    polls = []
    for name in ("one", "two"):
        made = await world.control.make_world(name, settings={"poll_wait": 0})
        answer = await world.http.put(f"{made['path']}{SIGN_IN}", json=BODY)
        headers = {"guid": answer.headers["set-guid"]}
        address = f"{made['path']}/agentgateway/resource/agentevent/101"
        while "event" in (await world.http.get(address, headers=headers)).json():
            pass
        polls.append((address, headers))
    await inside(world, "/_world/one").dial_in("139", "95001")
    (one, two) = [(await world.http.get(it, headers=proof)).json() for it, proof in polls]
    assert "event" in one
    assert "event" not in two


async def test_the_same_seed_gives_the_same_guids(world: World) -> None:
    guids = []
    for _ in range(2):
        made = await world.control.make_world(settings={"random_seed": 42})
        answer = await world.http.put(f"{made['path']}{SIGN_IN}", json=BODY)
        guids.append(answer.headers["set-guid"])
    assert guids[0] == guids[1]


async def test_worlds_are_listed_and_dropped(world: World) -> None:
    names = [(await world.control.make_world())["name"] for _ in range(2)]
    assert names == ["world-1", "world-2"]
    assert [it["name"] for it in await world.control.worlds()] == names
    await world.control.drop_world("world-1")
    assert [it["name"] for it in await world.control.worlds()] == ["world-2"]
    gone = await world.http.get("/_world/world-1/_emulator/clock")
    assert gone.status_code == 404
    with pytest.raises(ControlRefused, match="no world world-1"):
        await world.control.drop_world("world-1")


async def test_a_name_is_had_once(world: World) -> None:
    both = await asyncio.gather(
        world.control.make_world("same"), world.control.make_world("same"), return_exceptions=True
    )
    assert sorted(type(it).__name__ for it in both) == ["ControlRefused", "dict"]


@pytest.mark.parametrize(
    ("name", "order"),
    [
        ("Upper", {}),
        ("a.b", {}),
        ("one", {"seed": "nowhere"}),
        ("one", {"seed": "/etc/hosts"}),
        ("one", {"settings": {"host": "0.0.0.0"}}),
        ("one", {"settings": {"colour": 1}}),
        ("one", {"settings": {"auth_mode": 7}}),
        ("one", {"settings": {"auth_mode": True}}),
        ("one", {"settings": {"poll_wait": "long"}}),
    ],
)
async def test_an_order_that_makes_no_sense_leaves_nothing(
    world: World, name: str, order: dict[str, Any]
) -> None:
    with pytest.raises(ControlRefused) as refused:
        await world.control.make_world(name, **order)
    assert refused.value.status == 422
    assert await world.control.worlds() == []
