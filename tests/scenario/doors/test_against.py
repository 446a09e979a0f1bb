"""A scenario against a running emulator: customers at its control API, agents at its gateway."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.clients.control import ControlClient
from emulator.scenario.doors.against import Performance, play_against
from emulator.scenario.doors.errors import CannotPlay
from emulator.scenario.file.scenario import Scenario
from emulator.scenario.result import Result
from emulator.testing.servers import ChildProcess
from tests.scenario.doors.conftest import HOUSE
from tests.scenario.support import callers, scenario, team


def house(**fields: Any) -> Scenario:
    """A scenario of a minute in the small call center."""
    return scenario(**{"duration": "1min", "run_out": "5min", "tenants": [HOUSE], **fields})


def seen(result: Result, expected: str) -> bool:
    """Whether the verdict of that name was met."""
    return next(it.met for it in result.verdicts if it.expected == expected)


@pytest.fixture
def against(emulator: ChildProcess, control: ControlClient) -> Any:
    """Play at forty times the speed."""

    def play(made: Scenario, **how: Any) -> Result:
        return play_against(made, emulator.url, **{"scale": 40.0, **how})

    return play


def test_customers_are_answered_by_agents_who_know_only_what_their_clients_are_told(
    against: Any,
) -> None:
    result = against(
        house(
            streams=[callers("1s", "2s", "3s", "50s")],
            agents=[team("101-102", talk="5s", wrap_up="2s")],
            expect=[{"figure": "abandonment", "at_most": 0}],
        )
    )
    assert result.met, result.verdicts
    assert result.complete
    assert (result.dialled, result.records, result.unfinished) == (4, 8, 0)
    assert result.value("answered") == 4
    assert result.value("answered", "1") == 4
    assert result.value("talk_time") == pytest.approx(5, abs=2)
    assert result.events["AgentLoggedOff"] == 2
    assert result.refused == {}
    assert sum(result.queues[0].offered) == 4


def test_customers_hear_where_their_calls_are(against: Any) -> None:
    """They press keys at a menu, lose patience in the queue, and call again."""
    stream = callers(
        "4s",
        name="menu",
        dials="95003",
        customers={
            "keys": {"menu": {"1": 1}},
            "thinking": "1s",
            "patience": "10s",
            "redial": {"after": "5s", "times": 1},
        },
    )
    result = against(house(streams=[callers("1s"), stream], agents=[team(talk="50s")]))
    assert (result.dialled, result.redialled, result.given_up) == (3, 1, 2)
    assert result.events["DigitsGenerated"] == 2
    assert result.value("abandoned", "1") == 2


def test_agents_hold_and_ask_experts_and_all_talk(against: Any) -> None:
    consult = {"probability": 1, "after": "2s", "to": {"queue": 2}, "for": "4s"}
    result = against(
        house(
            streams=[callers("1s", "2s")],
            agents=[
                team("101", talk="20s", habits={"consult": {**consult, "then": "conference"}}),
                team("102", talk="20s", habits={"consult": {**consult, "then": "transfer"}}),
                team("111-112", talk="10s", name="experts"),
            ],
        )
    )
    assert result.met, result.verdicts
    assert result.events["Held"] == 2
    assert result.events["Conferenced"] == 2
    assert result.events["Transferred"] == 1
    assert result.unfinished == 0


def test_agents_take_breaks_hand_calls_on_and_are_looked_in_on(against: Any) -> None:
    habit = {"transfer": {"probability": 1, "after": "1s", "to": {"queue": 2}}}
    lunch = {"after": "20s", "for": "30s", "reason": 1}
    # Three calls come to the three agents who are there for them, in whatever order they came.
    result = against(
        house(
            duration="2min",
            streams=[callers("1s", "2s", "3s")],
            agents=[
                team("101-102", talk="40s", habits={"hold": {"probability": 1, "after": "2s"}}),
                team("103", name="resting", queues=[], breaks=[lunch]),
                team("104", name="handing on", talk="5s", habits=habit),
                team("111", name="experts"),
            ],
            supervisors=[{"inspector": 191, "every": "5s", "for": "4s", "modes": {"whisper": 1}}],
        )
    )
    assert result.met, result.verdicts
    assert result.events["AgentResting"] == 1
    assert result.events["Retrieved"] == 2
    assert result.events["Transferred"] == 1
    assert result.events["SupervisionStarted"] >= 1


def test_a_campaign_says_what_becomes_of_the_numbers_that_are_called(against: Any) -> None:
    result = against(
        house(
            duration="2min",
            agents=[team("101", talk="5s", wrap_up="1s")],
            campaigns=[
                {
                    "name": "sale",
                    "agents": "101",
                    "pause": "1s",
                    "looks": "1s",
                    "at_most": 3,
                    "outcome": {"answers": 1, "rings": "5s"},
                }
            ],
        )
    )
    assert result.met, result.verdicts
    assert result.events["PreviewOffered"] == 3
    assert result.value("calls_out_answered") == 3
    assert result.refused == {}


def test_chats_are_answered_beside_each_other(against: Any) -> None:
    result = against(
        house(
            streams=[callers("1s", "2s", dials="95005")],
            agents=[team("116", answer="1s", talk="10s")],
        )
    )
    assert result.met, result.verdicts
    assert result.value("answered", "3") == 2
    assert result.refused == {}


def test_incidents_befall_the_emulator(against: Any) -> None:
    result = against(
        house(
            streams=[callers("1s")],
            agents=[team("101", talk="30s")],
            supervisors=[{"inspector": 191, "every": "10min"}],
            incidents=[
                {"at": "10s", "calls_cut": {"share": 1}},
                {"at": "20s", "phones_offline": {"agents": "101", "for": "5s"}},
                {"at": "30s", "skills": {"agents": "101", "queues": []}},
                {
                    "at": "40s",
                    "forced_sign_out": {"agents": "101", "inspector": 191, "back_after": "5s"},
                },
            ],
        )
    )
    assert result.met, result.verdicts
    assert result.refused == {}
    assert len(result.incidents) == 4
    assert result.events["PhoneConditionChanged"] == 2
    assert result.events["AgentSkillsChanged"] == 1
    assert result.events["AgentLoggedOn"] == 3


# What must not happen


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What has not come yet will not come."""
    monkeypatch.setattr("emulator.scenario.doors.against.SETTLES_WITHIN_S", 1.0)


@pytest.mark.usefixtures("impatient")
def test_an_event_that_is_lost_on_its_way_fails_the_run(
    against: Any, control: ControlClient
) -> None:
    control.fault_events({"kind": "lose"}, type="AgentEvent_Talking", agent=101)
    result = against(house(streams=[callers("1s")], agents=[team()], run_out="1s"))
    assert not result.met
    assert not seen(result, "agents' clients are told of every call")


@pytest.mark.usefixtures("impatient")
def test_a_client_that_was_not_told_its_state_fails_the_run(
    against: Any, control: ControlClient
) -> None:
    control.fault_events({"kind": "lose"}, type="AgentState_Work", agent=101)
    made = house(streams=[callers("1s")], agents=[team(talk="2s", wrap_up="1s")], duration="10s")
    result = against(made, scale=5.0)
    assert not seen(result, "agents' clients know their states")


def test_what_a_scenario_spoils_itself_is_not_held_against_the_emulator(against: Any) -> None:
    fault = {
        "events": {"type": "AgentEvent_Incoming_CallInfo"},
        "effect": {"kind": "lose"},
    }
    result = against(
        house(
            streams=[callers("10s")],
            agents=[team(talk="2s")],
            incidents=[{"at": "1s", "fault": fault}],
        )
    )
    assert result.met
    assert len(result.verdicts) == 0
    assert result.value("answered") == 1


def test_requests_of_a_client_under_test_are_held_against_the_contract(
    against: Any, emulator: ChildProcess
) -> None:
    asked = False

    def ask_for_nonsense(run: Performance) -> bool:
        nonlocal asked
        if not asked:
            asked = True
            answer = run_httpx(f"{emulator.url}/agentgateway/resource/agentevent/102")
            assert answer["retcode"] != "0"
        return True

    made = house(
        duration="5s",
        agents=[team("101"), team("102", played_by="none")],
        expect=[{"violations": 0}],
    )
    result = against(made, goes_on=ask_for_nonsense)
    assert not seen(result, "at most 0 contract violations by the client")
    clean = against(made)
    assert seen(clean, "at most 0 contract violations by the client")
    assert clean.verdicts[0].seen == "0"


def run_httpx(url: str) -> Any:
    """What a client without a session is answered."""
    import httpx

    return httpx.get(url).json()


# Ways to play


def test_agents_can_be_left_to_the_application_under_test(against: Any) -> None:
    stream = callers("1s", customers={"patience": "5s"})
    result = against(house(streams=[stream], agents=[team()]), agents="none")
    assert result.value("answered") == 0
    assert "AgentLoggedOn" not in result.events


def test_a_team_says_itself_who_plays_it(against: Any) -> None:
    made = house(streams=[callers("1s")], agents=[team(played_by="rest", talk="2s")])
    assert against(made, agents="none").value("answered") == 1


@pytest.mark.parametrize("by", ["sip", "engine"])
def test_agents_whom_nobody_can_play_are_refused(by: str) -> None:
    with pytest.raises(CannotPlay, match=f"team 101: .*{'SIP' if by == 'sip' else 'switch'}"):
        play_against(house(agents=[team(played_by=by)]), "http://127.0.0.1:1")


def test_where_no_emulator_is_nothing_can_be_played() -> None:
    with pytest.raises(CannotPlay, match=r"http://127\.0\.0\.1:1: "):
        play_against(house(), "http://127.0.0.1:1")


def test_a_call_center_can_be_left_as_it_is(against: Any, control: ControlClient) -> None:
    against(house(duration="1s"))
    control.dial_in("13900000000", "95001")
    made = house(streams=[callers("1s")], agents=[team(talk="2s")])
    result = against(made, keep=True)
    assert result.value("answered") >= 1


def test_a_call_center_without_those_who_are_needed_is_refused(against: Any) -> None:
    against(house(duration="1s"))
    tenant = {**HOUSE, "queues": [*HOUSE["queues"], {"id": 9, "name": "more"}]}
    with pytest.raises(CannotPlay, match="has no queue 9"):
        against(house(tenants=[tenant]), keep=True)


def test_time_that_stands_still_is_refused_unless_it_is_told_to_run(
    against: Any, control: ControlClient
) -> None:
    control.freeze()
    with pytest.raises(CannotPlay, match="stands still"):
        against(house(), scale=None)


def test_a_run_that_is_not_to_go_on_gives_what_was_seen_and_leaves_nobody_behind(
    against: Any, control: ControlClient
) -> None:
    def until_somebody_talks(run: Performance) -> bool:
        return not any(it["state"] == "talking" for it in control.state()["tenants"][0]["agents"])

    made = house(duration="10min", streams=[callers("1s")], agents=[team()])
    result = against(made, goes_on=until_somebody_talks)
    assert not result.complete
    assert result.dialled == 1
    assert {it["state"] for it in control.state()["tenants"][0]["agents"]} == {"signed_out"}


def test_a_world_beside_the_first_can_be_played_in(
    emulator: ChildProcess, control: ControlClient
) -> None:
    world = control.make_world("beside")
    made = house(streams=[callers("1s")], agents=[team(talk="2s")])
    result = play_against(made, emulator.url + world["path"], scale=40)
    control.drop_world("beside")
    assert result.met
    assert result.value("answered") == 1


def test_the_same_seed_draws_the_same_customers(against: Any) -> None:
    stream = {"name": "c", "dials": "95001", "arrivals": {"poisson": "10/min"}}
    made = house(streams=[stream], agents=[team("101-105", talk="1s")], duration="30s")
    assert against(made, seed=7).dialled == against(made, seed=7).dialled
