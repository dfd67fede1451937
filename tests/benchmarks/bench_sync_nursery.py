"""Devices of Field Notes that are forked from one process which has imported everything.

Fifty processes that each import the app would keep two cores busy for minutes before anything is
measured. A forked device has the same code in memory and nothing else in common with the others.
"""

import os
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path
from typing import TextIO

_MODULE = __name__.rsplit(".", 1)[0] + ".bench_sync_device"


class ForkedProcess:
    """A device's process, with the part of `subprocess.Popen` that its owner needs."""

    def __init__(self, pid: int, stdin: TextIO, stdout: TextIO) -> None:
        """Take its pipes over."""
        self.pid, self.stdin, self.stdout = pid, stdin, stdout

    def poll(self) -> int | None:
        """Return None while it runs."""
        with suppress(ProcessLookupError):
            os.kill(self.pid, 0)
            return None
        return 0

    def wait(self, timeout: float | None = None) -> int:
        """Wait for its end.

        Raises:
            subprocess.TimeoutExpired: It still runs after `timeout` seconds.
        """
        deadline = None if timeout is None else time.monotonic() + timeout
        while self.poll() is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(_MODULE, timeout or 0)
            time.sleep(0.005)  # it is not our child, so nothing tells of its end
        return 0


class Nursery:
    """Forks devices. It ends with the process that made it."""

    def __init__(self) -> None:
        """Start it."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", _MODULE, "nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def fork(self, folder: Path, name: str) -> ForkedProcess:
        """Return a new device, its pipes and its log `NAME.log` in a folder."""
        commands, answers = folder / f"{name}.commands", folder / f"{name}.answers"
        for pipe in (commands, answers):
            pipe.unlink(missing_ok=True)
            os.mkfifo(pipe)
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{commands}\t{answers}\t{folder / name}.log\n")
        self._process.stdin.flush()
        pid = int(self._process.stdout.readline())
        return ForkedProcess(pid, commands.open("w"), answers.open())
