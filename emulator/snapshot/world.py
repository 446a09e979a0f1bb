"""A whole world as the content of a snapshot: its parts, its tenants' records and directories."""

from __future__ import annotations

import gc
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from emulator.snapshot import file, graph, soundness
from emulator.snapshot.errors import SnapshotRefused
from emulator.snapshot.layout import Check, Layout, Shape
from emulator.snapshot.part import Part, types_of
from emulator.store.beginnings import Beginning
from emulator.store.rows import AccountState, Directory, Row
from emulator.switch.config import TenantConfig
from emulator.switch.switch import Switch

RECORDS = "records"
DIRECTORIES = "directories"
SWITCH = "switch"
NOBODY: Mapping[int, Directory] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Saved:
    """What a snapshot held: the state of each part by its name, the records, whom tenants knew."""

    state: Mapping[str, Any]
    records: Sequence[Row]
    directories: Mapping[int, Directory]

    @property
    def beginning(self) -> Beginning:
        """What the store is to keep of it."""
        return Beginning(self.records, self.directories)

    @property
    def switch(self) -> Switch:
        """The switch as it was, reporting to nobody yet."""
        switch: Switch = self.state[SWITCH]
        return switch

    @property
    def tenants(self) -> list[TenantConfig]:
        """The configuration of its tenants."""
        return [tenant.config for tenant in self.switch.tenants.values()]

    @property
    def accounts(self) -> list[AccountState]:
        """The accounts that are no longer as the configuration has them."""
        states: dict[int, AccountState] = self.state["accounts"]
        agents = self.switch.agents
        return [
            state
            for no, state in states.items()
            if state != AccountState(state.tenant_id, no, agents[no].config.password)
        ]


class Form:
    """How the snapshots of a world with these parts look."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        kept = {RECORDS: list[Row], DIRECTORIES: dict[int, Directory]}
        self._layout = Layout({**types_of(parts), **kept})
        shapes = {part.name: self._layout.roots[part.name] for part in parts}
        self._world = Shape("world", deeper=(_exactly(shapes),))
        self._fingerprint = self._layout.fingerprint

    def take(self) -> Any:
        """The world at this instant, as plain data: whatever happens later does not change it."""
        with _without_collection():
            return graph.encode({part.name: part.save() for part in self._parts}, self._layout)

    def write(
        self, world: Any, records: Sequence[Row], directories: Mapping[int, Directory] = NOBODY
    ) -> bytes:
        """The file of what was taken, with the records until then and whom the tenants knew."""
        with _without_collection():
            content = {
                "world": world,
                RECORDS: graph.encode(list(records), self._layout),
                DIRECTORIES: graph.encode(dict(directories), self._layout),
            }
            return file.pack(content, self._fingerprint)

    def read(self, content: bytes) -> Saved:
        """What the file holds; `SnapshotRefused` if any of it is not in order."""
        with _without_collection():
            return self._read(content)

    def _read(self, content: bytes) -> Saved:
        found = file.unpack(content, self._fingerprint)
        if type(found) is not dict or found.keys() != {"world", RECORDS, DIRECTORIES}:
            raise SnapshotRefused("a snapshot holds a world, its records and its directories")
        state = graph.decode(found["world"], self._layout, self._world)
        for part in self._parts:
            part.check(state[part.name])
        saved = Saved(state, self._decoded(found, RECORDS), self._decoded(found, DIRECTORIES))
        soundness.check(saved.switch)
        soundness.check_clock(state["clock"])
        soundness.check_accounts(saved.switch, state["accounts"])
        if any(it not in saved.switch.tenants for it in saved.beginning.tenants):
            raise SnapshotRefused("there is a record of a tenant that is not there")
        return saved

    def _decoded(self, found: Mapping[str, Any], name: str) -> Any:
        return graph.decode(found[name], self._layout, self._layout.roots[name])

    def load(self, saved: Saved) -> None:
        """Put every part in the place of the present one, in their order."""
        for part in self._parts:
            part.load(saved.state[part.name])


@contextmanager
def _without_collection() -> Iterator[None]:
    """Nothing of what is being made is garbage: looking for some takes longer than the making."""
    enabled = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if enabled:
            gc.enable()


def _exactly(shapes: Mapping[str, Shape]) -> Check:
    checks = {name: shape.check() for name, shape in shapes.items()}

    def check(value: Any) -> bool:
        return (
            type(value) is dict
            and value.keys() == checks.keys()
            and all(look(value[name]) for name, look in checks.items())
        )

    return check
