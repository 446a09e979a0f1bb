"""Who may drive the emulator."""

from __future__ import annotations

import pytest

from emulator.clients.control import AsyncControlClient
from tests.control.conftest import LOOPBACK, World


async def test_with_a_token_configured_only_its_holder_is_let_in(guarded: World) -> None:
    assert (await guarded.control.state())["tenants"]
    for headers in ({}, {"authorization": "Bearer x"}, {"authorization": "Basic let me in"}):
        answer = await guarded.http.post("/_emulator/reset", headers=headers)
        assert answer.status_code == 401
        assert answer.json()["error"]["type"] == "Unauthorized"
    docs = await guarded.http.get("/_emulator/docs")
    assert docs.status_code == 401


async def test_health_needs_no_token(guarded: World) -> None:
    nobody = AsyncControlClient(LOOPBACK, http=guarded.http)
    assert (await nobody.health())["status"] == "ready"
    assert (await guarded.http.post("/_emulator/health")).status_code == 401


@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://127.0.0.1.evil.example"},
        {"origin": "http://["},
        {"host": "evil.example:8000"},
        {"host": "127.0.0.1@evil.example"},
        {"host": ""},
    ],
)
async def test_a_page_of_another_site_is_turned_away(world: World, headers: dict[str, str]) -> None:
    world.sign_in(101)
    answer = await world.http.post("/_emulator/reset", headers=headers)
    assert answer.status_code == 403
    assert answer.json()["error"]["type"] == "ForeignPage"
    assert world.switch.agent(101).signed_in


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://localhost:3000"},
        {"origin": "http://[::1]:8000"},
        {"host": "localhost:8000"},
        {"host": "[::1]:8000"},
    ],
)
async def test_pages_and_programs_of_this_machine_are_let_in(
    world: World, headers: dict[str, str]
) -> None:
    assert (await world.http.get("/_emulator/clock", headers=headers)).status_code == 200


async def test_behind_a_token_the_emulator_may_have_any_name(guarded: World) -> None:
    headers = {"host": "emulator.test", "authorization": "Bearer let me in"}
    assert (await guarded.http.get("/_emulator/clock", headers=headers)).status_code == 200
