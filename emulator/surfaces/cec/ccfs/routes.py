"""Every interface of CC-FS, and its doors."""

from __future__ import annotations

from emulator.surfaces.cec.ccfs import (
    callbacks,
    indexes,
    messages,
    playback,
    recordings,
    third_party,
)
from emulator.surfaces.cec.ccfs.component import CcfsGate, ccfs
from emulator.surfaces.cec.ccfs.desk import FileServer, real_time
from emulator.surfaces.cec.ccfs.objects import ObjectStorage
from emulator.surfaces.cec.component import Door

__all__ = [
    "callbacks",
    "ccfs",
    "indexes",
    "messages",
    "open_ccfs",
    "open_objects",
    "playback",
    "recordings",
    "third_party",
]


def open_ccfs(desk: FileServer) -> Door[FileServer]:
    """The component's door."""
    platform = desk.platform
    gate = CcfsGate(desk.secret_of, real_time, platform.settings.signature_window or None)
    return ccfs.open(desk, {"C2": gate}, life=platform, traffic=platform.traffic)


def open_objects(desk: FileServer) -> ObjectStorage:
    """The storage that recordings are fetched from."""
    return ObjectStorage(desk)
