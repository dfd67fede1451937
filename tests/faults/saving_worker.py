"""Saves for as long as it lives: what `test_kill.py` kills.

A process that has imported everything forks one saver for each line it reads, so that 200 of them
cost no 200 starts of Python. The saver tells its process id, then each serial number after its
save was acknowledged; when it was killed, the parent says so.
"""

import itertools
import os
import sys
from pathlib import Path

from tests.store.notebook import Note, open_notebook

ROWS_PER_SAVE = 3


def save_for_ever(folder: Path, first_serial: int, compact_every: int) -> None:
    """Save transactions of three rows, telling each that was acknowledged."""
    with open_notebook(folder) as database:
        for serial in itertools.count(first_serial):
            with database.transaction() as session:
                for row in range(ROWS_PER_SAVE):
                    session.add(Note(record_id=f"{serial}-{row}", minutes=serial, text="x" * 300))
            tell(f"saved {serial}")
            if compact_every and serial % compact_every == 0:
                database.compact()


def tell(line: str) -> None:
    """Write a line in one piece: a killed process leaves none half-written."""
    os.write(1, line.encode() + b"\n")


def main() -> None:
    """Fork a saver for each line `FIRST_SERIAL COMPACT_EVERY` of standard input."""
    folder = Path(sys.argv[1])
    for line in iter(sys.stdin.readline, ""):
        first_serial, compact_every = map(int, line.split())
        pid = os.fork()
        if pid == 0:
            tell(f"pid {os.getpid()}")
            save_for_ever(folder, first_serial, compact_every)
        os.waitpid(pid, 0)
        tell("ended")


if __name__ == "__main__":
    main()
