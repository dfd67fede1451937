"""The tables of the centre. No column holds a name, a note or a key in the open.

`agency` in every table is the row number of the agency, shorter in indexes than its id; the pair
(agency, id) is looked up everywhere, so one agency's id never reaches another's row. Times are
milliseconds. `seq` is the number that the agency's counter gave to the row's latest change.
"""

from sqlalchemy import (
    BigInteger,
    Column,
    Dialect,
    Index,
    LargeBinary,
    MetaData,
    String,
    Text,
    TypeDecorator,
    UniqueConstraint,
)
from sqlmodel import Field, SQLModel

from sync.protocol.wire import SignedStatement

ID = 36


class StatementText(TypeDecorator[SignedStatement]):
    """A signed statement, kept as JSON text."""

    impl = Text
    cache_ok = True

    def process_bind_param(self, value: SignedStatement | None, _dialect: Dialect) -> str | None:
        """Write it as JSON."""
        return None if value is None else value.model_dump_json()

    def process_result_value(self, value: str | None, _dialect: Dialect) -> SignedStatement | None:
        """Read it from JSON."""
        return None if value is None else SignedStatement.model_validate_json(value)


class RawBytes(LargeBinary):
    """Bytes handed to the driver as they are.

    SQLAlchemy wraps each value in a memoryview for drivers that need it; sqlite3 and psycopg do
    not, and two wrapped values a record were a third of the cost of a push (measured).
    """

    def bind_processor(self, dialect: Dialect) -> None:
        """Convert nothing."""

    def result_processor(self, dialect: Dialect, coltype: object) -> None:
        """Convert nothing: both drivers return bytes."""


def _id(*, primary: bool = False, empty: bool = False) -> Column[str]:
    return Column(String(ID), primary_key=primary, nullable=empty)


def _number(*, primary: bool = False, empty: bool = False) -> Column[int]:
    return Column(BigInteger, primary_key=primary, nullable=empty, autoincrement=False)


def _bytes(*, empty: bool = False) -> Column[bytes]:
    return Column(RawBytes, nullable=empty)


def _statement() -> Column[SignedStatement]:
    return Column(StatementText, nullable=True)


class ServerTable(SQLModel):
    """Base of all tables: their own metadata, because the app's tables may be in this process."""

    metadata = MetaData()


class ServerState(ServerTable, table=True):
    """One row: what the database says of itself."""

    __tablename__ = "server_state"
    number: int = Field(default=1, primary_key=True)
    restored: bool = False


class Agency(ServerTable, table=True):
    """An agency, its counter and the head of its audit chain.

    `directory_number`: the last number of a signed statement about people and devices.
    """

    __tablename__ = "agency"
    agency: int | None = Field(default=None, primary_key=True)
    agency_id: str = Field(sa_column=Column(String(ID), nullable=False, unique=True))
    generation: int = Field(default=1, sa_column=_number())
    seq: int = Field(default=0, sa_column=_number())
    audit_number: int = Field(default=0, sa_column=_number())
    audit_hash: bytes = Field(sa_column=_bytes())
    directory_number: int = Field(default=0, sa_column=_number())
    signing_key: bytes | None = Field(default=None, sa_column=_bytes(empty=True))
    recovery_key: bytes | None = Field(default=None, sa_column=_bytes(empty=True))
    sealed_signing_seed: bytes | None = Field(default=None, sa_column=_bytes(empty=True))
    created_at: int = Field(sa_column=_number())


class Staff(ServerTable, table=True):
    """A member of staff: an opaque id, a role, a team."""

    __tablename__ = "staff"
    __table_args__ = (Index("staff_by_seq", "agency", "seq"),)
    agency: int = Field(primary_key=True)
    staff_id: str = Field(sa_column=_id(primary=True))
    role: str = Field(max_length=16)
    team_id: str | None = Field(default=None, sa_column=_id(empty=True))
    active: bool = True
    statement: SignedStatement | None = Field(default=None, sa_column=_statement())
    seq: int = Field(sa_column=_number())


class Device(ServerTable, table=True):
    """A device, its public keys, and how far its numbers and receipts have come.

    `numbers_generation` says to which generation `last_seq` and `chain_hash` belong. `revocation`
    is the statement that ended the device: a revocation, or its person's last appointment.
    """

    __tablename__ = "device"
    __table_args__ = (
        Index("device_by_seq", "agency", "seq"),
        Index("device_by_staff", "agency", "staff_id"),
    )
    device_id: str = Field(sa_column=_id(primary=True))
    agency: int
    staff_id: str = Field(sa_column=_id())
    signing_key: bytes = Field(sa_column=_bytes())
    sealing_key: bytes = Field(sa_column=_bytes())
    state: str = Field(max_length=16)
    certificate: str | None = None
    successor: str | None = Field(default=None, sa_column=_id(empty=True))
    hand_in_until: int | None = Field(default=None, sa_column=_number(empty=True))
    revocation: SignedStatement | None = Field(default=None, sa_column=_statement())
    sealed_signing_seed: bytes | None = Field(default=None, sa_column=_bytes(empty=True))
    numbers_generation: int = Field(sa_column=_number())
    last_seq: int = Field(default=0, sa_column=_number())
    chain_hash: bytes = Field(sa_column=_bytes())
    seen_at: int = Field(sa_column=_number())
    seq: int = Field(sa_column=_number())


class EnrolmentCode(ServerTable, table=True):
    """A one-time code; of its secret only the hash of a token that is derived from it."""

    __tablename__ = "enrolment_code"
    __table_args__ = (Index("enrolment_code_by_agency", "agency"),)
    code_id: str = Field(max_length=12, primary_key=True)
    agency: int
    staff_id: str = Field(sa_column=_id())
    kind: str = Field(max_length=16)
    token_hash: bytes = Field(sa_column=_bytes())
    holder: str | None = None
    blob: bytes | None = Field(default=None, sa_column=_bytes(empty=True))
    not_after: int = Field(sa_column=_number())
    wrong_tries: int = 0
    state: str = Field(default="open", max_length=16)
    device_id: str | None = Field(default=None, sa_column=_id(empty=True))
    used_at: int | None = Field(default=None, sa_column=_number(empty=True))


class Case(ServerTable, table=True):
    """A case: the unit of access."""

    __tablename__ = "case_file"
    agency: int = Field(primary_key=True)
    case_id: str = Field(sa_column=_id(primary=True))
    team_id: str | None = Field(default=None, sa_column=_id(empty=True))
    opened_at: int = Field(sa_column=_number())


class Grant(ServerTable, table=True):
    """Access of one person to one case. `next_change_at` is when time alone changes it.

    `statement` is who gave it, or who opened the case with it; `withdrawal` who ended it.
    """

    __tablename__ = "access_grant"
    __table_args__ = (
        Index("grant_by_case", "agency", "case_id", "seq"),
        Index("grant_by_staff", "agency", "staff_id", "case_id"),
        Index("grant_by_seq", "agency", "seq"),
        Index("grant_by_change", "agency", "staff_id", "next_change_at"),
    )
    agency: int = Field(primary_key=True)
    grant_id: str = Field(sa_column=_id(primary=True))
    case_id: str = Field(sa_column=_id())
    staff_id: str = Field(sa_column=_id())
    kind: str = Field(max_length=16)
    state: str = Field(max_length=8)
    starts_at: int = Field(sa_column=_number())
    until: int | None = Field(default=None, sa_column=_number(empty=True))
    ended_at: int | None = Field(default=None, sa_column=_number(empty=True))
    next_change_at: int | None = Field(default=None, sa_column=_number(empty=True))
    statement: SignedStatement | None = Field(default=None, sa_column=_statement())
    withdrawal: SignedStatement | None = Field(default=None, sa_column=_statement())
    seq: int = Field(sa_column=_number())


class Access(ServerTable, table=True):
    """A person's present span of access to a case, or the end of the last one.

    `backfill`: the case existed when the span began, so that it has to be delivered whole.
    """

    __tablename__ = "access_span"
    __table_args__ = (
        Index("access_by_beginning", "agency", "staff_id", "began_seq"),
        Index("access_by_end", "agency", "staff_id", "ended_seq"),
        Index("access_by_case", "agency", "case_id"),
    )
    agency: int = Field(primary_key=True)
    staff_id: str = Field(sa_column=_id(primary=True))
    case_id: str = Field(sa_column=_id(primary=True))
    began_seq: int = Field(sa_column=_number())
    ended_seq: int | None = Field(default=None, sa_column=_number(empty=True))
    backfill: bool = False


class SealedKey(ServerTable, table=True):
    """A case key, sealed to one recipient by one device."""

    __tablename__ = "sealed_key"
    __table_args__ = (Index("sealed_key_by_recipient", "agency", "recipient", "seq"),)
    agency: int = Field(primary_key=True)
    case_id: str = Field(sa_column=_id(primary=True))
    key_id: str = Field(sa_column=_id(primary=True))
    recipient: str = Field(sa_column=_id(primary=True))
    sealer: str = Field(sa_column=_id(primary=True))
    epoch: int = Field(sa_column=_number())
    sealed: bytes = Field(sa_column=_bytes())
    signature: bytes = Field(sa_column=_bytes())
    seq: int = Field(sa_column=_number())


class RecordColumns(ServerTable):
    """What a record and its earlier revisions have in common."""

    case_id: str = Field(max_length=ID)
    base_revision: int = Field(sa_type=BigInteger)
    revision: int = Field(sa_type=BigInteger)
    seq: int = Field(sa_type=BigInteger)
    generation: int = Field(sa_type=BigInteger)
    device_id: str = Field(max_length=ID)
    device_seq: int = Field(sa_type=BigInteger)
    run_first: int = Field(sa_type=BigInteger)
    key_id: str = Field(max_length=ID)
    deleted: bool
    received_at: int = Field(sa_type=BigInteger)
    sealed_hash: bytes = Field(sa_type=RawBytes)
    sealed: bytes = Field(sa_type=RawBytes)


class Record(RecordColumns, table=True):
    """The newest revision of a record."""

    __tablename__ = "record"
    __table_args__ = (
        Index("record_by_case", "agency", "case_id", "seq"),
        Index("record_in_case", "agency", "case_id", "record_id"),
        Index("record_by_seq", "agency", "seq"),
    )
    agency: int = Field(primary_key=True)
    record_id: str = Field(sa_column=_id(primary=True))


class RecordHistory(RecordColumns, table=True):
    """An earlier revision of a record."""

    __tablename__ = "record_history"
    agency: int = Field(primary_key=True)
    record_id: str = Field(sa_column=_id(primary=True))
    seq: int = Field(sa_column=_number(primary=True))


class Run(ServerTable, table=True):
    """An author's signature over consecutive changes, with their leaves."""

    __tablename__ = "run"
    device_id: str = Field(sa_column=_id(primary=True))
    generation: int = Field(sa_column=_number(primary=True))
    first_seq: int = Field(sa_column=_number(primary=True))
    leaves: bytes = Field(sa_column=_bytes())
    signature: bytes = Field(sa_column=_bytes())


class Receipt(ServerTable, table=True):
    """What became of one number of one device; enough to answer it again, and for the chain.

    On SQLite in the order of its key, without a second tree beside: each push only appends.
    """

    __tablename__ = "receipt"
    __table_args__ = {"sqlite_with_rowid": False}
    device_id: str = Field(sa_column=_id(primary=True))
    generation: int = Field(sa_column=_number(primary=True))
    device_seq: int = Field(sa_column=_number(primary=True))
    leaf: bytes = Field(sa_column=_bytes())
    status: str = Field(max_length=16)
    code: str | None = Field(default=None, max_length=32)
    case_id: str = Field(sa_column=_id())
    record_id: str = Field(sa_column=_id())
    revision: int = Field(sa_column=_number())
    seq: int = Field(sa_column=_number())
    sealed_hash: bytes = Field(sa_column=_bytes())
    received_at: int = Field(sa_column=_number())


class InboxItem(ServerTable, table=True):
    """Late work, as it was handed in, waiting for a supervisor."""

    __tablename__ = "inbox_item"
    __table_args__ = (
        Index("inbox_by_case", "agency", "state", "case_id"),
        UniqueConstraint("device_id", "generation", "device_seq", name="inbox_once"),
    )
    agency: int = Field(primary_key=True)
    item_id: str = Field(sa_column=_id(primary=True))
    staff_id: str = Field(sa_column=_id())
    device_id: str = Field(sa_column=_id())
    generation: int = Field(sa_column=_number())
    device_seq: int = Field(sa_column=_number())
    run_first: int = Field(sa_column=_number())
    case_id: str = Field(sa_column=_id())
    record_id: str = Field(sa_column=_id())
    base_revision: int = Field(sa_column=_number())
    key_id: str = Field(sa_column=_id())
    deleted: bool
    received_at: int = Field(sa_column=_number())
    state: str = Field(default="open", max_length=8)
    decided_by: str | None = Field(default=None, sa_column=_id(empty=True))
    decided_at: int | None = Field(default=None, sa_column=_number(empty=True))
    sealed: bytes = Field(sa_column=_bytes())


class Attachment(ServerTable, table=True):
    """An attachment: to which case and author its first chunk bound it."""

    __tablename__ = "attachment"
    agency: int = Field(primary_key=True)
    attachment_id: str = Field(sa_column=_id(primary=True))
    case_id: str = Field(sa_column=_id())
    device_id: str = Field(sa_column=_id())
    last_index: int | None = Field(default=None, sa_column=_number(empty=True))


class AttachmentChunk(ServerTable, table=True):
    """A chunk that is stored, whole, under its digest."""

    __tablename__ = "attachment_chunk"
    agency: int = Field(primary_key=True)
    attachment_id: str = Field(sa_column=_id(primary=True))
    chunk_index: int = Field(sa_column=_number(primary=True))
    sha256: bytes = Field(sa_column=_bytes())
    length_bytes: int = Field(sa_column=_number())


class AuditRow(ServerTable, table=True):
    """One entry of the agency's audit chain; `subjects` is canonical JSON."""

    __tablename__ = "audit_entry"
    agency: int = Field(primary_key=True)
    number: int = Field(sa_column=_number(primary=True))
    at: int = Field(sa_column=_number())
    actor: str = Field(max_length=ID)
    act: str = Field(max_length=32)
    subjects: str
    hash: bytes = Field(sa_column=_bytes())


class IdempotentAnswer(ServerTable, table=True):
    """The answer to a management POST, to be given again when it is repeated."""

    __tablename__ = "idempotent_answer"
    __table_args__ = (Index("idempotent_answer_by_time", "at"),)
    device_id: str = Field(sa_column=_id(primary=True))
    idempotency_key: str = Field(max_length=64, primary_key=True)
    request_hash: bytes = Field(sa_column=_bytes())
    status: int
    body: bytes = Field(sa_column=_bytes())
    at: int = Field(sa_column=_number())
