"""The encrypted store beside plain SQLite in WAL mode, in one run: medians, and what was promised.

Run by hand: `python -m tests.benchmarks.bench_store` (`--quick` leaves out the 100,000 contacts).
Both sides use SQLModel sessions and one table of contacts; their saves alternate, so that what
else the machine does falls on both. "beyond the KDF" means that the data key is given.
"""

import argparse
import os
import platform
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

from sqlalchemy import Engine, MetaData, create_engine, event, insert
from sqlmodel import Field, Session, SQLModel

from field_app.store import Database, Schema, SearchSource
from field_app.store.recovery_words import word_list

KEY = bytes(range(32))
SAVES = 400
METADATA = MetaData()
WORDS = word_list()[::2]
COMMON_WORDS = ("school", "mother", "phone", "safe", "plan", "called")


class BenchRow(SQLModel):
    """Base of the benchmark's own table."""

    metadata = METADATA


class Contact(BenchRow, table=True):
    """A contact as the app keeps it, by size and number of columns."""

    __tablename__ = "contact"
    record_id: str = Field(primary_key=True)
    case_id: str = Field(index=True)
    author_id: str = "advocate-1"
    device_id: str = "device-1"
    created_at: str = Field(default="2026-11-22T10:00:00.000000Z", index=True)
    updated_at: str = "2026-11-22T10:00:00.000000Z"
    schema_number: int = 1
    deleted: bool = False
    extra: str = "{}"
    channel: str = "phone"
    outcome: str = "reached"
    minutes: int = 20
    note: str = ""


SCHEMA = Schema(
    METADATA,
    version=1,
    search=[SearchSource("contact", "record_id", "case_id", ("note",), deleted_column="deleted")],
)


def contact(rng: random.Random) -> dict[str, object]:
    """Return a contact with a note of about 200 characters."""
    words = rng.choices(WORDS, k=rng.randrange(8, 50)) + rng.choices(COMMON_WORDS, k=4)
    return {
        "record_id": f"{rng.getrandbits(128):032x}",
        "case_id": f"case-{rng.randrange(40)}",
        "minutes": rng.randrange(5, 90),
        "note": " ".join(words),
    }


def plain_sqlite(path: Path) -> Engine:
    """Return plain SQLite as an ordinary app would set it up to lose nothing."""
    engine = create_engine(f"sqlite:///{path}")

    @event.listens_for(engine, "connect")
    def _set_up(connection: object, _: object) -> None:
        connection.execute("PRAGMA journal_mode = WAL")  # type: ignore[attr-defined]
        connection.execute("PRAGMA synchronous = FULL")  # type: ignore[attr-defined]

    METADATA.create_all(engine)
    return engine


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long the work takes."""
    started = time.perf_counter()
    work()
    return (time.perf_counter() - started) * 1000


def fill(database: Database, count: int, rng: random.Random) -> None:
    """Save contacts as months of work leave them: a compacted bulk and 500 single saves."""
    single = min(500, count // 10)
    with database.transaction() as session:
        session.execute(insert(Contact), [contact(rng) for _ in range(count - single)])
    database.compact()
    for _ in range(single):
        with database.transaction() as session:
            session.add(Contact(**contact(rng)))


def saves(folder: Path, rows_before: int) -> tuple[float, float, float]:
    """Return median ms of one durable save in the store and in plain SQLite, and their ratio."""
    rng, engine = random.Random(1), plain_sqlite(folder / "plain.db")
    with Database.create(folder / "store", KEY, SCHEMA) as database:
        fill(database, rows_before, rng)
        with Session(engine) as session:
            session.execute(insert(Contact), [contact(rng) for _ in range(rows_before)])
            session.commit()

        database.prepare_search()  # as in the app: the index follows each save

        def save_sealed(row: dict[str, object]) -> None:
            with database.transaction() as session:
                session.add(Contact(**row))

        def save_plain(row: dict[str, object]) -> None:
            with Session(engine) as session:
                session.add(Contact(**row))
                session.commit()

        sealed, plain = [], []
        for number in range(SAVES):
            one, two = contact(rng), contact(rng)
            if number % 2:
                sealed.append(milliseconds(partial(save_sealed, one)))
                plain.append(milliseconds(partial(save_plain, two)))
            else:
                plain.append(milliseconds(partial(save_plain, two)))
                sealed.append(milliseconds(partial(save_sealed, one)))
    engine.dispose()
    return median(sealed), median(plain), median(sealed) / median(plain)


@dataclass(frozen=True)
class Opening:
    """Medians in ms of opening, of building the search index, and of a search."""

    open_ms: float
    index_ms: float
    search_ms: float
    progress_calls: int


def opening(folder: Path, count: int, runs: int) -> Opening:
    """Measure a store of `count` contacts."""
    with Database.create(folder, KEY, SCHEMA) as database:
        fill(database, count, random.Random(2))
    opens, indexing, searches, told = [], [], [], []
    for _ in range(runs):
        started = time.perf_counter()
        with Database.open(folder, KEY, SCHEMA, progress=lambda *_: told.append(1)) as database:
            opens.append((time.perf_counter() - started) * 1000)
            indexing.append(milliseconds(database.prepare_search))
            for query in ("mother", "school la", "s", "canyon", "phone safe violet"):
                for _ in range(3):
                    searches.append(milliseconds(partial(database.search, query)))
    return Opening(median(opens), median(indexing), median(searches), len(told) // runs)


def memory_mb(count: int) -> float:
    """Return how much a process grows by opening `count` contacts, in MB, after its imports."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary) / "store"
        with Database.create(folder, KEY, SCHEMA) as database:
            fill(database, count, random.Random(3))
        command = [sys.executable, "-m", __spec__.name, "--memory-of", str(folder)]
        return float(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def memory_mb_of_this_process(field: str) -> float:
    """Return VmRSS (now) or VmHWM (the most ever) in MB (Linux).

    Not from `getrusage`: its peak is inherited from the process that started this one.
    """
    status = Path("/proc/self/status").read_text()
    (line,) = (line for line in status.splitlines() if line.startswith(f"{field}:"))
    return int(line.split()[1]) / 1000


def measure_memory(folder: Path) -> float:
    """Open, index and search in this process. Return how far its peak rose above the imports."""
    with Database.create(folder.with_name("warm"), KEY, SCHEMA) as warm, warm.session() as session:
        session.get(Contact, "none")  # what SQLAlchemy builds once is part of the imports
    before = memory_mb_of_this_process("VmRSS")
    with Database.open(folder, KEY, SCHEMA) as database:
        database.search("mother")
    return memory_mb_of_this_process("VmHWM") - before


def results(quick: bool) -> Iterator[tuple[str, str, str, bool]]:
    """Yield what was measured: name, value, promise, whether it was kept."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        (folder / "saves").mkdir()
        sealed, plain, ratio = saves(folder / "saves", 10_000)
        yield (
            "durable save of one contact, 10,000 there",
            f"{sealed:.2f} ms; plain WAL {plain:.2f} ms; {ratio:.2f} x",
            "at most 1.3 x",
            ratio <= 1.3,
        )
        ten = opening(folder / "ten", 10_000, 5)
        yield (
            "open 10,000 contacts beyond the KDF",
            f"{ten.open_ms:.0f} ms",
            "at most 250 ms",
            ten.open_ms <= 250,
        )
        yield "index 10,000 notes, once, afterwards", f"{ten.index_ms:.0f} ms", "reported", True
        yield "search 10,000 notes", f"{ten.search_ms:.1f} ms", "under 20 ms", ten.search_ms < 20
        if not quick:
            hundred = opening(folder / "hundred", 100_000, 3)
            yield (
                "open 100,000 contacts beyond the KDF",
                f"{hundred.open_ms:.0f} ms, progress told {hundred.progress_calls} times",
                "at most 3,000 ms",
                hundred.open_ms <= 3_000 and hundred.progress_calls > 10,
            )
            text = f"{hundred.index_ms:.0f} ms; a search {hundred.search_ms:.1f} ms"
            yield "index 100,000 notes, once, afterwards", text, "reported", True
    grown = memory_mb(10_000)
    yield "memory at 10,000 contacts", f"+{grown:.0f} MB", "under +40 MB", grown < 40


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n", 1)[0])
    parser.add_argument("--quick", action="store_true", help="leave out the 100,000 contacts")
    parser.add_argument("--memory-of", type=Path, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.memory_of:
        print(measure_memory(options.memory_of))
        return
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {os.getloadavg()[0]}")
    all_kept = True
    for name, value, promise, kept in results(options.quick):
        all_kept = all_kept and kept
        print(f"{'ok  ' if kept else 'MISS'}  {name}: {value} ({promise})", flush=True)
    sys.exit(0 if all_kept else 1)


if __name__ == "__main__":
    main()
