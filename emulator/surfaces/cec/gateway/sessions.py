"""The agents' sessions at the gateway: who is told what, when, and the watchdog."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

from emulator.domain.video_access import grant
from emulator.platform import Platform
from emulator.snapshot.part import Part
from emulator.surfaces.cec.gateway import linkage_events
from emulator.surfaces.cec.gateway.client import AgentSession, KeptSession, Receiver
from emulator.surfaces.cec.gateway.connectinfo import request_connect
from emulator.surfaces.cec.gateway.events import translate
from emulator.surfaces.cec.gateway.push import Courier
from emulator.surfaces.cec.gateway.states import gateway_state
from emulator.surfaces.cec.gateway.translation import AgentEvent
from emulator.switch.events import (
    AgentLoggedOff,
    AgentLoggedOn,
    AllAgentsBusy,
    Event,
    UserMediaDetected,
    VideoRoomEntered,
)
from emulator.traffic.faults import Double, Late, Reorder

SIGNED_OUT_UNHEARD = 256
"""Sign-out reason of an agent whose client is no longer heard of (CEC 12.3.8.12, row 0)."""
WATCHDOG_INTERVAL = 1.0


@dataclass(frozen=True, slots=True, eq=False)
class LateEvent:
    """An event that a fault delays by so many seconds of wire time."""

    event: AgentEvent
    seconds: float


@dataclass(slots=True)
class Backlog:
    """Events that wait to be polled or pushed, those on their way; polls held, pushes going on."""

    polled: int = 0
    pushed: int = 0
    in_flight: int = 0
    polls: int = 0
    pushes: int = 0


class Sessions:
    """All sessions of a gateway; hears the switch's events."""

    def __init__(self, platform: Platform, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._platform = platform
        self._monotonic = monotonic
        self._sessions: dict[int, AgentSession] = {}
        self._starting: dict[int, AgentSession] = {}
        self._woken: dict[AgentSession, None] = {}
        self._watchers: list[asyncio.Future[None]] = []
        self._late: dict[LateEvent, asyncio.TimerHandle] = {}
        """Events that a fault delays, each until it is told."""
        self._courier = Courier(platform, self._too_late, self._finished)
        platform.subscribe(self._hear)

    def get(self, agent: int) -> AgentSession | None:
        """The agent's session, if it signed in through the gateway."""
        return self._sessions.get(agent)

    def heard(self, agent: int) -> AgentSession | None:
        """The same, and note that its client lives; in push mode only heartbeats tell that."""
        session = self._sessions.get(agent)
        if session is not None and session.receiver is None:
            session.heard_at = self._monotonic()
        return session

    def heartbeat(self, agent: int, token: str) -> AgentSession | None:
        """Note that the client lives; a `token` that is not empty goes with its events from now."""
        session = self._sessions.get(agent)
        if session is None or session.closing:
            return None
        session.heard_at = self._monotonic()
        if session.receiver is not None and token:
            session.receiver.token = token
        return session

    def tell_guid(self, agent: int, guid: str) -> None:
        """The agent's guid, which goes with its pushed events."""
        session = self._sessions.get(agent)
        if session is not None and session.receiver is not None:
            session.receiver.guid = guid

    def starting(self, agent: int, receiver: Receiver | None = None) -> AgentSession:
        """A session that begins when the switch reports the agent's sign-in."""
        session = AgentSession(agent, self._monotonic(), receiver)
        self._starting[agent] = session
        return session

    def not_started(self, agent: int) -> None:
        """The sign-in was refused."""
        self._starting.pop(agent, None)

    def tell_linkage(self, agent: int) -> None:
        """After all else that a sign-in tells: the agent's phone is linked."""
        session = self._sessions.get(agent)
        if session is None or not session.phone_linkage:
            return
        session.linked = self._platform.switch.agents[agent].phone_linkage
        self._tell(session, linkage_events.capability(agent, linked=session.linked))
        if session.linked:
            self._tell(session, linkage_events.online(agent))

    def switch_over(self) -> int:
        """The gateway fails and another takes its place (CEC 6.5.1.11): gives how many are told.

        Guids stay good; what agents had still to be told is lost, and each learns its state.
        """
        told = 0
        for session in self._sessions.values():
            agent = self._platform.switch.agents.get(session.agent)
            if agent is None or session.closing:
                continue
            session.clear()
            content = {"agentStatus": str(gateway_state(agent))}
            self._tell(session, AgentEvent(session.agent, "Agent_Recover", content))
            self._wake_later(session)
            told += 1
        return told

    def drop(self, agent: int) -> None:
        """The client has been told everything, or will not ask."""
        session = self._sessions.pop(agent, None)
        if session is not None:
            session.closing = True
            session.wake()
            self._woken.pop(session, None)
            self._courier.abandon(session)

    def _too_late(self, session: AgentSession) -> bool:
        """Whether an agent has been signed out for longer than its receiver is waited for."""
        patience = self._platform.settings.poll_timeout
        return session.closing and self._monotonic() >= session.heard_at + patience

    def _finished(self, session: AgentSession) -> None:
        """Of a signed-out agent whose receiver knows everything, or was waited for in vain."""
        if session.closing and self._sessions.get(session.agent) is session:
            self.drop(session.agent)

    def _begin(self, agent: int) -> None:
        session = self._starting.pop(agent)
        replaced = self._sessions.get(agent)
        if replaced is not None and _same_address(replaced, session):
            # Its last events go first, to the same receiver: with the token that is good now.
            replaced.receiver = session.receiver
        self._sessions[agent] = session

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
            self._begin(agent)
        session = self._sessions.get(agent)
        if session is None or session.closing:
            return
        for told in self._told_of(session, event):
            self._tell(session, told)
        if kind is VideoRoomEntered:
            self._tell_room(session, event)
        if kind is AgentLoggedOff:
            session.closing = True
            if session.receiver is not None:
                session.heard_at = self._monotonic()
        if session.events:
            self._wake_later(session)

    def _told_of(self, session: AgentSession, event: Event) -> Iterator[AgentEvent]:
        if type(event) is UserMediaDetected and not self._platform.settings.media_check:
            return
        yield from translate(event)
        if session.linked:
            yield from linkage_events.status(event)

    def _tell(self, session: AgentSession, event: AgentEvent) -> None:
        """Queue an event, unless a fault befalls it on its way."""
        traffic = self._platform.traffic
        if not traffic.faults.for_events:
            session.put(event)
            return
        tenant = traffic.tenant_of(session.agent, "")
        match traffic.faults.befall(event.type, session.agent, tenant):
            case None:
                session.put(event)
            case Double():
                session.put(event)
                session.put(event)
            case Reorder():
                session.put_behind(event)
            case Late(seconds):
                self._delay(session, LateEvent(event, seconds))

    def _delay(self, session: AgentSession, late: LateEvent) -> None:
        loop = asyncio.get_running_loop()
        self._late[late] = loop.call_later(late.seconds, self._tell_late, session, late)

    def _tell_late(self, session: AgentSession, late: LateEvent) -> None:
        del self._late[late]
        if self._sessions.get(session.agent) is session:
            session.put(late.event)
            self._wake_later(session)

    def _tell_inspectors(self, event: AllAgentsBusy) -> None:
        """That all agents are busy concerns those who supervise them."""
        for session in self._sessions.values():
            agent = self._platform.switch.agents.get(session.agent)
            if agent is not None and agent.is_inspector and agent.tenant.id == event.tenant:
                self._tell(session, AgentEvent(session.agent, "AgentOther_All_Agent_Busy", None))
                self._wake_later(session)

    def _tell_room(self, session: AgentSession, event: VideoRoomEntered) -> None:
        """How the agent's browser enters the room of its call."""
        tenant = self._platform.switch.tenant(event.tenant)
        if tenant.config.media_server is not None:
            access = grant(tenant.config.media_server, event.room, event.agent, event.at)
            content = request_connect(access, event.call)
            told = AgentEvent(event.agent, "AgentEvent_RequestConnect", content)
            self._tell(session, told)

    def _wake_later(self, session: AgentSession) -> None:
        """Release held polls and push after the answer to the command that caused the events."""
        if not self._woken:
            self._platform.after_commit(self._wake_all)
        # By session, not by agent: a forced sign-in has news for the old one and the new one.
        self._woken[session] = None

    def polled(self) -> list[AgentSession]:
        """The sessions whose events are polled."""
        return [session for session in self._sessions.values() if session.receiver is None]

    def backlog(self) -> Backlog:
        """What the sessions have still to be told."""
        found = Backlog(pushes=len(self._courier.under_way))
        for session in self._sessions.values():
            waiting = len(session.events) - session.in_flight
            if session.receiver is None:
                found.polled += waiting
            else:
                found.pushed += waiting
            found.in_flight += session.in_flight
            found.polls += session.waiter is not None
        return found

    async def news(self, seconds: float) -> None:
        """Wait until some agent has something to be told, at most so long."""
        watcher: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._watchers.append(watcher)
        try:
            await asyncio.wait([watcher], timeout=seconds)
        finally:
            self._watchers.remove(watcher)

    def _wake_all(self) -> None:
        woken, self._woken = self._woken, {}
        for watcher in self._watchers:
            if not watcher.done():
                watcher.set_result(None)
        for session in woken:
            if session.receiver is None:
                session.wake()
            else:
                self._courier.deliver(session)

    # Watchdog

    def forget(self, agents: Iterable[int] | None = None) -> None:
        """The sessions of these agents, or of all, are over: their world begins anew."""
        for agent in list(self._sessions if agents is None else agents):
            self.drop(agent)
            self._starting.pop(agent, None)
        if agents is None:
            for delayed in self._late.values():
                delayed.cancel()
            self._late.clear()
            self._starting.clear()
            self._woken.clear()
            self._courier.forget()

    # Snapshots

    def parts(self) -> Sequence[Part]:
        """What a snapshot keeps of them; those that were replaced may have events to push."""
        return (
            Part("replaced sessions", list[KeptSession], self._save_replaced, self._load_replaced),
            Part("sessions", list[KeptSession], self._save, self._load),
            Part("late events", list[LateEvent], lambda: list(self._late), self._load_late),
        )

    def _save(self) -> list[KeptSession]:
        return [session.kept() for session in self._sessions.values()]

    def _save_replaced(self) -> list[KeptSession]:
        known = set(map(id, self._sessions.values()))
        return [it.kept() for it in self._courier.under_way if id(it) not in known]

    def _load_replaced(self, kept: list[KeptSession]) -> None:
        for session in self._taken_up(kept):
            self._courier.deliver(session)

    def _load(self, kept: list[KeptSession]) -> None:
        self._sessions = {session.agent: session for session in self._taken_up(kept)}
        for session in self._sessions.values():
            if session.receiver is not None:
                self._courier.deliver(session)

    def _taken_up(self, kept: list[KeptSession]) -> list[AgentSession]:
        now = self._monotonic()
        return [AgentSession.from_snapshot(it, now) for it in kept]

    def _load_late(self, late: list[LateEvent]) -> None:
        for it in late:
            session = self._sessions.get(it.event.agent)
            if session is not None:
                self._delay(session, it)

    async def stop(self) -> None:
        """Push nothing more."""
        await self._courier.stop()

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
            if session.receiver is None or not session.closing:
                # A receiver is still told that its agent was signed out.
                self.drop(session.agent)

    async def watch(self, silence: float) -> None:
        """Look after the clients until cancelled."""
        while True:
            await asyncio.sleep(min(WATCHDOG_INTERVAL, silence / 4))
            self.sign_out_unheard(silence)


def _same_address(one: AgentSession, other: AgentSession) -> bool:
    if one.receiver is None or other.receiver is None:
        return False
    return one.receiver.uri == other.receiver.uri
