"""The outbox: which records have to be sent, and which are frozen on their way.

`queue_saved` runs inside the transaction that saves a record, so an edit and its place in the
outbox are on the medium together or not at all.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from hashlib import sha256
from typing import Any

from pydantic import TypeAdapter
from sqlalchemy import and_, bindparam, delete, exists, func, not_, select, true, update
from sqlmodel import Session

from field_app.domain.records.attachment import Attachment
from field_app.domain.records.codec import to_json
from field_app.domain.records.record import Record, new_id
from field_app.store.connection import JournalledConnection
from field_app.store.replica.files import note_file
from field_app.store.replica.statements import (
    GIVEN,
    Prepared,
    delete_rows,
    given_ids,
    put_rows,
    rows_by_id,
    table_of,
)
from field_app.store.tables.replica import (
    BaseRow,
    HeldRecordRow,
    OpenChangeRow,
    SentRunRow,
)
from field_app.store.work import driver_of
from sync.client.replica import OpenChange, SentChange, SentRun
from sync.protocol.envelope import Change, RunSignature

OPEN = table_of(OpenChangeRow)
SENT = table_of(SentRunRow)
_BASE = table_of(BaseRow)
_HELD = table_of(HeldRecordRow)

_CHANGES = TypeAdapter(tuple[Change, ...])
_ON_THE_WAY = func.json_each(SENT.c.record_ids).table_valued("value", name="on_the_way")
_SENT_IDS = select(_ON_THE_WAY.c.value).select_from(SENT).join(_ON_THE_WAY, true())
"""Of all runs: SQLite looks them up in one temporary table, made once a query."""

_IS_SENDABLE = and_(
    OPEN.c.attention.is_(None),
    OPEN.c.record_id.not_in(_SENT_IDS),
    not_(exists().where(_HELD.c.record_id == OPEN.c.record_id)),
)
_IN_ORDER = (
    select(OPEN.c.record_id, OPEN.c.case_id, OPEN.c.edit_id, OPEN.c.attention, OPEN.c.kept)
    .where(_IS_SENDABLE)
    .order_by(OPEN.c.case_id, OPEN.c.queued_at, OPEN.c.record_id)
    .limit(bindparam("most"))
)
_SENDABLE = Prepared(_IN_ORDER)
_SENDABLE_BUT = Prepared(_IN_ORDER.where(OPEN.c.case_id.not_in(GIVEN)))
_ANY_SENDABLE = Prepared(select(OPEN.c.record_id).where(_IS_SENDABLE).limit(1))
_COUNT_SENDABLE = Prepared(select(func.count()).select_from(OPEN).where(_IS_SENDABLE))
_SENT_AFTER = Prepared(
    select(SENT).where(SENT.c.first_seq > bindparam("after")).order_by(SENT.c.first_seq)
)
_ANY_SENT = Prepared(select(SENT.c.first_seq).limit(1))
_COUNT_SENT = Prepared(select(func.coalesce(func.sum(SENT.c.last_seq - SENT.c.first_seq + 1), 0)))
_IS_SENT = Prepared(_SENT_IDS.where(_ON_THE_WAY.c.value == bindparam("id")).limit(1))
_FORGET_SENT = Prepared(delete(SENT).where(SENT.c.last_seq <= bindparam("last")))
_TRY_AGAIN = Prepared(
    update(OPEN).where(OPEN.c.record_id == bindparam("id")).values(attention=None)
)
_KEEP_TEXT = Prepared(
    update(_BASE)
    .where(_BASE.c.record_id == bindparam("id"), _BASE.c.text.is_(None))
    .values(text=bindparam("state", type_=_BASE.c.text.type))
)


def queue_saved(session: Session, before: Record | None, after: Record, now: datetime) -> None:
    """Queue a record that a person saved; later edits join it until it is frozen.

    The first edit after a sync also keeps the state before it: the base of a merge to come.
    """
    driver = driver_of(session)
    if isinstance(after, Attachment):
        note_file(driver, after)
    found = rows_by_id(driver, OPEN, [after.record_id])
    if found:
        if found[0].attention is not None:  # a person has looked at it and changed it: try again
            _TRY_AGAIN.run(driver, id=after.record_id)
        return
    put_rows(driver, OPEN, [_open_row(_new_change(after), now)])
    if before is None:
        return
    if not _IS_SENT.rows(driver, id=after.record_id):
        _KEEP_TEXT.run(driver, id=after.record_id, state=to_json(before))


def _new_change(record: Record) -> OpenChange:
    return OpenChange(record.record_id, record.case_id, new_id())


def _open_row(change: OpenChange, now: datetime) -> dict[str, Any]:
    return {
        "record_id": change.record_id,
        "case_id": change.case_id,
        "edit_id": change.edit_id,
        "attention": change.attention,
        "kept": change.kept,
        "queued_at": now,
    }


class OutboxPart:
    """Open and frozen changes inside a transaction."""

    driver: JournalledConnection
    now: datetime

    def sent_runs(self, after: int = 0) -> list[SentRun]:
        """See `sync.client.replica.Transaction`."""
        return [_sent_run(row) for row in _SENT_AFTER.rows(self.driver, after=after)]

    def sent(self) -> list[SentChange]:
        """See the port."""
        return [frozen for run in self.sent_runs() for frozen in run.changes]

    def has_sent(self) -> bool:
        """See the port."""
        return bool(_ANY_SENT.rows(self.driver))

    def count_sent(self) -> int:
        """Return how many changes are frozen."""
        return int(_COUNT_SENT.value(self.driver))

    def add_sent(self, runs: Iterable[SentRun]) -> None:
        """See the port."""
        put_rows(
            self.driver,
            SENT,
            [
                {
                    "first_seq": run.signature.first_seq,
                    "last_seq": run.changes[-1].change.device_seq,
                    "record_ids": [each.change.record_id for each in run.changes],
                    "edit_ids": [each.edit_id for each in run.changes],
                    "changes": _CHANGES.dump_json(tuple(e.change for e in run.changes)).decode(),
                    "signature": run.signature.signature,
                }
                for run in runs
            ],
        )

    def remove_sent(self, last: int) -> None:
        """See the port."""
        _FORGET_SENT.run(self.driver, last=last)

    def sendable(self, limit: int, without: Collection[str] = ()) -> list[OpenChange]:
        """See the port."""
        if not without:
            rows = _SENDABLE.rows(self.driver, most=limit)
        else:
            given = given_ids(sorted(without))
            rows = _SENDABLE_BUT.rows(self.driver, most=limit, given=given)
        return [_open(row) for row in rows]

    def has_sendable(self) -> bool:
        """See the port."""
        return bool(_ANY_SENDABLE.rows(self.driver))

    def count_sendable(self) -> int:
        """See the port."""
        return int(_COUNT_SENDABLE.value(self.driver))

    def open_changes(self, record_ids: Sequence[str]) -> dict[str, OpenChange]:
        """See the port."""
        rows = rows_by_id(self.driver, OPEN, record_ids)
        return {row.record_id: _open(row) for row in rows}

    def open_in_case(self, case_id: str) -> list[OpenChange]:
        """See the port."""
        return [_open(row) for row in rows_by_id(self.driver, OPEN, [case_id], OPEN.c.case_id)]

    def put_open(self, changes: Iterable[OpenChange]) -> None:
        """See the port."""
        put_rows(self.driver, OPEN, [_open_row(change, self.now) for change in changes])

    def remove_open(self, record_ids: Iterable[str]) -> None:
        """See the port."""
        delete_rows(self.driver, OPEN, record_ids)


def _open(row: Any) -> OpenChange:
    return OpenChange(row.record_id, row.case_id, row.edit_id, row.attention, row.kept)


def _sent_run(row: Any) -> SentRun:
    changes = _CHANGES.validate_json(row.changes)
    return SentRun(
        tuple(
            SentChange(change, edit_id, sha256(change.sealed).digest())
            for change, edit_id in zip(changes, row.edit_ids, strict=True)
        ),
        RunSignature(first_seq=row.first_seq, count=len(changes), signature=row.signature),
    )
