"""Video files: a picture that tells the call, for as long as the call lasted."""

from __future__ import annotations

import pytest

from emulator.media import movie
from tests.media import movies


@pytest.mark.parametrize("size", [movie.HD, movie.SD])
def test_a_video_lasts_as_long_as_its_call_and_shows_which_it_was(size: tuple[int, int]) -> None:
    found = movies.read(movie.movie("1700000000-4711 119", 5 * 8000 + 1, size, b"comment"))
    assert found == movies.Movie(5.000125, size, "1700000000-4711 119")


def test_its_size_does_not_depend_on_how_long_it_lasts() -> None:
    short, long = movie.movie("1-1 101", 8), movie.movie("1-1 101", 8000 * 3600 * 24)
    assert len(short) == len(long) < 10_000
    assert movies.read(long).seconds == 3600 * 24


def test_a_text_that_is_too_long_is_cut() -> None:
    assert movies.read(movie.movie("x" * 50, 1)).text == "x" * movie.LETTERS
