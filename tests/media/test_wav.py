"""Wave files: what is written is read again, here and by Python's own reader."""

from __future__ import annotations

import io
import struct
import wave
from array import array

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.media import g711, wav
from emulator.media.wav import Encoding, Format, NotAWave

A_LAW = Format(Encoding.A_LAW, 2)


def file(kind: Format, samples: bytes, comment: bytes = b"") -> bytes:
    frames = len(samples) // kind.frame
    return wav.header(kind, frames, comment) + samples + wav.padding(kind, frames)


def test_python_s_own_reader_understands_what_is_written() -> None:
    samples = struct.pack("<6h", 1, -1, 1000, -1000, 32767, -32768)
    with wave.open(io.BytesIO(file(Format(Encoding.PCM_16, 2), samples, b"a comment"))) as found:
        assert found.getparams()[:4] == (2, 2, 8000, 3)
        assert found.readframes(3) == samples


def test_what_python_s_own_writer_writes_is_read() -> None:
    written = io.BytesIO()
    with wave.open(written, "wb") as target:
        target.setparams((1, 2, 16000, 0, "NONE", ""))
        target.writeframes(struct.pack("<4h", 1, 2, 3, 4))
    kind, channels = wav.read(written.getvalue())
    assert kind == Format(Encoding.PCM_16, 1, 16000)
    assert channels == [array("h", [1, 2, 3, 4])]
    layout = wav.layout(written.getvalue(), len(written.getvalue()))
    assert layout.microseconds == 250


@pytest.mark.parametrize("frames", [0, 1, 2, 8000])
@pytest.mark.parametrize("channels", [1, 2])
def test_sizes_in_a_header_are_exact(frames: int, channels: int) -> None:
    kind = Format(Encoding.A_LAW, channels)
    whole = file(kind, bytes(frames * channels), b"odd")
    assert struct.unpack("<I", whole[4:8])[0] == len(whole) - 8
    assert len(whole) % 2 == 0
    layout = wav.layout(whole, len(whole))
    assert (layout.frames, layout.comment) == (frames, b"odd")
    assert layout.microseconds == frames * 125


@given(st.integers(-32768, 32767))
def test_a_law_keeps_a_sample_within_its_step(sample: int) -> None:
    [decoded] = g711.decode(bytes([g711.encode_sample(sample)]))
    assert abs(decoded - sample) <= max(abs(sample) // 16, 16)


def test_every_code_of_a_law_comes_back() -> None:
    codes = bytes(range(256))
    assert bytes(map(g711.encode_sample, g711.decode(codes))) == codes


def test_silence_is_nearly_nothing() -> None:
    assert abs(g711.decode(bytes([g711.SILENCE]))[0]) <= 8


@given(st.binary(max_size=200))
def test_bytes_that_are_no_wave_file_are_refused_and_nothing_else_happens(raw: bytes) -> None:
    for head in (raw, b"RIFF\0\0\0\0WAVE" + raw, file(A_LAW, b"1234")[: len(raw)]):
        try:
            wav.layout(head, len(head))
        except NotAWave:
            continue


def test_a_truncated_file_is_as_long_as_what_there_is_of_it() -> None:
    whole = file(A_LAW, bytes(100))
    assert wav.layout(whole, len(whole) - 20).frames == 40
