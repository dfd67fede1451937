"""Stored records and runs, as messages."""

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import Connection, bindparam, select, tuple_

from sync.protocol.digest import case_digest
from sync.protocol.envelope import Record, Run
from sync.protocol.push import CaseDigest
from sync.server.database import table_of
from sync.server.tables import Record as RecordRow
from sync.server.tables import Run as RunRow

RECORD = table_of(RecordRow)
RUN = table_of(RunRow)
_MANY = 400
_RUNS = select(RUN).where(
    tuple_(RUN.c.device_id, RUN.c.generation, RUN.c.first_seq).in_(
        bindparam("places", expanding=True)
    )
)
_HASHES = select(
    RECORD.c.case_id, RECORD.c.record_id, RECORD.c.sealed_hash, RECORD.c.deleted
).where(
    RECORD.c.agency == bindparam("agency"),
    RECORD.c.case_id.in_(bindparam("cases", expanding=True)),
)

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
    wanted = sorted(record_ids)
    found: dict[str, tuple[Record, RunPlace]] = {}
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


def runs_at(connection: Connection, places: Iterable[RunPlace]) -> tuple[Run, ...]:
    """Return the runs at some places, each once."""
    wanted = sorted(set(places))
    found: list[Run] = []
    for start in range(0, len(wanted), _MANY):
        rows = connection.execute(_RUNS, {"places": wanted[start : start + _MANY]}).all()
        found.extend(
            Run.model_construct(
                device_id=row.device_id,
                generation=row.generation,
                first_seq=row.first_seq,
                leaves=row.leaves,
                signature=row.signature,
            )
            for row in rows
        )
    return tuple(found)


def digests_of(
    connection: Connection, agency: int, case_ids: Iterable[str]
) -> tuple[CaseDigest, ...]:
    """Return the digest of each case, in the order of their ids."""
    wanted = sorted(set(case_ids))
    rows_of: dict[str, list[tuple[str, bytes, bool]]] = {case_id: [] for case_id in wanted}
    for start in range(0, len(wanted), _MANY):
        parameters = {"agency": agency, "cases": wanted[start : start + _MANY]}
        rows = connection.execute(_HASHES, parameters).all()
        for case_id, record_id, sealed_hash, deleted in rows:
            rows_of[case_id].append((record_id, sealed_hash, deleted))
    return tuple(
        CaseDigest.model_construct(case_id=case_id, digest=case_digest(rows_of[case_id]))
        for case_id in wanted
    )
