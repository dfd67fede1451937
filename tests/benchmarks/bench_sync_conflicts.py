"""Two devices edit the same records while both are offline: who wins, what is kept, what vanishes.

Of 50 records both edit the same field, of 50 each another one. Then both sync until nothing
changes any more, and a fresh device is asked.
"""

import time
from pathlib import Path
from typing import Any

from tests.benchmarks.bench_sync_checks import TwoEdits, judge_edits, read_dump
from tests.benchmarks.bench_sync_records import OTHER_MODE, ids_of
from tests.benchmarks.bench_sync_systems import System

EACH = 50
FIRST, LAST = ("from A", OTHER_MODE), ("from B", OTHER_MODE)
CLOCK_SECONDS = 1.1
"""Anki's clock shows whole seconds: B's edits are later for every system."""


def two_edits(system: System, folder: Path, records: Path) -> TwoEdits:
    """Do the work, and judge it."""
    ids = ids_of(records)[: 2 * EACH]
    with system.running(folder) as running:
        a, b = running.device("A"), running.device("B")
        a.sync()
        a.do(cmd="load", path=str(records), start=0, count=2 * EACH)
        for device in (a, b, a):
            device.sync()
        path = str(records)
        a.do(cmd="edit", path=path, start=0, count=2 * EACH, tag=FIRST[0])
        time.sleep(CLOCK_SECONDS)
        b.do(cmd="edit", path=path, start=0, count=EACH, tag=LAST[0])
        b.do(cmd="edit", path=path, start=EACH, count=EACH, tag=LAST[1], field="mode")
        for device in (a, b, a, b, a):
            device.try_sync(3, 60)
        fresh = running.device("Z")
        fresh.sync()
        shown, answer = [], dict[str, Any]()
        for device in (a, b, fresh):
            answer = device.do(cmd="dump", out=str(folder / "dump"))
            rows = read_dump((folder / "dump").read_text())
            shown.append({row.record_id: (row.note, row.mode) for row in rows})
    kept = answer.get("kept", answer.get("conflicts") or 0)
    return judge_edits(ids[:EACH], ids[EACH:], shown, FIRST, LAST, kept)
