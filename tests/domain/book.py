"""A call center whose call records and agent operations are kept in a list."""

from __future__ import annotations

from dataclasses import replace

from emulator.domain.recorder import Recorder
from emulator.store.rows import AgentOperation, CallRecord, Row
from emulator.switch.config import OutsideNumberConfig, Policy, PolicyAction, QueueConfig
from emulator.switch.rooms import Address, ConferenceWish, Invitation
from emulator.switch.terms import MediaType, PhoneCondition, SupervisionMode, TransferMode
from tests.switch.support import (
    AGENT,
    IVR,
    OUTSIDE,
    QUEUE,
    CallCenter,
    agent,
    code,
    flow,
    small_call_center,
)

NOBODY, FULL, ROUND, BACK = 3, 4, 7, 8
FLOW, ENDLESS, TO_QUEUE, OTHER = 1, 2, 3, 4
FULL_HOUSE = Policy(PolicyAction.QUEUE, ROUND)


def _queue(number: int, name: str, policy: Policy | None = None) -> QueueConfig:
    return QueueConfig(number, name, on_no_agents=policy or Policy())


def _center() -> CallCenter:
    base = small_call_center().config
    to_other = {"type": "flow", "flow": OTHER}
    back = {"type": "flow", "flow": ENDLESS}
    return small_call_center(
        agents=(*base.agents, agent(106, FULL)),
        queues=(
            *base.queues,
            _queue(NOBODY, "nobody"),
            QueueConfig(FULL, "full", max_waiting=1, max_wait=10),
            _queue(ROUND, "round", Policy(PolicyAction.QUEUE, BACK)),
            _queue(BACK, "back", Policy(PolicyAction.QUEUE, ROUND)),
            _queue(9, "overflow", Policy(PolicyAction.QUEUE, 2)),
        ),
        flows=(
            flow(
                FLOW,
                "a",
                "7001",
                a={"type": "play", "seconds": 5, "next": "b"},
                b={"type": "hang_up"},
            ),
            flow(ENDLESS, "a", a=to_other | {"next": "b"}, b=to_other),
            flow(OTHER, "a", a=back | {"next": "b"}, b=back),
            flow(TO_QUEUE, "a", a={"type": "queue", "queue": 1}),
        ),
        access_codes=(
            *base.access_codes,
            code("95003", QUEUE, NOBODY),
            code("95004", QUEUE, FULL),
            code("95006", QUEUE, 9),
            code("95007", QUEUE, ROUND),
            code("95008", IVR, ENDLESS),
            code("95009", IVR, FLOW),
            code("95010", IVR, TO_QUEUE),
        ),
        outside_numbers=(
            *base.outside_numbers,
            *(OutsideNumberConfig(f"0{cause}", refuse=cause) for cause in (538, 548, 549, 604)),
            OutsideNumberConfig("0605", refuse=605),
        ),
    )


class Book:
    """101, 102 and 103 serve queue 1, 104 queue 2, 106 queue 4, 120 chats; 190 inspects."""

    def __init__(self) -> None:
        self.center = _center()
        self.switch = self.center.switch
        self.rows: list[Row] = []
        self.recorder = Recorder(self.rows.append, lambda: self.switch)
        self.switch.subscribe(self.recorder)
        self.center.sign_in(101, 102, 104, 106, 120, 190)

    @property
    def stays(self) -> list[CallRecord]:
        return [row for row in self.rows if isinstance(row, CallRecord)]

    @property
    def operations(self) -> list[AgentOperation]:
        return [row for row in self.rows if isinstance(row, AgentOperation)]

    def operation(self, kind: int) -> AgentOperation:
        """The one operation of this kind."""
        (found,) = [row for row in self.operations if row.op_type == str(kind)]
        return found

    # What happens in several stories

    def talk(self) -> str:
        """101 talks to a customer."""
        return self.center.talk(101)

    def end(self) -> None:
        """Whatever calls there are end."""
        for work_no in (102, 104, 101, 106, 120, 190):
            while self.center.agent(work_no).connections:
                self.switch.release_call(work_no, self.center.agent(work_no).connections[0].call.id)
        for call in list(self.switch.calls):
            self.switch.outside_hangs_up(call)

    def call_out(self, number: str) -> str:
        """101 calls a number outside."""
        return self.switch.make_call(101, number)

    def transfer(self, kind: object, address: str, mode: TransferMode) -> None:
        self.switch.single_step_transfer(101, (kind, address), mode)  # type: ignore[arg-type]

    def ask_for_help(self, *, three_party: bool = False) -> str:
        """101 asks 102 for help, who answers."""
        second = self.switch.consultation_call(101, (AGENT, "102"), three_party=three_party)
        self.switch.answer_call(102)
        return second

    def confer(self, minutes: int = 60) -> None:
        """101 and 102 are in a conference."""
        self.switch.request_conference(101, ConferenceWish(4, minutes))
        self.switch.invite_participants(101, [Invitation(Address(True, "102"))])
        self.switch.answer_conference(102)

    def supervise(self) -> None:
        """101 talks to a customer, and 190 listens."""
        self.talk()
        self.switch.supervise(190, 101, SupervisionMode.LISTEN)

    def transfer_outside(self, mode: TransferMode) -> None:
        """101 transfers its customer to a number outside, where somebody answers."""
        self.talk()
        self.transfer(OUTSIDE, "0201", mode)
        self.center.wait(2)

    def to_queue_2(self, mode: TransferMode) -> None:
        """101 transfers its customer to queue 2, and 104 answers."""
        self.talk()
        self.transfer(QUEUE, "2", mode)
        self.switch.answer_call(104)

    def fill(self) -> None:
        """106 is busy, so that queue 4 is full with one who waits."""
        self.switch.set_not_ready(106)
        self.center.dial("95004", "1")

    def drop_queue(self, number: int) -> None:
        """The queue is taken out of the configuration."""
        config = self.center.config
        self.center.reconfigure(
            queues=tuple(it for it in config.queues if it.id != number),
            access_codes=tuple(
                it for it in config.access_codes if it.routes[0].target_id != number
            ),
            agents=tuple(
                replace(it, skills=tuple(s for s in it.skills if s.queue != number))
                for it in config.agents
            ),
        )

    def chat(self) -> str:
        """120 chats with a customer."""
        return self.center.dial("95005", media=MediaType.TEXT_CHAT)

    def cut_off(self, work_no: int) -> None:
        """The agent's phone is out of reach."""
        number = str(40000 + work_no)
        self.switch.set_phone_condition(number, PhoneCondition.OFFLINE)
