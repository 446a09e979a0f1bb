"""The two halves of a stage among Locust's processes: workers' agents, the master's customers.

Only for processes that Locust has started.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Protocol

import gevent
import httpx

from emulator.clients.control import ControlClient, ControlRefused
from emulator.scenario.doors.ears import colleagues, sign_in_body
from emulator.scenario.doors.green import GreenAgenda
from emulator.scenario.doors.house import missing, seed_text
from emulator.scenario.doors.matching import Matching
from emulator.scenario.doors.requests import AgentRequests
from emulator.scenario.engine.agents import AgentPlayer
from emulator.scenario.engine.cast import Cast
from emulator.scenario.engine.customers import Customer
from emulator.scenario.engine.hearing import Hearing
from emulator.scenario.engine.stage import Dialling
from emulator.scenario.engine.world import period_of, tenants_of
from emulator.scenario.file.reading import read_scenario
from emulator.scenario.file.scenario import Scenario
from emulator.switch.agents import SignIn
from emulator.switch.config import AgentConfig
from emulator.switch.terms import MediaType

PAUSE_S = 0.05
HELD_S = 5.0
LOOKS_EVERY_S = 0.5


@lru_cache(maxsize=1)
def read(file: str) -> Scenario:
    """The scenario of a file, of which only customers and agents take part here."""
    if not file:
        raise ValueError("say which scenario: --scenario FILE")
    found = read_scenario(Path(file), {})
    return found.model_copy(update={"campaigns": (), "supervisors": (), "incidents": ()})


class AgentUser(Protocol):
    """A Locust user that is an agent."""

    def sign_in(self, password: str, phone: str, **how: Any) -> None: ...

    def ask(self, method: str, component: str, rest: str, name: str, **more: Any) -> None: ...


class _Customers:
    """What is asked of the control API, each in a greenlet of its own."""

    def __init__(self, control: ControlClient) -> None:
        self._control = control

    def hang_up(self, call: str, number: str | None = None) -> None:
        self._ask(self._control.hang_up, call, number)

    def press(self, call: str, digits: str) -> None:
        self._ask(self._control.press, call, digits)

    def outside_answers(self, call: str, number: str) -> None:
        self._ask(self._control.answer, call, number)

    def outside_refuses(self, call: str, number: str, cause: int) -> None:
        self._ask(self._control.refuse, call, cause, number)

    def offer_preview(self, agent: int, number: str) -> None:
        self._ask(self._control.offer_preview, agent, number)

    def _ask(self, ask: Callable[..., object], *what: object) -> None:
        gevent.spawn(self._perform, ask, *what)

    def _perform(self, ask: Callable[..., object], *what: object) -> None:
        # The other side was faster: the call is over, or in another state.
        with suppress(ControlRefused, httpx.HTTPError):
            ask(*what)


class LocustStage(_Customers, AgentRequests):
    """A stage whose agents are Locust users of this process."""

    def __init__(self, control: ControlClient, agents: Mapping[int, AgentConfig]) -> None:
        _Customers.__init__(self, control)
        AgentRequests.__init__(self)
        self.users: dict[int, AgentUser] = {}
        self._agents = agents

    def dial_in(self, call: Dialling) -> None:
        self.unheard["dial_in: customers are the master's"] += 1

    def sign_in(self, agent: int, how: SignIn, queues: Sequence[int] | None = None) -> None:
        gevent.spawn(self._come, agent, how, queues)

    def _come(self, agent: int, how: SignIn, queues: Sequence[int] | None) -> None:
        config = self._agents[agent]
        self.users[agent].sign_in(
            config.password,
            how.phone or config.phone,
            **sign_in_body(how, config),
        )
        if queues is not None:
            self.set_skills(agent, queues)

    def ask_as(
        self, work_no: int, what: str, method: str, component: str, rest: str, **more: Any
    ) -> None:
        user = self.users.get(work_no)
        if user is not None:
            gevent.spawn(user.ask, method, component, rest, f"{component} {what}", **more)

    def set_phone_online(self, agent: int, *, online: bool) -> None:
        self.unheard["set_phone_online"] += 1

    def fault(self, fault: dict[str, object]) -> None:
        self.unheard["fault"] += 1


# Agents, at a worker


class Share:
    """The agents whom this process plays, in the order in which users come for them."""

    def __init__(self, scenario: Scenario, control: ControlClient, index: int, of: int) -> None:
        """Of `of` processes this is the one with the index, from 0."""
        tenants = tenants_of(scenario)
        agents = {it.work_no: it for tenant in tenants for it in tenant.agents}
        clock = control.clock()
        self.live = GreenAgenda(clock["now"], clock["scale"])
        self.stage = LocustStage(control, agents)
        self.is_colleague = colleagues(agents).__contains__
        self.period = replace(period_of(scenario, tenants), begin=clock["now"])
        seed = scenario.random_seed + index  # each has its own luck
        cast = Cast(scenario, self.stage, self.live.agenda, Hearing(), seed)
        self._players = list(cast.agents.values())[index::of]

    def next_player(self, user: AgentUser) -> AgentPlayer | None:
        """The agent that this user becomes; None: everybody has a user."""
        if not self._players:
            return None
        player = self._players.pop(0)
        self.stage.users[player.work_no] = user
        return player


# Customers, at the master


class CustomersStage(LocustStage):
    """A stage with customers and nobody else."""

    def __init__(self, control: ControlClient, live: GreenAgenda, matching: Matching) -> None:
        super().__init__(control, {})
        self._live = live
        self._matching = matching
        self.on_dialled: Callable[[float, Exception | None], None] = lambda seconds, error: None
        """Told how long it took for the call to be there, and what went wrong."""

    def dial_in(self, call: Dialling) -> None:
        gevent.spawn(self._dial, call)

    def _dial(self, call: Dialling) -> None:
        assert isinstance(call.key, Customer)
        dial, begun = self._matching.dials(), time.monotonic()
        media = None if call.media is None else MediaType(call.media).name.lower()
        try:
            made = self._control.dial_in(
                call.caller,
                call.dialled,
                media_type=media,
                data=call.data,
                priority=call.priority,
                language=call.language,
            )
        except (ControlRefused, httpx.HTTPError) as error:
            self._live.hear(self._matching.failed, dial)
            self.on_dialled(time.monotonic() - begun, error)
        else:
            self._live.hear(self._matching.begun, dial, call.key, made)
            self.on_dialled(time.monotonic() - begun, None)


class CustomersSide:
    """All customers of a scenario; `over` is called when the scenario is."""

    def __init__(
        self,
        scenario: Scenario,
        control: ControlClient,
        over: Callable[[], None],
        on_dialled: Callable[[float, Exception | None], None],
    ) -> None:
        self.scenario = scenario.model_copy(update={"agents": ()})
        self._control = control
        self._over = over
        self._on_dialled = on_dialled
        self._hearing = Hearing()
        self._matching = Matching(self._hearing)
        self._last = 0

    def move_in(self, *, keep: bool) -> None:
        """Bring the call center to the emulator, or see that it is there."""
        if keep:
            absent = list(missing(tenants_of(self.scenario), self._control.state()))
            if absent:
                raise ValueError(f"the emulator's call center has no {', '.join(absent)}")
        else:
            self._control.load_seed(seed_text(self.scenario), self.scenario.name)

    def begin(self) -> None:
        """From now on customers call."""
        clock = self._control.clock()
        live = GreenAgenda(clock["now"], clock["scale"])
        stage = CustomersStage(self._control, live, self._matching)
        stage.on_dialled = self._on_dialled
        cast = Cast(self.scenario, stage, live.agenda, self._hearing, self.scenario.random_seed)
        tenants = tenants_of(self.scenario)
        cast.begin(replace(period_of(self.scenario, tenants), begin=clock["now"]))
        self._last = self._control.latest_event()
        gevent.spawn(live.drive)
        gevent.spawn(self._listen, live)
        gevent.spawn(self._await_end, live, clock["now"] + self.scenario.duration)

    def _listen(self, live: GreenAgenda) -> None:
        from emulator.scenario.doors.feed import event_of

        while True:
            found: list[Any] = self._control.events(self._last, wait=HELD_S, limit=5000)
            for shown in found:
                self._last = shown["number"]
                live.hear(self._matching.hear, event_of(shown))
            gevent.sleep(PAUSE_S)

    def _await_end(self, live: GreenAgenda, end: int) -> None:
        latest = end + self.scenario.run_out
        while True:
            gevent.sleep(LOOKS_EVERY_S)
            live.present()
            now = live.agenda.now
            calm = not (self._hearing.customers or self._matching.dialling)
            if now >= latest or (now >= end and calm):
                self._over()
                return
