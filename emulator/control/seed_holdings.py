"""What the tenants of a seed have besides their configuration: customers, contacts, messages.

Customers and contacts are written as `emulator.store.rows` has them. A message is written as
`emulator.domain.messages.Message`, with its `direction` (received), and with when it was: `at` an
instant as 2026-03-01T09:00:00 (in the tenant's time zone, unless it has another), or `ago` so many
seconds before the call center begins.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime, time
from typing import Annotated, Any

from pydantic import BeforeValidator, ConfigDict, TypeAdapter
from pydantic_core import PydanticCustomError

from emulator.domain.calendar import SECOND, instant, microseconds
from emulator.domain.customers import CODES, problems_of
from emulator.domain.holdings import Holdings
from emulator.domain.messages import EarlierMessage, Message
from emulator.store.rows import Contact, Customer, Directory, MessageDirection
from emulator.switch.config import TenantConfig
from emulator.switch.validation import Path, Problem

LONGEST_AGO = 100 * 366 * 86_400
YEARS = range(1971, 9999)


def _moment(value: Any) -> datetime | None:
    """YAML makes instants and dates of what looks so; JSON does not."""
    if value is None or isinstance(value, datetime):
        return value
    if isinstance(value, date):
        return datetime.combine(value, time())
    try:
        return datetime.fromisoformat(value)
    except (TypeError, ValueError):
        raise PydanticCustomError("datetime_parsing", "no instant") from None


@dataclass(frozen=True, slots=True)
class WrittenMessage(Message):
    """A message as a seed has it."""

    direction: MessageDirection = MessageDirection.RECEIVED
    at: Annotated[datetime | None, BeforeValidator(_moment)] = None
    ago: float = 0


@dataclass(frozen=True, slots=True)
class WrittenHoldings:
    """What a seed says of one tenant."""

    customers: tuple[Customer, ...] = ()
    contacts: tuple[Contact, ...] = ()
    messages: tuple[WrittenMessage, ...] = ()

    def read(self, tenant: TenantConfig) -> Holdings:
        """What the tenant has, if nothing is wrong with it."""
        directory = Directory(self.customers, self.contacts)
        return Holdings(directory, tuple(_message(it, tenant.timezone) for it in self.messages))


WRITTEN = TypeAdapter(list[WrittenHoldings], config=ConfigDict(extra="forbid"))
_LISTS = tuple(field.name for field in fields(WrittenHoldings))
_CONTENT = tuple(field.name for field in fields(Message))


def take(tenants: Iterable[Any]) -> list[Any]:
    """Take what tenants have out of what was written of them, which may be anything."""
    return [
        {name: tenant.pop(name) for name in _LISTS if name in tenant}
        if isinstance(tenant, dict)
        else {}
        for tenant in tenants
    ]


def problems_of_all(written: Sequence[WrittenHoldings]) -> Iterator[Problem]:
    """All that is wrong with what the tenants have."""
    for index, it in enumerate(written):
        customers = {customer.id for customer in it.customers}
        yield from _parties((index, "customers"), it.customers)
        yield from _parties((index, "contacts"), it.contacts)
        for place, contact in enumerate(it.contacts):
            if contact.customer not in customers:
                reason = f"the tenant has no customer {contact.customer}"
                yield Problem((index, "contacts", place, "customer"), reason)
        for place, message in enumerate(it.messages):
            for field, reason in _problems_of_message(message):
                yield Problem((index, "messages", place, field), reason)


def _parties(path: Path, parties: Sequence[Customer | Contact]) -> Iterator[Problem]:
    seen: set[str] = set()
    for place, party in enumerate(parties):
        for field, reason in problems_of(party):
            yield Problem((*path, place, field), reason)
        if party.id in seen:
            yield Problem((*path, place, "id"), f"{party.id!r}: occurs more than once")
        seen.add(party.id)


def _problems_of_message(message: WrittenMessage) -> Iterator[tuple[str, str]]:
    if message.at is not None and message.ago:
        yield "ago", "stands beside at: one of them is enough"
    if message.at is not None and message.at.year not in YEARS:
        yield "at", f"must be of a year from {YEARS.start} to {YEARS.stop - 1}"
    if not 0 <= message.ago <= LONGEST_AGO:
        yield "ago", f"is not within 0 to {LONGEST_AGO}"
    for name in ("line", "seconds"):
        if getattr(message, name) not in range(CODES.stop):
            yield name, f"is not within 0 to {CODES.stop - 1}"


def _message(written: WrittenMessage, zone: str) -> EarlierMessage:
    content = Message(*(getattr(written, name) for name in _CONTENT))
    at = written.at
    if at is None:
        return EarlierMessage(content, written.direction, ago=int(written.ago * SECOND))
    known = microseconds(at) if at.tzinfo is not None else instant(at, zone)
    return EarlierMessage(content, written.direction, known)
