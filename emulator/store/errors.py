"""What can go wrong in the store.

StoreError
├── UnsupportedDatabase   the URL names neither SQLite nor PostgreSQL
├── Conflict              the change breaks a uniqueness or reference that the database guards
└── UnknownTenant         there is no such tenant to change
"""

from __future__ import annotations


class StoreError(Exception):
    """Base of all errors of the store."""


class UnsupportedDatabase(StoreError):
    """The URL names neither SQLite nor PostgreSQL."""


class Conflict(StoreError):
    """The change breaks a uniqueness or reference that the database guards; nothing was changed."""


class UnknownTenant(StoreError):
    """There is no tenant with this id."""

    def __init__(self, tenant_id: int) -> None:
        super().__init__(f"there is no tenant {tenant_id}")
        self.tenant_id = tenant_id
