"""Enrolment: a one-time code, what is derived from its secret, and the sealed blob.

A code is a public id and a 128-bit secret. The secret never leaves devices; from it come
    token        what the centre knows the hash of
    blob key     what seals keys and certificates for the new device
    holder key   an Ed25519 key: its signature proves, to everyone and not only to the manager,
                 that the holder of the secret chose the new device's keys
"""

import base64
import binascii
import os
import zlib
from dataclasses import dataclass
from hashlib import sha256
from typing import Annotated
from urllib.parse import parse_qs, quote, urlsplit

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from pydantic import Field, ValidationError

from sync.protocol.certificates import Certificate
from sync.protocol.errors import CodeMistyped, SealBroken
from sync.protocol.ids import Id
from sync.protocol.keys import CaseKey
from sync.protocol.limits import INFLATED_BYTES
from sync.protocol.roles import Role
from sync.protocol.sealing import NONCE_BYTES, derive_key
from sync.protocol.statements import SignedStatement
from sync.protocol.version import context
from sync.protocol.wire import Count, Key32, Message, Milliseconds

CODE_ID_BYTES = 6
SECRET_BYTES = 16
BLOB_BYTES = 4 * 1024 * 1024
"""Largest sealed blob: some 20,000 case keys."""

_CODE_VERSION = 1
_CHECK_BYTES = 2
_GROUP = 5
_QR_SCHEME = "field-notes"
# What people write for letters that base32 has no digit for.
_MISREADINGS = str.maketrans({"0": "O", "1": "I", "8": "B", "-": "", " ": ""})

CodeId = Annotated[str, Field(pattern=r"^[0-9a-f]{12}$")]


@dataclass(frozen=True, slots=True)
class EnrolmentCode:
    """A one-time code. `str()` hides the secret; `text()` is for the person who types it."""

    code_id: str
    secret: bytes

    def __repr__(self) -> str:
        """Name the code without its secret."""
        return f"EnrolmentCode({self.code_id})"

    __str__ = __repr__

    def text(self) -> str:
        """Return the code as eight groups of five letters and digits (base32, RFC 4648)."""
        body = bytes([_CODE_VERSION]) + bytes.fromhex(self.code_id) + self.secret
        text = base64.b32encode(body + _check(body)).decode()
        return "-".join(text[start : start + _GROUP] for start in range(0, len(text), _GROUP))

    def qr_text(self, centre_url: str) -> str:
        """Return what the QR code holds: the centre's address and the code."""
        return f"{_QR_SCHEME}://enrol?centre={quote(centre_url, safe='')}&code={self.text()}"

    def token(self) -> bytes:
        """Return what shows the centre that one holds the secret."""
        return self._derive("enrolment token")

    def blob_key(self) -> bytes:
        """Return the key of the sealed blob."""
        return self._derive("enrolment blob")

    def holder_key(self) -> Ed25519PrivateKey:
        """Return the key that speaks for the holder of the secret."""
        return Ed25519PrivateKey.from_private_bytes(self._derive("enrolment holder"))

    def _derive(self, purpose: str) -> bytes:
        return derive_key(self.secret, purpose, salt=bytes.fromhex(self.code_id))


def _check(body: bytes) -> bytes:
    return sha256(context("enrolment code") + body).digest()[:_CHECK_BYTES]


def new_code() -> EnrolmentCode:
    """Return a new random code."""
    return EnrolmentCode(os.urandom(CODE_ID_BYTES).hex(), os.urandom(SECRET_BYTES))


def read_code(text: str) -> EnrolmentCode:
    """Return the code that a person typed, in any case, with or without hyphens.

    Raises:
        CodeMistyped: It is too short or long, or a letter is wrong.
    """
    try:
        raw = base64.b32decode("".join(text.split()).upper().translate(_MISREADINGS))
    except (binascii.Error, ValueError):
        raw = b""
    body, check = raw[:-_CHECK_BYTES], raw[-_CHECK_BYTES:]
    if len(body) != 1 + CODE_ID_BYTES + SECRET_BYTES or check != _check(body):
        raise CodeMistyped("This is not a whole enrolment code. Compare it letter by letter.")
    if body[0] != _CODE_VERSION:
        raise CodeMistyped("This enrolment code needs a newer version of the app.")
    return EnrolmentCode(body[1 : 1 + CODE_ID_BYTES].hex(), body[1 + CODE_ID_BYTES :])


def read_qr_text(text: str) -> tuple[str, EnrolmentCode]:
    """Return the centre's address and the code of a scanned QR code.

    Raises:
        CodeMistyped: The QR code is not an enrolment code.
    """
    parts = urlsplit(text.strip())
    values = parse_qs(parts.query)
    if parts.scheme != _QR_SCHEME or "centre" not in values or "code" not in values:
        raise CodeMistyped("This QR code is not an enrolment code.")
    return values["centre"][0], read_code(values["code"][0])


def token_hash(token: bytes) -> bytes:
    """Return what the centre keeps of a token."""
    return sha256(context("enrolment token hash") + token).digest()


class EnrolmentBlob(Message):
    """What only the holder of the code's secret can read.

    Attributes:
        server_key: The centre's Ed25519 key, to be pinned: it signs every answer.
        agency_id: The agency.
        signing_key: The agency's Ed25519 public key, to be pinned. None in the first code and in
            a code for recovery, which the centre's operator made.
        recovery_key: The agency's X25519 recovery public key; None like `signing_key`.
        holder: Certificate of the holder of the secret; None like `signing_key`.
        case_keys: Keys of the cases that the new device may see.
        signing_seed: For data managers: the agency's private signing key.
    """

    server_key: Key32
    agency_id: Id
    signing_key: Key32 | None = None
    recovery_key: Key32 | None = None
    holder: SignedStatement | None = None
    case_keys: tuple[CaseKey, ...] = ()
    signing_seed: Key32 | None = None


def seal_blob(blob: EnrolmentBlob, code: EnrolmentCode, *, nonce: bytes = b"") -> bytes:
    """Return the blob, sealed with the code's secret.

    Raises:
        ValueError: It holds more keys than one code can carry.
    """
    nonce = nonce or os.urandom(NONCE_BYTES)
    associated = context("enrolment blob") + bytes.fromhex(code.code_id)
    text = zlib.compress(blob.model_dump_json().encode(), 1)
    sealed = nonce + AESGCM(code.blob_key()).encrypt(nonce, text, associated)
    if len(sealed) > BLOB_BYTES:
        raise ValueError("These are more cases than one enrolment code can carry.")
    return sealed


def open_blob(sealed: bytes, code: EnrolmentCode) -> EnrolmentBlob:
    """Return the contents of a blob.

    Raises:
        SealBroken: It was changed, or belongs to another code.
    """
    associated = context("enrolment blob") + bytes.fromhex(code.code_id)
    try:
        cipher = AESGCM(code.blob_key())
        packed = cipher.decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], associated)
        return EnrolmentBlob.model_validate_json(
            zlib.decompressobj().decompress(packed, INFLATED_BYTES)
        )
    except (InvalidTag, zlib.error, ValidationError, ValueError):
        raise SealBroken("The enrolment package does not fit this code. Ask for another.") from None


class Founding(Message):
    """What the first device of an agency hands in: the public halves of the agency's keys.

    Attributes:
        signing_key: The agency's Ed25519 public key.
        recovery_key: The agency's X25519 recovery public key.
        sealed_signing_seed: The private signing key, sealed to the recovery key
            (`seal_secret(seed, recovery_key, "agency signing key", agency id bytes)`), for the day
            on which every device is lost.
        certificate: Of this first device, signed with the new agency key.
    """

    signing_key: Key32
    recovery_key: Key32
    sealed_signing_seed: Annotated[bytes, Field(min_length=80, max_length=80)]
    certificate: Certificate


class LookRequest(Message):
    """Body of `POST /v1/enrolments/look`, signed with the new device's own key.

    A device must know the agency and the person before it can state whose keys it binds. Looking
    uses nothing up; a wrong token counts as a wrong try.
    """

    code_id: CodeId
    token: Annotated[bytes, Field(min_length=32, max_length=32)]
    device_id: Id
    signing_key: Key32


class LookAnswer(Message):
    """For whom a code is.

    Attributes:
        kind: `first`, `staff` or `recovery`.
        blob: As in `RedeemAnswer`: open it, pin its server key, then check this answer with it.
    """

    kind: str
    agency_id: Id
    staff_id: Id
    role: Role
    blob: bytes


class RedeemRequest(Message):
    """Body of `POST /v1/enrolments/redeem`, signed with the new device's own key.

    Attributes:
        token: `EnrolmentCode.token()`.
        device_id: A new random id, chosen by the device.
        binding: `bind_device(...)` by the holder key; for a first or recovery code too.
        founding: With the agency's first code only.
    """

    code_id: CodeId
    token: Annotated[bytes, Field(min_length=32, max_length=32)]
    device_id: Id
    signing_key: Key32
    sealing_key: Key32
    binding: SignedStatement
    founding: Founding | None = None


class RedeemAnswer(Message):
    """What a redeemed code gives.

    Attributes:
        blob: Open with `open_blob`; pin its keys, then check this very answer's signature.
        state: `active`, or `pending` after a recovery code: certify this device first.
        recovery: The sealed signing seed, after a recovery code.
    """

    agency_id: Id
    staff_id: Id
    role: Role
    team_id: Id | None
    state: str
    generation: Count
    blob: bytes
    sealed_signing_seed: bytes | None = None
    recovery_key: Key32 | None = None
    signing_key: Key32 | None = None
    lease_days: Count
    server_time: Milliseconds


class CodeRequest(Message):
    """Body of `POST /v1/enrolments`: a data manager makes a code for a member of staff."""

    code_id: CodeId
    staff_id: Id
    token_hash: Annotated[bytes, Field(min_length=32, max_length=32)]
    holder: SignedStatement
    blob: Annotated[bytes, Field(min_length=29, max_length=BLOB_BYTES)]
    not_after: Milliseconds


class CodeState(Message):
    """A code as managers see it."""

    code_id: CodeId
    staff_id: Id
    not_after: Milliseconds
    state: str
    device_id: Id | None


class CodeList(Message):
    """Answer of `GET /v1/enrolments`."""

    codes: tuple[CodeState, ...]
