"""A scenario: who calls, when, what they want, who serves them and how; and what must be true."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, PrivateAttr

from emulator.scenario.file.expectations import Expectation
from emulator.scenario.file.part import Part
from emulator.scenario.file.people import (
    Agents,
    Campaign,
    Customers,
    Incident,
    Name,
    Stream,
    Supervisor,
)
from emulator.scenario.file.quantities import SECOND, Duration

BEGIN = datetime.fromisoformat("2026-03-02T08:00")
"""A Monday."""


class Scenario(Part):
    """A scenario.

    `seed` names the call center, as `emulator seed list` does, or a file; `tenants` describe it
    here. `begin` is local time of the first tenant. Nobody calls after `duration`; the run ends
    when the last call is over, or `run_out` later. What happens in `warm_up` is not counted.
    """

    name: Name
    purpose: str = ""
    include: tuple[str, ...] = ()
    variables: dict[str, Any] = Field(default_factory=dict)
    seed: str | None = None
    tenants: tuple[dict[str, Any], ...] | None = None
    random_seed: int = 0
    begin: datetime = BEGIN
    duration: Duration
    run_out: Duration = 1800 * SECOND
    warm_up: Duration = 0
    step: Annotated[Duration, Field(ge=900 * SECOND)] = 900 * SECOND
    streams: tuple[Stream, ...] = ()
    customers: dict[str, Customers] = Field(default_factory=dict)
    agents: tuple[Agents, ...] = ()
    campaigns: tuple[Campaign, ...] = ()
    supervisors: tuple[Supervisor, ...] = ()
    incidents: tuple[Incident, ...] = ()
    expect: tuple[Expectation, ...] = ()

    _folder: Path = PrivateAttr(default=Path())
    _places: dict[tuple[str | int, ...], tuple[str, int]] = PrivateAttr(default_factory=dict)
    """File and line of each field that was written in a file."""

    @property
    def folder(self) -> Path:
        """Where the files that it names are looked for."""
        return self._folder

    @property
    def places(self) -> dict[tuple[str | int, ...], tuple[str, int]]:
        """File and line of each field that was written in a file."""
        return self._places

    def customers_of(self, stream: Stream) -> Customers:
        """How the customers of a stream behave."""
        if isinstance(stream.customers, str):
            return self.customers[stream.customers]
        return stream.customers
