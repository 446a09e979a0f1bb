"""Agents: shifts, breaks, how they handle calls, their habits and their mistakes."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.switch.events import (
    AgentLoggedOff,
    AgentLoggedOn,
    AgentNotReady,
    AgentReady,
    AgentResting,
    AgentWorkingAfterCall,
    CallCleared,
    Conferenced,
    ConnectionCleared,
    Delivered,
    Established,
    Held,
    NotAnswered,
    Retrieved,
    Transferred,
)
from emulator.switch.terms import AgentState
from tests.scenario.support import Played, callers, play, team

MINUTE = 60


def minutes(played: Played, kind: type[Any], **fields: Any) -> list[float]:
    """When it happened, in minutes after the begin."""
    return [at / MINUTE for at in played.times(kind, **fields)]


# Coming and going


def test_without_shifts_agents_stay_until_the_last_call_is_over() -> None:
    played = play(streams=[callers("59min 50s")], agents=[team()])
    assert played.times(AgentLoggedOn) == [0]
    assert played.times(CallCleared) == [59 * 60 + 50 + 60]
    assert played.times(AgentLoggedOff) == played.times(CallCleared)


def test_agents_come_and_go_by_their_shifts() -> None:
    shift = {"from": "08:15", "to": "08:45"}
    played = play(agents=[team(shifts=[shift])])
    assert minutes(played, AgentLoggedOn) == [15]
    assert minutes(played, AgentLoggedOff) == [45]


def test_a_shift_that_has_begun_before_counts_from_the_begin() -> None:
    played = play(agents=[team(shifts=[{"from": "06:00", "to": "08:30"}])])
    assert (minutes(played, AgentLoggedOn), minutes(played, AgentLoggedOff)) == ([0], [30])


def test_a_night_shift_goes_beyond_midnight() -> None:
    night = {"from": "22:00", "to": "06:00", "days": ["mon"]}
    played = play(agents=[team(shifts=[night])], duration="30h")
    assert minutes(played, AgentLoggedOn) == [14 * 60]
    assert minutes(played, AgentLoggedOff) == [22 * 60]


def test_shifts_are_on_their_days() -> None:
    shift = {"from": "09:00", "to": "10:00", "days": ["tue", "thu"]}
    played = play(agents=[team(shifts=[shift])], duration="96h")
    assert minutes(played, AgentLoggedOn) == [25 * 60, 73 * 60]


def test_agents_come_late_and_leave_early() -> None:
    shift = {"from": "08:10", "to": "08:50"}
    played = play(agents=[team(shifts=[shift], late="5min", leaves_early="3min")])
    assert (minutes(played, AgentLoggedOn), minutes(played, AgentLoggedOff)) == ([15], [47])


def test_nobody_goes_home_in_the_middle_of_a_call() -> None:
    shift = {"from": "08:00", "to": "08:30"}
    played = play(streams=[callers("29min 30s")], agents=[team(shifts=[shift], wrap_up="20s")])
    assert played.times(AgentLoggedOff) == [29 * 60 + 30 + 60 + 20]
    assert played.result.value("answered") == 1


def test_nobody_goes_home_in_the_middle_of_the_wrap_up() -> None:
    shift = {"from": "08:00", "to": "08:30"}
    played = play(streams=[callers("28min 50s")], agents=[team(shifts=[shift], wrap_up="20s")])
    assert played.times(AgentLoggedOff) == [28 * 60 + 50 + 60 + 20]


# Handling calls


def test_agents_take_their_time_to_answer_to_talk_and_afterwards() -> None:
    played = play(streams=[callers("0s")], agents=[team(answer="4s", wrap_up="30s")])
    assert played.times(Established) == [4]
    assert played.times(AgentWorkingAfterCall) == [64]
    assert played.times(AgentReady, previous=AgentState.WRAP_UP) == [94]


@pytest.mark.parametrize(("share", "cause"), [(0, 531), (1, 518)])
def test_either_side_ends_the_conversation(share: float, cause: int) -> None:
    played = play(streams=[callers("0s")], agents=[team(ends_call=share)])
    assert played.of(CallCleared)[0].cause == cause


def test_calls_of_a_stream_are_handled_as_the_team_says() -> None:
    slow = callers("0s", name="slow")
    quick = callers("10min", name="quick")
    handling = [{"stream": "quick", "talk": "5s"}, {"queue": 1, "talk": "90s"}]
    played = play(streams=[slow, quick], agents=[team(handling=handling)])
    assert played.times(CallCleared) == [90, 605]


def test_agents_serve_the_queues_of_their_team() -> None:
    played = play(streams=[callers("0s")], agents=[team(queues=[])])
    assert played.result.value("answered") == 0


def test_an_agent_who_answers_by_itself_needs_no_time() -> None:
    played = play(streams=[callers("0s")], agents=[team(auto_answer=True, answer="9s")])
    assert played.times(Established) == [0]


# Breaks


def test_a_break_at_a_time_of_day_is_a_rest() -> None:
    lunch = {"at": "08:20", "for": "10min", "reason": 1}
    played = play(agents=[team(breaks=[lunch])])
    assert minutes(played, AgentResting, reason=1, duration=600) == [20]
    assert minutes(played, AgentReady, previous=AgentState.REST) == [30]


def test_a_break_waits_for_the_end_of_the_call() -> None:
    lunch = {"after": "10min", "for": "5min"}
    played = play(streams=[callers("9min 30s")], agents=[team(breaks=[lunch])])
    assert played.times(AgentResting) == [9 * 60 + 30 + 60]


def test_breaks_are_spread() -> None:
    lunch = {"after": "10min", "for": "5min", "spread": "20min"}
    played = play(agents=[team("101-110", breaks=[lunch])])
    begins = minutes(played, AgentResting)
    assert all(10 <= begin <= 30 for begin in begins)
    assert len(set(begins)) == 10


# Habits


def test_a_hold_makes_the_conversation_longer() -> None:
    hold = {"hold": {"probability": 1, "after": "10s", "for": "25s"}}
    played = play(streams=[callers("0s")], agents=[team(habits=hold)])
    assert (played.times(Held), played.times(Retrieved)) == ([10], [35])
    assert played.times(CallCleared) == [85]


def test_a_customer_who_is_handed_on_is_served_by_the_next() -> None:
    transfer = {"transfer": {"probability": 1, "after": "10s", "to": {"queue": 2}}}
    played = play(
        streams=[callers("0s")],
        agents=[team(habits=transfer), team("111", talk="30s", answer="5s")],
    )
    assert played.times(Transferred, agent=101) == [10]
    assert played.times(Established, agent=111) == [15]
    assert played.times(CallCleared) == [45]


def test_a_customer_can_be_handed_on_to_a_number_outside() -> None:
    transfer = {"transfer": {"probability": 1, "after": "10s", "to": {"number": "13811111111"}}}
    played = play(streams=[callers("0s")], agents=[team(habits=transfer)], run_out="1min")
    assert played.times(Transferred, agent=101) == [10]


def consulting(then: str) -> Played:
    """Agent 101 asks the expert 111 after ten seconds, for twenty."""
    consult = {"probability": 1, "after": "10s", "to": {"queue": 2}, "for": "20s", "then": then}
    return play(
        streams=[callers("0s")],
        agents=[team(habits={"consult": consult}), team("111", talk="40s", answer="5s")],
    )


def test_an_agent_asks_and_returns_to_the_customer() -> None:
    played = consulting("return")
    assert (played.times(Held), played.times(Retrieved)) == ([10], [35])
    assert max(played.times(CallCleared)) == 85
    assert played.result.refused == {}


def test_an_agent_asks_and_leaves_the_customer_to_whom_it_asked() -> None:
    played = consulting("transfer")
    assert played.times(Transferred, agent=101) == [35]
    assert max(played.times(CallCleared)) == 75
    assert played.result.unfinished == 0


def test_an_agent_asks_and_all_three_talk() -> None:
    played = consulting("conference")
    assert played.times(Conferenced, agent=101) == [35]
    assert max(played.times(CallCleared)) == 85
    assert played.result.refused == {}


def test_an_agent_who_is_not_helped_goes_back_to_the_customer() -> None:
    consult = {"probability": 1, "after": "10s", "to": {"queue": 2}}
    played = play(
        streams=[callers("0s")],
        agents=[team(habits={"consult": consult}), team("111", answer="20min")],
    )
    assert played.times(Retrieved) == [70]
    assert max(played.times(CallCleared)) == 120


def test_an_agent_who_asks_somebody_busy_goes_back_to_the_customer() -> None:
    consult = {"probability": 1, "after": "10s", "to": {"agent": 111}}
    played = play(
        streams=[callers("5s"), callers("0s", name="long", dials="95001")],
        agents=[team(habits={"consult": consult}, answer="1s"), team("111", queues=[])],
        incidents=[{"at": "1s", "phones_offline": {"agents": "111", "for": "30min"}}],
    )
    assert len(played.times(Held)) == len(played.times(Retrieved)) > 0
    assert played.result.refused == {}


def test_a_customer_who_hangs_up_meanwhile_ends_the_question() -> None:
    consult = {"probability": 1, "after": "10s", "to": {"queue": 2}, "for": "10min"}
    played = play(
        streams=[callers("0s")],
        agents=[team(habits={"consult": consult}), team("111")],
        incidents=[{"at": "30s", "calls_cut": {}}],
    )
    assert played.times(CallCleared) == [30, 30]
    assert played.result.unfinished == 0


# Mistakes


def test_a_call_that_is_not_answered_goes_to_another_and_the_agent_comes_back() -> None:
    played = play(
        streams=[callers("0s")],
        agents=[
            team("101", mistakes={"no_answer": 1, "forgotten_for": "4min"}),
            team("102", shifts=[{"from": "08:00", "to": "10:00"}], late="10s"),
        ],
    )
    assert played.times(NotAnswered, agent=101, rejected=False) == [30]
    assert played.times(Established, agent=102) == [30]
    assert played.times(AgentNotReady, agent=101) == [30]
    assert played.times(AgentReady, agent=101, previous=AgentState.BUSY) == [270]


def test_an_agent_refuses_a_call() -> None:
    played = play(
        streams=[callers("0s")],
        agents=[team(answer="3s", mistakes={"rejects": 1, "forgotten_for": "1h"})],
    )
    assert played.times(NotAnswered, rejected=True) == [3]


def test_an_agent_forgets_itself_in_wrap_up() -> None:
    mistakes = {"stays_in_wrap_up": 1, "forgotten_for": "5min"}
    played = play(streams=[callers("0s")], agents=[team(wrap_up="10s", mistakes=mistakes)])
    assert played.times(AgentReady, previous=AgentState.WRAP_UP) == [370]


# Chats


def test_an_agent_has_several_chats_at_once_and_ends_each() -> None:
    chats = callers("0s", "10s", "20s", dials="95005")
    played = play(streams=[chats], agents=[team("116", talk="1min")])
    assert played.times(CallCleared) == [60, 70, 80]
    assert played.result.refused == {}
    assert played.times(AgentLoggedOff) == [3600]


def test_nobody_goes_home_in_the_middle_of_a_chat() -> None:
    shift = {"from": "08:00", "to": "08:30"}
    chats = callers("29min 30s", "29min 40s", dials="95005")
    played = play(streams=[chats], agents=[team("116", shifts=[shift])])
    assert played.times(AgentLoggedOff) == [29 * 60 + 40 + 60]


# Left to others


def test_agents_who_are_left_to_the_application_do_nothing() -> None:
    played = play(streams=[callers("0s")], agents=[team(played_by="none")])
    assert played.of(AgentLoggedOn) == []
    assert played.of(Delivered) == []


def test_everybody_on_a_call_hears_who_leaves_it() -> None:
    played = play(streams=[callers("0s")], agents=[team()])
    assert [event.device for event in played.of(ConnectionCleared)][-1] == "agent:101"
