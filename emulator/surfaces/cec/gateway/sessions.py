"""The agents' sessions at the gateway: event queues, held polls, and the watchdog.

Events of one agent are first in, first out. An event is gone from the queue only when the answer
that carried it was written to an open connection. Of two polls at once the older is answered
empty; while an answer with an event is being written, the next poll waits for its fate.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable
from typing import Any

from emulator.platform import Platform
from emulator.surfaces.cec.gateway.events import AgentEvent, translate
from emulator.switch.events import AgentLoggedOff, AgentLoggedOn, AllAgentsBusy, Event

SIGNED_OUT_UNHEARD = 256
"""Sign-out reason of an agent whose client is no longer heard of (CEC 12.3.8.12, row 0)."""
WATCHDOG_INTERVAL = 1.0


class AgentSession:
    """One agent's client: what it has still to be told, and when it was last heard of."""

    __slots__ = (
        "agent",
        "closing",
        "delivering",
        "events",
        "heard_at",
        "media_servers",
        "phone_linkage",
        "phone_token",
        "waiter",
    )

    def __init__(self, agent: int, now: float) -> None:
        self.agent = agent
        self.events: deque[dict[str, Any]] = deque()
        self.waiter: asyncio.Future[None] | None = None
        self.delivering = False
        self.closing = False
        self.heard_at = now
        self.media_servers = "TFF"
        """CTI server, WebM and MailM: T where the client has signed in."""
        self.phone_linkage = False
        self.phone_token = ""

    def put(self, event: AgentEvent) -> None:
        """Queue an event for the client."""
        self.events.append(
            {"eventType": event.type, "workNo": str(event.agent), "content": event.content}
        )

    def clear(self) -> None:
        """Forget the events that wait; one whose answer is being written is not taken back."""
        written = self.events[0] if self.delivering else None
        self.events.clear()
        if written is not None:
            self.events.append(written)

    def wake(self) -> None:
        """Let the held poll look at the queue."""
        waiter = self.waiter
        if waiter is not None and not waiter.done() and (self.events or self.closing):
            waiter.set_result(None)

    async def next_event(self, wait: float) -> dict[str, Any] | None:
        """The first event, as soon as there is one; None after `wait` seconds without.

        The caller must call `delivered` with the fate of an event it was given.
        """
        older = self.waiter
        if older is not None and not older.done():
            older.set_result(None)
            self.waiter = None
            if self.events and not self.delivering:
                # The older poll was woken first and takes the event that is there.
                return None
        if self.delivering or not self.events:
            await self._wait(wait)
        if self.delivering or not self.events:
            return None
        self.delivering = True
        return self.events[0]

    async def _wait(self, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        waiter: asyncio.Future[None] = loop.create_future()
        self.waiter = waiter
        alarm = loop.call_later(seconds, _finish, waiter)
        try:
            await waiter
        finally:
            alarm.cancel()
            if self.waiter is waiter:
                self.waiter = None

    def delivered(self, arrived: bool) -> None:
        """The answer with the first event was written, or could not be."""
        self.delivering = False
        if arrived and self.events:
            self.events.popleft()
        self.wake()


def _finish(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)


class Sessions:
    """All sessions of a gateway; hears the switch's events."""

    def __init__(self, platform: Platform, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._platform = platform
        self._monotonic = monotonic
        self._sessions: dict[int, AgentSession] = {}
        self._starting: dict[int, AgentSession] = {}
        self._woken: dict[AgentSession, None] = {}
        platform.subscribe(self._hear)

    def get(self, agent: int) -> AgentSession | None:
        """The agent's session, if it signed in through the gateway."""
        return self._sessions.get(agent)

    def heard(self, agent: int) -> AgentSession | None:
        """The same, and note that its client lives."""
        session = self._sessions.get(agent)
        if session is not None:
            session.heard_at = self._monotonic()
        return session

    def starting(self, agent: int) -> AgentSession:
        """A session that begins when the switch reports the agent's sign-in."""
        session = AgentSession(agent, self._monotonic())
        self._starting[agent] = session
        return session

    def not_started(self, agent: int) -> None:
        """The sign-in was refused."""
        self._starting.pop(agent, None)

    def tell_linkage(self, agent: int) -> None:
        """After all else that a sign-in tells: the agent's phone is linked."""
        session = self._sessions.get(agent)
        if session is not None and session.phone_linkage:
            session.put(AgentEvent(agent, "AgentEvent_linkageCapability", {"result": 0}))

    def drop(self, agent: int) -> None:
        """The client has been told everything, or will not ask."""
        session = self._sessions.pop(agent, None)
        if session is not None:
            session.closing = True
            session.wake()

    # Events

    def _hear(self, event: Event) -> None:
        kind = type(event)
        if kind is AllAgentsBusy:
            self._tell_inspectors(event)
            return
        agent = getattr(event, "agent", 0)
        if not agent:
            return
        if kind is AgentLoggedOn and agent in self._starting:
            self._sessions[agent] = self._starting.pop(agent)
        session = self._sessions.get(agent)
        if session is None or session.closing:
            return
        for told in translate(event):
            session.put(told)
        if kind is AgentLoggedOff:
            session.closing = True
        if session.events:
            self._wake_later(session)

    def _tell_inspectors(self, event: AllAgentsBusy) -> None:
        """That all agents are busy concerns those who supervise them."""
        for session in self._sessions.values():
            agent = self._platform.switch.agents.get(session.agent)
            if agent is not None and agent.is_inspector and agent.tenant.id == event.tenant:
                session.put(AgentEvent(session.agent, "AgentOther_All_Agent_Busy", None))
                self._wake_later(session)

    def _wake_later(self, session: AgentSession) -> None:
        """Release held polls after the answer to the command that caused the events."""
        if not self._woken:
            self._platform.after_commit(self._wake_all)
        # By session, not by agent: a forced sign-in has news for the old one and the new one.
        self._woken[session] = None

    def _wake_all(self) -> None:
        woken, self._woken = self._woken, {}
        for session in woken:
            session.wake()

    # Watchdog

    def forget(self) -> None:
        """The world begins anew: every session is over."""
        for agent in list(self._sessions):
            self.drop(agent)
        self._starting.clear()

    def age(self, seconds: float) -> None:
        """Let the watchdog believe that nobody was heard of for so much longer."""
        for session in self._sessions.values():
            session.heard_at -= seconds

    def sign_out_unheard(self, timeout: float) -> None:
        """Sign out the agents whose clients were not heard of for `timeout` real seconds."""
        deadline = self._monotonic() - timeout
        for session in list(self._sessions.values()):
            if session.heard_at >= deadline or session.waiter is not None:
                continue
            agent = self._platform.switch.agents.get(session.agent)
            if agent is not None and agent.signed_in and not session.closing:
                self._platform.advance().force_log_off(session.agent, SIGNED_OUT_UNHEARD)
            self.drop(session.agent)

    async def watch(self, silence: float) -> None:
        """Look after the clients until cancelled."""
        while True:
            await asyncio.sleep(min(WATCHDOG_INTERVAL, silence / 4))
            self.sign_out_unheard(silence)
