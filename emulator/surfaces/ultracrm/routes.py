"""The two services, opened for a platform."""

from __future__ import annotations

from emulator.surfaces.soap.contract import Service
from emulator.surfaces.soap.door import SoapDoor
from emulator.surfaces.ultracrm import records, services, softphone
from emulator.surfaces.ultracrm.desk import UltraCrm

SERVICES: tuple[Service, ...] = (services.at_client, services.webservice)
DECLARED_BY = (softphone, records)
"""Importing these declares the operations."""


def open_service(desk: UltraCrm, path: str) -> SoapDoor:
    """Open the door of the service at that path."""
    return next(SoapDoor(it, desk) for it in SERVICES if it.path == path)
