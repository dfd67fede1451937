"""A record as the JSON that travels, straight from its row.

What `codec.to_json` says of the record of the row, without making the record: a batch is five
hundred of them, and making one only to write it out again took half the time of freezing it. A
record with objects in its lists goes the long way, because their fields are told apart there.
"""

import sqlite3
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cache
from typing import Any

from sqlalchemy import Boolean

from field_app.domain.records.codec import HEADER_ORDER, build, to_json
from field_app.domain.records.kinds import KINDS
from field_app.domain.records.record import own_fields
from field_app.store.columns import HexBytes, Instant, JsonValue
from field_app.store.replica.statements import (
    Prepared,
    by_id,
    given_ids,
    reader_of,
    rows_by_id,
    table_of,
)
from field_app.store.tables import TABLES
from sync.client.replica import Json

_WHOLE_SECOND = ".000000Z"


def texts_of(driver: sqlite3.Connection, kind: str, record_ids: Iterable[str]) -> dict[str, Json]:
    """Return the records of a kind, by id, as JSON values; ids of other kinds are left out."""
    reader = _reader(kind)
    found: dict[str, Json] = {}
    long_way: list[str] = []
    for row in reader.select.raw(driver, given=given_ids(record_ids)):
        text = reader.text(row)
        if text is None:
            long_way.append(row[reader.record_id])
        else:
            found[text["record_id"]] = text
    for row in rows_by_id(driver, table_of(TABLES[kind]), long_way):
        found[row.record_id] = to_json(build(KINDS[kind], row._asdict()))
    return found


@dataclass(frozen=True)
class _Reader:
    """How the rows of one kind are read: place of the id and of the unknown fields, and so on."""

    select: Prepared
    kind: str
    names: tuple[str, ...]
    order: tuple[int, ...]
    converted: tuple[tuple[int, Callable[[Any], Any]], ...]
    lists: tuple[int, ...]
    record_id: int
    extra: int

    def text(self, row: tuple[Any, ...]) -> Json | None:
        """Return a row's text; None when it has to go the long way."""
        values = list(row)
        for place, convert in self.converted:
            if values[place] is not None:
                values[place] = convert(values[place])
        for place in self.lists:
            entries = values[place]
            if isinstance(entries, dict):
                return None
            if isinstance(entries, list) and entries and isinstance(entries[0], dict):
                return None
        text = {"kind": self.kind}
        text.update(zip(self.names, [values[place] for place in self.order], strict=True))
        text.update(values[self.extra])
        return text


@cache
def _reader(kind: str) -> _Reader:
    table = table_of(TABLES[kind])
    columns = [column.name for column in table.columns]
    names = (*HEADER_ORDER, *own_fields(KINDS[kind]))
    converters: list[tuple[int, Callable[[Any], Any]]] = []
    lists: list[int] = []
    for place, column in enumerate(table.columns):
        if isinstance(column.type, Instant):
            converters.append((place, _instant))
        elif isinstance(column.type, JsonValue):
            # Not json.loads: SQLite keeps a lone number as a number.
            converters.append((place, reader_of(column.type) or _as_it_is))
            if column.name != "extra":
                lists.append(place)
        elif isinstance(column.type, Boolean):
            converters.append((place, bool))
        elif isinstance(column.type, HexBytes):
            converters.append((place, bytes.hex))
        # A date is kept as the very text that it is on the wire.
    return _Reader(
        select=by_id(table),
        kind=kind,
        names=names,
        order=tuple(columns.index(name) for name in names),
        converted=tuple(converters),
        lists=tuple(lists),
        record_id=columns.index("record_id"),
        extra=columns.index("extra"),
    )


def _as_it_is(value: Any) -> Any:
    return value


def _instant(stored: str) -> str:
    """Return a stored instant as it is written on the wire: no fraction where there is none."""
    return stored[: -len(_WHOLE_SECOND)] + "Z" if stored.endswith(_WHOLE_SECOND) else stored
