"""SIP gateways: read from the YAML file that describes them, and shown with their state."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fastapi import APIRouter
from pydantic import ConfigDict, TypeAdapter, ValidationError

from emulator.control.desk import Desk
from emulator.control.seed import SeedError, parse_yaml, reason_of

if TYPE_CHECKING:
    from emulator.surfaces.sip.peering import Peering

TRANSPORTS = ("udp", "tcp", "tls")
router = APIRouter(tags=["world outside"])


@router.get("/gateways")
async def gateways(desk: Desk) -> list[dict[str, Any]]:
    """List the gateways to the world outside: which are there, and how many calls each has."""
    return [asdict(it) for it in desk.platform.gateways()]


@lru_cache(maxsize=1)
def _adapter() -> TypeAdapter[list[Peering]]:
    """Of a list: a record by itself has no configuration but its own."""
    from emulator.surfaces.sip.peering import Peering

    return TypeAdapter(list[Peering], config=ConfigDict(extra="forbid"))


def read_peering(path: Path, transports: Collection[str] = TRANSPORTS) -> Peering:
    """What the file says; `SeedError` names every place in it that is not in order.

    `transports` are those that the emulator has a port of.
    """
    source = str(path)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise SeedError(source, [("", f"cannot be read: {error}")]) from error
    return peering_of(parse_yaml(text, source), source, transports)


def peering_of(
    document: Any, source: str = "gateways", transports: Collection[str] = TRANSPORTS
) -> Peering:
    """What a document says that was read from YAML."""
    try:
        [peering] = _adapter().validate_python([document])
    except ValidationError as error:
        found = [(it["loc"][1:], reason_of(it)) for it in error.errors(include_url=False)]
    else:
        found = list(peering.problems(transports))
        if not found:
            return peering
    raise SeedError(source, [(_place(place), reason) for place, reason in found])


def _place(path: tuple[str | int, ...]) -> str:
    """As a reader of the file would write it: gateways[0].host."""
    text = "".join(f"[{it}]" if isinstance(it, int) else f".{it}" for it in path)
    return text.removeprefix(".")
