"""Whatever is ordered and whatever comes, a phone gets one unbroken stream and nobody is harmed."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from emulator.media.rtp.frames import FRAME, PERIOD
from emulator.media.rtp.sending import Sending
from emulator.media.wiring import Close, Press, Tone
from tests.media.rtp.studio import Phone, Studio, noise

SOUND = noise(1, 1)
PHONES = 3
Step = Callable[[Studio, list[Phone]], None]
number = st.integers(0, PHONES - 1)


def hear(listener: int, heard: list[int], gain: float, tone: str | None) -> Step:
    def step(studio: Studio, phones: list[Phone]) -> None:
        sound = None if tone is None else Tone(tone, 1)
        voices = ((phones[other], gain) for other in heard)
        studio.hear(phones[listener], *voices, sound=sound, serial=len(phones[listener].got))

    return step


def connect(phone: int, events: int | None, sends: bool, receives: bool) -> Step:
    return lambda studio, phones: phones[phone].connect(
        events=events, sends=sends, receives=receives
    )


steps = st.one_of(
    st.builds(
        hear,
        number,
        st.lists(number, max_size=3),
        st.sampled_from([1.0, 0.5]),
        st.sampled_from([None, "beep", "music"]),
    ),
    st.builds(connect, number, st.sampled_from([None, 101]), st.booleans(), st.booleans()),
    st.builds(
        lambda phone, keys: lambda studio, phones: studio.do(Press(phones[phone].port, keys)),
        number,
        st.sampled_from(["1", "#*"]),
    ),
    st.builds(lambda phone: lambda studio, phones: phones[phone].press("5"), number),
    st.builds(
        lambda count, speaking: (
            lambda studio, phones: studio.talk(
                count, *((phones[phone], noise(phone, count)) for phone in speaking)
            )
        ),
        st.integers(1, 8),
        st.sets(number),
    ),
    st.builds(
        lambda phone, raw: lambda studio, phones: phones[phone].raw(raw),
        number,
        st.binary(max_size=40).map(lambda raw: b"\x80" + raw),
    ),
    st.builds(
        lambda phone, jump: (
            lambda studio, phones: setattr(
                phones[phone], "timestamp", phones[phone].timestamp + jump
            )
        ),
        number,
        st.integers(0, 1 << 31),
    ),
)


@given(st.lists(steps, max_size=30), st.permutations(["PCMA", "PCMU", "PCMA"]))
def test_each_phone_gets_one_stream_whose_time_goes_forward(
    doing: list[Step], codecs: list[str]
) -> None:
    studio = Studio()
    phones = [studio.phone(2 + 2 * place, codec) for place, codec in enumerate(codecs)]
    for step in doing:
        step(studio, phones)
    studio.talk(1)
    for phone in phones:
        assert phone.is_continuous
        times = [packet.timestamp for packet in phone.got]
        assert all((after - before) & 0xFFFFFFFF < 1 << 31 for before, after in pairwise(times))
    studio.do(*(Close(phone.port) for phone in phones))


relayed = st.tuples(st.just("relay"), st.integers(1, 3), st.integers(0, 5), st.integers(1, 9))
own = st.tuples(st.just("own"), st.just(0), st.just(0), st.integers(1, 9))


@given(st.lists(st.one_of(relayed, own), max_size=60), st.integers(0, 0xFFFF))
def test_no_two_packets_of_a_stream_have_the_same_sequence(
    doing: list[tuple[str, int, int, int]], first: int
) -> None:
    sending, now, place = Sending(1, first, 0), 0, dict.fromkeys(range(4), 0xFFF0)
    seen: list[int] = []
    for kind, source, gap, frames in doing:
        now += frames * PERIOD
        if kind == "own":
            raw: bytes | None = sending.own(8, b"own", FRAME, now)
        else:
            place[source] += 1 + gap
            sequence = place[source] & 0xFFFF
            raw = sending.relay((8, sequence, sequence * FRAME, source), b"theirs", FRAME, now)
        if raw is not None:
            seen.append(int.from_bytes(raw[2:4], "big"))
    assert len(set(seen)) == len(seen)
    assert all(0 < (after - before) & 0xFFFF < 1000 for before, after in pairwise(seen))
