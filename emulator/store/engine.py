"""Engines: SQLite in memory or in a file, and PostgreSQL."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, StaticPool, create_engine, event, make_url
from sqlalchemy.engine import URL

from emulator.store.errors import UnsupportedDatabase

MEMORY_URL = "sqlite://"
"""A database that ends with its store."""

READ_ONLY = "emulator_read_only"
"""Execution option of connections that only read."""


def file_url(directory: Path) -> str:
    """The URL of the SQLite database that a data directory holds."""
    return f"sqlite:///{directory / 'emulator.db'}"


def open_engine(url: str) -> Engine:
    """An engine for the one thread of a store; nothing is sent to the database yet."""
    parsed = make_url(url)
    backend = parsed.get_backend_name()
    if backend == "sqlite":
        return _open_sqlite(parsed)
    if backend in ("postgresql", "postgres"):
        return create_engine(
            parsed.set(drivername="postgresql+psycopg"), pool_size=1, pool_pre_ping=True
        )
    raise UnsupportedDatabase(f"the store needs a sqlite or postgresql URL, not {backend}")


def _open_sqlite(url: URL) -> Engine:
    if url.database in (None, "", ":memory:"):
        # Every connection to memory is a database of its own: there must be only one.
        engine = create_engine(url, poolclass=StaticPool, connect_args={"check_same_thread": False})
    else:
        Path(url.database or "").parent.mkdir(parents=True, exist_ok=True)
        engine = create_engine(url, pool_size=1, connect_args={"timeout": 30})
    event.listen(engine, "connect", _prepare_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    # The driver would otherwise begin transactions late and leave DDL outside of them.
    connection.isolation_level = None
    cursor = connection.cursor()
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # A transaction that reads first and writes later can fail when another process writes between.
    read_only = connection.get_execution_options().get(READ_ONLY, False)
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
