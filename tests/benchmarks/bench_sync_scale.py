"""What a small sync costs when the centre holds 1,000,000 records instead of 10,000 (PostgreSQL).

Two centres side by side: in each, two devices of one advocate share 10,000 records. Into one of
them the work of a hundred other advocates is written by SQL, 10,000 records each, as rows of the
same shape: every table of the centre is filled from a row that a real push has written. Then
small syncs in turns: A changes one record, B and the data manager's office fetch it.
"""

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, Table, create_engine, select, text

from sync.protocol.cursor import Cursor
from sync.server.change_feed import END
from sync.server.database import table_of
from sync.server.tables import Access, Agency, Case, Device, Grant, Receipt, Record, Run, SealedKey
from tests.benchmarks.bench_sync_systems import Ours, Postgres, Running

OWN_RECORDS = 10_000
OTHERS = 100
CASES_OF_EACH = 40
RECORDS_OF_EACH = 10_000
SYNCS = 20

RECORDS_OF_CASE = RECORDS_OF_EACH // CASES_OF_EACH
_CASE = f"'case' || ((n - 1) / {RECORDS_OF_CASE})"
_DEVICE = f"'device' || ((n - 1) / {RECORDS_OF_EACH})"
_NUMBER = f"((n - 1) % {RECORDS_OF_EACH}) + 1"
# Case keys and grants: n counts cases.
_STAFF_OF_CASE = f"'staff' || ((n - 1) / {CASES_OF_EACH})"


def an_id(name: str) -> str:
    """Return SQL for the id that belongs to a name."""
    return f"md5({name})::uuid::text"


def multiply(
    connection: Connection, table: Table, template: str, count: int, values: dict[str, str]
) -> None:
    """Insert copies of one row, the named columns as SQL over `n`, which counts from 1."""
    columns = [column.name for column in table.columns]
    chosen = ", ".join(values.get(name, f"t.{name}") for name in columns)
    connection.execute(
        text(
            f"insert into {table.name} ({', '.join(columns)}) select {chosen} "
            f"from (select * from {table.name} where {template} limit 1) t "
            f"cross join generate_series(1, {count}) n"
        )
    )


def write_others(url: str, advocate: str) -> int:
    """Write the others' work into a centre; return the agency's counter afterwards."""
    engine = create_engine(url)
    with engine.begin() as connection:
        connection.execute(text("set local synchronous_commit = off"))
        connection.execute(text("set local maintenance_work_mem = '512MB'"))
        # Built at the end, an index of a million rows takes a third of the time.
        indexes = connection.execute(
            text("select indexname, indexdef from pg_indexes where tablename = 'record'")
        ).all()
        late = [(name, made) for name, made in indexes if not name.endswith("_pkey")]
        for name, _ in late:
            connection.execute(text(f"drop index {name}"))
        before: int = connection.execute(select(table_of(Agency).c.seq)).scalar_one()
        whole, cases = OTHERS * RECORDS_OF_EACH, OTHERS * CASES_OF_EACH
        opened = f"staff_id = '{advocate}'"
        devices = f"device_id in (select device_id from device where staff_id = '{advocate}')"
        of_record = {
            "record_id": an_id("'record' || n"),
            "case_id": an_id(_CASE),
            "device_id": an_id(_DEVICE),
            "device_seq": _NUMBER,
            "seq": f"{before + 2 * cases} + n",
            "sealed_hash": "decode(md5(n::text) || md5('h' || n), 'hex')",
        }
        device_of_run = f"'device' || ((n - 1) * 32 / {RECORDS_OF_EACH})"
        multiply(
            connection,
            table_of(Device),
            opened,
            OTHERS,
            {"device_id": an_id("'device' || (n - 1)"), "staff_id": an_id("'staff' || (n - 1)")},
        )
        of_case = {"case_id": an_id("'case' || (n - 1)"), "seq": f"{before} + 2 * n"}
        multiply(connection, table_of(Case), "true", cases, of_case)
        for who, staff_id in (
            (opened, an_id(_STAFF_OF_CASE)),
            (f"not {opened}", "t.staff_id"),  # the data manager
        ):
            grant = {"grant_id": an_id(f"'grant' || {staff_id} || n"), "staff_id": staff_id}
            multiply(
                connection, table_of(Grant), f"{who} and until is null", cases, of_case | grant
            )
            span = {"staff_id": staff_id, "began_seq": f"{before} + 2 * n - 1"}
            multiply(connection, table_of(Access), who, cases, of_case | span)
        for recipient in ("recovery", "device"):
            key = {
                "key_id": an_id("'key' || (n - 1)"),
                "recipient": "'recovery'" if recipient == "recovery" else an_id(_STAFF_OF_CASE),
                "seq": f"{before} + 2 * n - 1",
            }
            multiply(connection, table_of(SealedKey), "true", cases, of_case | key)
        multiply(
            connection,
            table_of(Record),
            devices,
            whole,
            of_record
            | {
                "key_id": an_id(_CASE.replace("case", "key")),
                "run_first": f"(({_NUMBER} - 1) / 32) * 32 + 1",
                "sealed": "substring(decode(repeat(md5(n::text), 34), 'hex') for length(t.sealed))",
            },
        )
        multiply(connection, table_of(Receipt), devices, whole, of_record)
        multiply(
            connection,
            table_of(Run),
            devices,
            whole // 32,
            {"device_id": an_id(device_of_run), "first_seq": f"((n - 1) * 32) % {whole} + 1"},
        )
        head = before + 2 * cases + whole
        connection.execute(text(f"update agency set seq = {head}"))
        for _, made in late:
            connection.execute(text(made))
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("vacuum analyze"))
    engine.dispose()
    return head


class Site:
    """A centre with its two devices and its office, all up to date."""

    def __init__(self, running: Running, records: Path) -> None:
        """Push and pull the advocate's records."""
        self.running, self.records = running, records
        self.a, self.b = running.device("A"), running.device("B")
        self.a.sync()
        self.a.do(cmd="load", path=str(records), start=0, count=OWN_RECORDS)
        for device in (self.a, self.b, self.a):
            device.sync()
        assert running.office is not None
        self.office = running.office
        self.office.sync()

    def grow(self) -> None:
        """Write the others' work, which the office counts as read: its device has no part in it."""
        running = self.running
        assert running.database_url is not None
        head = write_others(running.database_url, running.people[None])
        with self.office.replica.transaction() as tx:
            cursor = Cursor(head, END, head).encode()
            tx.set_position(replace(tx.position(), cursor=cursor))

    def small_syncs(self, number: int) -> dict[str, float]:
        """Change one record and fetch it; return milliseconds of each sync."""
        tag = f"scale {number}"
        self.a.do(cmd="edit", path=str(self.records), start=number, count=1, tag=tag)
        return {
            "change": self.a.sync()["ms"],
            "fetch": self.b.sync()["ms"],
            "nothing": self.b.sync()["ms"],
            "fetch by the data manager": milliseconds(self.office.sync),
        }


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long the work takes."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def small_syncs_at_scale(postgres: Postgres, folder: Path, records: Path) -> Iterator[str]:
    """Yield what small syncs cost at both sizes, as lines of text."""
    with ExitStack() as stack:
        small, large = (
            Site(stack.enter_context(Ours(postgres).running(folder / name)), records)
            for name in ("small", "large")
        )
        written = milliseconds(large.grow) / 1000
        for site in (small, large):
            for number in range(3):
                site.small_syncs(SYNCS + number)  # what is built once, is built now
        cpu: list[float] = []
        taken: list[list[dict[str, float]]] = [[], []]
        for site in (small, large):
            cpu.append(-site.running.server_cpu())
        for number in range(SYNCS):
            order = ((0, small), (1, large)) if number % 2 else ((1, large), (0, small))
            for index, site in order:
                taken[index].append(site.small_syncs(number))
        for index, site in enumerate((small, large)):
            cpu[index] += site.running.server_cpu()
        whole = OTHERS * RECORDS_OF_EACH + OWN_RECORDS
        yield f"small syncs with {OWN_RECORDS:,} and with {whole:,} records at the centre"
        for name in taken[0][0]:
            few, many = (median(each[name] for each in side) for side in taken)
            yield f"  {name}: {few:.1f} ms and {many:.1f} ms, {many / few:.2f} x"
        calls = SYNCS * len(taken[0][0])
        each = [seconds / calls * 1000 for seconds in cpu]
        yield (
            f"  server CPU a call: {each[0]:.1f} ms and {each[1]:.1f} ms, {each[1] / each[0]:.2f} x"
            f" (writing the others' rows took {written:.0f} s)"
        )
