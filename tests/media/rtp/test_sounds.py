"""Sounds: tones, files of all kinds, and texts."""

from __future__ import annotations

import io
import struct
import threading
import wave
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from emulator.media import wav
from emulator.media.rtp import codecs, speech, tones, waves
from emulator.media.rtp.frames import FRAME, RATE, Samples
from emulator.media.rtp.sounds import Playing, Sounds
from emulator.media.wiring import File, Sound, Speech, Tone

SECOND = 1_000_000


def pitch(samples: Samples) -> float:
    """The strongest frequency, in Hz."""
    spectrum = np.abs(np.fft.rfft(samples.astype(float) * np.hanning(len(samples))))
    return float(spectrum.argmax() * RATE / len(samples))


def play(sound: Sound, frames: int, sounds: Sounds | None = None) -> Samples:
    playing = Playing(sound, 1)
    return np.concatenate([playing.frame(sounds or Sounds()) for _ in range(frames)])


def wave_file(path: Path, samples: Samples, rate: int = RATE, channels: int = 1) -> Path:
    with wave.open(str(path), "wb") as file:
        file.setparams((channels, 2, rate, 0, "NONE", ""))
        file.writeframes(samples.astype("<i2").tobytes())
    return path


# Tones


def test_ringback_is_425_hz_for_a_second_in_five() -> None:
    heard = play(Tone("ringback"), 500)
    assert pitch(heard[:RATE]) == 425
    assert np.abs(heard[RATE : 5 * RATE]).max() == 0
    assert np.array_equal(heard[5 * RATE :], heard[: 5 * RATE])


def test_busy_is_425_hz_by_turns_of_350_ms() -> None:
    heard = play(Tone("busy"), 70)
    on = RATE * 35 // 100
    assert abs(pitch(heard[:on]) - 425) < 3
    assert np.abs(heard[on : 2 * on]).max() == 0
    assert np.array_equal(heard[2 * on : 4 * on], heard[: 2 * on])


def test_a_beep_is_a_quarter_of_a_second_of_1000_hz() -> None:
    heard = play(Tone("beep", 1), 20)
    assert pitch(heard[:2000]) == 1000
    assert np.abs(heard[2000:]).max() == 0


def test_music_is_a_melody_that_repeats() -> None:
    heard = play(Tone("music"), 50 * 12)
    half = RATE // 2
    notes = [pitch(heard[begin : begin + half]) for begin in range(0, 12 * half, half)]
    assert notes == pytest.approx(tones.MELODY, abs=2)
    assert np.array_equal(heard[12 * half :], heard[: 12 * half])


# Files


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100, 48000, 6000])
@pytest.mark.parametrize("channels", [1, 2])
def test_a_file_of_any_rate_is_heard_at_its_pitch(tmp_path: Path, rate: int, channels: int) -> None:
    time = np.arange(rate) / rate
    tone = np.rint(8000 * np.sin(2 * np.pi * 600 * time)).astype(np.int16)
    path = wave_file(tmp_path / "a.wav", np.repeat(tone, channels), rate, channels)
    heard = waves.load(path)
    assert len(heard) == RATE
    assert pitch(heard) == 600
    assert np.abs(heard[400:-400]).max() == pytest.approx(8000, rel=0.05)


def test_what_is_too_high_for_a_telephone_is_not_heard_as_something_else(tmp_path: Path) -> None:
    time = np.arange(48_000) / 48_000
    high = np.rint(8000 * np.sin(2 * np.pi * 7000 * time)).astype(np.int16)
    heard = waves.load(wave_file(tmp_path / "a.wav", high, 48_000))
    assert np.abs(heard[400:-400]).max() < 100


def test_two_channels_are_heard_at_once() -> None:
    both = np.array([1000, 3000, -200, 400], "<i2").tobytes()
    head = wav.header(wav.Format(wav.Encoding.PCM_16, 2), 2)
    assert waves.read(head + both).tolist() == [2000, 100]


def riff(tag: int, bits: int, data: bytes) -> bytes:
    layout = struct.pack("<4sIHHIIHH", b"fmt ", 16, tag, 1, RATE, RATE, bits // 8, bits)
    return b"RIFF\0\0\0\0WAVE" + layout + struct.pack("<4sI", b"data", len(data)) + data


def test_files_of_8_bits_and_of_both_laws_are_heard() -> None:
    codes = bytes(range(256))
    assert waves.read(riff(1, 8, b"\x00\x80\xff")).tolist() == [-32768, 0, 127 * 256]
    assert waves.read(riff(6, 8, codes)).tolist() == codecs.A_LAW.tolist()
    assert waves.read(riff(7, 8, codes)).tolist() == codecs.U_LAW.tolist()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"RIFF",
        b"RIFF\0\0\0\0WAVE",
        riff(1, 24, b"abc"),
        riff(85, 8, b"mp3"),
        riff(1, 16, b"")[:30],
    ],
)
def test_what_is_no_sound_is_refused(content: bytes) -> None:
    with pytest.raises(wav.NotAWave):
        waves.read(content)


def test_a_file_is_played_as_often_as_asked_from_where_it_is_asked(tmp_path: Path) -> None:
    samples = np.arange(1, 401, dtype=np.int16)
    path = wave_file(tmp_path / "a.wav", samples)
    heard = play(File(path, times=2, offset=10_000), 6)
    expected = np.concatenate([samples[80:], samples, np.zeros(6 * FRAME - 720, np.int16)])
    assert np.array_equal(heard, expected)


def test_a_sound_shorter_than_a_frame_is_played_without_gaps(tmp_path: Path) -> None:
    path = wave_file(tmp_path / "a.wav", np.array([1, 2, 3], np.int16))
    assert play(File(path, times=0), 2).tolist() == ([1, 2, 3] * 107)[: 2 * FRAME]


def test_an_offset_behind_the_end_is_the_end(tmp_path: Path) -> None:
    path = wave_file(tmp_path / "a.wav", np.ones(800, np.int16))
    playing = Playing(File(path, offset=SECOND), 1)
    assert not playing.frame(Sounds()).any()
    assert playing.is_over


def test_a_file_that_is_not_there_is_over_at_once(tmp_path: Path) -> None:
    playing = Playing(File(tmp_path / "no.wav"), 1)
    assert not playing.frame(Sounds()).any()
    assert playing.is_over


def test_a_file_that_changes_is_read_again(tmp_path: Path) -> None:
    sounds = Sounds()
    path = wave_file(tmp_path / "a.wav", np.full(FRAME, 1, np.int16))
    assert play(File(path), 1, sounds)[0] == 1
    wave_file(path, np.full(FRAME, 2, np.int16))
    assert play(File(path), 1, sounds)[0] == 2


def test_while_a_sound_is_being_read_there_is_silence_and_then_all_of_it(tmp_path: Path) -> None:
    path = wave_file(tmp_path / "a.wav", np.full(FRAME, 7, np.int16))
    gate = threading.Event()
    with ThreadPoolExecutor(1) as executor:
        executor.submit(gate.wait)
        sounds = Sounds(executor)
        playing = Playing(File(path), 1)
        assert not playing.frame(sounds).any()
        gate.set()
        executor.submit(int).result()
        assert playing.frame(sounds).tolist() == [7] * FRAME
        assert playing.is_over


def test_what_nobody_waits_for_any_more_is_not_kept_beside_the_rest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(speech, "say", lambda text, language: np.ones(FRAME, np.int16))
    monkeypatch.setattr("emulator.media.rtp.sounds.MOST_SOUNDS", 5)
    with ThreadPoolExecutor(1) as executor:
        sounds = Sounds(executor)
        for number in range(20):
            Playing(Speech(f"caller {number}"), number).frame(sounds)
            executor.submit(int).result()
        Playing(Speech("the last"), 20).frame(sounds)
        assert len(sounds._coming) == 1
        assert len(sounds._kept) == 5


def test_files_that_cannot_be_read_are_not_known_for_ever(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("emulator.media.rtp.sounds.MOST_SOUNDS", 5)
    sounds = Sounds()
    for number in range(20):
        assert play(File(tmp_path / f"{number}.wav"), 1, sounds).tolist() == [0] * FRAME
    assert len(sounds._kept) == 5


# Texts


@pytest.mark.skipif(speech.engine() is None, reason=f"{speech.ENGINE} is not installed")
@pytest.mark.parametrize("language", ["", "en", "zh-CN", "de_DE", "no-such", "../etc"])
def test_a_text_is_read_aloud_in_its_language(language: str) -> None:
    heard = speech.say("Hello, one two three", language)
    assert RATE // 2 < len(heard) < 10 * RATE
    assert np.abs(heard).max() > 1000


def test_without_an_engine_a_text_is_beeps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(speech, "engine", lambda: None)
    heard = play(Speech("sos"), 100)
    assert np.array_equal(heard[: len(tones.code("sos"))], tones.code("sos"))
    loud = np.abs(heard).reshape(-1, 20).max(axis=1) > 100
    bursts = "".join("x" if on else " " for on in loud).split()
    # Dots of 60 ms, dashes of 180 ms.
    assert [round(len(burst) * 2.5 / 60) for burst in bursts] == [1] * 3 + [3] * 3 + [1] * 3


def test_an_engine_that_fails_is_replaced_by_beeps(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(speech, "engine", lambda: str(tmp_path / "no-engine"))
    assert np.array_equal(speech.say("a"), tones.code("a"))


def test_each_text_has_its_own_beeps_and_an_empty_one_has_one() -> None:
    assert not np.array_equal(tones.code("ab")[:2000], tones.code("ba")[:2000])
    assert len(tones.code("您好")) > RATE
    assert np.array_equal(tones.code(""), tones.named("beep"))


def test_what_is_read_is_kept_for_the_next_time(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def say(text: str, language: str) -> Samples:
        asked.append(text)
        return np.ones(FRAME, np.int16)

    monkeypatch.setattr(speech, "say", say)
    sounds = Sounds()
    for _ in range(3):
        play(Speech("hello", "en"), 1, sounds)
    play(Speech("hello", "de"), 1, sounds)
    assert asked == ["hello", "hello"]


def test_python_s_own_writer_and_reader_agree_with_ours() -> None:
    written = io.BytesIO()
    with wave.open(written, "wb") as file:
        file.setparams((1, 1, RATE, 0, "NONE", ""))
        file.writeframes(b"\x80\xff")
    assert waves.read(written.getvalue()).tolist() == [0, 127 * 256]
