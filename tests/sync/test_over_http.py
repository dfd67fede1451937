"""The client over real HTTP: SQLite and PostgreSQL, cuts at every byte, kill -9 of a server."""

import os
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import ClassVar

import pytest

from field_app.services.intake import new_participant
from sync.client.errors import NotTheCentre, SyncFailure
from sync.protocol.limits import BODY_BYTES
from sync.protocol.roles import Role
from tests.sync.http_device import HttpDevice
from tests.sync.serving import LocalCentre, ServerProcess, new_agency

CUT_STEP = int(os.environ.get("CUT_STEP", "173"))
"""1 cuts at every byte, some 2,500 times: by hand, half an hour."""


@contextmanager
def cutting_proxy(target: str) -> Iterator["CuttingProxy"]:
    proxy = CuttingProxy(target)
    try:
        yield proxy
    finally:
        proxy.close()


class CuttingProxy:
    """Forwards to a centre, and cuts a connection after so many bytes up or down."""

    def __init__(self, target: str) -> None:
        host, _, port = target.removeprefix("http://").partition(":")
        self._target = (host, int(port))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.url = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.up: int | None = None
        self.down: int | None = None
        self.passed = {"up": 0, "down": 0}
        self._thread = threading.Thread(target=self._accept, daemon=True)
        self._thread.start()

    def close(self) -> None:
        self._listener.close()
        self._thread.join(timeout=5)

    def _accept(self) -> None:
        while True:
            try:
                near, _ = self._listener.accept()
            except OSError:
                return
            far = socket.create_connection(self._target)
            self.passed = {"up": 0, "down": 0}
            for name, source, sink, limit in (
                ("up", near, far, self.up),
                ("down", far, near, self.down),
            ):
                arguments = (name, source, sink, limit, (near, far))
                threading.Thread(target=self._pump, args=arguments, daemon=True).start()

    def _pump(
        self,
        name: str,
        source: socket.socket,
        sink: socket.socket,
        limit: int | None,
        both: tuple[socket.socket, socket.socket],
    ) -> None:
        left = limit
        try:
            while data := source.recv(65536):
                if left is not None:
                    data = data[:left]
                    left -= len(data)
                sink.sendall(data)
                self.passed[name] += len(data)
                if left == 0:
                    break
        except OSError:
            pass
        for each in both:
            with suppress(OSError):
                each.shutdown(socket.SHUT_RDWR)
            each.close()


def test_two_people_over_http(tmp_path: Path, centre: LocalCentre) -> None:
    manager = HttpDevice(tmp_path / "m", centre.url).found(new_agency(centre.parts)[2])
    advocate = HttpDevice(tmp_path / "a", centre.url)
    advocate.enrol(manager.invite(Role.ADVOCATE))
    advocate.sync()
    manager.sync()
    case = advocate.save(new_participant(alias="A."))
    advocate.sync()
    manager.sync()

    manager.save(replace(manager.get(case.record_id), phone="1"))
    advocate.save(replace(advocate.get(case.record_id), phone="2"))
    for device in (manager, advocate, manager):
        device.sync()

    assert manager.records() == advocate.records()
    assert [(c.mine, c.theirs) for c in manager.conflicts()] == [("2", "1")]
    for device in (manager, advocate):
        device.close()


def test_a_sync_that_is_cut_anywhere_is_done_once_the_line_is_whole(
    tmp_path: Path, sqlite_centre: LocalCentre
) -> None:
    manager = HttpDevice(tmp_path / "m", sqlite_centre.url)
    manager.found(new_agency(sqlite_centre.parts)[2])
    case = manager.save(new_participant(alias="A."))
    manager.sync()
    with cutting_proxy(sqlite_centre.url) as proxy:
        manager.move_to(proxy.url)
        manager.save(replace(manager.get(case.record_id), phone="0"))
        manager.sync()
        whole = dict(proxy.passed)
        done = 0
        for way in ("up", "down"):
            # Every byte by hand; in the suite a step that still meets each header and the body.
            for cut in range(1, whole[way], CUT_STEP):
                proxy.up = cut if way == "up" else None
                proxy.down = cut if way == "down" else None
                done += 1
                manager.move_to(proxy.url)
                manager.save(replace(manager.get(case.record_id), phone=str(done)))
                with suppress(SyncFailure):
                    manager.sync()
                proxy.up = proxy.down = None
                manager.move_to(proxy.url)
                manager.sync()
                assert manager.waiting() == 0
        assert done > 10
        with manager.replica.reading() as tx:
            assert tx.bases([case.record_id])[case.record_id].revision == done + 2
        assert manager.get(case.record_id).phone == str(done)
        assert manager.conflicts() == []
    manager.close()


class Portal(BaseHTTPRequestHandler):
    """What a guest network puts in the way: HTML, a redirection, or more than anybody asked."""

    answer: ClassVar[str] = "html"

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        if self.answer == "redirect":
            self.send_response(302)
            self.send_header("Location", "http://127.0.0.1:9/login")
            self.end_headers()
            return
        page = b"<html>Please sign in</html>"
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        with suppress(OSError):
            self.wfile.write(page if self.answer == "html" else bytes(2 * BODY_BYTES))

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


@pytest.mark.parametrize(
    ("answer", "code"),
    [
        ("html", "not_the_centre"),
        ("redirect", "not_the_centre"),
        ("endless", "answer_too_large"),
    ],
)
def test_a_portal_in_the_way_changes_nothing(
    tmp_path: Path,
    sqlite_centre: LocalCentre,
    monkeypatch: pytest.MonkeyPatch,
    answer: str,
    code: str,
) -> None:
    device = HttpDevice(tmp_path / "m", sqlite_centre.url)
    device.found(new_agency(sqlite_centre.parts)[2])
    case = device.save(new_participant(alias="A."))
    monkeypatch.setattr(Portal, "answer", answer)
    portal = HTTPServer(("127.0.0.1", 0), Portal)
    thread = threading.Thread(target=portal.serve_forever, daemon=True)
    thread.start()
    try:
        device.move_to(f"http://127.0.0.1:{portal.server_port}")
        with pytest.raises(NotTheCentre) as caught:
            device.sync()
    finally:
        portal.shutdown()
        portal.server_close()
        thread.join()

    assert caught.value.code == code
    assert (device.waiting(), device.get(case.record_id).alias) == (1, "A.")
    device.move_to(sqlite_centre.url)
    assert device.sync().tally.received == 1
    device.close()


def test_a_server_killed_in_between_has_everything_in_the_end(tmp_path: Path) -> None:
    folder = tmp_path / "centre"
    folder.mkdir()
    with LocalCentre.serving(folder, None) as local:
        code = new_agency(local.parts)[2]
    server = ServerProcess(folder)
    try:
        manager = HttpDevice(tmp_path / "m", server.url).found(code)
        records = [manager.save(new_participant(alias=f"{n}")) for n in range(40)]
        killer = threading.Timer(0.05, server.kill)
        killer.start()
        with suppress(SyncFailure):
            manager.sync()
        killer.join()
        server.restart()
        manager.sync()

        assert manager.waiting() == 0
        with manager.replica.reading() as tx:
            bases = tx.bases([record.record_id for record in records])
        assert {base.revision for base in bases.values()} == {1}
        assert len(bases) == 40
        manager.close()
    finally:
        server.stop()
