"""Registrations in snapshots, which an emulator without a SIP leg can load too."""

from __future__ import annotations

from typing import Any

from emulator.snapshot import graph
from emulator.snapshot.errors import SnapshotRefused
from emulator.snapshot.layout import Layout
from emulator.snapshot.part import types_of
from emulator.surfaces.sip.registrar import Registrar


class Keeping:
    """A registrar's parts as plain data.

    A snapshot of an emulator without SIP holds none, and one of another version of the registrar
    is as good: the phones that are there stay, with the time that they have left.
    """

    def __init__(self, registrar: Registrar) -> None:
        self._parts = registrar.parts()
        self._layout = Layout(types_of(self._parts))

    def save(self) -> Any:
        """What the registrar knows now."""
        kept: dict[str, Any] = {"layout": self._layout.fingerprint}
        for part in self._parts:
            kept[part.name] = graph.encode(part.save(), self._layout)
        return kept

    def check(self, kept: Any) -> None:
        """`SnapshotRefused` if it cannot be loaded."""
        if self.is_ours(kept):
            self._decoded(kept)

    def load(self, kept: Any) -> None:
        """Take it in the place of what the registrar knows."""
        for part, value in zip(self._parts, self._decoded(kept), strict=True):
            part.load(value)

    def is_ours(self, kept: Any) -> bool:
        """Whether there is something of this registrar's to load."""
        return isinstance(kept, dict) and kept.get("layout") == self._layout.fingerprint

    def _decoded(self, kept: dict[str, Any]) -> list[Any]:
        missing = [part.name for part in self._parts if part.name not in kept]
        if missing:
            raise SnapshotRefused(f"of the phones there are no {missing[0]}")
        roots, layout = self._layout.roots, self._layout
        return [graph.decode(kept[it.name], layout, roots[it.name]) for it in self._parts]
