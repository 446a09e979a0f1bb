"""The story that the demonstration tells: three customers, three agents, one inspector."""

from __future__ import annotations

from typing import Any, Self

from emulator.clients.answers import Queue
from emulator.clients.control import AsyncControlClient
from emulator.clients.gateway import AgentClient
from emulator.demo.stage import Stage

PASSWORD = "Demo@2026"
SUPPORT, MENU = "95001", "95003"
SUPPORT_QUEUE = 1
WHISPER, BARGE_IN = 2, 1


class Unexpected(Exception):
    """The world is not as the story has it: what was expected, what is so instead."""

    def __init__(self, expected: str, seen: object) -> None:
        super().__init__(f"expected {expected}, saw {seen}")


class Story:
    """Who takes part: agents by work number, and the control API for the customers."""

    def __init__(self, url: str, stage: Stage) -> None:
        self.stage = stage
        self.control = AsyncControlClient(url)
        self._url = url
        self._agents: list[AgentClient] = []

    async def sign_in(self, work_no: int, **how: Any) -> AgentClient:
        """An agent of the demo seed comes to work and answers by hand."""
        agent = AgentClient(self._url, work_no, PASSWORD)
        agent.on_request = self.stage.requested
        agent.on_event = self.stage.heard
        self._agents.append(agent)
        await agent.sign_in(f"40{work_no}", autoanswer=False, **how)
        await agent.expect("AgentOther_InService")
        await agent.expect("AgentState_Ready")
        return agent

    async def dial(self, caller: str, access_code: str) -> str:
        """A customer calls; the call's id."""
        self.stage.customer(f"{caller} dials {access_code}")
        call: str = await self.control.dial_in(caller, access_code)
        return call

    async def press(self, call: str, digits: str) -> None:
        """The customer presses keys."""
        self.stage.customer(f"presses {digits}")
        await self.control.press(call, digits)

    async def hang_up(self, call: str) -> None:
        """The customer hangs up."""
        self.stage.customer("hangs up")
        await self.control.hang_up(call)

    async def require(self, what: str, seen: object, expected: object) -> None:
        """Check something that no event tells."""
        if seen != expected:
            raise Unexpected(f"{what}: {expected}", seen)
        self.stage.noted(f"{what}: {seen}")
        await self.stage.pause()

    async def agent(self, work_no: int) -> Any:
        """How an agent is doing."""
        tenant = (await self.control.state())["tenants"][0]
        return next(it for it in tenant["agents"] if it["work_no"] == work_no)

    async def queue(self, queue_id: int) -> Queue:
        """How a queue is doing."""
        tenant = (await self.control.state())["tenants"][0]
        return next(it for it in tenant["queues"] if it["id"] == queue_id)

    async def show_state(self) -> None:
        """Bring the table on the stage up to date."""
        tenant = (await self.control.state())["tenants"][0]
        present = {agent.work_no for agent in self._agents}
        self.stage.show([it for it in tenant["agents"] if it["work_no"] in present])

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *error: object) -> None:
        for agent in self._agents:
            await agent.close()
        await self.control.close()


async def tell(story: Story) -> None:
    """Tell it from sign-in to sign-out."""
    await story.stage.scene("Two agents and an inspector come to work")
    alice = await story.sign_in(101, autoenteridle=False)
    bob = await story.sign_in(102)
    inspector = await story.sign_in(191)
    call = await _first_customer_is_served(story, alice)
    await _inspector_looks_in(story, inspector, alice)
    await _customer_is_handed_over(story, call, alice, bob)
    seller = await _menu_leads_to_sales(story)
    await _third_customer_gives_up(story, alice, bob)
    await _everybody_goes_home(story, alice, bob, seller, inspector)


async def _first_customer_is_served(story: Story, alice: AgentClient) -> str:
    await story.stage.scene("A customer calls support; the agent answers, holds, comes back")
    call = await story.dial("13900000001", SUPPORT)
    await alice.expect("AgentEvent_Ringing", caller="13900000001")
    await story.stage.pause()
    await alice.put("voicecall", "answer")
    await alice.expect("AgentEvent_Talking", callid=call)
    await story.stage.pause()
    await alice.post("voicecall", "hold")
    await alice.expect("AgentEvent_Hold")
    await story.stage.pause()
    await alice.post("voicecall", "gethold")
    await alice.expect("AgentEvent_Talking", callid=call)
    return call


async def _inspector_looks_in(story: Story, inspector: AgentClient, alice: AgentClient) -> None:
    await story.stage.scene("The inspector listens, whispers, barges in, and leaves")
    watched = alice.work_no
    await inspector.put("qualitycontrol", f"addsupervise/{watched}")
    await inspector.expect("AgentOther_PhoneOffhook")
    await _require_mode(story, inspector, "listen")
    for mode, name in ((WHISPER, "whisper"), (BARGE_IN, "barge_in")):
        await inspector.request(
            "POST",
            "qualitycontrol",
            "requestswitchinsertwhisperagent",
            params={"whisperagentid": watched, "switchtype": mode},
        )
        await _require_mode(story, inspector, name)
    await inspector.delete("qualitycontrol", str(watched))
    await inspector.expect("AgentOther_PhoneRelease")


async def _require_mode(story: Story, inspector: AgentClient, mode: str) -> None:
    supervision = (await story.agent(inspector.work_no))["supervision"] or {}
    await story.require("the inspector's mode", supervision.get("mode"), mode)


async def _customer_is_handed_over(
    story: Story, call: str, alice: AgentClient, bob: AgentClient
) -> None:
    await story.stage.scene("The agent asks a colleague, and hands the customer over")
    alice.forget()
    await alice.post("voicecall", "innerhelp", dstaddress=str(bob.work_no), devicetype=2, mode=1)
    await alice.expect("AgentEvent_Hold")
    await bob.expect("AgentEvent_Ringing")
    await story.stage.pause()
    await bob.put("voicecall", "answer")
    await bob.expect("AgentEvent_Talking")
    await alice.expect("AgentEvent_Talking")
    await story.stage.pause()
    await alice.post("voicecall", f"connecthold/{call}")
    await alice.expect("AgentEvent_Call_Release")
    await alice.expect("AgentState_Work")
    await story.require("102 now talks to", await _partners(story, bob), ["13900000001"])
    await alice.post("onlineagent", "cancelwork")
    await alice.expect("AgentState_CancelWork_Success")
    bob.forget()
    customer = (await story.agent(bob.work_no))["calls"][0]["call"]
    await story.hang_up(customer)
    await bob.expect("AgentEvent_Customer_Release")
    await bob.expect("AgentState_Ready")


async def _partners(story: Story, agent: AgentClient) -> list[str]:
    calls = (await story.agent(agent.work_no))["calls"]
    parties = [
        connection["number"]
        for part in calls
        for connection in (await story.control.call(part["call"]))["connections"]
    ]
    return [number for number in parties if number != str(agent.work_no)]


async def _menu_leads_to_sales(story: Story) -> AgentClient:
    await story.stage.scene("A second customer finds the way to sales through the menu")
    seller = await story.sign_in(106)
    call = await story.dial("13900000002", MENU)
    menu = (await story.control.call(call))["ivr"]
    await story.require("the customer hears the menu's node", menu and menu["node"], "start")
    await story.press(call, "2")
    await seller.expect("AgentEvent_Ringing", caller="13900000002")
    await story.stage.pause()
    await seller.put("voicecall", "answer")
    await seller.expect("AgentEvent_Talking", callid=call)
    await story.stage.pause()
    return seller


async def _third_customer_gives_up(story: Story, alice: AgentClient, bob: AgentClient) -> None:
    await story.stage.scene("A third waits while everybody is busy, and gives up")
    for agent in (alice, bob):
        await agent.post("onlineagent", "saybusy")
        await agent.expect("AgentState_SetNotReady_Success")
    call = await story.dial("13900000003", SUPPORT)
    place = (await story.control.call(call))["queue"]
    await story.require("the customer's place in the queue", place and place["position"], 1)
    await story.hang_up(call)
    abandoned = (await story.queue(SUPPORT_QUEUE))["outcomes"]["abandoned"]
    await story.require("customers of support who gave up", abandoned, 1)


async def _everybody_goes_home(
    story: Story,
    alice: AgentClient,
    bob: AgentClient,
    seller: AgentClient,
    inspector: AgentClient,
) -> None:
    await story.stage.scene("Calls end, and everybody goes home")
    seller.forget()
    await seller.delete("voicecall", "release")
    await seller.expect("AgentEvent_Call_Release")
    await seller.expect("AgentState_Ready")
    for agent in (alice, bob, seller, inspector):
        await agent.sign_out()
        await agent.expect("AgentOther_ShutdownService")
    calls = await story.control.calls()
    await story.require("calls that are not over", len(calls), 0)
