"""Keys in the sound: found as ITU-T Q.24 asks, and never in speech."""

from __future__ import annotations

import numpy as np
import pytest

from emulator.media.rtp import speech, tones
from emulator.media.rtp.detect import Listening, detect
from emulator.media.rtp.frames import FRAME, RATE, Samples
from emulator.media.rtp.speech import ENGINE
from emulator.media.tones import KEYS


def found(sound: Samples) -> str:
    """The keys that one party presses."""
    party = Listening()
    padded = np.concatenate([sound, np.zeros(-len(sound) % FRAME + 5 * FRAME, np.int16)])
    pressed = [detect([party], frame[None, :]) for frame in padded.reshape(-1, FRAME)]
    return "".join(key for one in pressed for _, key in one)


def dual(key: str, count: int, low: float = 4000, high: float = 4000, off: float = 1) -> Samples:
    first, second = KEYS[key]
    time = np.arange(count) / RATE
    wave = low * np.sin(2 * np.pi * first * off * time)
    wave += high * np.sin(2 * np.pi * second * off * time + 1)
    return wave.astype(np.int16)


def silence(milliseconds: int) -> Samples:
    return np.zeros(8 * milliseconds, np.int16)


@pytest.mark.parametrize("shift", range(0, 160, 13))
@pytest.mark.parametrize("key", "159D")
def test_a_tone_of_40_ms_is_a_key_wherever_it_begins(key: str, shift: int) -> None:
    tone = dual(key, 40 * 8)
    assert found(np.concatenate([silence(50), np.zeros(shift, np.int16), tone])) == key


@pytest.mark.parametrize("shift", range(0, 160, 13))
def test_a_tone_of_20_ms_is_none(shift: int) -> None:
    assert found(np.concatenate([np.zeros(shift, np.int16), dual("5", 20 * 8)])) == ""


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("off", [0.985, 1.015])
def test_frequencies_may_be_off_by_one_and_a_half_percent(key: str, off: float) -> None:
    assert found(dual(key, 80 * 8, off=off)) == key


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("twist", [-6, 6])
def test_one_frequency_may_be_weaker_by_6_db(key: str, twist: int) -> None:
    assert found(dual(key, 80 * 8, low=4000 * 10 ** (twist / 20))) == key


@pytest.mark.parametrize("twist", [-12, 12])
def test_but_not_by_12_db(twist: int) -> None:
    assert found(dual("5", 80 * 8, low=4000 * 10 ** (twist / 20))) == ""


def test_a_long_press_is_one_press_and_a_lost_packet_does_not_make_it_two() -> None:
    tone = dual("8", 2 * RATE)
    tone[8000:8160] = 0
    assert found(tone) == "8"


def test_the_same_key_twice_with_a_pause_of_40_ms_is_two_presses() -> None:
    tone = dual("8", 50 * 8)
    assert found(np.concatenate([tone, silence(40), tone, silence(60), tone])) == "888"


@pytest.mark.parametrize("seed", range(5))
def test_noise_does_not_hide_a_key(seed: int) -> None:
    draw = np.random.default_rng(seed)
    sound = np.concatenate([part for key in "1738" for part in (dual(key, 640), silence(60))])
    noisy = sound + draw.normal(0, 700, len(sound))
    assert found(noisy.astype(np.int16)) == "1738"


@pytest.mark.parametrize("seed", range(5))
def test_noise_presses_no_key(seed: int) -> None:
    draw = np.random.default_rng(seed)
    assert found(draw.normal(0, 5000, 20 * RATE).astype(np.int16)) == ""


@pytest.mark.parametrize("name", ["ringback", "busy", "music", "beep"])
def test_our_tones_press_no_key(name: str) -> None:
    tone = tones.named(name)
    assert tone is not None
    assert found(np.tile(tone, 2)) == ""
    assert found(tones.code("beeps of a text 0123456789")) == ""


def test_murmur_of_many_voices_presses_no_key() -> None:
    draw = np.random.default_rng(7)
    sound = np.zeros(30 * RATE)
    time = np.arange(len(sound)) / RATE
    for _ in range(6):
        pitch = draw.uniform(90, 260) * (1 + 0.05 * np.sin(2 * np.pi * draw.uniform(1, 5) * time))
        phase = 2 * np.pi * np.cumsum(pitch) / RATE
        swell = np.abs(np.sin(2 * np.pi * draw.uniform(1, 3) * time))
        for harmonic in range(1, 15):
            sound += swell * np.sin(harmonic * phase) * draw.uniform(100, 900) / harmonic**0.5
    assert found(sound.astype(np.int16)) == ""


@pytest.mark.skipif(speech.engine() is None, reason=f"{ENGINE} is not installed")
def test_speech_presses_no_key() -> None:
    text = (
        "Please press one for sales, two for service. Zero, one, two, three, four, five, six, "
        "seven, eight, nine. The quick brown fox jumps over the lazy dog, while we were away."
    )
    for language in ("en", "de", "zh"):
        assert found(speech.say(text, language)) == ""


def test_each_of_many_parties_presses_its_own_key() -> None:
    parties = [Listening() for _ in range(16)]
    sounds = np.stack([dual(key, 5 * FRAME) for key in KEYS])
    pressed = []
    for begin in range(0, 5 * FRAME, FRAME):
        pressed += detect(parties, sounds[:, begin : begin + FRAME])
    assert sorted(pressed) == list(enumerate(KEYS))
