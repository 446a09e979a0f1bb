"""Plays a scenario against a running emulator, in the time of the emulator's clock."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Callable, Iterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Literal

import httpx

from emulator.clients.control import TIMEOUT_S, AsyncControlClient, ControlRefused
from emulator.clients.lean import LeanHttp
from emulator.scenario.accounts import Books, Outcome
from emulator.scenario.doors import records
from emulator.scenario.doors.audit import Audit, different_states, verdict
from emulator.scenario.doors.ears import IN_A_CALL, SIGNED_OUT
from emulator.scenario.doors.errors import CannotPlay
from emulator.scenario.doors.feed import EventsMissed, Feed
from emulator.scenario.doors.house import move_in, names_of
from emulator.scenario.doors.live import LiveAgenda, RemoteClock
from emulator.scenario.doors.matching import Matching
from emulator.scenario.doors.remote import RemoteStage
from emulator.scenario.engine.agenda import Agenda
from emulator.scenario.engine.agents import AgentPlayer
from emulator.scenario.engine.cast import Cast
from emulator.scenario.engine.hearing import Hearing
from emulator.scenario.engine.world import period_of
from emulator.scenario.file.arrivals import Period
from emulator.scenario.file.people import Players
from emulator.scenario.file.scenario import Scenario
from emulator.scenario.result import Result, Verdict
from emulator.server import run
from emulator.switch.config import TenantConfig
from emulator.switch.events import Event
from emulator.switch.terms import IN_CALL_STATES

AgentsAt = Literal["rest", "none", "sip", "engine"]
GoesOn = Callable[["Performance"], bool]

LOOKS_EVERY_S = 0.1
"""How often it is asked whether to go on."""
CLOCK_EVERY_S = 10.0
"""How often the emulator is asked for its clock, and for violations of the contract."""
SIGN_IN_WITHIN_S = 120.0
SETTLES_WITHIN_S = 10.0
"""How long the last events and answers may take."""
CALLS_AT_ONCE = 200

IN_A_CALL_STATES = frozenset(state.name.lower() for state in IN_CALL_STATES)
STREAMS_BY = {
    "sip": "agents cannot be played by SIP phones yet: use rest or none",
    "engine": "the engine plays agents inside a switch only; against a URL use rest or none",
}


def played_by(scenario: Scenario, agents: AgentsAt) -> Scenario:
    """The scenario in which each team says who plays it; `CannotPlay` if nobody can."""
    teams = []
    for team in scenario.agents:
        by: Players = team.played_by or agents
        if by in STREAMS_BY:
            raise CannotPlay(f"{team.name}: {STREAMS_BY[by]}")
        teams.append(team.model_copy(update={"played_by": by}))
    return scenario.model_copy(update={"agents": tuple(teams)})


class Performance:
    """One scenario on a running emulator.

    What shows progress reads `now`, `begins`, `ends` and `dialled`.
    """

    def __init__(
        self,
        scenario: Scenario,
        url: str,
        control: AsyncControlClient,
        http: LeanHttp,
        tenants: list[TenantConfig],
        seed: int,
    ) -> None:
        self.scenario = scenario
        self.seed = seed
        self.complete = False
        self.audit = Audit()
        self.on_event: Callable[[Event], None] = _nobody
        """Told of every event of the switch."""
        self._control = control
        self._tenants = tenants
        self._clock = RemoteClock(time.monotonic)
        self._agenda = Agenda(0)
        self._live = LiveAgenda(self._agenda, self._clock)
        self._hearing = Hearing()
        self._matching = Matching(self._hearing)
        configured = {it.work_no: it for tenant in tenants for it in tenant.agents}
        self.stage = RemoteStage(
            url,
            control,
            http,
            configured,
            self._live,
            self._matching,
            self.audit,
            self._clock,
        )
        self.cast = Cast(scenario, self.stage, self._agenda, self._hearing, seed)
        # Agents hear of themselves at their own doors.
        self._hearing.agents.clear()
        self._players: Mapping[int, AgentPlayer] = dict(self.cast.agents)
        self.period: Period = period_of(scenario, tenants)
        self._books: Books
        self._feed = Feed(control, self._hear)
        self._violations = records.Violations(control)
        self._wrong_states: list[str] = []
        self._left: list[str] = []

    # Progress

    @property
    def now(self) -> int:
        """The present of the scenario: µs since the epoch by the emulator's clock."""
        return self._agenda.now

    @property
    def begins(self) -> int:
        """When it began."""
        return self.period.begin

    @property
    def dialled(self) -> int:
        """How many calls customers made so far."""
        return self.cast.dialled

    @property
    def ends(self) -> int:
        """When customers do not call any more (µs since the epoch)."""
        return self.period.begin + self.scenario.duration

    # Playing

    async def play(self, goes_on: GoesOn | None) -> Result:
        """Play to the end, or until it is not to go on; the result of what was played."""
        await self._begin()
        listening = asyncio.create_task(self._feed.listen(), name="events")
        looking = asyncio.create_task(self._look(), name="clock")
        try:
            watched = [listening, looking, self._live.failed]
            ended = await self._play(goes_on, watched)
            await self._finish()
            self.complete = ended
            _raise_from(watched)
            return await self._result()
        finally:
            self._live.stop()
            for task in (listening, looking):
                task.cancel()
            await asyncio.gather(listening, looking, return_exceptions=True)
            await self.stage.close()

    async def _begin(self) -> None:
        await self._feed.begin()
        await self._violations.begin()
        await self._set_clock()
        if not self._clock.scale:
            raise CannotPlay("the emulator's clock stands still: say at which scale it is to run")
        begin = self._agenda.now = self._clock.now()
        self.period = replace(self.period, begin=begin)
        self._books = Books(self.scenario, self.period, names_of(self._tenants), has_rows=True)
        self.cast.begin(self.period)
        for player in self._players.values():
            self.stage.play(player)

    async def _set_clock(self) -> None:
        asked_at = time.monotonic()
        self._clock.set(await self._control.clock(), asked_at)

    async def _look(self) -> None:
        while True:
            await asyncio.sleep(CLOCK_EVERY_S)
            await self._set_clock()
            await self._violations.look(self.stage.agents)

    def _hear(self, event: Event) -> None:
        self._books.dispatch.hear(event)
        self.audit(event)
        self.on_event(event)
        self._live.hear(self._matching.hear, event)

    async def _play(
        self,
        goes_on: GoesOn | None,
        watched: list[asyncio.Task[None] | asyncio.Future[None]],
    ) -> bool:
        """Whether it was played to the end."""
        # Those who are there from the beginning sign in before anybody calls.
        self._live.turn()
        await self.stage.settle(SIGN_IN_WITHIN_S)
        self.stage.opened.set()
        self._live.begin()
        over = self.ends + self.scenario.run_out
        leaves = False
        while not (leaves and self._is_deserted):
            await asyncio.wait(watched, timeout=LOOKS_EVERY_S, return_when="FIRST_COMPLETED")
            _raise_from(watched)
            self._live.present()
            if goes_on is not None and not goes_on(self):
                return False
            if self.now >= over:
                break
            if not leaves and self.now >= self.ends and self._is_calm:
                leaves = True
                await self._check_states()
                self._live.hear(self.cast.go_home)
        return True

    @property
    def _is_calm(self) -> bool:
        """Nobody is in a call, or about to be."""
        return not (
            self._matching.dialling
            or self._hearing.customers
            or any(player.call or player.chats for player in self._players.values())
            or self.stage.busy
        )

    @property
    def _is_deserted(self) -> bool:
        return not any(player.present for player in self._players.values())

    # The end

    async def _finish(self) -> None:
        """Everybody who is still there goes, and what is under way comes to its end."""
        self._live.stop()
        for work_no, agent in self.stage.agents.items():
            if agent.state != SIGNED_OUT:
                self.stage.sign_out_anyhow(work_no)
        deadline = time.monotonic() + SETTLES_WITHIN_S
        while time.monotonic() < deadline:
            await self.stage.settle(SETTLES_WITHIN_S)
            last = await self._control.latest_event()
            if self._feed.last >= last and not self.audit.pending and not self.stage.busy:
                break
            await asyncio.sleep(LOOKS_EVERY_S)
        await self._check_states()
        ours = {tenant.id for tenant in self._tenants}
        self._left = [it["id"] for it in await self._control.calls() if it["tenant"] in ours]

    async def _check_states(self) -> None:
        """What clients know of their agents' states, held against the emulator's."""
        deadline = time.monotonic() + SETTLES_WITHIN_S
        while True:
            shown = await self._shown_states()
            known = {it.work_no: it.state for it in self.stage.agents.values()}
            wrong = different_states(known, shown)
            if not wrong or time.monotonic() >= deadline:
                break
            await asyncio.sleep(LOOKS_EVERY_S)
        self._wrong_states += wrong

    async def _shown_states(self) -> dict[int, str]:
        state = await self._control.state()
        return {
            agent["work_no"]: IN_A_CALL if agent["state"] in IN_A_CALL_STATES else agent["state"]
            for tenant in state["tenants"]
            for agent in tenant["agents"]
        }

    async def _result(self) -> Result:
        await self._violations.look(self.stage.agents)
        await records.fill(self._books.ledger, self._control, self._tenants, self.period.begin)
        outcome = Outcome(
            self.cast,
            self.seed,
            self.now,
            complete=self.complete,
            refused={**self.stage.refused, **self.stage.unheard},
            incidents=tuple(self.cast.incidents.told),
            violations=self._violations_seen(),
            unfinished=len(self._left),
            checked=tuple(self._checked()),
        )
        return self._books.close(outcome)

    def _violations_seen(self) -> int | None:
        """Those of a client under test; None: there was none."""
        found = self._violations.count
        tested = any(team.played_by == "none" for team in self.scenario.agents)
        return found if tested or found else None

    def _checked(self) -> Iterator[Verdict]:
        """What must be true of every run. What the scenario's own faults spoil is not held."""
        told = f"{self.audit.told} events, all of them"
        if any(it.fault is not None for it in self.scenario.incidents):
            return
        yield verdict("agents' clients are told of every call", self.audit.lost(), told)
        agents = f"{len(self.stage.agents)} agents, all of them"
        yield verdict("agents' clients know their states", self._wrong_states, agents)
        if self.complete:
            left = [f"call {call}" for call in self._left]
            yield verdict("no call is left over", left, "none is")


def _nobody(event: Event) -> None:
    """Nobody watches the switch."""


def _raise_from(watched: Sequence[asyncio.Future[None]]) -> None:
    """Raise what somebody failed with; `CannotPlay` if it is the emulator that does not answer."""
    for it in watched:
        if it.done() and (error := it.exception()) is not None:
            if isinstance(error, EventsMissed | httpx.HTTPError | ControlRefused):
                raise CannotPlay(f"the emulator could not be followed: {error!r}") from error
            raise error


@asynccontextmanager
async def performance(
    scenario: Scenario,
    url: str,
    *,
    agents: AgentsAt = "rest",
    scale: float | None = None,
    seed: int | None = None,
    keep: bool = False,
    token: str = "",
) -> AsyncIterator[Performance]:
    """A scenario ready to be played against an emulator; see `play_against`."""
    scenario = played_by(scenario, agents)
    limits = httpx.Limits(max_connections=CALLS_AT_ONCE, max_keepalive_connections=CALLS_AT_ONCE)
    client = httpx.AsyncClient(timeout=TIMEOUT_S, verify=False, limits=limits)
    http = LeanHttp()
    async with AsyncControlClient(url, token, client) as control:
        try:
            await control.health()
            tenants = await move_in(scenario, control, keep=keep)
            if scale is not None:
                await control.run(scale)
        except (httpx.HTTPError, ControlRefused) as error:
            raise CannotPlay(f"{url}: {str(error) or type(error).__name__}") from error
        chosen = scenario.random_seed if seed is None else seed
        try:
            yield Performance(scenario, url, control, http, tenants, chosen)
        finally:
            await http.aclose()


def play_against(
    scenario: Scenario,
    url: str,
    *,
    agents: AgentsAt = "rest",
    scale: float | None = None,
    seed: int | None = None,
    keep: bool = False,
    token: str = "",
    goes_on: GoesOn | None = None,
) -> Result:
    """Play a scenario against the emulator at the URL, whose path may choose one of its worlds.

    The emulator begins anew with the scenario's call center, or with `keep` uses its own. `scale`
    has its clock run so fast (domain seconds in a real one); None leaves it as it is. `agents` are
    played as `rest` clients of the agent gateway, or with `none` by the application under test,
    unless a team says it itself. `token` is the control plane's. `goes_on` is asked ten times a
    second; if it says no, the result is a partial one. `CannotPlay` says why it cannot be.
    """

    async def play() -> Result:
        async with performance(
            scenario, url, agents=agents, scale=scale, seed=seed, keep=keep, token=token
        ) as performed:
            return await performed.play(goes_on)

    return run(play())
