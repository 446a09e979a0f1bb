"""Gateways to the world outside, whatever the door is that has them."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Registered(StrEnum):
    """Whether a gateway was told where to call us."""

    NOWHERE = ""
    """It does not want to be."""
    PENDING = "pending"
    YES = "registered"
    NO = "refused"


@dataclass(frozen=True, slots=True)
class GatewayState:
    """A gateway of a tenant's trunk group; `limit` 0: it may have any number of calls.

    `misses` counts the signs of life that were asked for in vain since the last one.
    """

    name: str
    tenant: int
    trunk: str
    address: str
    transport: str
    weight: int
    limit: int
    calls: int
    available: bool
    misses: int
    registration: Registered = Registered.NOWHERE
