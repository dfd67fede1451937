"""The database: SQLite by default, PostgreSQL by address; transactions to read and to write.

A write transaction on SQLite begins IMMEDIATE, because a read that turns into a write fails at
once when another process wrote in between. Reading uses one snapshot on both: the feed's rows and
its head must be of one moment, or a reader could step over a change.
"""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from pathlib import Path
from typing import Any, TypeVar

from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DBAPIError, DisconnectionError, IntegrityError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry
from sqlmodel import SQLModel

from sync.protocol.errors import Code
from sync.server.prepared import commit_raw, run_raw
from sync.server.problems import Refused

T = TypeVar("T")

BUSY_SECONDS = 20
_KEPT_OPEN = 4  # connections of a kind that wait outside the pool for the next transaction
_TRIES = 6
_TRUSTED_SECONDS = 5  # a connection that was returned so lately is taken as it is
# PostgreSQL: serialization failure, deadlock; another writer went first, and the work is repeated.
_REPEATABLE_STATES = {"40001", "40P01"}


def table_of(model: type[SQLModel]) -> Table:
    """Return the Core table of a model: bulk statements go past the ORM."""
    table: Table = model.__table__  # type: ignore[attr-defined]
    return table


class Database:
    """Connections and transactions. Safe to share between threads."""

    def __init__(self, url: str, *, pool_size: int = 10) -> None:
        self.url = make_url(url)
        self.is_sqlite = self.url.get_backend_name() == "sqlite"
        self._writer = threading.Lock() if self.is_sqlite else nullcontext()
        options: dict[str, Any] = {"hide_parameters": True}
        if self.is_sqlite:
            if self.url.database:
                Path(self.url.database).parent.mkdir(parents=True, exist_ok=True)
            options["connect_args"] = {"timeout": BUSY_SECONDS, "check_same_thread": False}
        # Connections between two transactions, each with the time when the last one ended. SQLite
        # forgets its pages when another connection writes, so there one list serves both.
        self._readers: list[tuple[Connection, float]] = []
        self._writers = self._readers if self.is_sqlite else []
        self.engine: Engine = create_engine(
            self.url, pool_size=pool_size, max_overflow=20, pool_use_lifo=True, **options
        )
        if self.is_sqlite:
            event.listen(self.engine, "connect", _prepare_sqlite)
            event.listen(self.engine, "begin", self._begin_sqlite)
        else:
            event.listen(self.engine, "checkin", _stamp)
            event.listen(self.engine, "checkout", self._ping_when_stale)

    def _begin_sqlite(self, connection: Connection) -> None:
        driver: Any = connection.connection.dbapi_connection
        if not driver.in_transaction:  # `_transaction` has begun already
            run_raw(connection, "BEGIN")

    def _ping_when_stale(self, driver: Any, record: ConnectionPoolEntry, _proxy: Any) -> None:
        """Ask a connection that was idle for a while whether its server is still there.

        To ask each time would be one more trip in every transaction.
        """
        if time.monotonic() - record.info.get("returned_at", 0.0) < _TRUSTED_SECONDS:
            return
        dialect = self.engine.dialect
        try:
            dialect.do_ping(driver)
        except dialect.loaded_dbapi.Error as error:
            raise DisconnectionError from error  # the pool opens another one

    def close(self) -> None:
        """Close every connection."""
        for kept in (self._readers, self._writers):
            while kept:
                kept.pop()[0].close()
        self.engine.dispose()

    @contextmanager
    def _transaction(
        self, kept: list[tuple[Connection, float]], begin: str
    ) -> Iterator[Connection]:
        """Give a connection in a transaction: the one that was used last, or one of the pool.

        To take it from the pool and to hand it back each time, and to begin and to end each
        transaction through SQLAlchemy, took a fifth of an idle sync (measured). So the driver
        begins and commits; SQLAlchemy joins in when a statement goes through it. The connection
        used last remembers most of the database.
        """
        connection = self._waiting(kept)
        if connection is None:
            connection = self.engine.connect()
            if kept is not self._writers:
                connection.execution_options(
                    isolation_level="REPEATABLE READ", postgresql_readonly=True
                )
        try:
            if self.is_sqlite:  # psycopg begins with the first statement
                run_raw(connection, begin)
            yield connection
            if connection.in_transaction():
                connection.commit()
            else:
                commit_raw(connection)
        except BaseException:
            connection.close()  # the pool rolls back, and throws away what is broken
            raise
        if len(kept) < _KEPT_OPEN:
            kept.append((connection, time.monotonic()))
        else:
            connection.close()

    def _waiting(self, kept: list[tuple[Connection, float]]) -> Connection | None:
        """Return a connection that waits for its next transaction, if its server is there."""
        while kept:
            try:
                connection, since = kept.pop()
            except IndexError:  # another thread took it
                break
            if self.is_sqlite or time.monotonic() - since < _TRUSTED_SECONDS:
                return connection
            driver: Any = connection.connection.dbapi_connection
            dialect = self.engine.dialect
            try:
                dialect.do_ping(driver)
            except dialect.loaded_dbapi.Error as error:
                connection.invalidate(error)
                connection.close()
            else:
                return connection
        return None

    def read(self) -> AbstractContextManager[Connection]:
        """Give a connection that sees one moment, and cannot write on PostgreSQL."""
        return self._transaction(self._readers, "BEGIN")

    @contextmanager
    def _write_once(self) -> Iterator[Connection]:
        # On SQLite threads queue here rather than in SQLite's polling for its lock.
        with self._writer, self._transaction(self._writers, "BEGIN IMMEDIATE") as connection:
            yield connection

    def write(self, work: Callable[[Connection], T]) -> T:
        """Run work in one transaction; repeat it when another writer got in first.

        Raises:
            Refused: By the work itself, or `busy` when others kept getting in first.
        """
        for attempt in range(_TRIES):
            try:
                with self._write_once() as connection:
                    return work(connection)
            except IntegrityError:
                # The same record, case or id was written meanwhile: look again and decide anew.
                if attempt == _TRIES - 1:
                    raise
            except (OperationalError, DBAPIError) as error:
                state = getattr(error.orig, "sqlstate", None)
                is_locked = self.is_sqlite and "locked" in str(error.orig)
                if state not in _REPEATABLE_STATES and not is_locked:
                    raise
            time.sleep(0.01 * 2**attempt)
        raise Refused(
            Code.BUSY, "Others kept writing the same rows. Repeat the call.", retry_after_seconds=2
        )


def _prepare_sqlite(connection: Any, _record: Any) -> None:
    connection.isolation_level = None  # SQLAlchemy's "begin" says BEGIN; the driver must not
    connection.execute("PRAGMA journal_mode=WAL")
    connection.execute("PRAGMA synchronous=FULL")  # a receipt is a promise: it outlives power cuts
    connection.execute("PRAGMA foreign_keys=ON")
    # A push of 500 records touches some 2 MB of pages: more than the usual cache, from which they
    # would spill into the log before the commit writes them again; and the log was copied back
    # into the database after every second push.
    connection.execute("PRAGMA cache_size=-8000")  # kB
    connection.execute("PRAGMA wal_autocheckpoint=4000")  # pages: 16 MB


def _stamp(_driver: Any, record: ConnectionPoolEntry) -> None:
    record.info["returned_at"] = time.monotonic()
