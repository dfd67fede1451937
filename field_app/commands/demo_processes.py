"""The processes that a demo starts beside itself: the central API, and the second device's app.

The app never imports the server: phones and most laptops do not have it. Here it is run as
`python -m sync.server`, where its parts are installed.
"""

import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from importlib.util import find_spec
from pathlib import Path
from types import TracebackType
from typing import IO

from field_app.commands.showing import free_port
from field_app.errors import SyncError
from field_app.settings import own_centre_environment

PARTS_OF_THE_CENTRE = ("fastapi", "uvicorn", "alembic")

START_SECONDS = 120  # until a process is given up: its imports alone take seconds on a busy machine
STOP_SECONDS = 5


def centre_is_installed() -> bool:
    """Tell whether this install has the central API (`field-notes[server]`)."""
    return all(find_spec(name) is not None for name in PARTS_OF_THE_CENTRE)


class Processes:
    """Processes of our own, ended with us: the newest first, and by their own handles only.

    They stay in our process group, so that Ctrl-C and a closed terminal reach them too. What they
    say goes into a file, since a traceback has no place among the addresses.
    """

    def __init__(self, log: Path) -> None:
        self._log = log.open("ab")
        self._started: list[subprocess.Popen[str]] = []

    def __enter__(self) -> "Processes":
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.stop()

    def start(
        self,
        *arguments: str,
        environment: dict[str, str] | None = None,
        out: IO[bytes] | int | None = None,
        told: str | None = None,
    ) -> "subprocess.Popen[str]":
        """Start `python ARGUMENTS`; its standard output goes to the file unless `out` is given.

        `told` is what it reads from its standard input: a place where no other account sees it.
        """
        with _signals_wait():
            process = subprocess.Popen(  # noqa: S603 - our own interpreter and modules
                [sys.executable, *arguments],
                env=environment,
                stdin=subprocess.DEVNULL if told is None else subprocess.PIPE,
                stdout=self._log if out is None else out,
                stderr=self._log,
                text=True,
            )
            self._started.append(process)
        if process.stdin is not None:
            with suppress(BrokenPipeError), process.stdin as pipe:  # it may have ended already
                pipe.write(told or "")
        return process

    def stop(self) -> None:
        """End all that still run, and wait until they are gone."""
        started, self._started = self._started[::-1], []
        for process in started:
            if process.poll() is None:
                process.terminate()
        for process in started:
            try:
                process.wait(STOP_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
            if process.stdout is not None:
                process.stdout.close()
        self._log.close()


class CentreProcess:
    """A central API with one new agency, on loopback.

    `start` returns at once, so that other work can be done meanwhile; then `first_code`, `wait`.
    """

    def __init__(self, processes: Processes, data: Path) -> None:
        self._processes = processes
        self._port = free_port()
        self._environment = own_centre_environment(data, self._port)
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Begin to make the key, the tables and the agency, and then to serve: in one process.

        Importing the server takes longer than all it does here.
        """
        self._process = self._processes.start(
            *("-m", "sync.server", "serve", "--init"),
            environment=self._environment,
            out=subprocess.PIPE,
        )

    def first_code(self) -> str:
        """Return the code with which the first data manager enrols, once there is one.

        Raises:
            SyncError: The central API could not be made.
        """
        assert self._process.stdout is not None  # noqa: S101 - `start` has asked for it
        for line in self._process.stdout:
            if line.startswith("    "):
                return line.strip()
        raise _not_started()

    def wait(self) -> None:
        """Return when it answers.

        Raises:
            SyncError: It ended, or did not answer in time.
        """
        if not answers(self._port, self._process):
            raise _not_started()


def answers(port: int, process: "subprocess.Popen[str]") -> bool:
    """Wait until a process accepts connections on a loopback port; False when it does not."""
    deadline = time.monotonic() + START_SECONDS
    while process.poll() is None and time.monotonic() < deadline:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)  # nothing to await: another process opens its port
        else:
            return True
    return False


@contextmanager
def _signals_wait() -> Iterator[None]:
    """Let a signal that ends us wait: between the start of a process and our knowing it, it would
    leave one behind. The handlers are ours alone; a blocked signal would stay blocked in the child.
    """
    came: list[int] = []
    numbers = [
        getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
    ]
    before = [signal.signal(each, lambda number, _frame: came.append(number)) for each in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
    for number in came:
        signal.raise_signal(number)


def _not_started() -> SyncError:
    return SyncError(
        "The demo's central API did not start. `field-app demo --alone` shows one device "
        "without it."
    )
