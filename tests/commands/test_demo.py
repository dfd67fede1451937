"""`field-app demo` as a process: on loopback only, and gone without a trace."""

import os
import re
import signal
import socket
import stat
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

from field_app.bootstrap import build_app
from field_app.commands.demo import PASSPHRASE, make_demo
from field_app.settings import load_settings
from field_app.store.passphrase import rate
from tests.commands.conftest import PROCESS_SECONDS

LOOPBACK = "0100007F"  # 127.0.0.1 as /proc/net/tcp writes it
LISTENING = "0A"


def listening_addresses(pid: int) -> list[str]:
    """Return the addresses (IPv4 and IPv6, as the kernel writes them) a process listens on."""
    inodes = set()
    for fd in Path(f"/proc/{pid}/fd").iterdir():
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


@pytest.mark.skipif(not Path("/proc/net/tcp").exists(), reason="looks into /proc")
def test_a_demo_serves_on_loopback_only_and_leaves_nothing_behind(tmp_path: Path) -> None:
    home, temporary = tmp_path / "home", tmp_path / "tmp"
    home.mkdir()
    temporary.mkdir()
    environment = {key: value for key, value in os.environ.items() if key != "DISPLAY"}
    environment |= {
        "HOME": str(home),
        "TMPDIR": str(temporary),
        "PYTHONDONTWRITEBYTECODE": "1",
        "FLET_SERVER_IP": "0.0.0.0",  # whatever the environment says
    }
    with subprocess.Popen(
        [sys.executable, "-m", "field_app", "demo"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment,
        start_new_session=True,
    ) as process:
        try:
            assert process.stdout is not None
            said = ""
            while "removed at the end" not in said and (line := process.stdout.readline()):
                said += line
            address = re.search(r"http://127\.0\.0\.1:(\d+)", said)
            assert address, (said, process.stderr and process.stderr.read())
            wait_until_it_listens(int(address[1]))
            with urllib.request.urlopen(address[0], timeout=PROCESS_SECONDS) as answer:
                assert answer.status == 200
                assert b"flutter" in answer.read().lower()
            (folder,) = temporary.glob("field-notes-demo-*")
            mode = stat.S_IMODE(folder.stat().st_mode)
            addresses = listening_addresses(process.pid)
        finally:
            process.send_signal(signal.SIGTERM)
            _, errors = process.communicate(timeout=PROCESS_SECONDS)

    assert PASSPHRASE in said
    assert "fictional" in said
    assert mode == 0o700
    assert set(addresses) == {LOOPBACK}
    assert process.returncode in (0, 128 + signal.SIGTERM)
    assert "Traceback" not in errors
    assert list(temporary.iterdir()) == []
    assert list(home.iterdir()) == []


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


def test_the_demos_store_opens_with_the_passphrase_it_prints(tmp_path: Path) -> None:
    make_demo(tmp_path)

    session = build_app(load_settings(tmp_path)).session
    session.unlock(PASSPHRASE)

    assert session.workspace is not None
    assert len(session.workspace.caseload.entries()) > 15
    session.lock()


def test_the_demos_passphrase_would_be_taken_on_any_device() -> None:
    assert rate(PASSPHRASE, has_keystore=False).accepted
