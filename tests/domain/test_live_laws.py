"""Whatever happens at the switch: the live counts are what looking at everything would find."""

from __future__ import annotations

import os
from collections import Counter

import pytest

from emulator.domain.live.counts import CALLING_OUT, SIGNED_IN, Phase, TenantCounts, Window
from emulator.domain.live.live import OUTBOUND, Live
from emulator.switch.events import Event, QueueLeft
from emulator.switch.model import Agent, Call, Connection, Queue, Tenant
from emulator.switch.switch import Switch
from emulator.switch.terms import QueueOutcome
from tests.snapshot.days import Day

SEEDS = range(100) if os.environ.get("EMULATOR_LAWS") == "slow" else range(8)
COMMANDS = 2500


def phase_of(call: Call) -> Phase:
    if call.entry is not None:
        return Phase.QUEUED if call.entry.ringing is None else Phase.OFFERED
    if call.ivr is not None and not call.ivr.joined:
        return Phase.IVR
    talks = any(it.agent is not None and it.talk_begin for it in call.connections)
    return Phase.AGENT if talks else Phase.OTHER


def places_of(agent: Agent) -> list[int]:
    calls_out = any(it.call.type in OUTBOUND for it in agent.connections)
    return [SIGNED_IN, agent.state, *([CALLING_OUT] if calls_out else [])]


def counted(agents: list[Agent]) -> list[int]:
    found = Counter(place for it in agents if it.signed_in for place in places_of(it))
    return [found[place] for place in range(CALLING_OUT + 1)]


def check_agents(live: Live, tenant: Tenant) -> None:
    agents = list(tenant.agents.values())
    counts = live.tenant(tenant.id)
    assert counts.agents == counted(agents)
    for queue in tenant.queues.values():
        assert live.queue(tenant.id, queue.id).agents == counted(list(queue.agents.values()))
    profiles: dict[tuple[int, ...], list[Agent]] = {}
    for agent in agents:
        if agent.signed_in:
            profile = tuple(sorted(queue.id for queue, _ in agent.memberships))
            profiles.setdefault(profile, []).append(agent)
    assert counts.profiles == {profile: counted(them) for profile, them in profiles.items()}


def check_calls(live: Live, tenant: Tenant) -> None:
    counts = live.tenant(tenant.id)
    found = Counter(map(phase_of, tenant.calls.values()))
    assert counts.calls == [found[phase] for phase in Phase]
    assert found[Phase.QUEUED] == sum(len(queue.waiting) for queue in tenant.queues.values())
    in_flows: dict[int, set[str]] = {}
    for call in tenant.calls.values():
        if call.ivr is not None and call.ivr.frames:
            in_flows.setdefault(call.ivr.frames[-1].flow.id, set()).add(call.id)
    assert {flow: set(calls) for flow, calls in counts.flows.items() if calls} == in_flows
    entered = {it.id: it.entry.begun for it in tenant.calls.values() if it.entry is not None}
    for code in counts.codes.values():
        assert list(code.waiting.values()) == sorted(code.waiting.values())
        assert code.waiting.items() <= entered.items()


class Totals:
    """What has happened at each queue since it began, as the switch says, and as was counted."""

    def __init__(self, switch: Switch, live: Live) -> None:
        self.switch = switch
        self.live = live
        self.queues: dict[tuple[int, int], list[Queue]] = {}
        self.windows: dict[tuple[int, int], list[Window]] = {}
        self.lost: Counter[tuple[int, int]] = Counter()
        self.waits: Counter[tuple[int, int]] = Counter()
        self.heard: list[Event] = []
        switch.subscribe(self.heard.append)

    def check(self) -> None:
        self.notice()
        for tenant in self.switch.tenants.values():
            for queue in tenant.queues.values():
                self.check_queue((tenant.id, queue.id), queue)
        self.heard.clear()

    def check_queue(self, key: tuple[int, int], queue: Queue) -> None:
        known, windows = self.queues.setdefault(key, []), self.windows.setdefault(key, [])
        if queue not in known:
            known.append(queue)
        window = self.live.queue(*key).window
        if window.begun and all(it is not window for it in windows):
            windows.append(window)
        assert sum(it.inbound for it in windows) == sum(it.entered for it in known)
        answered = sum(it.outcomes[QueueOutcome.ANSWERED] for it in known)
        assert sum(it.connected for it in windows) == answered
        assert sum(it.ended for it in windows) == sum(it.finished for it in known)
        assert sum(it.talked for it in windows) == sum(it.talked for it in known)
        assert sum(it.waits for it in windows) == self.waits[key]
        assert sum(it.lost for it in windows) == self.lost[key]
        talking = [it for it in connections(self.switch) if it.queue in known and it.talk_begin]
        finished = sum(it.finished for it in known)
        assert answered - finished == len(talking)

    def notice(self) -> None:
        last = {it.call: it for it in self.heard if isinstance(it, QueueLeft)}
        for it in self.heard:
            if isinstance(it, QueueLeft):
                key = (it.tenant, it.queue)
                self.waits[key] += 1
                is_over = it.call not in self.switch.calls and last[it.call] is it
                if it.outcome is QueueOutcome.ABANDONED or (
                    is_over and it.outcome is not QueueOutcome.ANSWERED
                ):
                    self.lost[key] += 1


def connections(switch: Switch) -> list[Connection]:
    return [it for call in switch.calls.values() for it in call.connections]


class CountedDay(Day):
    """A day that is counted from its first minute."""

    def __init__(self, seed: int) -> None:
        self.live = Live(lambda: self.switch)
        super().__init__(seed)
        for agent in [it.work_no for it in self.switch.agents.values() if it.signed_in]:
            self.switch.log_off(agent)
        self.switch.on_subscriber_error = raise_it
        self.switch.subscribe(self.live)
        self.totals = Totals(self.switch, self.live)


def raise_it(_: object, error: Exception) -> None:
    raise error


@pytest.mark.parametrize("seed", SEEDS)
def test_the_counts_are_those_that_looking_at_everything_finds(seed: int) -> None:
    day = CountedDay(seed)
    for _ in range(COMMANDS):
        given = day.step()
        for tenant in day.switch.tenants.values():
            try:
                check_agents(day.live, tenant)
                check_calls(day.live, tenant)
            except AssertionError as error:
                raise AssertionError(f"after {given}") from error
        day.totals.check()
    assert not day.live._state.calls.keys() - day.switch.calls.keys()


def test_counts_of_a_tenant_that_begins_anew_are_none() -> None:
    day = CountedDay(1)
    day.go_on(COMMANDS)
    first, second = day.switch.tenants
    others = day.live.tenant(second)
    day.live.forget(first)
    assert day.live.tenant(first) == TenantCounts()
    assert day.live.tenant(second) is others
    assert all(it.tenant == second for it in day.live._state.calls.values())
    day.live.forget()
    assert day.live.tenant(second) == TenantCounts()
