"""Long random days at a switch: the commands of the laws, drawn by a seed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from emulator.snapshot import file, graph, soundness
from emulator.snapshot.layout import Layout
from emulator.switch.errors import SwitchError
from emulator.switch.model import Agent
from emulator.switch.switch import SignIn, Switch
from emulator.switch.terms import ConnectionState, SupervisionMode
from tests.switch.laws import commands, world
from tests.switch.laws.commands import Command
from tests.switch.laws.trial import resolved
from tests.switch.support import SECOND, START

LAYOUT = Layout({"switch": Switch})

GROUPS = {
    "agents act": commands.AGENT_COMMANDS,
    "agents call": commands.CALL_COMMANDS,
    "agents transfer": commands.TRANSFERS,
    "agents use flows": commands.FLOWS,
    "agents chat": commands.CHATS,
    "agents confer": commands.CONFERENCES,
    "recordings": commands.RECORDINGS,
    "inspectors act": commands.SUPERVISION,
    "customers call": commands.DIAL_IN,
    "the world acts": commands.WORLD,
    "phones act": commands.PHONE_COMMANDS,
    "agents answer": commands.ANSWERS,
}
PASSES = (0, 0.5, 1, 2, 4, 6)


CONFIGURE = "configure"


@cache
def pool() -> Mapping[str, tuple[Command, ...]]:
    """Some of the commands of each group, always the same ones."""
    return {
        name: _some(group) for name, group in {**GROUPS, CONFIGURE: commands.CONFIGURATIONS}.items()
    }


def _some(group: st.SearchStrategy[Command]) -> tuple[Command, ...]:
    found: list[Command] = []

    @settings(
        max_examples=20,
        derandomize=True,
        database=None,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(st.lists(group, min_size=20, max_size=20))
    def gather(drawn: list[Command]) -> None:
        found.extend(drawn)

    gather()
    return tuple(found)


class Day:
    """A switch with two tenants, and what a seed lets happen at it."""

    def __init__(self, seed: int) -> None:
        self.switch = Switch(START)
        self._random = Random(seed)
        for tenant in (world.big_tenant(), world.other_tenant()):
            self.switch.apply_tenant(tenant)
        for work_no in self._random.sample(commands.AGENTS, 8):
            give(Command("log_on", (work_no, SignIn()), ()), self.switch)

    def go_on(self, steps: int) -> list[Command]:
        """Give so many commands; each as it was given."""
        return [self.step() for _ in range(steps)]

    def step(self) -> Command:
        """Give one command."""
        given = self.next()
        give(given, self.switch)
        return given

    def next(self) -> Command:
        """The next command, which is not given yet."""
        return resolved(self._draw(), self.switch)

    def _draw(self) -> Command:
        draw = self._random
        kind = draw.choice(
            ("pass", "pass", "ring", "ring", "talk", "press", "intrude", "flow", "return", *GROUPS)
        )
        if kind == "pass":
            instant = self.switch.now + int(draw.choice(PASSES) * SECOND)
            return Command("advance_to", (instant,), ())
        if kind == "ring" and (ringing := self._with(ConnectionState.ALERTING)):
            return Command("answer_call", (draw.choice(ringing).work_no,), ())
        if kind == "talk" and (talking := self._with(ConnectionState.CONNECTED)):
            return Command("hold_call", (draw.choice(talking).work_no,), ())
        if kind == "press" and (callers := [it for it in self.switch.calls.values() if it.ivr]):
            digits = draw.choice(("1", "2", "3", "4", "5", "6", "111"))
            return Command("outside_presses", (draw.choice(callers).id, digits), ())
        if kind == "intrude" and (talking := self._with(ConnectionState.CONNECTED)):
            args = (draw.choice(commands.AGENTS), draw.choice(talking).work_no)
            return Command("intrude_call", (*args, SupervisionMode.LISTEN), ())
        if kind == "flow" and (talking := self._with(ConnectionState.CONNECTED)):
            method = draw.choice(("join_ivr", "follow_up"))
            return Command(method, (draw.choice(talking).work_no, "7001"), ())
        if kind == "return":
            work_no = draw.choice(commands.AGENTS)
            return Command("log_on", (work_no, SignIn(auto_answer=draw.random() < 0.5)), ())
        if draw.random() < 0.003:
            return draw.choice(pool()[CONFIGURE])
        return draw.choice(pool()[kind if kind in GROUPS else "agents act"])

    def _with(self, state: ConnectionState) -> list[Agent]:
        agents = self.switch.agents.values()
        return [it for it in agents if it.active is not None and it.active.state is state]


def give(given: Command, switch: Switch) -> str:
    """What came of a command."""
    try:
        return repr(given.give(switch))
    except SwitchError as error:
        return repr(error)


def stream(switch: Switch, inputs: list[Command]) -> bytes:
    """Everything that the switch answers and reports to these inputs."""
    told: list[str] = []
    switch.subscribe(lambda event: told.append(repr(event)))
    for command in inputs:
        told.append(give(command, switch))
    return "\n".join(told).encode()


def save(switch: Switch) -> bytes:
    return file.pack(graph.encode(switch, LAYOUT), LAYOUT.fingerprint)


def load(content: bytes) -> Switch:
    found = file.unpack(content, LAYOUT.fingerprint)
    switch: Switch = graph.decode(found, LAYOUT, LAYOUT.roots["switch"])
    soundness.check(switch)
    switch.listen()
    return switch


# What may be going on

Situation = Callable[[Switch], bool]


def _some_agent(has: Callable[[Agent], Any]) -> Situation:
    return lambda switch: any(has(agent) for agent in switch.agents.values())


def _some_call(has: Callable[[Any], Any]) -> Situation:
    return lambda switch: any(has(call) for call in switch.calls.values())


SITUATIONS: Mapping[str, Situation] = {
    "a customer is in a flow within a flow": _some_call(
        lambda call: call.ivr is not None and len(call.ivr.frames) > 1
    ),
    "a flow waits to be told something": lambda switch: any(
        action == "lookup" for _, action in switch.requests.values()
    ),
    "an agent consults": _some_agent(lambda it: it.operation is not None and it.operation.second),
    "a rest is pending": _some_agent(lambda it: it.pending is not None and it.pending.duration),
    "a conference goes on": _some_call(lambda call: call.room is not None and call.room.begun),
    "a recording is played": _some_agent(lambda it: it.playback is not None),
    "a call has a script": _some_call(lambda call: call.script),
    "an inspector listens": _some_agent(lambda it: it.supervisors),
    "a flow is to follow a call": _some_call(lambda call: call.follow_up),
    "a flow is joined to a call": _some_call(lambda call: call.ivr is not None and call.ivr.joined),
    "somebody intrudes on a call": _some_agent(
        lambda it: it.supervision is not None and it.supervision.bound
    ),
    "an external phone is being asked": lambda switch: any(
        action != "lookup" for _, action in switch.requests.values()
    ),
    "a customer is about to hang up": _some_call(
        lambda call: any(it.habits is not None and it.habits.timer for it in call.connections)
    ),
    "a call waits in a queue": _some_call(
        lambda call: call.entry is not None and call.entry.ringing is None
    ),
}
