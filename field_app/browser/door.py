"""Who may speak to the app while a browser shows it: only a browser that was given the link.

A port of 127.0.0.1 is open to more than the person who started the app:

- every web page that is open on this machine. So each request must name this machine as its host
  (a name of somebody else's that was made to point here does not), and come from the same origin,
  if it says from where it comes. Browsers always say so for web sockets.
- every program of every account of this machine. So each request must carry a cookie that only the
  link of this run gives. The link is good once: who finds it in a list of processes, or in a
  browser's history, is too late. A new one is made when it was used, and said to whoever started
  the app. The demo's link, behind which nobody's data lie, stays good.

What remains: somebody who watches the list of processes can be faster than the browser that was
just started. They then stand at the locked door, and the person's own browser is told so.
Browsers send a cookie to every port of a host: a page of another account of this machine that the
person opens in the same browser could take it. Behind the door stands the passphrase.
"""

import hmac
import secrets
from collections.abc import Awaitable, Callable, MutableMapping
from http.cookies import CookieError, SimpleCookie
from typing import Any
from urllib.parse import parse_qs

Scope = MutableMapping[str, Any]
Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Scope, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]

LOOPBACK_NAMES = (b"127.0.0.1", b"localhost")
KEY_NAME = "key"
KEY_BYTES = 24
POLICY_VIOLATION = 1008  # RFC 6455, 7.4.1
HEADERS: Headers = [
    (b"x-frame-options", b"DENY"),  # no other page shows the door as a part of itself
    (b"referrer-policy", b"no-referrer"),
]
PAGE_HEADERS: Headers = [
    (b"content-type", b"text/html; charset=utf-8"),
    (b"cache-control", b"no-store"),
    *HEADERS,
]

# A cookie of SameSite=Strict does not go along when another page's link led here; it does when
# this page leads on.
ONWARD = b'<!doctype html><meta http-equiv="refresh" content="0;url=/"><title>...</title>'
CLOSED = """\
<!doctype html><meta charset="utf-8"><meta name="viewport" content="width=device-width">
<title>...</title><body style="font-family:sans-serif;max-width:34em;margin:3em auto;padding:0 1em">
<p>This page opens only by the link that was shown when the app was started, and each link works
once. Use the newest link, or start the app again.</p>
<p lang="es">Esta página solo se abre con el enlace que se mostró al iniciar la aplicación, y cada
enlace sirve una vez. Use el enlace más reciente o inicie la aplicación de nuevo.</p>
""".encode()


def new_key() -> str:
    """Return a key that nobody guesses."""
    return secrets.token_urlsafe(KEY_BYTES)


def link_of(port: int, key: str) -> str:
    """Return the link that opens the door on a port of this machine."""
    return f"http://127.0.0.1:{port}/?{KEY_NAME}={key}"


class Keys:
    """The keys of the door: one at a time, each good once."""

    def __init__(
        self, *, lasting: str | None = None, on_new: Callable[[str], None] = lambda _key: None
    ) -> None:
        """Make the first key. A `lasting` one stays; else `on_new` hears each further key."""
        self._is_lasting = lasting is not None
        self.key = lasting or new_key()
        self._on_new = on_new

    def redeem(self, offered: str) -> bool:
        """Tell whether a key is the good one; unless it lasts, it is not any more afterwards."""
        if not hmac.compare_digest(offered.encode(), self.key.encode()):
            return False
        if not self._is_lasting:
            self.key = new_key()
            self._on_new(self.key)
        return True


class WebDoor:
    """An ASGI app before another one: turns strangers away."""

    def __init__(self, app: AsgiApp, keys: Keys, port: int) -> None:
        """Stand before `app`, which is served on `port`."""
        self._app = app
        self._keys = keys
        # The port in its name: cookies are shared by all ports of a host, and the demo has two.
        self._cookie = f"door-{port}"
        self._pass = new_key()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Let a request through, or answer it with 403 (a web socket is not accepted)."""
        if scope["type"] not in ("http", "websocket"):
            await self._app(scope, receive, send)
        elif not _is_our_own(scope):
            await _refuse(scope, send, b"")
        elif scope["type"] == "http" and (offered := _key_in(scope)):
            if self._keys.redeem(offered):
                await self._welcome(scope, send)
            else:
                await _refuse(scope, send, CLOSED)
        elif not self._has_pass(scope):
            await _refuse(scope, send, CLOSED)
        elif scope["type"] == "websocket":
            await self._app(scope, receive, send)
        else:

            async def with_headers(message: Message) -> None:
                if message["type"] == "http.response.start":
                    message["headers"] = [*message.get("headers", ()), *HEADERS]
                await send(message)

            await self._app(scope, receive, with_headers)

    async def _welcome(self, scope: Scope, send: Send) -> None:
        cookie = f"{self._cookie}={self._pass}; Path=/; HttpOnly; SameSite=Strict".encode()
        headers = [*PAGE_HEADERS, (b"set-cookie", cookie)]
        came_by_a_link = _values(scope, b"sec-fetch-site") not in ([], [b"none"])
        if came_by_a_link:
            await _answer(send, 200, headers, ONWARD)
        else:
            await _answer(send, 303, [*headers, (b"location", b"/")], b"")

    def _has_pass(self, scope: Scope) -> bool:
        for value in _values(scope, b"cookie"):
            try:
                cookies = SimpleCookie(value.decode("latin-1"))
            except CookieError:
                continue
            found = cookies.get(self._cookie)
            if found is not None and hmac.compare_digest(found.value.encode(), self._pass.encode()):
                return True
        return False


def _values(scope: Scope, header: bytes) -> list[bytes]:
    return [value for name, value in scope["headers"] if name == header]


def _key_in(scope: Scope) -> str:
    query = scope.get("query_string", b"").decode("latin-1")
    offered: str = parse_qs(query).get(KEY_NAME, [""])[0]
    return offered


def _is_our_own(scope: Scope) -> bool:
    hosts = _values(scope, b"host")
    if len(hosts) != 1 or hosts[0].partition(b":")[0] not in LOOPBACK_NAMES:
        return False
    return all(origin == b"http://" + hosts[0] for origin in _values(scope, b"origin"))


async def _refuse(scope: Scope, send: Send, body: bytes) -> None:
    if scope["type"] == "websocket":
        await send({"type": "websocket.close", "code": POLICY_VIOLATION})
    else:
        await _answer(send, 403, PAGE_HEADERS, body)


async def _answer(send: Send, status: int, headers: Headers, body: bytes) -> None:
    length = (b"content-length", str(len(body)).encode())
    await send({"type": "http.response.start", "status": status, "headers": [*headers, length]})
    await send({"type": "http.response.body", "body": body})
