"""The same queue on our switch: each call is queued, delivered, answered, cleared, wrapped up."""

from __future__ import annotations

import random
from heapq import heappop, heappush

from bench.erlang import MEAN_SERVICE, arrival_rate
from emulator.switch.agents import SignIn
from emulator.switch.config import (
    AccessCodeConfig,
    AgentConfig,
    QueueConfig,
    RouteConfig,
    SkillConfig,
    TenantConfig,
)
from emulator.switch.events import AgentWorkingAfterCall, Delivered, Event, QueueLeft
from emulator.switch.switch import Switch
from emulator.switch.terms import AgentState, TargetType

START = 1_700_000_000_000_000
FIRST_AGENT = 101
SECOND = 1_000_000


def call_center(agents: int) -> Switch:
    """One queue, so many agents who answer by hand and end their wrap-up by hand."""
    switch = Switch(START)
    switch.apply_tenant(
        TenantConfig(
            id=1,
            name="bench",
            agents=tuple(
                AgentConfig(n, f"agent{n}", phone=str(40000 + n), skills=(SkillConfig(1),))
                for n in range(FIRST_AGENT, FIRST_AGENT + agents)
            ),
            queues=(QueueConfig(1, "queue", max_wait=60000, max_waiting=10000),),
            access_codes=(AccessCodeConfig("95001", routes=(RouteConfig(TargetType.QUEUE, 1),)),),
        )
    )
    for work_no in range(FIRST_AGENT, FIRST_AGENT + agents):
        switch.log_on(work_no, SignIn(auto_answer=False, auto_idle=False))
    return switch


class Listener:
    """Counts every event, and notes those that somebody has to act on."""

    __slots__ = ("count", "delivered", "waits", "wrapping")

    def __init__(self) -> None:
        self.count = 0
        self.waits: list[float] = []
        self.delivered: list[Delivered] = []
        self.wrapping: list[AgentWorkingAfterCall] = []

    def __call__(self, event: Event) -> None:
        self.count += 1
        kind = type(event)
        if kind is Delivered:
            self.delivered.append(event)
        elif kind is QueueLeft:
            self.waits.append(event.waited / SECOND)
        elif kind is AgentWorkingAfterCall:
            self.wrapping.append(event)


def run_switch(n: int, agents: int, seed: int) -> list[float]:
    """Serve n customers; returns how long they waited, in seconds."""
    draw = random.Random(seed)
    rate = arrival_rate(agents)
    switch = call_center(agents)
    heard = Listener()
    switch.subscribe(heard)
    due: list[tuple[int, str]] = []
    arrival = START
    while n or due:
        if n and (not due or arrival <= due[0][0]):
            switch.advance_to(arrival)
            switch.dial_in("13900000000", "95001")
            n -= 1
            arrival += int(draw.expovariate(rate) * SECOND)
        else:
            instant, call = heappop(due)
            switch.advance_to(instant)
            switch.outside_hangs_up(call)
        while heard.wrapping:
            switch.cancel_state(heard.wrapping.pop().agent, AgentState.WRAP_UP)
        while heard.delivered:
            ringing = heard.delivered.pop()
            switch.answer_call(ringing.agent)
            talk = int(draw.expovariate(1 / MEAN_SERVICE) * SECOND)
            heappush(due, (switch.now + talk, ringing.call))
    return heard.waits
