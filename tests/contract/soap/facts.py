"""The facts of the SOAP references: UltraCRM chapters 3 and 4, Uncall chapter 3."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

OPERATIONS: list[dict[str, Any]] = [
    row
    for file in ("ultracrm.json", "uncall.json")
    for row in json.loads((HERE / file).read_text(encoding="utf-8"))
]
