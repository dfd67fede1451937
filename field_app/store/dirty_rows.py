"""Which rows a transaction changed, and what they are now.

Which ones is asked of SQLite itself: TEMP triggers note table and key of every row, and since the
notes are rows too, rollbacks, savepoints, cascades and raw SQL come out right. What the rows are
now is asked of SQLite as well, unless whoever wrote a batch of them has just said so: to read a
page of the feed again took a quarter as long as to write it.
"""

from collections.abc import Iterator, Sequence
from operator import itemgetter
from typing import Any

from field_app.store.connection import JournalledConnection, Row
from field_app.store.schema import Schema, TableShape, quoted

_FEW_ROWS = 50  # to ask for these is cheaper than to sort out what was said of them
_SAID = -1  # in place of a table's number: the key is the number of what was said


class DirtyRows:
    """The rows that the open transaction changed, noted by triggers."""

    def __init__(self, connection: JournalledConnection, schema: Schema) -> None:
        """Install the triggers. From here on every change is noted."""
        self._connection = connection
        self._tables = list(schema.shapes)
        self._shapes = list(schema.shapes.values())
        self._said: dict[int, tuple[int, dict[Any, Row]]] = {}
        """Whole rows that somebody wrote, by a number: the table's, and the rows by key."""
        self._last_said = 0
        self._queries = [_dirty_rows(shape) for shape in schema.shapes.values()]
        # Without a key of its own: to look each row up before it is noted took twice as long as
        # the row itself. Who changed twice is told apart when the notes are read.
        connection.execute("CREATE TEMP TABLE _dirty (tbl INTEGER NOT NULL, key)")
        for number, shape in enumerate(schema.shapes.values()):
            for statement in _triggers(shape, number):
                connection.execute(statement)
        connection.rows_hook = self._hear

    def _hear(self, table: str, columns: Sequence[str], rows: Sequence[Row]) -> None:
        """Keep rows as they were written, under a number that is noted after them.

        The note is a row too: when what was written is rolled back, nobody finds the number.
        """
        if len(rows) < _FEW_ROWS:
            return
        number = self._tables.index(table)
        shape = self._shapes[number]
        if tuple(columns) != shape.columns:
            in_order = itemgetter(*map(list(columns).index, shape.columns))
            rows = [in_order(row) for row in rows]
        key_of = itemgetter(shape.columns.index(shape.key))
        self._last_said += 1
        self._said[self._last_said] = number, {key_of(row): row for row in rows}
        self._connection.execute("INSERT INTO temp._dirty VALUES (?, ?)", (_SAID, self._last_said))

    def forget(self) -> None:
        """Drop what was said of rows. Call at the end of each transaction, committed or not."""
        self._said.clear()

    def take(self) -> dict[str, Any] | None:
        """Return the `del` and `put` parts of the open transaction, and clear the notes.

        None when nothing was changed. The clearing is part of the transaction and undone with it.
        """
        execute = self._connection.execute
        puts: dict[str, list[Row]] = {}
        deletions: dict[str, list[Any]] = {}
        known = self._known()
        tables = execute("SELECT DISTINCT tbl FROM temp._dirty WHERE tbl >= 0 ORDER BY tbl")
        for (number,) in tables.fetchall():
            name = self._tables[number]
            if number in known:
                puts[name] = known[number]
                continue
            rows = {row[0]: row for row in execute(self._queries[number], (number,))}
            gone = [key for key, row in rows.items() if row[1]]
            if gone:
                deletions[name] = gone
            if len(gone) < len(rows):
                puts[name] = [row[2:] for row in rows.values() if not row[1]]
        if not puts and not deletions:
            return None
        execute("DELETE FROM temp._dirty")
        parts: dict[str, Any] = {}
        if deletions:
            parts["del"] = deletions
        if puts:
            parts["put"] = puts
        return parts

    def _known(self) -> dict[int, list[Row]]:
        """Return the rows of those tables of which every changed row was said and stayed so."""
        if not self._said:
            return {}
        found: dict[int, dict[Any, Row | None]] = {}
        for number, key in self._connection.execute(
            "SELECT tbl, key FROM temp._dirty ORDER BY rowid"
        ):
            if number == _SAID:
                table, rows = self._said[key]
                found.setdefault(table, {}).update(rows)
            else:
                found.setdefault(number, {})[key] = None
        known = {number: [*filter(None, rows.values())] for number, rows in found.items()}
        return {number: rows for number, rows in known.items() if len(rows) == len(found[number])}


def _dirty_rows(shape: TableShape) -> str:
    """Return the query of a table's noted keys, with their rows as they are now."""
    columns = ", ".join(f"t.{quoted(column)}" for column in shape.columns)
    return (
        f"SELECT d.key, t.{quoted(shape.key)} IS NULL, {columns} FROM temp._dirty AS d "  # noqa: S608
        f"LEFT JOIN main.{quoted(shape.name)} AS t ON t.{quoted(shape.key)} = d.key WHERE d.tbl = ?"
    )


def _triggers(shape: TableShape, number: int) -> Iterator[str]:
    key = quoted(shape.key)
    for event, row, condition in (
        ("INSERT", "NEW", ""),
        ("UPDATE", "NEW", ""),
        ("UPDATE", "OLD", f"WHEN OLD.{key} IS NOT NEW.{key}"),
        ("DELETE", "OLD", ""),
    ):
        name = quoted(f"_dirty_{event}_{row}_{shape.name}")
        when = f"AFTER {event} ON main.{quoted(shape.name)} {condition}"
        note = f"INSERT INTO _dirty VALUES ({number}, {row}.{key})"  # noqa: S608
        yield f"CREATE TEMP TRIGGER {name} {when} BEGIN {note}; END"
