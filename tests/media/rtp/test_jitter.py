"""The playout buffer: whatever the network does, sound comes in its order and at its time."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from emulator.media.rtp.frames import FRAME
from emulator.media.rtp.jitter import JUMP, MOST, TARGET, Buffer

SOURCE = 7


def number(payload: bytes) -> int:
    return int.from_bytes(payload, "big")


def played(
    buffer: Buffer, arrivals: dict[int, list[int]], frames: int, first: int = 0
) -> list[int]:
    """Numbers of the packets in each frame, -1 for silence; packets come before their frame."""
    heard = []
    for frame in range(frames):
        for packet in arrivals.get(frame, []):
            timestamp = (first + packet * FRAME) & 0xFFFFFFFF
            buffer.put(SOURCE, timestamp, packet.to_bytes(4, "big"))
        due = buffer.take()
        assert len(due) <= 1
        assert all(one.offset == 0 for one in due)
        heard.append(number(due[0].payload) if due else -1)
    return heard


def in_order(frames: int) -> dict[int, list[int]]:
    return {frame: [frame] for frame in range(frames)}


@pytest.mark.parametrize("first", [0, 160 * 5, 0xFFFFFFFF - 160 * 5 + 1, 0x7FFFFF00, 12345])
def test_what_comes_in_time_is_heard_two_frames_later(first: int) -> None:
    heard = played(Buffer(FRAME), in_order(50), 50, first)
    assert heard == [-1] * TARGET + list(range(50 - TARGET))


def test_what_is_lost_is_silent_for_its_time_and_no_longer() -> None:
    arrivals = in_order(20)
    del arrivals[7]
    heard = played(Buffer(FRAME), arrivals, 20)
    assert heard == [-1, -1, 0, 1, 2, 3, 4, 5, 6, -1, *range(8, 18)]


def test_disorder_is_put_in_order_and_what_comes_twice_is_heard_once() -> None:
    buffer = Buffer(FRAME)
    arrivals = {0: [0], 1: [2, 1], 2: [2], 3: [4], 4: [3, 3], 5: [5]}
    assert played(buffer, arrivals, 8) == [-1, -1, 0, 1, 2, 3, 4, 5]
    assert buffer.duplicates == 2


def test_who_comes_too_late_is_not_heard() -> None:
    buffer = Buffer(FRAME)
    arrivals = in_order(10)
    arrivals[3], arrivals[8] = [], [8, 3]
    assert played(buffer, arrivals, 10) == [-1, -1, 0, 1, 2, -1, 4, 5, 6, 7]
    assert buffer.late == 1


@given(
    st.lists(st.tuples(st.integers(0, 60), st.integers(0, 60)), max_size=150),
    st.sampled_from([0, 0xFFFFFFFF - 20 * FRAME, 0x80000000]),
)
def test_nothing_is_heard_twice_or_before_what_was_before_it(
    arrivals: list[tuple[int, int]], first: int
) -> None:
    coming: dict[int, list[int]] = {}
    for frame, packet in arrivals:
        coming.setdefault(frame, []).append(packet)
    heard = [packet for packet in played(Buffer(FRAME), coming, 150, first) if packet >= 0]
    assert heard == sorted(set(heard))


@given(st.randoms(use_true_random=False), st.integers(0, MOST // 2))
def test_whatever_varies_less_than_it_waits_is_heard_whole_after_a_while(
    draw: Random, most: int
) -> None:
    arrivals: dict[int, list[int]] = {}
    for packet in range(400):
        arrivals.setdefault(packet + draw.randint(0, most), []).append(packet)
    heard = played(Buffer(FRAME), arrivals, 400 + MOST)
    late = [packet for packet in heard if 200 <= packet < 380]
    assert len(late) >= 178


@pytest.mark.parametrize("slowness", [0.995, 1.005])
def test_a_clock_that_is_off_costs_a_frame_now_and_then_and_no_more(slowness: float) -> None:
    frames = 4000
    arrivals: dict[int, list[int]] = {}
    for packet in range(frames):
        arrivals.setdefault(int(packet * slowness), []).append(packet)
    buffer = Buffer(FRAME)
    heard = played(buffer, arrivals, int(frames * slowness))
    missing = frames - len([packet for packet in heard if packet >= 0])
    assert missing < frames * 0.015 + MOST
    delay = frames - max(heard)
    assert delay <= MOST + 2


def test_waiting_that_was_needed_once_is_given_up_later() -> None:
    arrivals = in_order(1500)
    for packet in range(100, 108):
        arrivals[packet] = []
    arrivals[108] = list(range(100, 109))
    heard = played(Buffer(FRAME), arrivals, 1500)
    assert 1500 - heard[-1] <= TARGET + 2


def test_another_source_begins_anew() -> None:
    buffer = Buffer(FRAME)
    played(buffer, in_order(10), 10)
    buffer.put(SOURCE + 1, 99_999_999, b"new")
    frames = [buffer.take() for _ in range(TARGET + 1)]
    assert [bool(due) for due in frames] == [False] * TARGET + [True]


def test_a_jump_in_time_is_believed_at_the_second_packet() -> None:
    buffer = Buffer(FRAME)
    played(buffer, in_order(10), 10)
    far = 10 * FRAME + 10 * JUMP * FRAME
    assert not buffer.put(SOURCE, far, b"one")
    assert buffer.put(SOURCE, far + FRAME, b"two")
    assert [bool(buffer.take()) for _ in range(TARGET + 1)][-1]


def test_one_packet_from_nowhere_changes_nothing() -> None:
    buffer = Buffer(FRAME)
    arrivals = in_order(20)
    arrivals[10] = [10, 100_000]
    assert played(buffer, arrivals, 20) == [-1] * TARGET + list(range(20 - TARGET))


def test_who_pauses_is_heard_again_whether_its_clock_has_gone_on_or_not() -> None:
    for later in (0, 500):
        buffer = Buffer(FRAME)
        played(buffer, in_order(10), 510)
        arrivals = {frame: [10 + later + frame] for frame in range(20)}
        assert len([one for one in played(buffer, arrivals, 25) if one >= 0]) >= 17


def test_packets_of_10_ms_are_heard_two_in_a_frame() -> None:
    buffer = Buffer(FRAME)
    heard = []
    for frame in range(10):
        for half in (0, 80):
            buffer.put(SOURCE, frame * FRAME + half, bytes([frame, half]))
        heard.append([(one.offset, one.payload[1]) for one in buffer.take()])
    assert heard[TARGET:] == [[(0, 0), (80, 80)]] * (10 - TARGET)
