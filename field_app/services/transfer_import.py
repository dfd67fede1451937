"""One import while its transaction is open: each line checked, then written with many others.

The first line that is wrong raises, and the transaction that is open around it undoes all of it.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, BinaryIO

from field_app.domain.records.change import Change, ChangeAction
from field_app.domain.records.codec import change_from_json, differing_fields, from_json, to_json
from field_app.domain.records.kinds import KIND_OF, KINDS
from field_app.domain.records.record import AGENCY_CASE_ID, NEVER, Record, new_id, own_fields
from field_app.domain.records.record_limits import check_change_limits, check_limits
from field_app.errors import InputError
from field_app.services.notebook import Notebook
from field_app.services.transfer_lines import CHANGE, read_header, read_lines
from field_app.store.repositories import bulk
from field_app.store.repositories.records import Records

IMPORTED = "imported from a file"
BATCH_ROWS = 1000  # written to the database in memory at once
SHOWN_DANGLING = 10  # named one by one; the rest is a number

NO_REFERENCES = ("event_id",)  # a common id of what happened at once: no record has it


@dataclass(frozen=True)
class Dangling:
    """A reference to a record that is neither in the file nor in the store."""

    line: int
    field: str


@dataclass(frozen=True)
class ImportReport:
    """What an import did.

    Attributes:
        added: New records, by kind.
        replaced: Records whose state in the store gave way to the file's.
        unchanged: Records that were here already, the same.
        changes: Entries that the change history gained from the file.
        dangling: The first references that point nowhere.
        dangling_count: How many different records are pointed at and missing.
        case_ids: Cases that changed.
    """

    added: Mapping[str, int]
    replaced: int
    unchanged: int
    changes: int
    dangling: tuple[Dangling, ...]
    dangling_count: int
    case_ids: frozenset[str]


class ImportRun:
    """Takes the lines of one file into an open transaction."""

    def __init__(self, notebook: Notebook, records: Records, *, replace_different: bool) -> None:
        """Read what ids the store has already."""
        self._notebook = notebook
        self._now = notebook.now()
        self._records = records
        self._session = records.session
        self._replace_different = replace_different
        self._kind_here = bulk.kind_by_record_id(self._session)
        self._changes_here = bulk.change_ids(self._session)
        self._record_lines: dict[str, int] = {}
        self._change_lines: dict[str, int] = {}
        self._pointed_at: dict[str, Dangling] = {}
        self._new_records: defaultdict[type[Record], list[Record]] = defaultdict(list)
        self._new_changes: list[Change] = []
        self._with_history: set[str] = set()
        self._own_entries: list[Change] = []
        self._added: Counter[str] = Counter()
        self._case_ids: set[str] = set()
        self._replaced = self._unchanged = self._changes = 0

    def take(self, file: BinaryIO) -> ImportReport:
        """Read the file to its end and write what it says.

        Raises:
            InputError: A line is wrong; line and field are named.
        """
        lines = read_lines(file)
        header = read_header(lines)
        for number, values in lines:
            try:
                if values.get("kind") == CHANGE:
                    self._take_change(number, change_from_json(values))
                else:
                    self._take_record(number, from_json(values))
            except InputError as error:
                raise _on_line(error, number) from None
        _check_count("records", header.records, len(self._record_lines))
        _check_count("changes", header.changes, len(self._change_lines))
        # What brought its own history keeps just that; the rest gets an entry on where it is from.
        self._new_changes += [e for e in self._own_entries if e.record_id not in self._with_history]
        self._flush()
        return self._report()

    def _take_record(self, number: int, record: Record) -> None:
        check_limits(record)
        _refuse_twice(self._record_lines, record.record_id, number, "record_id")
        self._note_references(number, record)
        kind = type(record)
        kind_here = self._kind_here.get(record.record_id)
        if kind_here is None:
            self._add(self._completed(record, None))
        elif kind_here != KIND_OF[kind]:
            raise InputError(f"This id belongs to another kind here: {kind_here}.", field="kind")
        else:
            before = self._records.find_even_deleted(kind, record.record_id)
            assert before is not None  # noqa: S101 - its id was read in this transaction
            self._meet(before, self._completed(record, before))

    def _add(self, record: Record) -> None:
        self._added[KIND_OF[type(record)]] += 1
        self._own_entries.append(self._entry(record, ChangeAction.CREATED))
        waiting = self._new_records[type(record)]
        waiting.append(record)
        if len(waiting) >= BATCH_ROWS:
            self._flush()
        self._saved(None, record)

    def _meet(self, before: Record, record: Record) -> None:
        """Take a record that is in the store already: alike, or to replace it, or refused."""
        if before == record:
            self._unchanged += 1
            return
        if before.case_id != record.case_id:
            raise InputError("A record never changes its case.", field="case_id")
        old, new = differing_fields(to_json(before), to_json(record))
        if not self._replace_different:
            raise InputError(
                "This record is here already and is different. Leave it out of the file, or let "
                "the file replace it (--replace).",
                field=next(iter({**old, **new}), "updated_at"),
                code="transfer_different",
            )
        self._replaced += 1
        self._records.write(record)
        # A replacement happened on this device, whatever history the record brings along.
        self._new_changes.append(self._entry(record, ChangeAction.EDITED, old, new))
        self._saved(before, record)

    def _take_change(self, number: int, change: Change) -> None:
        check_change_limits(change)
        _refuse_twice(self._change_lines, change.change_id, number, "change_id")
        self._with_history.add(change.record_id)
        if change.change_id not in self._changes_here:
            self._changes += 1
            self._new_changes.append(change)
            if len(self._new_changes) >= BATCH_ROWS:
                self._flush()
        elif bulk.change_by_id(self._session, change.change_id) != change:
            raise InputError(
                "This entry is here already and is different. A history is never rewritten.",
                field="change_id",
                code="transfer_different",
            )

    def _completed(self, record: Record, before: Record | None) -> Record:
        """Return the record with what the file left open: who wrote it, where, and when.

        A record that is here already lends its own stamp, so that a file without stamps can be
        imported again and again.
        """
        if before is None:
            author_id, device_id = self._notebook.author_id, self._notebook.device_id
            created_at = record.created_at if record.created_at != NEVER else self._now
            updated_at = created_at
        else:
            author_id, device_id = before.author_id, before.device_id
            created_at, updated_at = before.created_at, before.updated_at
        return replace(
            record,
            author_id=record.author_id or author_id,
            device_id=record.device_id or device_id,
            created_at=record.created_at if record.created_at != NEVER else created_at,
            updated_at=record.updated_at if record.updated_at != NEVER else updated_at,
        )

    def _entry(
        self,
        record: Record,
        action: ChangeAction,
        before: Mapping[str, Any] | None = None,
        after: Mapping[str, Any] | None = None,
    ) -> Change:
        return Change(
            change_id=new_id(),
            record_id=record.record_id,
            case_id=record.case_id,
            kind=KIND_OF[type(record)],
            action=action,
            at=self._now,
            author_id=self._notebook.author_id,
            device_id=self._notebook.device_id,
            reason=IMPORTED,
            before=before or {},
            after=after or {},
        )

    def _saved(self, before: Record | None, record: Record) -> None:
        self._case_ids.add(record.case_id)
        for listener in self._notebook.in_transaction:
            listener(self._session, before, record)

    def _note_references(self, number: int, record: Record) -> None:
        if record.case_id not in (AGENCY_CASE_ID, record.record_id):
            self._pointed_at.setdefault(record.case_id, Dangling(number, "case_id"))
        for name in REFERENCES[type(record)]:
            found = getattr(record, name) or ()
            for target in (found,) if isinstance(found, str) else found:
                self._pointed_at.setdefault(target, Dangling(number, name))

    def _flush(self) -> None:
        for kind, waiting in self._new_records.items():
            bulk.insert_records(self._session, kind, waiting)
        bulk.insert_changes(self._session, self._new_changes)
        self._new_records.clear()
        self._new_changes.clear()

    def _report(self) -> ImportReport:
        dangling = [
            place
            for target, place in self._pointed_at.items()
            if target not in self._record_lines and target not in self._kind_here
        ]
        return ImportReport(
            added=dict(self._added),
            replaced=self._replaced,
            unchanged=self._unchanged,
            changes=self._changes,
            dangling=tuple(dangling[:SHOWN_DANGLING]),
            dangling_count=len(dangling),
            case_ids=frozenset(self._case_ids),
        )


def _references(kind: type[Record]) -> tuple[str, ...]:
    """Return the fields of a kind that name other records, besides `case_id`."""
    return tuple(
        name
        for name in own_fields(kind)
        if name.endswith(("_id", "_ids")) and name not in NO_REFERENCES
    )


REFERENCES = {kind: _references(kind) for kind in KINDS.values()}


def _refuse_twice(lines: dict[str, int], name: str, number: int, field: str) -> None:
    first = lines.setdefault(name, number)
    if first != number:
        raise InputError(
            f"This id stands on line {first} already.", field=field, code="transfer_id_twice"
        )


def _on_line(error: InputError, number: int) -> InputError:
    if error.line is not None:
        return error
    return InputError(
        error.reason, field=error.field, line=number, code=error.code, **error.details
    )


def _check_count(name: str, promised: int | None, found: int) -> None:
    if promised is not None and promised != found:
        raise InputError(
            f"The first line promises {promised} and the file holds {found}. "
            "It was cut or put together; export it again.",
            line=1,
            field=name,
            code="transfer_cut",
        )
