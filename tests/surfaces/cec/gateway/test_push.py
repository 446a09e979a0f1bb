"""Events that are pushed (CEC 6.1.4.2): to receivers that take them, and to all the others."""

from __future__ import annotations

import asyncio
import random
import ssl
from pathlib import Path
from typing import Any

import pytest

from emulator.certificate import ensure_certificate
from emulator.settings import from_environment
from emulator.surfaces.cec import interface
from emulator.surfaces.cec.gateway import push
from emulator.surfaces.cec.gateway.client import AgentSession
from emulator.surfaces.cec.gateway.client import Receiver as Address
from emulator.surfaces.cec.gateway.events import AgentEvent
from emulator.surfaces.cec.gateway.outbox import LONGEST_QUEUE
from emulator.switch.clock import Clock
from tests.ports import free_port
from tests.surfaces.cec.gateway.receiver import (
    CONFIRMED,
    CUT,
    HANG,
    NEVER,
    Receiver,
    answer,
    receiver,
)
from tests.surfaces.cec.gateway.site import Client, Site, site, until

AGENT, OTHER = 101, 102
START = 1_700_000_000_000_000
LONG = 3600.0
SIGNED_IN = ["AgentOther_InService", "AgentState_Ready"]
SHUTDOWN = "AgentOther_ShutdownService"
NOTE = "AgentOther_Note"
BUSY = "AgentState_SetNotReady_Success"
FAILED = answer(b"", "500 Internal Server Error")


@pytest.fixture(autouse=True)
def short_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "FIRST_PAUSE", 0.005)
    monkeypatch.setattr(push, "LONGEST_PAUSE", 0.01)


async def sign_in(
    it: Site, to: Receiver | str, agent: int = AGENT, *, force: bool = False, token: str = "t-1"
) -> Client:
    client = it.client(agent)
    uri = to if isinstance(to, str) else to.uri
    path = "/onlineagent/{}/forcelogin" if force else "/onlineagent/{}"
    reply = await client.sign_in(path, callbackUri=uri, serviceToken=token)
    assert reply.code == "0"
    return client


# What is pushed


async def test_events_are_pushed_together_the_oldest_first() -> None:
    async with receiver() as there, site() as it:
        client = await sign_in(it, there)
        await there.hear("AgentState_Ready")
        pushed = there.requests[0]
        assert pushed.line == "POST /events?to=me HTTP/1.1"
        assert pushed.document == {
            "workNo": "101",
            "eventList": [
                {"eventType": name, "workNo": "101", "content": None} for name in SIGNED_IN
            ],
        }
        assert pushed.headers["Content-Type"] == "application/json; charset=UTF-8"
        assert pushed.headers["service_token"] == "t-1"
        assert pushed.headers["Guid"] == client.guid


async def test_no_more_than_fifty_events_go_in_one_request() -> None:
    async with receiver() as there, site() as it:
        await sign_in(it, there)
        await there.hear("AgentState_Ready")
        for _ in range(120):
            it.note(AGENT)
        await there.hear(NOTE, 120)
        assert [len(pushed.names) for pushed in there.requests] == [2, 50, 50, 20]


@pytest.mark.parametrize("how", [{"callbackUri": "http://127.0.0.1:9/"}, {"serviceToken": "t"}])
async def test_without_both_address_and_token_events_are_polled(how: dict[str, str]) -> None:
    async with site() as it:
        client = it.client(AGENT)
        assert (await client.sign_in(**how)).code == "0"
        assert await client.drain() == SIGNED_IN


async def test_a_poll_in_push_mode_is_the_wrong_way() -> None:
    async with receiver() as there, site() as it:
        client = await sign_in(it, there)
        assert (await client.request("GET", "/agentevent/{}")).code == "000-001"
        await there.hear("AgentState_Ready")
        assert (await client.request("DELETE", "/onlineagent/{}/logout")).code == "0"
        await there.hear(SHUTDOWN)
        assert (await client.request("GET", "/agentevent/{}")).code == "100-006"


@pytest.mark.parametrize(
    "uri",
    [
        "127.0.0.1:9/events",
        "ftp://127.0.0.1/events",
        "http:///events",
        "http://:80/",
        "http://127.0.0.1:70000/",
        "http://127.0.0.1:0/",
        "http://[::1/",
        "http://user:secret@127.0.0.1/",
        "http://user@127.0.0.1/",
        "http://127.0.0.1/a b",
        "http://127.0.0.1/\n",
        "http://café/",
        "http://127.0.0.1/".ljust(201, "e"),
    ],
)
async def test_what_is_no_address_of_a_receiver_is_refused(uri: str) -> None:
    async with site() as it:
        reply = await it.client(AGENT).sign_in(callbackUri=uri, serviceToken="t")
        assert reply.code == "100-001"


@pytest.mark.parametrize("durable", [False, True], ids=["in memory", "durable"])
async def test_the_answer_to_a_command_and_its_commit_come_before_the_push(
    tmp_path: Path, durable: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    happened: list[str] = []
    respond, post = interface.respond, push._post

    async def noted_respond(*arguments: Any) -> None:
        happened.append("answer")
        await respond(*arguments)

    async def noted_post(*arguments: Any) -> str:
        happened.append("push")
        assert not durable or it.emulator.platform.records.lag == 0
        return await post(*arguments)

    monkeypatch.setattr(interface, "respond", noted_respond)
    monkeypatch.setattr(push, "_post", noted_post)
    settings = {"data": tmp_path} if durable else {}
    async with receiver() as there, site(**settings) as it:
        assert (await it.client(AGENT).sign_in(password="wrong")).code == "100-004"
        client = await sign_in(it, there)
        await there.hear("AgentState_Ready")
        for times in range(1, 6):
            assert (await client.request("POST", "/onlineagent/{}/saybusy")).code == "0"
            await there.hear(BUSY, times)
            assert (await client.request("POST", "/onlineagent/{}/cancelbusy")).code == "0"
            await there.hear("AgentState_CancelNotReady_Success", times)
    assert happened == ["answer"] + ["answer", "push"] * 11


async def test_an_event_that_joins_a_delivery_under_way_waits_for_its_own_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lags: list[float] = []
    post = push._post

    async def posted(*arguments: Any) -> str:
        lags.append(it.emulator.platform.records.lag)
        refusal = await post(*arguments)
        if len(lags) < 5:
            it.emulator.platform.advance().set_not_ready(AGENT, 200 + len(lags), prolong=True)
        return refusal

    monkeypatch.setattr(push, "_post", posted)
    async with receiver() as there, site(data=tmp_path) as it:
        await sign_in(it, there)
        await there.hear(BUSY, 4)
        assert lags == [0] * 5


# Receivers that do not take what they are sent


@pytest.mark.parametrize(
    "failure",
    [
        FAILED,
        answer(b"", "204 No Content"),
        answer(b"", "302 Found", "Location: /elsewhere"),
        answer(b'{"message":"","retcode":"1"}'),
        answer(b'{"message":""}'),
        answer(b"[]"),
        answer(b'{"retcode":"0"'),
        answer(b'{"retcode":"0","message":"' + b"x" * push.LONGEST_ANSWER + b'"}'),
        b"no HTTP at all\r\n\r\n",
        CUT,
        HANG,
    ],
    ids=lambda failure: str(failure)[:40],
)
async def test_a_request_that_is_not_confirmed_is_repeated_before_anything_else(
    failure: bytes | None,
) -> None:
    async with receiver(failure, failure) as there, site(push_timeout=0.3) as it:
        await sign_in(it, there)
        await there.until(lambda: bool(there.requests))
        it.note(AGENT)
        await there.hear(NOTE)
        assert [pushed.names for pushed in there.requests] == [SIGNED_IN] * 3 + [[NOTE]]
        assert {pushed.line for pushed in there.requests} == {"POST /events?to=me HTTP/1.1"}


async def test_a_receiver_that_comes_later_is_told_everything_from_the_beginning() -> None:
    port = free_port()
    async with site() as it:
        await sign_in(it, f"http://127.0.0.1:{port}/")
        it.note(AGENT)
        await until(lambda: it.session(AGENT).in_flight > 0)
        async with receiver(port=port) as there:
            await there.hear(NOTE)
            assert there.names == [*SIGNED_IN, NOTE]


def test_the_pauses_between_attempts_grow_up_to_a_limit(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(push, "FIRST_PAUSE", 0.2)
    monkeypatch.setattr(push, "LONGEST_PAUSE", 5.0)
    waits = push.pauses()
    assert [next(waits) for _ in range(7)] == [0.2, 0.4, 0.8, 1.6, 3.2, 5.0, 5.0]


async def test_no_event_is_lost_doubled_or_reordered_whatever_the_receiver_does() -> None:
    rng = random.Random(7)
    kinds = (CONFIRMED, CONFIRMED, FAILED, CUT, answer(b"?"))
    async with receiver(*rng.choices(kinds, k=300)) as there, site() as it:
        await sign_in(it, there)
        reasons = [200 + number % 51 for number in range(200)]
        for reason in reasons:
            it.emulator.platform.advance().set_not_ready(AGENT, reason, prolong=True)
            for _ in range(rng.randrange(20)):
                await asyncio.sleep(0)
        await there.hear(BUSY, 200)
        told = [e["content"]["reason"] for e in there.confirmed if e["eventType"] == BUSY]
        assert told == [str(reason) for reason in reasons]


async def test_a_slow_receiver_of_one_agent_does_not_hold_up_another_agent() -> None:
    async with receiver(HANG) as slow, receiver() as quick, site(push_timeout=LONG) as it:
        await sign_in(it, slow)
        await slow.until(lambda: bool(slow.requests))
        await sign_in(it, quick, OTHER)
        it.note(OTHER)
        await quick.hear(NOTE)
        assert len(slow.requests) == 1


async def test_one_agent_has_one_request_at_a_time() -> None:
    async with receiver(HANG) as slow, site(push_timeout=LONG) as it:
        client = await sign_in(it, slow)
        await slow.until(lambda: bool(slow.requests))
        for path in ("saybusy", "cancelbusy", "saybusy"):
            assert (await client.request("POST", "/onlineagent/{}/" + path)).code == "0"
        assert len(slow.requests) == 1


def test_of_too_many_events_the_oldest_that_are_not_on_their_way_are_dropped() -> None:
    session = AgentSession(AGENT, 0.0, Address("http://127.0.0.1:9/", "t"))
    session.put(AgentEvent(AGENT, "on its way", None))
    session.first_events(1)
    for number in range(LONGEST_QUEUE + 3):
        session.put(AgentEvent(AGENT, str(number), None))
    assert session.dropped == 3
    assert [event["eventType"] for event in session.events] == [
        "on its way",
        *(str(number) for number in range(3, LONGEST_QUEUE + 3)),
    ]


async def test_dropped_events_are_counted_in_the_log(caplog: pytest.LogCaptureFixture) -> None:
    async with receiver(HANG) as there, site(push_timeout=0.1) as it:
        await sign_in(it, there)
        await there.until(lambda: bool(there.requests))
        for _ in range(LONGEST_QUEUE + 3):
            it.note(AGENT)
        await there.hear(NOTE, LONGEST_QUEUE)
        assert "3 events of agent 101 were dropped" in caplog.text
        assert there.names == [*SIGNED_IN, *[NOTE] * LONGEST_QUEUE]


async def test_cookies_of_a_receiver_are_not_kept() -> None:
    cookie = answer(b'{"retcode":"0"}', "200 OK", "Set-Cookie: session=1")
    async with receiver(cookie) as there, site() as it:
        await sign_in(it, there)
        await there.until(lambda: bool(there.requests))
        it.note(AGENT)
        await there.hear(NOTE)
        assert "Cookie" not in there.requests[-1].headers


@pytest.mark.parametrize("verify", [False, True])
async def test_the_certificate_of_a_receiver_is_verified_if_that_is_wanted(
    tmp_path: Path, verify: bool, caplog: pytest.LogCaptureFixture
) -> None:
    files = ensure_certificate(tmp_path)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(files.certificate, files.key)
    async with receiver(tls=tls) as there, site(push_verify=verify) as it:
        await sign_in(it, there)
        if verify:
            await until(lambda: "CERTIFICATE_VERIFY_FAILED" in caplog.text)
            assert there.requests == []
        else:
            await there.hear("AgentState_Ready")


@pytest.mark.parametrize(("text", "verify"), [("0", False), ("false", False), ("1", True)])
def test_verifying_certificates_is_a_setting(text: str, verify: bool) -> None:
    assert from_environment({"EMULATOR_PUSH_VERIFY": text}).push_verify is verify


async def test_a_stop_during_a_tls_handshake_leaves_no_connection_open() -> None:
    connected = asyncio.Event()
    ended = asyncio.Event()

    async def never_greet(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        connected.set()
        await reader.read()
        writer.close()
        ended.set()

    silent = await asyncio.start_server(never_greet, "127.0.0.1", 0)
    async with silent:
        async with site(push_timeout=LONG) as it:
            await sign_in(it, f"https://127.0.0.1:{silent.sockets[0].getsockname()[1]}/")
            async with asyncio.timeout(NEVER):
                await connected.wait()
        async with asyncio.timeout(NEVER):
            await ended.wait()


# Heartbeats


@pytest.mark.parametrize(("method", "path"), [("POST", "handshake"), ("PUT", "heartbeat")])
async def test_a_heartbeat_brings_the_token_of_the_next_push(method: str, path: str) -> None:
    async with receiver() as there, site() as it:
        client = await sign_in(it, there)
        for token, expected in (("service_token: t-2", "t-2"), ("X-Nothing: 1", "t-2")):
            wire = await client.open()
            target = f"/agentgateway/resource/onlineagent/101/{path}"
            wire.send(method, target, b"", f"guid: {client.guid}", token)
            assert (await wire.receive()).code == "0"
            heard = len(there.requests)
            it.note(AGENT)
            await there.until(lambda heard=heard: len(there.requests) > heard)  # type: ignore[misc]
            await there.hear(NOTE)
            assert there.requests[-1].headers["service_token"] == expected


async def test_a_push_carries_the_guid_that_the_heartbeat_brought() -> None:
    async with receiver() as there, site(Clock(START), auth_mode=2) as it:
        client = await sign_in(it, there)
        await there.hear("AgentState_Ready")
        before = client.guid
        it.emulator.platform.move_clock(61_000_000)
        assert (await client.request("POST", "/onlineagent/{}/handshake")).code == "0"
        it.note(AGENT)
        await there.hear(NOTE)
        assert there.requests[-1].headers["Guid"] == client.guid != before


async def test_in_push_mode_only_a_heartbeat_keeps_the_agent_signed_in() -> None:
    async with receiver() as there, site(poll_timeout=LONG) as it:
        client = await sign_in(it, there)
        await there.hear("AgentState_Ready")
        sessions = it.emulator.doors.gateway.sessions
        sessions.age(0.6 * LONG)
        assert (await client.request("POST", "/onlineagent/{}/handshake")).code == "0"
        sessions.age(0.6 * LONG)
        sessions.sign_out_unheard(LONG)
        assert it.emulator.platform.switch.agent(AGENT).signed_in
        await client.request("GET", "/agentevent/{}")
        assert (await client.request("POST", "/onlineagent/{}/syncagentinfo")).code == "0"
        sessions.age(0.6 * LONG)
        sessions.sign_out_unheard(LONG)
        assert not it.emulator.platform.switch.agent(AGENT).signed_in
        await there.hear(SHUTDOWN)
        await until(lambda: it.session(AGENT) is None)
        assert (await client.request("POST", "/onlineagent/{}/handshake")).code == "100-006"


async def test_a_silent_agent_is_signed_out_and_its_receiver_told_though_it_was_down() -> None:
    async with receiver(CONFIRMED, FAILED) as there, site(poll_timeout=0.2) as it:
        await sign_in(it, there)
        await there.hear(SHUTDOWN)
        assert there.names == [*SIGNED_IN, SHUTDOWN]


async def test_a_receiver_that_stays_away_is_given_up_some_time_after_the_sign_out(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with site(poll_timeout=0.1) as it:
        await sign_in(it, f"http://127.0.0.1:{free_port()}/")
        await until(lambda: it.session(AGENT) is None)
        assert "3 events of agent 101 are lost" in caplog.text


# Sessions that end


async def test_a_forced_sign_in_pushes_the_old_session_s_end_and_then_the_new_one_s_begin() -> None:
    async with receiver(CONFIRMED, HANG) as there, site(push_timeout=0.3) as it:
        await sign_in(it, there)
        await there.hear("AgentState_Ready")
        await sign_in(it, there, force=True, token="t-2")
        await there.hear("AgentState_Ready", 2)
        await there.hear(SHUTDOWN)
        assert there.names == [*SIGNED_IN, SHUTDOWN, *SIGNED_IN]
        assert {pushed.headers["service_token"] for pushed in there.requests[1:]} == {"t-2"}


async def test_a_new_receiver_does_not_wait_for_the_old_one() -> None:
    async with receiver(HANG) as old, receiver() as new, site(push_timeout=LONG) as it:
        await sign_in(it, old)
        await old.until(lambda: bool(old.requests))
        await sign_in(it, new, force=True)
        await new.hear("AgentState_Ready")
        assert new.names == SIGNED_IN


async def test_an_old_receiver_learns_its_session_s_end_but_not_the_new_one_s_guid() -> None:
    async with receiver(CONFIRMED, FAILED, FAILED) as old, receiver() as new, site() as it:
        first = await sign_in(it, old)
        await old.hear("AgentState_Ready")
        second = await sign_in(it, new, force=True)
        await new.hear("AgentState_Ready")
        await old.hear(SHUTDOWN)
        assert {pushed.headers["Guid"] for pushed in old.requests} == {first.guid}
        assert {pushed.headers["Guid"] for pushed in new.requests} == {second.guid}


async def test_who_signs_in_by_force_may_poll_from_now_on() -> None:
    async with receiver() as there, site() as it:
        await sign_in(it, there)
        await there.hear("AgentState_Ready")
        client = it.client(AGENT)
        assert (await client.sign_in("/onlineagent/{}/forcelogin")).code == "0"
        assert await client.drain() == SIGNED_IN
        await there.hear(SHUTDOWN)


async def test_an_agent_that_signed_out_can_sign_in_again() -> None:
    async with receiver() as there, site() as it:
        for times in (1, 2):
            client = await sign_in(it, there)
            await there.hear("AgentState_Ready", times)
            assert (await client.request("DELETE", "/onlineagent/{}/logout")).code == "0"
            await there.hear(SHUTDOWN, times)
        assert there.names == [*SIGNED_IN, SHUTDOWN] * 2


def deliveries() -> list[str]:
    return [task.get_name() for task in asyncio.all_tasks() if "push to" in task.get_name()]


async def test_a_world_that_begins_anew_pushes_nothing_of_the_old_one() -> None:
    async with receiver(HANG) as there, site(push_timeout=LONG) as it:
        await sign_in(it, there)
        await there.until(lambda: bool(there.requests))
        await sign_in(it, there, force=True)
        tenants = [it.emulator.platform.switch.tenants[1].config]
        await it.emulator.doors.control.app.state.desk.begin_anew(tenants)
        await until(lambda: not deliveries())
        await sign_in(it, there)
        await there.hear("AgentState_Ready")
        assert there.names == SIGNED_IN


@pytest.mark.parametrize("reply", [HANG, FAILED])
async def test_a_stop_ends_every_delivery(reply: bytes | None) -> None:
    async with receiver(*[reply] * 1000) as there:
        async with site(push_timeout=LONG) as it:
            await sign_in(it, there)
            await sign_in(it, there, OTHER)
            await there.until(lambda: len(there.requests) >= 2)
        assert deliveries() == []
        assert there.names == []


async def test_a_restarted_emulator_pushes_anew(tmp_path: Path) -> None:
    async with receiver() as there:
        for times in (1, 2):
            async with site(data=tmp_path) as it:
                await sign_in(it, there)
                await there.hear("AgentState_Ready", times)
        assert there.names == SIGNED_IN * 2


async def test_what_is_pushed_is_in_the_journal_with_the_attempts_that_failed() -> None:
    async with receiver() as there, site() as it:
        there.answers.append(answer(b"no"))
        await sign_in(it, there)
        await there.hear("AgentState_Ready")
        journal = it.emulator.platform.traffic.journal
        await until(lambda: any(kept.code == "0" for kept in sent(journal)))
        first, *_, last = sent(journal)
        assert (first.section, first.agent, first.tenant) == ("6.1.4.2", AGENT, 1)
        assert (first.verdict, first.answer) == ("refused", b"answer is no JSON")
        assert (last.verdict, last.path) == ("done", there.uri)
        assert b"AgentState_Ready" in last.body


def sent(journal: Any) -> list[Any]:
    return [kept for kept in journal.exchanges() if kept.outgoing]
