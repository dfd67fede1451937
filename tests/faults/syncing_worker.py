"""Types and syncs for as long as it lives: what `test_sync_kill.py` kills.

A process that has imported everything forks one person at work for each line it reads. The person
opens the store, syncs what was left, then types and syncs in turn, and tells each value after its
save was acknowledged; when it was killed, the parent says so.
"""

import os
import sys
from contextlib import suppress
from dataclasses import replace
from itertools import count
from pathlib import Path

from field_app.services.intake import new_participant
from sync.client.errors import SyncFailure
from tests.faults.saving_worker import tell
from tests.sync.http_device import HttpDevice

EDITS_PER_RECORD = 3


def work_for_ever(folder: Path, url: str, first_serial: int) -> None:
    """Open a record with each third value, type the others over it, and sync after each."""
    device = HttpDevice(folder, url)
    sync(device)
    for serial in count(first_serial):
        if (serial - first_serial) % EDITS_PER_RECORD == 0:
            record = device.save(new_participant(alias="A.", phone=str(serial)))
        else:
            record = device.save(replace(device.get(record.record_id), phone=str(serial)))
        tell(f"saved {record.record_id} {serial}")
        sync(device)


def sync(device: HttpDevice) -> None:
    """Sync; a centre that is gone is a state."""
    with suppress(SyncFailure):
        device.sync()


def main() -> None:
    """Fork somebody at work for each line `FIRST_SERIAL` of standard input."""
    folder, url = Path(sys.argv[1]), sys.argv[2]
    for line in iter(sys.stdin.readline, ""):
        pid = os.fork()
        if pid == 0:
            tell(f"pid {os.getpid()}")
            work_for_ever(folder, url, int(line))
        os.waitpid(pid, 0)
        tell("ended")


if __name__ == "__main__":
    main()
