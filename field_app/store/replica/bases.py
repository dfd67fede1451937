"""Bases, the last states at the centre, and records that are held."""

from collections.abc import Iterable, Sequence
from dataclasses import fields
from operator import attrgetter
from typing import Any

from sqlalchemy import bindparam, func, select, update

from field_app.store.connection import JournalledConnection
from field_app.store.replica.statements import (
    Prepared,
    delete_rows,
    put_rows,
    put_values,
    rows_by_id,
    table_of,
)
from field_app.store.tables.replica import BaseRow, HeldRecordRow
from sync.client.replica import Base, HeldRecord
from sync.protocol.envelope import Record, Run

BASE = table_of(BaseRow)
_BASE_NAMES = tuple(part.name for part in fields(Base))
_values_of = attrgetter(*_BASE_NAMES)
HELD = table_of(HeldRecordRow)
_ALL_HELD = Prepared(select(HELD))
_CASES = Prepared(
    select(BASE.c.case_id)
    .distinct()
    .where(BASE.c.case_id > bindparam("after"))
    .order_by(BASE.c.case_id)
    .limit(bindparam("most"))
)
_DOUBTED = update(BASE).values(generation=-func.abs(BASE.c.generation))
_DOUBT = Prepared(_DOUBTED)
_DOUBT_CASE = Prepared(_DOUBTED.where(BASE.c.case_id == bindparam("case")))
_DIGEST_ROWS = Prepared(
    select(BASE.c.record_id, BASE.c.sealed_hash, BASE.c.deleted).where(
        BASE.c.case_id == bindparam("case")
    )
)
_IS_DOUBTFUL = select(BASE).where(BASE.c.generation < 0)
_DOUBTFUL = Prepared(_IS_DOUBTFUL)
_DOUBTFUL_OF_CASE = Prepared(_IS_DOUBTFUL.where(BASE.c.case_id == bindparam("case_id")))


class BasesPart:
    """Bases and held records inside a transaction."""

    driver: JournalledConnection

    def bases(self, record_ids: Sequence[str]) -> dict[str, Base]:
        """See `sync.client.replica.Transaction`."""
        return {row.record_id: _base(row) for row in rows_by_id(self.driver, BASE, record_ids)}

    def bases_of_case(self, case_id: str) -> list[Base]:
        """See the port."""
        rows = rows_by_id(self.driver, BASE, [case_id], BASE.c.case_id)
        return [_base(row) for row in rows]

    def digest_rows(self, case_id: str) -> list[tuple[str, bytes, bool]]:
        """See the port."""
        return _DIGEST_ROWS.raw(self.driver, case=case_id)

    def put_bases(self, bases: Iterable[Base]) -> None:
        """See the port."""
        put_values(self.driver, BASE, _BASE_NAMES, [_values_of(base) for base in bases])

    def remove_bases(self, record_ids: Iterable[str]) -> None:
        """See the port."""
        delete_rows(self.driver, BASE, record_ids)

    def doubt_bases(self, case_id: str | None) -> None:
        """See the port."""
        if case_id is None:
            _DOUBT.run(self.driver)
        else:
            _DOUBT_CASE.run(self.driver, case=case_id)

    def doubtful(self, case_id: str | None) -> list[Base]:
        """See the port."""
        if case_id is None:
            return [_base(row) for row in _DOUBTFUL.rows(self.driver)]
        return [_base(row) for row in _DOUBTFUL_OF_CASE.rows(self.driver, case_id=case_id)]

    def cases(self, after: str, limit: int) -> list[str]:
        """See the port."""
        return _CASES.values(self.driver, after=after, most=limit)

    def held(self, record_ids: Sequence[str]) -> dict[str, HeldRecord]:
        """See the port."""
        return {row.record_id: _held(row) for row in rows_by_id(self.driver, HELD, record_ids)}

    def held_of_case(self, case_id: str | None) -> list[HeldRecord]:
        """See the port."""
        if case_id is None:
            rows = _ALL_HELD.rows(self.driver)
        else:
            rows = rows_by_id(self.driver, HELD, [case_id], HELD.c.case_id)
        return [_held(row) for row in rows]

    def hold(self, held: Iterable[HeldRecord]) -> None:
        """See the port."""
        put_rows(
            self.driver,
            HELD,
            [
                {
                    "record_id": each.record.record_id,
                    "case_id": each.record.case_id,
                    "reason": each.reason,
                    "record": each.record.model_dump_json(),
                    "run": each.run.model_dump_json() if each.run is not None else None,
                }
                for each in held
            ],
        )

    def release(self, record_ids: Iterable[str]) -> None:
        """See the port."""
        delete_rows(self.driver, HELD, record_ids)


def _base(row: Any) -> Base:
    return Base(
        row.record_id,
        row.case_id,
        row.revision,
        row.generation,
        row.sealed_hash,
        row.deleted,
        row.received_at,
        row.text,
    )


def _held(row: Any) -> HeldRecord:
    return HeldRecord(
        Record.model_validate_json(row.record),
        Run.model_validate_json(row.run) if row.run is not None else None,
        row.reason,
    )
