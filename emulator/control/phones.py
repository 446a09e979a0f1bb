"""Phones: what they are doing, where they are registered, and their passwords."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from emulator.control import state
from emulator.control.desk import Desk
from emulator.control.outside import Done
from emulator.switch.config import PhoneConfig, TenantConfig
from emulator.switch.errors import UnknownPhone
from emulator.switch.model import Phone

router = APIRouter(tags=["phones"])


@router.get("/phones")
async def phones(desk: Desk, tenant: int | None = None) -> list[dict[str, Any]]:
    """List the phones, or one tenant's, with what is registered for them."""
    ids = None if tenant is None else desk.switch.tenant(tenant).id
    return _shown(desk, [it for it in desk.switch.phones.values() if ids in (None, it.tenant)])


@router.get("/phones/{number}")
async def phone(desk: Desk, number: str) -> dict[str, Any]:
    """Show a phone."""
    return _shown(desk, [_phone(desk, number)])[0]


class Password(BaseModel):
    """What the phone's next registration needs."""

    password: Annotated[str, Field(min_length=1, max_length=128)]


@router.put("/phones/{number}/password")
async def set_password(desk: Desk, number: str, wanted: Password) -> Done:
    """Give a phone another password; what is registered stays so."""
    found = _phone(desk, number)

    def plan(config: TenantConfig) -> Sequence[PhoneConfig]:
        for known in config.phones:
            if known.number == number:
                return (replace(known, password=wanted.password),)
        raise UnknownPhone(f"{number} is no desk phone")

    async with desk.changing:
        await desk.platform.edit(found.tenant, plan)
    return Done()


def _phone(desk: Desk, number: str) -> Phone:
    found = desk.switch.phones.get(number)
    if found is None:
        raise UnknownPhone(f"there is no phone {number}")
    return found


def _shown(desk: Desk, found: Sequence[Phone]) -> list[dict[str, Any]]:
    contacts: dict[str, list[dict[str, Any]]] = {}
    for registration in desk.platform.registrations():
        row = asdict(registration)
        contacts.setdefault(row.pop("user"), []).append(row)
    return [
        {
            **state.of_phone(it),
            "tenant": it.tenant,
            "agent": None if it.agent is None else it.agent.work_no,
            "registrations": contacts.get(it.number, []),
        }
        for it in found
    ]
