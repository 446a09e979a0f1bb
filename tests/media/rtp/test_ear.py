"""What a party says, whatever the length of its packets."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.media.rtp import codecs, opus
from emulator.media.rtp.codecs import CODECS
from emulator.media.rtp.ear import Ear
from emulator.media.rtp.frames import FRAME, RATE, Samples
from tests.media.rtp.studio import WAIT, Studio, as_sent, noise

SAID = noise(1, 30)
SOURCE = 5


def heard(milliseconds: int, lost: frozenset[int] = frozenset()) -> Samples:
    """What is heard, frame by frame, of packets that are so long."""
    length = RATE * milliseconds // 1000
    ear = Ear(CODECS["PCMA"])
    frames = []
    for end in range(FRAME, len(SAID) + 1, FRAME):
        # A packet comes when all that is in it was said.
        for number in range((end - FRAME) // length, end // length):
            if number not in lost:
                piece = SAID[number * length : (number + 1) * length]
                ear.put(SOURCE, number * length, codecs.PCMA.encode(piece))
        frame = ear.frame()
        frames.append(np.zeros(FRAME, np.int16) if frame is None else frame)
    return np.concatenate(frames)


@pytest.mark.parametrize("milliseconds", [10, 20, 30, 40, 60])
def test_packets_of_any_length_are_heard_without_a_gap(milliseconds: int) -> None:
    sound = heard(milliseconds)
    begin = int(np.argmax(sound != 0)) // FRAME * FRAME
    assert begin <= (WAIT + milliseconds // 20) * FRAME
    expected = as_sent(SAID)[: len(sound) - begin]
    assert np.array_equal(sound[begin:], expected)


@pytest.mark.parametrize("milliseconds", [10, 30, 40])
def test_a_lost_packet_is_as_much_silence_as_was_in_it(milliseconds: int) -> None:
    length = RATE * milliseconds // 1000
    sound = heard(milliseconds, frozenset({4}))
    begin = int(np.argmax(sound != 0)) // FRAME * FRAME
    expected = as_sent(SAID).copy()
    expected[4 * length : 5 * length] = 0
    assert np.array_equal(sound[begin:], expected[: len(sound) - begin])


@given(st.integers(1, FRAME - 1))
def test_packets_out_of_step_with_the_beat_are_heard_where_they_belong(shift: int) -> None:
    ear = Ear(CODECS["PCMA"])
    ear.put(SOURCE, 0, codecs.PCMA.encode(SAID[:FRAME]))
    said = SAID[FRAME + shift : 2 * FRAME + shift]
    ear.put(SOURCE, FRAME + shift, codecs.PCMA.encode(said))
    frames = [ear.frame() for _ in range(WAIT + 3)]
    sound = np.concatenate([frame for frame in frames if frame is not None])
    expected = np.zeros(3 * FRAME, np.int16)
    expected[:FRAME] = as_sent(SAID[:FRAME])
    expected[FRAME + shift : 2 * FRAME + shift] = as_sent(said)
    assert np.array_equal(sound, expected)


@pytest.mark.skipif(opus.library() is None, reason="there is no Opus library")
def test_what_a_codec_does_not_understand_is_silence_and_counted() -> None:
    found = codecs.find("OPUS")
    assert found is not None
    ear = Ear(found)
    ear.put(SOURCE, 0, b"\xff" * 3)
    sound = [ear.frame() for _ in range(WAIT + 1)][-1]
    assert sound is not None
    assert not sound.any()
    assert ear.broken == 1


def test_a_party_may_change_its_codec_in_the_middle_of_a_call() -> None:
    studio = Studio()
    a, b = studio.phone(2, "PCMA"), studio.phone(4, "PCMU")
    studio.hear(a, b)
    studio.hear(b, a)
    studio.talk(10, (a, SAID))
    a.codec, a.encoder = "PCMU", codecs.PCMU
    a.connect()
    b.got.clear()
    studio.talk(10, (a, SAID))
    assert np.array_equal(b.heard, as_sent(SAID[: 10 * FRAME], "PCMU"))
    assert a.is_continuous


def test_a_codec_that_is_not_there_connects_nobody() -> None:
    studio = Studio()
    phone = studio.phone(2)
    phone.codec = "GSM"
    phone.connect()
    party = studio.board.party(2)
    assert party is not None
    assert party.codec.name == "PCMA"
