"""Kill -9 in the middle of a sync, of the device and of the centre: all is there, and once.

KILLS=200 SERVER_EVERY=10 pytest tests/faults/test_sync_kill.py     a long run, by hand
"""

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import IO

import pytest
from sqlalchemy import select

from sync.server.centre import open_centre
from sync.server.receipts import RECEIPT as CENTRE_RECEIPT
from sync.server.records import RECORD
from tests.sync.http_device import HttpDevice
from tests.sync.serving import LocalCentre, ServerProcess, new_agency, settings_for

KILLS = int(os.environ.get("KILLS", "12"))
SERVER_EVERY = int(os.environ.get("SERVER_EVERY", "12"))
"""Every so many kills, the centre is killed at the same moment, and started again."""

LONGEST_WAIT_SECONDS = 0.06  # a sync takes about that long, so that every part gets its kills
PROJECT = Path(__file__).parents[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="who is killed was forked")
def test_kills_on_both_sides_lose_and_double_nothing(tmp_path: Path) -> None:
    rng = random.Random(20261122)
    folder, store = tmp_path / "centre", tmp_path / "device"
    with LocalCentre.serving(folder, None) as local:
        code = new_agency(local.parts)[2]
    server = ServerProcess(folder)
    last_typed: dict[str, int] = {}
    try:
        HttpDevice(store, server.url).found(code).close()
        with subprocess.Popen(
            [sys.executable, "-m", "tests.faults.syncing_worker", str(store), server.url],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        ) as nursery:
            assert nursery.stdin is not None
            assert nursery.stdout is not None
            for turn in range(KILLS):
                nursery.stdin.write(f"{turn * 10_000}\n".encode())
                nursery.stdin.flush()
                also = server if turn % SERVER_EVERY == SERVER_EVERY - 1 else None
                last_typed |= killed_at_work(nursery.stdout, rng, also)
                if also is not None:
                    server.restart()
            nursery.stdin.close()
        device = HttpDevice(store, server.url)
        device.sync()
    finally:
        server.stop()

    here = device.records()
    assert device.waiting() == 0
    assert device.conflicts() == []
    for record_id, serial in last_typed.items():
        # What was saved and not yet told may have followed.
        assert int(here[record_id]["phone"]) >= serial, "an acknowledged save is gone"
    with device.replica.reading() as tx:
        bases = {base.record_id: base.revision for base in tx.bases(list(here)).values()}
        receipts = [kept.entry.device_seq for kept in tx.receipts()]
    device.close()
    parts = open_centre(settings_for(folder))
    with parts.database.read() as connection:
        there = {
            row.record_id: row.revision
            for row in connection.execute(select(RECORD.c.record_id, RECORD.c.revision))
        }
        accepted = connection.execute(select(CENTRE_RECEIPT.c.device_seq)).scalars().all()
    parts.database.close()
    assert there == bases
    assert sorted(receipts) == sorted(accepted) == list(range(1, len(accepted) + 1))
    # One change for each value at most: a change that came twice would be a revision more.
    assert len(accepted) == sum(there.values())
    assert len(last_typed) >= KILLS // 3


def killed_at_work(
    stdout: IO[bytes], rng: random.Random, server: ServerProcess | None
) -> dict[str, int]:
    """Kill whoever works in the middle of something; return the last value told of a record."""
    told: list[bytes] = []
    pid = int(stdout.readline().split()[1])
    for _ in range(rng.randrange(6)):  # with none, it is killed while it opens the store
        told.append(stdout.readline())
    time.sleep(rng.uniform(0, LONGEST_WAIT_SECONDS))  # the random moment is what is tested
    if server is not None:
        server.kill()
    os.kill(pid, signal.SIGKILL)
    told += list(iter(stdout.readline, b"ended\n"))
    return {line.split()[1].decode(): int(line.split()[2]) for line in told}
