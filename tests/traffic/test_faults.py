"""Faults strike whom they are meant for, as often as ordered, the same way in every run."""

from __future__ import annotations

from random import Random

from emulator.traffic.faults import (
    Delay,
    Double,
    Drop,
    ErrorCode,
    EventPattern,
    Fault,
    Faults,
    Lose,
    RequestFacts,
    RequestPattern,
)

ADDRESS = "/agentgateway/resource/onlineagent/101"
SIGN_IN = RequestFacts("gateway", "6.1.1.1", "PUT", ADDRESS, 101, 1)
EVERYTHING = RequestPattern()


class Time:
    now = 0


def faults(*ordered: Fault, time: type[Time] = Time) -> Faults:
    made = Faults(Random(1), lambda: time.now)
    for fault in ordered:
        made.order(fault)
    return made


def test_without_a_fault_a_request_is_left_alone() -> None:
    assert faults().meet(SIGN_IN) is None
    assert faults(Fault(RequestPattern(agent=102), Drop())).meet(SIGN_IN) is None


def test_a_pattern_fits_in_every_trait_it_names() -> None:
    fitting = RequestPattern("gateway", "6.1.1.1", "PUT", "*/onlineagent/1??", 101, 1)
    assert fitting.fits(SIGN_IN)
    for trait, other in (("method", "GET"), ("path", "/elsewhere/*"), ("tenant", 2)):
        assert not RequestPattern(**{trait: other}).fits(SIGN_IN)


def test_delays_add_up_and_the_first_other_effect_counts() -> None:
    ordered = faults(
        Fault(EVERYTHING, Delay(1)),
        Fault(EVERYTHING, ErrorCode("100-007")),
        Fault(EVERYTHING, Delay(2)),
        Fault(EVERYTHING, Delay(4, served=False)),
        Fault(EVERYTHING, Drop()),
    )
    mishap = ordered.meet(SIGN_IN)
    assert mishap is not None
    assert (mishap.before, mishap.after) == (4, 3)
    assert mishap.ending == ErrorCode("100-007")
    assert not mishap.served
    assert mishap.faults == [1, 2, 3, 4]


def test_a_fault_ends_when_it_has_struck_often_enough() -> None:
    ordered = faults(Fault(EVERYTHING, Drop(), count=2))
    assert [ordered.meet(SIGN_IN) is not None for _ in range(3)] == [True, True, False]
    assert [it.hits for it in ordered] == [2]


def test_a_fault_is_in_force_between_its_times() -> None:
    class Later(Time):
        now = 0

    ordered = faults(Fault(EVERYTHING, Drop(), since=10, until=20), time=Later)
    struck = []
    for Later.now in (9, 10, 19, 20):
        struck.append(ordered.meet(SIGN_IN) is not None)
    assert struck == [False, True, True, False]


def test_chance_strikes_about_as_often_as_ordered_and_the_same_way_again() -> None:
    runs = []
    for _ in range(2):
        ordered = faults(Fault(EVERYTHING, Drop(), probability=0.2))
        runs.append([ordered.meet(SIGN_IN) is not None for _ in range(1000)])
    assert runs[0] == runs[1]
    assert 150 < sum(runs[0]) < 250


def test_an_event_meets_the_first_fault_that_is_for_it() -> None:
    ordered = faults(
        Fault(EventPattern("AgentState_*", agent=102), Lose()),
        Fault(EventPattern("AgentState_*"), Double(), count=1),
    )
    assert ordered.befall("AgentState_Busy", 102, 1) == Lose()
    assert ordered.befall("AgentState_Busy", 101, 1) == Double()
    assert ordered.befall("AgentState_Busy", 101, 1) is None
    assert ordered.befall("AgentEvent_Talking", 102, 1) is None


def test_a_fault_can_be_taken_back() -> None:
    ordered = faults(Fault(EVERYTHING, Drop()), Fault(EventPattern(), Lose()))
    assert ordered.withdraw(2)
    assert not ordered.withdraw(2)
    assert [it.number for it in ordered] == [1]
    ordered.clear()
    assert list(ordered) == []
