"""Looks for garbage less often while a run is played: it makes little, and looking takes time."""

from __future__ import annotations

import gc
from collections.abc import Iterator
from contextlib import contextmanager

THRESHOLDS = (50_000, 20, 1_000)


@contextmanager
def little_garbage() -> Iterator[None]:
    """What is there already is not looked at meanwhile."""
    before = gc.get_threshold()
    gc.freeze()
    gc.set_threshold(*THRESHOLDS)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        gc.unfreeze()
