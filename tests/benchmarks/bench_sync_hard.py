"""Sync beside its peers when it is hard: a crowd, a bad link, kills, two edits of one record.

Run by hand, from a folder with the repository's environment (about twelve minutes on two cores):

    python -m tests.benchmarks.bench_sync_hard --peers FOLDER --json hard.json

`FOLDER` is that of `bench_sync`. Every system does the same work, in turns, test by test; a table
goes to standard output, progress to standard error. What a system cannot do is named with the
reason. Every record of ours is sealed, signed and receipted; none of the peers' is.

The tests, by their letter for `--tests`:

    d   fifty devices at once (`bench_sync_crowd`)
    f   300 ms round trip, 5 % of requests cut; and one change at 300 ms (`bench_sync_weather`)
    g   30 ms round trip, 30 % of requests cut
    k   killed 12 times in a sync (`bench_sync_kills`)
    h   two devices edit the same 100 records (`bench_sync_conflicts`)
"""

import argparse
import dataclasses
import json
import os
import platform
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.benchmarks.bench_sync_checks import TwoEdits
from tests.benchmarks.bench_sync_conflicts import EACH, two_edits
from tests.benchmarks.bench_sync_crowd import crowd
from tests.benchmarks.bench_sync_kills import KILLS, killed_syncs, records_needed
from tests.benchmarks.bench_sync_link import Quality
from tests.benchmarks.bench_sync_records import Crowd, write_records
from tests.benchmarks.bench_sync_systems import (
    OURS,
    OURS_POSTGRES,
    Ours,
    Peer,
    Postgres,
    System,
    Unusable,
)
from tests.benchmarks.bench_sync_weather import Weather, through_weather

PEERS = ("anki", "watermelon", "rxdb", "pouch-express")
TESTS = "dfgkh"
ONE_CENTRE = "gkh"
"""What these measure is on the device: ours is not measured again with the other database."""

Figures = dict[str, Any]
Results = dict[str, dict[str, Figures]]
"""Figures by test and system."""


@dataclass(frozen=True)
class Sizes:
    """How much work each test is."""

    crowd: Crowd
    far: Weather
    torn: Weather
    kills: int


FULL = Sizes(
    crowd=Crowd(advocates=50, caseload=200, new=20, bursts=3),
    far=Weather(Quality(0.3, 0.05), rounds=10, new=100, edited=20, seconds=60),
    torn=Weather(Quality(0.03, 0.3), rounds=20, new=50, edited=20, seconds=45),
    kills=KILLS,
)

SMALL = Sizes(
    crowd=Crowd(advocates=4, caseload=40, new=5, bursts=2),
    far=Weather(Quality(0.3, 0.05), rounds=2, new=20, edited=5, seconds=40),
    torn=Weather(Quality(0.03, 0.3), rounds=4, new=20, edited=5, seconds=40),
    kills=3,
)
"""To see whether everything runs; the figures say little."""


@dataclass
class Report:
    """What there is so far.

    Attributes:
        results: Figures by test and system.
        missing: Why a system has none.
    """

    results: Results
    missing: dict[str, str]

    def write(self, path: Path | None) -> None:
        """Write it as JSON, where a file is named."""
        if path is not None:
            path.write_text(json.dumps(dataclasses.asdict(self), indent=1))


def run(
    systems: Sequence[System],
    tests: str,
    folder: Path,
    sizes: Sizes,
    report: Report,
    out: Path | None,
) -> None:
    """Run the tests; add each figure to the report, and to the file `out`, when it is there."""
    one, many = folder / "records.jsonl", folder / "crowd.jsonl"
    write_records(
        one,
        max(sizes.far.records, sizes.torn.records, records_needed(sizes.kills), 2 * EACH),
    )
    sizes.crowd.write(many)

    def far(system: System, place: Path) -> Figures:
        return through_weather(system, place, one, sizes.far, measure_changes=True)

    def torn(system: System, place: Path) -> Figures:
        return through_weather(system, place, one, sizes.torn, measure_changes=False)

    work: dict[str, Callable[[System, Path], Any]] = {
        "d": lambda system, place: crowd(system, place, many, sizes.crowd),
        "f": far,
        "g": torn,
        "k": lambda system, place: killed_syncs(system, place, one, sizes.kills),
        "h": lambda system, place: two_edits(system, place, one),
    }
    for test in tests:
        report.results[test] = {}
        for system in systems:
            if test in ONE_CENTRE and system.name == OURS_POSTGRES:
                continue
            began = time.monotonic()
            try:
                figures = work[test](system, folder / f"{test}-{system.name}")
                report.results[test][system.name] = as_figures(figures)
                said = "done"
            except Unusable as error:
                report.missing[f"{test} {system.name}"] = said = str(error)
            seconds = time.monotonic() - began
            print(f"  {test} {system.name}: {said}, {seconds:.0f} s", file=sys.stderr, flush=True)
            report.write(out)


def as_figures(found: Any) -> Figures:
    """Return what a test returned, as JSON can hold it."""
    if isinstance(found, TwoEdits):
        return dataclasses.asdict(found) | {"vanished": found.vanished}
    return {
        name: dataclasses.asdict(value) | {"shown": str(value)} if name == "found" else value
        for name, value in found.items()
    }


# What is shown

LOST = ("lost / duplicated / stale", lambda f: f["found"]["shown"])

Row = tuple[str, Callable[[Figures], str]]
ROWS: Mapping[str, tuple[Row, ...]] = {
    "d": (
        ("devices at once, until the last is done", lambda f: f"{f['wall_s']:.2f} s"),
        ("server CPU", lambda f: f"{f['server_cpu_s']:.2f} s"),
        ("database CPU", lambda f: f"{f['database_cpu_s']:.2f} s"),
        ("CPU of all devices", lambda f: f"{f['device_cpu_s']:.2f} s"),
        ("tries a sync", lambda f: f"{f['tries']:.1f}"),
        ("syncs that failed", lambda f: str(f["failed"])),
        LOST,
    ),
    "f": (
        ("one change at 300 ms, sent", lambda f: f"{f['far_change_ms']:.0f} ms"),
        ("the same, fetched", lambda f: f"{f['far_fetch_ms']:.0f} ms"),
        ("300 ms, 5 % cut: a sync, mean", lambda f: f"{f['sync_s']:.2f} s"),
        ("a sync, median", lambda f: f"{f['sync_median_s']:.2f} s"),
        ("requests and connections a sync", lambda f: counted(f)),
        ("syncs, failed after 25 tries", lambda f: f"{f['syncs']}, {f['failed']}"),
        ("cuts; stops for ever", lambda f: f"{f['cuts']}; {f['hangs']}"),
        LOST,
    ),
    "g": (
        ("30 ms, 30 % cut: a sync, mean", lambda f: f"{f['sync_s']:.2f} s"),
        ("requests and connections a sync", lambda f: counted(f)),
        ("syncs, failed after 25 tries", lambda f: f"{f['syncs']}, {f['failed']}"),
        ("cuts; stops for ever", lambda f: f"{f['cuts']}; {f['hangs']}"),
        LOST,
    ),
    "k": (
        ("killed in a sync, of tries", lambda f: f"{f['kills']} of {f['tries']}"),
        LOST,
    ),
    "h": (
        ("same field of 50: first / last shown", lambda f: f"{f['first_won']} / {f['last_won']}"),
        ("different fields of 50: both shown", lambda f: str(f["merged"])),
        ("edits not shown", lambda f: str(f["hidden"])),
        ("of these kept as conflicts", lambda f: str(f["kept"])),
        ("edits that vanished", lambda f: str(f["vanished"])),
        ("records on which devices differ", lambda f: str(f["apart"])),
    ),
}

RATIOS = (
    ("d", "wall_s", "all devices at once"),
    ("f", "far_change_ms", "one change at 300 ms"),
    ("f", "sync_s", "a sync at 300 ms and 5 % cut"),
    ("g", "sync_s", "a sync at 30 ms and 30 % cut"),
)


def counted(figures: Figures) -> str:
    """Return requests and connections as one cell."""
    return f"{figures['requests']:.1f}, {figures['connections']:.1f}"


def table(results: Results, names: Sequence[str]) -> Iterator[str]:
    """Yield the lines of a Markdown table; a dash where a system could not."""
    yield "| | " + " | ".join(names) + " |"
    yield "|---" * (len(names) + 1) + "|"
    for test, figures in results.items():
        for words, shown in ROWS[test]:
            cells = (shown(figures[name]) if name in figures else "–" for name in names)
            yield f"| {test} {words} | " + " | ".join(cells) + " |"


def ratios(results: Results) -> Iterator[str]:
    """Yield ours beside each peer: these hold on a busy machine too."""
    for test, key, words in RATIOS:
        figures = results.get(test, {})
        for own in (OURS, OURS_POSTGRES):
            found = [
                f"{peer} {figures[own][key] / values[key]:.2f} x"
                for peer, values in figures.items()
                if own in figures and peer not in (OURS, OURS_POSTGRES)
            ]
            if found:
                yield f"{own}: {words}, of: {', '.join(found)}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--peers", type=Path, help="folder of the peers' adapters")
    parser.add_argument("--only", help="names of peers, by comma", default=",".join(PEERS))
    parser.add_argument("--tests", help="letters of tests", default=TESTS)
    parser.add_argument("--small", action="store_true", help="little work: does it all run?")
    parser.add_argument("--no-postgres", action="store_true")
    parser.add_argument("--no-own", action="store_true", help="peers only")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    unknown = set(options.tests) - set(TESTS)
    if unknown:
        parser.error(f"there is no test {', '.join(sorted(unknown))}; there are {TESTS}")
    # Ended from outside, it still ends what it has started, and shows what it has.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    started, load = time.monotonic(), os.getloadavg()[0]
    report = Report({}, {})
    systems: list[System] = [] if options.no_own else [Ours(None)]
    try:
        with ExitStack() as stack:
            if not options.no_postgres and not options.no_own:
                try:
                    postgres = Postgres()
                    stack.callback(postgres.close)
                    systems.append(Ours(postgres))
                except Unusable as error:
                    report.missing["PostgreSQL"] = str(error)
            for name in options.only.split(",") if options.peers else []:
                try:
                    systems.append(Peer(name, options.peers.absolute()))
                except (Unusable, OSError) as error:
                    report.missing[name] = str(error)
            folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="field-notes-bench-"))
            sizes = SMALL if options.small else FULL
            run(systems, options.tests, Path(folder), sizes, report, options.json)
    finally:
        load_at_start = f"{os.cpu_count()} cores, load {load:.1f} at start"
        print(f"Python {platform.python_version()}, {load_at_start}")
        print("\n".join(table(report.results, [system.name for system in systems])))
        print("\n".join(ratios(report.results)))
        for name, reason in report.missing.items():
            print(f"could not run {name}: {reason}")
        minutes = (time.monotonic() - started) / 60
        print(f"{minutes:.1f} minutes, load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
