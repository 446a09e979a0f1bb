"""What outlives a restart: configuration, accounts, records, customers and identifiers."""

from emulator.store.engine import MEMORY_URL, file_url
from emulator.store.errors import Conflict, StoreError, UnknownTenant, UnsupportedDatabase
from emulator.store.group_commit import GroupCommit
from emulator.store.lane import Change, ConfigurationLane, Removal
from emulator.store.rows import (
    AccountState,
    AgentOperation,
    BlacklistEntry,
    CallRecord,
    Contact,
    Customer,
    Directory,
    Entry,
    MessageChannel,
    MessageDirection,
    MessageRow,
    PriorityCustomer,
    RecordingRow,
    Row,
    Secret,
    Served,
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
    "Contact",
    "Customer",
    "Directory",
    "Entry",
    "GroupCommit",
    "MessageChannel",
    "MessageDirection",
    "MessageRow",
    "PriorityCustomer",
    "RecordingRow",
    "Removal",
    "Row",
    "Secret",
    "Served",
    "Store",
    "StoreError",
    "UnknownTenant",
    "UnsupportedDatabase",
    "file_url",
]
