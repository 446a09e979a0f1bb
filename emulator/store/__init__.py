"""What outlives a restart: configuration, accounts, records, recordings and identifiers."""

from emulator.store.engine import MEMORY_URL, file_url
from emulator.store.errors import Conflict, StoreError, UnknownTenant, UnsupportedDatabase
from emulator.store.group_commit import GroupCommit
from emulator.store.lane import Change, ConfigurationLane, Removal
from emulator.store.rows import (
    AccountState,
    AgentOperation,
    BlacklistEntry,
    CallRecord,
    PriorityCustomer,
    RecordingRow,
    Row,
    Secret,
)
from emulator.store.store import Store

__all__ = [
    "MEMORY_URL",
    "AccountState",
    "AgentOperation",
    "BlacklistEntry",
    "CallRecord",
    "Change",
    "ConfigurationLane",
    "Conflict",
    "GroupCommit",
    "PriorityCustomer",
    "RecordingRow",
    "Removal",
    "Row",
    "Secret",
    "Store",
    "StoreError",
    "UnknownTenant",
    "UnsupportedDatabase",
    "file_url",
]
