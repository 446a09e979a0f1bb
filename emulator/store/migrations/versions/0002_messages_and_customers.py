"""Messages, customers with their contacts, and where agents signed in"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002_2026_11"
down_revision = "0001_2026_11"
branch_labels = None
depends_on = None

SIGN_INS = "op_type = '1'"


def upgrade() -> None:
    op.create_table(
        "customers",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("home_phone", sa.String(), nullable=False),
        sa.Column("mobile", sa.String(), nullable=False),
        sa.Column("fax", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("relation", sa.Integer(), nullable=False),
        sa.Column("province", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("contact_person", sa.String(), nullable=False),
        sa.Column("created_on", sa.String(), nullable=False),
        sa.Column("served_at", sa.BigInteger(), nullable=True),
        sa.Column("last_agent", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("memo", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_customers")),
    )
    op.create_index(
        op.f("ix_customers_tenant_id_home_phone"),
        "customers",
        ["tenant_id", "home_phone"],
        unique=False,
    )
    op.create_index(
        op.f("ix_customers_tenant_id_mobile"), "customers", ["tenant_id", "mobile"], unique=False
    )
    op.create_index(
        op.f("ix_customers_tenant_id_phone"), "customers", ["tenant_id", "phone"], unique=False
    )
    op.create_table(
        "messages",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("message_id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("channel", sa.String(), nullable=False),
        sa.Column("direction", sa.String(), nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("sender", sa.String(), nullable=False),
        sa.Column("recipient", sa.String(), nullable=False),
        sa.Column("copy", sa.String(), nullable=False),
        sa.Column("blind_copy", sa.String(), nullable=False),
        sa.Column("party_name", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("body", sa.String(), nullable=False),
        sa.Column("files", sa.JSON(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("called", sa.String(), nullable=False),
        sa.Column("line", sa.Integer(), nullable=False),
        sa.Column("seconds", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", "message_id", "generation", name=op.f("pk_messages")),
    )
    op.create_index(
        op.f("ix_messages_tenant_id_channel_direction_at"),
        "messages",
        ["tenant_id", "channel", "direction", "at"],
        unique=False,
    )
    op.create_table(
        "contacts",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("initials", sa.String(), nullable=False),
        sa.Column("kind", sa.Integer(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("home_phone", sa.String(), nullable=False),
        sa.Column("mobile", sa.String(), nullable=False),
        sa.Column("fax", sa.String(), nullable=False),
        sa.Column("address", sa.String(), nullable=False),
        sa.Column("relation", sa.Integer(), nullable=False),
        sa.Column("province", sa.String(), nullable=False),
        sa.Column("city", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("postcode", sa.String(), nullable=False),
        sa.Column("contact_person", sa.String(), nullable=False),
        sa.Column("created_on", sa.String(), nullable=False),
        sa.Column("served_at", sa.BigInteger(), nullable=True),
        sa.Column("last_agent", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("memo", sa.String(), nullable=False),
        sa.Column("customer", sa.String(), nullable=False),
        sa.Column("info", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id", "customer"],
            ["customers.tenant_id", "customers.id"],
            name=op.f("fk_contacts_tenant_id_customer"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_contacts")),
    )
    op.create_index(
        op.f("ix_contacts_tenant_id_customer"), "contacts", ["tenant_id", "customer"], unique=False
    )
    op.create_index(
        op.f("ix_contacts_tenant_id_home_phone"),
        "contacts",
        ["tenant_id", "home_phone"],
        unique=False,
    )
    op.create_index(
        op.f("ix_contacts_tenant_id_mobile"), "contacts", ["tenant_id", "mobile"], unique=False
    )
    op.create_index(
        op.f("ix_contacts_tenant_id_phone"), "contacts", ["tenant_id", "phone"], unique=False
    )
    op.create_index(
        "ix_agent_operations_sign_ins",
        "agent_operations",
        ["tenant_id", "generation", "agent_id", "begin_time"],
        unique=False,
        sqlite_where=sa.text(SIGN_INS),
        postgresql_where=sa.text(SIGN_INS),
    )
