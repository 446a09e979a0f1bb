"""Historical indicators of whoever is asked about, for the process of reports.

What is computed there is not computed where calls are handled; only the values come back.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection

from emulator.domain.indicators.building import Historical
from emulator.domain.indicators.cells import Kind, Values, add
from emulator.domain.indicators.definition import shown
from emulator.domain.indicators.historical import INDICATORS, seconds
from emulator.domain.statistics import Question
from emulator.store import statistics

Shown = dict[str, dict[int, list[str]]]
"""Values as they are shown, in the order of the indicators, by subject and begin (µs).

A VDN is one subject, "", whoever called which of its numbers.
"""


def values(connection: Connection, question: Question, codes: Sequence[str]) -> Shown:
    """The values of these indicators; who has none at all is missing."""
    counted: dict[str, dict[int, Values]] = {}
    for key, counts in statistics.cells(connection, question.cells):
        subject = "" if question.kind is Kind.VDN else key.subject
        intervals = counted.setdefault(subject, {})
        add(intervals.setdefault(question.interval(key.begin), {}), counts)
    indicators = [INDICATORS[question.kind][it] for it in codes]
    return {
        subject: {begin: show(indicators, intervals[begin]) for begin in sorted(intervals)}
        for subject, intervals in counted.items()
    }


def show(indicators: Sequence[Historical], counts: Values) -> list[str]:
    """The values of indicators, given the counts."""
    read = seconds(counts)
    return [shown(it.value(read)) for it in indicators]
