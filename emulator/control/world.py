"""The world as a whole: is it there, what is in it, begin it anew."""

from __future__ import annotations

import asyncio
import json
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from emulator import __version__
from emulator.control import state
from emulator.control.desk import Desk, plain
from emulator.control.seed import SeedError, load_seed, parse_document, parse_seed
from emulator.switch.config import TenantConfig

router = APIRouter(tags=["world"])


class Health(BaseModel):
    """The emulator answers."""

    status: Literal["ready"] = "ready"
    version: str = __version__


class TenantSummary(BaseModel):
    """How large a tenant is."""

    id: int
    name: str
    agents: int
    queues: int


class Begun(BaseModel):
    """What the world consists of now."""

    tenants: list[TenantSummary]


def _begun(tenants: list[TenantConfig]) -> Begun:
    return Begun(
        tenants=[
            TenantSummary(id=it.id, name=it.name, agents=len(it.agents), queues=len(it.queues))
            for it in tenants
        ]
    )


@router.get("/health")
async def health() -> Health:
    """Say that the emulator is ready; needs no token."""
    return Health()


@router.post("/reset")
async def reset(desk: Desk) -> Begun:
    """Begin anew with the seed of the start: nobody signed in, no calls; records stay."""
    tenants = await asyncio.to_thread(load_seed, desk.platform.settings.seed)
    await desk.begin_anew(tenants)
    return _begun(tenants)


SEED_BODY = {
    "requestBody": {
        "required": True,
        "content": {
            "application/yaml": {"schema": {"type": "string"}},
            "application/json": {"schema": {"type": "object"}},
        },
    }
}


@router.post("/seed", openapi_extra=SEED_BODY)
async def seed(desk: Desk, request: Request, source: str = "seed") -> Begun:
    """Begin anew with the tenants of this seed, in YAML or JSON; `source` names it in errors."""
    body = await request.body()
    is_json = "json" in request.headers.get("content-type", "")
    tenants = await asyncio.to_thread(_parse, body, source, is_json=is_json)
    await desk.begin_anew(tenants)
    return _begun(tenants)


def _parse(body: bytes, source: str, *, is_json: bool) -> list[TenantConfig]:
    try:
        text = body.decode()
        return parse_document(json.loads(text), source) if is_json else parse_seed(text, source)
    except (ValueError, RecursionError) as error:
        raise SeedError(source, [("", f"cannot be read: {error}")]) from error


@router.get("/state")
async def show_state(desk: Desk, tenant: int | None = None) -> Response:
    """Show everything that lives, without passwords and keys."""
    return plain(state.world(desk.platform, tenant))
