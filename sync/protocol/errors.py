"""What can go wrong between a device and the centre: stable codes, problem details, exceptions.

A code never changes its meaning once released: clients act on it. A client acts on a code only in
an answer whose signature fits (PROTOCOL.md 4), never on a bare HTTP status.
"""

from enum import StrEnum

from pydantic import ConfigDict

from sync.protocol.ids import Id
from sync.protocol.wire import Count, Message, Milliseconds, SignedStatement


class Code(StrEnum):
    """Why a whole call failed."""

    MALFORMED = "malformed"
    NOT_FOUND = "not_found"
    METHOD_NOT_ALLOWED = "method_not_allowed"
    UNSUPPORTED_MEDIA = "unsupported_media"
    SIGNATURE_INVALID = "signature_invalid"
    DEVICE_UNKNOWN = "device_unknown"
    CLOCK_SKEW = "clock_skew"
    DEVICE_REVOKED = "device_revoked"
    DEVICE_REPLACED = "device_replaced"
    NOT_CERTIFIED = "not_certified"
    FORBIDDEN = "forbidden"
    LAST_MANAGER = "last_manager"
    SEQ_REUSED = "seq_reused"
    SEQ_GAP = "seq_gap"
    GENERATION_CHANGED = "generation_changed"
    CURSOR_INVALID = "cursor_invalid"
    PROTOCOL_UNSUPPORTED = "protocol_unsupported"
    TOO_LARGE = "too_large"
    RATE_LIMITED = "rate_limited"
    IDEMPOTENCY_KEY_MISSING = "idempotency_key_missing"
    IDEMPOTENCY_KEY_REUSED = "idempotency_key_reused"
    ALREADY_EXISTS = "already_exists"
    CODE_INVALID = "code_invalid"
    CODE_USED = "code_used"
    CERTIFICATE_INVALID = "certificate_invalid"
    WITNESS_INVALID = "witness_invalid"
    STATEMENT_INVALID = "statement_invalid"
    DIRECTORY_MOVED = "directory_moved"
    ATTACHMENT_CONFLICT = "attachment_conflict"
    ATTACHMENT_INCOMPLETE = "attachment_incomplete"
    DIGEST_MISMATCH = "digest_mismatch"
    STORAGE_FULL = "storage_full"
    BUSY = "busy"
    INTERNAL = "internal"


class Refusal(StrEnum):
    """Why one change, or one deposited key, was refused while the rest of the call went on."""

    NO_ACCESS = "no_access"
    CASE_MISMATCH = "case_mismatch"
    KEY_MISSING = "key_missing"
    ROLE_FORBIDDEN = "role_forbidden"
    SEALED_MALFORMED = "sealed_malformed"
    BASE_UNKNOWN = "base_unknown"
    RECIPIENT_UNKNOWN = "recipient_unknown"
    SIGNATURE_INVALID = "signature_invalid"
    OPENING_MISSING = "opening_missing"


class Problem(Message):
    """The body of every failed call (RFC 9457, `application/problem+json`).

    Only the fields that a code needs are there: see the table in PROTOCOL.md 9. `proof` is, with
    `device_revoked`, the statement by which a data manager ended the device or its person's work.
    """

    model_config = ConfigDict(frozen=True, extra="allow")

    type: str = "about:blank"
    title: str
    status: int
    code: Code
    detail: str = ""
    server_time: Milliseconds | None = None
    generation: Count | None = None
    last_device_seq: Count | None = None
    limit: Count | None = None
    retry_after_seconds: Count | None = None
    hand_in_until: Milliseconds | None = None
    proof: SignedStatement | None = None
    successor: Id | None = None
    lowest_protocol: Count | None = None
    highest_protocol: Count | None = None


class ProtocolError(Exception):
    """Bytes or a message that the protocol does not allow. The message names no content."""


class SealBroken(ProtocolError):
    """Sealed bytes were changed, cut, swapped, or sealed with another key."""


class SignatureInvalid(ProtocolError):
    """A signature does not fit its bytes and key: act on nothing that it covers."""


class CertificateInvalid(ProtocolError):
    """A chain of certificates does not lead from the agency's key to this device."""


class CodeMistyped(ProtocolError):
    """An enrolment code was mistyped or is not one of ours: its check bytes do not fit."""


class CursorInvalid(ProtocolError):
    """A cursor was not made by this protocol."""
