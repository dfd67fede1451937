"""While a browser shows the app, other web pages and other names for this machine get nothing."""

import http.client
import socket
import threading
from collections.abc import Iterator

import flet as ft
import flet_web.fastapi  # type: ignore[import-untyped]
import pytest
import uvicorn
from flet_web.fastapi.serve_fastapi_web_app import (  # type: ignore[import-untyped]
    get_fastapi_web_app,
)
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from field_app import app as application
from field_app.app import ASSETS, FieldNotes

STRANGERS = ("https://evil.example", "http://127.0.0.1:3000", "http://localhost:{port}", "null")


class Server(uvicorn.Server):
    """A web server that says when it listens."""

    listens = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()


@pytest.fixture(scope="module")
def port(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """Serve what the app serves when it is shown in a browser; give the port."""
    served = {}

    def run(main: object, **named: object) -> None:
        uploads = str(tmp_path_factory.mktemp("uploads"))
        served["app"] = get_fastapi_web_app(
            lambda page: None, None, "", str(ASSETS), uploads, no_cdn=True
        )

    with pytest.MonkeyPatch.context() as patch, socket.socket() as listener:
        # Set back afterwards, whatever the app put there.
        patch.setattr(flet_web.fastapi, "app", flet_web.fastapi.app)
        patch.setattr(ft, "run", run)
        application.run(FieldNotes(None, None), in_browser=True)  # type: ignore[arg-type]
        listener.bind(("127.0.0.1", 0))
        config = uvicorn.Config(served["app"], log_level="critical", ws="websockets-sansio")
        server = Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        assert server.listens.wait(30)
        yield listener.getsockname()[1]
        server.should_exit = server.force_exit = True
        thread.join(30)


def socket_answer(port: int, *, host: str = "127.0.0.1", origin: str | None = None) -> int:
    """Return the status with which a web socket is answered: 101 is a welcome."""
    raw = socket.create_connection(("127.0.0.1", port))
    try:
        with connect(f"ws://{host}:{port}/ws", sock=raw, origin=origin) as opened:  # type: ignore[arg-type]
            assert opened.response is not None
            return opened.response.status_code
    except InvalidStatus as refusal:
        return refusal.response.status_code


def page_answer(port: int, **headers: str) -> http.client.HTTPResponse:
    """Return the answer to a request for the page."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=30)
    connection.request("GET", "/", headers=headers)
    answer = connection.getresponse()
    answer.read()
    connection.close()
    return answer


@pytest.mark.parametrize("origin", STRANGERS)
def test_another_web_page_is_no_window_of_the_app(port: int, origin: str) -> None:
    assert socket_answer(port, origin=origin.format(port=port)) == 403


@pytest.mark.parametrize("origin", ["http://127.0.0.1:{port}", None])
def test_the_apps_own_page_and_the_desktop_client_are_let_in(port: int, origin: str | None) -> None:
    assert socket_answer(port, origin=origin and origin.format(port=port)) == 101


def test_a_name_of_somebody_elses_that_points_here_gets_nothing(port: int) -> None:
    origin = f"http://evil.example:{port}"
    assert socket_answer(port, host="evil.example", origin=origin) == 403
    assert page_answer(port, Host=f"evil.example:{port}").status == 403


def test_the_page_is_served_and_may_not_be_framed(port: int) -> None:
    answer = page_answer(port)
    assert answer.status == 200
    assert answer.headers["x-frame-options"] == "DENY"


def test_another_web_page_cannot_read_that_the_app_is_here(port: int) -> None:
    assert page_answer(port, Origin="https://evil.example").status == 403
