"""Faults on the wire: what a client of the gateway has to bear."""

from __future__ import annotations

import asyncio
from typing import Any

import httpx
import pytest

from emulator.clients.control import AsyncControlClient, ControlRefused
from emulator.switch.terms import AgentState
from emulator.traffic.exchange import Verdict
from tests.surfaces.cec.gateway.site import Site, site, until

AGENT, OTHER = 101, 102
STATUS = "/onlineagent/{}/agentstatus"
BUSY = "/onlineagent/{}/saybusy"
LONG = 3600.0


def control(it: Site) -> AsyncControlClient:
    return AsyncControlClient(f"http://127.0.0.1:{it.port}")


def is_busy(it: Site) -> bool:
    return it.emulator.platform.switch.agent(AGENT).state is AgentState.BUSY


def verdicts(it: Site, section: str) -> list[tuple[Verdict, tuple[int, ...]]]:
    journal = it.emulator.platform.traffic.journal
    return [(kept.verdict, kept.faults) for kept in journal.exchanges() if kept.section == section]


async def test_an_error_code_is_answered_and_nothing_happens() -> None:
    async with site() as it, control(it) as orders:
        client = await it.agent(AGENT)
        await orders.fault_requests(
            {"kind": "error_code", "code": "100-007"}, section="6.1.1.10", order={"count": 1}
        )
        answer = await client.request("POST", BUSY)
        assert answer.body == b'{"message":"fault","retcode":"100-007"}'
        assert not is_busy(it)
        assert verdicts(it, "6.1.1.10") == [(Verdict.FAULT, (1,))]
        assert (await client.request("POST", BUSY)).code == "0"
        assert is_busy(it)


async def test_a_status_is_answered_though_the_request_took_effect() -> None:
    async with site() as it, control(it) as orders:
        client = await it.agent(AGENT)
        effect = {"kind": "http_status", "status": 503, "body": "later", "served": True}
        await orders.fault_requests(effect, path="*/saybusy", agent=AGENT)
        answer = await client.request("POST", BUSY)
        assert answer.head.startswith(b"HTTP/1.1 503 ")
        assert answer.body == b"later"
        assert is_busy(it)


@pytest.mark.parametrize("served", [False, True])
async def test_a_connection_breaks_without_an_answer(served: bool) -> None:
    async with site() as it, control(it) as orders:
        client = await it.agent(AGENT)
        await orders.fault_requests({"kind": "drop", "served": served}, method="POST")
        wire = await client.open()
        client.start(wire, "POST", BUSY)
        with pytest.raises((asyncio.IncompleteReadError, ConnectionResetError)):
            await wire.receive()
        assert is_busy(it) is served
        await until(lambda: verdicts(it, "6.1.1.10") == [(Verdict.FAULT, (1,))])


async def test_a_connection_breaks_in_the_middle_of_an_answer() -> None:
    async with site() as it, control(it) as orders:
        client = await it.agent(AGENT)
        whole = (await client.request("GET", STATUS)).body
        await orders.fault_requests({"kind": "half_sent"}, section="6.1.1.21")
        wire = await client.open()
        client.start(wire, "GET", STATUS)
        with pytest.raises(asyncio.IncompleteReadError) as broken:
            await wire.receive()
        assert broken.value.partial == whole[: len(whole) // 2]


async def test_an_event_whose_answer_broke_is_not_lost() -> None:
    async with site() as it, control(it) as orders:
        client = await it.agent(AGENT)
        await orders.fault_requests({"kind": "half_sent"}, section="6.1.4.1", order={"count": 1})
        it.note(AGENT, "hello")
        wire = await client.hold_poll()
        with pytest.raises(asyncio.IncompleteReadError):
            await wire.receive()
        event = await client.poll()
        assert event is not None
        assert event["eventType"] == "AgentOther_Note"


async def test_an_answer_is_late_and_the_agent_is_busy_already() -> None:
    async with site() as it, control(it) as orders:
        client = await it.agent(AGENT)
        await orders.fault_requests({"kind": "delay", "seconds": LONG}, method="POST")
        wire = await client.open()
        client.start(wire, "POST", BUSY)
        await until(lambda: is_busy(it))


async def test_a_request_is_late_itself() -> None:
    async with site() as it, control(it) as orders:
        client = await it.agent(AGENT)
        delay = {"kind": "delay", "seconds": 0.01, "served": False}
        await orders.fault_requests(delay, method="POST")
        assert (await client.request("POST", BUSY)).code == "0"
        assert is_busy(it)


async def test_faults_of_one_agent_leave_the_others_alone() -> None:
    async with site() as it, control(it) as orders:
        client, other = await it.agent(AGENT), await it.agent(OTHER)
        await orders.fault_requests({"kind": "error_code", "code": "100-007"}, agent=AGENT)
        assert (await client.request("GET", STATUS)).code == "100-007"
        assert (await other.request("GET", STATUS)).code == "0"


@pytest.mark.parametrize(("seconds", "too_soon"), [(1.0, True), (1.1, False)])
async def test_after_a_failure_the_next_poll_is_to_wait_for_a_second(
    seconds: float, too_soon: bool
) -> None:
    async with site() as it, control(it) as orders:
        client = await it.agent(AGENT)
        watch = [100.0]
        it.emulator.platform.traffic.monotonic = lambda: watch[0]
        failure = {"kind": "http_status", "status": 503}
        await orders.fault_requests(failure, section="6.1.4.1", order={"count": 1})
        for _ in range(3):
            await client.request("GET", "/agentevent/{}")
            watch[0] += seconds
        offenders = await orders.requests(section="6.1.4.1", offence="polling")
        assert len(offenders) == too_soon


async def told(it: Site, effect: dict[str, Any], **which: Any) -> list[str]:
    """What an agent hears that turns busy and back and is sent a note; the first has a fault."""
    async with control(it) as orders:
        client = await it.agent(AGENT)
        await orders.fault_events(effect, type="AgentState_Set*", order={"count": 1}, **which)
        it.emulator.platform.advance().set_not_ready(AGENT)
        it.emulator.platform.switch.set_ready(AGENT)
        it.note(AGENT)
        return [name.removeprefix("AgentState_") for name in await client.drain()]


TURNED_BUSY, TURNED_BACK = "SetNotReady_Success", "CancelNotReady_Success"
REST = ["AgentOther_Note"]


async def test_an_event_is_lost() -> None:
    async with site() as it:
        assert await told(it, {"kind": "lose"}) == [TURNED_BACK, *REST]


async def test_an_event_comes_twice() -> None:
    async with site() as it:
        assert await told(it, {"kind": "double"}, tenant=1) == [
            TURNED_BUSY,
            TURNED_BUSY,
            TURNED_BACK,
            *REST,
        ]


async def test_an_event_comes_after_the_next_one() -> None:
    async with site() as it:
        assert await told(it, {"kind": "reorder"}, agent=AGENT) == [
            TURNED_BACK,
            TURNED_BUSY,
            *REST,
        ]


async def test_an_event_comes_late() -> None:
    async with site(poll_wait=1.0) as it:
        late = {"kind": "late", "seconds": 0.05}
        assert await told(it, late) == [TURNED_BACK, *REST, TURNED_BUSY]


async def test_an_order_that_makes_no_sense_is_refused() -> None:
    async with site() as it, control(it) as orders:
        with pytest.raises(ControlRefused):
            await orders.fault_requests({"kind": "lose"})
        with pytest.raises(ControlRefused):
            await orders.fault_events({"kind": "drop"})
        with pytest.raises(ControlRefused, match="colour"):
            await orders.fault_requests({"kind": "drop"}, colour="red")
        with pytest.raises(ControlRefused, match="no fault 7"):
            await orders.withdraw_fault(7)
        assert await orders.faults() == []


async def test_orders_are_listed_and_taken_back() -> None:
    async with site() as it, control(it) as orders:
        drop = await orders.fault_requests({"kind": "drop"}, path="/a/*", order={"count": 3})
        await orders.fault_events({"kind": "lose"})
        shown = await orders.faults()
        assert [(fault["number"], fault["hits"]) for fault in shown] == [(1, 0), (2, 0)]
        assert shown[0]["order"]["requests"] == {"path": "/a/*"}
        assert shown[0]["order"]["effect"] == {"kind": "drop", "served": False}
        (left,) = await orders.withdraw_fault(drop)
        assert left["number"] == 2
        assert await orders.clear_faults() == []


async def test_in_the_testers_own_process_a_drop_is_an_error_of_the_connection() -> None:
    async with site() as it, control(it) as orders:
        await orders.fault_requests({"kind": "drop"})
        transport = httpx.ASGITransport(it.emulator.doors.app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as http:
            with pytest.raises(ConnectionAbortedError):
                await http.get("/agentgateway/resource/agentevent/101")
