"""Random days at a call center with everything: customers, agents and what they may do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from random import Random
from typing import TypeVar

from emulator.switch.config import (
    AccessCodeConfig,
    AgentConfig,
    OutsideNumberConfig,
    Policy,
    PolicyAction,
    QueueConfig,
    RouteConfig,
    TenantConfig,
)
from emulator.switch.errors import SwitchError
from emulator.switch.model import Agent, Call
from emulator.switch.playback import Playing
from emulator.switch.switch import SignIn, Switch
from emulator.switch.terms import (
    AgentState,
    AgentType,
    ConnectionState,
    MediaType,
    TargetType,
    TransferMode,
)
from tests.switch.support import AGENT, CODE, IVR, OUTSIDE, QUEUE, SECOND, agent, code, flow

T = TypeVar("T")
CODES = ("95001", "95002", "95003", "95004", "95005", "950061", "95006", "95007")
NUMBERS = ("0201", "0202", "0203", "0204")


def busy_center(agents: int = 60) -> TenantConfig:
    """Queues 1 to 4 for calls and 5 for chats; menu 1, an announcement 2, a way back 3."""
    to = Policy
    return TenantConfig(
        id=1,
        name="busy",
        timezone="Asia/Kathmandu",
        default_caller="95000",
        ring=15,
        agents=tuple(_agent(n) for n in range(agents)),
        queues=(
            QueueConfig(1, "sales", max_wait=60, max_waiting=8, wrap_up=10, ring=20),
            QueueConfig(2, "service", max_wait=40, ring=12, on_timeout=to(PolicyAction.QUEUE, 1)),
            QueueConfig(
                3,
                "small",
                max_wait=25,
                max_waiting=2,
                wrap_up=5,
                on_busy=to(PolicyAction.QUEUE, 2),
                on_timeout=to(PolicyAction.IVR, 2),
            ),
            QueueConfig(
                4,
                "few",
                max_wait=20,
                max_waiting=1,
                ring=8,
                on_busy=to(PolicyAction.IVR, 1),
                on_no_agents=to(PolicyAction.QUEUE, 3),
            ),
            QueueConfig(5, "chat", MediaType.TEXT_CHAT, max_wait=30),
            QueueConfig(6, "nobody"),
        ),
        flows=(
            flow(
                1,
                "menu",
                "7001",
                menu={
                    "type": "menu",
                    "digits": {"1": "sales", "2": "named", "3": "out", "4": "bye"},
                    "otherwise": "bye",
                    "timeout": 6,
                    "retries": 1,
                },
                sales={"type": "queue", "queue": 1},
                named={"type": "agent", "agent": "101", "otherwise": "sales"},
                out={"type": "outside", "number": "0201", "otherwise": "bye"},
                bye={"type": "hang_up"},
            ),
            flow(
                2, "say", say={"type": "play", "seconds": 7, "next": "bye"}, bye={"type": "hang_up"}
            ),
            flow(
                3,
                "say",
                "7003",
                say={"type": "play", "seconds": 5, "next": "end"},
                end={"type": "return"},
            ),
        ),
        access_codes=(
            code("95001", QUEUE, 1),
            code("95002", QUEUE, 2),
            code("95003", QUEUE, 3),
            code("95004", QUEUE, 4),
            code("95005", QUEUE, 5, media_type=MediaType.TEXT_CHAT),
            AccessCodeConfig("95006", routes=(RouteConfig(IVR, 1), RouteConfig(IVR, 2, "1"))),
            code("95007", QUEUE, 6),
        ),
        outside_numbers=(
            OutsideNumberConfig("0201", answer_after=3),
            OutsideNumberConfig("0202", answer_after=None),
            OutsideNumberConfig("0203", refuse=537),
            OutsideNumberConfig("0204", answer_after=1, hang_up_after=40),
        ),
        blacklist=("13999999999",),
    )


def _agent(number: int) -> AgentConfig:
    work_no = 101 + number
    if number % 10 == 9:
        return agent(work_no, 5, agent_type=AgentType.MULTIMEDIA, max_chats=2)
    few = (4,) if number % 15 == 3 else ()
    queues = {0: (1,), 1: (1, 2), 2: (2, 3)}[number % 3]
    return agent(work_no, *queues, *few)


class BusyDay:
    """Lets a seed decide what happens at a switch; `crowd` is how many dial, of about 400 acts."""

    def __init__(self, switch: Switch, seed: int, crowd: int = 75) -> None:
        self.switch = switch
        self.draw = Random(seed)
        self._acts: tuple[tuple[int, Callable[[], object]], ...] = (
            (crowd, self._dials),
            (60, self._answers),
            (4, self._rejects),
            (22, self._customer_leaves),
            (30, self._releases),
            (8, self._holds),
            (8, self._takes_back),
            (14, self._transfers),
            (6, self._transfers_chat),
            (7, self._consults),
            (8, self._joins),
            (4, self._cancels),
            (14, self._calls_out),
            (4, self._calls_inside),
            (12, self._presses),
            (16, self._changes_state),
            (4, self._plays),
            (3, self._picks_up),
            (2, self._takes_from_queue),
            (3, self._signs_out),
            (10, self._signs_in),
        )

    def live(self, ticks: int, mean: float = 1.0) -> None:
        """So many things happen, one every `mean` seconds; first of all everybody signs in."""
        weights = [weight for weight, _ in self._acts]
        acts = [act for _, act in self._acts]
        if not any(it.signed_in for it in self.switch.agents.values()):
            for agent_ in self.switch.agents.values():
                self._sign_in(agent_)
        for _ in range(ticks):
            self._pass(self.draw.expovariate(1 / mean))
            with suppress(SwitchError):
                self.draw.choices(acts, weights)[0]()

    def end(self) -> None:
        """Everybody leaves."""
        for agent_ in self.switch.agents.values():
            self._pass(1)
            if agent_.signed_in:
                self.switch.force_log_off(agent_.work_no, 256)
        self._pass(1)
        for call in list(self.switch.calls):
            if call in self.switch.calls:
                self.switch.outside_hangs_up(call)
        self._pass(1)

    # Who and what

    def _pass(self, seconds: float) -> None:
        instant = self.switch.now + max(1, int(seconds * SECOND))
        self.switch.advance_to(instant)

    def _one(self, found: Iterable[T]) -> T:
        some: Sequence[T] = list(found)
        if not some:
            raise SwitchError
        return self.draw.choice(some)

    def _agent(self, wanted: Callable[[Agent], object]) -> Agent:
        return self._one(it for it in self.switch.agents.values() if wanted(it))

    def _ringing(self) -> Agent:
        return self._agent(
            lambda it: any(
                c.state is ConnectionState.ALERTING and c.kind == 2 for c in it.connections
            )
        )

    def _talking(self) -> Agent:
        return self._agent(lambda it: it.active is not None)

    def _free(self) -> Agent:
        return self._agent(lambda it: it.state in (AgentState.IDLE, AgentState.BUSY))

    def _target(self) -> tuple[TargetType, str]:
        return self.draw.choice(
            (
                (AGENT, str(self.draw.choice(list(self.switch.agents)))),
                (QUEUE, str(self.draw.randint(1, 4))),
                (QUEUE, str(self.draw.randint(1, 6))),
                (IVR, self.draw.choice(("7001", "7003"))),
                (CODE, self.draw.choice(CODES)),
                (OUTSIDE, self.draw.choice(NUMBERS)),
            )
        )

    # What happens

    def _dials(self) -> None:
        caller = self.draw.choice(("13900000001", "13900000002", "13999999999", "13900000003"))
        self.switch.dial_in(caller, self.draw.choice(CODES))

    def _answers(self) -> None:
        self.switch.answer_call(self._ringing().work_no)

    def _rejects(self) -> None:
        self.switch.reject_call(self._ringing().work_no, release=self.draw.random() < 0.5)

    def _call(self) -> Call:
        return self._one(self.switch.calls.values())

    def _customer_leaves(self) -> None:
        self.switch.outside_hangs_up(self._call().id)

    def _releases(self) -> None:
        who = self._agent(lambda it: it.connections)
        self.switch.release_call(who.work_no, self._one(who.connections).call.id)

    def _holds(self) -> None:
        self.switch.hold_call(self._talking().work_no)

    def _takes_back(self) -> None:
        who = self._agent(lambda it: it.held).work_no
        self.draw.choice((self.switch.retrieve_call, self.switch.alternate_call))(who)

    def _transfers(self) -> None:
        who = self._talking()
        mode = self.draw.choice(tuple(TransferMode))
        if mode is TransferMode.HANG_UP and len(who.connections[0].call.agents()) > 1:
            return  # of two agents no report says which one waits for the flow
        self.switch.single_step_transfer(who.work_no, self._target(), mode)

    def _transfers_chat(self) -> None:
        who = self._agent(lambda it: it.chats)
        call = self._one(c.call.id for c in who.connections if c.is_chat)
        if self.draw.random() < 0.5:
            self.switch.transfer_chat(who.work_no, call, (QUEUE, "5"), TransferMode.BLIND)
            return
        mode = self.draw.choice((TransferMode.BLIND, TransferMode.RELEASE_AFTER))
        colleague = self._agent(lambda it: it.config.max_chats == 2).work_no
        self.switch.transfer_chat(who.work_no, call, (AGENT, str(colleague)), mode)

    def _consults(self) -> None:
        three = self.draw.random() < 0.5
        self.switch.consultation_call(self._talking().work_no, self._target(), three_party=three)

    def _joins(self) -> None:
        who = self._agent(lambda it: it.held and it.active)
        join = self.draw.choice((self.switch.conference_call, self.switch.transfer_call))
        join(who.work_no, self._one(who.held).call.id)

    def _cancels(self) -> None:
        self.switch.cancel_transfer(self._agent(lambda it: it.operation).work_no)

    def _calls_out(self) -> None:
        self.switch.make_call(self._free().work_no, self.draw.choice(NUMBERS))

    def _calls_inside(self) -> None:
        called = self._free().work_no
        self.switch.make_internal_call(self._free().work_no, called)

    def _presses(self) -> None:
        call = self._one(it for it in self.switch.calls.values() if it.ivr)
        self.switch.outside_presses(call.id, self.draw.choice("12349"))

    def _changes_state(self) -> None:
        who = self._agent(lambda it: it.signed_in).work_no
        sw = self.switch
        self.draw.choice(
            (
                lambda: sw.set_not_ready(who),
                lambda: sw.request_rest(who, 60, 1),
                lambda: sw.set_working(who),
                lambda: sw.set_ready(who),
                lambda: sw.set_ready(who),
                lambda: sw.set_ready(who),
            )
        )()

    def _plays(self) -> None:
        who = self._free().work_no
        playing = [it for it in self.switch.agents.values() if it.playback]
        if playing and self.draw.random() < 0.6:
            self.switch.stop_playback(self._one(playing).work_no)
        else:
            self.switch.play(who, "Y:/1/0/20231114/101/2213200.V3", 30 * SECOND, Playing())

    def _picks_up(self) -> None:
        self.switch.pick_up(self._free().work_no, self._ringing().work_no)

    def _takes_from_queue(self) -> None:
        call = self._one(it for it in self.switch.calls.values() if it.entry)
        assert call.entry is not None
        self.switch.request_queued_call(self._free().work_no, call.id, call.entry.queue.id)

    def _signs_out(self) -> None:
        self.switch.log_off(self._free().work_no)

    def _signs_in(self) -> None:
        self._sign_in(self._agent(lambda it: not it.signed_in))

    def _sign_in(self, agent_: Agent) -> None:
        how = SignIn(
            auto_answer=self.draw.random() < 0.3,
            auto_idle=self.draw.random() < 0.7,
            state=self.draw.choice((AgentState.IDLE, AgentState.IDLE, AgentState.BUSY)),
        )
        self.switch.log_on(agent_.work_no, how)
