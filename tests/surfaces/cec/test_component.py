"""What a door answers, byte for byte, to sound and to broken requests."""

from __future__ import annotations

import asyncio
import gc
import logging
from typing import Any

import httpx
import pytest
from starlette.applications import Starlette
from starlette.routing import Mount

from emulator.surfaces.cec.auth_c4 import AuthMode
from emulator.surfaces.cec.component import Door
from tests.surfaces.cec.caller import request
from tests.surfaces.cec.switchboard import Platform, gateway, open_gateway

ROOT = "/agentgateway/resource"
CALLOUT = f"{ROOT}/voicecall/101/callout"
INVALID = '{"message":"invalid parameter","retcode":"000-002"}'
NOT_FOUND = '{"message":"not found","retcode":"210-001"}'


class Agent:
    """An agent who has signed in."""

    def __init__(self) -> None:
        self.platform = Platform()
        self.door: Door[Platform] = open_gateway(self.platform)
        answer = request(self.door, "PUT", f"{ROOT}/onlineagent/101", json={"phonenum": "40038"})
        self.guid = answer.headers["set-guid"]

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        headers = {"guid": self.guid, **options.pop("headers", {})}
        return request(self.door, method, path, headers=headers, **options)

    def call_out(self, content: bytes, content_type: str = "application/json") -> httpx.Response:
        return self.send("PUT", CALLOUT, content=content, headers={"content-type": content_type})


@pytest.fixture
def agent() -> Agent:
    return Agent()


def test_a_command_is_carried_out_and_answered_in_the_documented_form(agent: Agent) -> None:
    answer = agent.send("PUT", CALLOUT, json={"called": "40040"})
    assert answer.status_code == 200
    assert answer.text == '{"message":"success","retcode":"0","result":"1455885056-1095"}'
    assert answer.headers["content-type"] == "application/json;charset=UTF-8"
    assert agent.platform.calls == [(101, "40040")]


def test_a_command_without_result_has_no_result_in_its_answer(agent: Agent) -> None:
    answer = agent.send("DELETE", f"{ROOT}/voicecall/101/release")
    assert answer.text == '{"message":"success","retcode":"0"}'


def test_a_poll_without_event_is_answered_without_spaces_and_without_event(agent: Agent) -> None:
    answer = agent.send("GET", f"{ROOT}/agentevent/101")
    assert answer.content == b'{"message":"","retcode":"0"}'


def test_a_refusal_of_the_call_center_keeps_status_200_and_its_code(agent: Agent) -> None:
    answer = agent.send("PUT", CALLOUT, json={"called": "404"})
    assert answer.status_code == 200
    assert answer.text == '{"message":"wrong number","retcode":"200-001"}'


def test_a_refusal_is_gone_with_its_answer_without_a_collection_of_garbage(agent: Agent) -> None:
    gc.disable()
    try:
        answer = agent.send("PUT", CALLOUT, json={"called": "404"})
        left = len(agent.platform.refusals)
    finally:
        gc.enable()
    assert "200-001" in answer.text
    assert left == 0


def test_an_unforeseen_error_is_logged_and_not_shown(
    agent: Agent, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        answer = agent.send("PUT", CALLOUT, json={"called": "500"})
    assert answer.status_code == 200
    assert answer.text == '{"message":"internal error","retcode":"100-007"}'
    assert "a secret of the implementation" in caplog.text


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"[]",
        b"[" * 100_000,
        b'{"called":""}',
        b'{"called":null}',
        b'{"called":40040}',
        b'{"called":true}',
        b'{"called":"1234567890123456789012345"}',
        b'{"called":"1","skillid":"x"}',
        b'{"called":"1","skillid":4.0}',
        b'{"called":"1","skillid":123456789012345678901234567890}',
        b'{"called":"1","mediaability":3}',
        b'{"called":"1","called":"2"}',
        b'{"called":"\\ud800"}',
        b'{"called":"1\\u0000"}',
        b'{"called":"1","callappdata":"' + b"x" * (16 * 1024 + 1) + b'"}',
        b'{"called":"1","callappdata":"' + "世".encode() * 5462 + b'"}',
        b'{"called":"1","padding":"' + b"x" * (1024 * 1024) + b'"}',
    ],
)
def test_a_broken_request_gets_the_documented_parameter_error(agent: Agent, content: bytes) -> None:
    answer = agent.call_out(content)
    assert (answer.status_code, answer.text) == (200, INVALID)
    assert agent.platform.calls == []


def test_call_data_may_have_16_kilobytes_of_utf_8(agent: Agent) -> None:
    data = "世" * 5461
    agent.send("PUT", CALLOUT, json={"called": "1", "callappdata": data})
    assert agent.platform.bodies[0].data == data


def test_an_interface_may_have_a_parameter_code_of_its_own(agent: Agent) -> None:
    answer = request(agent.door, "PUT", f"{ROOT}/onlineagent/101", json={})
    assert answer.text == '{"message":"invalid sign-in parameter","retcode":"100-001"}'


def test_every_documented_spelling_reaches_the_call_center(agent: Agent) -> None:
    sent = {"called": "1", "skillId": "25", "mediaability": "2", "video": "true"}
    agent.send("PUT", CALLOUT, json={"reqBody": sent})
    body = agent.platform.bodies[0]
    assert (body.skill_id, body.media_ability, body.video) == (25, 2, True)
    assert offences(agent) == [
        ("6.1.2.1", "other_type", "body.skillId"),
        ("6.1.2.1", "other_type", "body.mediaability"),
        ("6.1.2.1", "other_type", "body.video"),
    ]


def test_a_body_in_the_senders_charset_reaches_the_call_center(agent: Agent) -> None:
    content = '{"called":"1","callappdata":"客服"}'.encode("gb18030")
    agent.call_out(content, "application/json; charset=GB18030")
    assert agent.platform.bodies[0].data == "客服"


def test_names_that_the_reference_does_not_have_are_reported_and_ignored(agent: Agent) -> None:
    answer = agent.send("PUT", CALLOUT, json={"called": "1", "colour": "red"})
    assert answer.json()["retcode"] == "0"
    agent.send("DELETE", f"{ROOT}/voicecall/101/42-7?force=true&when=now")
    assert offences(agent) == [
        ("6.1.2.1", "undocumented_field", "body.colour"),
        ("6.1.2.9", "undocumented_field", "query.when"),
    ]


def offences(agent: Agent) -> list[tuple[str, str, str]]:
    """Section, kind and place of every departure from the contract in the journal."""
    return [
        (exchange.section, str(offence), detail)
        for exchange in agent.platform.journal.exchanges()
        for offence, detail in exchange.violations
    ]


def test_values_of_path_and_query_are_handed_over_decoded(agent: Agent) -> None:
    answer = agent.send("DELETE", f"{ROOT}/voicecall/101/42%2F7?force=true")
    assert answer.json()["result"] == {"callid": "42/7", "force": True}


@pytest.mark.parametrize("query", ["force=maybe", "force=%FF"])
def test_a_wrong_query_gets_the_documented_parameter_error(agent: Agent, query: str) -> None:
    assert agent.send("DELETE", f"{ROOT}/voicecall/101/42?{query}").text == INVALID


def test_the_further_documented_path_of_an_interface_works_too(agent: Agent) -> None:
    assert agent.send("DELETE", "/agentgateway/old/101/7").json()["result"]["callid"] == "7"


@pytest.mark.parametrize("path", ["", "/", "/agentgateway", f"{ROOT}/voicecal/101/callout"])
def test_an_unknown_path_is_answered_in_the_components_envelope(agent: Agent, path: str) -> None:
    answer = agent.send("PUT", path)
    assert (answer.status_code, answer.text) == (404, NOT_FOUND)


@pytest.mark.parametrize("method", ["GET", "POST", "PATCH", "BREW"])
def test_a_wrong_method_is_told_the_right_ones(agent: Agent, method: str) -> None:
    answer = agent.send(method, CALLOUT)
    assert (answer.status_code, answer.text) == (405, NOT_FOUND)
    assert answer.headers["allow"] == "DELETE, PUT, OPTIONS"


def test_options_names_the_methods_and_does_nothing(agent: Agent) -> None:
    answer = agent.send("OPTIONS", f"{ROOT}/agentevent/101")
    assert (answer.status_code, answer.content) == (200, b"")
    assert answer.headers["allow"] == "GET, OPTIONS"


def test_head_takes_no_event_from_an_agent(agent: Agent) -> None:
    assert agent.send("HEAD", f"{ROOT}/agentevent/101").status_code == 405
    assert agent.platform.deliveries == []


def test_a_poll_learns_that_its_answer_was_delivered(agent: Agent) -> None:
    agent.send("GET", f"{ROOT}/agentevent/101")
    assert agent.platform.deliveries == [True]


def test_one_declaration_serves_several_platforms() -> None:
    first, second = Agent(), Agent()
    first.send("PUT", CALLOUT, json={"called": "1"})
    assert (len(first.platform.calls), len(second.platform.calls)) == (1, 0)


def test_a_door_is_not_opened_without_a_gate_for_each_mode_in_use() -> None:
    with pytest.raises(ValueError, match="no gate for C4"):
        gateway.open(Platform(), {})


def test_an_interface_without_authentication_lets_everybody_in() -> None:
    door = open_gateway(Platform(), AuthMode.STATIC)
    assert request(door, "GET", f"{ROOT}/version").json()["result"] == "2.5"


def test_a_websocket_is_turned_away(agent: Agent) -> None:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(agent.door({"type": "websocket", "path": CALLOUT}, None, send))
    assert sent == [{"type": "websocket.close"}]


def test_a_door_below_another_root_finds_its_interfaces(agent: Agent) -> None:
    world = Starlette(routes=[Mount("/world7", agent.door)])
    headers = {"guid": agent.guid}
    path = f"/world7{CALLOUT}"
    answer = request(world, "PUT", path, headers=headers, json={"called": "1"})
    assert answer.json()["retcode"] == "0"
