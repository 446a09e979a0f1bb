"""Recordings by the name of their file, and such as go on in an earlier one's"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

_COLUMNS = "record_id, tenant_id, call_id, agent_id, started_at, ended_at, file_name, media"


def upgrade() -> None:
    # Made anew, not altered: then the table is spelled as it is where there was none before.
    op.execute(f"CREATE TEMPORARY TABLE kept AS SELECT {_COLUMNS} FROM recordings")
    op.drop_table("recordings")
    op.create_table(
        "recordings",
        sa.Column("record_id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media", sa.Integer(), nullable=False),
        sa.Column("appends", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", name=op.f("pk_recordings")),
    )
    op.execute(f"INSERT INTO recordings ({_COLUMNS}, appends) SELECT {_COLUMNS}, FALSE FROM kept")
    op.execute("DROP TABLE kept")
    op.create_index(op.f("ix_recordings_call_id"), "recordings", ["call_id"], unique=False)
    op.create_index(op.f("ix_recordings_file_name"), "recordings", ["file_name"], unique=False)
    op.create_index(
        op.f("ix_recordings_tenant_id_started_at"),
        "recordings",
        ["tenant_id", "started_at"],
        unique=False,
    )
