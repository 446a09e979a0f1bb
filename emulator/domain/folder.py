"""A folder for files that the call center makes: below the data folder, or for the time being."""

from __future__ import annotations

import shutil
import tempfile
import weakref
from pathlib import Path


class Folder:
    """Made when it is first needed. Without a place of its own it ends with the call center."""

    def __init__(self, place: Path | None) -> None:
        self._wanted = place
        self._made: Path | None = None
        self._end: weakref.finalize[..., Folder] | None = None

    @property
    def place(self) -> Path:
        """Where it is; OSError if it cannot be made."""
        if self._made is None:
            if self._wanted is None:
                self._made = Path(tempfile.mkdtemp(prefix="emulator-"))
                self._end = weakref.finalize(self, shutil.rmtree, self._made, ignore_errors=True)
            else:
                self._wanted.mkdir(parents=True, exist_ok=True)
                self._made = self._wanted
        return self._made

    @property
    def exists(self) -> bool:
        """Whether anything can be in it."""
        return self._made is not None or (self._wanted is not None and self._wanted.is_dir())

    def close(self) -> None:
        """Remove what is only for the time being."""
        if self._end is not None:
            self._end()
            self._made, self._end = None, None
