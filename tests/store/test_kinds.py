"""Changing one item of a tenant's configuration."""

from __future__ import annotations

from dataclasses import replace

from emulator.store.kinds import with_item, without_item
from emulator.store.rows import PriorityCustomer
from emulator.switch.config import OutsideNumberConfig, QueueConfig, TenantConfig

TENANT = TenantConfig(
    id=1,
    name="t",
    queues=(QueueConfig(1, "one"), QueueConfig(2, "two")),
    blacklist=("666",),
    priority_customers={"777": 2},
)


def test_a_known_item_is_replaced_in_its_place() -> None:
    changed = with_item(TENANT, QueueConfig(1, "first"))
    assert [queue.name for queue in changed.queues] == ["first", "two"]


def test_a_new_item_comes_last_and_everything_else_stays() -> None:
    changed = with_item(TENANT, OutsideNumberConfig("555"))
    assert changed.outside_numbers == (OutsideNumberConfig("555"),)
    assert (changed.queues, changed.blacklist) == (TENANT.queues, TENANT.blacklist)


def test_what_is_kept_as_a_dictionary_changes_too() -> None:
    assert with_item(TENANT, PriorityCustomer("777", 5)).priority_customers == {"777": 5}


def test_an_item_is_taken_out_and_everything_else_stays() -> None:
    changed = without_item(TENANT, QueueConfig, 1)
    assert changed == replace(TENANT, queues=(QueueConfig(2, "two"),))
    assert without_item(TENANT, PriorityCustomer, "777").priority_customers == {}
