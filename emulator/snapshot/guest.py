"""State of a door that not every emulator has, in snapshots that every emulator can load."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any


@dataclass(slots=True)
class Guest:
    """What is kept is plain data, None without the door; the door puts its own functions here.

    `check` raises `SnapshotRefused`; `load` is given what passed.
    """

    save: Callable[[], Any] = lambda: None
    check: Callable[[Any], None] = lambda _: None
    load: Callable[[Any], None] = lambda _: None
