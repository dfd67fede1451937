"""The outermost layer: bodies in and out, and the signature of every answer.

Reads the body up to its cap, checks the protocol version, inflates; hands both forms to the routes
as an `Exchange`; and signs what comes back, failures too. Routes check the request's signature
themselves (`authentication`), because whose key it is depends on the route.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from anyio import to_thread
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sync.protocol.compression import TooLarge, deflate, inflate
from sync.protocol.errors import Code, ProtocolError
from sync.protocol.limits import BODY_BYTES, INFLATED_BYTES
from sync.protocol.signing import sign_answer
from sync.protocol.version import PROTOCOL_HEADER, PROTOCOLS_SERVED
from sync.server.logs import log, log_failure
from sync.server.problems import Refused

SIGNED_PREFIX = "/v1/"
_KEY_ID = re.compile(r';keyid="([0-9a-f-]{36})"')
_HEADER_TEXT = 400  # nothing longer is copied from a request's headers into an answer
_IN_THREAD_BYTES = 32 * 1024  # more would hold up every other call for a millisecond or longer
_KEEP = (b"content-type", b"retry-after", b"allow")


@dataclass(slots=True)
class Exchange:
    """One request and what is known of it while it is answered.

    Attributes:
        raw: The body as it travelled: what the digest covers.
        body: The body after inflating.
        headers: Lower-case names.
        device_id: The signer's claim; checked by `authentication`.
        generation: For the answer; 0 until the device is known.
        code: Of a failure, for the log.
    """

    method: str
    path: str
    query: str
    headers: dict[str, str]
    raw: bytes = b""
    body: bytes = b""
    device_id: str = "-"
    generation: int = 0
    code: str = ""


class SignedExchange:
    """ASGI middleware; see the module's text."""

    def __init__(
        self, app: ASGIApp, *, server_key: Ed25519PrivateKey, clock: Callable[[], int]
    ) -> None:
        """Sign with this key, at the time that `clock` gives in milliseconds."""
        self.app = app
        self.server_key = server_key
        self.clock = clock

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http" or not scope["path"].startswith(SIGNED_PREFIX):
            await self.app(scope, receive, send)
            return
        started = time.perf_counter()
        exchange = _exchange_of(scope)
        scope["exchange"] = exchange
        answer = _Answer()
        try:
            await self._take_in(exchange, receive)
        except Refused as refused:
            answer.refuse(refused, exchange)
        else:
            try:
                await self.app(scope, _replayed(exchange.body), answer.take)
            except Exception:
                log_failure("unexpected")
                answer.refuse(
                    Refused(Code.INTERNAL, "The centre failed, and logged it. Repeat later."),
                    exchange,
                )
        if sum(map(len, answer.parts)) > _IN_THREAD_BYTES:
            status, headers, body = await to_thread.run_sync(self._sign, exchange, answer)
        else:
            status, headers, body = self._sign(exchange, answer)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})
        route = scope.get("route")
        log(
            "call",
            method=exchange.method if len(exchange.method) < 10 else "?",
            route=getattr(route, "path", "?"),
            status=status,
            code=exchange.code,
            device=exchange.device_id if len(exchange.device_id) == 36 else "?",
            milliseconds=round((time.perf_counter() - started) * 1000, 1),
            bytes_in=len(exchange.raw),
            bytes_out=len(body),
        )

    async def _take_in(self, exchange: Exchange, receive: Receive) -> None:
        exchange.raw = await _read_body(exchange.headers, receive)
        version = exchange.headers.get(PROTOCOL_HEADER.lower(), "")
        if not version.isdecimal() or int(version[:6]) not in PROTOCOLS_SERVED:
            raise Refused(
                Code.PROTOCOL_UNSUPPORTED,
                "This centre speaks other versions of the protocol. Update the app.",
                lowest_protocol=PROTOCOLS_SERVED[0],
                highest_protocol=PROTOCOLS_SERVED[-1],
            )
        try:
            coding = exchange.headers.get("content-encoding")
            if coding and len(exchange.raw) > _IN_THREAD_BYTES:
                exchange.body = await to_thread.run_sync(inflate, exchange.raw, coding)
            else:
                exchange.body = inflate(exchange.raw, coding)
        except TooLarge as error:
            raise Refused(Code.TOO_LARGE, str(error), limit=INFLATED_BYTES) from None
        except ProtocolError as error:
            raise Refused(Code.MALFORMED, str(error)) from None

    def _sign(
        self, exchange: Exchange, answer: "_Answer"
    ) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
        body = b"".join(answer.parts)
        headers = [(name, value) for name, value in answer.headers if name in _KEEP]
        headers += [h for h in answer.headers if h[0].startswith(b"field-notes-chunk")]
        if exchange.method != "HEAD" and b"octet-stream" not in answer.content_type:
            if "deflate" in exchange.headers.get("accept-encoding", ""):
                body, coding = deflate(body)
                if coding:
                    headers.append((b"content-encoding", coding.encode()))
            headers.append((b"vary", b"accept-encoding"))
        signature = exchange.headers.get("signature", "")[:_HEADER_TEXT]
        signed = sign_answer(
            self.server_key,
            answer.status,
            body,
            device_id=exchange.device_id,
            generation=exchange.generation,
            request_signature=signature,
            created=self.clock() // 1000,
        )
        headers += [(name.lower().encode(), value.encode()) for name, value in signed.items()]
        headers.append((b"cache-control", b"no-store"))
        headers.append((b"content-length", str(len(body)).encode()))
        return answer.status, headers, body


class _Answer:
    """What the application answered, held until it is signed."""

    def __init__(self) -> None:
        self.status = 500
        self.headers: list[tuple[bytes, bytes]] = []
        self.parts: list[bytes] = []

    @property
    def content_type(self) -> bytes:
        return dict(self.headers).get(b"content-type", b"")

    async def take(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            self.headers = [(name.lower(), value) for name, value in message["headers"]]
        elif message["type"] == "http.response.body":
            self.parts.append(message.get("body", b""))

    def refuse(self, refused: Refused, exchange: Exchange) -> None:
        exchange.code = refused.code.value
        self.status = refused.status
        self.headers = [(b"content-type", b"application/problem+json")]
        self.parts = [refused.problem().model_dump_json(exclude_none=True).encode()]


def _exchange_of(scope: Scope) -> Exchange:
    headers = {
        name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]
    }
    raw_path = scope.get("raw_path") or scope["path"].encode()
    # The claim alone: a refusal that comes before the signature is checked must reach it too.
    claimed = _KEY_ID.search(headers.get("signature-input", "")[:_HEADER_TEXT])
    return Exchange(
        scope["method"],
        raw_path.split(b"?")[0].decode("latin-1"),
        scope["query_string"].decode("latin-1"),
        headers,
        device_id=claimed[1] if claimed else "-",
    )


async def _read_body(headers: dict[str, str], receive: Receive) -> bytes:
    length = headers.get("content-length", "0")
    too_large = Refused(
        Code.TOO_LARGE, "The body is larger than one call may carry.", limit=BODY_BYTES
    )
    if not length.isdecimal() or int(length[:12]) > BODY_BYTES:
        raise too_large
    parts, held = [], 0
    while True:
        message: dict[str, Any] = dict(await receive())
        if message["type"] == "http.disconnect":
            raise Refused(Code.MALFORMED, "The request was cut.")
        part = message.get("body", b"")
        held += len(part)
        if held > BODY_BYTES:
            raise too_large
        parts.append(part)
        if not message.get("more_body", False):
            return b"".join(parts)


def _replayed(body: bytes) -> Receive:
    sent = False

    async def receive() -> Message:
        nonlocal sent
        if sent:
            return {"type": "http.disconnect"}
        sent = True
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
