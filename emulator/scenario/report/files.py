"""Results as JSON: written, and read again."""

from __future__ import annotations

import json
from pathlib import Path

from emulator.scenario.result import Result, result_of


def as_json(result: Result) -> str:
    """The same text for the same run, on every Python."""
    return json.dumps(result.document(), indent=1, ensure_ascii=False) + "\n"


def write_json(result: Result, file: Path) -> None:
    """Write a result."""
    file.write_text(as_json(result), encoding="utf-8")


def read_json(file: Path) -> Result:
    """A result that was written; `ValueError` if the file holds something else."""
    try:
        return result_of(json.loads(file.read_text(encoding="utf-8")))
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise ValueError(f"{file} is no result of a scenario: {error}") from error
