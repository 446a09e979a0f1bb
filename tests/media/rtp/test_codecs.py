"""Codecs: G.711 by the tables of ITU-T, the others by what comes out at the far end."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.media import g711
from emulator.media.rtp import codecs, opus
from emulator.media.rtp.codecs import PCMA, PCMU, Table
from emulator.media.rtp.frames import FRAME, SILENCE
from emulator.media.rtp.tones import sine
from tests.media.rtp.studio import OPUS

ALL = bytes(range(256))


@pytest.mark.parametrize("table", [PCMA, PCMU])
def test_each_code_comes_back_as_the_same_sound(table: Table) -> None:
    levels = table.decode(ALL)
    assert np.array_equal(table.decode(table.encode(levels)), levels)


def test_each_code_of_a_law_comes_back_itself_and_of_u_law_all_but_minus_zero() -> None:
    assert PCMA.encode(PCMA.decode(ALL)) == ALL
    assert PCMU.encode(PCMU.decode(ALL)) == ALL[:0x7F] + b"\xff" + ALL[0x80:]


@pytest.mark.parametrize(
    ("table", "code", "level"),
    [
        # Decoder output values of G.711, tables 1a and 2a, times 16 and 4 for 16 bits.
        (PCMA, 0xD5, 8),
        (PCMA, 0x55, -8),
        (PCMA, 0xAA, 4032 * 8),
        (PCMA, 0x2A, -4032 * 8),
        (PCMA, 0x80 ^ 0x55 ^ 0x10, 33 * 8),
        (PCMU, 0xFF, 0),
        (PCMU, 0x80, 8031 * 4),
        (PCMU, 0x00, -8031 * 4),
        (PCMU, 0xEF, 33 * 4),
        (PCMU, 0xFE, 2 * 4),
    ],
)
def test_levels_are_those_of_the_recommendation(table: Table, code: int, level: int) -> None:
    assert table.decode(bytes([code]))[0] == level


def test_a_law_is_that_of_recordings() -> None:
    assert list(PCMA.decode(ALL)) == list(g711.decode(ALL))


def test_silence_is_the_code_of_silence() -> None:
    assert set(PCMA.encode(SILENCE)) == {g711.SILENCE}
    assert set(PCMU.encode(SILENCE)) == {0xFF}


@given(st.integers(-32768, 32767))
def test_a_sample_becomes_the_nearest_level(sample: int) -> None:
    for table in (PCMA, PCMU):
        [heard] = table.decode(table.encode(np.array([sample], np.int16)))
        nearest = np.abs(table.levels.astype(int) - sample).min()
        assert abs(int(heard) - sample) == nearest


@given(st.lists(st.integers(-32768, 32767), min_size=2, max_size=50))
def test_what_is_louder_does_not_become_softer(samples: list[int]) -> None:
    ordered = np.array(sorted(samples), np.int16)
    for table in (PCMA, PCMU):
        assert (np.diff(table.decode(table.encode(ordered)).astype(int)) >= 0).all()


@pytest.mark.parametrize("name", ["PCMA", "PCMU", "G722", OPUS])
def test_a_tone_is_heard_at_the_other_end(name: str) -> None:
    codec = codecs.find(name)
    assert codec is not None
    encoder, decoder = codec.encoder(), codec.decoder()
    tone = sine([1000], 50 * FRAME)
    heard = np.concatenate(
        [decoder.decode(encoder.encode(frame)) for frame in tone.reshape(-1, FRAME)]
    )
    assert len(heard) == len(tone)
    late = heard[20 * FRAME :].astype(float)
    assert np.abs(np.fft.rfft(late)).argmax() * 8000 / len(late) == 1000
    assert 7000 < np.abs(late).max() < 9000


@pytest.mark.parametrize(
    ("name", "step", "length"), [("PCMA", 160, 160), ("PCMU", 160, 160), ("G722", 160, 160)]
)
def test_a_frame_has_the_documented_length(name: str, step: int, length: int) -> None:
    codec = codecs.CODECS[name]
    assert codec.step == step
    assert len(codec.encoder().encode(SILENCE)) == length


@pytest.mark.skipif(opus.library() is None, reason="there is no Opus library")
def test_what_is_no_opus_is_refused() -> None:
    with pytest.raises(ValueError, match="code"):
        opus.Decoder().decode(b"\xff" * 3)


def test_opus_is_offered_only_where_it_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(opus, "library", lambda: None)
    assert codecs.available() == ("PCMU", "PCMA", "G722")
    assert codecs.find("OPUS") is None
    monkeypatch.setattr(opus, "library", lambda: object())
    assert codecs.available() == ("PCMU", "PCMA", "G722", "OPUS")


def test_a_codec_that_nobody_knows_is_not_found() -> None:
    assert codecs.find("GSM") is None
