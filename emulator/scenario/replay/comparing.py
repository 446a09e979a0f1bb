"""Holds the records of a replay against those that were replayed, column by column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from operator import attrgetter
from typing import Any

from emulator.scenario.replay.columns import COLUMNS, TIMES
from emulator.scenario.replay.findings import EXAMPLES, Place
from emulator.scenario.replay.plan import Plan
from emulator.scenario.replay.reading import SECOND
from emulator.store.rows import CallRecord

MAPPED = ("developer", "account_id", "cc_id", "vdn_id", "call_id")
"""Names, for which others may stand; the same ones for the same."""
NOT_KEPT = ("service_no", "sub_media_type")
"""What the emulator's calls have nothing of."""
MAY_BE_LEFT_OUT = ("media_type",)
"""A file without a value does not say that there is none."""


@dataclass(slots=True)
class Column:
    """How often a column agreed. `not_determined`: the file does not say what it is to be."""

    equal: int = 0
    different: int = 0
    mapped: int = 0
    not_determined: int = 0
    not_kept: int = 0
    examples: list[tuple[Place, str, str]] = field(default_factory=list)
    """Where it was different, in the source and in the replay."""


@dataclass(slots=True)
class Comparison:
    """`missing` are columns that the source has not."""

    missing: frozenset[str]
    columns: dict[str, Column] = field(default_factory=lambda: {name: Column() for name in COLUMNS})
    calls: int = 0
    records: int = 0
    other_stays: list[tuple[Place, str]] = field(default_factory=list)
    calls_with_other_stays: int = 0
    """Calls that have more stays, or fewer, than in the source."""
    _names: dict[str, dict[str, str]] = field(
        default_factory=lambda: {name: {} for name in MAPPED if name != "call_id"}
    )

    @property
    def agrees(self) -> bool:
        """Whether every column agrees wherever the source determines it."""
        different = sum(it.different for it in self.columns.values())
        return not different and not self.calls_with_other_stays

    def compare(self, plan: Plan, replayed: Sequence[CallRecord]) -> None:
        """Hold a call against its replay."""
        source, places = plan.call.records, plan.call.places
        self.calls += 1
        if len(source) != len(replayed):
            self.calls_with_other_stays += 1
            if len(self.other_stays) < EXAMPLES:
                detail = f"{len(source)} stays, {len(replayed)} in the replay"
                self.other_stays.append((places[0], detail))
            return
        for theirs, ours, place in zip(source, replayed, places, strict=True):
            self.records += 1
            self._compare(theirs, ours, place)

    def _compare(self, theirs: CallRecord, ours: CallRecord, place: Place) -> None:
        columns, missing = self.columns, self.missing
        for name, value_of in _VALUES:
            column = columns[name]
            expected, found = value_of(theirs), value_of(ours)
            if not expected and (name in missing or name in MAY_BE_LEFT_OUT):
                column.not_determined += 1
            elif expected == found or (name in TIMES and _second(expected) == _second(found)):
                column.equal += 1
            elif name in NOT_KEPT:
                column.not_kept += 1
            elif name == "release_cause" and theirs.call_id_num != -1:
                column.not_determined += 1
            elif name == "call_id" or (name in MAPPED and self._stands(name, expected, found)):
                column.mapped += 1
            else:
                column.different += 1
                if len(column.examples) < EXAMPLES:
                    column.examples.append((place, str(expected), str(found)))

    def _stands(self, name: str, expected: str, found: str) -> bool:
        """Whether one name stands for the other, here as everywhere."""
        names = self._names[name]
        if expected not in names and found in names.values():
            return False
        return names.setdefault(expected, found) == found


_VALUES = [(name, attrgetter(name)) for name in COLUMNS]


def _second(instant: Any) -> int | None:
    return None if instant is None else int(instant) // SECOND
