"""What recordings sound like: exactly as long as they are, and telling whose they are."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.media import tones, wav

CALL, AGENT = "1700000000-4711", "101"


def heard(call: str, agent: str, frames: int) -> tuple[list[int], list[int]]:
    sound = b"".join(tones.sound(call, agent, frames))
    _, (left, right) = wav.read(wav.header(tones.STEREO, frames) + sound)
    return list(left), list(right)


def test_the_customer_dials_the_call_and_the_agent_its_number() -> None:
    left, right = heard(CALL, AGENT, tones.PERIOD)
    assert tones.dialled(left) == CALL
    assert tones.dialled(right) == AGENT


@given(st.from_regex(r"[0-9]{1,10}-[0-9]{1,9}", fullmatch=True), st.integers(101, 59999))
def test_every_call_is_told_from_every_other(call: str, agent: int) -> None:
    left, right = heard(call, str(agent), 4 * wav.RATE)
    assert (tones.dialled(left), tones.dialled(right)) == (call, str(agent))


@pytest.mark.parametrize("frames", [0, 1, 7999, tones.PERIOD, tones.PERIOD + 1, 3 * tones.PERIOD])
def test_a_sound_has_exactly_its_frames(frames: int) -> None:
    left, right = heard(CALL, AGENT, frames)
    assert len(left) == len(right) == frames


@pytest.mark.parametrize(
    ("microseconds", "frames"), [(0, 0), (124, 0), (125, 1), (1_000_000, 8000), (-5, 0)]
)
def test_a_frame_is_an_eighth_of_a_millisecond(microseconds: int, frames: int) -> None:
    assert tones.frames_of(microseconds) == frames


def test_they_speak_by_turns() -> None:
    left, right = heard(CALL, AGENT, tones.PERIOD)
    for second in range(4, 10):
        loud = [max(map(abs, side[second * 8000 : (second + 1) * 8000])) for side in (left, right)]
        assert sorted(level > 500 for level in loud) == [False, True]


def test_murmur_and_silence_dial_nothing() -> None:
    left, _ = heard(CALL, AGENT, tones.PERIOD)
    assert tones.dialled(left[5 * 8000 :]) == ""
    assert tones.dialled([0] * 8000) == ""
    assert tones.dialled(left[:400]) == ""
