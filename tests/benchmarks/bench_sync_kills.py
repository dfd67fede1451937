"""A device that is killed at random moments of its syncs, and goes on from its folder.

Each time it has 60 new records. A kill that fell after the end of its sync is not counted, and
another one is tried; the longest wait is what the last whole sync took.
"""

import json
import random
import time
from pathlib import Path
from typing import Any

from tests.benchmarks.bench_sync_checks import worst
from tests.benchmarks.bench_sync_link import BadLink, Quality
from tests.benchmarks.bench_sync_records import ids_of
from tests.benchmarks.bench_sync_systems import DeviceProcess, Peer, System, Unusable
from tests.benchmarks.bench_sync_weather import Work

KILLS = 12
NEW = 60
TRIES = 3
"""For each kill, at most."""

LINK = Quality(round_trip_seconds=0.01)
SECONDS_FOR_ONE_SYNC = 60


def records_needed(kills: int) -> int:
    """Return how many records the data file needs."""
    return NEW * (TRIES * kills + 2)


def killed_syncs(system: System, folder: Path, records: Path, kills: int) -> dict[str, Any]:
    """Return how many kills fell into a sync, and what is wrong on the device and a fresh one."""
    if isinstance(system, Peer) and not system.entry.get("persistent", True):
        raise Unusable("its device keeps nothing on a disk")
    rng = random.Random(20261122)
    with system.running(folder) as running:
        link = BadLink(running.server.port, seed=1)
        try:
            a = running.device("A", port=link.port)
            a.sync()
            link.quality = LINK
            work = Work(a, records, ids_of(records))
            longest = 0.0
            for _ in range(2):  # the first one brings new cases too, so it takes longer
                work.write(NEW)
                longest = whole_sync(a)
            hits = tries = 0
            while hits < kills and tries < TRIES * kills:
                work.write(NEW)
                tries += 1
                finished = killed_in_sync(a, rng.uniform(0, longest))
                longest = finished or longest
                hits += finished is None
                a.close()
                a = work.device = running.device("A", port=link.port)
            for _ in range(2):
                whole_sync(a)
            fresh = running.device("Z")
            whole_sync(fresh)
            found = [work.judge(device, folder / "dump") for device in (a, fresh)]
        finally:
            link.close()
    return {"kills": hits, "tries": tries, "written": work.written, "found": worst(found)}


def whole_sync(device: DeviceProcess) -> float:
    """Sync, which has to succeed; return the seconds that it took."""
    answer = device.try_sync(3, SECONDS_FOR_ONE_SYNC)
    if not answer["ok"]:
        raise Unusable(f"it could not sync: {answer.get('err')}")
    return float(answer["ms"]) / 1000


def killed_in_sync(device: DeviceProcess, after_seconds: float) -> float | None:
    """Kill a device in its sync; if the sync had ended before, return the seconds that it took."""
    device.send(cmd="sync", max_attempts=1)
    time.sleep(after_seconds)  # the random moment is what is tested
    device.kill()
    device.process.wait()
    assert device.process.stdout is not None
    answers = [line for line in device.process.stdout if line.startswith("{")]
    return float(json.loads(answers[0])["ms"]) / 1000 if answers else None
