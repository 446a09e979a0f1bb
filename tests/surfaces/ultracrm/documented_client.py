"""The records service's texts taken apart as the reference's own client does it, without JSON.

It drops what follows the first bracket that closes, takes the rows between braces, splits them at
commas and each field at colons, puts full-width commas and colons back, and takes slashes and
quotes out.
"""

from __future__ import annotations

import re


def read(text: str) -> list[dict[str, str]]:
    """The rows, all values as text."""
    text = text[: text.index("]")]
    return [_row(found) for found in re.findall(r"(?<=\{)[^}]+(?=\})", text)]


def _row(text: str) -> dict[str, str]:
    row = {}
    for field in text.split(","):
        cells = field.split(":")
        value = cells[1].strip().replace("，", ",").replace("：", ":").replace("/", "")
        row[cells[0].replace('"', "")] = value.replace('"', "")
    return row
