"""How phones are picked up for agents who answer by an interface"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004_2026_11"
down_revision = "0003_2026_11"
branch_labels = None
depends_on = None

KEPT = "tenant_id, number, position, password, external"


def upgrade() -> None:
    # Made anew: SQLite cannot take the default away from a column that was added.
    op.execute("CREATE TEMPORARY TABLE phones_before AS SELECT * FROM phones")
    op.drop_table("phones")
    op.create_table(
        "phones",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("external", sa.Boolean(), nullable=False),
        sa.Column("answer", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_phones_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_phones")),
    )
    op.create_index(op.f("ix_phones_tenant_id"), "phones", ["tenant_id"], unique=False)
    op.execute(f"INSERT INTO phones ({KEPT}, answer) SELECT {KEPT}, 'notify' FROM phones_before")
    op.drop_table("phones_before")
