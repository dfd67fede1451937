"""Any kind of record: read it, save it with its stamp and its history, or delete it.

Saving is the one door: it stamps who and when, writes the change history in the same transaction,
and tells the listeners (sync's outbox) about the new state. A record is never removed from its
table; deleting leaves a tombstone.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, is_dataclass, replace
from datetime import datetime
from functools import cache
from typing import Any, TypeVar, get_args, get_type_hints

from sqlalchemy import inspect
from sqlmodel import Session, col, select

from field_app.domain.records.change import Change, ChangeAction
from field_app.domain.records.codec import adapter, build, differing_fields, to_json
from field_app.domain.records.kinds import KIND_OF, KINDS
from field_app.domain.records.record import Record, new_id
from field_app.store.tables import TABLES, ChangeRow, RecordRow

R = TypeVar("R", bound=Record)

SavedListener = Callable[[Session, Record | None, Record], None]
"""Called inside the transaction with (session, state before or None, state after)."""


@dataclass(frozen=True)
class Stamp:
    """Who writes, on which device, and when: what every saved record is marked with."""

    author_id: str
    device_id: str
    now: datetime


def table_of(kind: type[Record]) -> type[RecordRow]:
    """Return the table in which records of a kind live."""
    return TABLES[KIND_OF[kind]]


def record_of(row: RecordRow) -> Record:
    """Return the domain object of a row."""
    values = {column: getattr(row, attribute) for column, attribute in _attributes(type(row))}
    return build(KINDS[str(row.__tablename__)], values)


@cache
def _attributes(table: type[RecordRow]) -> tuple[tuple[str, str], ...]:
    """Return (column, attribute) names of a table: they differ where Python took the name."""
    return tuple(
        (attribute.columns[0].name, attribute.key) for attribute in inspect(table).column_attrs
    )


def change_of(row: ChangeRow) -> Change:
    """Return the history entry of a row."""
    return Change(
        change_id=row.change_id,
        record_id=row.record_id,
        case_id=row.case_id,
        kind=row.kind,
        action=ChangeAction(row.action),
        at=row.at,
        author_id=row.author_id,
        device_id=row.device_id,
        reason=row.reason,
        before=row.before,
        after=row.after,
    )


def columns_of(record: Record) -> dict[str, Any]:
    """Return the column values of a record."""
    kind = type(record)
    if has_parts(KIND_OF[kind]):
        nested: dict[str, Any] = adapter(kind).dump_python(record, mode="python")
        return nested
    return dict(vars(record))  # in the order of its fields; records have no slots


@cache
def has_parts(kind: str) -> bool:
    """Return whether fields of a kind of record hold objects with fields of their own."""
    return any(map(_names_a_part, get_type_hints(KINDS[kind]).values()))


def _names_a_part(hint: Any) -> bool:
    return is_dataclass(hint) or any(map(_names_a_part, get_args(hint)))


class Records:
    """All kinds of records inside one open transaction (or one read)."""

    def __init__(
        self,
        session: Session,
        stamp: Stamp | None = None,
        listeners: Iterable[SavedListener] = (),
    ) -> None:
        """Work in a session; without a stamp nothing can be written."""
        self.session = session
        self._stamp = stamp
        self._listeners = tuple(listeners)

    def find(self, kind: type[R], record_id: str) -> R | None:
        """Return one record, or None when it is not here or was deleted."""
        record = self.find_even_deleted(kind, record_id)
        return None if record is None or record.deleted else record

    def find_even_deleted(self, kind: type[R], record_id: str) -> R | None:
        """Return one record, tombstones included."""
        row = self.session.get(table_of(kind), record_id)
        if row is None:
            return None
        record = record_of(row)
        assert isinstance(record, kind)  # noqa: S101 - one table holds one kind
        return record

    def of_case(self, kind: type[R], case_id: str) -> list[R]:
        """Return the case's live records of a kind, oldest first."""
        return self.all_of(kind, case_id=case_id)

    def all_of(self, kind: type[R], *, case_id: str | None = None) -> list[R]:
        """Return all live records of a kind, oldest first."""
        table = table_of(kind)
        query = select(table).where(col(table.deleted).is_(False))
        if case_id is not None:
            query = query.where(table.case_id == case_id)
        rows = self.session.exec(query.order_by(col(table.created_at), col(table.record_id)))
        return [record for row in rows if isinstance(record := record_of(row), kind)]

    def save(self, record: R, *, reason: str = "") -> R:
        """Save a new record or a new state of one, with its entry in the change history.

        Returns the record as it was stamped. A state that changes nothing is not written again.
        """
        stamp = self._stamp
        if stamp is None:
            raise RuntimeError("records are written in a transaction with a stamp")
        row = self.session.get(table_of(type(record)), record.record_id)
        before = None if row is None else record_of(row)
        stamped = replace(
            record,
            author_id=stamp.author_id,
            device_id=stamp.device_id,
            created_at=stamp.now if before is None else before.created_at,
            updated_at=stamp.now,
        )
        old: dict[str, Any] = {}
        new: dict[str, Any] = {}
        if before is not None:
            old, new = differing_fields(to_json(before), to_json(stamped))
            if not old and not new:
                return record
            if before.case_id != record.case_id:
                raise ValueError("a record never changes its case")
        self._put(row, stamped)
        self._remember(stamped, before, old, new, reason, stamp)
        for listener in self._listeners:
            listener(self.session, before, stamped)
        return stamped

    def delete(self, record: R, *, reason: str) -> R:
        """Leave a tombstone: the record disappears from every screen and stays gone."""
        return self.save(replace(record, deleted=True), reason=reason)

    def write(self, record: Record) -> None:
        """Write a record exactly as it is: no stamp, no history. For loading and for sync."""
        self._put(self.session.get(table_of(type(record)), record.record_id), record)

    def _put(self, row: RecordRow | None, record: Record) -> None:
        values = columns_of(record)
        if row is None:
            row = table_of(type(record))(schema_=values.pop("schema"), **values)
        else:
            row.schema_ = values.pop("schema")
            for name, value in values.items():
                setattr(row, name, value)
        self.session.add(row)

    def _remember(
        self,
        record: Record,
        before: Record | None,
        old: dict[str, Any],
        new: dict[str, Any],
        reason: str,
        stamp: Stamp,
    ) -> None:
        if before is None:
            action = ChangeAction.CREATED
        elif record.deleted:
            action = ChangeAction.DELETED
        elif before.deleted:
            action = ChangeAction.RESTORED
        else:
            action = ChangeAction.EDITED
        self.session.add(
            ChangeRow(
                change_id=new_id(),
                record_id=record.record_id,
                case_id=record.case_id,
                kind=KIND_OF[type(record)],
                action=action.value,
                at=stamp.now,
                author_id=stamp.author_id,
                device_id=stamp.device_id,
                reason=reason,
                before=old,
                after=new,
            )
        )

    def history(self, record_id: str) -> list[Change]:
        """Return the changes of a record, newest first."""
        rows = self.session.exec(
            select(ChangeRow)
            .where(ChangeRow.record_id == record_id)
            .order_by(col(ChangeRow.at).desc())
        )
        return [change_of(row) for row in rows]
