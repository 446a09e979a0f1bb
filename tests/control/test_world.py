"""Health, reset and seeds of a running emulator."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import httpx
import pytest

from emulator.clients.control import AsyncControlClient, ControlRefused
from emulator.settings import Settings
from emulator.store import Store, file_url
from tests.control.conftest import LOOPBACK, World, open_world

SMALL = """
tenants:
  - id: 7
    name: small
    agents: [{work_no: 501, name: Only, password: Demo@2026, phone: "60501"}]
    phones: [{number: "60501"}]
"""


def work_numbers(state: Any) -> list[int]:
    return [agent["work_no"] for tenant in state["tenants"] for agent in tenant["agents"]]


async def test_a_running_emulator_says_that_it_is_ready(world: World) -> None:
    health = await world.control.health()
    assert health["status"] == "ready"
    assert health["version"]


async def test_a_reset_ends_every_call_and_signs_everybody_out(world: World) -> None:
    world.sign_in(101)
    call = await world.control.dial_in("139", "95001")
    begun = await world.control.reset()
    assert begun["tenants"] == [{"id": 1, "name": "demo", "agents": 22, "queues": 4}]
    assert await world.control.calls() == []
    assert not world.switch.agent(101).signed_in
    with pytest.raises(ControlRefused, match=call) as refused:
        await world.control.call(call)
    assert refused.value.status == 404


async def test_after_a_reset_call_ids_are_not_used_again(world: World) -> None:
    before = await world.control.dial_in("139", "95003")
    await world.control.reset()
    assert await world.control.dial_in("139", "95003") != before


async def sign_in_over_http(world: World) -> str:
    body = {"password": "Demo@2026", "phonenum": "40101"}
    answer = await world.http.put("/agentgateway/resource/onlineagent/101", json=body)
    assert answer.json()["retcode"] == "0"
    guid: str = answer.headers["set-guid"].partition("=")[2]
    return guid


async def status_code(world: World, guid: str) -> Any:
    path = "/agentgateway/resource/onlineagent/101/agentstatus"
    return (await world.http.get(path, headers={"guid": guid})).json()["retcode"]


async def test_after_a_reset_no_guid_is_good_any_more(world: World) -> None:
    guid = await sign_in_over_http(world)
    assert await status_code(world, guid) == "0"
    await world.control.reset()
    assert await status_code(world, guid) == "100-006"
    assert await status_code(world, await sign_in_over_http(world)) == "0"


async def test_a_reset_ends_the_polls_that_are_held(world: World) -> None:
    headers = {"guid": await sign_in_over_http(world)}
    path = "/agentgateway/resource/agentevent/101"
    for _ in range(2):
        await world.http.get(path, headers=headers)
    held = asyncio.create_task(world.http.get(path, headers=headers))
    await status_code(world, headers["guid"])
    await world.control.reset()
    answer = await asyncio.wait_for(held, timeout=5)
    assert answer.content == b'{"message":"","retcode":"0"}'


async def test_after_a_reset_no_bearer_token_is_good_any_more(world: World) -> None:
    application = {"app_key": "demo-app-key", "app_secret": "demo-app-secret"}
    issued = await world.http.post("/apigovernance/api/oauth/tokenByAkSk", json=application)
    headers = {"authorization": f"Bearer {issued.json()['AccessToken']}"}

    async def ask() -> int:
        path = "/apiaccess/rest/cc-management/v1/offline/agent/login"
        return (await world.http.post(path, headers=headers, json={})).status_code

    assert await ask() == 200
    await world.control.reset()
    assert await ask() == 401


async def test_a_changed_password_is_the_seeded_one_again_after_a_reset(world: World) -> None:
    accounts = world.emulator.platform.accounts
    accounts.change_password(101, "Demo@2026", "New!Word9w", 0)
    await world.control.reset()
    assert accounts.password_of(101) == "Demo@2026"


async def test_a_seed_replaces_the_call_center_in_the_switch_and_in_the_store(
    world: World,
) -> None:
    await world.control.load_seed(SMALL)
    assert work_numbers(await world.control.state()) == [501]
    assert [tenant.id for tenant in world.emulator.store.load_tenants()] == [7]


async def test_a_seed_may_be_json_indented_with_tabs(world: World) -> None:
    text = '{\n\t"tenants": [\n\t\t{"id": 9, "name": "json"}\n\t]\n}'
    headers = {"content-type": "application/json"}
    answer = await world.http.post("/_emulator/seed", content=text, headers=headers)
    assert answer.json()["tenants"][0]["id"] == 9


async def test_a_bad_seed_is_refused_with_file_path_and_reason_and_changes_nothing(
    world: World,
) -> None:
    seed = SMALL.replace("work_no: 501", "work_no: 5")
    answer = await world.http.post("/_emulator/seed?source=small.yaml", content=seed)
    assert answer.status_code == 422
    error = answer.json()["error"]
    assert error["type"] == "SeedError"
    (problem,) = error["problems"]
    assert problem["file"] == "small.yaml"
    assert problem["path"] == "tenants[0].agents[0].work_no"
    assert "59999" in problem["reason"]
    assert 101 in work_numbers(await world.control.state())


@pytest.mark.parametrize("body", ["{", "\x00", "[]", "tenants: 1", b"\xff\xfe", ""])
async def test_what_is_no_seed_is_refused(world: World, body: str | bytes) -> None:
    for kind in ("application/json", "application/yaml"):
        answer = await world.http.post(
            "/_emulator/seed", content=body, headers={"content-type": kind}
        )
        assert answer.status_code == 422


async def test_a_flow_that_the_switch_refuses_leaves_the_world_as_it_was(world: World) -> None:
    seed = SMALL + "    flows: [{id: 1, name: f, start: s, nodes: {s: {type: dance}}}]\n"
    with pytest.raises(ControlRefused) as refused:
        await world.control.load_seed(seed)
    assert refused.value.status == 422
    assert 101 in work_numbers(await world.control.state())
    assert [tenant.id for tenant in world.emulator.store.load_tenants()] == [1]


async def test_a_seed_that_was_loaded_is_there_after_a_restart(tmp_path: Path) -> None:
    async for world in open_world(Settings(data=tmp_path)):
        await world.control.load_seed(SMALL)
    with Store.open(file_url(tmp_path)) as store:
        assert [tenant.name for tenant in store.load_tenants()] == ["small"]


async def test_an_unknown_address_is_refused_in_the_usual_shape(world: World) -> None:
    answer = await world.http.get("/_emulator/nothing")
    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "NotFound"
    answer = await world.http.delete("/_emulator/state")
    assert answer.status_code == 405


async def test_the_api_describes_itself(world: World) -> None:
    described = (await world.http.get("/_emulator/openapi.json")).json()
    assert "/_emulator/clock/advance" in described["paths"]
    assert (await world.http.get("/_emulator/docs")).status_code == 200


async def test_a_client_says_so_when_no_emulator_answers() -> None:
    transport = httpx.MockTransport(lambda request: httpx.Response(502, text="bad gateway"))
    async with httpx.AsyncClient(transport=transport) as http:
        with pytest.raises(ControlRefused, match="502"):
            await AsyncControlClient(LOOPBACK, http=http).health()
