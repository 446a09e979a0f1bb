"""The store: what outlives a restart."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from functools import partial
from types import TracebackType
from typing import Self, TypeVar

from sqlalchemy import Connection, Engine, StaticPool
from sqlalchemy.exc import IntegrityError

from emulator.store import generations, records, tenants
from emulator.store.engine import MEMORY_URL, READ_ONLY, open_engine
from emulator.store.errors import Conflict
from emulator.store.kinds import Item, Key
from emulator.store.rows import AccountState, AgentOperation, CallRecord, Entry, RecordingRow
from emulator.store.tables import metadata
from emulator.switch.config import TenantConfig

T = TypeVar("T")
Work = Callable[[Connection], T]


class Store:
    """A database and the one thread that talks to it.

    Every method below is one transaction. The plain methods wait for it and are for start-up,
    tools and tests; from the event loop use `perform` with the function of the same name from
    `emulator.store.records` or `emulator.store.tenants`.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix="store")

    @classmethod
    def open(cls, url: str = MEMORY_URL) -> Self:
        """Open the database at the URL and bring its schema up to date."""
        store = cls(open_engine(url))
        try:
            store._call(_create if url == MEMORY_URL else _migrate)
        except BaseException:
            store.close()
            raise
        return store

    @property
    def url(self) -> str:
        """Where the database is, with whatever it takes to get in."""
        return self._engine.url.render_as_string(hide_password=False)

    @property
    def in_memory(self) -> bool:
        """Whether nobody else can see the database."""
        return isinstance(self._engine.pool, StaticPool)

    def close(self) -> None:
        """Wait for work under way and let the database go; closing twice does no harm."""
        self._thread.shutdown(wait=True)
        self._engine.dispose()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def submit(self, work: Work[T], *, read_only: bool = False) -> Future[T]:
        """Hand a transaction to the store's thread."""
        return self._thread.submit(self._transact, work, read_only)

    async def perform(self, work: Work[T], *, read_only: bool = False) -> T:
        """A transaction, awaited from the event loop. Cancelling the wait does not undo it."""
        return await asyncio.shield(asyncio.wrap_future(self.submit(work, read_only=read_only)))

    # Configuration

    def load_tenants(self) -> list[TenantConfig]:
        return self._query(tenants.load_tenants)

    def save_tenant(self, tenant: TenantConfig) -> None:
        """Insert a tenant or replace it whole."""
        self._call(partial(tenants.save_tenant, tenant=tenant))

    def delete_tenant(self, tenant_id: int) -> bool:
        return self._call(partial(tenants.delete_tenant, tenant_id=tenant_id))

    def save_item(self, tenant_id: int, item: Item) -> None:
        """Insert an item or replace the one with its key."""
        self._call(partial(tenants.save_item, tenant_id=tenant_id, item=item))

    def delete_item(self, tenant_id: int, item: type[Item], key: Key) -> bool:
        return self._call(partial(tenants.delete_item, tenant_id=tenant_id, item=item, key=key))

    # Accounts and identifiers

    def load_accounts(self) -> list[AccountState]:
        return self._query(records.load_accounts)

    def save_account(self, account: AccountState) -> None:
        self._call(partial(records.save_account, account=account))

    def reserve(self, name: str, block: int) -> int:
        """Reserve `block` identifiers for good; the caller owns result + 1 … result + block."""
        return self._call(partial(records.reserve, name=name, block=block))

    def load_generations(self) -> dict[int, int]:
        """The current generation of each tenant that has begun anew."""
        return self._query(generations.load)

    # Records

    def write(self, rows: Sequence[Entry]) -> None:
        self._call(partial(records.write, rows=rows))

    def call_records(
        self,
        tenant_id: int,
        *,
        since: int,
        until: int,
        agent: str | None = None,
        call_id: str | None = None,
        limit: int = 1000,
        offset: int = 0,
    ) -> list[CallRecord]:
        """Stays that ended in since ≤ call_end < until (microseconds), as they were written."""
        return self._query(
            partial(
                records.call_records,
                tenant_id=tenant_id,
                since=since,
                until=until,
                agent=agent,
                call_id=call_id,
                limit=limit,
                offset=offset,
            )
        )

    def agent_operations(
        self,
        tenant_id: int,
        *,
        since: int,
        until: int,
        agent: str | None = None,
        call_id: str | None = None,
        limit: int = 1000,
        offset: int = 0,
    ) -> list[AgentOperation]:
        """Operations that began in since ≤ begin_time < until (microseconds), by their begin."""
        return self._query(
            partial(
                records.agent_operations,
                tenant_id=tenant_id,
                since=since,
                until=until,
                agent=agent,
                call_id=call_id,
                limit=limit,
                offset=offset,
            )
        )

    def recordings(
        self,
        tenant_id: int,
        *,
        since: int,
        until: int,
        agent: str | None = None,
        call_id: str | None = None,
        limit: int = 1000,
        offset: int = 0,
    ) -> list[RecordingRow]:
        """Recordings that began in since ≤ started_at < until (microseconds), by their begin."""
        return self._query(
            partial(
                records.recordings,
                tenant_id=tenant_id,
                since=since,
                until=until,
                agent=agent,
                call_id=call_id,
                limit=limit,
                offset=offset,
            )
        )

    def _call(self, work: Work[T]) -> T:
        return self.submit(work).result()

    def _query(self, work: Work[T]) -> T:
        return self.submit(work, read_only=True).result()

    def _transact(self, work: Work[T], read_only: bool) -> T:
        with self._engine.connect() as connection:
            connection = connection.execution_options(**{READ_ONLY: read_only})
            try:
                with connection.begin():
                    return work(connection)
            except IntegrityError as error:
                raise Conflict(str(error.orig)) from error


def _create(connection: Connection) -> None:
    """Make the tables at once, without versions: nobody will migrate what ends with its store."""
    metadata.create_all(connection, checkfirst=False)


def _migrate(connection: Connection) -> None:
    # Loading Alembic takes a tenth of the whole start: only for those who need it.
    from emulator.store.migrate import migrate

    migrate(connection)
