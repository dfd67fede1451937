"""What a frame holds, and how the rows of a commit get into it.

A frame is one JSON object. Its parts are applied in this order:

    schema   {"version": n, "tables": {table: [column, ...]}}   shape of the rows that follow
    lineage  [[file id, frames, tag], ...]    the logs that this one was compacted from, in hex
    bulk     true: the frame belongs to the snapshot that a compaction wrote
    del      {table: [key, ...]}
    put      {table: [row, ...]}    whole rows; bytes stand as {"$bytes": base64}

Which rows a commit touched is asked of SQLite itself: TEMP triggers note table and key of every
row, and since the notes are rows too, rollbacks, savepoints, cascades and raw SQL come out right.
"""

import base64
import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic_core import to_json

from field_app.store.frames import Anchor
from field_app.store.schema import Schema, TableShape, quoted

SNAPSHOT_ROWS = 500  # rows a frame of a compaction: bounds its memory; larger frames gain nothing
LINEAGE_LENGTH = 256  # compactions that an anchor may lie behind; one happens per doubling
_BYTES = "$bytes"


def encode_frame(frame: dict[str, Any]) -> bytes:
    """Return the frame's JSON."""
    marked = dict(frame)
    if "put" in frame:
        marked["put"] = {table: _marked_rows(rows) for table, rows in frame["put"].items()}
    if "del" in frame:
        marked["del"] = {table: _marked(keys) for table, keys in frame["del"].items()}
    return to_json(marked)


def decode_frame(payload: bytes) -> dict[str, Any]:
    """Return the frame of `encode_frame`. Raises ValueError when it is none."""
    frame = _DECODER.decode(payload.decode())
    if not isinstance(frame, dict):
        raise ValueError("not a frame")
    return frame


def _marked_rows(rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
    """Return rows with their bytes as JSON values: column by column, since most have none."""
    columns = list(zip(*rows, strict=True))
    with_bytes = [place for place, column in enumerate(columns) if bytes in map(type, column)]
    if not with_bytes:
        return rows
    for place in with_bytes:
        columns[place] = _marked(columns[place])
    return list(zip(*columns, strict=True))


def _marked(values: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(
        {_BYTES: base64.b64encode(value).decode()} if type(value) is bytes else value
        for value in values
    )


def _decode_bytes(value: dict[str, Any]) -> Any:
    encoded = value.get(_BYTES)
    return base64.b64decode(encoded) if isinstance(encoded, str) else value


_DECODER = json.JSONDecoder(object_hook=_decode_bytes)  # made once: a log has many small frames


def encode_lineage(lineage: list[Anchor]) -> list[list[str | int]]:
    """Return the last compactions' sources as JSON values."""
    return [[a.file_id.hex(), a.seq, a.tag.hex()] for a in lineage[-LINEAGE_LENGTH:]]


def decode_lineage(values: list[list[Any]]) -> list[Anchor]:
    """Return the anchors of `encode_lineage`."""
    return [Anchor(bytes.fromhex(i), int(seq), bytes.fromhex(tag)) for i, seq, tag in values]


def schema_part(schema: Schema) -> dict[str, Any]:
    """Return the `schema` part for rows of this schema."""
    return {"version": schema.version, "tables": schema.columns}


class DirtyRows:
    """The rows that the open transaction changed, noted by triggers."""

    def __init__(self, connection: sqlite3.Connection, schema: Schema) -> None:
        """Install the triggers. From here on every change is noted."""
        self._connection = connection
        self._tables = list(schema.shapes)
        self._queries = [_dirty_rows(shape) for shape in schema.shapes.values()]
        # Without a key of its own: to look each row up before it is noted took twice as long as
        # the row itself. Who changed twice is told apart when the notes are read.
        connection.execute("CREATE TEMP TABLE _dirty (tbl INTEGER NOT NULL, key)")
        for number, shape in enumerate(schema.shapes.values()):
            for statement in _triggers(shape, number):
                connection.execute(statement)

    def take(self) -> dict[str, Any] | None:
        """Return the `del` and `put` parts of the open transaction, and clear the notes.

        None when nothing was changed. The clearing is part of the transaction and undone with it.
        """
        execute = self._connection.execute
        puts: dict[str, list[tuple[Any, ...]]] = {}
        deletions: dict[str, list[Any]] = {}
        for (number,) in execute("SELECT DISTINCT tbl FROM temp._dirty ORDER BY tbl").fetchall():
            name = self._tables[number]
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


def snapshot_frames(connection: sqlite3.Connection, schema: Schema) -> Iterator[dict[str, Any]]:
    """Yield every row in memory as `bulk` frames."""
    for shape in schema.shapes.values():
        columns = ", ".join(quoted(column) for column in shape.columns)
        cursor = connection.execute(f"SELECT {columns} FROM main.{quoted(shape.name)}")  # noqa: S608
        while rows := cursor.fetchmany(SNAPSHOT_ROWS):
            yield {"bulk": True, "put": {shape.name: rows}}
