"""An agent who works at the REST agent gateway, and knows what its client is told there."""

from __future__ import annotations

import asyncio

from emulator.clients.gateway import GatewayEvent, Http
from emulator.scenario.doors.audit import Audit
from emulator.scenario.doors.ears import (
    SIGNED_OUT,
    STATES,
    TOLD,
    Ears,
    call_of,
    is_ringing,
    sign_in_body,
)
from emulator.scenario.doors.line import Line
from emulator.scenario.doors.live import LiveAgenda, RemoteClock
from emulator.scenario.doors.matching import Matching
from emulator.switch.agents import SignIn
from emulator.switch.config import AgentConfig


class GatewayAgent:
    """One agent's client; `ears`, if there are any, hear through it.

    An inspector has none: what it knows it has seen on the screens of others.
    """

    def __init__(
        self,
        url: str,
        config: AgentConfig,
        http: Http,
        live: LiveAgenda,
        matching: Matching,
        audit: Audit,
        clock: RemoteClock,
    ) -> None:
        self.work_no = config.work_no
        self.ears: Ears | None = None
        self.state = SIGNED_OUT
        """As the client knows it: a name of the switch's states, or `IN_A_CALL`."""
        self.turn = asyncio.Lock()
        """Held by the request that is under way: an agent does one thing after the other."""
        self.line = Line(url, config.work_no, config.password, http, self._heard)
        self._config = config
        self._live = live
        self._matching = matching
        self._audit = audit
        self._clock = clock
        self._inbox: asyncio.Queue[GatewayEvent] = asyncio.Queue()
        self._listening: asyncio.Task[None] | None = None

    async def sign_in(self, how: SignIn) -> None:
        """Sign in at the agent's phone."""
        if self._listening is None:
            self._listening = asyncio.create_task(self._listen(), name=f"agent {self.work_no}")
        self._audit.watch(self.work_no)
        await self.line.sign_in(how.phone or self._config.phone, **sign_in_body(how, self._config))

    def asks_for_rest(self, seconds: int) -> None:
        """It is about to ask for a rest."""
        if self.ears is not None:
            self.ears.rests_for = seconds

    @property
    def is_idle(self) -> bool:
        """Whether everything that the client was told has been heard."""
        return self._inbox.empty()

    async def close(self) -> None:
        """Poll no more; the agent stays as it is."""
        if self._listening is not None:
            self._listening.cancel()
            await asyncio.wait([self._listening])
        await self.line.close()

    # Hearing

    def _heard(self, event: GatewayEvent) -> None:
        """The client was told: what it knows from now on."""
        self.state = STATES.get(event.type, self.state)
        told = TOLD.get(event.type)
        if told is not None:
            self._audit.tell(self.work_no, told, call_of(event.content), self._clock.now())
        self._inbox.put_nowait(event)

    async def _listen(self) -> None:
        while True:
            event = await self._inbox.get()
            if self.ears is not None:
                try:
                    await self._pass_on(self.ears, event)
                except Exception as error:
                    self._live.fail(error)

    async def _pass_on(self, ears: Ears, event: GatewayEvent) -> None:
        """What the team goes by besides when a call rings is asked for, as clients do."""
        queue = 0
        if is_ringing(event):
            call = call_of(event.content)
            if ears.needs_stream:
                await self._matching.settled(call)
            if ears.needs_queue:
                queue = await self._queue_of(call)
        self._live.hear(ears.hear, event, queue)

    async def _queue_of(self, call: str) -> int:
        """The queue from which a call rings, as 6.1.3.5 tells; 0: it came from none."""
        try:
            info = await self.line.get("calldata", "callinfobeforeanswer")
        except Exception:  # it does not ring any more, or the door is out of order
            return 0
        return int(info["callskillid"]) if info and info["callid"] == call else 0
