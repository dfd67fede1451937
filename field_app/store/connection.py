"""SQLite in memory, as SQLAlchemy sees it: one connection whose commit is the store's.

Four settings carry the design, each found by a failure (`PRAGMA` and pool below); do not
loosen one without the property tests.
"""

import sqlite3
from collections.abc import Callable, Sequence
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

CommitHook = Callable[[Callable[[], None]], None]
Row = tuple[Any, ...]
RowsHook = Callable[[str, Sequence[str], Sequence[Row]], None]


class JournalledConnection(sqlite3.Connection):
    """A connection whose `commit` first goes through the store's hook."""

    commit_hook: CommitHook | None = None
    rows_hook: RowsHook | None = None

    def put_rows(self, sql: str, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Run a statement once a row that leaves the row in the table as it is given.

        The hook is told the rows, so that nobody has to ask SQLite for them again.
        """
        self.executemany(sql, rows)
        if self.rows_hook is not None:
            self.rows_hook(table, columns, rows)

    def commit(self) -> None:
        """Commit through the hook, which is given the commit in memory to call."""
        if self.commit_hook is None:
            super().commit()
        else:
            self.commit_hook(super().commit)

    def close(self) -> None:
        """Roll back only: the pool closes a connection after an interrupt, and this is the data."""
        if self.in_transaction:
            self.rollback()

    def drop(self) -> None:
        """Close the connection, and with it forget the database."""
        super().close()


def open_memory() -> JournalledConnection:
    """Return an empty database in memory that never spills to the disk."""
    connection = sqlite3.connect(
        ":memory:",
        check_same_thread=False,  # one at a time: `Database` sees to it
        factory=JournalledConnection,
        # In sqlite3's legacy mode an outermost SAVEPOINT commits behind the hook's back.
        isolation_level=None,
    )
    connection.execute("PRAGMA temp_store = MEMORY")  # else big sorts are written to /var/tmp
    connection.execute("PRAGMA recursive_triggers = ON")  # else REPLACE deletes rows unnoticed
    return connection


def make_engine(connection: JournalledConnection) -> Engine:
    """Return the engine that hands out `connection`, to one user at a time."""
    engine = create_engine(
        "sqlite://",
        creator=lambda: connection,
        poolclass=QueuePool,  # StaticPool hands it to two threads at once: segmentation fault
        pool_size=1,
        max_overflow=0,
        hide_parameters=True,  # else whole notes appear in error messages
    )

    @event.listens_for(engine, "begin")
    def _begin(_: Connection) -> None:
        # Not through SQLAlchemy, whose way around a statement costs a fifth of a save.
        if not connection.in_transaction:  # else the session joins a `Work`
            connection.execute("BEGIN")

    # Now, not at the first use: SQLAlchemy ends its first look at a database with a rollback, and
    # that would be of whatever a `Work` has begun.
    engine.connect().close()
    return engine
