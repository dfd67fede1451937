"""What a small sync costs when the centre holds 1,000,000 records instead of 10,000 (PostgreSQL).

    python -m tests.benchmarks.bench_sync_scale --records 1000000

Two centres side by side: in each, two devices of one advocate share 10,000 records. Into one of
them the work of a hundred other advocates is written by SQL, 10,000 records each, as rows of the
same shape: every table of the centre is filled from a row that a real push has written. Then
small syncs in turns: A changes one record, B and the data manager's office fetch it. A round does
so at both centres, one right after the other, and the ratio is the median of the rounds' ratios.
"""

import argparse
import json
import os
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from statistics import median

from sqlalchemy import Connection, Table, create_engine, select, text

from sync.protocol.cursor import Cursor
from sync.server.change_feed import END
from sync.server.database import table_of
from sync.server.tables import Access, Agency, Case, Device, Grant, Receipt, Record, Run, SealedKey
from tests.benchmarks.bench_sync_checks import paired_ratio
from tests.benchmarks.bench_sync_records import write_records
from tests.benchmarks.bench_sync_systems import Ours, Postgres, Running

OWN_RECORDS = 10_000
RECORDS = 1_000_000
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


def write_others(url: str, advocate: str, others: int) -> int:
    """Write the work of others into a centre; return the agency's counter afterwards."""
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
        whole, cases = others * RECORDS_OF_EACH, others * CASES_OF_EACH
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
            others,
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

    def grow(self, others: int) -> None:
        """Write the others' work, which the office counts as read: its device has no part in it."""
        running = self.running
        assert running.database_url is not None
        head = write_others(running.database_url, running.people[None], others)
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


@dataclass(frozen=True)
class AtScale:
    """What small syncs cost at two sizes.

    Attributes:
        few: Records at the small centre.
        many: Records at the large one.
        rounds: Milliseconds of each kind of sync in each round, at the small and the large centre.
        server_cpu_ms: Of a call, at both.
        written_s: What writing the others' rows took.
    """

    few: int
    many: int
    rounds: dict[str, tuple[list[float], list[float]]]
    server_cpu_ms: tuple[float, float]
    written_s: float

    def figures(self) -> dict[str, dict[str, float]]:
        """Return medians and the paired ratio of each kind of sync."""
        return {
            name: {
                "few_ms": median(few),
                "many_ms": median(many),
                "ratio": paired_ratio(many, few),
            }
            for name, (few, many) in self.rounds.items()
        }

    def lines(self) -> list[str]:
        """Return a Markdown table and a line about the server."""
        few, many = self.server_cpu_ms
        rows = (
            f"| {name} | {f['few_ms']:.1f} ms | {f['many_ms']:.1f} ms | {f['ratio']:.2f} x |"
            for name, f in self.figures().items()
        )
        return [
            f"| small syncs, records at the centre: | {self.few:,} | {self.many:,} | ratio |",
            "|---|---|---|---|",
            *rows,
            f"| server CPU a call | {few:.1f} ms | {many:.1f} ms | {many / few:.2f} x |",
            f"writing the others' rows took {self.written_s:.0f} s",
        ]


def small_syncs_at_scale(
    postgres: Postgres, folder: Path, records: Path, whole: int = RECORDS
) -> AtScale:
    """Measure small syncs with `whole` records at the centre, and with an advocate's own only."""
    others = max(1, round((whole - OWN_RECORDS) / RECORDS_OF_EACH))
    with ExitStack() as stack:
        small, large = sites = [
            Site(stack.enter_context(Ours(postgres).running(folder / name)), records)
            for name in ("small", "large")
        ]
        say("two centres with 10,000 records each")
        written = milliseconds(lambda: large.grow(others)) / 1000
        say(f"wrote {others * RECORDS_OF_EACH:,} records of others in {written:.0f} s")
        for site in sites:
            for number in range(3):
                site.small_syncs(SYNCS + number)  # what is built once, is built now
        cpu = [-site.running.server_cpu() for site in sites]
        rounds: dict[str, tuple[list[float], list[float]]] = {}
        for number in range(SYNCS):
            order = ((0, small), (1, large)) if number % 2 else ((1, large), (0, small))
            for index, site in order:
                for name, taken in site.small_syncs(number).items():
                    rounds.setdefault(name, ([], []))[index].append(taken)
        cpu = [before + site.running.server_cpu() for before, site in zip(cpu, sites, strict=True)]
        calls = SYNCS * len(rounds)
        return AtScale(
            few=OWN_RECORDS,
            many=OWN_RECORDS + others * RECORDS_OF_EACH,
            rounds=rounds,
            server_cpu_ms=(cpu[0] / calls * 1000, cpu[1] / calls * 1000),
            written_s=written,
        )


def say(words: str) -> None:
    """Tell how far it is."""
    print(f"  {words}", file=sys.stderr, flush=True)


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--records", type=int, default=RECORDS, help="at the large centre")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    started, load = time.monotonic(), os.getloadavg()[0]
    postgres = Postgres()
    try:
        with tempfile.TemporaryDirectory(prefix="field-notes-bench-") as temporary:
            records = Path(temporary) / "records.jsonl"
            write_records(records, OWN_RECORDS)
            found = small_syncs_at_scale(postgres, Path(temporary), records, options.records)
    finally:
        postgres.close()
    print("\n".join(found.lines()))
    if options.json:
        options.json.write_text(json.dumps(found.figures(), indent=1))
    minutes = (time.monotonic() - started) / 60
    print(f"{minutes:.1f} minutes, load {load:.1f} at start, {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
