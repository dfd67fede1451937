"""A record as the JSON that travels, straight from its row.

What `codec.to_json` says of the record of the row, without making the record: SQLite writes the
text itself. A batch is five hundred records, and making each only to write it out again took four
times as long. A record with objects in its lists goes the long way, because their fields are told
apart there.
"""

import sqlite3
from collections.abc import Iterable
from functools import cache

from pydantic_core import to_json
from sqlalchemy import Boolean, Column, text

from field_app.domain.records.codec import HEADER_ORDER, build
from field_app.domain.records.codec import to_json as json_of
from field_app.domain.records.kinds import KINDS
from field_app.domain.records.record import own_fields
from field_app.store.columns import HexBytes, Instant, JsonValue
from field_app.store.replica.statements import Prepared, given_ids, rows_by_id, table_of
from field_app.store.tables import TABLES
from sync.client.replica import Written

_WHOLE_SECOND = ".000000Z"
_NO_FIELDS = "{}"


def written_of(driver: sqlite3.Connection, kind: str, ids: Iterable[str]) -> dict[str, Written]:
    """Return the records of a kind, by id, as JSON text; ids of other kinds are left out."""
    found: dict[str, Written] = {}
    long_way: list[str] = []
    for record_id, deleted, known, extra in _select(kind).raw(driver, given=given_ids(ids)):
        if known is None:
            long_way.append(record_id)
            continue
        whole = known if extra == _NO_FIELDS else f"{known[:-1]},{extra[1:]}"
        found[record_id] = Written(whole.encode(), bool(deleted))
    for row in rows_by_id(driver, table_of(TABLES[kind]), long_way):
        values = json_of(build(KINDS[kind], row._asdict()))
        found[row.record_id] = Written(to_json(values), bool(row.deleted))
    return found


@cache
def _select(kind: str) -> Prepared:
    table = table_of(TABLES[kind])
    names = (*HEADER_ORDER, *own_fields(KINDS[kind]))
    fields = ", ".join(f"'{name}', {_value(table.c[name])}" for name in names)
    known = f"json_object('kind', '{kind}', {fields})"
    lists = [c for c in table.columns if isinstance(c.type, JsonValue) and c.name != "extra"]
    has_objects = " OR ".join(f"\"{c.name}\" LIKE '[{{%' OR \"{c.name}\" LIKE '{{%'" for c in lists)
    if has_objects:
        known = f"CASE WHEN {has_objects} THEN NULL ELSE {known} END"
    return Prepared(
        text(
            f"SELECT record_id, deleted, {known}, extra FROM {kind} "  # noqa: S608 - our own names
            "WHERE record_id IN (SELECT value FROM json_each(:given))"
        )
    )


def _value(column: Column[object]) -> str:
    """Return the SQL of a column's value as it is written on the wire."""
    name, of = f'"{column.name}"', column.type
    if isinstance(of, Instant):  # no fraction where there is none
        end = len(_WHOLE_SECOND)
        whole = f"substr({name}, 1, length({name}) - {end}) || 'Z'"
        return f"CASE WHEN substr({name}, -{end}) = '{_WHOLE_SECOND}' THEN {whole} ELSE {name} END"
    if isinstance(of, JsonValue):
        return f"json({name})"
    if isinstance(of, Boolean):
        return f"CASE {name} WHEN 1 THEN json('true') WHEN 0 THEN json('false') END"
    if isinstance(of, HexBytes):
        return f"CASE WHEN {name} IS NOT NULL THEN lower(hex({name})) END"
    return name  # a date is kept as the very text that it is on the wire
