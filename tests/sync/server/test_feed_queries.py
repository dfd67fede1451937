"""What a small sync reads of the feed and the inbox does not grow with the agency's cases."""

import json
from collections.abc import Iterator
from typing import Any

import pytest
from sqlalchemy import Connection, insert, text

from sync.protocol.ids import new_id
from sync.server.case_keys import KEY
from sync.server.feed_queries import SPAN_QUERIES
from sync.server.grants import ACCESS, GRANT
from sync.server.inbox import _COUNT_OPEN, INBOX
from sync.server.prepared import Prepared
from sync.server.records import RECORD
from tests.sync.serving import LocalCentre

AGENCY = 10**6  # no other test has it
CASES = 2_000
MANAGER, ADVOCATE, DEVICE = new_id(), new_id(), new_id()
CASES_OF_ADVOCATE, OPEN_ITEMS = 3, 5
NUMBERS_OF_CASE = 4
"""Each case takes so many of the agency's: its two grants, its key, its record."""
HEAD = CASES * NUMBERS_OF_CASE
FEW = 60
"""Rows, or steps of SQLite's machine for each of the sources: far below a row a case."""
STEPS_OF_ROW = 15

HAS_GRANTS, HAS_KEYS = 3, 4  # columns of the look


@pytest.fixture(scope="module")
def many_cases(centre: LocalCentre) -> Iterator[Connection]:
    """Give a connection to an agency of many cases, all of them visible to its data manager."""
    with centre.parts.database.engine.connect() as connection:
        write_cases(connection)
        if connection.dialect.name == "postgresql":
            connection.execute(
                text("analyze access_grant, access_span, sealed_key, record, inbox_item")
            )
        yield connection
        connection.rollback()


def write_cases(connection: Connection) -> None:
    """Write the cases in the order in which they were opened; the advocate's came first."""
    spans, grants, keys, records = [], [], [], []
    for number in range(CASES):
        case_id, key_id, first = new_id(), new_id(), number * NUMBERS_OF_CASE + 1
        of_case = {"agency": AGENCY, "case_id": case_id}
        author = ADVOCATE if number < CASES_OF_ADVOCATE else new_id()
        for seq, staff_id in enumerate((author, MANAGER), first):
            spans.append(of_case | {"staff_id": staff_id, "began_seq": first, "backfill": False})
            grants.append(
                of_case
                | {
                    "grant_id": new_id(),
                    "staff_id": staff_id,
                    "kind": "opened",
                    "state": "live",
                    "starts_at": 0,
                    "seq": seq,
                }
            )
        keys.append(
            of_case
            | {
                "key_id": key_id,
                "recipient": DEVICE,
                "sealer": author,
                "epoch": 0,
                "sealed": b"",
                "signature": b"",
                "seq": first + 2,
            }
        )
        records.append(
            of_case
            | {
                "record_id": new_id(),
                "base_revision": 0,
                "revision": 1,
                "seq": first + 3,
                "generation": 1,
                "device_id": author,
                "device_seq": 1,
                "run_first": 1,
                "key_id": key_id,
                "deleted": False,
                "received_at": 0,
                "sealed_hash": b"",
                "sealed": b"sealed",
            }
        )
    items = [
        {
            "agency": AGENCY,
            "item_id": new_id(),
            "staff_id": record["device_id"],
            "device_id": record["device_id"],
            "generation": 1,
            "device_seq": number,
            "run_first": 1,
            "case_id": record["case_id"],
            "record_id": record["record_id"],
            "base_revision": 1,
            "key_id": record["key_id"],
            "deleted": False,
            "received_at": number,
            "state": "open",
            "sealed": b"",
        }
        for number, record in enumerate(records[:OPEN_ITEMS], 2)
    ]
    for table, rows in (
        (ACCESS, spans),
        (GRANT, grants),
        (KEY, keys),
        (RECORD, records),
        (INBOX, items),
    ):
        connection.execute(insert(table), rows)


def rows_read(connection: Connection, statement: Prepared, *values: object) -> int:
    """Return how many rows a statement touches, or on SQLite how many steps' worth of rows."""
    sql, given = statement._ready(connection, values)
    driver: Any = connection.connection.dbapi_connection
    if connection.dialect.name == "sqlite":
        steps = 0

        def count() -> None:
            nonlocal steps
            steps += 1

        driver.set_progress_handler(count, 1)
        try:
            driver.execute(sql, given).fetchall()
        finally:
            driver.set_progress_handler(None, 1)
        return steps // STEPS_OF_ROW
    # PostgreSQL plans for the values at first, and for any values later.
    return max(
        _planned_rows(connection, sql, given, mode)
        for mode in ("force_custom_plan", "force_generic_plan")
    )


def _planned_rows(connection: Connection, sql: str, given: tuple[Any, ...], mode: str) -> int:
    driver: Any = connection.connection.dbapi_connection
    numbered = sql
    for number in range(1, len(given) + 1):
        numbered = numbered.replace("%s", f"${number}", 1)
    literals = ", ".join(f"'{value}'" if isinstance(value, str) else str(value) for value in given)
    driver.execute(f"set local plan_cache_mode = {mode}")
    driver.execute(f"prepare looked as {numbered}")
    try:
        ((answer,),) = driver.execute(
            f"explain (analyze, format json) execute looked({literals})"
        ).fetchall()
    finally:
        driver.execute("deallocate looked")
    plan = answer if isinstance(answer, list) else json.loads(answer)
    return _rows_of(plan[0]["Plan"])


def _rows_of(node: dict[str, Any]) -> int:
    given = node["Actual Rows"] + node.get("Rows Removed by Filter", 0)
    return given * node["Actual Loops"] + sum(_rows_of(part) for part in node.get("Plans", ()))


def queries_for(connection: Connection, staff_id: str) -> Any:
    return SPAN_QUERIES[staff_id == MANAGER, connection.dialect.name == "sqlite"]


@pytest.mark.parametrize("staff_id", [MANAGER, ADVOCATE], ids=["manager", "advocate"])
def test_a_look_at_nothing_new_reads_a_few_rows(many_cases: Connection, staff_id: str) -> None:
    look = queries_for(many_cases, staff_id).look

    assert not any(look.rows(many_cases, AGENCY, staff_id, DEVICE, HEAD + 1)[0])
    assert rows_read(many_cases, look, AGENCY, staff_id, DEVICE, HEAD + 1) < FEW


def test_a_look_at_a_new_case_reads_a_few_rows_for_who_sees_all(many_cases: Connection) -> None:
    look = queries_for(many_cases, MANAGER).look
    before = HEAD - NUMBERS_OF_CASE + 1

    (found,) = look.rows(many_cases, AGENCY, MANAGER, DEVICE, before)

    assert found[HAS_GRANTS]
    assert found[HAS_KEYS]
    assert rows_read(many_cases, look, AGENCY, MANAGER, DEVICE, before) < FEW


def test_a_look_at_a_new_case_of_others_finds_nothing_in_a_few_rows(many_cases: Connection) -> None:
    look = queries_for(many_cases, ADVOCATE).look
    before = HEAD - NUMBERS_OF_CASE + 1

    assert not any(look.rows(many_cases, AGENCY, ADVOCATE, new_id(), before)[0])
    assert rows_read(many_cases, look, AGENCY, ADVOCATE, new_id(), before) < FEW


@pytest.mark.parametrize(
    ("staff_id", "position", "count"),
    [(MANAGER, HEAD, 1), (ADVOCATE, 0, CASES_OF_ADVOCATE)],
    ids=["manager", "advocate"],
)
def test_the_records_of_a_page_are_found_in_a_few_rows(
    many_cases: Connection, staff_id: str, position: int, count: int
) -> None:
    """Neither by all spans of who sees every case, nor by the records of all others."""
    records = queries_for(many_cases, staff_id).records
    asked = (AGENCY, staff_id, DEVICE, position, HEAD, 501)

    assert len(records.rows(many_cases, *asked)) == count
    assert rows_read(many_cases, records, *asked) < FEW


@pytest.mark.parametrize(
    ("staff_id", "position", "count"),
    [(MANAGER, HEAD - NUMBERS_OF_CASE, 2), (ADVOCATE, 0, 2 * CASES_OF_ADVOCATE)],
    ids=["manager", "advocate"],
)
def test_the_grants_of_a_page_are_found_in_a_few_rows(
    many_cases: Connection, staff_id: str, position: int, count: int
) -> None:
    query = queries_for(many_cases, staff_id).grants
    grants = Prepared(query, "agency", "staff_id", "position", "most")
    asked = (AGENCY, staff_id, position, 501)

    assert len(grants.rows(many_cases, *asked)) == count
    assert rows_read(many_cases, grants, *asked) < FEW


@pytest.mark.parametrize(
    ("staff_id", "count"),
    [(MANAGER, OPEN_ITEMS), (ADVOCATE, CASES_OF_ADVOCATE)],
    ids=["manager", "advocate"],
)
def test_the_open_items_of_the_inbox_are_counted_in_a_few_rows(
    many_cases: Connection, staff_id: str, count: int
) -> None:
    assert _COUNT_OPEN.rows(many_cases, AGENCY, staff_id) == [(count,)]
    assert rows_read(many_cases, _COUNT_OPEN, AGENCY, staff_id) < FEW
