"""Of parties that have gone nothing stays, not even until somebody looks for garbage."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from pathlib import Path
from weakref import ref

import pytest

from emulator.media.wiring import Close, Keys, Press, Record, StopRecording, Tone
from tests.media.rtp.studio import OPUS, Phone, Studio, noise

KEYS = Keys("AES_CM_128_HMAC_SHA1_80", "A" * 40, "B" * 40)


@pytest.fixture(autouse=True)
def _nobody_looks_for_garbage() -> Iterator[None]:
    gc.disable()
    yield
    gc.enable()


def leave(studio: Studio, *phones: Phone) -> int:
    """All hang up; how many of them are kept nevertheless."""
    kept = [ref(studio.board.party(phone.port)) for phone in phones]
    assert all(it() is not None for it in kept)
    studio.do(*(Close(phone.port) for phone in phones))
    studio.talk(1)
    return sum(it() is not None for it in kept)


@pytest.mark.parametrize("codec", ["PCMA", "G722", OPUS])
def test_two_who_hear_each_other_do_not_keep_each_other(codec: str) -> None:
    studio = Studio()
    a, b = studio.phone(2, codec), studio.phone(4, codec)
    studio.hear(a, b)
    studio.hear(b, a)
    studio.talk(4, (a, noise(1, 4)), (b, noise(2, 4)))
    assert leave(studio, a, b) == 0


def test_one_who_goes_is_not_kept_by_the_other() -> None:
    studio = Studio()
    a, b = studio.phone(2), studio.phone(4)
    studio.hear(a, b)
    studio.hear(b, a)
    studio.talk(4, (a, noise(1, 4)))
    assert leave(studio, a) == 0
    assert leave(studio, b) == 0


def test_who_was_recorded_in_a_conference_by_srtp_is_not_kept(tmp_path: Path) -> None:
    studio = Studio()
    phones = [studio.phone(port, keys=KEYS if port == 2 else None) for port in (2, 4, 6)]
    for phone in phones:
        studio.hear(phone, *(it for it in phones if it is not phone))
    studio.do(Record("r", tmp_path / "r.wav", (2, 4)), Press(6, "1"))
    studio.talk(20, *((phone, noise(phone.port, 20)) for phone in phones[1:]))
    studio.do(StopRecording("r"))
    assert leave(studio, *phones) == 0


def test_ports_that_are_closed_are_in_no_table(tmp_path: Path) -> None:
    studio = Studio()
    phones = [studio.phone(port) for port in range(2, 42, 2)]
    for phone in phones:
        studio.hear(phone, phones[0], sound=Tone("beep", 1), serial=phone.port)
    studio.do(Record("r", tmp_path / "r.wav", tuple(phone.port for phone in phones)))
    studio.talk(3)
    assert leave(studio, *phones) == 0
    board = studio.board
    tables = (board._parties, board._hearings, board._routes.sources, board._routes.mixed)
    assert [len(table) for table in tables] == [0, 0, 0, 0]
    assert board._recorder.ports == set()
    studio.do(StopRecording("r"))
