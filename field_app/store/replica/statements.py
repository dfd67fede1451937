"""Small SQL over tables with one key: rows by many ids, insert-or-replace, delete by many ids.

Plain statements instead of mapped objects: a page of the feed touches a thousand rows, and each
mapped object costs a tenth of a millisecond.
"""

from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from itertools import islice
from typing import Any

from sqlalchemy import Column, Row, Table, delete, select
from sqlalchemy.dialects.sqlite import Insert, insert
from sqlmodel import Session, SQLModel

MOST_VARIABLES = 500  # ids in one statement; SQLite's own limit was 999 for long


def table_of(model: type[SQLModel]) -> Table:
    """Return the table of a model."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


def pieces(ids: Iterable[str | int]) -> Iterator[list[str | int]]:
    """Yield ids in groups that fit one statement."""
    source = iter(ids)
    while group := list(islice(source, MOST_VARIABLES)):
        yield group


def rows_by_id(
    session: Session, table: Table, ids: Iterable[str | int], column: Column[Any] | None = None
) -> Iterator[Row[Any]]:
    """Yield the rows whose key (or another column) is one of the ids."""
    key = _key(table) if column is None else column
    for group in pieces(ids):
        yield from session.execute(select(table).where(key.in_(group)))


def put_rows(session: Session, table: Table, rows: Sequence[dict[str, Any]]) -> None:
    """Insert rows, or replace the values that they name in the rows with the same key."""
    if not rows:
        return
    session.execute(_upsert(table, frozenset(rows[0])), rows)


@cache
def _upsert(table: Table, names: frozenset[str]) -> Insert:
    """Return the statement for rows of these columns: building it costs as much as running it."""
    statement, key = insert(table), _key(table)
    others = {
        column.name: statement.excluded[column.name]
        for column in table.columns
        if column.name in names and column is not key
    }
    if not others:
        return statement.on_conflict_do_nothing()
    return statement.on_conflict_do_update(index_elements=[key], set_=others)


def delete_rows(
    session: Session, table: Table, ids: Iterable[str | int], column: Column[Any] | None = None
) -> None:
    """Delete the rows whose key (or another column) is one of the ids."""
    key = _key(table) if column is None else column
    for group in pieces(ids):
        session.execute(delete(table).where(key.in_(group)))


def _key(table: Table) -> Column[Any]:
    return next(iter(table.primary_key.columns))
