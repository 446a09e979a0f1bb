"""The domain clock: frozen, run, moved by hand. Wire time always goes on."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from emulator.control import state
from emulator.control.desk import Desk
from emulator.control.errors import ClockCannot
from emulator.switch.clock import MICROSECONDS

router = APIRouter(prefix="/clock", tags=["clock"])

LONGEST_MOVE = 366 * 86_400


class ClockView(BaseModel):
    """`now`, `started_at`, `next_timer`: µs since the epoch; `scale` 0 while it stands still."""

    now: int
    mode: str
    scale: float
    started_at: int
    next_timer: int | None


class Run(BaseModel):
    """How many seconds of the call center in a real one."""

    scale: Annotated[float, Field(gt=0, le=1000)] = 1.0


class Move(BaseModel):
    """How far to move, in seconds, and whether clients count as silent for as long."""

    seconds: Annotated[float, Field(ge=0, le=LONGEST_MOVE)]
    trip_watchdogs: bool = False


@router.get("")
async def show(desk: Desk) -> ClockView:
    """Show the clock."""
    return ClockView(**state.clock(desk.platform))


@router.post("/freeze")
async def freeze(desk: Desk) -> ClockView:
    """Stand still from now on."""
    desk.platform.clock.freeze()
    desk.platform.clock_changed()
    return await show(desk)


@router.post("/run")
async def run(desk: Desk, how: Run | None = None) -> ClockView:
    """Follow real time again, at a scale."""
    try:
        desk.platform.clock.run((how or Run()).scale)
    except ValueError as error:
        raise ClockCannot(str(error)) from error
    desk.platform.clock_changed()
    return await show(desk)


@router.post("/advance")
async def advance(desk: Desk, move: Move) -> ClockView:
    """Move forward; timers fire in order, each at its instant."""
    desk.platform.move_clock(round(move.seconds * MICROSECONDS))
    if move.trip_watchdogs:
        desk.sessions.age(move.seconds)
        desk.sessions.sign_out_unheard(desk.platform.settings.poll_timeout)
    return await show(desk)
