"""The queries of the change feed. Each walks an index from the cursor on: a look costs what is new.

Built once: to build them again for each page took longer than to run them.
"""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Select,
    Table,
    TextualSelect,
    bindparam,
    case,
    false,
    func,
    literal_column,
    select,
    text,
)

from sync.server.case_keys import KEY
from sync.server.devices import DEVICE
from sync.server.grants import ACCESS, GRANT, STAFF
from sync.server.prepared import OneOf, Prepared
from sync.server.records import RECORD
from sync.server.sync_answer import RECORD_FIELDS

_AGENCY: BindParameter[int] = bindparam("agency")
_POSITION: BindParameter[int] = bindparam("position")
_MOST: BindParameter[int] = bindparam("most")
_MINE = (ACCESS.c.agency == _AGENCY) & (ACCESS.c.staff_id == bindparam("staff_id"))
_LIVE = _MINE & ACCESS.c.ended_seq.is_(None)
STAFF_ENTRIES = (
    select(STAFF)
    .where(STAFF.c.agency == _AGENCY, STAFF.c.seq >= _POSITION)
    .order_by(STAFF.c.seq)
    .limit(_MOST)
)
DEVICE_ENTRIES = (
    select(DEVICE)
    .where(DEVICE.c.agency == _AGENCY, DEVICE.c.seq >= _POSITION)
    .order_by(DEVICE.c.seq)
    .limit(_MOST)
)
WITHDRAWALS = (
    select(ACCESS.c.case_id, ACCESS.c.ended_seq.label("seq"))
    .where(_MINE, ACCESS.c.ended_seq >= _POSITION)
    .order_by(ACCESS.c.ended_seq)
    .limit(_MOST)
)
# Walks the keys of the device: looking each one's span up costs what is new. As a join, PostgreSQL
# may read all spans of the person for it; a subquery that gives a value is run row by row.
KEYS = (
    select(KEY)
    .where(
        KEY.c.agency == _AGENCY,
        KEY.c.recipient == bindparam("device_id"),
        KEY.c.seq >= _POSITION,
        KEY.c.seq
        >= select(ACCESS.c.began_seq)
        .where(_LIVE, ACCESS.c.agency == KEY.c.agency, ACCESS.c.case_id == KEY.c.case_id)
        .scalar_subquery(),
    )
    .order_by(KEY.c.seq)
    .limit(_MOST)
)
BEGUN = (
    select(ACCESS.c.case_id, ACCESS.c.began_seq.label("seq"))
    .where(_LIVE, ACCESS.c.backfill, ACCESS.c.began_seq >= _POSITION)
    .order_by(ACCESS.c.began_seq)
    .limit(_MOST)
)
RECORD_ROWS = Prepared(
    select(*(RECORD.c[name] for name in (*RECORD_FIELDS, "run_first"))).where(
        RECORD.c.agency == _AGENCY, OneOf(RECORD.c.record_id, "ids")
    ),
    "agency",
    "ids",
)
EARLY_KEYS = select(KEY).where(
    KEY.c.agency == _AGENCY,
    KEY.c.case_id.in_(bindparam("cases", expanding=True)),
    KEY.c.key_id.in_(bindparam("needed", expanding=True)),
    KEY.c.recipient == bindparam("device_id"),
    KEY.c.seq > _POSITION,
)

_MY_SPANS = "a.agency = :agency and a.staff_id = :staff_id and a.ended_seq is null"
_RECORD = "r.seq, r.record_id, length(r.sealed) as size"
_NOT_OWN = "and (r.device_id <> :device_id or r.seq <= :whole)"


def _in_my_spans(
    table: Table,
    found: str,
    *,
    sees_all: bool,
    is_sqlite: bool,
    only: str = "",
    most: str = ":most",
) -> str:
    """Return the query of a table's rows in spans of access, in the order of their numbers.

    Who sees every case walks the agency's numbers and looks each one's span up: so a look from the
    end costs what is new, however many cases there are. Who sees a few walks each case: else a
    first sync would step over everybody's rows. A subquery that gives a value, SQLite's CROSS JOIN
    and PostgreSQL's LATERAL keep the planner to that order.

    Args:
        table: Records or grants.
        found: Columns of `r` to return; `seq` is one of them.
        sees_all: Whether the caller sees every case.
        is_sqlite: For which database.
        only: Further conditions on `r`.
        most: How many rows.
    """
    if sees_all:
        return (
            f"select {found} from {table.name} r "  # noqa: S608 - names alone
            f"where r.agency = :agency and r.seq >= :position {only} "
            "and r.seq >= (select a.began_seq from access_span a "
            f"where {_MY_SPANS} and a.case_id = r.case_id) order by r.seq limit {most}"
        )
    if is_sqlite:
        return (
            f"select {found} from access_span a cross join {table.name} r "  # noqa: S608
            f"where {_MY_SPANS} and r.agency = a.agency and r.case_id = a.case_id "
            f"and r.seq >= max(:position, a.began_seq) {only} order by r.seq limit {most}"
        )
    return (
        "select r.* from access_span a cross join lateral ("  # noqa: S608
        f"select {found} from {table.name} r "
        "where r.agency = a.agency and r.case_id = a.case_id "
        f"and r.seq >= greatest(:position, a.began_seq) {only} "
        f"order by r.seq limit {most}) r where {_MY_SPANS} order by r.seq limit {most}"
    )


def _has(query: Select[Any]) -> ColumnElement[bool]:
    """Return whether a source has anything, as a column: its first number, by its index.

    As EXISTS without an order it may be answered by reading a table from its start.
    """
    first = query.with_only_columns(query.selected_columns.seq).limit(literal_column("1"))
    return first.scalar_subquery().is_not(None)


def _has_grants(sees_all: bool, is_sqlite: bool) -> ColumnElement[bool]:
    """Return whether there are grants, as a column.

    For who sees a few cases these are looked through only if anybody was granted anything.
    """
    sql = _in_my_spans(GRANT, "r.seq", sees_all=sees_all, is_sqlite=is_sqlite, most="1")
    mine = text(sql).columns(GRANT.c.seq).scalar_subquery().is_not(None)
    if sees_all:
        return mine
    newest = select(func.max(GRANT.c.seq)).where(GRANT.c.agency == _AGENCY).scalar_subquery()
    return case((newest >= _POSITION, mine), else_=false())


def _look(sees_all: bool, is_sqlite: bool) -> Prepared:
    grants = _has_grants(sees_all, is_sqlite)
    sources = (
        _has(STAFF_ENTRIES),
        _has(DEVICE_ENTRIES),
        _has(WITHDRAWALS),
        grants,
        _has(KEYS),
        _has(BEGUN),
    )
    return Prepared(select(*sources), "agency", "staff_id", "device_id", "position")


@dataclass(frozen=True)
class SpanQueries:
    """The queries whose form depends on how many cases a person sees."""

    look: Prepared
    records: Prepared
    grants: TextualSelect


def _span_queries(sees_all: bool, is_sqlite: bool) -> SpanQueries:
    records = _in_my_spans(RECORD, _RECORD, sees_all=sees_all, is_sqlite=is_sqlite, only=_NOT_OWN)
    columns = ", ".join(f"r.{column.name}" for column in GRANT.c)
    grants = _in_my_spans(GRANT, columns, sees_all=sees_all, is_sqlite=is_sqlite)
    return SpanQueries(
        _look(sees_all, is_sqlite),
        Prepared(text(records), "agency", "staff_id", "device_id", "position", "whole", "most"),
        text(grants).columns(*GRANT.c),
    )


SPAN_QUERIES = {
    (sees_all, is_sqlite): _span_queries(sees_all, is_sqlite)
    for sees_all in (False, True)
    for is_sqlite in (False, True)
}
