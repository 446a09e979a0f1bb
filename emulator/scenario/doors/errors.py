"""Why a scenario cannot be played where it was asked for."""

from __future__ import annotations


class CannotPlay(Exception):
    """The run was not begun, or could not go on; the text says why. For exit status 2."""
