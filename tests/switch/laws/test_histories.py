"""Long busy days: thousands of commands that are mostly allowed, and the laws after each.

Where the state machine looks for short strange histories, these go deep: everybody is in calls,
transfers cross each other, configuration changes under them. A failure names its seed.
"""

from __future__ import annotations

import os
import random
from collections.abc import Callable
from typing import Any

import pytest

from emulator.switch.flow import IvrEntry
from emulator.switch.model import Agent
from emulator.switch.rooms import Address, Conference, ConferenceWish, Invitation
from emulator.switch.switch import SignIn, Switch
from emulator.switch.terms import (
    AgentState,
    ChannelAttribute,
    ConnectionState,
    DeviceType,
    LegState,
    PhoneCondition,
    SupervisionMode,
    TargetType,
    TransferMode,
)
from tests.switch.laws import commands, world
from tests.switch.laws.commands import Command
from tests.switch.laws.trial import Trial
from tests.switch.support import SECOND

SEEDS = range(400) if os.environ.get("EMULATOR_LAWS") == "slow" else range(12)
LENGTH = 700


class Day:
    """Draws one command after the other, looking at the switch to find what could be allowed."""

    def __init__(self, seed: int) -> None:
        self.draw = random.Random(seed)
        self.trial = Trial()
        self.switch: Switch = self.trial.switch
        self.acts: list[Callable[[], Command | None]] = [
            *[self.dial_in] * 5,
            *[self.answer] * 6,
            *[self.time] * 4,
            *[self.confirm] * 4,
            *[self.ready] * 3,
            *[self.log_on] * 2,
            *[self.talker] * 6,
            *[self.holder] * 4,
            self.hang_up,
            self.outside,
            self.press,
            self.agent_ends,
            self.idler,
            *[self.confer] * 2,
            *[self.chairperson] * 6,
            *[self.participant] * 3,
            *[self.inspector] * 2,
            *[self.intruder] * 2,
            self.hook,
            *[self.chatter] * 3,
            self.others,
            self.rarely,
        ]

    def command(self, method: str, *args: Any, **named: Any) -> Command:
        return Command(method, args, tuple(named.items()))

    def one(self, items: Any) -> Any:
        items = list(items)
        return self.draw.choice(items) if items else None

    def agents(self, fits: Callable[[Agent], Any]) -> Agent | None:
        found: Agent | None = self.one(a for a in self.switch.agents.values() if fits(a))
        return found

    def any_call(self) -> str:
        return self.one(self.switch.calls) or "0-0"

    def target(self) -> tuple[TargetType, str]:
        kind = self.one(TargetType)
        return kind, {
            TargetType.QUEUE: self.one("1235"),
            TargetType.AGENT: str(self.one(commands.AGENTS)),
            TargetType.IVR: self.one(("7001", "7002")),
            TargetType.ACCESS_CODE: self.one(world.DIALLED),
            TargetType.OUTSIDE: self.one((*world.OUTSIDE, "40101", "50103")),
        }[kind]

    # What can happen

    def dial_in(self) -> Command:
        called, listens = self.one(world.DIALLED), self.one((False, True))
        return self.command("dial_in", self.one(world.CUSTOMERS), called, listens=listens)

    def answer(self) -> Command | None:
        agent = self.agents(lambda a: a.active and a.active.state is ConnectionState.ALERTING)
        if agent is None:
            return None
        if self.draw.random() < 0.2:
            return self.command("reject_call", agent.work_no, release=self.one((True, False)))
        return self.command("answer_call", agent.work_no)

    def time(self) -> Command:
        seconds = self.one((0.5, 1, 1, 2, 2, 4, 9, 20))
        return self.command("advance_to", self.switch.now + int(seconds * SECOND))

    def confirm(self) -> Command | None:
        request = self.one(self.switch.requests)
        if request is None:
            return None
        if self.switch.requests[request][1] == "lookup":
            return self.command("lookup_answered", request, self.one((None, {"id": "2"})))
        if self.switch.requests[request][1] == "announcement":
            return self.command("announcement_over", request)
        if self.switch.requests[request][0].agent is None:
            return self.gateway(request)
        method = "endpoint_failed" if self.draw.random() < 0.15 else "endpoint_confirmed"
        return self.command(method, request)

    def gateway(self, request: int) -> Command:
        if self.draw.random() < 0.15:
            return self.command("outside_failed", request, 537)
        return self.command(self.one(("outside_rings", "outside_answered")), request)

    def ready(self) -> Command | None:
        idle_like = (AgentState.BUSY, AgentState.REST, AgentState.WRAP_UP)
        agent = self.agents(lambda a: a.state in idle_like)
        return agent and self.command("set_ready", agent.work_no)

    def log_on(self) -> Command | None:
        agent = self.agents(lambda a: not a.signed_in)
        how = SignIn(
            auto_answer=self.draw.random() < 0.3,
            auto_idle=self.draw.random() < 0.7,
            release_phone=self.draw.random() < 0.7,
            video=self.one((None, None, False)),
            phone_linkage=self.draw.random() < 0.5,
            wants_monitoring=self.draw.random() < 0.3,
        )
        return agent and self.command("log_on", agent.work_no, how)

    def talker(self) -> Command | None:
        agent = self.agents(lambda a: a.active and a.active.talk_begin)
        if agent is None:
            return None
        who = agent.work_no
        return self.one(
            (
                self.command("hold_call", who),
                self.command("consultation_call", who, self.target(), three_party=True),
                self.command("consultation_call", who, self.target(), three_party=False),
                self.command("consultation_call", who, (TargetType.AGENT, str(who % 4 + 101))),
                self.command("single_step_transfer", who, self.target(), self.one(TransferMode)),
                self.command("single_step_transfer", who, self.target(), TransferMode.BLIND),
                self.command(
                    "single_step_transfer",
                    who,
                    (TargetType.IVR, "7001"),
                    self.one((TransferMode.BLIND, TransferMode.HANG_UP)),
                    entry=IvrEntry(self.one(("", "rate", "sales"))),
                ),
                self.command(
                    "single_step_transfer", who, self.target(), TransferMode.RELEASE_AFTER
                ),
                self.command("follow_up", who, self.one(("", "7002"))),
                self.command("join_ivr", who, self.one(("7001", "7002"))),
                self.command(
                    "join_ivr", who, "7001", IvrEntry(self.one(("rate", "leave", "sales")))
                ),
                self.command("switch_media", who, self.one((True, False))),
                self.command("mute", who, self.one((True, False))),
                self.command("set_do_not_disturb", who, self.one((True, False))),
            )
        )

    def holder(self) -> Command | None:
        agent = self.agents(lambda a: a.held)
        if agent is None:
            return None
        who, call = agent.work_no, self.one(agent.held).call.id
        return self.one(
            (
                self.command("retrieve_call", who),
                self.command("alternate_call", who),
                self.command("reconnect_call", who),
                self.command("conference_call", who, call),
                self.command("transfer_call", who, call),
                self.command("make_call", who, self.one(world.OUTSIDE)),
                self.command("make_internal_call", who, self.one(commands.AGENTS)),
                self.command("consultation_call", who, self.target()),
                self.command("cancel_transfer", who),
            )
        )

    def chatter(self) -> Command | None:
        agent = self.agents(lambda a: a.chats)
        if agent is None:
            return self.command("dial_in", world.CUSTOMERS[0], "95005")
        who = agent.work_no
        call = self.one(c for c in agent.connections if c.is_chat).call.id
        other = (TargetType.AGENT, "106" if who == 105 else "105")
        return self.one(
            (
                self.command("dial_in", world.CUSTOMERS[0], "95005"),
                self.command("send_message", who, call, "good morning"),
                self.command("outside_writes", call, "good morning"),
                self.command("route_message", 1, self.one(("95005", "chat")), "hi", work_no=who),
                self.command("limit_chats", who, self.one((1, 2, 3))),
                self.command("transfer_chat", who, call, other, TransferMode.RELEASE_AFTER),
                self.command("transfer_chat", who, call, other, TransferMode.BLIND),
                self.command("transfer_chat", who, call, self.target(), TransferMode.RELEASE_AFTER),
                self.command("transfer_chat", who, call, self.target(), TransferMode.BLIND),
                self.command("cancel_transfer", who),
                self.command("release_call", who, call),
                self.command("make_call", who, self.one(world.OUTSIDE)),
            )
        )

    def confer(self) -> Command | None:
        talks = (AgentState.IDLE, AgentState.TALKING)
        agent = self.agents(lambda a: a.state in talks and not (a.active and a.active.call.room))
        if agent is None:
            return None
        who = agent.work_no
        minutes, tone = self.one((4, 4, 60)), self.one(("", "y:/conf/1/beep.V3"))
        wish = ConferenceWish(self.one((1, 2, 3, 5, 8)), minutes, tone=tone)
        return self.command("request_conference", who, wish)

    def address(self) -> Address:
        if self.draw.random() < 0.5:
            return Address(True, str(self.one(commands.AGENTS)))
        return Address(False, self.one((*world.OUTSIDE, "40101", "50103")))

    def rooms(self) -> list[Conference]:
        return [r for t in self.switch.tenants.values() for r in t.conferences.values()]

    def chairperson(self) -> Command | None:
        room = self.one(self.rooms())
        if room is None:
            return None
        who = room.chairperson.work_no
        party = self.one(room.participants).address
        few = [Invitation(self.address()) for _ in range(self.one((1, 2, 3)))]
        minutes = 60 * SECOND
        return self.one(
            (
                *[self.command("invite_participants", who, few)] * 4,
                self.command("invite_participants", who, few[:1], welcome="y:/conf/1/hello.V3"),
                self.command("remove_participants", who, [party, self.address()]),
                self.command("hold_participant", who, party, "y:/conf/1/wait.V3"),
                self.command("unhold_participant", who, party),
                self.command("change_participant", who, party, self.one(ChannelAttribute)),
                self.command("announce", who, "y:/conf/1/a.V3", background=self.one((True, False))),
                self.command("stop_announcing", who),
                self.command("announce_to", who, party, "y:/conf/1/a.V3"),
                self.command("stop_announcing_to", who, party),
                self.command("prolong_conference", who, self.one((1, 5))),
                self.command("shift_chairperson", who, int(party.number) if party.is_agent else 0),
                self.command("resize_conference", who, self.one((2, -2, 5))),
                self.command("release_conference", who)
                if self.draw.random() < 0.5
                else self.command("advance_to", self.switch.now + self.one((1, 4)) * minutes),
            )
        )

    def participant(self) -> Command | None:
        agent = self.agents(lambda a: a.active and a.active.call.room)
        if agent is None or agent.active is None:
            return None
        who, call = agent.work_no, agent.active.call
        return self.one(
            (
                *[self.command("answer_conference", who)] * 3,
                self.command("reject_conference", who),
                self.command("leave_conference", who),
                self.command("release_call", who),
                self.command("hold_call", who),
                self.command("single_step_transfer", who, self.target(), TransferMode.BLIND),
                self.command("outside_hangs_up", call.id, self.one(world.OUTSIDE)),
            )
        )

    def hang_up(self) -> Command:
        return self.command("outside_hangs_up", self.any_call())

    def outside(self) -> Command | None:
        rings = [
            (c.call.id, c.number)
            for call in self.switch.calls.values()
            for c in call.connections
            if c.kind is DeviceType.TRUNK and c.state is ConnectionState.ALERTING
        ]
        found = self.one(rings)
        if found is None:
            return None
        if self.draw.random() < 0.3:
            return self.command("outside_refuses", found[0], 604, found[1])
        return self.command("outside_answers", *found)

    def press(self) -> Command | None:
        call = self.one(c.id for c in self.switch.calls.values() if c.ivr)
        keys = self.one(("1", "2", "3", "4", "5", "6", "111#", "234", "#"))
        return call and self.command("outside_presses", call, keys)

    def agent_ends(self) -> Command | None:
        agent = self.agents(lambda a: a.connections)
        if agent is None:
            return None
        connection = self.one(agent.connections)
        party = self.one(connection.call.connections)
        return self.one(
            (
                self.command("release_call", agent.work_no),
                self.command("release_call", agent.work_no, connection.call.id),
                self.command("clear_call", agent.work_no, self.one((None, connection.call.id))),
                self.command("clear_connection", agent.work_no, party.number),
                self.command("force_log_off", agent.work_no),
            )
        )

    def idler(self) -> Command | None:
        agent = self.agents(lambda a: a.state in (AgentState.IDLE, AgentState.BUSY))
        if agent is None:
            return None
        who = agent.work_no
        rings = self.agents(lambda a: a.state is AgentState.ANSWERING) or agent
        waits = self.one(c for c in self.switch.calls.values() if c.entry)
        return self.one(
            (
                self.command("make_call", who, self.one(world.OUTSIDE)),
                self.command("make_internal_call", who, self.one(commands.AGENTS)),
                self.command("pick_up", who, rings.work_no),
                self.command("request_queued_call", who, waits.id, waits.entry.queue.id)
                if waits
                else None,
                self.command("offer_preview", who, ["0201", "0202"]),
                self.command("set_not_ready", who, 0),
                self.command("set_do_not_disturb", who, self.one((True, True, False))),
                self.command("request_rest", who, 3),
                self.command("set_study", who, studying=self.one((True, False))),
                self.command("accept_calls", who, self.one((True, True, False))),
            )
        )

    def inspector(self) -> Command:
        by = self.one((190, 191, 290))
        target = self.agents(lambda a: a.active) or self.switch.agents[101]
        who = target.work_no
        call = self.any_call()
        watched = self.switch.agents[by].supervision
        if watched is not None and self.draw.random() < 0.5:
            return self.command("intercept", by, watched.target.work_no)
        return self.one(
            (
                self.command("supervise", by, who, self.one(SupervisionMode)),
                self.command("supervise", by, who, SupervisionMode.LISTEN),
                self.command("switch_supervision", by, who),
                self.command("stop_supervision", by, who),
                self.command("force_release", by, call),
                self.command("force_sign_out", by, who),
                self.command("force_ready", by, who),
                self.command("force_not_ready", by, who),
                self.command("force_rest", by, who, 3, 0),
            )
        )

    def intruder(self) -> Command | None:
        free = (AgentState.IDLE, AgentState.BUSY)
        by = self.agents(lambda a: a.state in free or (a.supervision and a.supervision.bound))
        target = self.agents(lambda a: a.active and a.active.talk_begin)
        if by is None or target is None:
            return None
        who, whom = by.work_no, target.work_no
        return self.one(
            (
                self.command("intrude_call", who, whom, self.one(SupervisionMode)),
                self.command("intrude_call", who, whom, SupervisionMode.WHISPER),
                self.command("intrude_call", who, whom, SupervisionMode.LISTEN),
                self.command("stop_intrusion", who, self.one((None, whom))),
                self.command("disconnect_call", who, whom),
            )
        )

    def hook(self) -> Any:
        phone = self.one(self.switch.phones.values())
        linked = phone.agent is not None and phone.agent.phone_linkage
        if linked and self.draw.random() < 0.7:
            return self.one(
                (
                    self.command("phone_mutes", phone.number, self.one((True, False))),
                    self.command("phone_holds", phone.number),
                    self.command("phone_retrieves", phone.number),
                    self.command("phone_transfers", phone.number, self.one(world.OUTSIDE)),
                    self.command("phone_dials", phone.number, self.one(world.OUTSIDE)),
                )
            )
        if self.draw.random() < 0.3:
            condition = PhoneCondition.IN_SERVICE
            if phone.condition is condition:
                condition = self.one((PhoneCondition.BUSY, PhoneCondition.OFFLINE))
            return self.command("set_phone_condition", phone.number, condition)
        method = "phone_off_hook" if phone.leg is not LegState.UP else "phone_on_hook"
        return self.command(method, phone.number)

    def others(self) -> Command | None:
        preview = self.agents(lambda a: a.preview)
        if preview is not None and preview.preview is not None and self.draw.random() < 0.5:
            control = preview.preview.control
            return self.command("call_preview", preview.work_no, control, "0201")
        who = self.one(commands.AGENTS)
        return self.one(
            (
                self.command("set_not_ready", who, 200),
                self.command("request_rest", who, 5, 1),
                self.command("set_skills", who, self.one((None, [1], [1, 2, 3], [5]))),
                self.command("cancel_state", who, self.one(AgentState)),
                self.command("decide_rest", 290, 201, approve=self.one((True, False))),
                self.command("set_custom_state", who, 3),
                self.command("log_off", who),
                self.command("log_on", who, SignIn(force=True)),
            )
        )

    def rarely(self) -> Command | None:
        if self.draw.random() > 0.05:
            there = self.one((True, True, True, False))
            return self.command("attach_trunk", 1, world.GATE.name, there)
        return self.command("apply_tenant", self.one((*world.variants(), world.big_tenant())))

    def live(self, length: int) -> None:
        self.trial.give(self.command("apply_tenant", world.big_tenant()))
        self.trial.give(self.command("apply_tenant", world.other_tenant()))
        for _ in range(length):
            given = self.one(self.acts)()
            if given is not None:
                self.trial.give(given)
        self.trial.repeat()


@pytest.mark.parametrize("seed", SEEDS)
def test_a_busy_day_breaks_no_law(seed: int) -> None:
    Day(seed).live(LENGTH)
