"""Stays and recordings of a day as it was, asked for while calls go on."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator.settings import Settings
from emulator.store import file_url
from emulator.switch.agents import SignIn
from tests.domain.office import NOON, SECOND, open_office

UNTIL = NOON + 3600 * SECOND


@pytest.mark.parametrize("durable", [False, True], ids=["in memory", "in a file"])
async def test_what_has_just_ended_is_found_with_the_phone_of_then(
    tmp_path: Path, durable: bool
) -> None:
    settings = Settings(data=tmp_path) if durable else Settings()
    async with open_office(settings) as office:
        office.sign_in(101)
        first = office.serve("13900000000")
        office.switch.log_off(101)
        office.switch.log_on(101, SignIn(phone="40120"))
        second = office.serve("02082015268")
        history = office.platform.history
        stays = await history.stays_between(1, NOON, UNTIL, agents=["101"])
        assert [(it.call_id, it.phone_no) for it in stays] == [(first, "40101"), (second, "40120")]
        found = await history.recordings_between(1, NOON, UNTIL, caller="8201")
        assert [(it.call_id, it.phone_no, it.caller_no) for it in found] == [
            (second, "40120", "02082015268")
        ]
        begun = f"{first.partition('-')[0]}-"
        by_second = await history.stays_between(1, NOON, UNTIL, call_ids=[begun])
        assert {it.call_id for it in by_second} == {first}
        assert await history.stays_between(1, NOON, NOON) == []


async def test_the_other_process_is_asked_where_there_is_one(tmp_path: Path) -> None:
    settings = Settings(database=file_url(tmp_path))
    async with open_office(settings) as office:
        assert await office.platform.history.stays_between(1, NOON, UNTIL) == []
        assert len(office.platform.reports.processes) == 1
