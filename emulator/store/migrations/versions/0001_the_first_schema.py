"""The first schema"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001_2026_11"
down_revision = None
branch_labels = None
depends_on = None

ENDED = "call_id_num = -1"
IN_VAIN = (
    "call_id_num = -1 AND call_type = 0 AND "
    "(device_type = 1 OR device_type = 2 AND call_begin = call_end)"
)


def upgrade() -> None:
    op.create_table(
        "accounts",
        sa.Column("work_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("history", sa.JSON(), nullable=False),
        sa.Column("failed_attempts", sa.Integer(), nullable=False),
        sa.Column("locked_until", sa.BigInteger(), nullable=True),
        sa.Column("password_changed_at", sa.BigInteger(), nullable=True),
        sa.PrimaryKeyConstraint("work_no", name=op.f("pk_accounts")),
    )
    op.create_index(op.f("ix_accounts_tenant_id"), "accounts", ["tenant_id"], unique=False)
    op.create_table(
        "agent_operations",
        sa.Column(
            "serial",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("developer_id", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("service_no", sa.String(), nullable=False),
        sa.Column("skill_id", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("begin_time", sa.BigInteger(), nullable=False),
        sa.Column("end_time", sa.BigInteger(), nullable=True),
        sa.Column("op_type", sa.String(), nullable=False),
        sa.Column("op_object", sa.String(), nullable=False),
        sa.Column("op_cause", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("vdn_id", sa.String(), nullable=False),
        sa.Column("cc_id", sa.String(), nullable=False),
        sa.Column("agent_type", sa.String(), nullable=False),
        sa.Column("phone_no", sa.String(), nullable=False),
        sa.Column("call_in_out", sa.String(), nullable=False),
        sa.Column("location_id", sa.String(), nullable=False),
        sa.Column("logon_sn", sa.String(), nullable=False),
        sa.Column("skill_info_sn", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("serial", name=op.f("pk_agent_operations")),
        sa.UniqueConstraint("id", "generation", name=op.f("uq_agent_operations_id_generation")),
        sqlite_autoincrement=True,
    )
    op.create_index(
        op.f("ix_agent_operations_tenant_id_begin_time"),
        "agent_operations",
        ["tenant_id", "begin_time"],
        unique=False,
    )
    op.create_table(
        "call_records",
        sa.Column(
            "id",
            sa.BigInteger().with_variant(sa.Integer(), "sqlite"),
            autoincrement=True,
            nullable=False,
        ),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("developer", sa.String(), nullable=False),
        sa.Column("account_id", sa.String(), nullable=False),
        sa.Column("cc_id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("caller_no", sa.String(), nullable=False),
        sa.Column("callee_no", sa.String(), nullable=False),
        sa.Column("wait_begin", sa.BigInteger(), nullable=True),
        sa.Column("wait_end", sa.BigInteger(), nullable=True),
        sa.Column("ack_begin", sa.BigInteger(), nullable=True),
        sa.Column("ack_end", sa.BigInteger(), nullable=True),
        sa.Column("call_begin", sa.BigInteger(), nullable=True),
        sa.Column("call_end", sa.BigInteger(), nullable=True),
        sa.Column("device_type", sa.Integer(), nullable=False),
        sa.Column("device_no", sa.BigInteger(), nullable=False),
        sa.Column("call_type", sa.Integer(), nullable=False),
        sa.Column("release_cause", sa.Integer(), nullable=False),
        sa.Column("call_id_num", sa.Integer(), nullable=False),
        sa.Column("vdn_id", sa.String(), nullable=False),
        sa.Column("pre_device_type", sa.String(), nullable=False),
        sa.Column("pre_device_no", sa.String(), nullable=False),
        sa.Column("skill_id", sa.String(), nullable=False),
        sa.Column("current_skill_id", sa.String(), nullable=False),
        sa.Column("device_in", sa.String(), nullable=False),
        sa.Column("pre_device_in", sa.String(), nullable=False),
        sa.Column("service_no", sa.String(), nullable=False),
        sa.Column("leave_reason", sa.String(), nullable=False),
        sa.Column("media_type", sa.String(), nullable=False),
        sa.Column("sub_media_type", sa.String(), nullable=False),
        sa.Column("generation", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_call_records")),
        sqlite_autoincrement=True,
    )
    op.create_index(op.f("ix_call_records_call_id"), "call_records", ["call_id"], unique=False)
    op.create_index(
        "ix_call_records_ended",
        "call_records",
        ["tenant_id", "generation", "call_end", "call_type", "caller_no", "callee_no"],
        unique=False,
        sqlite_where=sa.text(ENDED),
        postgresql_where=sa.text(ENDED),
    )
    op.create_index(
        "ix_call_records_in_vain",
        "call_records",
        ["tenant_id", "generation", "call_end"],
        unique=False,
        sqlite_where=sa.text(IN_VAIN),
        postgresql_where=sa.text(IN_VAIN),
    )
    op.create_index(
        op.f("ix_call_records_tenant_id_call_end"),
        "call_records",
        ["tenant_id", "call_end"],
        unique=False,
    )
    op.create_table(
        "committed_batches",
        sa.Column("writer", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("writer", name=op.f("pk_committed_batches")),
    )
    op.create_table(
        "counted",
        sa.Column("name", sa.String(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_counted")),
    )
    op.create_table(
        "generations",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("tenant_id", name=op.f("pk_generations")),
    )
    op.create_table(
        "identifiers",
        sa.Column("name", sa.String(), autoincrement=False, nullable=False),
        sa.Column("value", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name=op.f("pk_identifiers")),
    )
    op.create_table(
        "recordings",
        sa.Column("record_id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("agent_id", sa.String(), nullable=False),
        sa.Column("started_at", sa.BigInteger(), nullable=False),
        sa.Column("ended_at", sa.BigInteger(), nullable=False),
        sa.Column("file_name", sa.String(), nullable=False),
        sa.Column("media", sa.Integer(), nullable=False),
        sa.Column("appends", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("record_id", "generation", name=op.f("pk_recordings")),
    )
    op.create_index(op.f("ix_recordings_call_id"), "recordings", ["call_id"], unique=False)
    op.create_index(op.f("ix_recordings_file_name"), "recordings", ["file_name"], unique=False)
    op.create_index(
        op.f("ix_recordings_tenant_id_started_at"),
        "recordings",
        ["tenant_id", "started_at"],
        unique=False,
    )
    op.create_table(
        "statistics",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("generation", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), autoincrement=False, nullable=False),
        sa.Column("grain", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("subject", sa.String(), autoincrement=False, nullable=False),
        sa.Column("begin", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("detail", sa.String(), autoincrement=False, nullable=False),
        sa.Column("call_type", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("media", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("sub_media", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("counts", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint(
            "tenant_id",
            "generation",
            "kind",
            "grain",
            "subject",
            "begin",
            "detail",
            "call_type",
            "media",
            "sub_media",
            name=op.f("pk_statistics"),
        ),
    )
    op.create_table(
        "tenants",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("cc_id", sa.Integer(), nullable=False),
        sa.Column("timezone", sa.String(), nullable=False),
        sa.Column("default_caller", sa.String(), nullable=False),
        sa.Column("ring", sa.Integer(), nullable=False),
        sa.Column("outside_ring", sa.Integer(), nullable=False),
        sa.Column("default_answer_after", sa.Double(), nullable=True),
        sa.Column("max_rest_agents", sa.Integer(), nullable=True),
        sa.Column("rest_approval", sa.Boolean(), nullable=False),
        sa.Column("record_calls", sa.Boolean(), nullable=False),
        sa.Column("conference_seats", sa.Integer(), nullable=False),
        sa.Column("announcement", sa.Integer(), nullable=False),
        sa.Column("media_server", sa.JSON(none_as_null=True), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_tenants")),
    )
    op.create_table(
        "access_codes",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("media_type", sa.Integer(), nullable=False),
        sa.Column("description", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_access_codes_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("pk_access_codes")),
    )
    op.create_index(op.f("ix_access_codes_tenant_id"), "access_codes", ["tenant_id"], unique=False)
    op.create_table(
        "agents",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("work_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("account", sa.String(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("phone", sa.String(), nullable=False),
        sa.Column("role", sa.Integer(), nullable=False),
        sa.Column("agent_type", sa.Integer(), nullable=False),
        sa.Column("max_chats", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_agents_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("work_no", name=op.f("pk_agents")),
    )
    op.create_index(op.f("ix_agents_tenant_id"), "agents", ["tenant_id"], unique=False)
    op.create_table(
        "blacklist",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_blacklist_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "number", name=op.f("pk_blacklist")),
    )
    op.create_table(
        "ivr_flows",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("start", sa.String(), nullable=False),
        sa.Column("nodes", sa.JSON(), nullable=False),
        sa.Column("access_code", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_ivr_flows_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_ivr_flows")),
    )
    op.create_table(
        "outside_numbers",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("answer_after", sa.Double(), nullable=True),
        sa.Column("refuse", sa.Integer(), nullable=True),
        sa.Column("video", sa.Boolean(), nullable=False),
        sa.Column("digits", sa.String(), nullable=False),
        sa.Column("digits_after", sa.Double(), nullable=False),
        sa.Column("hang_up_after", sa.Double(), nullable=True),
        sa.Column("ring_patience", sa.Double(), nullable=True),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_outside_numbers_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "number", name=op.f("pk_outside_numbers")),
    )
    op.create_table(
        "phones",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("password", sa.String(), nullable=False),
        sa.Column("external", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_phones_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_phones")),
    )
    op.create_index(op.f("ix_phones_tenant_id"), "phones", ["tenant_id"], unique=False)
    op.create_table(
        "priority_customers",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("priority", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_priority_customers_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "number", name=op.f("pk_priority_customers")),
    )
    op.create_table(
        "queues",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("media_type", sa.Integer(), nullable=False),
        sa.Column("max_wait", sa.Integer(), nullable=False),
        sa.Column("max_waiting", sa.Integer(), nullable=False),
        sa.Column("wrap_up", sa.Integer(), nullable=False),
        sa.Column("ring", sa.Integer(), nullable=False),
        sa.Column("on_no_agents_action", sa.String(), nullable=False),
        sa.Column("on_no_agents_target", sa.Integer(), nullable=True),
        sa.Column("on_busy_action", sa.String(), nullable=False),
        sa.Column("on_busy_target", sa.Integer(), nullable=True),
        sa.Column("on_timeout_action", sa.String(), nullable=False),
        sa.Column("on_timeout_target", sa.Integer(), nullable=True),
        sa.Column("description", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_queues_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "id", name=op.f("pk_queues")),
    )
    op.create_table(
        "rest_reasons",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("code", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"],
            ["tenants.id"],
            name=op.f("fk_rest_reasons_tenant_id"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("tenant_id", "code", name=op.f("pk_rest_reasons")),
    )
    op.create_table(
        "secrets",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("value", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_secrets_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "kind", name=op.f("pk_secrets")),
    )
    op.create_table(
        "trunks",
        sa.Column("tenant_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("channels", sa.Integer(), nullable=False),
        sa.Column("prefix", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_trunks_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("tenant_id", "name", name=op.f("pk_trunks")),
    )
    op.create_table(
        "user_groups",
        sa.Column("tenant_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("group_type", sa.Integer(), nullable=False),
        sa.Column("remark", sa.String(), nullable=False),
        sa.Column("inspects", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(
            ["tenant_id"], ["tenants.id"], name=op.f("fk_user_groups_tenant_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_user_groups")),
    )
    op.create_index(op.f("ix_user_groups_tenant_id"), "user_groups", ["tenant_id"], unique=False)
    op.create_table(
        "agent_skills",
        sa.Column("work_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("queue", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("agent_weight", sa.Integer(), nullable=False),
        sa.Column("skill_weight", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["work_no"],
            ["agents.work_no"],
            name=op.f("fk_agent_skills_work_no"),
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("work_no", "queue", name=op.f("pk_agent_skills")),
    )
    op.create_table(
        "called_routes",
        sa.Column("code", sa.String(), autoincrement=False, nullable=False),
        sa.Column("extension", sa.String(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("target", sa.Integer(), nullable=False),
        sa.Column("target_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["code"], ["access_codes.code"], name=op.f("fk_called_routes_code"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("code", "extension", name=op.f("pk_called_routes")),
    )
    op.create_table(
        "group_members",
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("work_no", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("serial", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(
            ["id"], ["user_groups.id"], name=op.f("fk_group_members_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", "work_no", name=op.f("pk_group_members")),
    )
