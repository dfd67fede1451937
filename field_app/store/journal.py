"""What a frame of the log holds.

A frame is one JSON object. Its parts are applied in this order:

    schema   {"version": n, "tables": {table: [column, ...]}}   shape of the rows that follow
    lineage  [[file id, frames, tag], ...]    the logs that this one was compacted from, in hex
    bulk     true: the frame belongs to the snapshot that a compaction wrote
    del      {table: [key, ...]}
    put      {table: [row, ...]}    whole rows; bytes stand as {"$bytes": base64}

Which rows a commit touched is what `dirty_rows` finds out.
"""

import base64
import json
import sqlite3
from collections.abc import Iterator, Sequence
from typing import Any

from pydantic_core import to_json

from field_app.store.connection import Row
from field_app.store.frames import Anchor
from field_app.store.schema import Schema, quoted

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


def _marked_rows(rows: list[Row]) -> list[Row]:
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


def snapshot_frames(connection: sqlite3.Connection, schema: Schema) -> Iterator[dict[str, Any]]:
    """Yield every row in memory as `bulk` frames."""
    for shape in schema.shapes.values():
        columns = ", ".join(quoted(column) for column in shape.columns)
        cursor = connection.execute(f"SELECT {columns} FROM main.{quoted(shape.name)}")  # noqa: S608
        while rows := cursor.fetchmany(SNAPSHOT_ROWS):
            yield {"bulk": True, "put": {shape.name: rows}}
