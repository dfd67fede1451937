"""Statements of the sync round: compiled once for each kind of database, run by its driver.

SQLAlchemy writes these statements and checks them against the tables; to look each one up, bind
its values and wrap its rows again at every call took longer than the database (measured: 60 to
150 us a statement against 5 to 20). Rows come as tuples in the order of the statement's columns;
flags may come as 0 and 1. Everything else of the centre uses SQLAlchemy's connection as it is.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any, NoReturn

from sqlalchemy import BigInteger, ColumnElement, Connection, String, Table, insert
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql.psycopg import PGDialect_psycopg
from sqlalchemy.dialects.sqlite.pysqlite import SQLiteDialect_pysqlite
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.compiler import compiles
from sqlalchemy.sql import Executable
from sqlalchemy.sql.expression import bindparam
from sqlalchemy.types import NullType

Row = tuple[Any, ...]

_NOTHING = nullcontext()
_AS_JSON = json.JSONEncoder().encode  # `dumps` would look for options each time
_IDLE = 0  # psycopg.pq.TransactionStatus.IDLE: no BEGIN was sent yet
COPIED_ROWS = 20
"""PostgreSQL: as many rows or more are copied in; below, COPY costs more than it saves."""


class OneOf(ColumnElement[Any]):
    """`column` is one of a list of texts or numbers, given as one value however long it is.

    So the text of a statement, by which drivers and databases remember it, is always the same.
    """

    inherit_cache = True
    type = NullType()  # a boolean would be compared with 1, past every index of SQLite

    def __init__(self, column: ColumnElement[Any], name: str) -> None:
        """Compare a column with the list that is given under a name."""
        self.column = column
        listed = String if isinstance(column.type, String) else BigInteger
        self.values: ColumnElement[Any] = bindparam(name, type_=ARRAY(listed))


@compiles(OneOf, "sqlite")
def _one_of_json(element: OneOf, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(e, **options) for e in (element.column, element.values))
    return f"{column} IN (SELECT value FROM json_each({values}))"  # noqa: S608 - names alone


@compiles(OneOf, "postgresql")
def _one_of_array(element: OneOf, compiler: Any, **options: Any) -> str:
    column, values = (compiler.process(e, **options) for e in (element.column, element.values))
    return f"{column} = ANY ({values})"


_DIALECTS: dict[str, Any] = {
    "sqlite": SQLiteDialect_pysqlite(paramstyle="qmark"),
    "postgresql": PGDialect_psycopg(paramstyle="format"),  # type: ignore[no-untyped-call]
}


_ALL: "list[Prepared]" = []
"""Every statement of the process; they are module constants."""


def compile_all(dialect: str) -> None:
    """Compile every statement, before the first call has to wait for it."""
    for statement in _ALL:
        statement.compile(dialect)


class Prepared:
    """A statement and the order in which its values are given."""

    def __init__(self, statement: Executable, *names: str) -> None:
        """Keep it. It is compiled by `compile_all`, or when a database first needs it."""
        self._statement = statement
        self._names = names
        self._compiled: dict[str, tuple[str, list[int] | None, Row]] = {}
        _ALL.append(self)

    def compile(self, dialect: str) -> None:
        """Compile it for `sqlite` or `postgresql`, so that no call has to."""
        self._for(dialect)

    def rows(self, connection: Connection, *values: Any) -> list[Row]:
        """Run it and return all its rows."""
        sql, given = self._ready(connection, values)
        driver: Any = connection.connection.dbapi_connection
        try:
            with _with_its_begin(connection, driver):
                cursor = driver.execute(sql, given)
            found: list[Row] = cursor.fetchall()  # outside: to wait within is a second trip
        except Exception as error:
            _raise(connection, sql, error)
        return found

    def run(self, connection: Connection, *values: Any) -> None:
        """Run it for what it does."""
        self.ask(connection, *values)

    def ask(self, connection: Connection, *values: Any) -> Any:
        """Run it and return a cursor: within `together` its rows are there after the trip."""
        sql, given = self._ready(connection, values)
        driver: Any = connection.connection.dbapi_connection
        try:
            return driver.execute(sql, given)
        except Exception as error:
            _raise(connection, sql, error)

    def run_each(self, connection: Connection, many: Sequence[Row]) -> None:
        """Run it once for each tuple of values."""
        driver: Any = connection.connection.dbapi_connection
        sql, order, constants = self._for(connection.dialect.name)
        if order is not None:
            many = [_ordered(values + constants, order) for values in many]
        try:
            driver.cursor().executemany(sql, many)
        except Exception as error:
            _raise(connection, sql, error)

    def _ready(self, connection: Connection, values: Row) -> tuple[str, Row]:
        name = connection.dialect.name
        sql, order, constants = self._for(name)
        if order is not None:
            values = _ordered(values + constants, order)
        if name == "sqlite":
            values = tuple([_AS_JSON(v) if type(v) is list else v for v in values])
        return sql, values

    def _for(self, dialect: str) -> tuple[str, list[int] | None, Row]:
        ready = self._compiled.get(dialect)
        if ready is None:
            ready = self._compiled[dialect] = self._compile(dialect)
        return ready

    def _compile(self, dialect: str) -> tuple[str, list[int] | None, Row]:
        """Return the text, where each of its values is among those given, and its constants."""
        compiled: Any = self._statement.compile(dialect=_DIALECTS[dialect])  # type: ignore[attr-defined]
        needed: list[str] = compiled.positiontup
        known = list(self._names)
        constants = [name for name in dict.fromkeys(needed) if name not in known]
        places = known + constants
        order = [places.index(name) for name in needed]
        plain = order == list(range(len(known)))
        return (
            compiled.string,
            None if plain else order,
            tuple(compiled.params[name] for name in constants),
        )


def _ordered(values: Row, order: list[int]) -> Row:
    return tuple([values[place] for place in order])


class Insertion:
    """Rows into one table, each a tuple in the order of `columns`."""

    def __init__(self, table: Table, *columns: str) -> None:
        """Name every column of a table in its order: the writer shows what it writes."""
        assert columns == tuple(table.columns.keys()), table.name  # noqa: S101 - checked at import
        self._one = Prepared(
            insert(table).values({name: bindparam(name) for name in columns}), *columns
        )
        self._copy = f"COPY {table.name} ({', '.join(columns)}) FROM STDIN (FORMAT BINARY)"
        dialect = _DIALECTS["postgresql"]
        self._types = [
            str(table.columns[name].type.compile(dialect=dialect)).split("(")[0].lower()
            for name in columns
        ]

    def run(self, connection: Connection, rows: Sequence[Row]) -> None:
        """Insert the rows."""
        if not rows:
            return
        if connection.dialect.name != "postgresql" or len(rows) < COPIED_ROWS:
            self._one.run_each(connection, rows)
            return
        driver: Any = connection.connection.dbapi_connection
        try:
            with driver.cursor() as cursor, cursor.copy(self._copy) as copy:
                copy.set_types(self._types)
                for row in rows:
                    copy.write_row(row)
        except Exception as error:
            _raise(connection, self._copy, error)


def together(connection: Connection) -> AbstractContextManager[Any]:
    """Send the statements within in one trip, where the database is across a wire.

    For `run`, `ask` and `run_each` of few rows. The rows of `ask` are fetched after it.
    """
    return _one_trip(connection) if connection.dialect.name == "postgresql" else _NOTHING


@contextmanager
def _one_trip(connection: Connection) -> Iterator[None]:
    driver: Any = connection.connection.dbapi_connection
    try:
        with driver.pipeline():
            yield
    except DBAPIError:
        raise
    except Exception as error:
        _raise(connection, "several statements in one trip", error)


def _with_its_begin(connection: Connection, driver: Any) -> AbstractContextManager[Any]:
    """Return what sends a transaction's first statement in one trip with its BEGIN.

    On SQLite `Database` has begun already, and there are no trips.
    """
    if connection.dialect.name == "postgresql" and driver.info.transaction_status == _IDLE:
        trip: AbstractContextManager[Any] = driver.pipeline()
        return trip
    return _NOTHING


def run_raw(connection: Connection, sql: str) -> None:
    """Run a text without values."""
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.execute(sql)
    except Exception as error:
        _raise(connection, sql, error)


def commit_raw(connection: Connection) -> None:
    """Commit what went past SQLAlchemy."""
    driver: Any = connection.connection.dbapi_connection
    try:
        driver.commit()
    except Exception as error:
        _raise(connection, "COMMIT", error)


def _raise(connection: Connection, sql: str, error: Exception) -> NoReturn:
    """Raise a driver's error as SQLAlchemy would: `Database.write` decides what is tried again."""
    dialect = connection.dialect
    base = dialect.loaded_dbapi.Error
    if not isinstance(error, base):
        raise error
    driver: Any = connection.connection.dbapi_connection
    is_gone = dialect.is_disconnect(error, driver, None)
    if is_gone:
        connection.invalidate(error)
    raise DBAPIError.instance(
        sql,
        None,
        error,
        base,
        hide_parameters=True,
        connection_invalidated=is_gone,
        dialect=dialect,
    ) from error


def many(values: Iterable[str]) -> list[str]:
    """Return texts as `OneOf` wants them: each once, in order, so that locks are in order too."""
    return sorted(set(values))
