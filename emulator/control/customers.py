"""Whom the tenants know: customers and their contacts."""

from __future__ import annotations

from dataclasses import asdict
from typing import Annotated, Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from emulator.control.desk import ControlDesk, Desk
from emulator.control.messages import TenantId
from emulator.control.outside import Done
from emulator.store.rows import Contact, Customer
from emulator.switch.errors import NotFound

router = APIRouter(tags=["customers"])

Text = Annotated[str, Field(max_length=10_000)]
Parties = list[dict[str, Any]]


class NobodyThere(NotFound):
    """There is no customer, or no contact, with this id."""


class NewCustomer(BaseModel):
    """A customer as it is to be; what is not named is empty. See `emulator.store.rows.Party`."""

    model_config = ConfigDict(extra="forbid")

    tenant: TenantId = 1
    name: Text = ""
    initials: Text = ""
    kind: int = 0
    phone: Text = ""
    home_phone: Text = ""
    mobile: Text = ""
    fax: Text = ""
    address: Text = ""
    relation: int = 0
    province: Text = ""
    city: Text = ""
    email: Text = ""
    postcode: Text = ""
    contact_person: Text = ""
    created_on: Text = ""
    served_at: int | None = None
    last_agent: Text = ""
    agent: Text = ""
    memo: Text = ""


class NewContact(NewCustomer):
    """A contact as it is to be, of the `customer` with that id."""

    customer: Text
    info: Text = ""


@router.get("/customers")
async def customers(
    desk: Desk,
    tenant: TenantId = 1,
    number: str = "",
    id: str = "",  # noqa: A002 - by the name of the field
    name: str = "",
) -> Parties:
    """List customers of whom all that is given holds, by their ids; the first thousand.

    `number` is a part of one of their numbers, `name` a part of their name.
    """
    found = await desk.platform.customers.find(tenant, number=number, id=id, name=name)
    return [asdict(it) for it in found]


@router.put("/customers/{customer_id:path}")
async def save_customer(desk: Desk, customer_id: str, new: NewCustomer) -> dict[str, Any]:
    """Add a customer, or replace the one with this id."""
    customer = Customer(customer_id, **new.model_dump(exclude={"tenant"}))
    return await _save(desk, new.tenant, customer)


@router.delete("/customers/{customer_id:path}")
async def remove_customer(desk: Desk, customer_id: str, tenant: TenantId = 1) -> Done:
    """Forget a customer, and its contacts."""
    async with desk.changing:
        if not await desk.platform.customers.remove(tenant, customer_id):
            raise NobodyThere(f"there is no customer {customer_id}")
    return Done()


@router.get("/contacts")
async def contacts(
    desk: Desk,
    tenant: TenantId = 1,
    number: str = "",
    id: str = "",  # noqa: A002 - by the name of the field
    name: str = "",
    customer: str = "",
) -> Parties:
    """List contacts, as customers are listed, or those of a `customer`."""
    found = await desk.platform.customers.find_contacts(
        tenant, number=number, id=id, name=name, customer=customer
    )
    return [asdict(it) for it in found]


@router.put("/contacts/{contact_id:path}")
async def save_contact(desk: Desk, contact_id: str, new: NewContact) -> dict[str, Any]:
    """Add a contact, or replace the one with this id."""
    return await _save(desk, new.tenant, Contact(contact_id, **new.model_dump(exclude={"tenant"})))


@router.delete("/contacts/{contact_id:path}")
async def remove_contact(desk: Desk, contact_id: str, tenant: TenantId = 1) -> Done:
    """Forget a contact."""
    async with desk.changing:
        if not await desk.platform.customers.remove_contact(tenant, contact_id):
            raise NobodyThere(f"there is no contact {contact_id}")
    return Done()


async def _save(desk: ControlDesk, tenant: int, party: Customer | Contact) -> dict[str, Any]:
    async with desk.changing:
        await desk.platform.customers.save(desk.switch.tenant(tenant).id, party)
    return asdict(party)
