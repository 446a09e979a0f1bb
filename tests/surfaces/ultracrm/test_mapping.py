"""UltraCRM's call ids: where they come from, and which calls they mean."""

from __future__ import annotations

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

from hypothesis import given
from hypothesis import strategies as st

from emulator.surfaces.ultracrm import mapping

ZONES = st.sampled_from(["UTC", "Asia/Shanghai", "Europe/Berlin", "America/St_Johns"])
SECOND = 1_000_000
DAY = 86_400 * SECOND


@given(st.integers(0, 4_000_000_000), st.integers(1, 10**9), ZONES)
def test_the_second_at_which_a_call_began_is_found_by_its_id(
    began: int, sequence: int, zone: str
) -> None:
    shown = mapping.call_id(f"{began}-{sequence}", zone)
    assert len(shown) == mapping.CALL_ID_LENGTH
    at = began * SECOND
    found = list(mapping.seconds_of(shown, at - 3 * DAY, at + 3 * DAY, zone))
    assert began in found
    assert all(mapping.call_id(f"{it}-{sequence}", zone) == shown for it in found)
    assert mapping.sequence_of(shown) == sequence % 10_000


def test_an_id_is_found_in_every_month_of_the_range() -> None:
    begin = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp()) * SECOND
    found = mapping.seconds_of("311200000001", begin, begin + 365 * DAY, "UTC")
    months = [datetime.fromtimestamp(it, UTC).month for it in found]
    assert months == [1, 3, 5, 7, 8, 10, 12]


def test_the_hour_that_is_repeated_in_autumn_has_two_instants() -> None:
    zone = "Europe/Berlin"
    begin = int(datetime(2026, 10, 25, tzinfo=ZoneInfo(zone)).timestamp()) * SECOND
    assert len(list(mapping.seconds_of("250230000001", begin, begin + 2 * DAY, zone))) == 2


def test_what_is_no_id_means_no_call() -> None:
    for text in ("", "1", "99999999999x", "３１１２００００００01", "1" * 13):
        assert list(mapping.seconds_of(text, 0, 40 * DAY, "UTC")) == []
