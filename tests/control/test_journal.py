"""Requests that clients sent, as the control API shows and verifies them."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

from emulator.clients.control import ControlRefused
from emulator.clients.traffic import NotAsExpected
from tests.control.conftest import World
from tests.surfaces.cec.gateway.site import until

GATEWAY = "/agentgateway/resource"
PASSWORD = "Demo@2026"


async def sign_in(world: World, agent: int = 101, **more: Any) -> dict[str, str]:
    """Sign an agent in through its door; gives the headers that prove it from then on."""
    body = {"password": PASSWORD, "phonenum": f"40{agent}", **more}
    answer = await world.http.put(f"{GATEWAY}/onlineagent/{agent}", json=body)
    return {"guid": answer.headers["set-guid"]}


async def test_a_request_is_kept_with_its_answer_its_agent_and_its_events(world: World) -> None:
    await sign_in(world)
    (kept,) = await world.control.requests()
    assert kept["surface"] == "gateway"
    assert kept["section"] == "6.1.1.1"
    assert (kept["method"], kept["path"]) == ("PUT", f"{GATEWAY}/onlineagent/101")
    assert (kept["agent"], kept["tenant"]) == (101, 1)
    assert kept["body"] == {"password": "…", "phonenum": "40101"}
    assert (kept["status"], kept["code"], kept["verdict"]) == (200, "0", "done")
    assert kept["answer"]["retcode"] == "0"
    assert kept["at"] == world.switch.now
    caused = await world.control.events(kept["events"]["after"])
    assert "AgentLoggedOn" in [it["event"] for it in caused]
    assert kept["events"]["until"] == caused[-1]["number"]


async def test_what_proves_the_sender_is_not_shown(world: World) -> None:
    proof = await sign_in(world)
    await world.http.get(f"{GATEWAY}/onlineagent/101/agentstatus", headers=proof)
    (kept,) = await world.control.requests(section="6.1.1.21")
    assert kept["headers"]["guid"] == "…"


async def test_an_application_is_known_by_its_token(world: World) -> None:
    secrets = world.switch.tenants[1].config.secrets
    asked = {"app_key": secrets["app_key"], "app_secret": secrets["app_secret"]}
    answer = await world.http.post("/apigovernance/api/oauth/tokenByAkSk", json=asked)
    headers = {"authorization": f"Bearer {answer.json()['AccessToken']}"}
    await world.http.get("/apiaccess/rest/cc-management/v1/nothing", headers=headers)
    await world.http.post(
        "/apiaccess/rest/cc-management/v1/offlineAgent/queryOfflineAgentCall", headers=headers
    )
    assert {it["application"] for it in await world.control.requests(surface="management")} <= {
        "",
        secrets["app_key"],
    }


async def test_requests_can_be_chosen_by_what_they_carried(world: World) -> None:
    for agent in (101, 102):
        await sign_in(world, agent)
    (kept,) = await world.control.requests(body={"phonenum": "40102"})
    assert kept["agent"] == 102
    assert await world.control.requests(path="*/onlineagent/10?", verdict="refused") == []
    assert len(await world.control.requests(path="*/onlineagent/10?")) == 2
    (last,) = await world.control.requests(after=1)
    assert last["number"] == 2
    assert len(await world.control.requests(limit=1)) == 1


async def test_one_who_waits_sees_the_request_when_it_is_answered(world: World) -> None:
    waiting = asyncio.create_task(world.control.requests(wait=60))
    await asyncio.sleep(0)
    await sign_in(world)
    assert [it["section"] for it in await waiting] == ["6.1.1.1"]


async def test_called_once_with_these_is_verified(world: World) -> None:
    await sign_in(world)
    assert await world.control.verify(section="6.1.1.1", agent=101, times=1, code="0") == 1
    assert await world.control.verify(section="6.1.2.1", times=0) == 0


async def test_a_verification_that_fails_shows_what_came_nearest(world: World) -> None:
    await sign_in(world)
    with pytest.raises(NotAsExpected) as failed:
        await world.control.verify(section="6.1.1.1", body={"phonenum": "40102"})
    story = str(failed.value)
    assert "found 0" in story
    assert f"#1 PUT {GATEWAY}/onlineagent/101" in story
    assert "body.phonenum: expected '40102', was '40101'" in story


async def test_a_verification_that_finds_too_many_fails_too(world: World) -> None:
    await sign_in(world)
    with pytest.raises(NotAsExpected, match="found 1"):
        await world.control.verify(section="6.1.1.1", times=0)


async def test_an_empty_journal_says_so(world: World) -> None:
    with pytest.raises(NotAsExpected, match="no request at all"):
        await world.control.verify(section="6.1.1.1")


async def test_how_clients_depart_from_the_contract_is_counted(world: World) -> None:
    proof = await sign_in(world, colour="red", autoanswer="false")
    for _ in range(2):
        await world.http.post(f"{GATEWAY}/voicecall/101/hold", headers=proof)
    await world.http.post(f"{GATEWAY}/voicecall/101/hold")
    await world.http.get(f"{GATEWAY}/nowhere")
    await world.http.put(f"{GATEWAY}/onlineagent/102", content=b"{")
    found = {
        (it["section"], it["offence"]): (it["detail"], it["count"])
        for it in await world.control.violations()
    }
    assert found["6.1.1.1", "undocumented_field"] == ("body.colour", 1)
    assert found["6.1.1.1", "other_type"] == ("body.autoanswer", 1)
    assert found["6.1.1.1", "missing_header"] == ("content-type", 1)
    assert found["6.1.1.1", "invalid_parameter"] == ("body: not JSON", 1)
    assert found["6.1.2.8", "wrong_state"][1] == 2
    assert found["6.1.2.8", "unauthenticated"][1] == 1
    assert found["", "unknown_address"] == (f"GET {GATEWAY}/nowhere", 1)


async def test_two_polls_at_once_are_a_departure(world: World) -> None:
    proof = await sign_in(world)
    poll = f"{GATEWAY}/agentevent/101"
    session = world.emulator.doors.gateway.sessions.get(101)
    assert session is not None
    while session.events:
        await world.http.get(poll, headers=proof)
    held = asyncio.create_task(world.http.get(poll, headers=proof))
    await until(lambda: session.waiter is not None)
    second = asyncio.create_task(world.http.get(poll, headers=proof))
    await held
    world.switch.send_note(101, [101], "")
    await second
    assert await world.control.verify(section="6.1.4.1", offence="polling", times=1) == 1


async def test_the_journal_can_be_emptied_and_switched_off(world: World) -> None:
    await sign_in(world)
    await world.control.clear_journal(tenant=2)
    assert len(await world.control.requests()) == 1
    await world.control.clear_journal()
    assert await world.control.requests() == []
    await world.control.record(False)
    await sign_in(world, 102)
    assert await world.control.requests() == []
    await world.control.record(True)
    await sign_in(world, 103)
    assert [it["agent"] for it in await world.control.requests()] == [103]


async def test_a_pattern_with_an_unknown_trait_is_refused(world: World) -> None:
    with pytest.raises(ControlRefused, match="colour"):
        await world.control.requests(colour="red")


async def test_a_number_that_is_documented_as_text_is_right_as_text(world: World) -> None:
    proof = await sign_in(world)
    for kind in ("9", 9):
        body = {"addressType": kind, "address": "102"}
        path = f"{GATEWAY}/agentconf/101/unholdparticipant"
        await world.http.post(path, headers=proof, json=body)
    right, wrong = await world.control.requests(section="6.1.6.7")
    offences = [[it["detail"] for it in kept["violations"]] for kept in (right, wrong)]
    assert ("body.addressType" in offences[0], "body.addressType" in offences[1]) == (False, True)
