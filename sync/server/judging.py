"""The judging of changes: what becomes of each one, whatever becomes of the others."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select

from sync.protocol.envelope import Change, leaves_of
from sync.protocol.errors import Refusal
from sync.protocol.ids import AGENCY_CASE_ID
from sync.protocol.receipts import Status
from sync.protocol.roles import Role
from sync.protocol.sealing import has_sealed_shape
from sync.server.database import table_of
from sync.server.devices import Caller
from sync.server.grants import Span
from sync.server.records import RECORD
from sync.server.tables import RecordHistory
from sync.server.work import Work

HISTORY = table_of(RecordHistory)


@dataclass(slots=True)
class Judged:
    """One change and what becomes of it."""

    change: Change
    leaf: bytes
    sealed_hash: bytes
    run_first: int
    status: Status = Status.REFUSED
    code: Refusal | None = None
    revision: int = 0
    seq: int = 0


@dataclass(slots=True)
class Ground:
    """What changes are judged on, as it stands in this transaction.

    Attributes:
        spans: The caller's spans of access, live or ended, of the cases in question.
        writable: Cases that the caller may write, those that this call opens too.
        keys: (case, key) of every key that the recovery words open.
        stored: Case and revision of every record in question that is there; kept up to date.
    """

    spans: dict[str, Span]
    writable: set[str]
    keys: set[tuple[str, str]]
    stored: dict[str, tuple[str, int]]


def prepare(caller: Caller, changes: Sequence[Change]) -> list[Judged]:
    """Return changes with their hashes, not judged yet."""
    hashes = leaves_of(caller.agency_id, caller.device_id, caller.generation, changes)
    return [
        Judged(change, leaf, sealed_hash, change.device_seq)
        for change, (leaf, sealed_hash) in zip(changes, hashes, strict=True)
    ]


def may_write(caller: Caller, case_id: str) -> bool:
    """Return whether a person's role allows writing into a case that they see."""
    return case_id != AGENCY_CASE_ID or caller.role is Role.DATA_MANAGER


def judge(work: Work, item: Judged, ground: Ground) -> None:
    """Settle what becomes of one change."""
    change = item.change
    case_id, record_id = change.case_id, change.record_id
    if not has_sealed_shape(change.sealed):
        item.code = Refusal.SEALED_MALFORMED
        return
    if case_id not in ground.writable:
        _judge_without_right(work, item, ground.spans.get(case_id))
        return
    current_case, revision = ground.stored.get(record_id, (case_id, 0))
    if current_case != case_id:
        item.code = Refusal.CASE_MISMATCH
    elif (case_id, change.key_id) not in ground.keys:
        item.code = Refusal.KEY_MISSING
    elif change.base_revision == revision:
        item.status = Status.ACCEPTED
        item.revision = revision + 1
        ground.stored[record_id] = (case_id, item.revision)
    elif revision == 0:
        item.code = Refusal.BASE_UNKNOWN
    else:
        item.status = Status.CONFLICT


def _judge_without_right(work: Work, item: Judged, span: Span | None) -> None:
    """Judge before anything of the case is looked at: to who has no access, nothing exists."""
    if span is None:
        item.code = Refusal.NO_ACCESS
    elif span.ended_seq is None:
        item.code = Refusal.ROLE_FORBIDDEN
    elif _was_seen(work, item.change, span.ended_seq):
        item.status = Status.RECEIVED_LATE
    else:
        item.code = Refusal.NO_ACCESS


def _was_seen(work: Work, change: Change, ended_seq: int) -> bool:
    """Return whether the base of a late change was there while its author had access."""
    if change.base_revision == 0:
        return True
    tables: tuple[Any, ...] = (RECORD, HISTORY)
    for table in tables:
        found = work.connection.execute(
            select(table.c.seq)
            .where(
                table.c.agency == work.agency,
                table.c.record_id == change.record_id,
                table.c.case_id == change.case_id,
                table.c.revision == change.base_revision,
                table.c.seq <= ended_seq,
            )
            .limit(1)
        ).first()
        if found is not None:
            return True
    return False
