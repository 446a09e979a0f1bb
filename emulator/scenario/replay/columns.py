"""The columns of the CDR file, and how its names for them may be spelt (CEC 13.2.2.1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields

from emulator.store.rows import CallRecord

COLUMNS = tuple(
    it.name for it in fields(CallRecord) if it.name not in ("tenant_id", "generation", "id")
)
"""In the order of the file."""
TIMES = ("wait_begin", "wait_end", "ack_begin", "ack_end", "call_begin", "call_end")
NUMBERS = ("device_type", "device_no", "call_type", "release_cause", "call_id_num")
MAYBE_NUMBERS = ("pre_device_type", "skill_id", "current_skill_id", "leave_reason", "media_type")
"""Text by the reference, a number or nothing by its meaning."""
ESSENTIAL = ("call_id", "call_begin", "call_end", "device_type", "device_no", "call_id_num")
"""Without one of these nothing can be made of a file."""

_OTHER_NAMES = {"calleenumber": "callee_no", "callernumber": "caller_no"}
_NAMES = {it.replace("_", ""): it for it in COLUMNS} | _OTHER_NAMES


def column(text: str) -> str | None:
    """The column that a cell of a line of names means."""
    return _NAMES.get("".join(filter(str.isalnum, text)).lower())


def is_header(cells: Sequence[str]) -> bool:
    """Whether a line names columns: most of its cells do, among them the call's id."""
    named = [column(it) for it in cells]
    return "call_id" in named and 2 * sum(it is not None for it in named) > len(cells)
