"""Whole stores at once: every record as it is, tombstones too, for import, export and the demo.

Nothing is stamped and no history is written here; whoever calls has decided what both should say.
"""

from collections.abc import Iterator, Sequence

from sqlalchemy import Table, func, insert, select
from sqlmodel import Session, SQLModel, col

from field_app.domain.records.change import Change
from field_app.domain.records.codec import build
from field_app.domain.records.kinds import KINDS
from field_app.domain.records.record import Record
from field_app.store.repositories.records import change_of, columns_of, table_of
from field_app.store.tables import TABLES, ChangeRow

READ_ROWS = 500  # rows in memory as objects at a time


def count_records(session: Session) -> int:
    """Return how many records there are, tombstones included."""
    return sum(
        int(session.execute(select(func.count()).select_from(table)).scalar_one())
        for table in TABLES.values()
    )


def count_changes(session: Session) -> int:
    """Return how many entries the change history has."""
    return int(session.execute(select(func.count()).select_from(ChangeRow)).scalar_one())


def every_record(session: Session) -> Iterator[Record]:
    """Yield every record, kind by kind in the order of `KINDS`, oldest first."""
    for word, kind in KINDS.items():
        columns = _columns(TABLES[word])
        query = select(columns).order_by(columns.c.created_at, columns.c.record_id)
        # Plain rows instead of mapped objects: twice as fast, and nothing here is changed.
        for row in session.execute(query.execution_options(yield_per=READ_ROWS)):
            yield build(kind, dict(row._mapping))


def every_change(session: Session) -> Iterator[Change]:
    """Yield the whole change history, oldest first."""
    query = select(ChangeRow).order_by(col(ChangeRow.at), col(ChangeRow.change_id))
    for row in session.execute(query.execution_options(yield_per=READ_ROWS)).scalars():
        yield change_of(row)


def kind_by_record_id(session: Session) -> dict[str, str]:
    """Return the kind of every record, by record id, tombstones included."""
    return {
        record_id: kind
        for kind, table in TABLES.items()
        for (record_id,) in session.execute(select(col(table.record_id)))
    }


def change_ids(session: Session) -> set[str]:
    """Return the ids of the whole change history."""
    return {change_id for (change_id,) in session.execute(select(col(ChangeRow.change_id)))}


def insert_records(session: Session, kind: type[Record], records: Sequence[Record]) -> None:
    """Write new records of one kind exactly as they are."""
    if records:
        session.execute(
            insert(_columns(table_of(kind))),
            [columns_of(record) for record in records],
        )


def insert_changes(session: Session, changes: Sequence[Change]) -> None:
    """Write new entries of the change history."""
    if changes:
        session.execute(
            insert(_columns(ChangeRow)),
            [
                {
                    "change_id": change.change_id,
                    "record_id": change.record_id,
                    "case_id": change.case_id,
                    "kind": change.kind,
                    "action": change.action.value,
                    "at": change.at,
                    "author_id": change.author_id,
                    "device_id": change.device_id,
                    "reason": change.reason,
                    "before": dict(change.before),
                    "after": dict(change.after),
                }
                for change in changes
            ],
        )


def change_by_id(session: Session, change_id: str) -> Change | None:
    """Return one entry of the history, or None."""
    row = session.get(ChangeRow, change_id)
    return None if row is None else change_of(row)


def _columns(table: type[SQLModel]) -> Table:
    columns: Table = table.__table__  # type: ignore[attr-defined]
    return columns
