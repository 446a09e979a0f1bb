"""Campaigns, inspectors, and what befalls people."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.switch.events import (
    AgentLoggedOff,
    AgentLoggedOn,
    AgentSkillsChanged,
    CallCleared,
    CallIntercepted,
    Established,
    Failed,
    PhoneConditionChanged,
    PreviewOffered,
    PreviewReleased,
    ServiceInitiated,
    SupervisionStarted,
    SupervisionStopped,
)
from emulator.switch.terms import CallType, SupervisionMode
from tests.scenario.support import Played, callers, play, team

# Campaigns


def campaign(**fields: Any) -> Played:
    """Agent 101 calls out for ten minutes."""
    made = {"name": "sale", "agents": "101", "to": "10min", **fields}
    return play(agents=[team(wrap_up="10s", talk="1min")], campaigns=[made])


def test_a_preview_is_looked_at_and_called() -> None:
    played = campaign(pause="5s", looks="10s", outcome={"rings": "6s"}, at_most=1)
    assert played.times(PreviewOffered) == [5]
    assert played.times(ServiceInitiated) == [15]
    assert played.times(Established) == [21]
    assert played.times(CallCleared) == [81]
    assert played.result.value("calls_out_answered") == 1


def test_the_next_number_comes_when_the_wrap_up_is_over() -> None:
    played = campaign(pause="5s", looks="10s", outcome={"rings": "6s"}, at_most=2)
    assert played.times(PreviewOffered) == [5, 96]


def test_calls_of_a_preview_are_handled_as_such() -> None:
    handling = [{"call_type": "previewed", "talk": "7s"}]
    made = {"name": "sale", "agents": "101", "to": "10min", "at_most": 1}
    played = play(agents=[team(handling=handling)], campaigns=[made])
    (answered,), (over,) = played.times(Established), played.times(CallCleared)
    assert over - answered == 7


def test_an_agent_may_let_a_preview_go() -> None:
    played = campaign(skips=1, at_most=1)
    assert played.of(ServiceInitiated) == []
    assert played.times(PreviewReleased) == [65]


def test_agents_call_by_hand() -> None:
    played = campaign(mode="manual", pause="5s", outcome={"rings": "6s"}, at_most=1)
    assert played.of(PreviewOffered) == []
    assert played.of(ServiceInitiated)[0].call_type is CallType.OUTBOUND
    assert played.times(Established) == [11]


@pytest.mark.parametrize(
    ("outcome", "cause", "at"), [("busy", 537, 11), ("refuses", 604, 11), ("no_answer", 603, 65)]
)
def test_a_number_that_is_not_reached_fails_with_its_cause(
    outcome: str, cause: int, at: float
) -> None:
    chances = {"answers": 0, outcome: 1, "rings": "6s"}
    played = campaign(mode="manual", pause="5s", outcome=chances, at_most=1)
    assert played.times(Failed) == [at]
    assert played.of(Failed)[0].cause == cause


def test_a_campaign_begins_and_ends() -> None:
    played = campaign(**{"from": "5min", "mode": "manual", "pause": "1s"})
    begins = played.times(ServiceInitiated)
    assert begins[0] == 301
    assert begins[-1] < 600


# Inspectors


def watching(**fields: Any) -> Played:
    """Inspector 191 looks in on agents who talk, every minute for twenty seconds."""
    inspector = {"inspector": 191, "every": "1min", "for": "20s", **fields}
    return play(
        streams=[callers(*(f"{place * 10}s" for place in range(5)))],
        agents=[team("101-105", talk="10min")],
        supervisors=[inspector],
        duration="15min",
    )


def test_an_inspector_looks_in_and_leaves_again() -> None:
    played = watching()
    assert played.times(SupervisionStarted)[:3] == [60, 140, 220]
    assert played.times(SupervisionStopped)[:3] == [80, 160, 240]
    assert {event.mode for event in played.of(SupervisionStarted)} == {SupervisionMode.LISTEN}


def test_an_inspector_has_its_modes() -> None:
    played = watching(modes={"whisper": 1, "barge_in": 1})
    modes = {event.mode for event in played.of(SupervisionStarted)}
    assert modes == {SupervisionMode.WHISPER, SupervisionMode.BARGE_IN}


def test_an_inspector_watches_its_own_agents_only() -> None:
    played = watching(watches="103")
    assert {event.target for event in played.of(SupervisionStarted)} == {103}


def test_an_inspector_takes_a_customer_over_and_ends_the_call() -> None:
    played = watching(intercepts=1, watches="103")
    assert played.times(CallIntercepted) == [80]
    (taken,) = played.of(CallIntercepted)
    assert played.times(CallCleared, call=taken.call) == [100]
    assert played.result.unfinished == 0


def test_nobody_is_looked_in_on_who_does_not_talk() -> None:
    played = play(
        agents=[team()], supervisors=[{"inspector": 191, "every": "1min"}], duration="10min"
    )
    assert played.of(SupervisionStarted) == []
    assert played.times(AgentLoggedOff, agent=191) == [600]


# What befalls people


def test_phones_that_are_cut_off_lose_their_calls_and_come_back() -> None:
    played = play(
        streams=[callers("0s")],
        agents=[team()],
        incidents=[{"at": "30s", "phones_offline": {"agents": "101", "for": "5min"}}],
    )
    assert played.times(CallCleared) == [30]
    assert played.times(PhoneConditionChanged) == [30, 330]
    assert played.result.incidents == ["after 30s: 1 phones are cut off for 5min"]


def test_agents_who_were_signed_out_come_back() -> None:
    forced = {"agents": "101-102", "inspector": 191, "back_after": "10min"}
    played = play(
        agents=[team("101-102"), team("191", name="inspectors")],
        incidents=[{"at": "20min", "forced_sign_out": forced}],
    )
    assert played.times(AgentLoggedOff, agent=101, by=191) == [1200]
    assert played.times(AgentLoggedOn, agent=101) == [0, 1800]


def test_agents_serve_other_queues_from_now_on() -> None:
    played = play(
        agents=[team("111")],
        incidents=[{"at": "20min", "skills": {"agents": "111", "queues": []}}],
    )
    assert played.times(AgentSkillsChanged, agent=111) == [1200]


def test_a_share_of_the_calls_is_cut() -> None:
    played = play(
        streams=[callers(*["0s"] * 10)],
        agents=[team("101-110", talk="20min")],
        incidents=[{"at": "5min", "calls_cut": {"share": 0.5}}],
    )
    cut = played.times(CallCleared).count(300)
    assert 1 < cut < 9
    assert played.result.incidents == [f"after 5min: {cut} calls are cut"]


def test_faults_have_no_doors_in_virtual_time_and_that_is_told() -> None:
    fault = {"requests": {}, "effect": {"kind": "drop"}}
    played = play(incidents=[{"at": "5min", "fault": fault}])
    assert played.result.refused == {"fault: no doors": 1}
