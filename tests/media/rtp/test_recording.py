"""Recordings: what two sides say, in a file that can be heard whatever happens."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from emulator.media import tones as rendered
from emulator.media import wav
from emulator.media.rtp.frames import FRAME
from emulator.media.rtp.recording import FLUSH, Recording
from emulator.media.wav import Encoding, Format
from emulator.media.wiring import Close, Record, Recorded, StopRecording
from tests.media.rtp.studio import WAIT, Phone, Studio, as_sent, mixed, noise

FRAMES = 30
LATER = WAIT * FRAME


def sides(path: Path) -> tuple[list[int], list[int]]:
    kind, (left, right) = wav.read(path.read_bytes())
    assert (kind.channels, kind.rate) == (2, 8000)
    return list(left), list(right)


def conversation() -> tuple[Studio, Phone, Phone]:
    studio = Studio()
    a, b = studio.phone(2), studio.phone(4)
    studio.hear(a, b)
    studio.hear(b, a)
    return studio, a, b


def late(*parts: np.ndarray) -> list[int]:  # type: ignore[type-arg]
    """What is in the file of that which was said: nothing at first, for as long as it waits."""
    sound = mixed(*(as_sent(part) for part in parts))
    silence = as_sent(np.zeros(LATER, np.int16))
    return [*silence.tolist(), *sound[: len(sound) - LATER].tolist()]


def test_each_side_has_its_channel(tmp_path: Path) -> None:
    studio, a, b = conversation()
    path = tmp_path / "deep" / "r.wav"
    studio.do(Record("r", path, (2,), (4,)))
    says = noise(1, FRAMES), noise(2, FRAMES)
    studio.talk(FRAMES, (a, says[0]), (b, says[1]))
    studio.do(StopRecording("r"))
    studio.talk(1)
    assert studio.told(Recorded) == [Recorded("r", FRAMES * FRAME)]
    assert sides(path) == (late(says[0]), late(says[1]))


def test_several_on_one_side_are_heard_together(tmp_path: Path) -> None:
    studio, a, b = conversation()
    c = studio.phone(6)
    studio.do(Record("r", tmp_path / "r.wav", (2,), (4, 6)))
    says = [noise(seed, FRAMES) for seed in range(3)]
    studio.talk(FRAMES, *zip((a, b, c), says, strict=True))
    studio.do(StopRecording("r"))
    assert sides(tmp_path / "r.wav") == (late(says[0]), late(says[1], says[2]))


def test_asked_again_the_sides_change_and_the_file_goes_on(tmp_path: Path) -> None:
    studio, a, b = conversation()
    path = tmp_path / "r.wav"
    studio.do(Record("r", path, (2,), ()))
    studio.talk(FRAMES, (a, noise(1, FRAMES)), (b, noise(2, FRAMES)))
    studio.do(Record("r", path, (), (2,)))
    studio.talk(FRAMES, (a, noise(3, FRAMES)), (b, noise(4, FRAMES)))
    studio.do(StopRecording("r"))
    left, right = sides(path)
    assert len(left) == 2 * FRAMES * FRAME
    assert np.abs(left[LATER : FRAMES * FRAME]).max() > 1000
    assert np.abs(left[FRAMES * FRAME :]).max() <= 8
    assert np.abs(right[: FRAMES * FRAME]).max() <= 8
    assert np.abs(right[FRAMES * FRAME + LATER :]).max() > 1000


@pytest.mark.parametrize("encoding", Encoding)
def test_what_is_appended_follows_what_was_there_in_its_encoding(
    tmp_path: Path, encoding: Encoding
) -> None:
    path = tmp_path / "r.wav"
    samples = noise(1, 10)
    for append in (False, True):
        recording = Recording(path, append=append, encoding=encoding)
        for frame in samples.reshape(-1, FRAME):
            recording.add(frame, frame)
        recording.stop()
    assert recording.frames == 2 * len(samples)
    expected = samples if encoding is Encoding.PCM_16 else as_sent(samples)
    assert sides(path)[0] == [*expected.tolist()] * 2
    kind, _ = wav.read(path.read_bytes())
    assert kind == Format(encoding, 2)


def test_a_recording_that_was_rendered_can_be_gone_on_with(tmp_path: Path) -> None:
    path = tmp_path / "r.wav"
    sound = b"".join(rendered.sound("1-1", "101", 8000))
    path.write_bytes(wav.header(rendered.STEREO, 8000, b"comment") + sound)
    recording = Recording(path, append=True)
    recording.add(noise(1, 1), noise(2, 1))
    recording.stop()
    found = wav.layout(path.read_bytes(), path.stat().st_size)
    assert (found.frames, found.comment) == (8000 + FRAME, b"comment")
    assert path.read_bytes()[4:8] == (path.stat().st_size - 8).to_bytes(4, "little")


def test_without_append_a_file_begins_anew(tmp_path: Path) -> None:
    path = tmp_path / "r.wav"
    for _ in range(2):
        recording = Recording(path)
        recording.add(noise(1, 1), noise(2, 1))
        recording.stop()
    assert recording.frames == FRAME


def test_who_dies_leaves_a_file_that_can_be_heard(tmp_path: Path) -> None:
    recording = Recording(tmp_path / "r.wav")
    samples = noise(1, FLUSH + 1)
    for frame in samples.reshape(-1, FRAME):
        recording.add(frame, frame)
    left, _ = sides(tmp_path / "r.wav")
    assert left == as_sent(samples)[: FLUSH * FRAME].tolist()
    recording.stop()


def test_what_cannot_be_written_is_reported_and_the_talk_goes_on(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    studio, a, b = conversation()
    studio.do(Record("r", tmp_path / "file" / "r.wav", (2,), (4,)))
    studio.talk(5, (a, noise(1, 5)))
    studio.do(StopRecording("r"))
    studio.talk(5, (a, noise(1, 5)))
    assert studio.told(Recorded) == [Recorded("r", 0)]
    assert len(b.got) == 10


def test_a_file_that_is_no_recording_is_left_as_it_is(tmp_path: Path) -> None:
    path = tmp_path / "notes.txt"
    path.write_text("not a sound")
    recording = Recording(path, append=True)
    recording.add(noise(1, 1), noise(2, 1))
    recording.stop()
    assert recording.frames == 0
    assert path.read_text() == "not a sound"


def test_a_disk_that_becomes_full_is_reported(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    recording = Recording(tmp_path / "r.wav")
    monkeypatch.setattr("emulator.media.rtp.recording._write_all", full)
    recording.add(noise(1, 1), noise(2, 1))
    recording.stop()
    assert recording.frames == 0
    assert recording.is_broken


def test_who_gets_a_port_later_is_not_in_the_recording_of_its_last_owner(tmp_path: Path) -> None:
    studio, _, _ = conversation()
    studio.do(Record("r", tmp_path / "r.wav", (2,), (4,)), Close(2))
    other = studio.phone(2)
    studio.talk(FRAMES, (other, noise(1, FRAMES)))
    studio.do(StopRecording("r"))
    left, _ = sides(tmp_path / "r.wav")
    assert np.abs(left).max() <= 8
