"""Stored records and runs, as messages."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, select

from sync.protocol.envelope import Record, Run
from sync.server.database import table_of
from sync.server.prepared import OneOf, Prepared, Row, together
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
