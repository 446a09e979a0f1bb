"""The scenarios that ship with the emulator."""

from __future__ import annotations

from pathlib import Path

import emulator
from emulator.scenario.file.errors import Problem, ScenarioError
from emulator.scenario.file.reading import SUFFIXES

_PACKAGE = Path(emulator.__file__).parent
FOLDERS = (_PACKAGE / "scenarios", _PACKAGE.parent / "scenarios")
"""In a wheel, and in a checkout."""


def folder() -> Path | None:
    """Where they are; None: this installation has none."""
    return next((it for it in FOLDERS if it.is_dir()), None)


def names() -> list[str]:
    """Their names, in order."""
    found = folder()
    return sorted(it.stem for it in found.iterdir() if it.suffix in SUFFIXES) if found else []


def file_of(scenario: str) -> Path:
    """The file of a scenario that is named, or the file itself."""
    file = Path(scenario)
    if file.suffix in SUFFIXES or file.name != scenario:
        return file
    found = folder()
    for suffix in SUFFIXES:
        if found is not None and (found / f"{scenario}{suffix}").is_file():
            return found / f"{scenario}{suffix}"
    known = ", ".join(names()) or "none"
    reason = f"there is no such scenario; there are: {known}"
    raise ScenarioError([Problem(scenario, 0, "", reason)])
