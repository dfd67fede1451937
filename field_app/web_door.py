"""Who may speak to the app while a browser shows it: only the page that the app itself served.

Every web page that is open on this machine can reach a port of 127.0.0.1, and a web socket does not
ask who opened it: such a page would be a window of the app. Flet 1.0.5 checks nothing and allows
every origin. So each request must name this machine as its host (a name of somebody else's that was
made to point here does not), and come from the same origin, if it says from where it comes.
Browsers always say so for web sockets. The desktop client says nothing; so does a program of
another person who is logged in to this machine: against that stands the passphrase alone.
"""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]

LOOPBACK_NAMES = (b"127.0.0.1", b"localhost")
POLICY_VIOLATION = 1008  # RFC 6455, 7.4.1
HEADERS = (
    (b"x-frame-options", b"DENY"),  # no other page shows the door as a part of itself
    (b"referrer-policy", b"no-referrer"),
)


class WebDoor:
    """An ASGI app before another one: turns strangers away."""

    def __init__(self, app: AsgiApp) -> None:
        """Stand before `app`."""
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with 403 (a web socket is not accepted)."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif not _is_our_own(scope):
            await _refuse(scope, send)
        elif scope["type"] == "websocket":
            await self._app(scope, receive, send)
        else:

            async def with_headers(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [*message.get("headers", ()), *HEADERS]
                await send(message)

            await self._app(scope, receive, with_headers)


def guard_web_server() -> None:
    """Put the door before every app that Flet's web server serves from now on in this process."""
    import flet_web.fastapi  # type: ignore[import-untyped]

    make = flet_web.fastapi.app
    if getattr(make, "has_door", False):
        return

    def make_with_door(*arguments: Any, **named: Any) -> WebDoor:
        return WebDoor(make(*arguments, **named))

    make_with_door.has_door = True  # type: ignore[attr-defined]
    # Flet's server looks its app up here each time, and offers no place for middleware.
    flet_web.fastapi.app = make_with_door


def _is_our_own(scope: Scope) -> bool:
    hosts = [value for name, value in scope["headers"] if name == b"host"]
    origins = [value for name, value in scope["headers"] if name == b"origin"]
    if len(hosts) != 1 or hosts[0].partition(b":")[0] not in LOOPBACK_NAMES:
        return False
    return all(origin == b"http://" + hosts[0] for origin in origins)


async def _refuse(scope: Scope, send: Send) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
        return
    await send(
        {"type": "http.response.start", "status": 403, "headers": [(b"content-length", b"0")]}
    )
    await send({"type": "http.response.body", "body": b""})
