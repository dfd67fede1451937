"""Signed requests and answers: the subset of RFC 9421 and RFC 9530 that Field Notes speaks.

Request: `@method`, `@path`, `@query`, `content-digest` and, when they are sent,
`content-encoding` and `idempotency-key`; parameters `created`, `nonce`, `keyid` (the device id),
`alg="ed25519"`; label `fn`. Answer: `@status`, `content-digest`, `field-notes-device`,
`field-notes-generation` and the request's own signature (`"signature";req;key="fn"`), so that an
answer fits one request only. Nothing else of the RFCs is accepted: one form, no choices.
"""

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.protocol.errors import SignatureInvalid
from sync.protocol.version import DEVICE_HEADER, GENERATION_HEADER, IDEMPOTENCY_HEADER

DIGEST_HEADER = "Content-Digest"
INPUT_HEADER = "Signature-Input"
SIGNATURE_HEADER = "Signature"
ENCODING_HEADER = "Content-Encoding"
SERVER_KEY_ID = "server"

_INPUT = re.compile(
    r'^fn=(\((?:"[a-z@-]+"(?: "[a-z@-]+")*)\);created=(\d{1,12});nonce="([A-Za-z0-9_-]{16,64})"'
    r';keyid="([0-9a-f-]{36})";alg="ed25519")$'
)
_ANSWER_INPUT = re.compile(
    r'^fn=(\("@status" "content-digest" "field-notes-device" "field-notes-generation"'
    r' "signature";req;key="fn"\);created=(\d{1,12});keyid="server";alg="ed25519")$'
)
_SIGNATURE = re.compile(r"^fn=:([A-Za-z0-9+/=]{88}):$")


@dataclass(frozen=True, slots=True)
class RequestSignature:
    """What a request says of itself, before its signature is checked.

    Attributes:
        device_id: Whose key signed it.
        created: Unix seconds, by the device's clock.
        base: The bytes that must be signed.
        signature: The 64 bytes of the signature.
    """

    device_id: str
    created: int
    base: bytes
    signature: bytes


def content_digest(body: bytes) -> str:
    """Return the `Content-Digest` of a body as it travels, after compression (RFC 9530)."""
    return f"sha-256=:{base64.b64encode(sha256(body).digest()).decode()}:"


def _request_components(
    method: str, path: str, query: str, headers: Mapping[str, str]
) -> list[tuple[str, str]]:
    """Return the covered components; `headers` has lower-case names."""
    components = [
        ("@method", method.upper()),
        ("@path", path),
        ("@query", f"?{query}"),
        ("content-digest", headers[DIGEST_HEADER.lower()]),
    ]
    for name in (ENCODING_HEADER.lower(), IDEMPOTENCY_HEADER.lower()):
        if name in headers:
            components.append((name, headers[name].strip()))
    return components


def _base(components: list[tuple[str, str]], parameters: str) -> bytes:
    lines = [f'"{name}": {value}' for name, value in components]
    lines.append(f'"@signature-params": {parameters}')
    return "\n".join(lines).encode()


def sign_request(
    key: Ed25519PrivateKey,
    device_id: str,
    method: str,
    path: str,
    query: str,
    body: bytes,
    *,
    created: int,
    nonce: str,
    headers: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the headers that sign a request.

    Args:
        key: The device's signing key.
        device_id: The device.
        method: Such as `POST`.
        path: Percent-encoded path as sent, such as `/v1/sync`.
        query: Query as sent, without the question mark; may be empty.
        body: The body as it travels; empty bytes when there is none.
        created: Unix seconds; corrected by the server's time when the clock is known to be wrong.
        nonce: 16 to 64 characters of base64url, new for each request.
        headers: `Content-Encoding` and `Idempotency-Key`, when they are sent.
    """
    lowered = {name.lower(): value for name, value in (headers or {}).items()}
    lowered[DIGEST_HEADER.lower()] = digest = content_digest(body)
    components = _request_components(method, path, query, lowered)
    names = " ".join(f'"{name}"' for name, _ in components)
    parameters = f'({names});created={created};nonce="{nonce}";keyid="{device_id}";alg="ed25519"'
    signature = base64.b64encode(key.sign(_base(components, parameters))).decode()
    return {
        DIGEST_HEADER: digest,
        INPUT_HEADER: f"fn={parameters}",
        SIGNATURE_HEADER: f"fn=:{signature}:",
    }


def read_request_signature(
    method: str, path: str, query: str, headers: Mapping[str, str], body: bytes
) -> RequestSignature:
    """Return what a request claims; its body digest is checked here, its signature is not yet.

    Args:
        method: As received.
        path: Percent-encoded path as received.
        query: Query as received, without the question mark.
        headers: With lower-case names.
        body: The body as it travelled.

    Raises:
        SignatureInvalid: A header is missing or malformed, or the digest does not fit the body.
    """
    given = _INPUT.match(headers.get(INPUT_HEADER.lower(), ""))
    signature = _SIGNATURE.match(headers.get(SIGNATURE_HEADER.lower(), ""))
    if given is None or signature is None:
        raise SignatureInvalid("The request is not signed in the form of this protocol.")
    if headers.get(DIGEST_HEADER.lower()) != content_digest(body):
        raise SignatureInvalid("The request's body does not fit its digest.")
    components = _request_components(method, path, query, headers)
    names = " ".join(f'"{name}"' for name, _ in components)
    parameters, created, _, device_id = given.groups()
    if not parameters.startswith(f"({names});"):
        raise SignatureInvalid("The request's signature does not cover what it must.")
    return RequestSignature(
        device_id, int(created), _base(components, parameters), _decode(signature[1])
    )


def verify_request(request: RequestSignature, key: Ed25519PublicKey) -> None:
    """Check a request's signature.

    Raises:
        SignatureInvalid: Another key signed it, or something of it was changed on the way.
    """
    try:
        key.verify(request.signature, request.base)
    except InvalidSignature:
        raise SignatureInvalid("The request's signature does not fit.") from None


def _answer_base(
    status: int,
    digest: str,
    device_id: str,
    generation: str,
    request_signature: str,
    parameters: str,
) -> bytes:
    lines = [
        f'"@status": {status}',
        f'"content-digest": {digest}',
        f'"field-notes-device": {device_id}',
        f'"field-notes-generation": {generation}',
        f'"signature";req;key="fn": {request_signature.removeprefix("fn=")}',
        f'"@signature-params": {parameters}',
    ]
    return "\n".join(lines).encode()


def sign_answer(
    key: Ed25519PrivateKey,
    status: int,
    body: bytes,
    *,
    device_id: str,
    generation: int,
    request_signature: str,
    created: int,
) -> dict[str, str]:
    """Return the headers that sign an answer.

    Args:
        key: The server's signing key.
        status: HTTP status.
        body: The body as it travels.
        device_id: The `keyid` of the request.
        generation: The agency's generation; 0 when the device is not known.
        request_signature: The request's `Signature` header as received.
        created: Unix seconds by the server's clock.
    """
    digest = content_digest(body)
    parameters = (
        '("@status" "content-digest" "field-notes-device" "field-notes-generation"'
        f' "signature";req;key="fn");created={created};keyid="{SERVER_KEY_ID}";alg="ed25519"'
    )
    base = _answer_base(status, digest, device_id, str(generation), request_signature, parameters)
    return {
        DIGEST_HEADER: digest,
        DEVICE_HEADER: device_id,
        GENERATION_HEADER: str(generation),
        INPUT_HEADER: f"fn={parameters}",
        SIGNATURE_HEADER: f"fn=:{base64.b64encode(key.sign(base)).decode()}:",
    }


def verify_answer(
    key: Ed25519PublicKey,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    *,
    device_id: str,
    request_signature: str,
) -> int:
    """Check that the centre itself gave this answer to this request; return its generation.

    When it was given is `answered_at` of the same headers.

    Args:
        key: The pinned server key.
        status: HTTP status as received.
        headers: As received; names in any case.
        body: The body as it travelled, before inflating.
        device_id: This device.
        request_signature: The `Signature` header that was sent.

    Raises:
        SignatureInvalid: Someone else answered, or the answer belongs to another request.
    """
    lowered = {name.lower(): value for name, value in headers.items()}
    given = _ANSWER_INPUT.match(lowered.get(INPUT_HEADER.lower(), ""))
    signature = _SIGNATURE.match(lowered.get(SIGNATURE_HEADER.lower(), ""))
    generation = lowered.get(GENERATION_HEADER.lower(), "")
    if given is None or signature is None or not generation.isdecimal():
        raise SignatureInvalid("The answer is not signed: something else than the centre replied.")
    if lowered.get(DEVICE_HEADER.lower()) != device_id:
        raise SignatureInvalid("The answer is meant for another device.")
    digest = lowered.get(DIGEST_HEADER.lower(), "")
    if digest != content_digest(body):
        raise SignatureInvalid("The answer was changed or cut on the way.")
    base = _answer_base(status, digest, device_id, generation, request_signature, given[1])
    try:
        key.verify(_decode(signature[1]), base)
    except InvalidSignature:
        raise SignatureInvalid("The answer's signature does not fit the centre's key.") from None
    return int(generation)


def answered_at(headers: Mapping[str, str]) -> int:
    """Return when a verified answer was signed, in Unix seconds; 0 when it says nothing."""
    lowered = {name.lower(): value for name, value in headers.items()}
    given = _ANSWER_INPUT.match(lowered.get(INPUT_HEADER.lower(), ""))
    return int(given[2]) if given is not None else 0


def _decode(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise SignatureInvalid("A signature is not base64.") from None
