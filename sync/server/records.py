"""Stored records and runs, as messages."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, func, select

from sync.protocol.digest import case_digest
from sync.protocol.envelope import Record, Run
from sync.server.database import table_of
from sync.server.devices import Caller
from sync.server.grants import ACCESS
from sync.server.prepared import OneOf, Prepared, Row, many, together
from sync.server.tables import Record as RecordRow
from sync.server.tables import Run as RunRow

RECORD = table_of(RecordRow)
RUN = table_of(RunRow)
_RUNS = Prepared(
    select(RUN.c.device_id, RUN.c.generation, RUN.c.first_seq, RUN.c.leaves, RUN.c.signature).where(
        RUN.c.device_id == bindparam("device_id"),
        RUN.c.generation == bindparam("generation"),
        OneOf(RUN.c.first_seq, "firsts"),
    ),
    "device_id",
    "generation",
    "firsts",
)
# A case that the person may see and that has no record yet comes as one row of nothing.
_CASE_ROWS = Prepared(
    select(ACCESS.c.case_id, RECORD.c.record_id, RECORD.c.sealed_hash, RECORD.c.deleted)
    .outerjoin(
        RECORD, (RECORD.c.agency == ACCESS.c.agency) & (RECORD.c.case_id == ACCESS.c.case_id)
    )
    .where(
        ACCESS.c.agency == bindparam("agency"),
        ACCESS.c.staff_id == bindparam("staff_id"),
        # Written so that no index on it fits: SQLite would walk every span of the person.
        func.coalesce(ACCESS.c.ended_seq, 0) == 0,
        OneOf(ACCESS.c.case_id, "cases"),
    ),
    "agency",
    "staff_id",
    "cases",
)
_MANY = 400

RunPlace = tuple[str, int, int]
"""Device, generation and first number of a run."""


def record_of(row: Any) -> Record:
    """Return a row as it travels. Not validated again: it was when it came in."""
    return Record.model_construct(
        record_id=row.record_id,
        case_id=row.case_id,
        base_revision=row.base_revision,
        revision=row.revision,
        seq=row.seq,
        generation=row.generation,
        device_id=row.device_id,
        device_seq=row.device_seq,
        key_id=row.key_id,
        deleted=row.deleted,
        received_at=row.received_at,
        sealed=row.sealed,
    )


def run_place(row: Any) -> RunPlace:
    """Return where the run of a record's or an inbox item's author is found."""
    return (row.device_id, row.generation, row.run_first)


def records_by_id(
    connection: Connection, agency: int, record_ids: Collection[str]
) -> dict[str, tuple[Record, RunPlace]]:
    """Return the newest revisions of some records, each with the place of its run."""
    found: dict[str, tuple[Record, RunPlace]] = {}
    wanted = sorted(record_ids)
    for start in range(0, len(wanted), _MANY):
        rows = connection.execute(
            select(RECORD).where(
                RECORD.c.agency == agency,
                RECORD.c.record_id.in_(wanted[start : start + _MANY]),
            )
        )
        for row in rows:
            found[row.record_id] = (record_of(row), run_place(row))
    return found


def run_rows(connection: Connection, places: Iterable[RunPlace]) -> list[Row]:
    """Return the runs at some places, each once: device, generation, first, leaves, signature."""
    firsts: dict[tuple[str, int], list[int]] = {}
    for device_id, generation, first in sorted(set(places)):
        firsts.setdefault((device_id, generation), []).append(first)
    if not firsts:
        return []
    with together(connection):
        cursors = [_RUNS.ask(connection, *who, wanted) for who, wanted in firsts.items()]
    return [row for cursor in cursors for row in cursor.fetchall()]


def runs_at(connection: Connection, places: Iterable[RunPlace]) -> tuple[Run, ...]:
    """Return the runs at some places, each once, as messages."""
    return tuple(
        Run.model_construct(
            device_id=device_id,
            generation=generation,
            first_seq=first,
            leaves=leaves,
            signature=signature,
        )
        for device_id, generation, first, leaves, signature in run_rows(connection, places)
    )


def case_rows(connection: Connection, caller: Caller, case_ids: Iterable[str]) -> list[Row]:
    """Return what the digests of those of some cases are made of that the caller may see now."""
    wanted = many(case_ids)
    if not wanted:
        return []
    return _CASE_ROWS.rows(connection, caller.agency, caller.staff_id, wanted)


def digests_of(rows: Iterable[Row]) -> list[tuple[str, bytes]]:
    """Return (case, digest) of each case of `case_rows`, in the order of their ids."""
    rows_of: dict[str, list[tuple[str, bytes, bool]]] = {}
    for case_id, record_id, sealed_hash, deleted in rows:
        listed = rows_of.setdefault(case_id, [])
        if record_id is not None:
            listed.append((record_id, sealed_hash, deleted))
    return [(case_id, case_digest(rows_of[case_id])) for case_id in sorted(rows_of)]
