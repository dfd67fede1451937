"""Digests of cases: what a small sync changed is read, the rest of its case is remembered.

The digest of a case covers every record of it. To read hundreds of rows and to hash them anew for
each change took longer than everything else that the change needs (measured). Between two calls a
process remembers what it hashed, packed, with the number up to which that holds: every change of a
record has a number above those before it, so what is new has a number above that one. A number is
remembered only once it is committed, and the database is asked every time: whatever another
process wrote is found there.
"""

import threading
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, bindparam, func, select

from sync.protocol.digest import ID_BYTES, ROW_BYTES, pack_rows, packed_digest
from sync.server.devices import Caller
from sync.server.grants import ACCESS
from sync.server.prepared import OneOf, Prepared, Row, many, together
from sync.server.records import RECORD

_KEPT_BYTES = 16 * 1024 * 1024  # over all cases: some 340,000 records
_ASKED_ONE_BY_ONE = 8  # cases; what a call touches is one or two, or a whole caseload

_FOUND = (ACCESS.c.case_id, RECORD.c.record_id, RECORD.c.sealed_hash, RECORD.c.deleted)
_SAME_CASE = (RECORD.c.agency == ACCESS.c.agency) & (RECORD.c.case_id == ACCESS.c.case_id)
_MINE = (
    (ACCESS.c.agency == bindparam("agency"))
    & (ACCESS.c.staff_id == bindparam("staff_id"))
    # Written so that no index on it fits: SQLite would walk every span of the person.
    & (func.coalesce(ACCESS.c.ended_seq, 0) == 0)
)
# A case that the person may see and that has no record (or none that is new) comes as one row of
# nothing.
_WHOLE = Prepared(
    select(*_FOUND).outerjoin(RECORD, _SAME_CASE).where(_MINE, OneOf(ACCESS.c.case_id, "cases")),
    "agency",
    "staff_id",
    "cases",
)
_SINCE = Prepared(
    select(*_FOUND)
    .outerjoin(RECORD, _SAME_CASE & (RECORD.c.seq > bindparam("known")))
    .where(_MINE, ACCESS.c.case_id == bindparam("case_id")),
    "known",
    "agency",
    "staff_id",
    "case_id",
)


@dataclass(frozen=True, slots=True)
class Packed:
    """The records of one case as of a committed number: as `pack_rows` packs them."""

    generation: int
    head: int
    rows: bytes
    digest: bytes


@dataclass(slots=True)
class Reading:
    """What was read of some cases in one transaction, to be hashed after it."""

    agency: int
    generation: int
    head: int
    rows: Sequence[Row] = ()
    known: dict[str, Packed] | None = None


class CaseDigests:
    """The digests of a process. Safe to share between threads."""

    def __init__(self, *, kept_bytes: int = _KEPT_BYTES) -> None:
        """Remember at most so many bytes of rows."""
        self._kept_bytes = kept_bytes
        self._lock = threading.Lock()
        self._held = 0
        self._cases: OrderedDict[tuple[int, str], Packed] = OrderedDict()

    def read(self, connection: Connection, caller: Caller, case_ids: Iterable[str]) -> Reading:
        """Read what the digests need of those of some cases that the caller may see now.

        Args:
            connection: A transaction that sees every number up to `caller.head` and none above.
            caller: Who asks, as of this transaction.
            case_ids: The cases.
        """
        reading = Reading(caller.agency, caller.generation, caller.head)
        wanted = many(case_ids)
        if not wanted:
            return reading
        known = self._known(caller, wanted) if len(wanted) <= _ASKED_ONE_BY_ONE else {}
        strange = [case_id for case_id in wanted if case_id not in known]
        who = (caller.agency, caller.staff_id)
        with together(connection):
            cursors = [
                _SINCE.ask(connection, packed.head, *who, case_id)
                for case_id, packed in known.items()
            ]
            if strange:
                cursors.append(_WHOLE.ask(connection, *who, strange))
        reading.rows = [row for cursor in cursors for row in cursor.fetchall()]
        reading.known = known
        return reading

    def _known(self, caller: Caller, case_ids: Sequence[str]) -> dict[str, Packed]:
        """Return what holds for a transaction: not what is newer than it, or of a lost copy."""
        known: dict[str, Packed] = {}
        with self._lock:
            for case_id in case_ids:
                packed = self._cases.get((caller.agency, case_id))
                if (
                    packed is not None
                    and packed.generation == caller.generation
                    and packed.head <= caller.head
                ):
                    known[case_id] = packed
        return known

    def of(self, reading: Reading) -> list[tuple[str, bytes]]:
        """Return (case, digest) in the order of the ids. Call it after the commit: it remembers."""
        rows_of: dict[str, list[Row]] = {}
        for row in reading.rows:
            listed = rows_of.get(row[0])
            if listed is None:
                listed = rows_of[row[0]] = []
            if row[1] is not None:
                listed.append(row)
        known = reading.known or {}
        digests: list[tuple[str, bytes]] = []
        for case_id in sorted(rows_of):
            before = known.get(case_id)
            packed = _packed(reading, before, rows_of[case_id])
            digests.append((case_id, packed.digest))
            if packed is not before:
                self._keep((reading.agency, case_id), packed)
        return digests

    def _keep(self, place: tuple[int, str], packed: Packed) -> None:
        with self._lock:
            before = self._cases.get(place)
            if before is not None:
                if before.generation == packed.generation and before.head > packed.head:
                    return  # another thread has read more
                self._held -= len(before.rows)
            self._cases[place] = packed
            self._cases.move_to_end(place)
            self._held += len(packed.rows)
            while self._held > self._kept_bytes:
                _, dropped = self._cases.popitem(last=False)
                self._held -= len(dropped.rows)


def _packed(reading: Reading, before: Packed | None, found: list[Row]) -> Packed:
    """Return the rows of a case with what was found put in or in place of what it replaces."""
    if before is not None and not found:
        return before  # it holds up to where it held; what follows is looked for again
    rows = pack_rows([row[1:] for row in found])
    if before is not None:
        changed = bytearray(before.rows)
        for start in range(0, len(rows), ROW_BYTES):
            _put(changed, rows[start : start + ROW_BYTES])
        rows = bytes(changed)
    return Packed(reading.generation, reading.head, rows, packed_digest(rows))


def _put(rows: bytearray, row: bytes) -> None:
    """Put a row where its id belongs, in place of the one that has the same id."""
    own = row[:ID_BYTES]
    low, high = 0, len(rows) // ROW_BYTES
    while low < high:
        middle = (low + high) // 2
        start = middle * ROW_BYTES
        if rows[start : start + ID_BYTES] < own:
            low = middle + 1
        else:
            high = middle
    start = low * ROW_BYTES
    is_there = rows[start : start + ID_BYTES] == own
    rows[start : start + (ROW_BYTES if is_there else 0)] = row
