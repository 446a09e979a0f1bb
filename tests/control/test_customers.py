"""Customers and contacts over the control API."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.clients.control import ControlRefused
from emulator.settings import Settings
from tests.control.conftest import NOON, World, open_world

SECOND = 1_000_000


async def test_a_customer_is_saved_found_replaced_and_removed(world: World) -> None:
    control = world.control
    saved = await control.save_customer(
        "200406081449020001",
        name="Ada Optics",
        phone="02082015268",
        kind=2,
        created_on="2026-03-01",
        served_at=NOON,
    )
    assert await control.customers(name="optics") == [saved]
    assert (saved["kind"], saved["served_at"], saved["mobile"]) == (2, NOON, "")
    replaced = await control.save_customer("200406081449020001", name="Ada Lenses")
    assert await control.customers(id="200406081449020001") == [replaced]
    assert replaced["phone"] == ""
    await control.remove_customer("200406081449020001")
    assert [it["id"] for it in await control.customers()] == ["1", "2"]


async def test_contacts_are_saved_found_and_removed_and_go_with_their_customer(
    world: World,
) -> None:
    control = world.control
    await control.save_customer("a/b", name="Ada")
    colin = await control.save_contact("c/d", customer="a/b", mobile="137", info="buys")
    assert await control.contacts(number="137") == [colin]
    assert await control.contacts(customer="a/b", name="x") == []
    await control.remove_contact("c/d")
    assert await control.contacts(customer="a/b") == []
    await control.save_contact("c/d", customer="a/b")
    await control.remove_customer("a/b")
    assert await control.contacts(id="c/d") == []


async def test_who_has_just_talked_is_shown_as_served(world: World) -> None:
    world.sign_in(101)
    call = await world.control.dial_in("13900000000", "95001")
    await world.control.advance(30)
    await world.control.hang_up(call)
    (customer,) = await world.control.customers(number="13900000000")
    assert (customer["served_at"], customer["last_agent"]) == (NOON + 30 * SECOND, "101")


@pytest.mark.parametrize(
    ("details", "reason"),
    [
        ({"colour": "red"}, "colour"),
        ({"kind": "large"}, "kind"),
        ({"kind": 2**31}, "kind: is too large"),
        ({"served_at": -1}, "served_at: must be an instant"),
        ({"served_at": 10**30}, "served_at"),
        ({"created_on": "yesterday"}, "created_on: must be a date"),
        ({"name": "a\0b"}, "name: must not contain"),
        ({"name": 5}, "name"),
        ({"memo": "x" * 10_001}, "memo"),
    ],
)
async def test_what_is_no_customer_is_refused(
    world: World, details: dict[str, Any], reason: str
) -> None:
    with pytest.raises(ControlRefused, match=reason) as refused:
        await world.control.save_customer("7", **details)
    assert (refused.value.status, refused.value.kind) == (422, "InvalidValue")
    assert await world.control.customers(id="7") == []


async def test_who_is_not_there_cannot_be_removed(world: World) -> None:
    for remove in (world.control.remove_customer, world.control.remove_contact):
        with pytest.raises(ControlRefused, match="9") as refused:
            await remove("9")
        assert (refused.value.status, refused.value.kind) == (404, "NobodyThere")


async def test_a_contact_needs_a_customer_and_a_customer_a_tenant(world: World) -> None:
    with pytest.raises(ControlRefused, match="no customer 9") as refused:
        await world.control.save_contact("7", customer="9")
    assert (refused.value.status, refused.value.kind) == (404, "UnknownCustomer")
    with pytest.raises(ControlRefused, match="no tenant 9"):
        await world.control.save_customer("7", tenant=9)


async def test_signs_that_mean_something_elsewhere_find_nobody(world: World) -> None:
    for odd in ("%", "_", "\0", "'"):
        assert await world.control.customers(name=odd) == []
        assert await world.control.contacts(number=odd) == []


async def test_customers_are_there_on_every_database(durable_url: str) -> None:
    async for world in open_world(Settings(database=durable_url)):
        await world.control.save_customer("7", name="Ada", mobile="137")
        world.sign_in(101)
        call = await world.control.dial_in("137", "95001")
        await world.control.advance(5)
        await world.control.hang_up(call)
    async for world in open_world(Settings(database=durable_url)):
        (ada,) = await world.control.customers(number="37", name="ADA")
        assert (ada["last_agent"], ada["served_at"]) == ("101", NOON + 5 * SECOND)
        assert await world.control.customers(name="\0") == []
