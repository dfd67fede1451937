"""The app's own tables, as sync sees them: records as JSON values, whatever their kind."""

import json
from collections.abc import Callable, Iterable, Sequence
from dataclasses import fields
from functools import cache
from operator import attrgetter

from pydantic_core import from_json as read_json
from sqlalchemy import Table, select, text
from sqlmodel import SQLModel

from field_app.domain.records.codec import from_json, to_json
from field_app.domain.records.kinds import KIND_OF, KINDS
from field_app.domain.records.record import Record
from field_app.errors import InputError
from field_app.store.connection import JournalledConnection, Row
from field_app.store.replica.files import FilesPart
from field_app.store.replica.statements import (
    Prepared,
    delete_rows,
    put_rows,
    put_values,
    table_of,
)
from field_app.store.replica.texts import written_of
from field_app.store.repositories.records import columns_of, has_parts
from field_app.store.tables import TABLES
from sync.client.replica import Json, Unreadable, Written

# One statement over all kinds: forty queries for a record whose kind is not known took 2 ms.
_FIND = {
    column: Prepared(
        text(
            " UNION ALL ".join(
                f"SELECT '{kind}', record_id FROM {kind} "  # noqa: S608 - names of our own tables
                f"WHERE {column} IN (SELECT value FROM json_each(:given))"
                for kind in TABLES
            )
        )
    )
    for column in ("record_id", "case_id")
}

_COMMONEST = "contact"
"""Looked for alone and first: of a batch of changes, nearly all are contacts."""

_KEPT_ON_PURGE = {"sync_open", "sync_sent", "sync_leaving", "sync_file"}
"""Tables with a case that outlive it: what needs a person, what is on its way, and files."""


def parse_record(values: Json) -> Record:
    """Return the record that JSON values from another device describe.

    Raises:
        Unreadable: Its kind or a field is not known here.
    """
    if values.get("kind") not in KINDS:
        raise Unreadable("newer")
    try:
        return from_json(values)
    except InputError:
        raise Unreadable("unreadable") from None


class ContentsPart(FilesPart):
    """Records of all kinds inside a transaction."""

    driver: JournalledConnection
    purged_files: list[str]

    def parse(self, values: Json) -> Record:
        """See `sync.client.replica.Transaction`."""
        return parse_record(values)

    def plain(self, parsed: Record) -> Json:
        """See the port."""
        return to_json(parsed)

    def write(self, parsed: Iterable[Record]) -> None:
        """See the port."""
        by_kind: dict[str, list[Record]] = {}
        for record in parsed:
            by_kind.setdefault(KIND_OF[type(record)], []).append(record)
        for kind, records in by_kind.items():
            table = table_of(TABLES[kind])
            if has_parts(kind):
                put_rows(self.driver, table, [columns_of(record) for record in records])
            else:
                names, values_of = _values(kind)
                put_values(self.driver, table, names, [values_of(record) for record in records])

    def current(self, record_ids: Sequence[str]) -> dict[str, Json]:
        """See the port."""
        written = self.written(record_ids)
        return {record_id: read_json(each.text) for record_id, each in written.items()}

    def written(self, record_ids: Sequence[str]) -> dict[str, Written]:
        """See the port."""
        if not record_ids:
            return {}
        found = written_of(self.driver, _COMMONEST, record_ids)
        others = [record_id for record_id in record_ids if record_id not in found]
        for kind, ids in self._by_kind("record_id", others).items():
            found |= written_of(self.driver, kind, ids)
        return found

    def erase(self, record_ids: Iterable[str]) -> None:
        """See the port."""
        for kind, ids in self._by_kind("record_id", list(record_ids)).items():
            delete_rows(self.driver, table_of(TABLES[kind]), ids)

    def cases_here(self) -> list[str]:
        """See the port."""
        cases: set[str] = set()
        for table in map(table_of, TABLES.values()):
            cases.update(_cases_of(table).values(self.driver))
        return sorted(cases)

    def records_of_case(self, case_id: str) -> list[str]:
        """See the port."""
        found = self._by_kind("case_id", [case_id])
        return [record_id for ids in found.values() for record_id in ids]

    def purge(self, case_id: str) -> None:
        """See the port. Attachments' files go after the commit, by `StoreReplica`."""
        self.purged_files += self.take_files_of_case(case_id)
        for table in _tables_with_cases():
            delete_rows(self.driver, table, [case_id], table.c.case_id)

    def _by_kind(self, column: str, values: Sequence[str]) -> dict[str, list[str]]:
        """Return the ids of records by kind, found by their id or their case, in one query."""
        found: dict[str, list[str]] = {}
        if values:
            rows = _FIND[column].rows(self.driver, given=json.dumps(list(values)))
            for kind, record_id in rows:
                found.setdefault(kind, []).append(record_id)
        return found


@cache
def _values(kind: str) -> tuple[tuple[str, ...], Callable[[Record], Row]]:
    """Return the names of the columns of a kind without parts, and how a record's are read."""
    names = tuple(part.name for part in fields(KINDS[kind]))
    return names, attrgetter(*names)


@cache
def _cases_of(table: Table) -> Prepared:
    return Prepared(select(table.c.case_id).distinct())


@cache
def _tables_with_cases() -> list[Table]:
    return [
        table
        for table in SQLModel.metadata.sorted_tables
        if "case_id" in table.columns and table.name not in _KEPT_ON_PURGE
    ]
