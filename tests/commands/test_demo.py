"""`field-app demo` as a process: on loopback only, and gone without a trace."""

import argparse
import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

import pytest

import field_app.app
from field_app.bootstrap import build_app
from field_app.commands import demo, demo_processes
from field_app.commands.demo_processes import CentreProcess, Processes
from field_app.commands.demo_stores import (
    ADVOCATE,
    SUPERVISOR,
    DemoPerson,
    make_advocate,
    make_supervisor,
)
from field_app.domain.records.contact import Contact
from field_app.domain.records.staff import StaffMember, StaffRole
from field_app.domain.vocabulary import Channel, Outcome
from field_app.errors import SyncError
from field_app.services.workspace import Workspace
from field_app.settings import load_settings, own_centre_environment
from field_app.store.passphrase import rate
from tests.commands.conftest import PROCESS_SECONDS

LOOPBACK = "0100007F"  # 127.0.0.1 as /proc/net/tcp writes it
LISTENING = "0A"


def listening_addresses(pid: int) -> list[str]:
    """Return the addresses (IPv4 and IPv6, as the kernel writes them) a process listens on."""
    inodes = set()
    try:
        descriptors = list(Path(f"/proc/{pid}/fd").iterdir())
    except PermissionError:
        pytest.skip("the app lets only root look into it")
    for fd in descriptors:
        try:
            inodes.update(re.findall(r"socket:\[(\d+)\]", str(fd.readlink())))
        except OSError:
            continue  # closed meanwhile
    found = []
    for table in ("tcp", "tcp6"):
        path = Path(f"/proc/{pid}/net/{table}")
        for line in path.read_text().splitlines()[1:] if path.exists() else []:
            columns = line.split()
            if columns[3] == LISTENING and columns[9] in inodes:
                found.append(columns[1].split(":")[0])
    return found


def with_children(pid: int) -> list[int]:
    """Return a process and all that it started, and they."""
    found = [pid]
    for each in found:
        for thread in Path(f"/proc/{each}/task").glob("*/children"):
            found += map(int, thread.read_text().split())
    return found


@dataclass(frozen=True)
class Watched:
    """A demo that has run and ended, and what was seen of it."""

    said: str
    errors: str
    returncode: int
    pages: list[bytes]
    folder_mode: int
    listening: dict[int, list[str]]
    left_running: list[int]
    left_lying: list[Path]
    sent: Contact
    arrived: Contact | None
    author_on_the_second: StaffMember | None
    colleagues: tuple[list[str], list[str]]


@contextmanager
def a_demo(tmp_path: Path, *options: str) -> Iterator["subprocess.Popen[str]"]:
    """Run `field-app demo` with a home and a temporary folder of its own, and end it."""
    for name in ("home", "tmp"):
        (tmp_path / name).mkdir()
    environment = {key: value for key, value in os.environ.items() if key != "DISPLAY"}
    environment |= {
        "HOME": str(tmp_path / "home"),
        "TMPDIR": str(tmp_path / "tmp"),
        "PYTHONDONTWRITEBYTECODE": "1",
        # Whatever the environment says:
        "FLET_SERVER_IP": "0.0.0.0",
        "FIELD_SERVER_HOST": "0.0.0.0",
        "DATABASE_URL": "postgresql://an-agency.invalid/real",
        "BROWSER": "true",  # the command that does nothing: no test opens a browser
    }
    with subprocess.Popen(
        [sys.executable, "-m", "field_app", "demo", *options],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
                process.wait(timeout=PROCESS_SECONDS)
            # What a failing test would leave: the group is the demo's own, made above.
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)


def addresses_said(process: "subprocess.Popen[str]") -> tuple[str, list[str]]:
    """Return what a demo says at its start, and the addresses of its devices."""
    assert process.stdout is not None
    said = ""
    while "removed at the end" not in said and (line := process.stdout.readline()):
        said += line
    return said, re.findall(r"address +(http://127\.0\.0\.1:\d+/\S+)", said)


def page_at(address: str) -> bytes:
    """Return the page that a device shows first to a browser with its link, once it listens."""
    wait_until_it_listens(urlsplit(address).port or 0)
    browser = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    with browser.open(address, timeout=PROCESS_SECONDS) as answer:
        return bytes(answer.read())


@contextmanager
def opened(folder: Path, passphrase: str) -> Iterator[Workspace]:
    """Open a device of the demo as its own app would, and sync it."""
    session = build_app(load_settings(folder)).session
    session.unlock(passphrase)
    try:
        assert session.workspace is not None
        state = session.workspace.sync.sync_now()
        assert (state.trouble, state.waiting, state.attention, state.held) == (None, 0, 0, 0)
        yield session.workspace
    finally:
        session.lock()


def colleagues_of(workspace: Workspace) -> list[str]:
    with workspace.notebook.read() as records:
        return sorted(staff.display_name for staff in records.all_of(StaffMember))


def log_a_contact(workspace: Workspace) -> Contact:
    youth = workspace.caseload.entries()[0]
    with workspace.notebook.write() as records:
        contact = Contact(
            record_id="00000000-0000-4000-8000-00000000c0de",
            case_id=youth.participant.case_id,
            at=workspace.notebook.now() - timedelta(minutes=5),
            channel=Channel.TEXT,
            outcome=Outcome.REACHED,
            note="A change that travels.",
        )
        saved = records.save(contact)
    state = workspace.sync.sync_now()
    assert (state.trouble, state.waiting) == (None, 0)
    return saved


@pytest.fixture(scope="module")
def watched(tmp_path_factory: pytest.TempPathFactory) -> Watched:
    """One demo for all tests that look at it: its start is most of their time."""
    if not Path("/proc/net/tcp").exists():
        pytest.skip("looks into /proc")
    path = tmp_path_factory.mktemp("demo")
    with a_demo(path) as process:
        said, addresses = addresses_said(process)
        assert len(addresses) == 2, (said, process.stderr and process.stderr.read())
        pages = [page_at(address) for address in addresses]
        (folder,) = (path / "tmp").glob("field-notes-demo-*")
        mode = stat.S_IMODE(folder.stat().st_mode)
        with opened(folder / "device-1", ADVOCATE.passphrase) as first:
            sent, names = log_a_contact(first), colleagues_of(first)
        with opened(folder / "device-2", SUPERVISOR.passphrase) as second:
            with second.notebook.read() as records:
                arrived = records.find(Contact, sent.record_id)
                author = records.find(StaffMember, sent.author_id)
            also_names = colleagues_of(second)
        everyone = with_children(process.pid)
        listening = {pid: listening_addresses(pid) for pid in everyone}
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=PROCESS_SECONDS)
        left_running = [pid for pid in everyone if Path(f"/proc/{pid}").exists()]
    left_lying = [*(path / "tmp").iterdir(), *(path / "home").iterdir()]
    return Watched(
        said,
        errors,
        process.returncode,
        pages,
        mode,
        listening,
        left_running,
        left_lying,
        sent,
        arrived,
        author,
        (names, also_names),
    )


def test_both_devices_answer_at_the_addresses_that_are_printed(watched: Watched) -> None:
    assert len(watched.pages) == 2
    assert all(b"flutter" in page.lower() for page in watched.pages)
    assert ADVOCATE.passphrase in watched.said
    assert SUPERVISOR.passphrase in watched.said
    assert "fictional" in watched.said


def test_two_apps_and_a_centre_listen_and_on_loopback_only(watched: Watched) -> None:
    assert [found for found in watched.listening.values() if found] == [[LOOPBACK]] * 3


def test_a_contact_of_the_first_device_arrives_on_the_second(watched: Watched) -> None:
    assert watched.arrived is not None
    assert watched.arrived.note == watched.sent.note
    assert watched.arrived.case_id == watched.sent.case_id
    assert watched.author_on_the_second is not None
    assert watched.author_on_the_second.display_name == ADVOCATE.name


def test_both_devices_know_the_same_colleagues_each_once(watched: Watched) -> None:
    first, second = watched.colleagues
    assert first == second
    assert first == [
        "Demo Advocate",
        "Demo Parent Advocate",
        "Demo Supervisor",
        "Demo Survivor Advocate",
    ]


def test_a_demo_leaves_no_process_and_no_file_behind(watched: Watched) -> None:
    assert watched.folder_mode == 0o700
    assert len(watched.listening) == 3
    assert watched.left_running == []
    assert watched.left_lying == []
    assert watched.returncode in (0, 128 + signal.SIGTERM)
    assert "Traceback" not in watched.errors


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="looks into /proc")
def test_a_demo_that_is_ended_while_it_prepares_leaves_nothing_behind(tmp_path: Path) -> None:
    with a_demo(tmp_path) as process:
        assert process.stdout is not None
        assert "Preparing" in process.stdout.readline()
        for _ in range(PROCESS_SECONDS * 20):
            if len(everyone := with_children(process.pid)) > 1:
                break
            time.sleep(0.05)  # nothing to await: another process starts a third
        process.send_signal(signal.SIGTERM)
        process.communicate(timeout=PROCESS_SECONDS)
    assert len(everyone) > 1
    assert [pid for pid in everyone if Path(f"/proc/{pid}").exists()] == []
    assert list((tmp_path / "tmp").iterdir()) == []


def wait_until_it_listens(port: int) -> None:
    """Return when somebody accepts connections on a loopback port.

    Another process's socket cannot be awaited, so it is asked for, 20 times a second.
    """
    for _ in range(PROCESS_SECONDS * 20):
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.05)
        else:
            return
    raise AssertionError(f"nobody listens on {port}")


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, object]]:
    """What would have been shown: a demo ends at once."""
    calls: list[dict[str, object]] = []
    monkeypatch.setattr(field_app.app, "run", lambda _app, **options: calls.append(options))
    return calls


def a_child_too_many(*_arguments: str, **_options: object) -> None:
    raise AssertionError("no process should be started")


@pytest.mark.parametrize("alone", [True, False])
def test_without_the_central_api_one_device_is_shown_and_it_is_said_why(
    alone: bool,
    shown: list[dict[str, object]],
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setattr(Processes, "start", a_child_too_many)
    if not alone:
        monkeypatch.setattr(demo_processes, "PARTS_OF_THE_CENTRE", ("a_module_nobody_has",))
    handler = signal.getsignal(signal.SIGTERM)

    code = demo.run(argparse.Namespace(alone=alone, browser=True, port=0))

    said = capsys.readouterr().out
    assert code == 0
    assert len(shown) == 1
    assert f"address      http://127.0.0.1:{shown[0]['port']}/?key={shown[0]['key']}\n" in said
    assert ("not installed" in said) is not alone
    assert SUPERVISOR.passphrase not in said
    assert signal.getsignal(signal.SIGTERM) is handler


def test_a_centre_that_cannot_be_made_is_one_sentence_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "centre").write_text("a file where the folder should be")
    with Processes(tmp_path / "log") as processes:
        centre = CentreProcess(processes, tmp_path / "centre")
        centre.start()
        with pytest.raises(SyncError, match="--alone"):
            centre.first_code()


def test_the_demos_centre_hears_nothing_of_another_centres_settings(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DATABASE_URL", "postgresql://an-agency.invalid/real")
    monkeypatch.setenv("FIELD_SERVER_DATABASE_URL", "postgresql://an-agency.invalid/real")
    monkeypatch.setenv("FIELD_SERVER_CONFIG", "/etc/field-server.toml")

    environment = own_centre_environment(tmp_path, 4711)

    assert "DATABASE_URL" not in environment
    ours = {name for name in environment if name.startswith("FIELD_SERVER_")}
    assert ours == {f"FIELD_SERVER_{name}" for name in ("DATA", "HOST", "PORT", "LOG_LEVEL")}


def test_the_demos_store_opens_with_the_passphrase_it_prints(tmp_path: Path) -> None:
    make_advocate(tmp_path)
    with opened(tmp_path, ADVOCATE.passphrase) as workspace:
        assert len(workspace.caseload.entries()) > 15
        assert len(colleagues_of(workspace)) == 4
        cases = [entry.participant.case_id for entry in workspace.caseload.entries()]
        plans = [plan for case in cases for plan in workspace.safety_plans.of_case(case)]
        assert [len(plan.entries) for plan in plans] == [4]
        assert [len(workspace.meetings.of_case(plan.case_id)) for plan in plans] == [1]
        sessions = [len(workspace.empowerment.sessions(case)) for case in cases]
        assert {count for count in sessions if count} == {3}


def test_the_second_store_opens_with_its_own_and_is_a_data_managers(tmp_path: Path) -> None:
    make_supervisor(tmp_path)
    with opened(tmp_path, SUPERVISOR.passphrase) as workspace:
        assert workspace.me.role is StaffRole.DATA_MANAGER
        assert len(colleagues_of(workspace)) == 3


@pytest.mark.parametrize("person", [ADVOCATE, SUPERVISOR], ids=lambda person: person.name)
def test_the_demos_passphrases_would_be_taken_on_any_device(person: DemoPerson) -> None:
    assert rate(person.passphrase, has_keystore=False).accepted
