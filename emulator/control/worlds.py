"""Worlds beside the first one: each has its own clock, agents, calls, records and journal.

They live in memory. A world is reached under `/_world/<name>/…`, at `<name>.localhost` (whichever
the client can be told) or, if it wants one, at a port of its own.
"""

from __future__ import annotations

from dataclasses import fields, replace
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from emulator.control.desk import ControlDesk, Desk
from emulator.control.seed import seed_names
from emulator.settings import Settings, problems_of_world
from emulator.switch.errors import InvalidValue, NotFound
from emulator.worlds import PREFIX, NameTaken, Wanted, World, Worlds

router = APIRouter(prefix="/worlds", tags=["worlds"])

OWN_OF_THE_FIRST = frozenset(
    {"host", "http_port", "https_port", "data", "database", "seed", "snapshot", "control_token"}
)
"""Settings that belong to the process, or have a field of their own here."""

LATEST_START = 253_402_300_799_000_000
"""The end of the year 9999."""


class NoSuchWorld(NotFound):
    """There is no world of this name."""


class Order(BaseModel):
    """A world: its name (lower-case letters, digits, hyphens), seed, settings, begin in µs.

    `settings` are those of the emulator by their names, as `random_seed`, `clock_scale` (0: the
    clock is frozen), `poll_wait`, `journal_mb`; what is not named is as in the first world.
    """

    model_config = ConfigDict(extra="forbid")

    name: Annotated[str, Field(max_length=63)] = ""
    seed: str | None = None
    settings: dict[str, bool | int | float | str] = Field(default_factory=dict)
    start: Annotated[int, Field(ge=0, le=LATEST_START)] | None = None
    as_here: bool = False
    """Whether it begins as the world that is asked is now, in place of a seed and a begin."""
    port: bool = False
    """Whether it gets a port of its own, of this machine only."""


class WorldView(BaseModel):
    """Where a world is: what its clients put before a path, or as host, or as port."""

    name: str
    path: str
    host: str
    port: int | None


@router.post("", status_code=201)
async def make(desk: Desk, order: Order | None = None) -> WorldView:
    """Make a world in memory."""
    order = order or Order()
    settings = _settings(desk, order)
    if order.as_here and (order.seed, order.start) != (None, None):
        raise InvalidValue("a world as this one has neither a seed nor a begin of its own")
    try:
        world = await _worlds(desk).make(Wanted(order.name, settings, order.start))
    except NameTaken as error:
        raise InvalidValue(str(error)) from error
    if order.as_here:
        await world.load(await desk.platform.snapshot())
    if order.port:
        await world.listen()
    return _view(world)


@router.get("")
async def show(desk: Desk) -> list[WorldView]:
    """List the worlds beside the first."""
    return [_view(world) for world in _worlds(desk)]


@router.delete("/{name}")
async def drop(desk: Desk, name: str) -> list[WorldView]:
    """End a world and forget it; the others are listed."""
    if not await _worlds(desk).drop(name):
        raise NoSuchWorld(f"there is no world {name}")
    return await show(desk)


def _worlds(desk: ControlDesk) -> Worlds:
    if desk.worlds is None:
        raise NoSuchWorld("this emulator has one world only")
    return desk.worlds


def _settings(desk: ControlDesk, order: Order) -> dict[str, Any]:
    current = desk.platform.settings
    chosen: dict[str, Any] = {}
    for name, value in order.settings.items():
        if name in OWN_OF_THE_FIRST or name not in {it.name for it in fields(Settings)}:
            raise InvalidValue(f"{name} is no setting of a world")
        chosen[name] = _as(type(getattr(current, name)), name, value)
    for problem in problems_of_world(replace(current, **chosen)):
        raise InvalidValue(problem)
    if order.seed is not None:
        if order.seed not in (*seed_names(), current.seed):
            raise InvalidValue(f"there is no seed {order.seed}")
        chosen["seed"] = order.seed
    return chosen


def _as(kind: type[Any], name: str, value: Any) -> Any:
    """The value, if it is one of this kind; a whole number is a duration too."""
    if kind is float and type(value) is int:
        return float(value)
    if type(value) is not kind:
        raise InvalidValue(f"{name}: {value!r} is not valid")
    return value


def _view(world: World) -> WorldView:
    return WorldView(
        name=world.name,
        path=f"{PREFIX}{world.name}",
        host=f"{world.name}.localhost",
        port=world.port,
    )
