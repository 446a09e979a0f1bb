"""Whom a call center knows, and when they were served."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import pytest

from emulator.control.seed import open_seed
from emulator.domain.errors import UnknownCustomer
from emulator.settings import Settings
from emulator.store import Contact, Customer
from emulator.switch.agents import SignIn
from emulator.switch.config import TenantConfig
from emulator.switch.errors import InvalidValue
from emulator.switch.events import StayEnded
from tests.domain.office import NOON, SECOND, Office, open_office

KNOWN, UNKNOWN = "13900000000", "13700000000"


@pytest.fixture
async def office() -> AsyncIterator[Office]:
    async with open_office() as opened:
        yield opened


async def served(office: Office) -> dict[str, tuple[int | None, str]]:
    found = await office.platform.customers.find(1)
    return {it.id: (it.served_at, it.last_agent) for it in found}


async def test_the_demo_call_center_knows_two_customers_and_their_contacts(office: Office) -> None:
    customers = office.platform.customers
    (by_number,) = await customers.find(1, number=KNOWN)
    (by_name,) = await customers.find(1, name="远航")
    assert (by_number.id, by_name.id) == ("2", "1")
    assert by_name.phone == "02082015268"
    assert [it.id for it in await customers.find_contacts(1, number="8201")] == ["1"]
    assert [it.id for it in await customers.find_contacts(1, customer="2")] == ["2"]
    assert await customers.find(1, number=KNOWN, id="1") == []


async def test_who_is_saved_is_found_and_who_is_removed_is_not(office: Office) -> None:
    customers = office.platform.customers
    ada, colin = Customer("7", "Ada", mobile=UNKNOWN), Contact("9", "Colin", customer="7")
    await customers.save(1, ada)
    await customers.save(1, colin)
    assert await customers.find(1, number=UNKNOWN) == [ada]
    await customers.save(1, replace(ada, name="Ada Optics"))
    assert [it.name for it in await customers.find(1, id="7")] == ["Ada Optics"]
    assert await customers.remove_contact(1, "9")
    assert not await customers.remove_contact(1, "9")
    await customers.save(1, colin)
    assert await customers.remove(1, "7")
    assert not await customers.remove(1, "7")
    assert await customers.find_contacts(1, id="9") == []


async def test_a_contact_of_nobody_is_refused(office: Office) -> None:
    with pytest.raises(UnknownCustomer, match="no customer 99"):
        await office.platform.customers.save(1, Contact("9", customer="99"))


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("id", "", "id: must not be empty"),
        ("kind", 2**31, "kind: is too large"),
        ("relation", -(2**31) - 1, "relation: is too large"),
        ("served_at", -1, "served_at: must be an instant"),
        ("created_on", "20260301", "created_on: must be a date"),
        ("created_on", "2026-02-30", "created_on: must be a date"),
        ("memo", "a\0b", "memo: must not contain"),
    ],
)
async def test_what_cannot_be_is_refused_and_changes_nothing(
    office: Office, field: str, value: object, reason: str
) -> None:
    before = await office.platform.customers.find(1)
    with pytest.raises(InvalidValue, match=reason):
        await office.platform.customers.save(1, replace(Customer("1"), **{field: value}))
    assert await office.platform.customers.find(1) == before


# Who was served


async def test_a_customer_who_has_talked_to_an_agent_was_served(office: Office) -> None:
    office.sign_in(101)
    office.serve(KNOWN)
    assert await served(office) == {"1": (None, ""), "2": (NOON + 10 * SECOND, "101")}
    (contact,) = await office.platform.customers.find_contacts(1, number=KNOWN)
    assert (contact.served_at, contact.last_agent) == (NOON + 10 * SECOND, "101")


async def test_a_customer_whom_an_agent_has_called_was_served(office: Office) -> None:
    office.sign_in(111)
    office.call_out(111, "02082015268")
    assert (await served(office))["1"] == (NOON + 12 * SECOND, "111")


async def test_the_last_agent_of_several_is_kept(office: Office) -> None:
    office.sign_in(101)
    office.serve(KNOWN)
    office.switch.log_off(101)
    office.sign_in(102)
    office.serve(KNOWN)
    assert (await served(office))["2"] == (NOON + 20 * SECOND, "102")


async def test_who_was_not_answered_was_not_served(office: Office) -> None:
    office.switch.log_on(101, SignIn(phone="40101", auto_answer=False))
    office.serve(KNOWN, seconds=5)
    office.leave_message(KNOWN)
    assert await served(office) == {"1": (None, ""), "2": (None, "")}


@pytest.mark.parametrize("caller", [UNKNOWN, KNOWN[:-1], "0" + KNOWN])
async def test_who_calls_from_another_number_is_nobody_known(office: Office, caller: str) -> None:
    office.sign_in(101)
    office.serve(caller)
    assert await served(office) == {"1": (None, ""), "2": (None, "")}


async def test_what_is_saved_after_a_call_stands_over_it(office: Office) -> None:
    office.sign_in(101)
    office.serve(KNOWN)
    await office.platform.customers.save(1, Customer("2", mobile=KNOWN))
    await office.platform.records.flushed()
    assert (await served(office))["2"] == (None, "")


async def test_a_tenant_without_customers_writes_nothing_for_its_calls(office: Office) -> None:
    tenant = office.switch.tenants[1].config
    await office.world.desk.begin_anew([tenant])
    office.sign_in(101)
    ended: list[StayEnded] = []
    office.switch.subscribe(lambda e: ended.append(e) if type(e) is StayEnded else None)
    await office.platform.records.flushed()
    before = office.platform.records.committed
    office.serve(KNOWN)
    await office.platform.records.flushed()
    written = office.platform.records.committed - before
    await office.platform.customers.save(1, Customer("2", mobile=KNOWN))
    before = office.platform.records.committed
    office.serve(KNOWN)
    await office.platform.records.flushed()
    assert office.platform.records.committed - before == written + 1
    assert len(ended) == 4


# Restarts, beginnings, snapshots


async def test_customers_outlive_a_restart_with_who_served_them(tmp_path: Path) -> None:
    settings = Settings(data=tmp_path)
    async with open_office(settings) as office:
        office.sign_in(101)
        office.serve(KNOWN)
        await office.platform.customers.save(1, Customer("7", "Ada"))
        before = await office.platform.customers.find(1)
    async with open_office(settings, NOON + 60 * SECOND) as office:
        assert await office.platform.customers.find(1) == before
        assert len(before) == 3
        office.sign_in(102)
        office.serve(KNOWN)
        assert (await served(office))["2"] == (NOON + 70 * SECOND, "102")


async def test_a_change_of_configuration_forgets_no_customers(office: Office) -> None:
    tenant = office.switch.tenants[1].config
    before = await office.platform.customers.find(1)
    await office.platform.edit(1, lambda it: [replace(it.queues[0], name="help")])
    office.platform.store.save_tenant(replace(tenant, name="renamed"))
    assert await office.platform.customers.find(1) == before != []


async def test_a_world_that_begins_anew_has_the_customers_of_its_seed(office: Office) -> None:
    seed = open_seed("demo")
    before = await office.platform.customers.find(1)
    await office.platform.customers.save(1, Customer("7", "Ada"))
    await office.platform.customers.remove(1, "1")
    office.sign_in(101)
    office.serve(KNOWN)
    await office.world.desk.begin_anew(seed.tenants, seed.holdings)
    assert await office.platform.customers.find(1) == before
    assert len(await office.platform.customers.find_contacts(1)) == 2


async def test_one_tenant_begins_anew_and_the_others_keep_their_customers(office: Office) -> None:
    seed = open_seed("demo")
    other = TenantConfig(2, "other")
    await office.world.desk.begin_anew([*seed.tenants, other], seed.holdings)
    for tenant in (1, 2):
        await office.platform.customers.save(tenant, Customer("7", "Ada"))
    await office.world.desk.begin_tenant_anew(seed.tenants[0], seed.holdings[1])
    assert [it.id for it in await office.platform.customers.find(1)] == ["1", "2"]
    assert [it.id for it in await office.platform.customers.find(2)] == ["7"]
    await office.world.desk.begin_tenant_anew(other)
    assert [it.id for it in await office.platform.customers.find(2)] == ["7"]


async def test_who_talks_while_the_world_begins_anew_was_served_in_the_past(office: Office) -> None:
    seed = open_seed("demo")
    office.sign_in(101)
    call = office.switch.dial_in(KNOWN, "95001")
    office.platform.move_clock(SECOND)

    def hang_up(_: int | None) -> None:
        office.platform.switch.outside_hangs_up(call)

    office.world.desk.forget = [hang_up]  # between what the store does and what the switch does
    await office.world.desk.begin_anew(seed.tenants, seed.holdings)
    assert await served(office) == {"1": (None, ""), "2": (None, "")}


async def test_a_snapshot_holds_customers_as_they_were_then(office: Office) -> None:
    office.sign_in(101)
    office.serve(KNOWN)  # on its way to the store when the snapshot is taken
    saved = await office.platform.snapshot()
    then = await office.platform.customers.find(1)
    office.serve("02082015268")
    await office.platform.customers.remove(1, "2")
    await office.world.load(saved)
    assert await office.platform.customers.find(1) == then
    assert then[1].served_at == NOON + 10 * SECOND
    assert len(await office.platform.customers.find_contacts(1)) == 2


async def test_in_another_world_the_customers_of_a_snapshot_are_served_too(office: Office) -> None:
    saved = await office.platform.snapshot()
    async with open_office() as other:
        await other.world.desk.begin_anew([TenantConfig(1, "empty")])
        await other.world.load(saved)
        other.sign_in(101)
        other.serve(KNOWN)
        assert (await served(other))["2"] == (NOON + 10 * SECOND, "101")
