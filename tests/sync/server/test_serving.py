"""`field-server serve` and `check`: what they say, and that looking leaves nothing behind."""

import signal
import socket
import subprocess
import sys
from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path

import pytest

from sync.server.__main__ import main
from sync.server.listening import CannotListen, open_listeners


def _files(folder: Path) -> dict[str, str]:
    """Return what is in a folder: names, and hashes of contents."""
    return {
        str(path.relative_to(folder)): sha256(path.read_bytes()).hexdigest()
        for path in folder.rglob("*")
        if path.is_file()
    } | {str(path.relative_to(folder)): "" for path in folder.rglob("*") if path.is_dir()}


@pytest.mark.parametrize("state", ["lost", "lost with its folder", "empty"])
def test_check_of_a_database_that_is_not_there_makes_none(
    state: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    database = tmp_path / "data" / "centre.sqlite3"
    monkeypatch.setenv("FIELD_SERVER_DATA", str(database.parent))
    monkeypatch.setenv("FIELD_SERVER_KEY_FILE", str(tmp_path / "server.key"))
    assert main(["init"]) == 0
    for path in database.parent.iterdir():
        path.unlink()
    if state == "lost with its folder":
        database.parent.rmdir()
    if state == "empty":
        database.touch()
    before = _files(tmp_path)

    assert main(["check"]) == 2
    assert "run `field-server init` first" in capsys.readouterr().err
    assert _files(tmp_path) == before


def test_check_of_a_database_in_order_changes_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIELD_SERVER_DATA", str(tmp_path))
    assert main(["init"]) == 0
    assert main(["check"]) == 0
    before = _files(tmp_path)

    assert main(["check"]) == 0
    assert _files(tmp_path) == before


def test_a_taken_port_is_told_in_one_sentence_and_nothing_is_served(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIELD_SERVER_DATA", str(tmp_path))
    assert main(["init"]) == 0
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        monkeypatch.setenv("FIELD_SERVER_PORT", str(port))
        ended = subprocess.run(
            [sys.executable, "-m", "sync.server", "serve"],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
    assert ended.returncode == 2
    assert ended.stderr == (
        f"field-server: port {port} of 127.0.0.1 is taken: another program, or another "
        "field-server, listens there. Stop it, or set port to a free one.\n"
    )


@pytest.mark.parametrize(
    ("host", "words"),
    [("no-such-host.invalid", "is not known"), ("192.0.2.1", "is not an address of this machine")],
)
def test_a_host_that_is_not_this_machine_is_told_with_what_to_do(host: str, words: str) -> None:
    with pytest.raises(CannotListen, match=words) as refused:
        open_listeners(host, 0)
    assert "Set host to" in str(refused.value)


@pytest.mark.parametrize("workers", [(), ("--workers", "2")])
def test_who_reads_that_it_serves_can_connect(
    workers: Sequence[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FIELD_SERVER_DATA", str(tmp_path))
    monkeypatch.setenv("FIELD_SERVER_PORT", "0")
    monkeypatch.setenv("WEB_CONCURRENCY", "many")  # uvicorn's own setting: not one of this server
    assert main(["init"]) == 0
    server = subprocess.Popen(
        [sys.executable, "-m", "sync.server", "serve", *workers],
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert server.stderr is not None
        said = server.stderr.readline()
        assert said.startswith("Serving on 127.0.0.1:")
        port = int(said.rstrip(".\n").rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port)) as connection:
            connection.sendall(
                b"GET /healthz HTTP/1.1\r\nHost: centre\r\nConnection: close\r\n\r\n"
            )
            assert connection.makefile("rb").readline() == b"HTTP/1.1 200 OK\r\n"
    finally:
        server.send_signal(signal.SIGTERM)
        server.communicate(timeout=60)
