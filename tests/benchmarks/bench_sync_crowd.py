"""Fifty devices that sync at the same moment, on a server that has 10,000 records already.

Fifty advocates with 40 cases and 200 records each. Every advocate's device is a process of its
own; it takes its caseload first, alone or with one other. Then each makes 20 records offline, and
on a signal all sync; the clock stops when the last has its answer. That is done three times, the
median counts. Afterwards a device that may see everything is asked for every record.

Ours: fifty people with two devices each, enrolled with codes; the first writes the caseload, the
second is one of the crowd. It can read its advocate's cases only, and the data manager's device
reads them all at the end. WatermelonDB and RxDB ask the server for one advocate's records, which
their server does not enforce. Anki cannot part records: every device of one account takes all
10,000, and syncs again when another one has broken its sync off.
"""

import time
from collections.abc import Callable
from pathlib import Path
from statistics import median
from typing import Any
from uuid import UUID

from tests.benchmarks.bench_sync_checks import Row, compare, read_dump
from tests.benchmarks.bench_sync_records import Crowd, ids_of
from tests.benchmarks.bench_sync_systems import (
    DeviceProcess,
    Ours,
    Peer,
    Running,
    System,
    Unusable,
    cpu_seconds,
    office_of,
)

ATTEMPTS = 30
BETWEEN_SECONDS = 0.03
"""From one device's writing to the next one's: Anki numbers notes by the millisecond."""

SECONDS_FOR_ONE_SYNC = 120
CANNOT = {
    "pouch-express": "it cannot filter a pull: 50 devices would take 10,000 records each (over "
    "ten minutes)",
}
UNSCOPED = ("anki",)


def crowd(system: System, folder: Path, records: Path, plan: Crowd) -> dict[str, Any]:
    """Return what the bursts took, and what is wrong afterwards."""
    if system.name in CANNOT:
        raise Unusable(CANNOT[system.name])
    with system.running(folder) as running:
        devices = [running.spawn(plan.name(number)) for number in range(plan.advocates)]
        for number, device in enumerate(devices):
            running.join(device, plan.name(number), scope=plan.name(number))
        fill(running, records, plan)
        take_caseloads(system, devices, folder, plan)
        bursts = [burst(running, devices, records, plan, number) for number in range(plan.bursts)]
        answers = [answer for each in bursts for answer in each["answers"]]
        for device in devices:
            device.close()
        written = ids_of(records)
        found = compare(everything(system, running, folder), dict.fromkeys(written, ""))
        return {
            "devices": plan.advocates,
            "new": plan.advocates * plan.new * plan.bursts,
            "wall_s": median(each["wall_s"] for each in bursts),
            "walls_s": [each["wall_s"] for each in bursts],
            "server_cpu_s": median(each["server_cpu_s"] for each in bursts),
            "database_cpu_s": median(each["database_cpu_s"] for each in bursts),
            "device_cpu_s": median(each["device_cpu_s"] for each in bursts),
            "tries": sum(answer["attempts"] for answer in answers) / len(answers),
            "failed": sum(not answer["ok"] for answer in answers),
            "errors": [error for answer in answers for error in answer.get("err", ())],
            "found": found,
        }


def fill(running: Running, records: Path, plan: Crowd) -> None:
    """Bring everyone's caseload to the server."""
    system = running.system
    if isinstance(system, Peer):
        first = running.device("A")
        first.sync()
        whole = plan.at_first
        first.do(cmd="load", path=str(records), start=whole.start, count=whole.count)
        first.sync()
        first.close()
        return
    # One process plays the first device of each advocate, one after the other.
    first = running.spawn("first")
    for number in range(plan.advocates):
        running.join(first, f"first-{number:02d}", scope=plan.name(number))
        part = plan.caseload_of(number)
        first.do(cmd="load", path=str(records), start=part.start, count=part.count)
        first.sync()
    first.close()


def take_caseloads(system: System, devices: list[DeviceProcess], folder: Path, plan: Crowd) -> None:
    """Let every device sync, two at a time; check that each has what it is to have."""
    together = 1 if system.name in UNSCOPED else 2
    for start in range(0, len(devices), together):
        some = devices[start : start + together]
        for device in some:
            device.send(cmd="sync", max_attempts=ATTEMPTS)
        for device in some:
            answer = device.receive(SECONDS_FOR_ONE_SYNC)
            if not answer["ok"]:
                raise Unusable(f"a caseload could not be taken: {answer.get('err')}")
    expected = plan.at_first.count if system.name in UNSCOPED else plan.caseload
    for number, device in enumerate(devices):
        held = device.do(cmd="dump", out=str(folder / f"dump-{number}"))["n"]
        if held != expected:
            raise Unusable(f"a device has taken {held} records as its caseload, not {expected}")


def burst(
    running: Running, devices: list[DeviceProcess], records: Path, plan: Crowd, number: int
) -> dict[str, Any]:
    """Make new records at each device, then sync all at once."""
    for advocate, device in enumerate(devices):
        part = plan.new_of(advocate, number)
        device.do(cmd="load", path=str(records), start=part.start, count=part.count)
        time.sleep(BETWEEN_SECONDS)
    pids = {device.process.pid for device in devices}
    used = Spent(running.server_cpu, running.database_cpu, lambda: cpu_seconds(pids))
    began = time.perf_counter()
    for device in devices:
        device.send(cmd="sync", max_attempts=ATTEMPTS)
    answers = [device.receive(SECONDS_FOR_ONE_SYNC) for device in devices]
    wall = time.perf_counter() - began
    server, database, device_cpu = used.since()
    return {
        "wall_s": wall,
        "server_cpu_s": server,
        "database_cpu_s": database,
        "device_cpu_s": device_cpu,
        "answers": answers,
    }


class Spent:
    """Processor time from now on, of several parties."""

    def __init__(self, *parties: Callable[[], float]) -> None:
        """Begin."""
        self._parties = parties
        self._before = [party() for party in parties]

    def since(self) -> list[float]:
        """Return what each has used since the beginning."""
        return [party() - before for party, before in zip(self._parties, self._before, strict=True)]


def everything(system: System, running: Running, folder: Path) -> list[Row]:
    """Return what a device shows that may see all records."""
    if isinstance(system, Ours):
        office = office_of(running)
        office.sync()
        held = office.records()
        with office.replica.reading() as tx:
            revisions = {base.record_id: base.revision for base in tx.bases(list(held)).values()}
        # A change that was accepted twice would have made a second revision.
        return [Row(UUID(name).hex, "", "") for name in held for _ in range(revisions[name])]
    fresh = running.device("Z")
    answer = fresh.try_sync(ATTEMPTS, SECONDS_FOR_ONE_SYNC)
    if not answer["ok"]:
        raise Unusable(f"a fresh device could not sync: {answer.get('err')}")
    fresh.do(cmd="dump", out=str(folder / "dump"))
    return read_dump((folder / "dump").read_text())
