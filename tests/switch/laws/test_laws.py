"""All commands of the switch at random, and the laws after each of them.

EMULATOR_LAWS=slow tries many more, and longer, histories.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from emulator.switch.switch import SignIn
from emulator.switch.terms import ConnectionState, TargetType
from tests.switch.laws import commands, world
from tests.switch.laws.commands import Command
from tests.switch.laws.trial import Trial
from tests.switch.support import SECOND

SLOW = os.environ.get("EMULATOR_LAWS") == "slow"


class TheSwitch(RuleBasedStateMachine):
    """Two tenants, and whatever happens to them."""

    def __init__(self) -> None:
        super().__init__()
        self.trial = Trial()
        self.switch = self.trial.switch

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

    @rule(given=commands.FLOWS)
    def agents_use_flows(self, given: Command) -> None:
        self.give(given)

    @rule(given=commands.CHATS)
    def agents_chat(self, given: Command) -> None:
        self.give(given)

    @rule(given=commands.CONFERENCES)
    def agents_confer(self, given: Command) -> None:
        self.give(given)

    @rule(given=commands.RECORDINGS)
    def recordings_are_played_and_made(self, given: Command) -> None:
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

    @precondition(lambda self: self.chairs())
    @rule(
        which=commands.n,
        invited=commands.invitations,
        who=commands.addresses,
        path=commands.paths,
        kind=st.integers(0, 5),
    )
    def whoever_has_the_chair_uses_it(
        self, which: int, invited: Any, who: Any, path: str, kind: int
    ) -> None:
        chairs = self.chairs()
        chair = chairs[which % len(chairs)]
        methods: tuple[tuple[str, tuple[Any, ...]], ...] = (
            ("invite_participants", (invited,)),
            ("invite_participants", (invited,)),
            ("announce", (path,)),
            ("announce_to", (who, path)),
            ("hold_participant", (who, path)),
            ("remove_participants", ([who],)),
        )
        method, args = methods[kind]
        self.give(Command(method, (chair, *args), ()))

    def chairs(self) -> list[int]:
        tenants = self.switch.tenants.values()
        return [r.chairperson.work_no for t in tenants for r in t.conferences.values()]

    def ringing(self) -> list[int]:
        return self._with_state(ConnectionState.ALERTING)

    def talking(self) -> list[int]:
        return self._with_state(ConnectionState.CONNECTED)

    def _with_state(self, state: ConnectionState) -> list[int]:
        return [
            a.work_no for a in self.switch.agents.values() if a.active and a.active.state is state
        ]

    def give(self, given: Command) -> None:
        self.trial.give(given)

    def teardown(self) -> None:
        self.trial.repeat()


TheSwitch.TestCase.settings = settings(
    max_examples=1500 if SLOW else 60,
    stateful_step_count=120 if SLOW else 60,
    deadline=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
TestTheLawsOfTheSwitch = TheSwitch.TestCase
