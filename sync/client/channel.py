"""Signed calls: every request carries this device's signature, every answer the centre's.

An answer without the centre's signature is not acted on, whatever its status says.
"""

import base64
import os
import time
from collections.abc import Callable, Mapping
from typing import TypeVar

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from pydantic import ValidationError

from sync.client.errors import CentreRefused, ContradictoryAnswer, NotTheCentre, RetryLater
from sync.client.identity import Identity
from sync.client.transport import RawAnswer, Transport
from sync.protocol.compression import deflate, inflate
from sync.protocol.errors import Code, Problem, ProtocolError, SignatureInvalid
from sync.protocol.signing import SIGNATURE_HEADER, answered_at, sign_request, verify_answer
from sync.protocol.version import IDEMPOTENCY_HEADER, PROTOCOL, PROTOCOL_HEADER
from sync.protocol.wire import Message

M = TypeVar("M", bound=Message)

KeyFinder = Callable[[RawAnswer], Ed25519PublicKey]
"""Finds the key to check an answer with, while none is pinned."""

_WAIT_CODES = {Code.RATE_LIMITED, Code.BUSY, Code.STORAGE_FULL, Code.INTERNAL}
_USUAL_WAIT_SECONDS = 5


def new_idempotency_key() -> str:
    """Return a key under which a POST may be repeated without being done twice."""
    return base64.urlsafe_b64encode(os.urandom(18)).decode()


class Channel:
    """Calls of one device to its centre.

    Attributes:
        offset_seconds: Server time minus device time, learnt from the centre. A clock that is five
            years wrong costs one extra request.
        heard_at: When the centre signed the last answer, by its clock, in milliseconds; 0 before.
    """

    def __init__(
        self,
        transport: Transport,
        device_id: str,
        signing_key: Ed25519PrivateKey,
        server_key: Ed25519PublicKey | KeyFinder,
        *,
        clock: Callable[[], float] = time.time,
        offset_seconds: float = 0.0,
    ) -> None:
        """Speak as a device; only enrolment has to find the centre's key in the answer first."""
        self._transport = transport
        self._device_id = device_id
        self._key = signing_key
        self._server_key = server_key
        self._clock = clock
        self.offset_seconds = offset_seconds
        self.heard_at = 0

    @classmethod
    def of(
        cls,
        identity: Identity,
        transport: Transport,
        *,
        clock: Callable[[], float] = time.time,
        offset_seconds: float = 0.0,
    ) -> "Channel":
        """Return the channel of an enrolled device."""
        return cls(
            transport,
            identity.device_id,
            identity.keys.signing,
            identity.server,
            clock=clock,
            offset_seconds=offset_seconds,
        )

    def server_now(self) -> float:
        """Return the centre's time as well as this device knows it, in Unix seconds."""
        return self._clock() + self.offset_seconds

    def call(
        self,
        answer: type[M],
        method: str,
        path: str,
        body: Message | None = None,
        *,
        query: str = "",
        idempotency_key: str | None = None,
    ) -> M:
        """Make one call and return its verified answer.

        Raises:
            Offline: Nobody answered, or not the centre (`NotTheCentre`).
            RetryLater: The centre asks to wait.
            CentreRefused: The centre says no; act on `problem.code`.
            ContradictoryAnswer: The centre signed an answer that cannot be read.
        """
        raw = b"" if body is None else body.model_dump_json().encode()
        content = self.send(method, path, raw, query=query, idempotency_key=idempotency_key)
        try:
            return answer.model_validate_json(content)
        except ValidationError:
            raise ContradictoryAnswer("The centre's answer has a form that is not known.") from None

    def send(
        self,
        method: str,
        path: str,
        body: bytes,
        *,
        query: str = "",
        idempotency_key: str | None = None,
        content_type: str = "application/json",
    ) -> bytes:
        """Make one call and return the inflated body of its verified answer. Raises as `call`."""
        for attempt in (1, 2):
            status, content = self._once(method, path, query, body, idempotency_key, content_type)
            if status < 400:
                return content
            problem = _problem(content)
            skewed = problem.code is Code.CLOCK_SKEW and problem.server_time is not None
            if skewed and problem.server_time is not None and attempt == 1:
                self.offset_seconds = problem.server_time / 1000 - self._clock()
                continue
            if problem.code in _WAIT_CODES:
                raise RetryLater(
                    f"The centre asks to wait ({problem.code.value}).",
                    seconds=problem.retry_after_seconds or _USUAL_WAIT_SECONDS,
                    code=problem.code.value,
                )
            raise CentreRefused(problem)
        raise AssertionError("the loop returns or raises")

    def _once(
        self,
        method: str,
        path: str,
        query: str,
        body: bytes,
        idempotency_key: str | None,
        content_type: str,
    ) -> tuple[int, bytes]:
        coding = None
        if content_type == "application/json":
            body, coding = deflate(body)
        covered: dict[str, str] = {}
        if coding is not None:
            covered["Content-Encoding"] = coding
        if idempotency_key is not None:
            covered[IDEMPOTENCY_HEADER] = idempotency_key
        signed = sign_request(
            self._key,
            self._device_id,
            method,
            path,
            query,
            body,
            created=max(0, int(self.server_now())),
            nonce=base64.urlsafe_b64encode(os.urandom(18)).decode(),
            headers=covered,
        )
        headers = {
            "Content-Type": content_type,
            PROTOCOL_HEADER: str(PROTOCOL),
            **covered,
            **signed,
        }
        answer = self._transport.send(method, path, query, headers, body)
        self._check(answer, signed[SIGNATURE_HEADER])
        try:
            return answer.status, inflate(answer.body, _coding(answer.headers))
        except ProtocolError:
            raise ContradictoryAnswer("The centre's answer could not be unpacked.") from None

    def _check(self, answer: RawAnswer, request_signature: str) -> None:
        found = self._server_key
        server_key = found if isinstance(found, Ed25519PublicKey) else found(answer)
        try:
            verify_answer(
                server_key,
                answer.status,
                answer.headers,
                answer.body,
                device_id=self._device_id,
                request_signature=request_signature,
            )
        except SignatureInvalid:
            raise NotTheCentre(
                "Something answered, but not the centre: perhaps a network that wants you to sign "
                "in first. Nothing of the answer was used."
            ) from None
        self.heard_at = answered_at(answer.headers) * 1000


def _coding(headers: Mapping[str, str]) -> str | None:
    lowered = {name.lower(): value for name, value in headers.items()}
    return lowered.get("content-encoding")


def _problem(content: bytes) -> Problem:
    try:
        return Problem.model_validate_json(content)
    except ValidationError:
        raise ContradictoryAnswer(
            "The centre refused with a reason that this version does not know."
        ) from None
