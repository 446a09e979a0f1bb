"""The stage that is a running emulator: customers by its control API, agents at its gateway.

What is asked for is a request that nobody waits for; what an agent asks for is sent in its order.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Any

import httpx

from emulator.clients.command import Ask
from emulator.clients.control import AsyncControlClient, ControlRefused
from emulator.clients.gateway import AgentClient, GatewayRefused, Http
from emulator.scenario.doors.audit import Audit
from emulator.scenario.doors.ears import SIGNED_OUT, Ears, colleagues
from emulator.scenario.doors.gateway_agent import GatewayAgent
from emulator.scenario.doors.live import LiveAgenda, RemoteClock
from emulator.scenario.doors.matching import Matching
from emulator.scenario.doors.requests import AgentRequests
from emulator.scenario.engine.agents import AgentPlayer
from emulator.scenario.engine.customers import Customer
from emulator.scenario.engine.stage import Dialling
from emulator.switch.agents import SignIn
from emulator.switch.config import AgentConfig
from emulator.switch.terms import MediaType, PhoneCondition

Work = Callable[[], Awaitable[object]]


class RemoteStage(AgentRequests):
    """`refused` counts what the emulator did not do, by what was asked and why.

    `unheard` counts by name what cannot be asked for here, also of agents without a client here.
    """

    def __init__(
        self,
        url: str,
        control: AsyncControlClient,
        http: Http,
        agents: Mapping[int, AgentConfig],
        live: LiveAgenda,
        matching: Matching,
        audit: Audit,
        clock: RemoteClock,
    ) -> None:
        """`agents` may sign in here."""
        super().__init__()
        self.refused: Counter[str] = Counter()
        self.agents: dict[int, GatewayAgent] = {}
        """Those who have a client, as they come."""
        self.opened = asyncio.Event()
        """Customers call when it is set."""
        self.on_client: Callable[[AgentClient], None] = _nobody
        """Told of each agent's client before it does anything."""
        self._url = url
        self._control = control
        self._http = http
        self._configured = agents
        self._numbers = colleagues(agents)
        self._live = live
        self._matching = matching
        self._audit = audit
        self._clock = clock
        self._tasks: dict[asyncio.Task[None], None] = {}

    @property
    def busy(self) -> bool:
        """Whether something is under way, or an agent's client was told what it has not heard."""
        return bool(self._tasks) or any(not it.is_idle for it in self.agents.values())

    def agent(self, work_no: int) -> GatewayAgent:
        """The agent with its client, made where there is none yet; KeyError: nobody knows it."""
        found = self.agents.get(work_no)
        if found is None:
            found = self.agents[work_no] = GatewayAgent(
                self._url,
                self._configured[work_no],
                self._http,
                self._live,
                self._matching,
                self._audit,
                self._clock,
            )
            self.on_client(found.line)
        return found

    def play(self, player: AgentPlayer) -> None:
        """The player hears through its agent's client."""
        self.agent(player.work_no).ears = Ears(player, self._numbers.__contains__)

    async def settle(self, seconds: float) -> None:
        """Wait until everything that was asked for is answered, at most so long."""
        if self._tasks:
            await asyncio.wait([*self._tasks], timeout=seconds)

    async def close(self) -> None:
        """Ask for nothing more, and let agents' clients go."""
        for task in self._tasks:
            task.cancel()
        await self.settle(1.0)
        for agent in self.agents.values():
            await agent.close()

    # Asking

    def _ask(self, what: str, work: Work) -> None:
        task = asyncio.create_task(self._perform(what, work), name=what)
        self._tasks[task] = None
        task.add_done_callback(self._forget)

    def _forget(self, task: asyncio.Task[None]) -> None:
        self._tasks.pop(task, None)
        if not task.cancelled() and (error := task.exception()) is not None:
            assert isinstance(error, Exception)
            self._live.fail(error)

    async def _perform(self, what: str, work: Work) -> None:
        try:
            await work()
        except ControlRefused as error:
            self.refused[f"{what}: {error.kind}"] += 1
        except GatewayRefused as error:
            self.refused[f"{what}: {error.retcode}"] += 1
        except (httpx.HTTPError, OSError, ValueError):
            self.refused[f"{what}: no answer"] += 1

    def ask_as(
        self, work_no: int, what: str, method: str, component: str, rest: str, **more: Any
    ) -> None:
        """Send a request of an agent at the gateway, after those that it has under way."""
        agent = self.agents.get(work_no)
        if agent is None:
            self.unheard[f"{what}: the agent has no client here"] += 1
            return

        async def work() -> None:
            async with agent.turn:
                await agent.line.request(method, component, rest, **more)

        self._ask(what, work)

    # Outside

    def dial_in(self, call: Dialling) -> None:
        self._ask("dial_in", lambda: self._dial(call))

    async def _dial(self, call: Dialling) -> None:
        assert isinstance(call.key, Customer)
        customer = call.key
        await self.opened.wait()
        dial = self._matching.dials()
        media = None if call.media is None else MediaType(call.media).name.lower()
        try:
            made = await self._control.dial_in(
                call.caller,
                call.dialled,
                media_type=media,
                data=call.data,
                priority=call.priority,
                language=call.language,
            )
        except BaseException:
            self._live.hear(self._matching.failed, dial)
            raise
        self._live.hear(self._matching.begun, dial, customer, made)

    def hang_up(self, call: str, number: str | None = None) -> None:
        self._ask("hang_up", lambda: self._control.hang_up(call, number))

    def press(self, call: str, digits: str) -> None:
        self._ask("press", lambda: self._control.press(call, digits))

    def outside_answers(self, call: str, number: str) -> None:
        self._ask("outside_answers", lambda: self._control.answer(call, number))

    def outside_refuses(self, call: str, number: str, cause: int) -> None:
        self._ask("outside_refuses", lambda: self._control.refuse(call, cause, number))

    # Agents: what is not a request of the gateway, or more than one

    def sign_in(self, agent: int, how: SignIn, queues: Sequence[int] | None = None) -> None:
        if agent not in self._configured:
            self.refused["sign_in: UnknownAgent"] += 1
            return
        coming = self.agent(agent)

        async def work() -> None:
            async with coming.turn:
                try:
                    await coming.sign_in(how)
                except BaseException:
                    if coming.state == SIGNED_OUT:
                        self._audit.forget(agent)
                    raise

        self._ask("sign_in", work)
        if queues is not None:
            self.set_skills(agent, queues)

    def rest(self, agent: int, seconds: int, reason: int) -> None:
        if agent in self.agents:
            self.agents[agent].asks_for_rest(seconds)
        super().rest(agent, seconds, reason)

    def offer_preview(self, agent: int, number: str) -> None:
        self._ask("offer_preview", lambda: self._control.offer_preview(agent, number))

    # What befalls people

    def set_phone_online(self, agent: int, *, online: bool) -> None:
        phone = self._configured[agent].phone if agent in self._configured else ""
        condition = PhoneCondition.IN_SERVICE if online else PhoneCondition.OFFLINE
        self._ask(
            "set_phone_online", lambda: self._control.set_phone_condition(phone, condition.value)
        )

    def fault(self, fault: dict[str, object]) -> None:
        ask: Ask[object] = Ask("POST", "/faults", json=fault)
        self._ask("fault", lambda: self._control.ask(ask))


def _nobody(client: AgentClient) -> None:
    """Nobody watches the clients."""
