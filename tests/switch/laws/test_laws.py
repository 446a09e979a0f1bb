"""All commands of the switch at random, and the laws after each of them.

EMULATOR_LAWS=slow tries many more, and longer, histories.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from emulator.switch.errors import SwitchError
from emulator.switch.switch import SignIn, Switch
from emulator.switch.terms import ConnectionState, TargetType
from tests.switch.laws import commands, laws, world
from tests.switch.laws.commands import Command, Live
from tests.switch.laws.dump import dump
from tests.switch.support import SECOND, START

SLOW = os.environ.get("EMULATOR_LAWS") == "slow"


class TheSwitch(RuleBasedStateMachine):
    """Two tenants, and whatever happens to them."""

    def __init__(self) -> None:
        super().__init__()
        self.switch = Switch(START)
        self.seen = laws.Observed(self.switch)
        self.switch.subscribe(self.seen.hear)
        self.switch.on_subscriber_error = _raise
        self.history: list[Command] = []
        self.call_ids: set[str] = set()

    @initialize(
        signed_in=st.lists(st.sampled_from(commands.AGENTS), unique=True, min_size=3),
        how=commands.sign_in.filter(lambda how: not how.phone),
    )
    def open(self, signed_in: list[int], how: SignIn) -> None:
        self.give(Command("apply_tenant", (world.big_tenant(),), ()))
        self.give(Command("apply_tenant", (world.other_tenant(),), ()))
        for work_no in signed_in:
            self.give(Command("log_on", (work_no, how), ()))

    # Giving commands

    @rule(given=commands.AGENT_COMMANDS)
    def agents_act(self, given: Command) -> None:
        self.give(given)

    @rule(given=commands.CALL_COMMANDS)
    def agents_call(self, given: Command) -> None:
        self.give(given)

    @rule(given=commands.TRANSFERS)
    def agents_transfer(self, given: Command) -> None:
        self.give(given)

    @rule(given=commands.SUPERVISION)
    def inspectors_act(self, given: Command) -> None:
        self.give(given)

    @rule(given=commands.DIAL_IN)
    def customers_call(self, given: Command) -> None:
        self.give(given)

    @rule(given=commands.WORLD)
    def the_world_acts(self, given: Command) -> None:
        self.give(given)

    @rule(given=commands.PHONE_COMMANDS)
    def phones_act(self, given: Command) -> None:
        self.give(given)

    @rule(given=commands.ANSWERS)
    def agents_answer(self, given: Command) -> None:
        self.give(given)

    @rule(given=commands.CONFIGURATIONS, really=st.integers(0, 9))
    def configure(self, given: Command, really: int) -> None:
        if really == 0:
            self.give(given)

    @rule(seconds=st.sampled_from((0, 0.5, 1, 2, 4, 6, 9, 15, 70)))
    def time_passes(self, seconds: float) -> None:
        instant = self.switch.now + int(seconds * SECOND)
        self.give(Command("advance_to", (instant,), ()))

    # Giving commands that are likely to be allowed, so that histories go deep

    @precondition(lambda self: self.ringing())
    @rule(which=commands.n)
    def whoever_rings_answers(self, which: int) -> None:
        ringing = self.ringing()
        self.give(Command("answer_call", (ringing[which % len(ringing)],), ()))

    @precondition(lambda self: self.talking())
    @rule(which=commands.n, to=commands.targets, mode=commands.modes, kind=st.integers(0, 3))
    def whoever_talks_goes_on(
        self, which: int, to: tuple[TargetType, str], mode: Any, kind: int
    ) -> None:
        talking = self.talking()
        agent = talking[which % len(talking)]
        if kind == 0:
            self.give(Command("hold_call", (agent,), ()))
        elif kind == 1:
            three = (("three_party", which % 2 == 0),)
            self.give(Command("consultation_call", (agent, to), three))
        elif kind == 2:
            self.give(Command("single_step_transfer", (agent, to, mode), ()))
        else:
            first = self.switch.agents[agent].connections[0].call.id
            self.give(Command(("transfer_call", "conference_call")[which % 2], (agent, first), ()))

    def ringing(self) -> list[int]:
        return self._with_state(ConnectionState.ALERTING)

    def talking(self) -> list[int]:
        return self._with_state(ConnectionState.CONNECTED)

    def _with_state(self, state: ConnectionState) -> list[int]:
        return [
            a.work_no for a in self.switch.agents.values() if a.active and a.active.state is state
        ]

    # The laws

    def give(self, given: Command) -> None:
        """Give a command; refused, it has changed nothing and reported nothing."""
        given = _resolved(given, self.switch)
        self.history.append(given)
        before = dump(self.switch)
        made = self.switch.next_call
        foreign = _names_another_tenant(given, self.switch)
        refused = False
        try:
            given.give(self.switch)
        except SwitchError as error:
            assert type(error) is not SwitchError
            refused = True
            assert dump(self.switch) == before, f"{given} was refused, yet changed something"
            assert not self.seen.fresh, f"{given} was refused, yet reported something"
        assert refused or not foreign, f"{given} reached another tenant"
        if given.method == "phone_off_hook" and not refused:
            self.seen.lifted.add(given.args[0])
        if given.method == "phone_on_hook" and not refused:
            self.seen.lifted.discard(given.args[0])
        new = [c for c in self.switch.calls if int(c.split("-")[1]) >= made]
        assert not self.call_ids.intersection(new)
        self.call_ids.update(new)
        laws.check(self.seen)

    def teardown(self) -> None:
        """The same commands on a fresh switch give the same reports."""
        again = Switch(START)
        heard: list[Any] = []
        again.subscribe(heard.append)
        for given in self.history:
            try:
                given.give(again)
            except Exception as error:
                if not isinstance(error, SwitchError):
                    return  # already reported when it was given first
        assert heard == self.seen.heard


def _resolved(given: Command, switch: Switch) -> Command:
    args = tuple(a.find(switch) if isinstance(a, Live) else a for a in given.args)
    named = tuple((k, v.find(switch) if isinstance(v, Live) else v) for k, v in given.named)
    return Command(given.method, args, named)


_ACTED_ON = frozenset(
    """make_internal_call pick_up decide_rest supervise switch_supervision stop_supervision
    intercept force_ready force_not_ready force_rest force_sign_out force_skills""".split()
)


def _names_another_tenant(given: Command, switch: Switch) -> bool:
    actor = switch.agents.get(given.args[0]) if isinstance(given.args[0], int) else None
    if actor is None or given.method in ("set_outside_number", "endpoint_confirmed"):
        return False
    named: list[Any] = []
    for arg in given.args[1:]:
        if isinstance(arg, str) and arg in switch.calls:
            named.append(switch.calls[arg].tenant)
        elif isinstance(arg, int) and given.method in _ACTED_ON and arg in switch.agents:
            named.append(switch.agents[arg].tenant)
        elif isinstance(arg, tuple) and arg[0] is TargetType.AGENT and int(arg[1]) in switch.agents:
            named.append(switch.agents[int(arg[1])].tenant)
        elif given.method == "send_note" and isinstance(arg, list):
            named += [switch.agents[w].tenant for w in arg if w in switch.agents]
    return any(tenant is not actor.tenant for tenant in named)


def _raise(subscriber: object, error: Exception) -> None:
    raise error


TheSwitch.TestCase.settings = settings(
    max_examples=1500 if SLOW else 60,
    stateful_step_count=120 if SLOW else 60,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
TestTheLawsOfTheSwitch = TheSwitch.TestCase
