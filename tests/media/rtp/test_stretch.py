"""Files that are played louder or softer, faster or slower than they are."""

from __future__ import annotations

from itertools import accumulate, repeat
from pathlib import Path

import numpy as np
import pytest

from emulator.media.rtp import tones
from emulator.media.rtp.frames import FRAME, RATE, Samples
from emulator.media.rtp.sounds import Playing, Sounds
from emulator.media.rtp.stretch import Stretcher
from emulator.media.wiring import File
from tests.media.rtp.test_sounds import pitch, play, wave_file

SPEEDS = [0.25, 0.5, 0.8, 1.3, 2.0, 3.0]


def steps(path: Path, *hertz: int) -> Path:
    """A file of tones, a second each."""
    return wave_file(path, np.concatenate([tones.sine([it], RATE) for it in hertz]))


def until_it_is_over(sound: File, most: int = 5000) -> Samples:
    playing, sounds, heard = Playing(sound, 1), Sounds(), []
    while not playing.is_over and len(heard) < most:
        heard.append(playing.frame(sounds))
    return np.concatenate(heard)


@pytest.mark.parametrize("speed", SPEEDS)
@pytest.mark.parametrize("hertz", [110, 440, 1000, 2100])
def test_at_another_speed_a_tone_is_as_high_and_as_loud(
    tmp_path: Path, speed: float, hertz: int
) -> None:
    heard = until_it_is_over(File(steps(tmp_path / "a.wav", hertz), speed=speed))
    assert len(heard) == pytest.approx(RATE / speed, abs=FRAME)
    edge = round(2 * FRAME / min(speed, 1))
    middle = heard[edge:-edge]
    assert pitch(middle) == pytest.approx(hertz, abs=RATE / len(middle))
    loud = [np.abs(middle[it : it + FRAME]).max() for it in range(0, len(middle) - FRAME, FRAME)]
    assert min(loud) > 0.8 * tones.LEVEL
    assert max(loud) < 1.1 * tones.LEVEL


@pytest.mark.parametrize("speed", SPEEDS)
def test_each_part_is_heard_when_it_is_due(tmp_path: Path, speed: float) -> None:
    path = steps(tmp_path / "a.wav", 500, 900, 1300, 1700)
    heard = until_it_is_over(File(path, offset=1_500_000, speed=speed))
    ends = [round(it / speed * RATE) for it in (0.5, 1.5, 2.5)]
    begins = [0, *ends]
    for begin, end, hertz in zip(begins, ends, (900, 1300, 1700), strict=False):
        part = heard[begin + 3 * FRAME : end - 3 * FRAME]
        assert pitch(part) == pytest.approx(hertz, abs=RATE / len(part))


def test_a_fast_file_is_played_as_often_as_asked(tmp_path: Path) -> None:
    path = steps(tmp_path / "a.wav", 500, 900)
    heard = until_it_is_over(File(path, times=3, speed=2.0))
    assert len(heard) == pytest.approx(3 * RATE, abs=FRAME)
    again = play(File(path, times=0, speed=2.0), 250)
    assert pitch(again[4 * RATE + 800 : 4 * RATE + 3200]) == pytest.approx(500, abs=5)


@pytest.mark.parametrize("speed", [1 / 50, 99_999 / 50])
def test_the_slowest_and_the_fastest_are_heard_and_end(tmp_path: Path, speed: float) -> None:
    path = steps(tmp_path / "a.wav", 500)
    heard = until_it_is_over(File(path, times=199, speed=speed), most=100)
    assert len(heard) == (100 if speed < 1 else 5) * FRAME
    assert np.abs(heard).max() > 0


@pytest.mark.parametrize(("gain", "level"), [(0.0, 0), (0.4, 3200), (2.0, 16_000), (9.0, 32_767)])
@pytest.mark.parametrize("speed", [1.0, 1.5])
def test_a_file_is_as_loud_as_is_asked(
    tmp_path: Path, gain: float, level: int, speed: float
) -> None:
    heard = play(File(steps(tmp_path / "a.wav", 500), gain=gain, speed=speed), 20)
    assert int(np.abs(heard.astype(int)).max()) == pytest.approx(level, rel=0.05)


def test_silence_stays_silence_and_speech_is_not_cut_to_pieces() -> None:
    stretcher = Stretcher()
    nothing = np.zeros(RATE, np.int16)
    assert not any(stretcher.frame(nothing, it).any() for it in range(0, RATE, 240))
    # What is laid over each other are the same waves: a pulse stays one pulse.
    pulses = np.zeros(RATE, np.int16)
    pulses[::80] = 10_000
    stretcher = Stretcher()
    places = accumulate(repeat(200, 30))
    heard = np.concatenate([stretcher.frame(pulses, it) for it in places])
    assert np.count_nonzero(heard > 5000) == pytest.approx(len(heard) / 80, abs=2)
    assert np.count_nonzero((heard > 0) & (heard < 5000)) <= 2
