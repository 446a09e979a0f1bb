"""A call center as the doors have it, on a clock that only moves by hand."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from emulator.app import World
from emulator.settings import Settings
from emulator.switch.agents import SignIn
from emulator.switch.clock import Clock
from emulator.switch.switch import Switch

SECOND = 1_000_000
NOON = 1_700_000_000 * SECOND


class Office:
    """The demo call center, and what people do in it."""

    def __init__(self, world: World) -> None:
        self.world = world
        self.platform = world.platform

    @property
    def switch(self) -> Switch:
        return self.platform.advance()

    def sign_in(self, *agents: int) -> None:
        for agent in agents:
            self.switch.log_on(agent, SignIn(phone=f"40{agent}", auto_answer=True))

    def serve(self, caller: str, seconds: int = 10, code: str = "95001") -> str:
        """A customer calls, talks to the agent who is free, and hangs up."""
        call = self.switch.dial_in(caller, code)
        self.platform.move_clock(seconds * SECOND)
        self.switch.outside_hangs_up(call)
        return call

    def call_out(self, agent: int, number: str, seconds: int = 10) -> str:
        """An agent calls a customer, who answers after two seconds, and hangs up."""
        call = self.switch.make_call(agent, number)
        self.platform.move_clock((2 + seconds) * SECOND)
        self.switch.release_call(agent, call)
        return call

    def leave_message(self, caller: str, seconds: int = 9) -> str:
        """A customer talks to the menu's machine."""
        call = self.switch.dial_in(caller, "95003")
        self.switch.outside_presses(call, "9")
        self.platform.move_clock(seconds * SECOND)
        self.switch.outside_hangs_up(call)
        return call


@asynccontextmanager
async def open_office(settings: Settings | None = None, now: int = NOON) -> AsyncIterator[Office]:
    """From the opening to the end of the process."""
    world = World(settings or Settings(), Clock(now))
    await world.start()
    try:
        yield Office(world)
    finally:
        await world.stop()
