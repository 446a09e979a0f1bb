"""Several agents at the gateway's door at once, at random, and what must be true after each step.

The laws of the switch hold, what the gateway says of an agent is what the switch says, and an
agent's program that knows nothing but its events knows the same. EMULATOR_LAWS=slow tries more.
"""

from __future__ import annotations

import os
from typing import Any

from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from emulator.surfaces.cec.gateway.events import translate
from emulator.surfaces.cec.gateway.states import agent_state, gateway_state
from emulator.switch.errors import SwitchError
from emulator.switch.events import AgentLoggedOff, AgentLoggedOn, Event
from emulator.switch.model import Agent
from emulator.switch.terms import ALERTING, HOLD, OCCUPIED
from tests.contract import facts
from tests.contract.shapes import problems_of_event
from tests.contract.situations import BUSY_NUMBER, OUTSIDE
from tests.contract.world import World
from tests.surfaces.cec.gateway.model import IN_CALL, ClientModel
from tests.switch.laws import laws

SLOW = os.environ.get("EMULATOR_LAWS") == "slow"
AGENTS = (101, 102, 103, 119, 191)
EVERYWHERE = frozenset({"0", "000-002", "000-003", "100-006"})
NOT_TRANSLATED = frozenset({"AgentOther_All_Agent_Busy", "AgentEvent_linkageCapability"})
"""Events that the gateway tells though no event of the switch is addressed to the agent."""

agents = st.sampled_from(AGENTS)
which = st.integers(0, 7)
Step = tuple[str, dict[str, Any]]


def step(section: str, **named: Any) -> st.SearchStrategy[Step]:
    """A request of an agent; `callid` is the number of a live call."""
    values = {k: v if isinstance(v, st.SearchStrategy) else st.just(v) for k, v in named.items()}
    return st.tuples(st.just(section), st.fixed_dictionaries(values))


numbers = st.sampled_from((OUTSIDE, OUTSIDE, BUSY_NUMBER, "13900000003"))
colleagues = st.sampled_from(("101", "102", "103", "119", "999"))
targets = st.one_of(
    st.tuples(st.just(2), colleagues),
    st.tuples(st.just(5), numbers),
    st.tuples(st.just(1), st.sampled_from(("1", "2"))),
    st.tuples(st.just(3), st.just("1")),
)
STATES = st.one_of(
    step("6.1.1.9"),
    step("6.1.1.10"),
    step("6.1.1.11"),
    step("6.1.1.12", time=60, restcause=1),
    step("6.1.1.13"),
    step("6.1.1.14"),
    step("6.1.1.15"),
    step("6.1.1.18"),
    step("6.1.1.19"),
)
CALLS = st.one_of(
    step("6.1.2.1", called=numbers, mediaability=st.sampled_from((0, 1))),
    step("6.1.2.4", called=colleagues),
    step("6.1.2.8"),
    step("6.1.2.10"),
    step("6.1.2.6"),
    step("6.1.2.7"),
    step("6.1.2.9", callid=which),
    step("6.1.2.14", callid=which),
    step("6.1.2.12"),
    step("6.1.2.15", callid=which),
    step("6.1.2.16"),
    step("6.1.2.17", number=st.one_of(colleagues, numbers)),
    step("6.1.2.21", destWorkNo=agents),
    step("6.1.2.22", mode=st.sampled_from((1, 2))),
    step("6.1.2.5", dstaddress=colleagues, mode=st.sampled_from((1, 2))),
    step("6.1.2.5", dstaddress=st.just("1"), devicetype=1, mode=1),
)
ANSWERS = step("6.1.2.3")
MORE = st.one_of(
    step("6.1.6.1", memberNum=st.sampled_from((3, 5))),
    step("6.1.6.2"),
    step("6.1.6.3"),
    step("6.1.6.4"),
    step("6.1.6.5"),
    step("6.1.6.10", addresses=colleagues.map(lambda a: [{"addressType": "9", "address": a}])),
    step("13.1.1.9", mediaType=0),
    step("13.1.1.10"),
    step("12.1.1", workNo=agents),
    step("12.1.2", workNo=agents),
    step("12.1.3", workNo=agents),
    step("12.1.4", workNo=agents),
)


class TheGateway(RuleBasedStateMachine):
    """Agents, their customers, and time."""

    def __init__(self) -> None:
        super().__init__()
        self.world = World(media_check=True)
        self.switch = self.world.platform.switch
        self.switch.on_subscriber_error = _raise
        self.seen = laws.Observed(self.switch)
        self.models = {agent: ClientModel() for agent in AGENTS}
        self.expected: dict[int, list[tuple[str, Any]]] = {agent: [] for agent in AGENTS}
        self.sessions: set[int] = set()
        self.switch.subscribe(self.seen.hear)
        self.switch.subscribe(self._expect)

    def _expect(self, event: Event) -> None:
        """What the agents' programs are to hear of it."""
        agent = getattr(event, "agent", 0)
        if agent not in self.expected:
            return
        if type(event) is AgentLoggedOn:
            # A session that takes another's place tells nothing of the earlier one.
            self.sessions.add(agent)
            self.expected[agent].clear()
        if agent in self.sessions:
            self.expected[agent] += [(told.type, told.content) for told in translate(event)]
        if type(event) is AgentLoggedOff:
            self.sessions.discard(agent)

    @initialize(automatic=st.lists(st.booleans(), min_size=len(AGENTS), max_size=len(AGENTS)))
    def come_to_work(self, automatic: list[bool]) -> None:
        for agent, auto in zip(AGENTS, automatic, strict=True):
            self.world.sign_in(agent, autoanswer=auto, agenttype=11 if agent == 119 else 4)
        self.check()

    # Steps

    @rule(agent=agents, auto=st.booleans(), enters_idle=st.booleans(), forced=st.booleans())
    def sign_in(self, agent: int, auto: bool, enters_idle: bool, forced: bool) -> None:
        body = {
            "password": "Demo@2026",
            "phonenum": f"40{agent}",
            "autoanswer": auto,
            "autoenteridle": enters_idle,
        }
        self._give("6.1.1.2" if forced else "6.1.1.1", agent, body)

    @rule(agent=agents, given=st.one_of(STATES, CALLS, CALLS, ANSWERS, MORE))
    def an_agent_acts(self, agent: int, given: Step) -> None:
        self._act(agent, given)

    @rule(n=which)
    def whoever_rings_answers(self, n: int) -> None:
        ringing = [a for a in AGENTS if _has(self.switch.agents[a], ALERTING)]
        if ringing:
            self._act(ringing[n % len(ringing)], ("6.1.2.3", {}))

    @rule(n=which, given=CALLS)
    def whoever_talks_goes_on(self, n: int, given: Step) -> None:
        talking = [a for a in AGENTS if self.switch.agents[a].connections]
        if talking:
            self._act(talking[n % len(talking)], given)

    @rule(agent=agents, to=targets, mode=st.integers(0, 4))
    def an_agent_transfers(self, agent: int, to: tuple[int, str], mode: int) -> None:
        body = {"devicetype": to[0], "address": to[1], "mode": mode}
        self._act(agent, ("6.1.2.11", body))

    @rule(code=st.sampled_from(("95001", "95002", "95003", "95004")))
    def a_customer_dials(self, code: str) -> None:
        if len(self.switch.calls) < 6:
            self.world.dial_in(code)
        self.check()

    @rule(n=which, what=st.sampled_from(("hangs_up", "answers", "refuses", "presses")))
    def the_world_acts(self, n: int, what: str) -> None:
        call = self._call(n)
        try:
            if what == "presses":
                self.world.do(lambda switch: switch.outside_presses(call, "1"))
            else:
                self.world.do(lambda switch: getattr(switch, f"outside_{what}")(call))
        except SwitchError:
            pass
        self.check()

    @rule(seconds=st.sampled_from((0.5, 1, 3, 10, 31, 70)))
    def time_passes(self, seconds: float) -> None:
        self.world.pass_time(seconds)
        self.check()

    def _call(self, n: int) -> str:
        calls = list(self.switch.calls)
        return calls[n % len(calls)] if calls else "1-1"

    def _act(self, agent: int, given: Step) -> None:
        section, named = given
        if "callid" in named:
            named = {**named, "callid": self._call(named["callid"])}
        places = {p.name: p.place for p in facts.interface(section).parameters}
        of = {
            place: {k: v for k, v in named.items() if places.get(k) == place}
            for place in ("path", "query", "body")
        }
        self._give(section, agent, of["body"] or None, path=of["path"], query=of["query"])

    def _give(self, section: str, agent: int, body: Any, **more: Any) -> None:
        path = {"agentid": agent, **more.pop("path", {})}
        reply = self.world.call(section, path, body=body, **more)
        assert reply.status == 200
        assert reply.code in {*facts.interface(section).codes, *EVERYWHERE, "100-014"}, section
        self.check()

    # What is true after each of them

    def check(self) -> None:
        laws.check(self.seen)
        for agent in AGENTS:
            self._check_events(agent)
            if self.switch.agents[agent].signed_in:
                self._check_queries(self.switch.agents[agent])

    def _check_events(self, work_no: int) -> None:
        """The stream is complete and in order, and tells all that there is."""
        told = self.world.events(work_no)
        shown = [(e["eventType"], e["content"]) for e in told]
        expected, self.expected[work_no] = self.expected[work_no], []
        assert [told for told in shown if told[0] not in NOT_TRANSLATED] == expected
        model, agent = self.models[work_no], self.switch.agents[work_no]
        for event in told:
            assert problems_of_event(facts.event(event["eventType"]), event["content"]) == []
            model.hear(event)
        # That the agent's own phone is being rung for a call of its own is told by no event.
        if agent.state is not OCCUPIED or model.state == IN_CALL:
            assert model.state == gateway_state(agent), work_no
        assert not agent.signed_in or agent.phone is None or model.leg == agent.phone.leg, work_no
        _check_calls(model, agent)

    def _check_queries(self, agent: Agent) -> None:
        """6.1.1.21, 6.1.1.25, 6.1.3.1 and 6.1.3.4 say what the switch says."""
        who = agent.work_no
        status = self.world.agent("6.1.1.21", who)
        assert status["agentState"] == gateway_state(agent)
        held = self.world.call("6.1.3.4", {"agentid": who}).document.get("result") or []
        assert [call["callid"] for call in held] == [c.call.id for c in agent.held]
        shown = self.world.agent("6.1.1.25", who)["agentStateInfo"]
        assert shown["state"] == agent_state(agent)
        assert shown["curCallId"] == (agent.active.call.id if agent.active else "")
        assert shown["holdCallId"] == (agent.held[-1].call.id if agent.held else "")
        current = self.world.agent("6.1.3.1", who, isNoContainLastCall="false")
        if agent.active is not None:
            assert current["callid"] == agent.active.call.id

    def teardown(self) -> None:
        self.world.__exit__()


def _check_calls(model: ClientModel, agent: Agent) -> None:
    """Calls that ring, talk or are held are known; those of conferences and lines need not be."""
    lines = [agent.line.call] if agent.line else []
    lines += [agent.supervision.call] if agent.supervision else []
    plain = [c for c in agent.connections if c.call.room is None and c.call not in lines]
    certain = {c.call.id for c in plain if c.state is ALERTING or c.talk_begin} - _waiting(agent)
    present = {c.call.id for c in agent.connections}
    assert certain <= set(model.calls) <= present, agent.work_no
    if agent.operation is None:
        held = {c.call.id for c in plain if c.state is HOLD}
        assert set(model.held) <= held, agent.work_no


def _waiting(agent: Agent) -> set[str]:
    operation = agent.operation
    return set() if operation is None else {operation.call.id}


def _has(agent: Agent, state: Any) -> bool:
    return any(c.state is state for c in agent.connections)


def _raise(subscriber: object, error: Exception) -> None:
    raise error


TheGateway.TestCase.settings = settings(
    max_examples=300 if SLOW else 60,
    stateful_step_count=40,
    phases=(Phase.generate, Phase.shrink) if SLOW else (Phase.generate,),
    deadline=None,
    derandomize=not SLOW,
    database=None,
    print_blob=True,
    suppress_health_check=list(HealthCheck),
)
TestAgentsTogether = TheGateway.TestCase
