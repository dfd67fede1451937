"""Sync beside its peers: the same work, in turns, in one run; medians and ratios.

Run by hand, from a folder with the repository's environment (about five minutes on two cores):

    python -m tests.benchmarks.bench_sync --peers FOLDER

`FOLDER` holds `suts.json` and the adapters of the peers (see `bench_sync_systems`); without it
only Field Notes is measured. A peer that cannot run is named with the reason and left out.

The work: device A holds 10,000 new contacts of one caseload of 40 and syncs (push); device B of
the same person takes them (pull); then A changes one field and syncs, and B syncs (change); then
B syncs with nothing to do (idle). Servers keep every commit on the disk, ours on SQLite and on
PostgreSQL. Every record of ours is sealed, signed and receipted; none of the peers' is.

Then ours alone: a small sync with 1,000,000 records at the centre beside one with 10,000, on
PostgreSQL, the two in turns (`bench_sync_scale`).
"""

import argparse
import json
import os
import platform
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from statistics import median

from tests.benchmarks.bench_sync_records import CASES, ids_of, write_records
from tests.benchmarks.bench_sync_scale import RECORDS as RECORDS_AT_SCALE
from tests.benchmarks.bench_sync_scale import small_syncs_at_scale
from tests.benchmarks.bench_sync_systems import (
    OURS,
    OURS_POSTGRES,
    CountingProxy,
    DeviceProcess,
    Ours,
    Peer,
    Postgres,
    System,
    Unusable,
    cpu_seconds,
)

RECORDS = 10_000
ROUNDS = 3
CHANGES = 20
PEERS = ("anki", "watermelon", "rxdb", "pouch-express")
SLOW_PEERS = {"pouch-express": 1}
"""Rounds of peers that take a multiple of the others' time."""

SECONDS_FOR_ROUNDS = 230
"""Of the whole run, which is to end within six minutes on a quiet machine with two cores."""

Figures = dict[str, float]


def one_round(system: System, folder: Path, records: Path, count: int) -> Figures:
    """Do the work once on a fresh server; return what it took, after checking that all arrived."""
    figures: Figures = {}
    with system.running(folder) as running:
        a, b = running.device("A"), running.device("B")
        a.sync()
        a.do(cmd="load", path=str(records), start=0, count=count)

        for name, device in (("push", a), ("pull", b)):
            before = (
                cpu_seconds({device.process.pid}),
                running.server_cpu(),
                running.database_cpu(),
            )
            figures[f"{name}_s"] = device.sync()["ms"] / 1000
            used = (
                cpu_seconds({device.process.pid}) - before[0],
                running.server_cpu() - before[1],
                running.database_cpu() - before[2],
            )
            figures[f"{name}_device_us"] = used[0] / count * 1e6
            figures[f"{name}_server_us"] = used[1] / count * 1e6
            figures[f"{name}_database_us"] = used[2] / count * 1e6
        a.sync()

        changes, fetches, idles = [], [], []
        for number in range(CHANGES):
            idles.append(b.sync()["ms"])
            a.do(cmd="edit", path=str(records), start=number, count=1, tag=f"change {number}")
            changes.append(a.sync()["ms"])
            answer = b.sync()
            fetches.append(answer["ms"])
        figures["change_ms"] = median(changes)
        figures["fetch_ms"] = median(fetches)
        figures["both_ms"] = median(x + y for x, y in zip(changes, fetches, strict=True))
        figures["idle_ms"] = median(idles)
        figures["device_mb"] = float(answer["rss_mb"])
        check_arrived(b, records, count, folder / "dump")
    return figures


def check_arrived(device: DeviceProcess, records: Path, count: int, out: Path) -> None:
    """Check that a device has every record once, the changed ones changed."""
    device.do(cmd="dump", out=str(out))
    found = [line.split("\t")[:2] for line in out.read_text().splitlines() if line]
    expected = {
        record_id: f"change {number}" if number < CHANGES else ""
        for number, record_id in enumerate(ids_of(records)[:count])
    }
    if len(found) != count or dict(found) != expected:
        raise Unusable("the second device does not have what the first one sent")


def bytes_on_the_wire(system: System, folder: Path, records: Path, count: int) -> Figures:
    """Return bytes and requests of the same work, counted between device and server."""
    figures: Figures = {}
    with system.running(folder) as running:
        proxy = CountingProxy(running.server.port)
        try:
            a, b = (running.device(name, port=proxy.port) for name in "AB")
            a.sync()
            a.do(cmd="load", path=str(records), start=0, count=count)

            def counted(name: str, device: DeviceProcess, per: int) -> None:
                proxy.reset()
                device.sync()
                figures[f"{name}_up"] = proxy.up / per
                figures[f"{name}_down"] = proxy.down / per
                figures[f"{name}_requests"] = proxy.requests

            counted("push", a, count)
            counted("pull", b, count)
            a.sync()
            b.sync()
            a.do(cmd="edit", path=str(records), start=0, count=1, tag="one")
            counted("change", a, 1)
            counted("fetch", b, 1)
            counted("idle", b, 1)
        finally:
            proxy.close()
    return figures


def measure(
    systems: Sequence[System],
    folder: Path,
    records: Path,
    rounds: int,
    count: int,
    seconds: float,
) -> tuple[dict[str, Figures], dict[str, str]]:
    """Return the medians of each system, and why others could not run. In turns, round by round.

    A further round begins only when there is time for it: on a busy machine there are fewer.
    """
    taken: dict[str, list[Figures]] = {system.name: [] for system in systems}
    failed: dict[str, str] = {}
    began, longest = time.monotonic(), 0.0
    for number in range(rounds):
        round_began = time.monotonic()
        if number and round_began + 2 * longest > began + seconds:  # one more for the bytes
            print("  no time for another round", file=sys.stderr, flush=True)
            break
        for system in systems:
            if system.name in failed or number >= SLOW_PEERS.get(system.name, rounds):
                continue
            try:
                taken[system.name].append(
                    one_round(system, folder / f"{number}-{len(taken)}", records, count)
                )
                print(f"  round {number + 1} {system.name}", file=sys.stderr, flush=True)
            except Unusable as error:
                failed[system.name] = str(error)
        longest = max(longest, time.monotonic() - round_began)
    wires: dict[str, Figures] = {}
    for system in systems:
        if isinstance(system, Ours) and system.postgres is not None:
            wires[system.name] = wires[OURS]  # the same bytes
        elif system.name not in failed:
            try:
                wires[system.name] = bytes_on_the_wire(system, folder / "wire", records, count)
            except Unusable as error:
                failed[system.name] = str(error)
    medians = {
        name: {key: median(each[key] for each in rounds_of) for key in rounds_of[0]} | wires[name]
        for name, rounds_of in taken.items()
        if rounds_of and name not in failed
    }
    for name, rounds_of in taken.items():
        if name in medians:
            medians[name]["rounds"] = len(rounds_of)
    return medians, failed


ROWS = (
    ("first push", "push_s", "{:.2f} s"),
    ("first pull, new device", "pull_s", "{:.2f} s"),
    ("change one record, push", "change_ms", "{:.1f} ms"),
    ("fetch that change", "fetch_ms", "{:.1f} ms"),
    ("both together", "both_ms", "{:.1f} ms"),
    ("nothing to do", "idle_ms", "{:.1f} ms"),
    ("server CPU, push, a record", "push_server_us", "{:.0f} us"),
    ("server CPU, pull, a record", "pull_server_us", "{:.0f} us"),
    ("database CPU, push, a record", "push_database_us", "{:.0f} us"),
    ("device CPU, push, a record", "push_device_us", "{:.0f} us"),
    ("device CPU, pull, a record", "pull_device_us", "{:.0f} us"),
    ("bytes up a record, push", "push_up", "{:.0f}"),
    ("bytes down a record, pull", "pull_down", "{:.0f}"),
    ("requests, push and pull", "push_requests", "{:.0f}"),
    ("requests of one change", "change_requests", "{:.0f}"),
    ("bytes up, one change", "change_up", "{:.0f}"),
    ("device memory, peak", "device_mb", "{:.0f} MB"),
    ("rounds", "rounds", "{:.0f}"),
)


RATIOS = (
    ("time of the push, of", ("push_s",)),
    ("time of the pull, of", ("pull_s",)),
    ("time of one change, sent and fetched, of", ("both_ms",)),
    ("CPU of the push, all sides, of", ("push_device_us", "push_server_us", "push_database_us")),
    ("CPU of the pull, all sides, of", ("pull_device_us", "pull_server_us", "pull_database_us")),
)


def table(medians: dict[str, Figures], count: int) -> Iterator[str]:
    """Yield the lines of a Markdown table."""
    names = list(medians)
    yield f"| {count:,} records in {CASES} cases | " + " | ".join(names) + " |"
    yield "|---" * (len(names) + 1) + "|"
    for words, key, form in ROWS:
        values = (form.format(medians[name][key]) for name in names)
        yield f"| {words} | " + " | ".join(values) + " |"


def ratios(medians: dict[str, Figures], peers: Sequence[str]) -> Iterator[str]:
    """Yield ours beside each peer, as ratios: these hold on a busy machine too."""
    every = [name for name in peers if name in medians]
    if not every:
        return
    for name in (OURS, OURS_POSTGRES):
        if name in medians:
            for words, keys in RATIOS:
                ours = sum(medians[name][key] for key in keys)
                theirs = ((peer, sum(medians[peer][key] for key in keys)) for peer in every)
                found = ", ".join(f"{peer} {ours / value:.2f} x" for peer, value in theirs)
                yield f"{name}: {words}: {found}"


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--peers", type=Path, help="folder of the peers' adapters")
    parser.add_argument("--only", help="names of peers, by comma", default=",".join(PEERS))
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--records", type=int, default=RECORDS)
    parser.add_argument(
        "--seconds", type=float, default=SECONDS_FOR_ROUNDS, help="no new round after these"
    )
    parser.add_argument("--no-scale", action="store_true", help="leave out the large centre")
    parser.add_argument("--scale-records", type=int, default=RECORDS_AT_SCALE)
    parser.add_argument("--no-postgres", action="store_true")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    started = time.monotonic()
    load = os.getloadavg()[0]
    print(f"Python {platform.python_version()}, {os.cpu_count()} cores, load {load:.1f} at start")

    failed: dict[str, str] = {}
    postgres: Postgres | None = None
    systems: list[System] = [Ours(None)]
    if not options.no_postgres:
        try:
            postgres = Postgres()
            systems.append(Ours(postgres))
        except Unusable as error:
            failed["PostgreSQL"] = str(error)
    peers = options.only.split(",") if options.peers else []
    for name in peers:
        try:
            systems.append(Peer(name, options.peers.absolute()))
        except (Unusable, OSError) as error:
            failed[name] = str(error)
    try:
        with tempfile.TemporaryDirectory(prefix="field-notes-bench-") as temporary:
            folder = Path(temporary)
            records = folder / "records.jsonl"
            write_records(records, options.records)
            medians, more = measure(
                systems, folder, records, options.rounds, options.records, options.seconds
            )
            failed |= more
            print("\n".join(table(medians, options.records)))
            print("\n".join(ratios(medians, peers)))
            if postgres is not None and not options.no_scale:
                whole = options.scale_records
                found = small_syncs_at_scale(postgres, folder / "scale", records, whole)
                print("\n".join(found.lines()), flush=True)
    finally:
        if postgres is not None:
            postgres.close()
    for name, reason in failed.items():
        print(f"could not run {name}: {reason}")
    if options.json:
        options.json.write_text(json.dumps(medians, indent=1))
    minutes = (time.monotonic() - started) / 60
    print(f"{minutes:.1f} minutes, load {os.getloadavg()[0]:.1f} at the end")


if __name__ == "__main__":
    main()
