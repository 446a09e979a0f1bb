"""The schema that migrations make."""

from __future__ import annotations

from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection

from emulator.store import Store
from emulator.store.tables import metadata


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(store: Store) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    assert store.submit(differences).result() == []


def test_opening_a_database_again_migrates_nothing(durable_url: str) -> None:
    for _ in range(2):
        with Store.open(durable_url) as store:
            assert store.load_tenants() == []
