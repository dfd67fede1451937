"""Prepared statements: what drivers are given, and that it is what SQLAlchemy would have done."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import Connection, bindparam, create_engine, insert, select
from sqlalchemy.exc import IntegrityError

from sync.protocol.audit import AuditHead
from sync.protocol.envelope import Record, Run
from sync.protocol.errors import Refusal
from sync.protocol.feed import Feed, Withdrawal
from sync.protocol.ids import new_id
from sync.protocol.keys import RECOVERY
from sync.protocol.push import CaseDigest, KeyOutcome, Outcome, SyncAnswer
from sync.protocol.receipts import ChainHead, Status
from sync.server import digests, feed_queries, prepared, push, push_rows, records
from sync.server.prepared import COPIED_ROWS, Insertion, Prepared, together
from sync.server.push import Told
from sync.server.records import RUN
from sync.server.sync_answer import RECORD_FIELDS, AnswerParts, FeedParts, answer_json
from sync.server.tables import ServerTable
from tests.sync.serving import LocalCentre

RUN_COLUMNS = tuple(RUN.columns.keys())


@pytest.fixture
def sqlite() -> Iterator[Connection]:
    """Give a connection to empty tables."""
    engine = create_engine("sqlite://")
    ServerTable.metadata.create_all(engine)
    with engine.connect() as connection:
        yield connection


@pytest.mark.parametrize(
    ("statement", "index"),
    [
        (push._LOCK_SPANS, "(agency=? AND staff_id=? AND case_id=?)"),
        (push._LOCK_RECORDS, "(agency=? AND record_id=?)"),
        (push_rows._KEEP_IN_HISTORY, "(agency=? AND record_id=?)"),
        (records._RUNS, "(device_id=? AND generation=? AND first_seq=?)"),
        (digests._WHOLE, "(agency=? AND staff_id=? AND case_id=?)"),
        (feed_queries.RECORD_ROWS, "(agency=? AND record_id=?)"),
    ],
)
def test_a_list_is_looked_up_by_the_index_of_its_column(
    sqlite: Connection, statement: Prepared, index: str
) -> None:
    """One comparison written otherwise, and SQLite reads every record of the agency."""
    sql, _, _ = statement._for("sqlite")
    driver: Any = sqlite.connection.dbapi_connection
    plan = driver.execute("EXPLAIN QUERY PLAN " + sql, ["[]"] * sql.count("?")).fetchall()

    assert any(index in step[3] for step in plan), plan


def test_what_is_new_in_a_case_is_looked_up_by_its_number(sqlite: Connection) -> None:
    """Else a small sync reads every record of the case that it changed."""
    sql, _, _ = digests._SINCE._for("sqlite")
    driver: Any = sqlite.connection.dbapi_connection
    plan = driver.execute("EXPLAIN QUERY PLAN " + sql, [0] * sql.count("?")).fetchall()

    assert any("(agency=? AND case_id=? AND seq>?)" in step[3] for step in plan), plan


@pytest.mark.parametrize("count", [1, COPIED_ROWS + 1])
def test_rows_arrive_whole_however_many_there_are(centre: LocalCentre, count: int) -> None:
    device_id, insertion = new_id(), Insertion(RUN, *RUN_COLUMNS)
    rows = [(device_id, 1, 2**40 + n, os.urandom(64), os.urandom(64)) for n in range(count)]

    centre.parts.database.write(lambda connection: insertion.run(connection, rows))

    with centre.parts.database.read() as connection:
        found = records.run_rows(connection, {(device_id, 1, row[2]) for row in rows})
        same = connection.execute(select(RUN).where(RUN.c.device_id == device_id)).all()
    assert found == rows
    assert sorted(map(tuple, same)) == rows


@pytest.mark.parametrize("count", [1, COPIED_ROWS + 1])
@pytest.mark.parametrize("in_one_trip", [False, True])
def test_a_row_that_is_there_fails_as_it_does_everywhere_else(
    centre: LocalCentre, count: int, in_one_trip: bool
) -> None:
    """`Database.write` looks for this error, and only for this one, to decide anew."""
    if in_one_trip and count > 1:
        count = COPIED_ROWS - 1  # COPY has a trip of its own
    insertion = Insertion(RUN, *RUN_COLUMNS)
    rows = [(new_id(), 1, n, b"-", b"-") for n in range(count)]

    def write(connection: Connection) -> None:
        if in_one_trip:
            with together(connection):
                insertion.run(connection, rows)
        else:
            insertion.run(connection, rows)

    with centre.parts.database._write_once() as connection:
        write(connection)
    with pytest.raises(IntegrityError), centre.parts.database._write_once() as connection:
        write(connection)
    with centre.parts.database.read() as connection:  # and the connection is as good as new
        assert len(records.run_rows(connection, {row[:3] for row in rows})) == count


def test_values_go_where_the_statement_wants_them(sqlite: Connection) -> None:
    device_id = new_id()
    sqlite.execute(
        insert(RUN),
        [
            {
                "device_id": device_id,
                "generation": 7,
                "first_seq": n,
                "leaves": b"",
                "signature": b"",
            }
            for n in range(5)
        ],
    )
    twice = select(RUN.c.first_seq).where(
        RUN.c.first_seq >= bindparam("low"),
        RUN.c.device_id == bindparam("device"),
        RUN.c.first_seq < bindparam("low") + 2,
        RUN.c.generation == 7,
    )
    assert Prepared(twice, "device", "low").rows(sqlite, device_id, 2) == [(2,), (3,)]


# The answer


IDS = st.uuids(version=4).map(str)
NUMBERS = st.integers(0, 2**53 - 1)
BYTES = st.binary(min_size=1, max_size=40)
RECORDS = st.builds(
    Record,
    record_id=IDS,
    case_id=IDS,
    base_revision=NUMBERS,
    revision=st.integers(1, 9),
    seq=NUMBERS,
    generation=NUMBERS,
    device_id=IDS,
    device_seq=st.integers(1, 9),
    key_id=IDS,
    deleted=st.booleans(),
    received_at=NUMBERS,
    sealed=BYTES,
)
OUTCOMES = st.builds(
    Outcome,
    device_seq=NUMBERS,
    status=st.sampled_from(Status),
    record_id=IDS,
    revision=NUMBERS,
    seq=NUMBERS,
    received_at=NUMBERS,
    code=st.none() | st.sampled_from(Refusal),
    current=st.none() | RECORDS,
)
RUNS = st.builds(
    Run,
    device_id=IDS,
    generation=NUMBERS,
    first_seq=st.integers(1, 9),
    leaves=st.binary(min_size=32, max_size=64),
    signature=st.binary(min_size=64, max_size=64),
)
HASHES = st.binary(min_size=32, max_size=32)
ANSWERS = st.builds(
    SyncAnswer,
    generation=NUMBERS,
    outcomes=st.lists(OUTCOMES, max_size=3),
    key_outcomes=st.lists(
        st.builds(KeyOutcome, key_id=IDS, recipient=IDS | st.just(RECOVERY)), max_size=2
    ),
    feed=st.none()
    | st.builds(
        Feed,
        records=st.lists(RECORDS, max_size=3),
        withdrawals=st.lists(st.builds(Withdrawal, case_id=IDS, seq=NUMBERS), max_size=2),
    ),
    runs=st.lists(RUNS, max_size=2),
    cursor=st.none() | st.text(max_size=20),
    more=st.booleans(),
    digests=st.lists(st.builds(CaseDigest, case_id=IDS, digest=HASHES), max_size=2),
    chain_head=st.builds(
        ChainHead,
        agency_id=IDS,
        device_id=IDS,
        generation=NUMBERS,
        device_seq=NUMBERS,
        hash=HASHES,
        at=NUMBERS,
        signature=st.binary(min_size=64, max_size=64),
    ),
    audit_head=st.builds(
        AuditHead,
        agency_id=IDS,
        generation=NUMBERS,
        number=NUMBERS,
        hash=HASHES,
        at=NUMBERS,
        signature=st.binary(min_size=64, max_size=64),
    ),
    server_time=NUMBERS,
    lease_days=NUMBERS,
    inbox_open=st.none() | NUMBERS,
    revoked=st.booleans(),
)


@given(ANSWERS)
def test_an_answer_from_rows_is_the_text_that_its_message_would_write(answer: SyncAnswer) -> None:
    feed = answer.feed
    parts = AnswerParts(
        generation=answer.generation,
        outcomes=[
            Told(
                o.device_seq,
                o.status.value,
                o.record_id,
                o.revision,
                o.seq,
                o.received_at,
                o.code and o.code.value,
                o.current,
            )
            for o in answer.outcomes
        ],
        key_outcomes=answer.key_outcomes,
        feed=feed
        and FeedParts(
            # As a database gives them: flags as numbers, further columns behind.
            records=[
                (*(row_value(r, name) for name in RECORD_FIELDS), "more") for r in feed.records
            ],
            withdrawals=feed.withdrawals,
        ),
        runs=[tuple(getattr(run, name) for name in Run.model_fields) for run in answer.runs],
        cursor=answer.cursor,
        more=answer.more,
        digests=[(one.case_id, one.digest) for one in answer.digests],
        chain_head=answer.chain_head,
        audit_head=answer.audit_head,
        server_time=answer.server_time,
        lease_days=answer.lease_days,
        inbox_open=answer.inbox_open,
        revoked=answer.revoked,
    )

    text = answer_json(parts)

    assert SyncAnswer.model_validate_json(text) == answer
    # What is beyond ASCII, and DEL, may be escaped or not; a cursor holds neither.
    if answer.cursor is None or (answer.cursor.isascii() and "\x7f" not in answer.cursor):
        assert text.decode() == answer.model_dump_json()


def row_value(record: Record, name: str) -> Any:
    """Return a field as SQLite gives it."""
    value = getattr(record, name)
    return int(value) if name == "deleted" else value


@pytest.mark.parametrize("dialect", ["sqlite", "postgresql"])
def test_every_statement_compiles_before_the_first_call(dialect: str) -> None:
    prepared.compile_all(dialect)

    sql = [statement._for(dialect)[0] for statement in prepared._ALL]
    placeholder = "?" if dialect == "sqlite" else "%s"
    assert all(placeholder in text for text in sql)
