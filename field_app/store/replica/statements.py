"""Small SQL over tables with one key: rows by many ids, insert-or-replace, delete by many ids.

SQLAlchemy writes each statement once, from the tables; SQLite's driver runs it. A page of the feed
touches a thousand rows and a small sync runs forty statements: each row as a mapped object cost a
tenth of a millisecond, each statement through SQLAlchemy's execution a quarter of one, and the
statement itself takes SQLite a hundredth.
"""

import json
import sqlite3
from collections import namedtuple
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from typing import Any

from sqlalchemy import (
    Column,
    Table,
    bindparam,
    delete,
    func,
    select,
)
from sqlalchemy.dialects.sqlite import dialect, insert
from sqlalchemy.sql.dml import Delete, Insert, Update
from sqlalchemy.sql.elements import TextClause
from sqlalchemy.sql.selectable import Select
from sqlalchemy.types import TypeEngine
from sqlmodel import SQLModel

from field_app.store.connection import JournalledConnection, Row

Convert = Callable[[Any], Any] | None
"""From a value to what the driver takes, or back; None when it stays as it is."""

GIVEN = select(func.json_each(bindparam("given")).table_valued("value").c.value)
"""The ids of one statement, however many: as JSON they are a single parameter."""

_DIALECT = dialect(paramstyle="qmark")


def table_of(model: type[SQLModel]) -> Table:
    """Return the table of a model."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


class Prepared:
    """A statement that was written once, with the conversions of its values.

    `rows` and the others run it in the transaction that is open; parameters are named.
    """

    def __init__(self, statement: Select[Any] | Insert | Update | Delete | TextClause) -> None:
        """Write the statement."""
        compiled = statement.compile(dialect=_DIALECT)
        binds = {name: bind.type for bind, name in compiled.bind_names.items()}
        self.sql = str(compiled)
        self._names = tuple(compiled.positiontup or ())
        self._binders = tuple(_binder(binds[name]) for name in self._names)
        self._fixed = {
            name: bind.effective_value
            for bind, name in compiled.bind_names.items()
            if not bind.required
        }
        self._readers: list[tuple[int, Callable[[Any], Any]]] = []
        self._make: Callable[[Iterable[Any]], Any] = tuple
        if isinstance(statement, Select):
            columns = statement.selected_columns
            types = (column.type for column in columns)
            self._readers = [
                (place, reader)
                for place, reader in enumerate(reader_of(each) for each in types)
                if reader is not None
            ]
            self._make = _row_class(tuple(column.name for column in columns))._make

    def rows(self, driver: sqlite3.Connection, **values: Any) -> list[Any]:
        """Return the rows: named tuples, or plain ones of a statement that was given as text."""
        found = self._run(driver, values).fetchall()
        readers, make = self._readers, self._make
        if not readers:
            return [make(row) for row in found]
        rows = []
        for raw in found:
            row = list(raw)
            for place, read in readers:
                row[place] = read(row[place])
            rows.append(make(row))
        return rows

    def raw(self, driver: sqlite3.Connection, **values: Any) -> list[tuple[Any, ...]]:
        """Return the rows as SQLite keeps them, with nothing converted."""
        return self._run(driver, values).fetchall()

    def values(self, driver: sqlite3.Connection, **values: Any) -> list[Any]:
        """Return the first column of every row."""
        return [row[0] for row in self.rows(driver, **values)]

    def value(self, driver: sqlite3.Connection, **values: Any) -> Any:
        """Return the first column of the first row, None without one."""
        found = self.values(driver, **values)
        return found[0] if found else None

    def run(self, driver: sqlite3.Connection, **values: Any) -> None:
        """Run a statement that returns nothing."""
        self._run(driver, values)

    def bound(self, rows: Sequence[Row]) -> Sequence[Row]:
        """Return rows, with a value for each parameter in its place, as the driver takes them."""
        converting = [(place, bind) for place, bind in enumerate(self._binders) if bind is not None]
        if not converting:
            return rows
        columns: list[Sequence[Any]] = list(zip(*rows, strict=True))
        for place, bind in converting:
            columns[place] = [bind(value) for value in columns[place]]
        return list(zip(*columns, strict=True))

    def _run(self, driver: sqlite3.Connection, values: Mapping[str, Any]) -> sqlite3.Cursor:
        given = {**self._fixed, **values}
        bound = [
            given[name] if bind is None else bind(given[name])
            for name, bind in zip(self._names, self._binders, strict=True)
        ]
        return driver.execute(self.sql, bound)


def _row_class(names: tuple[str, ...]) -> Any:
    return namedtuple("Row", names)


def _binder(of: TypeEngine[Any]) -> Convert:
    return of.dialect_impl(_DIALECT).bind_processor(_DIALECT)


def reader_of(of: TypeEngine[Any]) -> Convert:
    """Return how values of a type are read back; None when they are as SQLite keeps them."""
    return of.dialect_impl(_DIALECT).result_processor(_DIALECT, None)


def given_ids(ids: Iterable[str | int]) -> str:
    """Return ids as the one parameter `given` of `by_id`."""
    return json.dumps(list(ids))


@cache
def by_id(table: Table, column: Column[Any] | None = None) -> Prepared:
    """Return the query of the rows whose key (or another column) is one of the ids `given`."""
    wanted = _key(table) if column is None else column
    return Prepared(select(table).where(wanted.in_(GIVEN)))


def rows_by_id(
    driver: sqlite3.Connection,
    table: Table,
    ids: Iterable[str | int],
    column: Column[Any] | None = None,
) -> list[Any]:
    """Return the rows whose key (or another column) is one of the ids, as named tuples."""
    given = list(ids)
    if not given:
        return []
    return by_id(table, column).rows(driver, given=given_ids(given))


def put_rows(driver: JournalledConnection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows, or replace the values that they name in the rows with the same key."""
    if rows:
        names = tuple(rows[0])
        put_values(driver, table, names, [tuple(row[name] for name in names) for row in rows])


def put_values(
    driver: JournalledConnection, table: Table, names: tuple[str, ...], rows: Sequence[Row]
) -> None:
    """Do as `put_rows` with the values of each row in the order of `names`."""
    if not rows:
        return
    prepared = _upsert(table, names)
    bound = prepared.bound(rows)
    if len(names) == len(table.columns):
        driver.put_rows(prepared.sql, table.name, names, bound)
    else:
        driver.executemany(prepared.sql, bound)


def delete_rows(
    driver: sqlite3.Connection,
    table: Table,
    ids: Iterable[str | int],
    column: Column[Any] | None = None,
) -> None:
    """Delete the rows whose key (or another column) is one of the ids."""
    given = list(ids)
    if given:
        prepared = _delete(table, _key(table) if column is None else column)
        prepared.run(driver, given=given_ids(given))


@cache
def _delete(table: Table, column: Column[Any]) -> Prepared:
    return Prepared(delete(table).where(column.in_(GIVEN)))


@cache
def _upsert(table: Table, names: tuple[str, ...]) -> Prepared:
    key = _key(table)
    statement = insert(table).values({name: bindparam(name) for name in names})
    others = {name: statement.excluded[name] for name in names if name != key.name}
    if not others:
        return Prepared(statement.on_conflict_do_nothing())
    return Prepared(statement.on_conflict_do_update(index_elements=[key], set_=others))


@cache
def _key(table: Table) -> Column[Any]:
    return next(iter(table.primary_key.columns))
