"""The tables of the first release."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Go to this revision."""
    op.create_table(
        "access_grant",
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("grant_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("starts_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("until", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("ended_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("next_change_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("withdrawal", sa.Text(), nullable=True),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("agency", "grant_id"),
    )
    op.create_index("grant_by_case", "access_grant", ["agency", "case_id", "seq"])
    op.create_index("grant_by_change", "access_grant", ["agency", "staff_id", "next_change_at"])
    op.create_index("grant_by_seq", "access_grant", ["agency", "seq"])
    op.create_index("grant_by_staff", "access_grant", ["agency", "staff_id", "case_id"])

    op.create_table(
        "access_span",
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("began_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("ended_seq", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("backfill", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("agency", "staff_id", "case_id"),
    )
    op.create_index("access_by_beginning", "access_span", ["agency", "staff_id", "began_seq"])
    op.create_index("access_by_case", "access_span", ["agency", "case_id"])
    op.create_index("access_by_end", "access_span", ["agency", "staff_id", "ended_seq"])

    op.create_table(
        "agency",
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("agency_id", sa.String(length=36), nullable=False),
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("audit_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("audit_hash", sa.LargeBinary(), nullable=False),
        sa.Column("directory_number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("signing_key", sa.LargeBinary(), nullable=True),
        sa.Column("recovery_key", sa.LargeBinary(), nullable=True),
        sa.Column("sealed_signing_seed", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("agency"),
        sa.UniqueConstraint("agency_id"),
    )
    op.create_table(
        "attachment",
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.String(length=36), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("last_index", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("agency", "attachment_id"),
    )
    op.create_table(
        "attachment_chunk",
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("attachment_id", sa.String(length=36), nullable=False),
        sa.Column("chunk_index", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("length_bytes", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("agency", "attachment_id", "chunk_index"),
    )
    op.create_table(
        "audit_entry",
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("actor", sa.String(length=36), nullable=False),
        sa.Column("act", sa.String(length=32), nullable=False),
        sa.Column("subjects", sa.String(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("agency", "number"),
    )
    op.create_table(
        "case_file",
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.Column("opened_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("agency", "case_id"),
    )
    op.create_table(
        "device",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("signing_key", sa.LargeBinary(), nullable=False),
        sa.Column("sealing_key", sa.LargeBinary(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("certificate", sa.String(), nullable=True),
        sa.Column("successor", sa.String(length=36), nullable=True),
        sa.Column("hand_in_until", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("revocation", sa.Text(), nullable=True),
        sa.Column("sealed_signing_seed", sa.LargeBinary(), nullable=True),
        sa.Column("numbers_generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("last_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("chain_hash", sa.LargeBinary(), nullable=False),
        sa.Column("seen_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("device_id"),
    )
    op.create_index("device_by_seq", "device", ["agency", "seq"])
    op.create_index("device_by_staff", "device", ["agency", "staff_id"])

    op.create_table(
        "enrolment_code",
        sa.Column("code_id", sa.String(length=12), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("holder", sa.String(), nullable=True),
        sa.Column("blob", sa.LargeBinary(), nullable=True),
        sa.Column("not_after", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("wrong_tries", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(length=16), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=True),
        sa.Column("used_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.PrimaryKeyConstraint("code_id"),
    )
    op.create_index("enrolment_code_by_agency", "enrolment_code", ["agency"])

    op.create_table(
        "idempotent_answer",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("idempotency_key", sa.String(length=64), nullable=False),
        sa.Column("request_hash", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.Integer(), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("device_id", "idempotency_key"),
    )
    op.create_index("idempotent_answer_by_time", "idempotent_answer", ["at"])

    op.create_table(
        "inbox_item",
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("item_id", sa.String(length=36), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("device_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("run_first", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("base_revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key_id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("state", sa.String(length=8), nullable=False),
        sa.Column("decided_by", sa.String(length=36), nullable=True),
        sa.Column("decided_at", sa.BigInteger(), autoincrement=False, nullable=True),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("agency", "item_id"),
        sa.UniqueConstraint("device_id", "generation", "device_seq", name="inbox_once"),
    )
    op.create_index("inbox_by_case", "inbox_item", ["agency", "state", "case_id"])

    op.create_table(
        "receipt",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("device_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.Column("status", sa.String(length=16), nullable=False),
        sa.Column("code", sa.String(length=32), nullable=True),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("revision", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed_hash", sa.LargeBinary(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("device_id", "generation", "device_seq"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "record",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("base_revision", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("device_seq", sa.BigInteger(), nullable=False),
        sa.Column("run_first", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.PrimaryKeyConstraint("agency", "record_id"),
    )
    op.create_index("record_by_case", "record", ["agency", "case_id", "seq"])
    op.create_index("record_by_seq", "record", ["agency", "seq"])
    op.create_index("record_in_case", "record", ["agency", "case_id", "record_id"])

    op.create_table(
        "record_history",
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("base_revision", sa.BigInteger(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.Column("generation", sa.BigInteger(), nullable=False),
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("device_seq", sa.BigInteger(), nullable=False),
        sa.Column("run_first", sa.BigInteger(), nullable=False),
        sa.Column("key_id", sa.String(length=36), nullable=False),
        sa.Column("deleted", sa.Boolean(), nullable=False),
        sa.Column("received_at", sa.BigInteger(), nullable=False),
        sa.Column("sealed_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("record_id", sa.String(length=36), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("agency", "record_id", "seq"),
    )
    op.create_table(
        "run",
        sa.Column("device_id", sa.String(length=36), nullable=False),
        sa.Column("generation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("first_seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("leaves", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("device_id", "generation", "first_seq"),
    )
    op.create_table(
        "sealed_key",
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("case_id", sa.String(length=36), nullable=False),
        sa.Column("key_id", sa.String(length=36), nullable=False),
        sa.Column("recipient", sa.String(length=36), nullable=False),
        sa.Column("sealer", sa.String(length=36), nullable=False),
        sa.Column("epoch", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("sealed", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("agency", "case_id", "key_id", "recipient", "sealer"),
    )
    op.create_index("sealed_key_by_recipient", "sealed_key", ["agency", "recipient", "seq"])

    op.create_table(
        "server_state",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("restored", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("number"),
    )
    op.create_table(
        "staff",
        sa.Column("agency", sa.Integer(), nullable=False),
        sa.Column("staff_id", sa.String(length=36), nullable=False),
        sa.Column("role", sa.String(length=16), nullable=False),
        sa.Column("team_id", sa.String(length=36), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("statement", sa.Text(), nullable=True),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("agency", "staff_id"),
    )
    op.create_index("staff_by_seq", "staff", ["agency", "seq"])


def downgrade() -> None:
    """Go back. Contents of dropped columns are lost."""
    op.drop_index("staff_by_seq", "staff")

    op.drop_table("staff")
    op.drop_table("server_state")
    op.drop_index("sealed_key_by_recipient", "sealed_key")

    op.drop_table("sealed_key")
    op.drop_table("run")
    op.drop_table("record_history")
    op.drop_index("record_in_case", "record")
    op.drop_index("record_by_seq", "record")
    op.drop_index("record_by_case", "record")

    op.drop_table("record")
    op.drop_table("receipt")
    op.drop_index("inbox_by_case", "inbox_item")

    op.drop_table("inbox_item")
    op.drop_index("idempotent_answer_by_time", "idempotent_answer")

    op.drop_table("idempotent_answer")
    op.drop_index("enrolment_code_by_agency", "enrolment_code")

    op.drop_table("enrolment_code")
    op.drop_index("device_by_staff", "device")
    op.drop_index("device_by_seq", "device")

    op.drop_table("device")
    op.drop_table("case_file")
    op.drop_table("audit_entry")
    op.drop_table("attachment_chunk")
    op.drop_table("attachment")
    op.drop_table("agency")
    op.drop_index("access_by_end", "access_span")
    op.drop_index("access_by_case", "access_span")
    op.drop_index("access_by_beginning", "access_span")

    op.drop_table("access_span")
    op.drop_index("grant_by_staff", "access_grant")
    op.drop_index("grant_by_seq", "access_grant")
    op.drop_index("grant_by_change", "access_grant")
    op.drop_index("grant_by_case", "access_grant")

    op.drop_table("access_grant")
