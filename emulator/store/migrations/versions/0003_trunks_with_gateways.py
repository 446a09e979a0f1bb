"""Trunk groups that real gateways serve"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003_2026_11"
down_revision = "0002_2026_11"
branch_labels = None
depends_on = None

KEPT = "tenant_id, name, position, channels, prefix"


def upgrade() -> None:
    # Made anew: SQLite cannot take the default away from a column that was added.
    op.execute("CREATE TEMPORARY TABLE trunks_before AS SELECT * FROM trunks")
    op.drop_table("trunks")
    op.create_table(
        "trunks",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("channels", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.Column("external", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_trunks_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "name", name=op.f("pk_trunks")),
    )
    op.execute(f"INSERT INTO trunks ({KEPT}, external) SELECT {KEPT}, false FROM trunks_before")
    op.drop_table("trunks_before")
