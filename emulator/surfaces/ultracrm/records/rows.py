"""The JSON texts of the records service, which the reference's own client can take apart.

That client knows no JSON: it ends a row at the first brace, splits it at commas and each field at a
colon, takes everything up to the first bracket for the table, and puts full-width commas and colons
back into half-width ones. So in values these characters are written full-width, and nothing is
written between the fields. Who reads it as JSON finds the full-width ones.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import orjson

NO_ROWS = "0"
_WIDE = str.maketrans(",:{}[]", "，：｛｝［］")


def write(rows: Sequence[Mapping[str, str | int]]) -> str:
    """The rows as text; without any `0`."""
    if not rows:
        return NO_ROWS
    return orjson.dumps([{name: _wide(it) for name, it in row.items()} for row in rows]).decode()


def _wide(value: str | int) -> str | int:
    return value.translate(_WIDE) if isinstance(value, str) else value
