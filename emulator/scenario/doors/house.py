"""The call center of a scenario inside a running emulator: brought there, or found there."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import yaml

from emulator.clients.answers import State
from emulator.clients.control import AsyncControlClient, ControlRefused
from emulator.control.seed import read_seed
from emulator.scenario.doors.errors import CannotPlay
from emulator.scenario.engine.world import tenants_of
from emulator.scenario.file.scenario import Scenario
from emulator.switch.config import TenantConfig
from emulator.switch.switch import Switch


async def move_in(
    scenario: Scenario, control: AsyncControlClient, *, keep: bool
) -> list[TenantConfig]:
    """Have the emulator begin anew with the scenario's tenants, and give them.

    `keep`: leave it as it is; then everybody whom the tenants name must be there. `CannotPlay`
    says what is missing.
    """
    tenants = tenants_of(scenario)
    if keep:
        absent = list(missing(tenants, await control.state()))
        if absent:
            raise CannotPlay(f"the emulator's call center has no {', '.join(absent)}")
    else:
        try:
            await control.load_seed(seed_text(scenario), scenario.name)
        except ControlRefused as error:
            raise CannotPlay(f"the emulator does not take the call center: {error}") from error
    return tenants


def seed_text(scenario: Scenario) -> str:
    """The seed of which `tenants_of` makes the scenario's tenants, in YAML."""
    tenants = _plain(scenario.tenants if scenario.tenants is not None else _named(scenario))
    if scenario.campaigns:
        tenants = [{**tenant, "default_answer_after": None} for tenant in tenants]
    return yaml.safe_dump({"tenants": tenants}, sort_keys=False, allow_unicode=True)


def _named(scenario: Scenario) -> list[Any]:
    seed = scenario.seed or "demo"
    beside = scenario.folder / seed
    text = read_seed(str(beside.absolute()) if beside.is_file() else seed)
    found: list[Any] = yaml.safe_load(text)["tenants"]
    return found


def _plain(value: Any) -> Any:
    """The same in lists and dictionaries, which YAML knows."""
    if isinstance(value, dict):
        return {str(name): _plain(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(inner) for inner in value]
    return value


def missing(tenants: Sequence[TenantConfig], state: State) -> Iterator[str]:
    """Tenants, agents and queues that the state of an emulator does not show."""
    there = {tenant["id"]: tenant for tenant in state["tenants"]}
    for tenant in tenants:
        found = there.get(tenant.id)
        if found is None:
            yield f"tenant {tenant.id}"
            continue
        agents = {agent["work_no"] for agent in found["agents"]}
        yield from (f"agent {it.work_no}" for it in tenant.agents if it.work_no not in agents)
        queues = {queue["id"] for queue in found["queues"]}
        yield from (f"queue {it.id}" for it in tenant.queues if it.id not in queues)


def names_of(tenants: Sequence[TenantConfig]) -> Switch:
    """A switch that nobody uses: it knows who is there, and what they are called."""
    switch = Switch(now=0)
    for tenant in tenants:
        switch.apply_tenant(tenant)
    return switch
