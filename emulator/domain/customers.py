"""Customers and their contacts: who they are, and who has talked to them last.

They are master data: saved at once, not with the records. They outlive a restart, and a change of
their tenant's configuration. When the tenant begins anew it has those of its seed again and no
others; one that no seed has begins with those that it has. Snapshots hold them.
"""

from __future__ import annotations

import re
from collections.abc import Awaitable, Callable, Iterator
from dataclasses import fields
from datetime import date
from functools import partial
from typing import Any

from emulator.domain.errors import UnknownCustomer
from emulator.store import directory
from emulator.store.directory import P
from emulator.store.errors import Conflict
from emulator.store.rows import Contact, Customer, Entry, Party, Served
from emulator.store.store import Store
from emulator.switch.clock import END_OF_TIME
from emulator.switch.errors import InvalidValue
from emulator.switch.events import StayEnded
from emulator.switch.terms import AGENT_DEVICE, CallType

CODES = range(-(2**31), 2**31)
"""What `kind` and `relation` can be."""
FROM_CUSTOMERS = frozenset({CallType.INBOUND, CallType.CALLBACK})
"""Calls whose caller is served; of the others it is the number called."""
_DATE = re.compile(r"\d{4}-\d\d-\d\d", re.ASCII)


class Customers:
    """Finds, saves and removes whom the tenants know; `owners` are those that may know somebody.

    `write` has committed who was served, `kept` waits until the store has what was written.
    """

    def __init__(
        self,
        write: Callable[[Entry], None],
        kept: Callable[[], Awaitable[None]],
        store: Store,
    ) -> None:
        self._write = write
        self._kept = kept
        self._store = store
        self.owners = store.submit(directory.knowing, read_only=True).result()

    async def find(
        self,
        tenant: int,
        *,
        number: str = "",
        id: str = "",  # noqa: A002 - by the name of the field
        name: str = "",
    ) -> list[Customer]:
        """The customers of whom all that is given holds, by id; the first `directory.MOST`.

        `number` is a part of one of their numbers, `name` a part of their name.
        """
        return await self._find(Customer, tenant, number=number, party_id=id, name=name)

    async def find_contacts(
        self,
        tenant: int,
        *,
        number: str = "",
        id: str = "",  # noqa: A002 - by the name of the field
        name: str = "",
        customer: str = "",
    ) -> list[Contact]:
        """The same of contacts; `customer` is the id of theirs."""
        return await self._find(
            Contact, tenant, number=number, party_id=id, name=name, customer=customer
        )

    async def save(self, tenant: int, party: Customer | Contact) -> None:
        """Add somebody, or replace the one with their id.

        `InvalidValue` names what cannot be, `UnknownCustomer` is that of a contact.
        """
        for field, reason in problems_of(party):
            raise InvalidValue(f"{field}: {reason}")
        await self._kept()
        try:
            await self._store.perform(partial(directory.save, tenant_id=tenant, party=party))
        except Conflict as error:
            if isinstance(party, Contact):
                raise UnknownCustomer(party.customer) from error
            raise
        self.owners.add(tenant)

    async def remove(self, tenant: int, customer: str) -> bool:
        """Forget a customer with its contacts; False if there is none with that id."""
        return await self._remove(Customer, tenant, customer)

    async def remove_contact(self, tenant: int, contact: str) -> bool:
        """Forget a contact; False if there is none with that id."""
        return await self._remove(Contact, tenant, contact)

    def stay_ended(self, event: StayEnded) -> None:
        """A call has left a device; if it was an agent who has talked, somebody was served."""
        if event.tenant in self.owners and event.talk_begin and event.device_type is AGENT_DEVICE:
            number = event.caller if event.call_type in FROM_CUSTOMERS else event.called
            self._write(Served(event.tenant, number, event.at, event.device_no))

    async def _find(self, kind: type[P], tenant: int, **wanted: Any) -> list[P]:
        if any("\0" in it for it in wanted.values()):
            return []  # nobody has that, and not every database can be asked for it
        await self._kept()
        query = partial(directory.find, kind=kind, tenant_id=tenant, **wanted)
        return await self._store.perform(query, read_only=True)

    async def _remove(self, kind: type[Customer | Contact], tenant: int, party_id: str) -> bool:
        await self._kept()
        work = partial(directory.remove, kind=kind, tenant_id=tenant, party_id=party_id)
        return await self._store.perform(work)


def problems_of(party: Party) -> Iterator[tuple[str, str]]:
    """What is wrong with somebody: a field, and the reason."""
    if not party.id:
        yield "id", "must not be empty"
    for name in ("kind", "relation"):
        if getattr(party, name) not in CODES:
            yield name, "is too large"
    if party.served_at is not None and not 0 <= party.served_at < END_OF_TIME:
        yield "served_at", "must be an instant in microseconds since 1970"
    if party.created_on and not _is_date(party.created_on):
        yield "created_on", "must be a date, as 2026-03-01"
    for field in fields(party):
        value = getattr(party, field.name)
        if isinstance(value, str) and "\0" in value:
            yield field.name, "must not contain the character 0"


def _is_date(text: str) -> bool:
    if not _DATE.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
