"""Recordings that are played to agents, and recordings that agents make."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.switch import errors
from emulator.switch.events import (
    Delivered,
    EndpointRequested,
    Failed,
    PlaybackFailed,
    PlaybackJumped,
    PlaybackStarted,
    PlaybackStopped,
    RecordingFailed,
    RecordingStarted,
    RecordingStopped,
    ScreenRecordingRefused,
    ScreenRecordingStopped,
    StayEnded,
)
from emulator.switch.playback import Playing, position
from emulator.switch.switch import Switch
from emulator.switch.terms import AgentState, LegState, PlaybackEnd, SupervisionMode
from tests.switch.support import CUSTOMER, SECOND, CallCenter, small_call_center

FILE = "Y:/1/0/20231114/101/2213200.V3"
LENGTH = 10 * SECOND


@pytest.fixture
def center() -> CallCenter:
    """101 is idle, and nothing was reported so far."""
    found = small_call_center(record_calls=False)
    found.sign_in(101)
    found.forget()
    return found


def play(center: CallCenter, **how: Any) -> None:
    center.switch.play(101, FILE, LENGTH, Playing(**how))


def stands_at(center: CallCenter) -> float:
    playback = center.agent(101).playback
    assert playback is not None
    return position(playback, center.switch.now) / SECOND


def ends(center: CallCenter) -> list[PlaybackEnd]:
    return [event.cause for event in center.heard(PlaybackStopped)]


def test_a_recording_rings_the_agent_is_heard_and_ends_by_itself(center: CallCenter) -> None:
    play(center)
    assert center.state(101) is AgentState.TALKING
    center.wait(9.9)
    assert center.agent(101).playback is not None
    center.wait(0.1)
    assert center.kinds() == [
        "PlaybackRequested",
        "PhoneAlerting",
        "ServiceInitiated",
        "AllAgentsBusy",
        "PhoneOffHook",
        "AgentBusy",
        "PlaybackStarted",
        "PlaybackStopped",
        "CallCleared",
        "PhoneOnHook",
        "AgentReady",
    ]
    assert ends(center) == [PlaybackEnd.COMPLETE]
    assert center.agent(101).phone.leg is LegState.DOWN  # type: ignore[union-attr]


def test_nobody_was_served_by_a_playback(center: CallCenter) -> None:
    play(center)
    center.wait(60)
    assert center.heard(StayEnded) == []
    assert center.switch.calls == {}


def test_a_file_that_does_not_exist_fails_without_ringing(center: CallCenter) -> None:
    center.switch.play(101, FILE, None)
    assert center.kinds() == ["PlaybackRequested", "PlaybackFailed", "PlaybackStopped"]
    assert ends(center) == [PlaybackEnd.FAILED]
    assert center.state(101) is AgentState.IDLE


def test_nothing_is_heard_from_behind_the_end(center: CallCenter) -> None:
    play(center, position=10)
    assert center.last(PlaybackFailed).file == FILE


@pytest.mark.parametrize(
    ("how", "seconds"),
    [
        ({"position": 4}, 6),
        ({"speed": 100}, 5),
        ({"speed": 20}, 25),
        ({"times": 3}, 30),
        ({"times": 2, "position": 9, "speed": 100}, 5.5),
    ],
)
def test_position_speed_and_times_decide_how_long_it_lasts(
    center: CallCenter, how: dict[str, int], seconds: float
) -> None:
    play(center, **how)
    center.wait(seconds - 0.001)
    assert ends(center) == []
    center.wait(0.001)
    assert ends(center) == [PlaybackEnd.COMPLETE]


def test_a_recording_can_be_played_again_and_again(center: CallCenter) -> None:
    play(center, times=0)
    center.wait(100_004)
    assert stands_at(center) == 4
    center.switch.stop_playback(101)
    assert ends(center) == [PlaybackEnd.STOPPED]


def test_time_does_not_pass_for_a_paused_recording(center: CallCenter) -> None:
    play(center)
    center.wait(3)
    center.switch.pause_playback(101)
    center.wait(1000)
    assert stands_at(center) == 3
    center.switch.resume_playback(101)
    center.wait(6.9)
    assert ends(center) == []
    center.wait(0.1)
    assert ends(center) == [PlaybackEnd.COMPLETE]


@pytest.mark.parametrize(
    ("seconds", "lands_at", "left"), [(4, 7, 3), (-2, 1, 9), (-99, 0, 10), (99, 10, 0)]
)
def test_a_jump_stays_in_the_file(
    center: CallCenter, seconds: int, lands_at: int, left: int
) -> None:
    play(center)
    center.wait(3)
    center.switch.jump_in_playback(101, seconds)
    assert center.last(PlaybackJumped).position == lands_at * SECOND
    center.wait(left)
    assert ends(center) == [PlaybackEnd.COMPLETE]


def test_a_jump_while_paused_is_heard_after_resuming(center: CallCenter) -> None:
    play(center, times=2)
    center.wait(12)
    center.switch.pause_playback(101)
    center.switch.jump_in_playback(101, 99)
    assert stands_at(center) == 10
    center.switch.jump_in_playback(101, -4)
    assert stands_at(center) == 6
    center.switch.resume_playback(101)
    center.wait(4)
    assert ends(center) == [PlaybackEnd.COMPLETE]


@pytest.mark.parametrize(
    "command",
    [
        Switch.pause_playback,
        Switch.resume_playback,
        Switch.stop_playback,
        Switch.stop_recording,
        lambda switch, work_no: switch.jump_in_playback(work_no, 1),
    ],
)
def test_without_a_recording_there_is_nothing_to_control(center: CallCenter, command: Any) -> None:
    with pytest.raises(errors.WrongAgentState):
        command(center.switch, 101)


def test_what_is_paused_is_not_paused_again_and_what_runs_is_not_resumed(
    center: CallCenter,
) -> None:
    play(center)
    with pytest.raises(errors.WrongAgentState):
        center.switch.resume_playback(101)
    center.switch.pause_playback(101)
    with pytest.raises(errors.WrongAgentState):
        center.switch.pause_playback(101)


def test_an_agent_in_a_call_hears_no_recording(center: CallCenter) -> None:
    center.talk(101)
    with pytest.raises(errors.WrongAgentState):
        play(center)


def test_a_second_recording_waits_for_the_first_to_end(center: CallCenter) -> None:
    play(center)
    with pytest.raises(errors.WrongAgentState):
        play(center)


@pytest.mark.parametrize("how", [{"position": -1}, {"times": -1}, {"speed": 0}, {"volume": 100000}])
def test_a_playback_has_its_limits(center: CallCenter, how: dict[str, int]) -> None:
    with pytest.raises(errors.InvalidValue):
        play(center, **how)
    assert center.kinds() == []


def test_a_customer_waits_until_the_recording_is_over(center: CallCenter) -> None:
    play(center)
    call = center.dial()
    assert center.call(call).entry is not None
    assert center.heard(Delivered) == []
    center.wait(10)
    assert center.last(Delivered).agent == 101


def test_a_colleague_s_call_does_not_reach_who_hears_a_recording(center: CallCenter) -> None:
    center.sign_in(102)
    play(center)
    center.switch.make_internal_call(102, 101)
    assert center.last(Failed).agent == 102
    assert center.heard(Delivered) == []
    assert ends(center) == []


def test_hanging_up_ends_the_recording(center: CallCenter) -> None:
    play(center)
    center.switch.phone_on_hook("40101")
    assert ends(center) == [PlaybackEnd.STOPPED]
    assert center.state(101) is AgentState.IDLE


def test_releasing_the_call_ends_the_recording(center: CallCenter) -> None:
    play(center)
    center.switch.release_call(101)
    assert ends(center) == [PlaybackEnd.STOPPED]


def test_an_inspector_can_release_what_an_agent_hears(center: CallCenter) -> None:
    center.sign_in(190)
    play(center)
    [call] = center.switch.calls
    center.switch.force_release(190, call)
    assert ends(center) == [PlaybackEnd.STOPPED]
    assert center.state(101) is AgentState.IDLE


def test_nobody_signs_out_during_a_recording_but_by_force(center: CallCenter) -> None:
    play(center)
    with pytest.raises(errors.WrongAgentState):
        center.switch.log_off(101)
    center.switch.force_log_off(101)
    assert ends(center) == [PlaybackEnd.STOPPED]
    assert center.switch.timers.pending() == []
    assert center.state(101) is AgentState.SIGNED_OUT


def test_a_line_is_no_call_that_could_be_held_or_muted(center: CallCenter) -> None:
    play(center)
    for command in (Switch.hold_call, Switch.mute, Switch.transmit_digits):
        with pytest.raises(errors.SwitchError):
            command(center.switch, 101, *([True] if command is Switch.mute else []))


def test_a_busy_agent_is_busy_again_afterwards(center: CallCenter) -> None:
    center.switch.set_not_ready(101, 200)
    play(center)
    center.wait(10)
    assert (center.state(101), center.agent(101).reason) == (AgentState.BUSY, 200)


def test_what_an_agent_wishes_while_it_listens_comes_true_afterwards(center: CallCenter) -> None:
    play(center)
    center.switch.request_rest(101, 60)
    center.wait(10)
    assert center.state(101) is AgentState.REST


# Recordings that agents make


def test_an_agent_records_its_call_under_a_name_of_its_own(center: CallCenter) -> None:
    call = center.talk(101)
    number = center.switch.start_recording(101, FILE, appends=True)
    center.wait(5)
    center.switch.stop_recording(101)
    started, stopped = center.last(RecordingStarted), center.last(RecordingStopped)
    assert (started.call, started.recording, started.caller, started.file) == (
        call,
        number,
        CUSTOMER,
        FILE,
    )
    assert (stopped.call, stopped.file, stopped.appends) == (call, FILE, True)
    assert stopped.at - stopped.begun == 5 * SECOND
    assert center.lives(call)


def test_the_recording_ends_with_the_call(center: CallCenter) -> None:
    call = center.talk(101)
    center.switch.start_recording(101, FILE)
    center.switch.outside_hangs_up(call)
    assert center.last(RecordingStopped).file == FILE
    assert center.agent(101).own_recording is None


def test_an_agent_without_a_call_records_itself_at_its_phone(center: CallCenter) -> None:
    center.switch.start_recording(101)
    assert center.kinds()[0] == "PhoneAlerting"
    assert center.kinds()[-1] == "RecordingStarted"
    center.wait(5)
    center.forget()
    center.switch.stop_recording(101)
    assert center.kinds() == ["RecordingStopped", "CallCleared", "PhoneOnHook", "AgentReady"]


def test_what_is_recorded_already_is_not_recorded_again(center: CallCenter) -> None:
    center.reconfigure(record_calls=True)
    center.talk(101)
    with pytest.raises(errors.WrongAgentState):
        center.switch.start_recording(101)
    center.switch.stop_recording(101)
    center.switch.start_recording(101)
    with pytest.raises(errors.WrongAgentState):
        center.switch.start_recording(101)


def test_a_call_that_rings_is_not_recorded(center: CallCenter) -> None:
    center.dial()
    with pytest.raises(errors.WrongAgentState):
        center.switch.start_recording(101)


def test_an_inspector_who_listens_does_not_record(center: CallCenter) -> None:
    center.sign_in(190)
    center.switch.supervise(190, 101, SupervisionMode.LISTEN)
    with pytest.raises(errors.WrongAgentState):
        center.switch.start_recording(190)


def test_a_recording_that_cannot_be_made_fails_and_rings_nobody(center: CallCenter) -> None:
    number = center.switch.start_recording(101, FILE, possible=False)
    assert center.kinds() == ["RecordingFailed"]
    assert center.last(RecordingFailed).recording == number
    assert center.state(101) is AgentState.IDLE


# Screens


def test_a_screen_is_recorded_beside_the_call(center: CallCenter) -> None:
    call = center.talk(101)
    center.switch.start_screen_recording(101)
    center.wait(3)
    center.switch.outside_hangs_up(call)
    center.wait(2)
    center.switch.stop_screen_recording(101)
    stopped = center.last(ScreenRecordingStopped)
    assert stopped.call == call
    assert stopped.session != call
    assert stopped.at - stopped.begun == 5 * SECOND


def test_a_screen_is_recorded_once(center: CallCenter) -> None:
    center.switch.stop_screen_recording(101)
    center.switch.start_screen_recording(101)
    center.switch.start_screen_recording(101)
    assert [event.starting for event in center.heard(ScreenRecordingRefused)] == [False, True]


def test_signing_out_ends_the_recording_of_the_screen(center: CallCenter) -> None:
    center.switch.start_screen_recording(101)
    center.switch.log_off(101)
    assert center.kinds()[-2:] == ["ScreenRecordingStopped", "AgentLoggedOff"]


def test_a_real_phone_has_to_be_picked_up_before_anything_is_heard() -> None:
    center = small_call_center()
    center.sign_in(101, phone="50001")
    center.switch.play(101, FILE, 20 * SECOND)
    asked = center.last(EndpointRequested)
    assert (asked.action, center.state(101)) == ("ring", AgentState.OCCUPIED)
    center.wait(5)
    playback = center.switch.agents[101].playback
    assert playback is not None
    assert position(playback, center.switch.now) == 0
    with pytest.raises(errors.WrongAgentState):
        center.switch.pause_playback(101)
    center.switch.endpoint_confirmed(asked.request)
    center.switch.endpoint_confirmed(center.last(EndpointRequested).request)
    assert center.state(101) is AgentState.TALKING
    assert center.heard(PlaybackStarted)
    center.wait(19)
    assert not center.heard(PlaybackStopped)
    center.wait(1)
    assert center.heard(PlaybackStopped)


def test_a_real_phone_that_is_not_picked_up_hears_nothing() -> None:
    center = small_call_center()
    center.sign_in(101, phone="50001")
    center.switch.play(101, FILE, 20 * SECOND)
    center.switch.endpoint_failed(center.last(EndpointRequested).request)
    assert center.state(101) is AgentState.IDLE
    assert not center.heard(PlaybackStarted)


def test_a_real_phone_that_rings_too_long_hears_nothing() -> None:
    center = small_call_center()
    center.sign_in(101, phone="50001")
    center.switch.play(101, FILE, 20 * SECOND)
    center.wait(60)
    assert center.state(101) is AgentState.IDLE
    assert not center.switch.requests
