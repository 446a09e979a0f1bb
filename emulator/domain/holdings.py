"""What a tenant has besides its configuration when it begins."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from emulator.domain.messages import EarlierMessage, Messages
from emulator.store.beginnings import Beginning
from emulator.store.rows import Directory


@dataclass(frozen=True, slots=True)
class Holdings:
    """Whom a tenant knows, and the messages that it has had."""

    directory: Directory = field(default_factory=Directory)
    messages: tuple[EarlierMessage, ...] = ()


def beginning_of(holdings: Mapping[int, Holdings], messages: Messages, now: int) -> Beginning:
    """What the tenants with these ids begin with at the instant `now` (µs)."""
    rows = [
        row for tenant, it in holdings.items() for row in messages.before(tenant, it.messages, now)
    ]
    return Beginning(rows, {tenant: it.directory for tenant, it in holdings.items()})
