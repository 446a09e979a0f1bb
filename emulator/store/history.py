"""What was, for those who ask by days: stays of calls, and recordings with their calls.

Each comes with the phone at which its agent was signed in then. Instants are microseconds. The
functions work within the caller's transaction, and can be handed to another process.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from itertools import islice
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    and_,
    exists,
    func,
    or_,
    select,
    text,
)

from emulator.store import generations, pages, tables

MOST = 10_000
"""Of those that are found so many are given."""
UNKNOWN = ("", "", None)
"""The numbers and the type of a call of which there is no record yet."""
_NEXT = chr(ord("-") + 1)


@dataclass(frozen=True, slots=True)
class Which:
    """Of a tenant, since ≤ instant < until, and what else must be so; the first `limit`.

    `caller` is a part of the caller's number. `call_ids` are those of calls, or such as
    `1700000000-`: of any call of that second. Both they and `agents` can be None: of anybody.
    """

    tenant: int
    since: int
    until: int
    caller: str = ""
    call_ids: Sequence[str] | None = None
    agents: Sequence[str] | None = None
    limit: int = MOST

    def includes(self, tenant: int, at: int | None, agent: str) -> bool:
        """Whether something of that tenant, instant and agent is among them."""
        return (
            tenant == self.tenant
            and at is not None
            and self.since <= at < self.until
            and (self.agents is None or agent in self.agents)
        )


@dataclass(frozen=True, slots=True)
class Stay:
    """A stay of a call on a device, with the names of the call record's columns.

    `phone_no` is empty where no agent was.
    """

    call_id: str
    call_id_num: int
    call_type: int
    caller_no: str
    callee_no: str
    device_type: int
    device_no: int
    pre_device_type: str
    pre_device_no: str
    current_skill_id: str
    agent_id: str
    wait_begin: int | None
    wait_end: int | None
    ack_begin: int | None
    ack_end: int | None
    call_begin: int | None
    call_end: int
    leave_reason: str
    release_cause: int
    media_type: str
    phone_no: str


@dataclass(frozen=True, slots=True)
class Recorded:
    """A recording, with what is known of its call; `call_type` None: that has no record yet."""

    record_id: str
    call_id: str
    agent_id: str
    started_at: int
    ended_at: int
    file_name: str
    media: int
    phone_no: str
    caller_no: str
    callee_no: str
    call_type: int | None


def stays_between(connection: Connection, which: Which) -> list[Stay]:
    """Stays that ended then, in the order in which they did."""
    c = tables.call_records.c
    generation = _generation(connection, which)
    began = func.coalesce(c.ack_begin, c.call_begin)
    own = [c[field.name] for field in fields(Stay) if field.name != "phone_no"]
    phone = _phone(which.tenant, generation, c.agent_id, began)
    query = select(*own, phone, c.tenant_id).where(c.generation == generation)
    if which.caller:
        query = query.where(c.caller_no.contains(which.caller, autoescape=True))
    rows = _chosen(connection, query, which, c.call_end, c.id)
    return [Stay(*row[:-1]) for row in rows]


def recordings_between(connection: Connection, which: Which) -> list[Recorded]:
    """Recordings that began then and are over, in the order in which they began."""
    c, calls = tables.recordings.c, tables.call_records.c
    generation = _generation(connection, which)
    own = (c.record_id, c.call_id, c.agent_id, c.started_at, c.ended_at, c.file_name, c.media)
    phone = _phone(which.tenant, generation, c.agent_id, c.started_at)
    query = select(*own, phone, c.tenant_id).where(c.generation == generation)
    if which.caller:
        query = query.where(
            exists().where(
                calls.call_id == c.call_id,
                calls.generation == generation,
                calls.caller_no.contains(which.caller, autoescape=True),
            )
        )
    rows = _chosen(connection, query, which, c.started_at, c.record_id)
    return _with_calls(connection, which.tenant, rows) if rows else []


def _with_calls(connection: Connection, tenant: int, rows: Sequence[Any]) -> list[Recorded]:
    known: dict[Any, Sequence[Any]] = {}
    for stay in pages.stays_of(connection, tenant, [row.call_id for row in rows]):
        known[stay.call_id] = known[stay.call_id, stay.agent_id] = stay[2:5]
    found: list[Recorded] = []
    for row in rows:
        call = known.get((row.call_id, row.agent_id)) or known.get(row.call_id, UNKNOWN)
        found.append(Recorded(*row[:-1], *call))
    return found


def _chosen(connection: Connection, query: Any, which: Which, at: Any, key: Any) -> Sequence[Any]:
    """The rows of the query that are asked for, in their order; it has tenant and agent."""
    c, limit = at.table.c, min(which.limit, MOST)
    query = query.order_by(at, key)
    if which.call_ids is not None:
        # By call alone: with the tenant a database might look through everything of the tenant's.
        found = connection.execute(query.where(_is_one_of(connection, c.call_id, which.call_ids)))
        name = at.name
        ours = (it for it in found if which.includes(it.tenant_id, it._mapping[name], it.agent_id))
        return list(islice(ours, limit))
    query = query.where(c.tenant_id == which.tenant, at >= which.since, at < which.until)
    if which.agents is not None:
        query = query.where(c.agent_id.in_(which.agents))
    return connection.execute(query.limit(limit)).all()


def _is_one_of(connection: Connection, call_id: Any, wanted: Sequence[str]) -> ColumnElement[bool]:
    whole = [it for it in wanted if not it.endswith("-")]
    begins = [it for it in wanted if it.endswith("-")]
    return or_(call_id.in_(whole), *(_begins_with(connection, call_id, it) for it in begins))


def _begins_with(connection: Connection, call_id: Any, begin: str) -> ColumnElement[bool]:
    """That a call's id begins so; the begin ends in a hyphen."""
    if connection.dialect.name == "sqlite":
        # It compares by bytes, and finds a range by the index.
        return and_(call_id >= begin, call_id < begin[:-1] + _NEXT)
    like: ColumnElement[bool] = call_id.startswith(begin, autoescape=True)
    return like


def _phone(tenant: int, generation: int, agent: Any, at: Any) -> Any:
    """Where the agent had signed in the last time before an instant."""
    c = tables.agent_operations.c
    signed_in = (
        select(c.phone_no)
        .where(
            c.tenant_id == tenant,
            c.generation == generation,
            c.agent_id == agent,
            c.begin_time <= at,
            text(tables.SIGN_INS),
        )
        .order_by(c.begin_time.desc())
        .limit(1)
    )
    return func.coalesce(signed_in.scalar_subquery(), "").label("phone_no")


def _generation(connection: Connection, which: Which) -> int:
    return generations.load(connection).get(which.tenant, 0)
