"""The tables of sync: what this device has received, has to send, and can prove.

They are the device's own and never travel; their names begin with `sync_`.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from field_app.store.columns import Instant, JsonValue, RawBytes

LOCAL_PREFIX = "sync_"


class SyncStateRow(SQLModel, table=True):
    """Where this device stands, who it is, and a succession under way: one row each, as JSON."""

    __tablename__ = "sync_state"
    name: str = Field(primary_key=True)
    value: dict[str, Any] = Field(default_factory=dict, sa_type=JsonValue)


class OpenChangeRow(SQLModel, table=True):
    """A record that has to be sent. `kept` holds its text while its case is hidden."""

    __tablename__ = "sync_open"
    # In the order in which they are sent: a batch must not sort all that wait.
    __table_args__ = (
        Index("sync_open_order", "case_id", "queued_at", "record_id"),
        {"sqlite_with_rowid": False},
    )
    record_id: str = Field(primary_key=True)
    case_id: str
    edit_id: str
    attention: str | None = None
    kept: dict[str, Any] | None = Field(default=None, sa_type=JsonValue)
    queued_at: datetime = Field(sa_type=Instant)


class SentRunRow(SQLModel, table=True):
    """A run of frozen changes: the very bytes, and the signature over them.

    A row a run, because runs are sent and answered whole: a row a change took a third of the time
    of a first sync. `record_ids` and `edit_ids` stand beside the changes, in their order.
    """

    __tablename__ = "sync_sent"
    first_seq: int = Field(primary_key=True)
    last_seq: int
    record_ids: list[str] = Field(sa_type=JsonValue)
    edit_ids: list[str] = Field(sa_type=JsonValue)
    changes: str
    signature: bytes = Field(sa_type=RawBytes)


class BaseRow(SQLModel, table=True):
    """The last state of a record at the centre; `text` only while the record here differs."""

    __tablename__ = "sync_base"
    __table_args__ = (
        # All that a case's digest is of, in its order: each sync of a case compares it.
        Index("sync_base_digest", "case_id", "record_id", "sealed_hash", "deleted"),
        {"sqlite_with_rowid": False},
    )
    record_id: str = Field(primary_key=True)
    case_id: str
    revision: int
    generation: int
    sealed_hash: bytes = Field(sa_type=RawBytes)
    deleted: bool
    received_at: int
    text: dict[str, Any] | None = Field(default=None, sa_type=JsonValue)


class HeldRecordRow(SQLModel, table=True):
    """A sealed record that cannot be shown yet, or ever, and why."""

    __tablename__ = "sync_held"
    record_id: str = Field(primary_key=True)
    case_id: str = Field(index=True)
    reason: str
    record: str
    run: str | None = None


class StaffEntryRow(SQLModel, table=True):
    """A person as the centre knows them."""

    __tablename__ = "sync_staff"
    staff_id: str = Field(primary_key=True)
    entry: str


class DeviceEntryRow(SQLModel, table=True):
    """A device of the agency. The keys are empty when its certificate does not hold.

    Role, team and `as_of` are the certificate's; `ended` is the signed statement that ended it.
    """

    __tablename__ = "sync_device"
    device_id: str = Field(primary_key=True)
    staff_id: str = Field(index=True)
    state: str
    is_active: bool = False
    seq: int
    is_direct: bool = False
    signing_key: bytes = Field(default=b"", sa_type=RawBytes)
    sealing_key: bytes = Field(default=b"", sa_type=RawBytes)
    role: str = ""
    team_id: str | None = None
    as_of: int = 0
    ended: str | None = None


class GrantRow(SQLModel, table=True):
    """Who may see a case that this device may see."""

    __tablename__ = "sync_grant"
    grant_id: str = Field(primary_key=True)
    case_id: str = Field(index=True)
    staff_id: str = Field(index=True)
    entry: str


class CaseKeyRow(SQLModel, table=True):
    """A case key: `<key id>:<first bytes of its hash>`, because a false copy may come first.

    New records are sealed only under a vouched one.
    """

    __tablename__ = "sync_case_key"
    copy_id: str = Field(primary_key=True)
    key_id: str = Field(index=True)
    case_id: str = Field(index=True)
    epoch: int
    key: bytes = Field(sa_type=RawBytes)
    made_here: bool
    sealed_for: str = ""
    seq: int = 0
    is_vouched: bool = True


class DepositRow(SQLModel, table=True):
    """A copy of a case key that the centre has from this device: `<key id>:<recipient>`."""

    __tablename__ = "sync_deposit"
    pair: str = Field(primary_key=True)
    case_id: str = Field(index=True)


class DepositDueRow(SQLModel, table=True):
    """A case whose keys somebody may still have to get."""

    __tablename__ = "sync_deposit_due"
    case_id: str = Field(primary_key=True)


class LeavingRow(SQLModel, table=True):
    """A case that was withdrawn and is not purged yet."""

    __tablename__ = "sync_leaving"
    case_id: str = Field(primary_key=True)
    seq: int


class SyncFileRow(SQLModel, table=True):
    """An attachment file: `due` at the centre, `whole` on both sides, or `refused` there."""

    __tablename__ = "sync_file"
    attachment_id: str = Field(primary_key=True)
    case_id: str = Field(index=True)
    chunks: int
    digest: str
    state: str = Field(index=True)


class ReceiptRunRow(SQLModel, table=True):
    """Receipts of one moment, in the order of their numbers: `<generation>:<device id>:<first>`.

    `entries` are packed by `receipt_runs`. What a call hands in is received in one moment.
    """

    __tablename__ = "sync_receipt"
    run_id: str = Field(primary_key=True)
    generation: int
    device_id: str
    first_seq: int
    last_seq: int
    received_at: int = Field(index=True)
    entries: bytes = Field(sa_type=RawBytes)


class ChainHeadRow(SQLModel, table=True):
    """The newest signed head of a chain: `<generation>:<device id>`."""

    __tablename__ = "sync_chain_head"
    chain_id: str = Field(primary_key=True)
    generation: int
    device_id: str
    head: str


class WitnessRow(SQLModel, table=True):
    """An audit head that the centre signed: `<generation>:<number>`."""

    __tablename__ = "sync_witness"
    witness_id: str = Field(primary_key=True)
    generation: int
    number: int
    head: str


class ProblemRow(SQLModel, table=True):
    """Something that has to be said: `<code>:<subject>`. Ids only, never contents."""

    __tablename__ = "sync_problem"
    problem_id: str = Field(primary_key=True)
    code: str
    subject: str
    at: datetime = Field(sa_type=Instant)
