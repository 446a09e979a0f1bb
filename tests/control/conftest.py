"""A world without a server: its control API is called in the same process."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass

import httpx
import pytest

from emulator.app import Emulator
from emulator.clients.control import AsyncControlClient
from emulator.settings import Settings
from emulator.switch.agents import SignIn
from emulator.switch.clock import Clock
from emulator.switch.switch import Switch

NOON = 1_700_000_000_000_000
LOOPBACK = "http://127.0.0.1:8000"


@dataclass
class World:
    """An emulator on a clock that only moves by hand, and ways to reach it."""

    emulator: Emulator
    http: httpx.AsyncClient
    control: AsyncControlClient

    @property
    def switch(self) -> Switch:
        return self.emulator.platform.switch

    def sign_in(self, work_no: int, *, auto_answer: bool = True) -> None:
        how = SignIn(phone=f"40{work_no}", auto_answer=auto_answer)
        self.emulator.platform.advance().log_on(work_no, how)


async def open_world(
    settings: Settings, clock: Clock | None = None, token: str = ""
) -> AsyncIterator[World]:
    emulator = Emulator(settings, clock or Clock(NOON))
    emulator.platform.start()
    transport = httpx.ASGITransport(emulator.app)
    async with httpx.AsyncClient(transport=transport, base_url=LOOPBACK) as http:
        yield World(emulator, http, AsyncControlClient(LOOPBACK, token, http))
    await emulator.stop()


@pytest.fixture
async def world() -> AsyncIterator[World]:
    """The demo call center at noon."""
    async for opened in open_world(Settings()):
        yield opened


@pytest.fixture
async def guarded() -> AsyncIterator[World]:
    """The same behind a token; its client knows it."""
    async for opened in open_world(Settings(control_token="let me in"), token="let me in"):
        yield opened
