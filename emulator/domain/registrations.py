"""Phones that are registered, as the doors show them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Registration:
    """A contact of a phone."""

    user: str
    contact: str
    transport: str
    source: str
    """Address and port that the registration came from."""
    expires_in: int
    """Seconds."""
    user_agent: str
