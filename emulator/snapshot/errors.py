"""Why a snapshot is not loaded, or cannot be taken."""

from __future__ import annotations


class SnapshotRefused(Exception):
    """The file is no snapshot, is damaged, is of another layout, or does not hold together."""


class NotPlainData(TypeError):
    """Something in the world is not data that a snapshot can hold: a mistake in the emulator."""
