"""The gateway on the wire: what real clients depend on, and the references do not state."""

from __future__ import annotations

import asyncio
import random
import re
import socket
from pathlib import Path
from typing import Any

import pytest

from emulator.settings import Settings, from_environment
from emulator.switch.clock import Clock
from tests.ports import free_port
from tests.surfaces.cec.gateway.site import Client, Site, Wire, site, until

AGENT, OTHER = 101, 102
START = 1_700_000_000_000_000
EMPTY_POLL = b'{"message":"","retcode":"0"}'
LONG = 3600.0
"""A poll that is held so long is released by what the test does, or never."""


def each_world(tmp_path: Path, durable: bool) -> dict[str, Path]:
    return {"data": tmp_path} if durable else {}


in_both_worlds = pytest.mark.parametrize("durable", [False, True], ids=["in memory", "durable"])


# Names and values


async def test_a_sign_in_answers_set_guid_and_set_cookie_in_their_exact_case() -> None:
    async with site() as it:
        answer = await it.client(AGENT).sign_in()
        guid = answer.header(b"Set-GUID")
        cookie = answer.header(b"Set-Cookie")
        assert guid is not None
        assert cookie is not None
        uuid = rb"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}"
        assert re.fullmatch(rb"JSESSIONID=" + uuid + rb"\.AgentGateway0", guid)
        assert cookie.startswith(guid)


async def test_an_agent_signs_in_without_its_colons_and_equal_signs() -> None:
    async with site() as it:
        client = await it.agent(AGENT)
        client.guid = f"JSESSIONID{client.guid}".replace(":", "").replace("=", "")
        assert (await client.request("GET", "/onlineagent/{}/agentstatus")).code == "0"


async def test_an_empty_poll_is_these_bytes() -> None:
    async with site() as it:
        client = await it.agent(AGENT)
        assert (await client.request("GET", "/agentevent/{}")).body == EMPTY_POLL


async def test_an_event_is_an_object_behind_message_and_retcode() -> None:
    async with site() as it:
        client = await it.agent(AGENT)
        it.note(AGENT)
        answer = await client.request("GET", "/agentevent/{}")
        assert answer.body == (
            b'{"message":"","retcode":"0",'
            b'"event":{"eventType":"AgentOther_Note","workNo":"101","content":null}}'
        )


async def test_numbers_and_booleans_may_be_strings() -> None:
    async with site() as it:
        answer = await it.client(AGENT).sign_in(
            status="4", releasephone="false", agenttype="4", autoanswer="false"
        )
        assert answer.code == "0"
        agent = it.emulator.platform.switch.agent(AGENT)
        assert (agent.release_phone, agent.auto_answer) == (False, False)


def test_a_poll_is_held_for_ten_seconds_and_a_silent_client_for_two_minutes() -> None:
    assert (Settings().poll_wait, Settings().poll_timeout) == (10.0, 120.0)


def test_the_ports_are_those_of_real_installations_unless_they_are_set() -> None:
    assert (Settings().http_port, Settings().https_port) == (8000, 8043)
    chosen = from_environment({"EMULATOR_HTTP_PORT": "9000", "EMULATOR_HTTPS_PORT": "0"})
    assert (chosen.http_port, chosen.https_port) == (9000, 0)


async def test_a_port_that_is_off_takes_no_connection() -> None:
    port = free_port()
    async with site(http_port=port):
        with socket.create_connection(("127.0.0.1", port)):
            pass
        with (
            pytest.raises(ConnectionRefusedError),
            socket.create_connection(("127.0.0.1", free_port())),
        ):
            pass


# Holding polls


async def test_a_poll_is_held_and_released_at_once_by_an_event() -> None:
    async with site(poll_wait=LONG) as it:
        client = await held_client(it)
        poll = await client.hold_poll()
        await it.until_held(AGENT)
        it.note(AGENT)
        assert (await client.finish(poll)).document["event"]["eventType"] == "AgentOther_Note"


async def held_client(it: Site, agent: int = AGENT, **how: object) -> Client:
    """An agent that has signed in and fetched its events, where empty polls are held long."""
    client = it.client(agent)
    assert (await client.sign_in(**how)).code == "0"
    it.session(agent).clear()
    return client


async def test_an_agent_commands_while_its_poll_is_held() -> None:
    async with site(poll_wait=LONG) as it:
        client = await held_client(it)
        poll = await client.hold_poll()
        await it.until_held(AGENT)
        assert (await client.request("POST", "/onlineagent/{}/saybusy")).code == "0"
        event = (await client.finish(poll)).document["event"]
        assert event["eventType"] == "AgentState_SetNotReady_Success"


async def test_an_agent_commands_while_its_poll_is_held_in_dynamic_mode() -> None:
    async with site(Clock(START), poll_wait=LONG, auth_mode=2) as it:
        client = await held_client(it)
        poll = await client.hold_poll()
        await it.until_held(AGENT)
        it.emulator.platform.move_clock(61_000_000)
        before = client.guid
        assert (await client.request("POST", "/onlineagent/{}/saybusy")).code == "0"
        assert (await client.finish(poll)).header(b"Set-GUID") is not None
        assert client.guid != before
        assert (await client.request("POST", "/onlineagent/{}/cancelbusy")).code == "0"


@in_both_worlds
async def test_the_answer_to_a_command_comes_before_its_event(
    tmp_path: Path, durable: bool
) -> None:
    arrived: list[str] = []

    async with site(poll_wait=LONG, **each_world(tmp_path, durable)) as it:
        client = await held_client(it)
        for round_ in range(10):
            poll = await client.hold_poll()
            await it.until_held(AGENT)
            command = await client.open()
            path = "/onlineagent/{}/" + ("cancelbusy" if round_ % 2 else "saybusy")
            client.start(command, "POST", path)

            async def note(wire: Wire, name: str) -> None:
                assert (await client.finish(wire)).code == "0"
                arrived.append(name)

            await asyncio.gather(note(poll, "event"), note(command, "answer"))
        assert arrived == ["answer", "event"] * 10


@in_both_worlds
async def test_the_answer_that_ends_a_call_comes_before_its_events(
    tmp_path: Path, durable: bool
) -> None:
    arrived: list[str] = []
    async with site(poll_wait=LONG, **each_world(tmp_path, durable)) as it:
        client = await held_client(it)
        it.emulator.platform.advance().dial_in("13800000001", "95001")
        assert (await client.request("PUT", "/voicecall/{}/answer")).code == "0"
        it.session(AGENT).clear()
        poll = await client.hold_poll()
        await it.until_held(AGENT)
        command = await client.open()
        client.start(command, "DELETE", "/voicecall/{}/release")

        async def note(wire: Wire, name: str) -> None:
            assert (await client.finish(wire)).code == "0"
            arrived.append(name)

        await asyncio.gather(note(poll, "event"), note(command, "answer"))
    assert arrived == ["answer", "event"]


async def test_an_event_whose_client_vanished_is_delivered_to_the_next_poll() -> None:
    async with site(poll_wait=LONG) as it:
        client = await held_client(it)
        poll = await client.hold_poll()
        await it.until_held(AGENT)
        poll.vanish()
        await asyncio.sleep(0.02)
        it.note(AGENT)
        assert (await client.poll() or {})["eventType"] == "AgentOther_Note"


async def test_of_two_polls_at_once_the_older_is_answered_empty() -> None:
    async with site(poll_wait=LONG) as it:
        client = await held_client(it)
        older = await client.hold_poll()
        await it.until_held(AGENT)
        first = it.session(AGENT).waiter
        newer = await client.hold_poll()
        await it.until_held(AGENT, but=first)
        assert (await client.finish(older)).body == EMPTY_POLL
        it.note(AGENT)
        assert "event" in (await client.finish(newer)).document


INTERLEAVINGS = 200


async def test_no_event_is_lost_doubled_or_reordered() -> None:
    async with site(poll_wait=0.005) as it:
        client = await it.agent(AGENT)
        for seed in range(INTERLEAVINGS):
            raised, told = await Interleaving(it, client, random.Random(seed)).play()
            assert told == list(range(raised)), f"seed {seed}"


class Interleaving:
    """Polls, clients that vanish and events in a random order; events carry their number."""

    def __init__(self, it: Site, client: Client, rng: random.Random) -> None:
        self.it = it
        self.client = client
        self.rng = rng
        self.raised = 0
        self.told: list[int] = []
        self.polls: list[tuple[Wire, asyncio.Task[None]]] = []

    async def play(self) -> tuple[int, list[int]]:
        """Give how many events there were, and the numbers that were told, as they arrived."""
        for _ in range(self.rng.randrange(10, 30)):
            await self.rng.choice((self.event, self.event, self.poll, self.vanish, self.settle))()
        for _, reading in self.polls:
            await reading
        while (event := await self.client.poll()) is not None:
            self.told.append(number_of(event))
        return self.raised, self.told

    async def event(self) -> None:
        self.it.emulator.platform.advance().set_not_ready(AGENT, 200 + self.raised, prolong=True)
        self.raised += 1

    async def poll(self) -> None:
        wire = await self.client.hold_poll()
        self.polls.append((wire, asyncio.create_task(self.read(wire))))

    async def read(self, wire: Wire) -> None:
        event = (await wire.receive()).document.get("event")
        if event is not None:
            self.told.append(number_of(event))

    async def vanish(self) -> None:
        """A client that has read what was sent to it drops its connection."""
        await self.settle()
        waiting = [poll for poll in self.polls if not poll[1].done()]
        if waiting:
            wire, reading = self.rng.choice(waiting)
            self.polls.remove((wire, reading))
            reading.cancel()
            wire.vanish()
            await self.settle()

    async def settle(self) -> None:
        """What was sent arrives."""
        for _ in range(10):
            await asyncio.sleep(0)


def number_of(event: dict[str, Any]) -> int:
    return int(event["content"]["reason"]) - 200


# Clients that fall silent


async def test_an_agent_that_no_longer_polls_is_signed_out() -> None:
    async with site(poll_timeout=0.1) as it:
        client = await it.agent(AGENT)
        await until(lambda: not it.emulator.platform.switch.agent(AGENT).signed_in)
        assert (await client.request("GET", "/agentevent/{}")).code == "100-006"


async def test_a_heartbeat_keeps_the_session_like_a_poll() -> None:
    async with site(poll_timeout=LONG) as it:
        client = await it.agent(AGENT)
        sessions = it.emulator.doors.gateway.sessions
        for method, path in (
            ("POST", "/onlineagent/{}/handshake"),
            ("PUT", "/onlineagent/{}/heartbeat"),
            ("GET", "/agentevent/{}"),
        ):
            sessions.age(LONG - 1)
            assert (await client.request(method, path)).code == "0"
            sessions.age(LONG - 1)
            sessions.sign_out_unheard(LONG)
            assert it.emulator.platform.switch.agent(AGENT).signed_in


async def test_moving_domain_time_signs_nobody_out() -> None:
    async with site(Clock(START)) as it:
        client = await it.agent(AGENT)
        it.emulator.platform.move_clock(24 * 3600 * 1_000_000)
        it.emulator.doors.gateway.sessions.sign_out_unheard(it.emulator.settings.poll_timeout)
        assert (await client.request("GET", "/onlineagent/{}/agentstatus")).code == "0"


# Signing in again


async def test_who_is_signed_in_already_signs_in_by_force_and_the_old_page_learns_it() -> None:
    async with site(poll_wait=LONG) as it:
        old = await held_client(it)
        poll = await old.hold_poll()
        await it.until_held(AGENT)
        new = it.client(AGENT)
        assert (await new.sign_in()).code == "100-002"
        assert (await new.sign_in("/onlineagent/{}/forcelogin")).code == "0"
        event = (await old.finish(poll)).document["event"]
        assert event["eventType"] == "AgentOther_ShutdownService"
        assert (await old.request("GET", "/agentevent/{}")).code == "000-003"
        told = [(await new.poll() or {})["eventType"] for _ in range(2)]
        assert told == ["AgentOther_InService", "AgentState_Ready"]
        assert (await new.request("GET", "/onlineagent/{}/agentstatus")).code == "0"


@pytest.mark.parametrize(
    ("method", "path", "code"),
    [
        ("DELETE", "/voicecall/{}/release", "200-017"),
        ("POST", "/voicecall/{}/dropcall/1-1", "200-025"),
    ],
)
async def test_hanging_up_what_is_over_has_the_code_that_clients_pass_over(
    method: str, path: str, code: str
) -> None:
    async with site() as it:
        client = await it.agent(AGENT)
        assert (await client.request(method, path)).code == code


async def test_without_authentication_clients_send_no_guid_at_all(
    caplog: pytest.LogCaptureFixture,
) -> None:
    async with site(auth_mode=0) as it:
        client = await it.agent(AGENT)
        client.guid = ""
        assert (await client.request("GET", "/onlineagent/{}/agentstatus")).code == "0"
        assert "without authentication" in caplog.text
