"""The world as a whole: is it there, what is in it, begin it anew."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Sequence
from typing import Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel

from emulator import __version__
from emulator.control import state
from emulator.control.desk import Desk, plain
from emulator.control.seed import Seed, SeedError, open_seed, seed_of, seed_of_text
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


def begun(tenants: Sequence[TenantConfig]) -> Begun:
    """Say how large they are."""
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
async def reset(desk: Desk, tenant: int | None = None) -> Begun:
    """Begin anew with the seed of the start: nobody signed in, no calls, no records.

    One `tenant` alone begins anew as the seed has it; if the seed has none of that id, as it is,
    with the customers that it has. Messages, customers and contacts are those of the seed again.
    In a durable world records of the past are kept in the store, but not shown any more.
    """
    tenants, holdings = open_seed(desk.platform.settings.seed)
    if tenant is None:
        await desk.begin_anew(tenants, holdings)
        return begun(tenants)
    known = desk.switch.tenant(tenant).config
    chosen = next((it for it in tenants if it.id == tenant), known)
    await desk.begin_tenant_anew(chosen, holdings.get(tenant))
    return begun([chosen])


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
    tenants, holdings = await asyncio.to_thread(_parse, body, source, is_json=is_json)
    await desk.begin_anew(tenants, holdings)
    return begun(tenants)


def _parse(body: bytes, source: str, *, is_json: bool) -> Seed:
    try:
        text = body.decode()
        return seed_of(json.loads(text), source) if is_json else seed_of_text(text, source)
    except (ValueError, RecursionError) as error:
        raise SeedError(source, [("", f"cannot be read: {error}")]) from error


class Told(BaseModel):
    """How many agents are told."""

    agents: int


@router.post("/gateway/switch-over")
async def switch_over(desk: Desk) -> Told:
    """Have the agent gateway fail, and another take its place: what it had to tell is lost."""
    return Told(agents=desk.sessions.switch_over())


@router.get("/state")
async def show_state(desk: Desk, tenant: int | None = None) -> Response:
    """Show everything that lives, without passwords and keys."""
    return plain(state.world(desk.platform, tenant))
