"""The call center of a scenario, and the time in which it is played."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from zoneinfo import ZoneInfo

from emulator.control.seed import SeedError, load_seed, parse_document
from emulator.scenario.file.arrivals import DAY, Period
from emulator.scenario.file.quantities import SECOND
from emulator.scenario.file.scenario import Scenario
from emulator.switch.config import TenantConfig

EPOCH = datetime.fromisoformat("1970-01-01")


def tenants_of(scenario: Scenario) -> list[TenantConfig]:
    """The tenants that the scenario describes or names; `SeedError` if they cannot be had."""
    tenants = _described(scenario)
    if scenario.campaigns:
        # The campaign says what becomes of the numbers that are called.
        return [replace(tenant, default_answer_after=None) for tenant in tenants]
    return tenants


def _described(scenario: Scenario) -> list[TenantConfig]:
    if scenario.tenants is not None:
        return parse_document({"tenants": list(scenario.tenants)}, scenario.name)
    seed = scenario.seed or "demo"
    beside = scenario.folder / seed
    try:
        return load_seed(beside if beside.is_file() else seed)
    except (OSError, ValueError) as error:
        raise SeedError(seed, [("", f"cannot be read: {error}")]) from error


def period_of(scenario: Scenario, tenants: Sequence[TenantConfig]) -> Period:
    """When the scenario takes place, in the time zone of its first tenant."""
    zone = tenants[0].timezone
    local = scenario.begin.replace(tzinfo=None)
    begin = int(local.replace(tzinfo=ZoneInfo(zone)).timestamp()) * SECOND
    since_midnight = int((local - EPOCH).total_seconds()) * SECOND % DAY
    return Period(since_midnight, scenario.duration, local.weekday(), begin, zone, scenario.folder)
