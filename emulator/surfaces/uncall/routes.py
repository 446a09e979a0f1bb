"""The service, opened for a platform."""

from __future__ import annotations

from emulator.surfaces.soap.door import SoapDoor
from emulator.surfaces.uncall.desk import Uncall
from emulator.surfaces.uncall.service import service


def open_service(desk: Uncall) -> SoapDoor:
    """Open the door."""
    return SoapDoor(service, desk)
