"""What came of a replay, for people and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from emulator.domain.local_time import LocalTime
from emulator.scenario.replay.columns import TIMES
from emulator.scenario.replay.findings import Found, Place
from emulator.scenario.replay.replaying import Outcome

SHOWN = 3
"""Examples in the text; the document has more."""


def text(outcome: Outcome) -> str:
    """For a terminal."""
    return "\n".join(_lines(outcome)) + "\n"


def _lines(outcome: Outcome) -> Iterator[str]:
    findings, shown = outcome.findings, LocalTime(outcome.zone)
    files = len(outcome.encodings)
    yield (
        f"read      {_of(findings.read, 'line')} of {_of(files, 'file')}: "
        f"{findings.used:,} used, {findings.reported:,} reported"
    )
    for note in (*findings.notes, *outcome.notes):
        yield f"          {note}"
    yield from _found("damaged", findings.damaged)
    yield (
        f"rebuilt   {outcome.rebuilt:,} of {_of(outcome.calls, 'call')}, on "
        f"{_of(outcome.agents, 'agent')}, {_of(outcome.queues, 'queue')}, "
        f"{_of(outcome.flows, 'flow')}"
    )
    if outcome.begin is not None and outcome.end is not None:
        yield f"          from {shown(outcome.begin)} to {shown(outcome.end)} ({outcome.zone})"
    yield from _found("not rebuilt", findings.not_rebuilt)
    yield from _comparison(outcome)


def _of(count: int, word: str) -> str:
    return f"{count:,} {word}{'' if count == 1 else 's'}"


def _found(title: str, found: Mapping[str, Found]) -> Iterator[str]:
    if found:
        yield title
    for kind in sorted(found, key=lambda it: (-found[it].lines, it)):
        yield f"{found[kind].lines:9,} {kind}"
        for place, detail in found[kind].examples[:SHOWN]:
            yield f"            {place}" + (f": {detail}" if detail else "")


def _comparison(outcome: Outcome) -> Iterator[str]:
    compared, shown = outcome.comparison, LocalTime(outcome.zone)
    yield f"compared  {_of(compared.records, 'record')} of {_of(compared.calls, 'call')}"
    titles = ("equal", "different", "mapped", "not determined", "not kept")
    yield f"  {'column':18}" + "".join(f"{it:>16}" for it in titles)
    for name, column in compared.columns.items():
        counts = (
            *(column.equal, column.different, column.mapped),
            *(column.not_determined, column.not_kept),
        )
        yield f"  {name:18}" + "".join(f"{it:>16,}" if it else f"{'-':>16}" for it in counts)
        for place, theirs, ours in column.examples[:SHOWN]:
            if name in TIMES:
                theirs, ours = (shown(int(it)) if it.isdigit() else it for it in (theirs, ours))
            yield f"            {place}: {theirs!r}, in the replay {ours!r}"
    if compared.calls_with_other_stays:
        yield f"{compared.calls_with_other_stays:9,} calls with other stays"
        for place, detail in compared.other_stays[:SHOWN]:
            yield f"            {place}: {detail}"
    if not compared.calls:
        yield "nothing was replayed"
        return
    agrees = "agrees in every column that the files determine"
    yield "the replay " + (agrees if outcome.agrees else "differs from its source")


def document(outcome: Outcome) -> dict[str, Any]:
    """The same as JSON has it; instants in µs since 1970."""
    findings, compared = outcome.findings, outcome.comparison
    return {
        "agrees": outcome.agrees,
        "read": {
            "lines": findings.read,
            "used": findings.used,
            "reported": findings.reported,
            "encodings": outcome.encodings,
            "notes": [*findings.notes, *outcome.notes],
            "damaged": _document(findings.damaged),
        },
        "rebuilt": {
            "calls": outcome.calls,
            "rebuilt": outcome.rebuilt,
            "begin": outcome.begin,
            "end": outcome.end,
            "tenants": outcome.tenants,
            "agents": outcome.agents,
            "queues": outcome.queues,
            "flows": outcome.flows,
            "not_rebuilt": _document(findings.not_rebuilt),
        },
        "compared": {
            "calls": compared.calls,
            "records": compared.records,
            "calls_with_other_stays": compared.calls_with_other_stays,
            "other_stays": [_at(place) | {"detail": it} for place, it in compared.other_stays],
            "columns": {
                name: {
                    "equal": column.equal,
                    "different": column.different,
                    "mapped": column.mapped,
                    "not_determined": column.not_determined,
                    "not_kept": column.not_kept,
                    "examples": [
                        _at(place) | {"source": theirs, "replay": ours}
                        for place, theirs, ours in column.examples
                    ],
                }
                for name, column in compared.columns.items()
            },
        },
    }


def _document(found: Mapping[str, Found]) -> list[dict[str, Any]]:
    return [
        {
            "kind": kind,
            "lines": it.lines,
            "examples": [_at(place) | {"detail": detail} for place, detail in it.examples],
        }
        for kind, it in found.items()
    ]


def _at(place: Place) -> dict[str, Any]:
    return {"file": place.file, "line": place.line}
