"""How Alembic reaches the database: by the connection that the store has open."""

from __future__ import annotations

from alembic import context

from emulator.store.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
with context.begin_transaction():
    context.run_migrations()
