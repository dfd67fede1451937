"""Kill -9 in the middle of saving, 200 times: nothing confirmed is lost, nothing is half there."""

import os
import random
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path
from typing import IO

import pytest

from tests.faults.saving_worker import ROWS_PER_SAVE
from tests.store.notebook import a_notebook, everything, open_notebook

KILLS = 200
LONGEST_WAIT_SECONDS = 0.004  # a save takes 1 to 4 ms, so that every part of it gets its kills
MINUTES = 8  # where the serial stands in a row of `everything`
PROJECT = Path(__file__).parents[2]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="the savers are forked")
def test_two_hundred_kills_lose_nothing_and_leave_nothing_half(tmp_path: Path) -> None:
    rng = random.Random(20261122)
    a_notebook(tmp_path).close()
    acknowledged: set[int] = set()
    saved_by_run = []
    with subprocess.Popen(
        [sys.executable, "-m", "tests.faults.saving_worker", str(tmp_path)],
        cwd=PROJECT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as nursery:
        assert nursery.stdin is not None
        assert nursery.stdout is not None
        for run in range(KILLS):
            first = run * 10_000
            nursery.stdin.write(f"{first} {rng.choice([0, 0, 3])}\n".encode())
            nursery.stdin.flush()
            told = kill_at_random(nursery.stdout, rng)
            acknowledged |= told
            saved_by_run.append(len(told))

            with open_notebook(tmp_path) as database:
                rows = Counter(row[MINUTES] for row in everything(database)["note"])
                lost = acknowledged - rows.keys()
                assert not lost, f"run {run}: acknowledged and lost: {sorted(lost)}"
                assert set(rows.values()) <= {ROWS_PER_SAVE}, f"run {run}: half a save"
                if run % 10 == 9:  # keeps the checks fast
                    with database.transaction() as session:
                        session.connection().exec_driver_sql("DELETE FROM note")
                    database.compact()
                    acknowledged.clear()
        nursery.stdin.close()
    assert sum(saved_by_run) > 2 * KILLS


def kill_at_random(stdout: IO[bytes], rng: random.Random) -> set[int]:
    """Kill the saver in the middle of something. Return the serials that it acknowledged."""
    told: set[int] = set()
    pid = int(stdout.readline().split()[1])
    for _ in range(rng.randrange(6)):  # with none, it is killed while it still reads the log
        told.add(int(stdout.readline().split()[1]))
    time.sleep(rng.uniform(0, LONGEST_WAIT_SECONDS))  # the random moment is what is tested
    os.kill(pid, signal.SIGKILL)
    for line in iter(stdout.readline, b"ended\n"):
        told.add(int(line.split()[1]))
    return told
