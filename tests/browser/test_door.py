"""While a browser shows the app, only the browser that was given the link gets in."""

import asyncio
import http.client
import signal
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
import uvicorn
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect

from field_app.app import ASSETS
from field_app.browser import serving
from field_app.browser.door import KEY_NAME, Keys, Receive, Scope, Send, WebDoor, link_of
from field_app.browser.serving import asgi_app

STRANGERS = ("https://evil.example", "http://127.0.0.1:3000", "http://localhost:{port}", "null")


class Server(uvicorn.Server):
    """A web server that says when it listens."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.listens = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.listens.set()


@dataclass
class Served:
    """The app behind its door, and what opens it."""

    port: int
    keys: Keys
    said: list[str]

    def answer(self, path: str = "/", **headers: str) -> http.client.HTTPResponse:
        """Return the answer to a request for a page; its body has been read into `text`."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=30)
        connection.request(
            "GET", path, headers={k.replace("_", "-"): v for k, v in headers.items()}
        )
        answer = connection.getresponse()
        answer.text = answer.read().decode("utf-8", "replace")  # type: ignore[attr-defined]
        connection.close()
        return answer

    def enter(self) -> str:
        """Open the link; return the cookie that it gave."""
        answer = self.answer(f"/?{KEY_NAME}={self.keys.key}")
        assert answer.status == 303
        return answer.headers["set-cookie"].split(";")[0]

    def socket(
        self, *, host: str = "127.0.0.1", origin: str | None = None, cookie: str = ""
    ) -> int:
        """Return the status with which a web socket is answered: 101 is a welcome."""
        raw = socket.create_connection(("127.0.0.1", self.port))
        more = {"Cookie": cookie} if cookie else {}
        try:
            with connect(
                f"ws://{host}:{self.port}/ws",
                sock=raw,
                origin=origin,  # type: ignore[arg-type]
                additional_headers=more,
            ) as opened:
                assert opened.response is not None
                return opened.response.status_code
        except InvalidStatus as refusal:
            return refusal.response.status_code


@pytest.fixture(scope="module")
def served() -> Iterator[Served]:
    """The app, served once for all tests: Flet's server does not start twice in a process."""
    said: list[str] = []
    keys = Keys(on_new=said.append)
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port = listener.getsockname()[1]
        door = WebDoor(asgi_app(lambda page: None, ASSETS), keys, port)
        server = Server(
            uvicorn.Config(door, log_config=None, ws="websockets-sansio", access_log=False)
        )
        thread = threading.Thread(target=server.run, args=([listener],))
        thread.start()
        try:
            assert server.listens.wait(30)
            yield Served(port, keys, said)
        finally:
            server.should_exit = server.force_exit = True
            thread.join(30)


@pytest.mark.parametrize("origin", STRANGERS)
def test_another_web_page_is_no_window_of_the_app(served: Served, origin: str) -> None:
    cookie = served.enter()
    assert served.socket(origin=origin.format(port=served.port), cookie=cookie) == 403


def test_the_apps_own_page_is_let_in(served: Served) -> None:
    cookie = served.enter()
    assert served.socket(origin=f"http://127.0.0.1:{served.port}", cookie=cookie) == 101


def test_another_account_of_this_machine_gets_neither_page_nor_socket(served: Served) -> None:
    answer = served.answer()
    assert answer.status == 403
    assert "flutter" not in answer.text.lower()  # type: ignore[attr-defined]
    assert "webSocketEndpoint" not in answer.text  # type: ignore[attr-defined]
    assert served.socket() == 403
    assert served.socket(cookie=f"door-{served.port}=guessed") == 403
    assert served.answer(f"/?{KEY_NAME}=guessed").status == 403


def test_a_link_lets_one_browser_in_and_then_nobody(served: Served) -> None:
    key = served.keys.key
    cookie = served.enter()

    assert served.answer("/", cookie=cookie).status == 200
    assert served.answer("/more/settings", cookie=cookie).status == 200
    again = served.answer(f"/?{KEY_NAME}={key}")
    assert again.status == 403
    assert "once" in again.text  # type: ignore[attr-defined]
    assert "set-cookie" not in again.headers


def test_a_new_link_is_said_when_one_was_used(served: Served) -> None:
    used = served.keys.key
    served.said.clear()

    served.enter()

    assert served.said == [served.keys.key]
    assert served.keys.key != used


def test_the_cookie_stays_with_this_page_and_out_of_scripts(served: Served) -> None:
    answer = served.answer(f"/?{KEY_NAME}={served.keys.key}")
    attributes = answer.headers["set-cookie"].split("; ")[1:]
    assert attributes == ["Path=/", "HttpOnly", "SameSite=Strict"]
    assert answer.headers["location"] == "/"
    assert answer.headers["cache-control"] == "no-store"


def test_a_link_that_another_page_led_to_goes_on_from_a_page_of_our_own(served: Served) -> None:
    # A strict cookie would not go along with a redirect.
    path = f"/?{KEY_NAME}={served.keys.key}"
    answer = served.answer(path, sec_fetch_site="cross-site")
    assert answer.status == 200
    assert 'url=/"' in answer.text  # type: ignore[attr-defined]
    assert "set-cookie" in answer.headers


def test_the_demos_link_stays_good_and_no_other_is_made() -> None:
    said: list[str] = []
    keys = Keys(lasting="of the demo", on_new=said.append)

    assert [keys.redeem(key) for key in ("of the demo", "another", "of the demo")] == [
        True,
        False,
        True,
    ]
    assert keys.key == "of the demo"
    assert said == []


def test_a_name_of_somebody_elses_that_points_here_gets_nothing(served: Served) -> None:
    cookie = served.enter()
    host = f"evil.example:{served.port}"
    assert served.socket(host="evil.example", origin=f"http://{host}", cookie=cookie) == 403
    assert served.answer("/", Host=host, cookie=cookie).status == 403
    assert served.answer(f"/?{KEY_NAME}={served.keys.key}", Host=host).status == 403


def test_the_page_is_served_and_may_not_be_framed(served: Served) -> None:
    answer = served.answer("/", cookie=served.enter())
    assert answer.status == 200
    assert "flutter" in answer.text.lower()  # type: ignore[attr-defined]
    assert answer.headers["x-frame-options"] == "DENY"


def test_another_web_page_cannot_read_that_the_app_is_here(served: Served) -> None:
    cookie = served.enter()
    assert served.answer("/", Origin="https://evil.example", cookie=cookie).status == 403


def test_the_first_link_is_said_when_a_browser_may_come_and_opened_in_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    said: list[str] = []
    opened = threading.Event()
    links: list[str] = []

    def open_browser(link: str) -> None:
        links.append(link)
        opened.set()

    async def run(_server: object, listener: socket.socket, _beside: object) -> None:
        port = listener.getsockname()[1]
        assert listener.getsockname()[0] == "127.0.0.1"
        socket.create_connection(("127.0.0.1", port)).close()  # it may come already
        assert said == [links[0] if links else said[0]]
        assert said[0].startswith(link_of(port, ""))
        await asyncio.to_thread(opened.wait, 10)

    monkeypatch.setattr("webbrowser.open", open_browser)
    monkeypatch.setattr(serving, "_run", run)
    monkeypatch.setattr(serving, "asgi_app", lambda main, assets: answers_nothing)

    serving.serve(lambda page: None, assets=ASSETS, say=said.append)

    assert links == said


async def answers_nothing(scope: Scope, receive: Receive, send: Send) -> None:
    """An app that starts and ends."""
    while scope["type"] == "lifespan":
        message = await receive()
        await send({"type": f"{message['type']}.complete"})
        if message["type"] == "lifespan.shutdown":
            return


def test_a_window_beside_the_browser_ends_the_app_when_it_is_closed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(serving, "asgi_app", lambda main, assets: answers_nothing)
    ended: list[str] = []

    async def window() -> None:
        ended.append("window")

    serving.serve(lambda page: None, assets=ASSETS, opens_browser=False, beside=window)

    assert ended == ["window"]


def test_a_signal_that_comes_before_the_server_has_begun_ends_it_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    run = serving._run
    handlers = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]

    async def interrupted(server: uvicorn.Server, *rest: Any) -> None:
        signal.raise_signal(signal.SIGTERM)
        async with asyncio.timeout(30):
            await run(server, *rest)

    monkeypatch.setattr(serving, "_run", interrupted)
    monkeypatch.setattr(serving, "asgi_app", lambda main, assets: answers_nothing)

    serving.serve(lambda page: None, assets=ASSETS, opens_browser=False)

    assert [signal.getsignal(n) for n in (signal.SIGINT, signal.SIGTERM)] == handlers
