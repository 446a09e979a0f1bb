"""What tenants begin with, beside their configuration; within the caller's transaction."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection

from emulator.store import directory, records
from emulator.store.rows import Directory, Row


@dataclass(frozen=True, slots=True)
class Beginning:
    """What is on record of tenants when they begin, and whom each knows; None: whom it knew."""

    records: Sequence[Row] = ()
    directories: Mapping[int, Directory] | None = None

    @property
    def tenants(self) -> set[int]:
        """The tenants that it is about."""
        return {*(row.tenant_id for row in self.records), *(self.directories or ())}

    @property
    def owners(self) -> set[int]:
        """The tenants that know somebody."""
        known = self.directories or {}
        return {tenant for tenant, directory in known.items() if directory.customers}


def write(
    connection: Connection,
    tenants: Collection[int],
    beginning: Beginning,
    generations: Mapping[int, int],
) -> None:
    """Let the tenants have it; the records are of these generations."""
    if beginning.directories is not None:
        directory.replace_all(connection, tenants, beginning.directories)
    for row in beginning.records:
        row.generation = generations.get(row.tenant_id, 0)
    records.write(connection, beginning.records)
