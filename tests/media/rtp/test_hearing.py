"""Who hears whom, sample by sample."""

from __future__ import annotations

import numpy as np
import pytest

from emulator.media.rtp import tones
from emulator.media.rtp.frames import FRAME, Samples
from emulator.media.wiring import Played, Tone
from tests.media.rtp.studio import OPUS, WAIT, Phone, Studio, as_sent, mixed, noise

FRAMES = 20
LATER = WAIT * FRAME


def heard_of(phone: Phone) -> Samples:
    """What a phone has heard since the first word came through."""
    return phone.heard[LATER:]


def spoken(*parts: Samples, codec: str = "PCMA") -> Samples:
    """What comes through of what was said by several."""
    return mixed(*(as_sent(part)[: (FRAMES - WAIT) * FRAME] for part in parts), codec=codec)


def test_in_a_conference_everybody_hears_all_the_others_and_not_themselves() -> None:
    studio = Studio()
    a, b, c = studio.phone(2), studio.phone(4), studio.phone(6)
    studio.hear(a, b, c)
    studio.hear(b, a, c)
    studio.hear(c, a, b)
    says = {phone.port: noise(phone.port, FRAMES) for phone in (a, b, c)}
    studio.talk(FRAMES, *((phone, says[phone.port]) for phone in (a, b, c)))
    for phone, others in ((a, (b, c)), (b, (a, c)), (c, (a, b))):
        expected = spoken(*(says[other.port] for other in others))
        assert np.array_equal(heard_of(phone), expected)


def test_who_listens_in_hears_both_and_is_heard_by_none() -> None:
    studio = Studio()
    customer, agent, supervisor = studio.phone(2), studio.phone(4), studio.phone(6)
    studio.hear(customer, agent)
    studio.hear(agent, customer)
    studio.hear(supervisor, customer, agent)
    says = [noise(seed, FRAMES) for seed in range(3)]
    studio.talk(FRAMES, *zip((customer, agent, supervisor), says, strict=True))
    assert np.array_equal(customer.heard, as_sent(says[1]))
    assert np.array_equal(agent.heard, as_sent(says[0]))
    assert np.array_equal(heard_of(supervisor), spoken(says[0], says[1]))


def test_a_whisper_is_heard_by_the_agent_only() -> None:
    studio = Studio()
    customer, agent, supervisor = studio.phone(2), studio.phone(4), studio.phone(6)
    studio.hear(customer, agent)
    studio.hear(agent, customer, supervisor)
    studio.hear(supervisor, customer, agent)
    says = [noise(seed, FRAMES) for seed in range(3)]
    studio.talk(FRAMES, *zip((customer, agent, supervisor), says, strict=True))
    assert np.array_equal(customer.heard, as_sent(says[1]))
    assert np.array_equal(heard_of(agent), spoken(says[0], says[2]))
    assert np.array_equal(heard_of(supervisor), spoken(says[0], says[1]))


def test_who_barges_in_is_heard_by_both_from_then_on() -> None:
    studio = Studio()
    customer, agent, supervisor = studio.phone(2), studio.phone(4), studio.phone(6)
    studio.hear(customer, agent)
    studio.hear(agent, customer)
    studio.hear(supervisor, customer, agent)
    before = [noise(seed, FRAMES) for seed in range(3)]
    studio.talk(FRAMES, *zip((customer, agent, supervisor), before, strict=True))
    assert np.array_equal(customer.heard, as_sent(before[1]))
    studio.hear(customer, agent, supervisor)
    studio.hear(agent, customer, supervisor)
    customer.got.clear()
    says = [noise(seed, FRAMES) for seed in range(3, 6)]
    studio.talk(FRAMES, *zip((customer, agent, supervisor), says, strict=True))
    assert np.array_equal(heard_of(customer), spoken(says[1], says[2]))
    assert customer.is_continuous


def test_who_is_on_hold_hears_music_and_no_voice() -> None:
    studio = Studio()
    customer, agent = studio.phone(2), studio.phone(4)
    studio.hear(customer, sound=Tone("music"))
    studio.hear(agent)
    studio.talk(FRAMES, (customer, noise(1, FRAMES)), (agent, noise(2, FRAMES)))
    music = tones.named("music")
    assert music is not None
    assert np.array_equal(customer.heard, as_sent(music[: FRAMES * FRAME]))
    assert np.abs(agent.heard).max() <= 8


def test_a_voice_can_be_softer_and_a_sound_be_heard_beside_it() -> None:
    studio = Studio()
    listener, speaker = studio.phone(2), studio.phone(4)
    studio.hear(listener, (speaker, 0.25), sound=Tone("busy"))
    says = noise(1, FRAMES)
    studio.talk(FRAMES, (speaker, says))
    busy = tones.named("busy")
    assert busy is not None
    quarter = np.zeros(FRAMES * FRAME)
    quarter[LATER:] = as_sent(says)[: len(quarter) - LATER] * 0.25
    sound = np.tile(busy, 2)[: len(quarter)]
    expected = as_sent(np.rint(quarter + sound).astype(np.int16))
    assert np.array_equal(listener.heard, expected)


def test_what_is_too_loud_together_is_cut_and_does_not_turn_over() -> None:
    studio = Studio()
    listener, one, other = studio.phone(2), studio.phone(4), studio.phone(6)
    studio.hear(listener, one, other)
    loud = np.full(FRAMES * FRAME, 30_000, np.int16)
    studio.talk(FRAMES, (one, loud), (other, loud))
    assert heard_of(listener).min() == as_sent(np.array([32767], np.int16))[0]


@pytest.mark.parametrize("codec", ["PCMU", "G722", OPUS])
def test_parties_of_different_codecs_hear_each_other(codec: str) -> None:
    studio = Studio()
    a, b = studio.phone(2, "PCMA"), studio.phone(4, codec)
    studio.hear(a, b)
    studio.hear(b, a)
    tone = tones.sine([440], 50 * FRAME)
    studio.talk(50, (a, tone), (b, tone))
    for phone in (a, b):
        sound = phone.heard[20 * FRAME : 40 * FRAME].astype(float)
        spectrum = np.abs(np.fft.rfft(sound))
        assert spectrum.argmax() * 8000 / len(sound) == 440
        assert 6000 < np.abs(sound).max() < 10_000


def test_who_is_not_there_is_heard_as_silence() -> None:
    studio = Studio()
    listener, other = studio.phone(2), studio.phone(4)
    studio.hear(listener, other)
    studio.talk(FRAMES)
    assert np.abs(listener.heard).max() <= 8
    assert len(listener.got) == FRAMES


def test_who_hears_nobody_is_sent_silence_so_that_the_phone_does_not_give_up() -> None:
    studio = Studio()
    listener = studio.phone(2)
    studio.talk(FRAMES)
    assert len(listener.got) == FRAMES
    assert set(listener.got[0].payload) == {0xD5}
    assert listener.is_continuous


def test_a_sound_that_ends_is_reported_once_and_does_not_begin_again() -> None:
    studio = Studio()
    listener = studio.phone(2)
    studio.hear(listener, sound=Tone("beep", 2), serial=7)
    studio.talk(30)
    studio.hear(listener, sound=Tone("beep", 2), serial=7)
    studio.talk(30)
    assert studio.told(Played) == [Played(2, 7)]
    beep = tones.named("beep")
    assert beep is not None
    silence = np.zeros(60 * FRAME - 2 * len(beep), np.int16)
    assert np.array_equal(listener.heard, as_sent(np.concatenate([beep, beep, silence])))


def test_a_sound_goes_on_when_voices_beside_it_change() -> None:
    studio = Studio()
    listener, other = studio.phone(2), studio.phone(4)
    studio.hear(listener, sound=Tone("music"), serial=3)
    studio.talk(10)
    studio.hear(listener, other, sound=Tone("music"), serial=3)
    studio.talk(10)
    studio.hear(listener, sound=Tone("music"), serial=4)
    studio.talk(10)
    music = tones.named("music")
    assert music is not None
    played = np.concatenate([music[: 20 * FRAME], music[: 10 * FRAME]])
    assert np.array_equal(listener.heard, as_sent(played))


def test_a_sound_goes_on_for_a_party_that_receives_nothing_for_now() -> None:
    studio = Studio()
    listener = studio.phone(2)
    studio.hear(listener, sound=Tone("beep", 1), serial=7)
    listener.connect(receives=False)
    studio.talk(20)
    assert listener.got == []
    assert studio.told(Played) == [Played(2, 7)]


def test_a_tone_that_does_not_exist_is_over_at_once() -> None:
    studio = Studio()
    listener = studio.phone(2)
    studio.hear(listener, sound=Tone("trumpets"), serial=1)
    studio.talk(2)
    assert studio.told(Played) == [Played(2, 1)]
