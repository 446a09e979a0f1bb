"""The schema that migrations make."""

from __future__ import annotations

from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, text

from emulator.store import MEMORY_URL, AgentOperation, Store, records
from emulator.store.engine import open_engine
from emulator.store.migrate import configuration
from emulator.store.tables import metadata, tenants
from emulator.switch.config import TenantConfig, TrunkConfig


def test_the_migrations_make_exactly_the_tables_that_the_code_uses(store: Store) -> None:
    def differences(connection: Connection) -> object:
        return compare_metadata(MigrationContext.configure(connection), metadata)

    assert store.submit(differences).result() == []


def test_opening_a_database_again_migrates_nothing(durable_url: str) -> None:
    for _ in range(2):
        with Store.open(durable_url) as store:
            assert store.load_tenants() == []


def test_a_database_of_the_first_schema_keeps_its_records_when_it_is_opened(
    durable_url: str,
) -> None:
    signed_in = AgentOperation(1, "a1", 5, agent_id="101", op_type="1")
    engine = open_engine(durable_url)
    with engine.begin() as connection:
        command.upgrade(configuration(connection), "0001_2026_11")
        records.write(connection, [signed_in])
    engine.dispose()
    with Store.open(durable_url) as store:
        assert store.agent_operations(1, since=0, until=9) == [signed_in]


def test_a_world_in_memory_has_the_very_tables_that_migrations_make_in_a_file() -> None:
    def schema(connection: Connection) -> list[tuple[object, ...]]:
        query = "SELECT type, name, sql FROM sqlite_master WHERE tbl_name <> 'alembic_version'"
        return sorted(tuple(row) for row in connection.execute(text(query)))

    with Store.open(MEMORY_URL) as created, Store.open(f"{MEMORY_URL}/:memory:") as migrated:
        made = created.submit(schema).result()
        assert made
        assert made == migrated.submit(schema).result()


def test_trunk_groups_of_an_earlier_schema_are_simulated_as_before(durable_url: str) -> None:
    engine = open_engine(durable_url)
    with engine.begin() as connection:
        command.upgrade(configuration(connection), "0002_2026_11")
        values = {it.name: getattr(TenantConfig(1, "a"), it.name) for it in tenants.columns}
        connection.execute(tenants.insert().values(values))
        connection.execute(text("INSERT INTO trunks VALUES (1, 'mobile', 0, 30, '1')"))
    engine.dispose()
    with Store.open(durable_url) as store:
        [tenant] = store.load_tenants()
    assert tenant.trunks == (TrunkConfig("mobile", 30, "1"),)
