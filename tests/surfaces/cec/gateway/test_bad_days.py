"""A bad day on the wire: requests are late or lost, events come twice, and a right client copes.

One request of five is dropped, before or after it took effect, one of five is late, and every third
event is told twice. The client signs in again by force when it is told that it has, asks how
things are when an answer does not come, and repeats only what has not happened.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from emulator.clients.control import AsyncControlClient
from emulator.surfaces.cec.gateway.states import gateway_state
from tests.surfaces.cec.gateway.model import BUSY, IDLE, IN_CALL, RESTING, ClientModel
from tests.surfaces.cec.gateway.site import Client, Raw, Site, site
from tests.switch.laws import laws

AGENTS = (101, 102, 103)
BROKEN = (asyncio.IncompleteReadError, ConnectionError)
SIGNED_IN_ALREADY = "100-002"
NOTHING_HELD = "400-003"
TRIES = 60


class Lost(Exception):
    """A client that tried for a whole bad day."""


class Robust:
    """A correct client: every request may be lost, every event may come twice."""

    def __init__(self, client: Client) -> None:
        self.client = client
        self.model = ClientModel()
        self.last: dict[str, Any] | None = None
        self.lost = 0

    async def _try(self, method: str, path: str, body: Any = None) -> Raw | None:
        """One request on a connection of its own; None if its answer does not come."""
        wire = await self.client.open()
        try:
            self.client.start(wire, method, path, body)
            answer = await self.client.finish(wire)
        except BROKEN:
            self.lost += 1
            answer = None
        self.client._idle.clear()
        wire.vanish()
        return answer

    async def ask(self, path: str) -> Any:
        """A query, repeated until it is answered: it changes nothing."""
        for _ in range(TRIES):
            answer = await self._try("GET", path)
            if answer is not None:
                assert answer.code in ("0", NOTHING_HELD), answer.body
                return answer.document.get("result")
        raise Lost(path)

    async def sign_in(self) -> None:
        """Sign in; whoever has, perhaps by a request whose answer was lost, does it by force."""
        body = {"password": "Demo@2026", "phonenum": f"40{self.client.agent}", "autoanswer": False}
        path = "/onlineagent/{}"
        for _ in range(TRIES):
            answer = await self._try("PUT", path, body)
            if answer is None:
                continue
            if answer.code == "0":
                self.model = ClientModel()
                return
            assert answer.code == SIGNED_IN_ALREADY, answer.body
            path = "/onlineagent/{}/forcelogin"
        raise Lost("sign-in")

    async def do(
        self, method: str, path: str, body: Any, happened: Callable[[], Awaitable[bool]]
    ) -> None:
        """A command: once, and again only if it has not happened."""
        for _ in range(TRIES):
            answer = await self._try(method, path, body)
            if answer is not None and answer.code == "0":
                return
            if await happened():
                return
            assert answer is None, answer.body
        raise Lost(path)

    async def state(self) -> int:
        return int((await self.ask("/onlineagent/{}/agentstatus"))["agentState"])

    async def held(self) -> bool:
        return bool(await self.ask("/calldata/{}/holdlist"))

    async def reach(self, state: int, method: str, path: str, body: Any = None) -> None:
        """A command after which the agent is in this state."""

        async def happened() -> bool:
            return await self.state() == state

        await self.do(method, path, body, happened)

    async def hear(self) -> None:
        """Poll until there is nothing more; what comes twice in a row is heard once."""
        for _ in range(TRIES * 10):
            answer = await self._try("GET", "/agentevent/{}")
            if answer is None:
                continue
            assert answer.code == "0", answer.body
            event = answer.document.get("event")
            if event is None:
                return
            if event != self.last:
                self.model.hear(event)
            self.last = event
        raise Lost("events")


async def bad_weather(orders: AsyncControlClient) -> None:
    """One fifth of the requests is dropped, one fifth late, and a third of the events doubled."""
    for served in (False, True):
        drop = {"kind": "drop", "served": served}
        await orders.fault_requests(drop, surface="gateway", order={"probability": 0.1})
    late = {"kind": "delay", "seconds": 0.002}
    await orders.fault_requests(late, surface="gateway", order={"probability": 0.2})
    await orders.fault_events({"kind": "double"}, order={"probability": 0.33})


async def a_day(robust: Robust, orders: AsyncControlClient) -> None:
    """What an agent does, from its sign-in to its last call."""
    await robust.sign_in()
    await robust.reach(BUSY, "POST", "/onlineagent/{}/saybusy")
    await robust.reach(IDLE, "POST", "/onlineagent/{}/sayfree")
    await robust.hear()
    await robust.reach(RESTING, "POST", "/onlineagent/{}/rest/60/1")
    await robust.reach(IDLE, "POST", "/onlineagent/{}/cancelrest")
    called = {"called": f"13900000{robust.client.agent}"}
    await robust.reach(IN_CALL, "PUT", "/voicecall/{}/callout", called)
    number = called["called"]
    [call] = [c["id"] for c in await orders.calls() if c["called"] == number]
    await orders.answer(call, number)
    await robust.hear()
    await robust.do("POST", "/voicecall/{}/hold", None, robust.held)

    async def not_held() -> bool:
        return not await robust.held()

    await robust.do("POST", "/voicecall/{}/gethold", None, not_held)
    await robust.hear()


@pytest.mark.parametrize("seed", range(4))
async def test_a_right_client_ends_in_the_right_state(seed: int) -> None:
    async with site(random_seed=seed, clock_scale=0.0) as it:
        orders = AsyncControlClient(f"http://127.0.0.1:{it.port}")
        async with orders:
            seen = observed(it)
            await bad_weather(orders)
            clients = [Robust(it.client(agent)) for agent in AGENTS]
            await asyncio.gather(*(a_day(robust, orders) for robust in clients))
            laws.check(seen)
            for robust in clients:
                await check(it, robust)
            assert sum(robust.lost for robust in clients) > len(clients)
            for robust in clients[:2]:
                await robust.reach(IDLE, "DELETE", "/voicecall/{}/release")
                await robust.hear()
                await check(it, robust)
            laws.check(seen)


def observed(it: Site) -> laws.Observed:
    """The switch with the laws after each report."""
    switch = it.emulator.platform.switch
    seen = laws.Observed(switch)
    switch.subscribe(seen.hear)
    return seen


async def check(it: Site, robust: Robust) -> None:
    """The client knows by its events, and by asking, what the switch knows."""
    agent = it.emulator.platform.switch.agents[robust.client.agent]
    assert robust.model.state == gateway_state(agent) == await robust.state()
    assert robust.model.leg == agent.phone.leg if agent.phone else True
    assert set(robust.model.calls) == {c.call.id for c in agent.connections}
    assert not robust.model.held
    assert agent.held == []
