"""What was found wrong in files of call records: by kind, with lines for examples.

Every line that is read is used in the end, or reported once: `read == used + reported`.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

EXAMPLES = 10
"""Lines that are named for each kind."""

BLANK = "blank line"
TOO_FEW = "too few columns"
TOO_MANY = "too many columns"
NOT_A_NUMBER = "not a number"
NOT_A_TIME = "not a time"
UNKNOWN_DEVICE = "unknown device type"
NO_CALL_ID = "no call id"
QUOTING = "broken quoting"
NUL = "NUL byte"
UNDECODABLE = "bytes that are no text"
TOO_LONG = "line too long"
BACKWARDS = "clock went backwards"
DUPLICATE = "duplicate"
CONTRADICTION = "second line with this number in the call"
MISSING_COLUMN = "missing column"
NO_LAST_LINE = "last line of the call is missing"
GAP = "other lines of the call are missing"
BESIDE_DAMAGE = "another line of the call is damaged"


@dataclass(frozen=True, slots=True)
class Place:
    """A line of a file; the first one is 1."""

    file: str
    line: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}"


@dataclass(slots=True)
class Found:
    """How many lines there are of a kind, and where the first ones are."""

    lines: int = 0
    examples: list[tuple[Place, str]] = field(default_factory=list)

    def add(self, place: Place, detail: str) -> None:
        """One more."""
        self.lines += 1
        if len(self.examples) < EXAMPLES:
            self.examples.append((place, detail))


@dataclass(slots=True)
class Findings:
    """The book of lines. `notes` are about whole files: they take no line away."""

    read: int = 0
    used: int = 0
    damaged: dict[str, Found] = field(default_factory=dict)
    not_rebuilt: dict[str, Found] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    @property
    def reported(self) -> int:
        """Lines that were not used."""
        kinds = (*self.damaged.values(), *self.not_rebuilt.values())
        return sum(it.lines for it in kinds)

    def damage(self, kind: str, place: Place, detail: str = "") -> None:
        """A line cannot be used as it is."""
        self.damaged.setdefault(kind, Found()).add(place, detail)

    def take_back(self, kind: str, places: Iterable[Place], detail: str) -> None:
        """Lines that could be read are not used: what they tell cannot be played."""
        found = self.not_rebuilt.setdefault(kind, Found())
        for place in places:
            self.used -= 1
            found.add(place, detail)
