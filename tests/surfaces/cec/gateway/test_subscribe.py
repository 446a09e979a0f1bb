"""Whoever has subscribed is told what is recognised on the calls of its VDN (CEC 6.3)."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterator
from typing import Any

import pytest

from emulator.surfaces.cec.gateway import push
from emulator.switch.clock import Clock
from emulator.switch.switch import Switch
from emulator.switch.utterance import Utterance
from tests.contract.world import PASSWORD, START, World
from tests.surfaces.cec.gateway.receiver import HANG, Pushed, Receiver, answer, receiver
from tests.surfaces.cec.gateway.site import Client, Site, site

AGENT, OTHER = 101, 102
CUSTOMER = "13900000001"
FAILED = answer(b"", "500 Internal Server Error")
BEGINS, GOES_ON, ENDS_WITH_RESULT, ENDS = "61", "62", "0", "63"
ANALYSIS = {"Intend": "Claim missing", "call_script_matchedstep": "guashi"}


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "FIRST_PAUSE", 0.005)
    monkeypatch.setattr(push, "LONGEST_PAUSE", 0.01)


@pytest.fixture
def world() -> Iterator[World]:
    with World() as world:
        world.log_in_to_configure()
        yield world


TERMS: dict[str, Any] = {
    "subscribeType": "1",
    "serviceToken": "t-1",
    "serviceCallBackUri": "http://127.0.0.1:9/words",
    "nlpFlag": False,
}


def register(world: World, **terms: Any) -> str:
    reply = world.call("6.3.1", {}, body={**TERMS, **terms})
    assert reply.code == "0", reply.document
    number: str = reply.result["serverId"]
    return number


def shake(world: World, number: str) -> str:
    return world.call("6.3.4", {"serviceid": number}).code


# Subscriptions


def test_subscriptions_are_numbered_by_the_time_and_one_after_the_other(world: World) -> None:
    assert [register(world), register(world)] == [
        "20231114221320-001-00001",
        "20231114221320-001-00002",
    ]


def test_a_subscription_ends_five_minutes_after_its_last_handshake(world: World) -> None:
    number = register(world)
    for _ in range(3):
        world.pass_time(299)
        assert shake(world, number) == "0"
    world.pass_time(300)
    assert shake(world, number) == "107-032"


def test_a_handshake_with_the_token_keeps_it_too(world: World) -> None:
    number = register(world)
    for _ in range(3):
        world.pass_time(299)
        headers = {"service_token": "t-1"}
        assert world.call("6.3.5", {"serviceid": number}, headers=headers).code == "0"


@pytest.mark.parametrize(
    ("token", "code"),
    [(None, "107-002"), ("", "107-002"), ("x" * 257, "107-002"), ("another", "107-032")],
)
def test_a_handshake_with_a_wrong_token_keeps_nothing(
    world: World, token: str | None, code: str
) -> None:
    number = register(world)
    world.pass_time(200)
    headers = {} if token is None else {"service_token": token}
    assert world.call("6.3.5", {"serviceid": number}, headers=headers).code == code
    world.pass_time(100)
    assert shake(world, number) == "107-032"


def test_an_ended_subscription_is_gone(world: World) -> None:
    number = register(world)
    for code in ("0", "107-031"):
        assert world.call("6.3.3", {}, body={"serverId": number}).code == code
    assert shake(world, number) == "107-032"


def test_a_semantic_analysis_needs_its_flow(world: World) -> None:
    for terms in ({"nlpFlag": True}, {"nlpFlag": "true", "flowAccessCode": ""}):
        assert world.call("6.3.1", {}, body={**TERMS, **terms}).code == "107-002"


def test_a_subscription_is_none_of_another_vdn(world: World) -> None:
    number = register(world)
    users = world.doors.gateway.config_sessions._users
    [(guid, user)] = users.items()
    users[guid] = type(user)(user.id, tenant=2)
    tenants = world.platform.switch.tenants
    tenants[2] = type(tenants[1])(tenants[1].config, 2)
    assert shake(world, number) == "107-032"
    assert world.call("6.3.3", {}, body={"serverId": number}).code == "107-031"


def test_a_reset_ends_every_subscription(world: World) -> None:
    number = register(world)
    world.doors.gateway.subscriptions.forget()
    assert shake(world, number) == "107-032"


# Notifications


class Talk:
    """A customer talks to an agent of a call center that somebody listens to."""

    def __init__(self, it: Site, call: str) -> None:
        self.it = it
        self.call = call

    @property
    def switch(self) -> Switch:
        return self.it.emulator.platform.advance()

    def say(self, text: str, **how: Any) -> None:
        self.switch.speak(self.call, Utterance(text, **how))


async def config_guid(it: Site) -> str:
    client = it.client(100_001)
    reply = await client.request(
        "POST", "/config/login", {"agentId": 100_001, "password": PASSWORD}
    )
    guid: str = reply.document["result"]["guid"]
    return guid


async def configure(it: Site, method: str, path: str, body: Any = None) -> Any:
    client = Client(it, 100_001)
    client.guid = await config_guid(it)
    reply = await client.request(method, "/config/subscribe" + path, body)
    assert reply.code == "0", reply.document
    return reply.document.get("result")


async def subscribe(it: Site, there: Receiver, **terms: Any) -> str:
    uri = there.uri.partition("?")[0]
    body = {**TERMS, "serviceCallBackUri": uri, **terms}
    number: str = (await configure(it, "POST", "/register", body))["serverId"]
    return number


async def talk(it: Site) -> Talk:
    await it.agent(AGENT, autoanswer=True)
    return Talk(it, it.emulator.platform.advance().dial_in(CUSTOMER, "95001"))


async def told(there: Receiver, times: int) -> list[Any]:
    await there.until(lambda: len(there.requests) >= times)
    return [pushed.document for pushed in there.requests]


def cases(notifications: list[Any]) -> list[tuple[str, str]]:
    return [(told["talkertype"], told["asrusercase"]) for told in notifications]


async def test_a_talk_is_told_from_its_beginning_to_its_end() -> None:
    async with receiver() as there, site(clock=Clock(START)) as it:
        number = await subscribe(it, there)
        talking = await talk(it)
        talking.say("good morning", agent=AGENT)
        talking.say("my card is lost", confidence=87, final=True)
        talking.switch.outside_hangs_up(talking.call)
        notifications = await told(there, 6)
        assert cases(notifications) == [
            ("1", BEGINS),
            ("2", BEGINS),
            ("1", GOES_ON),
            ("2", ENDS_WITH_RESULT),
            ("1", ENDS),
            ("2", ENDS),
        ]
        assert notifications[3] == {
            "subscribetype": "1",
            "curuserdn": CUSTOMER,
            "serverid": number,
            "initialagentid": "101",
            "result": {"iscontentenc": "0", "confidence": "87", "content": "my card is lost"},
            "ccid": "1",
            "createTime": START // 1000,
            "vdnid": "1",
            "talkertype": "2",
            "talkerid": CUSTOMER,
            "asrusercase": "0",
            "curcallid": talking.call,
            "calldata": notifications[3]["calldata"],
        }
        assert notifications[2]["talkerid"] == "101"
        for silent in (notifications[0], notifications[5]):
            assert silent["result"]["content"] == ""


async def test_a_notification_goes_to_the_documented_address_with_the_token() -> None:
    async with receiver() as there, site() as it:
        await subscribe(it, there)
        await talk(it)
        await told(there, 2)
        pushed: Pushed = there.requests[0]
        assert pushed.line == "POST /events/v100/subscribe/asrevent/asrresult HTTP/1.1"
        assert pushed.headers["service_token"] == "t-1"
        assert pushed.headers["Content-Type"] == "application/json; charset=UTF-8"
        assert json.loads(pushed.document["calldata"]) == {
            "nlpFlag": False,
            "flowAccessCode": "",
            "callbackUrl": there.uri.partition("?")[0],
        }


async def test_an_analysis_is_told_to_those_who_asked_for_it() -> None:
    async with receiver() as plain, receiver() as analysed, site() as it:
        await subscribe(it, plain)
        await subscribe(it, analysed, nlpFlag="true", flowAccessCode="801")
        talking = await talk(it)
        talking.say("my card is lost", analysis=json.dumps(ANALYSIS))
        talking.say("hello")
        plainly, closely = await told(plain, 4), await told(analysed, 4)
        assert all("nlpResult" not in notification for notification in plainly)
        assert [n.get("nlpResult") for n in closely] == [None, None, ANALYSIS, None]
        assert json.loads(closely[0]["calldata"])["nlpFlag"] is True
        assert json.loads(closely[0]["calldata"])["flowAccessCode"] == "801"


async def test_a_changed_subscription_is_told_at_its_new_address() -> None:
    async with receiver() as first, receiver() as second, site() as it:
        number = await subscribe(it, first)
        talking = await talk(it)
        await told(first, 2)
        terms = {
            "serviceCallBackUri": second.uri.partition("?")[0],
            "nlpFlag": True,
            "flowAccessCode": "9",
        }
        await configure(it, "POST", f"/modify?serverId={number}", terms)
        talking.say("hello", analysis=json.dumps(ANALYSIS))
        [notification] = await told(second, 1)
        assert notification["nlpResult"] == ANALYSIS
        assert len(first.requests) == 2


@pytest.mark.parametrize("failure", [FAILED, answer(b'{"retcode":"1"}'), HANG])
async def test_what_is_not_confirmed_is_repeated_before_anything_else(
    failure: bytes | None,
) -> None:
    async with receiver(failure, failure) as there, site(push_timeout=0.3) as it:
        await subscribe(it, there)
        await talk(it)
        notifications = await told(there, 4)
        assert cases(notifications) == [("1", BEGINS)] * 3 + [("2", BEGINS)]


async def test_an_ended_subscription_is_told_nothing_more() -> None:
    async with receiver() as first, receiver() as second, site() as it:
        number = await subscribe(it, first)
        await subscribe(it, second)
        talking = await talk(it)
        await told(first, 2)
        await configure(it, "PUT", "/unregister", {"serverId": number})
        talking.say("hello")
        await told(second, 3)
        assert len(first.requests) == 2


async def test_a_silent_subscriber_is_told_nothing_more() -> None:
    async with receiver() as first, receiver() as second, site(clock=Clock(START)) as it:
        await subscribe(it, first)
        talking = await talk(it)
        await told(first, 2)
        it.emulator.platform.move_clock(300_000_000)
        await subscribe(it, second)
        talking.say("hello")
        await told(second, 1)
        assert len(first.requests) == 2


async def test_agents_among_themselves_have_no_subscriber() -> None:
    async with receiver() as there, site() as it:
        await subscribe(it, there)
        await it.agent(AGENT)
        await it.agent(OTHER, autoanswer=True)
        call = it.emulator.platform.advance().make_internal_call(AGENT, OTHER)
        it.emulator.platform.advance().speak(call, Utterance("psst", agent=OTHER))
        it.emulator.platform.advance().release_call(AGENT, call)
        notifications = await told(there, 3)
        assert cases(notifications) == [("1", BEGINS), ("1", GOES_ON), ("1", ENDS)]
        assert [n["curuserdn"] for n in notifications] == [""] * 3
        assert [n["initialagentid"] for n in notifications] == ["101"] * 3
        assert notifications[1]["talkerid"] == "102"


async def test_a_stop_does_not_wait_for_a_receiver_that_hangs() -> None:
    async with receiver(HANG) as there:
        async with site(push_timeout=30.0) as it:
            await subscribe(it, there)
            await talk(it)
            await told(there, 1)
        assert asyncio.all_tasks()
