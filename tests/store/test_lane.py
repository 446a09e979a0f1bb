"""One lane for the changes of a tenant's configuration."""

from __future__ import annotations

import asyncio
from functools import partial

import pytest

from emulator.store import Change, ConfigurationLane, Conflict, Removal, Store
from emulator.store.lane import Together, with_change
from emulator.switch.config import AgentConfig, PhoneConfig, QueueConfig, TenantConfig

TENANT = TenantConfig(1, "support desk", queues=(QueueConfig(1, "support"),))


@pytest.fixture
def seeded(store: Store) -> Store:
    store.save_tenant(TENANT)
    return store


def queues(store: Store) -> dict[int, str]:
    return {queue.id: queue.name for tenant in store.load_tenants() for queue in tenant.queues}


async def test_a_change_is_in_the_store_before_it_is_live(seeded: Store) -> None:
    stored_when_applied: list[dict[int, str]] = []
    lane = ConfigurationLane(seeded)
    await lane.change(
        1, QueueConfig(2, "sales"), lambda: stored_when_applied.append(queues(seeded))
    )
    assert stored_when_applied == [{1: "support", 2: "sales"}]


async def test_a_change_that_is_not_valid_changes_nothing(seeded: Store) -> None:
    def refuse(_tenant_id: int, _change: Change) -> None:
        raise ValueError("no such queue")

    applied: list[None] = []
    lane = ConfigurationLane(seeded, refuse)
    with pytest.raises(ValueError, match="no such queue"):
        await lane.change(1, QueueConfig(2, "sales"), lambda: applied.append(None))
    assert applied == []
    assert queues(seeded) == {1: "support"}


async def test_a_change_that_the_database_refuses_is_not_applied(seeded: Store) -> None:
    seeded.save_tenant(TenantConfig(2, "other", phones=(PhoneConfig("40101"),)))
    applied: list[None] = []
    lane = ConfigurationLane(seeded)
    with pytest.raises(Conflict):
        await lane.change(1, PhoneConfig("40101"), lambda: applied.append(None))
    assert applied == []


async def test_changes_of_one_tenant_are_applied_in_the_order_they_came(seeded: Store) -> None:
    lane = ConfigurationLane(seeded)
    live: list[str] = []
    names = [f"name {number}" for number in range(10)]
    await asyncio.gather(
        *(lane.change(1, QueueConfig(1, name), partial(live.append, name)) for name in names)
    )
    assert live == names
    assert queues(seeded) == {1: names[-1]}


async def test_a_caller_that_goes_away_leaves_store_and_switch_alike(seeded: Store) -> None:
    applied = asyncio.Event()
    lane = ConfigurationLane(seeded)
    caller = asyncio.ensure_future(lane.change(1, QueueConfig(2, "sales"), applied.set))
    await asyncio.sleep(0)
    caller.cancel()
    await applied.wait()
    assert caller.cancelled()
    assert queues(seeded) == {1: "support", 2: "sales"}


async def test_items_and_tenants_are_removed_by_the_same_lane(seeded: Store) -> None:
    lane = ConfigurationLane(seeded)
    await lane.change(1, Removal(QueueConfig, 1), lambda: None)
    assert queues(seeded) == {}
    await lane.change(1, Removal(), lambda: None)
    assert seeded.load_tenants() == []


async def test_a_whole_tenant_is_changed_under_its_own_id_only(seeded: Store) -> None:
    lane = ConfigurationLane(seeded)
    await lane.change(2, TenantConfig(2, "new"), lambda: None)
    assert [tenant.id for tenant in seeded.load_tenants()] == [1, 2]
    with pytest.raises(ValueError, match="tenant 2 cannot be changed as tenant 1"):
        await lane.change(1, TenantConfig(2, "new"), lambda: None)
    with pytest.raises(ValueError, match="needs its key"):
        await lane.change(1, Removal(AgentConfig), lambda: None)


async def test_changes_that_go_together_are_planned_when_it_is_their_turn(seeded: Store) -> None:
    live = TENANT
    lane = ConfigurationLane(seeded)

    def plan() -> Change:
        number = len(live.queues)
        gone = Removal(QueueConfig, live.queues[0].id)
        return Together((gone, *(QueueConfig(number + it, f"q{number}") for it in (10, 20))))

    def apply(change: Change) -> None:
        nonlocal live
        live = with_change(live, change)

    await asyncio.gather(*(lane.edit(1, plan, apply) for _ in range(2)))
    assert queues(seeded) == {it.id: it.name for it in live.queues}
    assert queues(seeded) == {21: "q1", 12: "q2", 22: "q2"}


async def test_of_changes_that_go_together_none_is_made_if_one_cannot_be(seeded: Store) -> None:
    seeded.save_tenant(TenantConfig(2, "other", phones=(PhoneConfig("40101"),)))
    both = Together((QueueConfig(2, "sales"), PhoneConfig("40101")))
    with pytest.raises(Conflict):
        await ConfigurationLane(seeded).change(1, both, lambda: None)
    assert queues(seeded) == {1: "support"}
