"""Serves the app to a browser of this machine, and beside it, if asked, to a window of its own.

Flet's own server is not used: it takes its address from the environment, has no place for a door,
and opens the browser at an address without a key. Its ASGI app is.
"""

import asyncio
import signal
import socket
import sys
import threading
import webbrowser
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import Any

import flet as ft
import uvicorn

from field_app.browser.door import AsgiApp, Keys, WebDoor, link_of

LOOPBACK = "127.0.0.1"
SECONDS_TO_END = 2  # what open connections get when the app ends


def serve(
    main: Callable[[ft.Page], Any],
    *,
    assets: Path,
    port: int = 0,
    key: str | None = None,
    say: Callable[[str], None] = lambda _link: None,
    opens_browser: bool = True,
    beside: Callable[[], Awaitable[None]] | None = None,
) -> None:
    """Serve the app on loopback until a signal ends it, or `beside` ends.

    Args:
        main: What Flet calls for each window.
        assets: The folder of icons and pages.
        port: The port; 0 takes a free one.
        key: A key that stays good; without one each link is good once. For the demo only.
        say: Hears the link as soon as it can be opened, and each new one.
        opens_browser: Open the first link in the person's browser.
        beside: Runs on the same loop: the app in a window of its own.

    Raises:
        OSError: The port is taken.
    """
    with _listening(port) as listener:
        port = listener.getsockname()[1]
        keys = Keys(lasting=key, on_new=lambda new: say(link_of(port, new)))
        server = uvicorn.Server(
            uvicorn.Config(
                WebDoor(asgi_app(main, assets), keys, port),
                ws="websockets-sansio",
                log_config=None,  # the app has set up the logs; a line a request would hold a key
                access_log=False,
                timeout_graceful_shutdown=SECONDS_TO_END,
            )
        )
        link = link_of(port, keys.key)
        say(link)
        if opens_browser:
            threading.Thread(target=webbrowser.open, args=(link,), daemon=True).start()
        with _signals_end(server):
            asyncio.run(_run(server, listener, beside))


def asgi_app(main: Callable[[ft.Page], Any], assets: Path) -> AsgiApp:
    """Return the app as Flet's web server would serve it, without a door."""
    app: AsgiApp = ft.run(main, export_asgi_app=True, assets_dir=str(assets), no_cdn=True)
    return app


async def _run(
    server: uvicorn.Server,
    listener: socket.socket,
    beside: Callable[[], Awaitable[None]] | None,
) -> None:
    if beside is None:
        await server.serve(sockets=[listener])
        return
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    window = asyncio.ensure_future(beside())
    await asyncio.wait((serving, window), return_when=asyncio.FIRST_COMPLETED)
    server.should_exit = True
    window.cancel()
    await asyncio.gather(serving, window, return_exceptions=True)


@contextmanager
def _listening(port: int) -> Iterator[socket.socket]:
    with socket.socket() as listener:
        if sys.platform == "win32":
            # Another program must not be able to listen on the same port.
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((LOOPBACK, port))
        listener.listen(128)  # from here on a browser may come: it waits until it is served
        yield listener


@contextmanager
def _signals_end(server: uvicorn.Server) -> Iterator[None]:
    """Let a signal end the server and nothing else, also one that comes before it has begun.

    The server listens to signals by itself while it runs, and raises them again afterwards.
    """

    def end(_number: int, _frame: FrameType | None) -> None:
        server.should_exit = True

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = [signal.signal(number, end) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
