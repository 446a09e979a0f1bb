"""When the customers of a file of call records called, as arrivals of a scenario."""

from __future__ import annotations

import warnings
from collections.abc import Iterator
from pathlib import Path

from emulator.scenario.file.arrivals import Arrival, Period
from emulator.scenario.file.tables import TableError
from emulator.scenario.replay.calls import Call, Calls
from emulator.scenario.replay.lines import CannotRead, sources_of
from emulator.scenario.replay.reading import Reading
from emulator.switch.terms import CallType

_CUSTOMERS = (CallType.INBOUND, CallType.CALLBACK)


def arrivals_of_records(file: Path, period: Period) -> Iterator[Arrival]:
    """The customers' calls; the first one comes at once. Warns of lines that cannot be used."""
    try:
        reading = Reading(sources_of([file]), period.zone)
        calls = [_seen(it) for it in Calls(reading) if it.records[0].call_type in _CUSTOMERS]
    except CannotRead as error:
        raise TableError(str(error)) from error
    findings = reading.findings
    if not calls:
        raise TableError(f"{file}: holds no call of a customer")
    if findings.reported:
        warnings.warn(
            f"{file}: {findings.reported} of {findings.read} lines are not used; "
            "`emulator replay` says why",
            stacklevel=2,
        )
    calls.sort()
    first = calls[0][0]
    arrivals = (Arrival(at - first, caller, dialled) for at, caller, dialled in calls)
    return (it for it in arrivals if it.at < period.length)


def _seen(call: Call) -> tuple[int, str, str]:
    return call.begin, call.records[0].caller_no, call.records[0].callee_no
