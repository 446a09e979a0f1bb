"""Claims against evidence, by component; as text, and as docs/conformance.md."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from emulator.conformance.claims import Claim, Documented, claims, documented, soap_ignored
from emulator.conformance.evidence import Key, Tested, key, tested

HEADS = (
    "component",
    "chapters",
    "documented",
    "served",
    "state-backed",
    "codes claimed",
    "codes tested",
    "events claimed",
    "events tested",
    "interfaces tested",
)

INTRODUCTION = """\
# Conformance

Written by `emulator conformance --markdown`; a test keeps it current. *Documented* are the
interfaces of the CEC 2.5 REST reference, and the operations of UltraCRM and Uncall; *served* those
that answer; *state-backed* those whose handler looks at the call center. Codes and events are
counted for each interface that claims them:
*tested* are codes that a real situation provokes and events that are heard where they are
documented. What is *excused* is listed in `tests/contract/unreachable.json` with its reason.
Parameters of CEC that are accepted without effect are named in [decisions.md](decisions.md),
those of the SOAP services below.

An interface with a second address counts twice under *served*. What the emulator sends (events by
push, 6.1.4.2) is no interface that is served, and is not counted.
"""


@dataclass(frozen=True, slots=True)
class Line:
    """A component in numbers."""

    documented: Documented
    served: int
    state_backed: int
    codes: tuple[int, int]
    """Claimed, tested; an excused one is claimed only."""
    events: tuple[int, int]
    tested: int

    def cells(self) -> list[str]:
        """What the table shows."""
        it = self.documented
        numbers = (it.interfaces, self.served, self.state_backed, *self.codes, *self.events)
        return [it.component, ", ".join(it.chapters), *map(str, numbers), str(self.tested)]


@dataclass(frozen=True, slots=True)
class Report:
    """The table, what is claimed and not tested, and parameters of SOAP without effect."""

    lines: Sequence[Line]
    problems: Sequence[str]
    ignored: Sequence[str] = ()

    def text(self) -> str:
        """The table for a terminal."""
        rows = [HEADS, *(line.cells() for line in self.lines)]
        # The chapters are left to the document: they make lines too long to read.
        shown = [[row[0], *row[2:]] for row in rows]
        widths = [max(len(row[at]) for row in shown) for at in range(len(shown[0]))]
        lines = (
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in shown
        )
        return "\n".join(lines) + "\n"

    def markdown(self) -> str:
        """The whole of docs/conformance.md."""
        rows = [HEADS, ["---"] * len(HEADS), *(line.cells() for line in self.lines)]
        table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
        gaps = "\n".join(f"- {problem}" for problem in self.problems)
        claimed = f"\n## Claimed and not tested\n\n{gaps}\n" if gaps else ""
        ignored = "\n".join(f"- {each}" for each in self.ignored)
        without = f"\n## Accepted without effect\n\n{ignored}\n" if ignored else ""
        return f"{INTRODUCTION}\n{table}\n{without}{claimed}"


def report(repository: Path) -> Report:
    """Hold what is claimed against the facts of a checkout."""
    evidence = tested(repository)
    served = list(claims())
    return Report(
        [
            _line(row, [it for it in served if it.component == row.component], evidence)
            for row in documented()
        ],
        [problem for it in served for problem in problems(it, evidence)],
        list(soap_ignored()),
    )


def _line(row: Documented, served: Sequence[Claim], evidence: dict[Key, Tested]) -> Line:
    pairs = [(it, evidence.get(key(it.method, it.path))) for it in served]
    return Line(
        row,
        served=len(served),
        state_backed=sum(it.state_backed for it in served),
        codes=(
            sum(len(it.codes) for it in served),
            sum(len(set(it.codes) & proof.codes - proof.untested) for it, proof in pairs if proof),
        ),
        events=(
            sum(len(it.events) for it in served),
            sum(len(set(it.events) & proof.events) for it, proof in pairs if proof),
        ),
        tested=sum(proof is not None for _, proof in pairs),
    )


def problems(claim: Claim, evidence: dict[Key, Tested]) -> Iterator[str]:
    """What an interface claims without a test."""
    name = f"{claim.section} {claim.method} {claim.path}"
    proof = evidence.get(key(claim.method, claim.path))
    if proof is None:
        yield f"{name}: the interface"
        return
    if proof.section != claim.section:
        yield f"{name}: is section {proof.section} in the facts"
    for code in sorted(set(claim.codes) - proof.codes):
        yield f"{name}: code {code}"
    for event in sorted(set(claim.events) - proof.events):
        yield f"{name}: event {event}"
