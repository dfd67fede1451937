"""Receiving a record: what the centre has meets what is here.

no open change          the centre's state is taken
an open change          three-way merge from the base; conflicts become records of their own
the base is in doubt    the same bytes are confirmed, a state that was made on ours is taken, an
                        older state of the centre is answered with ours, and where no common
                        state is known nothing is given up: every difference becomes a conflict
an older revision       refused and said: within a generation nothing steps back
cannot be opened        held, and shown as held; its page still applies
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from hashlib import sha256
from typing import Any
from uuid import UUID

from sync.client.authors import NotOpened, Opener, origin_of
from sync.client.replica import (
    Base,
    HeldRecord,
    Json,
    MergeCase,
    MergeRules,
    OpenChange,
    Transaction,
    Unreadable,
)
from sync.protocol.envelope import Record, Run
from sync.protocol.ids import NO_ID, new_id

OLD_REVISION = "old_revision"
CHANGED_REVISION = "changed_revision"
MOVED_RECORD = "moved_record"


class Receiver:
    """Receives the records of one page or one answer, inside one transaction.

    Attributes:
        touched: Cases of which something changed.
        conflicts: How many conflict records were made.
        taken: How many records changed here.
    """

    def __init__(
        self, tx: Transaction, opener: Opener, rules: MergeRules, device_id: str, generation: int
    ) -> None:
        """Receive in a generation of the centre; see `receive`."""
        self._tx = tx
        self._opener = opener
        self._rules = rules
        self._device_id = device_id
        self._generation = generation
        self.touched: set[str] = set()
        self.conflicts = 0
        self.taken = 0

    def add_runs(self, runs: Iterable[Run]) -> None:
        """Let these runs vouch for records too: those of records that were held."""
        self._opener.add_runs(runs)

    def receive(self, records: Sequence[Record]) -> None:
        """Receive records; what they change is written at the end."""
        page = _Page(self._tx, records)
        for record in records:
            self._one(page, record)
        page.write()

    def _one(self, page: "_Page", record: Record) -> None:
        base = page.bases.get(record.record_id)
        sealed_hash = sha256(record.sealed).digest()
        step_back = self._step_back(page, record, base, sealed_hash)
        if step_back is not None:
            self._tx.note_problem(step_back, record.record_id)
            return
        if base is not None and base.sealed_hash == sealed_hash:
            confirmed = replace(base, generation=self._generation, revision=record.revision)
            if confirmed != base:
                page.put_base(confirmed)
            page.release(record.record_id)
            return
        try:
            theirs, origin = self._opener.open_with_origin(record, sealed_hash)
            parsed = self._tx.parse(theirs)
        except (NotOpened, Unreadable) as error:
            page.hold(HeldRecord(record, self._opener.run_of(record), error.reason))
            self.touched.add(record.case_id)
            return
        new_base = Base(
            record.record_id,
            record.case_id,
            record.revision,
            self._generation,
            sealed_hash,
            record.deleted,
            record.received_at,
        )
        page.release(record.record_id)
        self.touched.add(record.case_id)
        self.taken += 1
        self._settle(page, record, base, new_base, theirs, parsed, origin)

    def _step_back(
        self, page: "_Page", record: Record, base: Base | None, sealed_hash: bytes
    ) -> str | None:
        held = page.held.get(record.record_id)
        same_line = held is not None and held.record.generation == record.generation
        if held is not None and same_line and record.revision < held.record.revision:
            return OLD_REVISION
        if base is None:
            return None
        if base.case_id != record.case_id:
            return MOVED_RECORD
        if abs(base.generation) == self._generation:
            if record.revision < base.revision:
                return OLD_REVISION
            same_number = record.revision == base.revision
            if same_number and base.generation > 0 and sealed_hash != base.sealed_hash:
                return CHANGED_REVISION
        return None

    def _settle(
        self,
        page: "_Page",
        record: Record,
        base: Base | None,
        new_base: Base,
        theirs: Json,
        parsed: Any,
        origin: str,
    ) -> None:
        """Put the centre's state and ours together, and leave the record's base at theirs."""
        open_change = page.open.get(record.record_id)
        in_doubt = base is not None and base.generation < 0
        if open_change is None and not in_doubt:
            page.take(new_base, parsed)
            return
        mine = page.mine(record.record_id, open_change)
        if mine is None:
            page.take(new_base, parsed)
            return
        theirs = self._tx.plain(parsed)
        ancestor = None if base is None else base.text if base.text is not None else mine
        if base is not None and in_doubt and origin != origin_of(base.sealed_hash):
            ancestor = theirs if _is_past(record, base) else None
        case = MergeCase(
            record_id=record.record_id,
            case_id=record.case_id,
            base_revision=base.revision if base is not None else 0,
            edit_id=open_change.edit_id if open_change else _edit_of(base),
            device_id=self._device_id if open_change else NO_ID,
        )
        result = self._rules.merge(ancestor, mine, theirs, case)
        self._add_conflicts(page, result.conflicts)
        if self._rules.same(result.record, theirs):
            page.take(new_base, parsed)
            return
        kept = open_change is not None and open_change.kept is not None
        try:
            merged = self._tx.parse(result.record)
        except Unreadable as error:
            page.hold(HeldRecord(record, self._opener.run_of(record), error.reason))
            return
        if not kept:
            page.write_record(record.record_id, merged, result.record)
        page.put_base(replace(new_base, text=theirs))
        page.put_open(
            OpenChange(
                record.record_id,
                record.case_id,
                open_change.edit_id if open_change else new_id(),
                kept=result.record if kept else None,
            )
        )

    def _add_conflicts(self, page: "_Page", entries: Iterable[Json]) -> None:
        for entry in entries:
            entry_id, case_id = str(entry["record_id"]), str(entry["case_id"])
            if self._tx.current([entry_id]) or self._tx.bases([entry_id]):
                continue  # the same conflict again, after a rebase
            page.write_record(entry_id, self._tx.parse(entry), entry)
            page.put_open(OpenChange(entry_id, case_id, new_id()))
            self.conflicts += 1


def _is_past(record: Record, base: Base) -> bool:
    """Return whether the centre went back to an older state of the history that ours ends.

    What it accepted after it was restored is later by its clock, whatever its number.
    """
    return (
        record.generation <= abs(base.generation)
        and record.revision < base.revision
        and record.received_at <= base.received_at
    )


def _edit_of(base: Base | None) -> str:
    """Return an edit id for a state that has none: the same on every device that had it."""
    if base is None:
        return NO_ID
    return str(UUID(bytes=base.sealed_hash[:16], version=4))


class _Page:
    """What is known of a page's records, read in a few queries and written in a few."""

    def __init__(self, tx: Transaction, records: Sequence[Record]) -> None:
        ids = [record.record_id for record in records]
        self._tx = tx
        self.bases = tx.bases(ids)
        self.open = tx.open_changes(ids)
        self.held = tx.held(ids)
        doubtful = [i for i, base in self.bases.items() if base.generation < 0]
        self._mine = tx.current([*self.open, *doubtful])
        self._parsed: dict[str, Any] = {}
        self._new_bases: dict[str, Base] = {}
        self._new_open: dict[str, OpenChange] = {}
        self._gone_open: set[str] = set()
        self._new_held: dict[str, HeldRecord] = {}
        self._released: set[str] = set()

    def mine(self, record_id: str, change: OpenChange | None) -> Json | None:
        """Return the state of this device."""
        if change is not None and change.kept is not None:
            return change.kept
        return self._mine.get(record_id)

    def take(self, base: Base, parsed: Any) -> None:
        """Take the centre's state."""
        self._parsed[base.record_id] = parsed
        self.put_base(base)
        if self.open.pop(base.record_id, None) is not None:
            self._new_open.pop(base.record_id, None)
            self._gone_open.add(base.record_id)

    def write_record(self, record_id: str, parsed: Any, values: Json) -> None:
        self._parsed[record_id] = parsed
        self._mine[record_id] = values

    def put_base(self, base: Base) -> None:
        self.bases[base.record_id] = self._new_bases[base.record_id] = base

    def put_open(self, change: OpenChange) -> None:
        self.open[change.record_id] = self._new_open[change.record_id] = change
        self._gone_open.discard(change.record_id)

    def hold(self, held: HeldRecord) -> None:
        record_id = held.record.record_id
        self.held[record_id] = self._new_held[record_id] = held
        self._released.discard(record_id)

    def release(self, record_id: str) -> None:
        if self.held.pop(record_id, None) is not None:
            self._new_held.pop(record_id, None)
            self._released.add(record_id)

    def write(self) -> None:
        """Store everything."""
        self._tx.write(self._parsed.values())
        self._tx.put_bases(self._new_bases.values())
        self._tx.remove_open(self._gone_open)
        self._tx.put_open(self._new_open.values())
        self._tx.release(self._released)
        self._tx.hold(self._new_held.values())
