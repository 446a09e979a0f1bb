"""The tables. A change here needs a migration; a test compares the two."""

from __future__ import annotations

from dataclasses import asdict
from enum import IntEnum, StrEnum
from typing import Any

import orjson
from sqlalchemy import (
    JSON,
    BigInteger,
    Boolean,
    Column,
    Dialect,
    Double,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    MetaData,
    String,
    Table,
    TypeDecorator,
    UniqueConstraint,
    text,
)
from sqlalchemy.types import TypeEngine

from emulator.store.rows import MessageChannel, MessageDirection
from emulator.switch.config import MediaServerConfig, PolicyAction
from emulator.switch.terms import AgentType, GroupType, MediaType, PhoneAnswer, Role, TargetType

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

AutoId = BigInteger().with_variant(Integer, "sqlite")
"""SQLite numbers only plain INTEGER keys by itself."""


class Code(TypeDecorator[IntEnum]):
    """An integer in the database, a member of its enumeration outside."""

    impl = Integer
    cache_ok = True

    def __init__(self, members: type[IntEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: int | None, dialect: Dialect) -> int | None:
        return None if value is None else int(value)

    def process_result_value(self, value: int | None, dialect: Dialect) -> IntEnum | None:
        return None if value is None else self.members(value)


class Word(TypeDecorator[StrEnum]):
    """A string in the database, a member of its enumeration outside."""

    impl = String
    cache_ok = True

    def __init__(self, members: type[StrEnum]) -> None:
        super().__init__()
        self.members = members

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        return None if value is None else str(value)

    def process_result_value(self, value: str | None, dialect: Dialect) -> StrEnum | None:
        return None if value is None else self.members(value)


class Strings(TypeDecorator[tuple[str, ...]]):
    """A JSON array in the database, a tuple of strings outside."""

    impl = JSON
    cache_ok = True

    def process_bind_param(self, value: tuple[str, ...] | None, dialect: Dialect) -> list[str]:
        return list(value or ())

    def process_result_value(self, value: list[str] | None, dialect: Dialect) -> tuple[str, ...]:
        return tuple(value or ())


class Counts(TypeDecorator[dict[str, int]]):
    """A JSON object in the database, numbers by name outside."""

    impl = String
    cache_ok = True

    def process_bind_param(self, value: dict[str, int] | None, dialect: Dialect) -> str:
        return orjson.dumps(value or {}).decode()

    def process_result_value(self, value: str | None, dialect: Dialect) -> dict[str, int]:
        counts: dict[str, int] = orjson.loads(value or "{}")
        return counts


class MediaServer(TypeDecorator[MediaServerConfig]):
    """A JSON object in the database, a media server outside."""

    impl = JSON(none_as_null=True)
    cache_ok = True

    def process_bind_param(
        self, value: MediaServerConfig | None, dialect: Dialect
    ) -> dict[str, Any] | None:
        return None if value is None else asdict(value)

    def process_result_value(
        self, value: dict[str, Any] | None, dialect: Dialect
    ) -> MediaServerConfig | None:
        return None if value is None else MediaServerConfig(**value)


def _column(
    name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]], **options: Any
) -> Column[Any]:
    return Column(name, kind, nullable=options.pop("nullable", False), **options)


def _optional(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]]) -> Column[Any]:
    return Column(name, kind, nullable=True)


def _texts(*names: str) -> list[Column[Any]]:
    return [_column(name, String) for name in names]


def _tenant_key() -> Column[Any]:
    return Column(
        "tenant_id",
        Integer,
        ForeignKey("tenants.id", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    )


def _tenant() -> Column[Any]:
    """For tables whose own key is unique in the world."""
    return Column(
        "tenant_id",
        Integer,
        ForeignKey("tenants.id", ondelete="CASCADE"),
        nullable=False,
        index=True,
    )


def _key(name: str, kind: TypeEngine[Any] | type[TypeEngine[Any]]) -> Column[Any]:
    return Column(name, kind, primary_key=True, autoincrement=False)


def _position() -> Column[Any]:
    """The place among the items of the kind, for configuration keeps its order."""
    return _column("position", Integer)


tenants = Table(
    "tenants",
    metadata,
    _key("id", Integer),
    _column("name", String),
    _column("cc_id", Integer),
    _column("timezone", String),
    _column("default_caller", String),
    _column("ring", Integer),
    _column("outside_ring", Integer),
    _optional("default_answer_after", Double),
    _optional("max_rest_agents", Integer),
    _column("rest_approval", Boolean),
    _column("record_calls", Boolean),
    _column("conference_seats", Integer),
    _column("announcement", Integer),
    _optional("media_server", MediaServer),
)

agents = Table(
    "agents",
    metadata,
    _tenant(),
    _key("work_no", Integer),
    _position(),
    *_texts("name", "account", "password", "phone"),
    _column("role", Code(Role)),
    _column("agent_type", Code(AgentType)),
    _column("max_chats", Integer),
)

agent_skills = Table(
    "agent_skills",
    metadata,
    Column(
        "work_no",
        Integer,
        ForeignKey("agents.work_no", ondelete="CASCADE"),
        primary_key=True,
        autoincrement=False,
    ),
    _key("queue", Integer),
    _position(),
    _column("agent_weight", Integer),
    _column("skill_weight", Integer),
)

phones = Table(
    "phones",
    metadata,
    _tenant(),
    _key("number", String),
    _position(),
    _column("password", String),
    _column("external", Boolean),
    _column("answer", Word(PhoneAnswer)),
)

queues = Table(
    "queues",
    metadata,
    _tenant_key(),
    _key("id", Integer),
    _position(),
    _column("name", String),
    _column("media_type", Code(MediaType)),
    _column("max_wait", Integer),
    _column("max_waiting", Integer),
    _column("wrap_up", Integer),
    _column("ring", Integer),
    _column("on_no_agents_action", Word(PolicyAction)),
    _optional("on_no_agents_target", Integer),
    _column("on_busy_action", Word(PolicyAction)),
    _optional("on_busy_target", Integer),
    _column("on_timeout_action", Word(PolicyAction)),
    _optional("on_timeout_target", Integer),
    _column("description", String),
)

access_codes = Table(
    "access_codes",
    metadata,
    _tenant(),
    _key("code", String),
    _position(),
    _column("media_type", Code(MediaType)),
    _column("description", String),
)

called_routes = Table(
    "called_routes",
    metadata,
    _key("code", String),
    _key("extension", String),
    _position(),
    _column("target", Code(TargetType)),
    _column("target_id", Integer),
    ForeignKeyConstraint(["code"], ["access_codes.code"], ondelete="CASCADE"),
)

ivr_flows = Table(
    "ivr_flows",
    metadata,
    _tenant_key(),
    _key("id", Integer),
    _position(),
    *_texts("name", "start"),
    _column("nodes", JSON),
    _column("access_code", String),
)

trunks = Table(
    "trunks",
    metadata,
    _tenant_key(),
    _key("name", String),
    _position(),
    _column("channels", Integer),
    _column("prefix", String),
    _column("external", Boolean),
)

outside_numbers = Table(
    "outside_numbers",
    metadata,
    _tenant_key(),
    _key("number", String),
    _position(),
    _optional("answer_after", Double),
    _optional("refuse", Integer),
    _column("video", Boolean),
    _column("digits", String),
    _column("digits_after", Double),
    _optional("hang_up_after", Double),
    _optional("ring_patience", Double),
)

rest_reasons = Table(
    "rest_reasons",
    metadata,
    _tenant_key(),
    _key("code", Integer),
    _position(),
    _column("name", String),
)

user_groups = Table(
    "user_groups",
    metadata,
    _tenant(),
    _key("id", String),
    _position(),
    _column("name", String),
    _column("group_type", Code(GroupType)),
    _column("remark", String),
    _column("inspects", Strings),
)

group_members = Table(
    "group_members",
    metadata,
    Column("id", String, ForeignKey("user_groups.id", ondelete="CASCADE"), primary_key=True),
    _key("work_no", Integer),
    _position(),
    _column("serial", String),
)
"""`id` is that of the group."""

blacklist = Table("blacklist", metadata, _tenant_key(), _key("number", String), _position())

priority_customers = Table(
    "priority_customers",
    metadata,
    _tenant_key(),
    _key("number", String),
    _position(),
    _column("priority", Integer),
)

secrets = Table(
    "secrets",
    metadata,
    _tenant_key(),
    _key("kind", String),
    _position(),
    _column("value", String),
)

accounts = Table(
    "accounts",
    metadata,
    _key("work_no", Integer),
    # No foreign key: replacing a tenant's configuration must not forget its agents' passwords.
    _column("tenant_id", Integer, index=True),
    _column("password", String),
    _column("history", Strings),
    _column("failed_attempts", Integer),
    _optional("locked_until", BigInteger),
    _optional("password_changed_at", BigInteger),
)

# Conditions of indexes, in literals: a database uses such an index only where it reads the same.
ENDED = "call_id_num = -1"
"""The last record of a call."""
IN_VAIN = (
    "call_id_num = -1 AND call_type = 0 AND "
    "(device_type = 1 OR device_type = 2 AND call_begin = call_end)"
)
"""The last record of an inbound call that ended in a queue or while it rang."""
SIGN_INS = "op_type = '1'"
"""Operations by which an agent signs in: they say at which phone."""

call_records = Table(
    "call_records",
    metadata,
    Column("id", AutoId, primary_key=True, autoincrement=True),
    _column("tenant_id", Integer),
    *_texts("developer", "account_id", "cc_id", "agent_id", "call_id", "caller_no", "callee_no"),
    _optional("wait_begin", BigInteger),
    _optional("wait_end", BigInteger),
    _optional("ack_begin", BigInteger),
    _optional("ack_end", BigInteger),
    _optional("call_begin", BigInteger),
    _optional("call_end", BigInteger),
    _column("device_type", Integer),
    _column("device_no", BigInteger),
    _column("call_type", Integer),
    _column("release_cause", Integer),
    _column("call_id_num", Integer),
    *_texts("vdn_id", "pre_device_type", "pre_device_no", "skill_id", "current_skill_id"),
    *_texts("device_in", "pre_device_in", "service_no", "leave_reason"),
    *_texts("media_type", "sub_media_type"),
    _column("generation", Integer),
    Index(None, "tenant_id", "call_end"),
    Index(None, "call_id"),
    Index(
        "ix_call_records_ended",
        "tenant_id",
        "generation",
        "call_end",
        "call_type",
        "caller_no",
        "callee_no",
        sqlite_where=text(ENDED),
        postgresql_where=text(ENDED),
    ),
    Index(
        "ix_call_records_in_vain",
        "tenant_id",
        "generation",
        "call_end",
        sqlite_where=text(IN_VAIN),
        postgresql_where=text(IN_VAIN),
    ),
    sqlite_autoincrement=True,
)

agent_operations = Table(
    "agent_operations",
    metadata,
    Column("serial", AutoId, primary_key=True, autoincrement=True),
    _column("id", String),
    _column("generation", Integer),
    _column("tenant_id", Integer),
    *_texts("developer_id", "account_id", "agent_id", "service_no", "skill_id", "call_id"),
    _column("begin_time", BigInteger),
    _optional("end_time", BigInteger),
    *_texts("op_type", "op_object", "op_cause", "media_type", "vdn_id", "cc_id", "agent_type"),
    *_texts("phone_no", "call_in_out", "location_id", "logon_sn", "skill_info_sn"),
    Index(None, "tenant_id", "begin_time"),
    Index(
        "ix_agent_operations_sign_ins",
        "tenant_id",
        "generation",
        "agent_id",
        "begin_time",
        sqlite_where=text(SIGN_INS),
        postgresql_where=text(SIGN_INS),
    ),
    UniqueConstraint("id", "generation"),
    sqlite_autoincrement=True,
)

recordings = Table(
    "recordings",
    metadata,
    _key("record_id", String),
    # What a snapshot brings back ends once more: the same record of another generation.
    _key("generation", Integer),
    _column("tenant_id", Integer),
    *_texts("call_id", "agent_id"),
    _column("started_at", BigInteger),
    _column("ended_at", BigInteger),
    _column("file_name", String),
    _column("media", Integer),
    _column("appends", Boolean),
    Index(None, "tenant_id", "started_at"),
    Index(None, "call_id"),
    Index(None, "file_name"),
)

messages = Table(
    "messages",
    metadata,
    _key("tenant_id", Integer),
    _key("message_id", String),
    _key("generation", Integer),
    _column("channel", Word(MessageChannel)),
    _column("direction", Word(MessageDirection)),
    _column("at", BigInteger),
    *_texts("sender", "recipient", "copy", "blind_copy", "party_name", "subject", "body"),
    _column("files", Strings),
    *_texts("agent_id", "call_id", "called"),
    _column("line", Integer),
    _column("seconds", Integer),
    Index(None, "tenant_id", "channel", "direction", "at"),
)


def _party() -> list[Column[Any]]:
    return [
        # No foreign key: replacing a tenant's configuration must not forget whom it knows.
        _key("tenant_id", Integer),
        _key("id", String),
        *_texts("name", "initials"),
        _column("kind", Integer),
        *_texts("phone", "home_phone", "mobile", "fax", "address"),
        _column("relation", Integer),
        *_texts("province", "city", "email", "postcode", "contact_person", "created_on"),
        _optional("served_at", BigInteger),
        *_texts("last_agent", "agent", "memo"),
    ]


def _by_number() -> list[Index]:
    return [Index(None, "tenant_id", name) for name in ("phone", "home_phone", "mobile")]


customers = Table("customers", metadata, *_party(), *_by_number())

contacts = Table(
    "contacts",
    metadata,
    *_party(),
    *_texts("customer", "info"),
    ForeignKeyConstraint(
        ["tenant_id", "customer"], ["customers.tenant_id", "customers.id"], ondelete="CASCADE"
    ),
    *_by_number(),
    Index(None, "tenant_id", "customer"),
)

statistics = Table(
    "statistics",
    metadata,
    _key("tenant_id", Integer),
    _key("generation", Integer),
    _key("kind", String),
    _key("grain", Integer),
    _key("subject", String),
    _key("begin", BigInteger),
    _key("detail", String),
    _key("call_type", Integer),
    _key("media", Integer),
    _key("sub_media", Integer),
    _column("counts", Counts()),
)
"""What was counted of whom in the `grain` minutes from `begin` (µs); see `store.statistics`."""

counted = Table("counted", metadata, _key("name", String), _column("value", BigInteger))
"""Up to which of the call records and agent operations the statistics go."""

generations = Table("generations", metadata, _key("tenant_id", Integer), _column("number", Integer))
"""How often a tenant has begun anew; records of earlier generations are kept and not shown."""

identifiers = Table("identifiers", metadata, _key("name", String), _column("value", BigInteger))

committed_batches = Table(
    "committed_batches",
    metadata,
    _key("writer", BigInteger),
    _column("number", BigInteger),
)
"""The last batch of each group commit: a batch whose answer was lost is not written again."""
