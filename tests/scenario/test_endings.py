"""What people do when something is over: shifts, outages, days, and the run itself."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.scenario.checking import check
from emulator.scenario.file.arrivals import Period, Profile
from emulator.scenario.file.errors import ScenarioError
from emulator.streams import Streams
from emulator.switch.events import (
    AgentLoggedOff,
    AgentLoggedOn,
    AgentNotReady,
    AgentResting,
    CallCleared,
    CallIntercepted,
    Established,
    Offered,
    PhoneConditionChanged,
    ServiceInitiated,
    Transferred,
)
from tests.scenario.support import TENANT, Played, callers, play, scenario, team

HOUR = 3600


def test_nobody_calls_again_when_it_is_over() -> None:
    again = {"patience": "10s", "redial": {"after": "5min"}}
    played = play(streams=[callers("0s", "58min", customers=again)], agents=[team(answer="1min")])
    assert all(at < HOUR for at in played.times(Offered))
    assert played.result.redialled == 3


def test_nobody_comes_to_work_when_it_is_over() -> None:
    played = play(agents=[team(late="90min")])
    assert played.of(AgentLoggedOn) == []
    assert played.result.simulated == HOUR


def test_intervals_tell_of_customers_who_are_served_after_the_end() -> None:
    played = play(streams=[callers("0s", "1s", "50min")], agents=[team(talk="50min")], run_out="3h")
    (queue,) = played.result.queues
    assert sum(queue.answered) == 3
    assert sum(queue.mean_queue) > 0
    assert len(queue.answered) == len(played.result.arrivals) == 10


def test_an_agent_that_let_a_call_ring_at_the_end_of_its_shift_goes_home() -> None:
    played = play(
        agents=[team(shifts=[{"from": "08:00", "to": "08:30"}], mistakes={"no_answer": 1})],
        streams=[callers("29min 55s")],
    )
    (at,) = played.times(AgentLoggedOff)
    assert at == played.times(AgentNotReady)[-1]


def test_an_inspector_with_a_customer_at_the_end_of_its_shift_goes_home_after_it() -> None:
    shift = {"from": "08:00", "to": "08:10"}
    played = play(
        streams=[callers("9min")],
        agents=[team(talk="20min")],
        supervisors=[
            {
                "inspector": 191,
                "every": "9min 20s",
                "for": "30s",
                "intercepts": 1,
                "shifts": [shift],
            }
        ],
    )
    assert played.times(CallIntercepted) == [590]
    assert played.times(AgentLoggedOff, agent=191) == [620]


def test_time_passes_for_whoever_is_too_quick() -> None:
    numbers = {"name": "sale", "agents": "102", "mode": "manual", "pause": 0, "to": "1min"}
    played = play(
        duration="15min",
        agents=[
            team(habits={"transfer": {"probability": 1, "after": 0, "to": {"queue": 1}}}),
            team(
                "102-103", habits={"transfer": {"probability": 1, "after": 0, "to": {"queue": 1}}}
            ),
        ],
        streams=[callers("0s", customers={"patience": "1s"})],
        campaigns=[{**numbers, "outcome": {"answers": 0, "busy": 1, "rings": 0}}],
        supervisors=[{"inspector": 191, "every": 0, "for": 0}],
        incidents=[{"at": "5min", "calls_cut": {}}],
    )
    assert played.result.complete
    assert 0 < len(played.of(ServiceInitiated, agent=102)) <= 60
    assert 0 < len(played.of(Transferred)) <= 300


@pytest.mark.parametrize(
    "habits",
    [
        {"transfer": {"probability": 1, "to": {"number": "13900001111"}}},
        {"consult": {"probability": 1, "to": {"number": "13900001111"}, "then": "transfer"}},
    ],
)
def test_a_customer_who_was_handed_on_outside_hangs_up_there(habits: dict[str, Any]) -> None:
    played = play(streams=[callers("0s")], agents=[team(habits=habits)])
    assert len(played.of(Transferred)) == 1
    assert played.times(CallCleared)[-1] == played.times(Transferred)[0] + 180
    assert {it.agent for it in played.result.agents} == {101}
    assert played.result.unfinished == 0


def test_an_agent_who_hangs_up_while_a_number_outside_rings_has_handed_on_to_it() -> None:
    hand_on = {"to": {"number": "13900001111"}, "mode": "release-after-transfer"}
    habits = {"transfer": {"probability": 1, "after": 8, **hand_on}}
    played = play(streams=[callers("0s")], agents=[team(talk=9, ends_call=1, habits=habits)])
    assert played.times(Transferred) == []
    assert played.times(Established)[-1] == 10
    assert played.times(CallCleared) == [190]


def test_who_was_called_and_handed_on_to_another_number_hangs_up_there_too() -> None:
    hand_on = {"to": {"number": "13900001111"}, "mode": "release-after-transfer"}
    played = play(
        agents=[team(habits={"transfer": {"probability": 1, "after": 0, **hand_on}})],
        campaigns=[
            {
                "name": "sale",
                "agents": "101",
                "mode": "manual",
                "at_most": 1,
                "outcome": {"answers": 1},
            }
        ],
    )
    assert len(played.of(Transferred)) == 1
    assert played.times(CallCleared)[-1] == played.times(Transferred)[0] + 180
    assert played.result.unfinished == 0


# Breaks


def test_a_break_is_taken_once_also_by_whoever_was_signed_out_meanwhile() -> None:
    forced = {"agents": "101", "inspector": 191, "back_after": "1min"}
    played = play(
        agents=[team(breaks=[{"after": "30min", "for": "5min"}]), team("191", name="inspectors")],
        incidents=[{"at": "10min", "forced_sign_out": forced}],
    )
    assert played.times(AgentResting) == [1800]


def test_a_break_is_taken_every_day() -> None:
    played = play(duration="75h", agents=[team(breaks=[{"at": "12:00", "for": "30min"}])])
    assert played.times(AgentResting) == [4 * HOUR, 28 * HOUR, 52 * HOUR]


def test_the_longest_rest_that_there_is_may_be_asked_for() -> None:
    played = play(agents=[team(breaks=[{"after": "5min", "for": "never"}])])
    assert played.times(AgentResting) == [300]
    assert played.result.refused == {}


# Phones without a network


def cut_off(at: str, **fields: Any) -> Played:
    """Agent 101 has no phone for five minutes; a customer calls each minute."""
    return play(
        streams=[callers(*(f"{it}min" for it in range(1, 20)), customers={"patience": "50s"})],
        agents=[team(answer="10s", talk="20s")],
        incidents=[{"at": at, "phones_offline": {"agents": "101", "for": "5min"}}],
        **fields,
    )


@pytest.mark.parametrize("at", ["61s", "90s", "2min"])
def test_an_agent_answers_again_as_soon_as_its_phone_is_back(at: str) -> None:
    played = cut_off(at)
    (_, back) = played.times(PhoneConditionChanged)
    assert back == played.times(PhoneConditionChanged)[0] + 300
    assert min(it for it in played.times(Established) if it > back) < back + 70
    assert played.result.refused == {}


def test_a_phone_is_back_when_the_longer_of_two_outages_is_over() -> None:
    outages = [
        {"at": "5min", "phones_offline": {"agents": "101", "for": "10min"}},
        {"at": "6min", "phones_offline": {"agents": "101", "for": "2min"}},
    ]
    played = play(agents=[team()], incidents=outages)
    assert played.times(PhoneConditionChanged) == [300, 900]
    assert played.result.refused == {}


def test_the_phone_of_an_agent_that_went_home_is_back_too() -> None:
    shifts = [{"from": "08:00", "to": "08:06"}, {"from": "08:30", "to": "09:00"}]
    played = play(
        streams=[callers("31min")],
        agents=[team(shifts=shifts)],
        incidents=[{"at": "5min", "phones_offline": {"agents": "101", "for": "10min"}}],
    )
    assert played.times(Established) == [1860]


def test_an_agent_calls_out_again_when_its_phone_is_back() -> None:
    played = play(
        agents=[team(wrap_up="10s")],
        campaigns=[{"name": "sale", "agents": "101", "mode": "manual", "to": "30min"}],
        incidents=[{"at": "61s", "phones_offline": {"agents": "101", "for": "5min"}}],
    )
    assert len([at for at in played.times(ServiceInitiated) if at > 361]) > 10


# Clocks that are changed

SPRING, AUTUMN = "2026-03-28T08:00", "2026-10-24T08:00"
"""The days before; clocks are changed at three in the morning."""


@pytest.mark.parametrize(("begin", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_shifts_and_breaks_follow_the_clock_of_the_call_center(begin: str, hours: int) -> None:
    played = play(
        tenants=[{**TENANT, "timezone": "Europe/Berlin"}],
        begin=begin,
        duration="40h",
        agents=[
            team(
                shifts=[{"from": "09:00", "to": "17:00"}],
                breaks=[{"at": "12:00", "for": "30min"}],
            )
        ],
    )
    assert played.times(AgentLoggedOn) == [HOUR, (1 + hours) * HOUR]
    assert played.times(AgentLoggedOff) == [9 * HOUR, (9 + hours) * HOUR]
    assert played.times(AgentResting) == [4 * HOUR, (4 + hours) * HOUR]


@pytest.mark.parametrize(("begin", "hours"), [(SPRING, 23), (AUTUMN, 25)])
def test_customers_follow_it_too(begin: str, hours: int) -> None:
    profile = {"from": "10:00", "step": "1h", "calls": [1], "spread": "even"}
    played = play(
        tenants=[{**TENANT, "timezone": "Europe/Berlin"}],
        begin=begin,
        duration="40h",
        streams=[callers(arrivals={"profile": profile})],
    )
    assert played.times(Offered) == [2 * HOUR, (2 + hours) * HOUR]


@pytest.mark.parametrize("begin", [SPRING, AUTUMN])
def test_arrivals_are_in_order_in_the_night_of_the_change(begin: str) -> None:
    profile = {"step": "15min", "calls": [5.0] * 96}
    run = play(tenants=[{**TENANT, "timezone": "Europe/Berlin"}], begin=begin, duration="15min").run
    period = Period(run.period.offset, 40 * HOUR * 1_000_000, 5, run.period.begin, "Europe/Berlin")
    made = Profile.model_validate({"profile": profile})
    ats = [it.at for it in made.arrivals(period, Streams(1).get("arrivals"))]
    assert ats == sorted(ats)
    assert 650 < len(ats) < 950


# What cannot be


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        (
            {"agents": [team(habits={"transfer": {"probability": 1, "to": {"ivr": "95001"}}})]},
            "no flow",
        ),
        (
            {
                "agents": [team()],
                "incidents": [{"at": 0, "forced_sign_out": {"agents": "101", "inspector": 191}}],
            },
            "never there",
        ),
        (
            {"expect": [{"figure": "service_level", "within": "20.5s", "at_least": 1}]},
            "whole seconds",
        ),
        (
            {
                "agents": [
                    team(
                        habits={
                            "transfer": {
                                "probability": 1,
                                "to": {"ivr": "1"},
                                "mode": "release-after-transfer",
                            }
                        }
                    )
                ]
            },
            "must be blind",
        ),
    ],
)
def test_what_can_never_be_is_told_beforehand(fields: dict[str, Any], reason: str) -> None:
    with pytest.raises(ScenarioError, match=reason):
        check(scenario(**fields))
