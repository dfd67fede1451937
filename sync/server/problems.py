"""Failures of a call, as the centre raises them; `app` turns them into signed problem details."""

from typing import Any

from sync.protocol.errors import Code, Problem

STATUS_OF = {
    Code.MALFORMED: 400,
    Code.CURSOR_INVALID: 400,
    Code.IDEMPOTENCY_KEY_MISSING: 400,
    Code.CERTIFICATE_INVALID: 400,
    Code.DIGEST_MISMATCH: 400,
    Code.SIGNATURE_INVALID: 401,
    Code.DEVICE_UNKNOWN: 401,
    Code.CLOCK_SKEW: 401,
    Code.FORBIDDEN: 403,
    Code.NOT_CERTIFIED: 403,
    Code.LAST_MANAGER: 403,
    Code.CODE_INVALID: 403,
    Code.WITNESS_INVALID: 403,
    Code.STATEMENT_INVALID: 400,
    Code.NOT_FOUND: 404,
    Code.METHOD_NOT_ALLOWED: 405,
    Code.SEQ_REUSED: 409,
    Code.SEQ_GAP: 409,
    Code.GENERATION_CHANGED: 409,
    Code.ALREADY_EXISTS: 409,
    Code.DIRECTORY_MOVED: 409,
    Code.IDEMPOTENCY_KEY_REUSED: 409,
    Code.ATTACHMENT_CONFLICT: 409,
    Code.ATTACHMENT_INCOMPLETE: 409,
    Code.DEVICE_REVOKED: 410,
    Code.DEVICE_REPLACED: 410,
    Code.CODE_USED: 410,
    Code.TOO_LARGE: 413,
    Code.UNSUPPORTED_MEDIA: 415,
    Code.PROTOCOL_UNSUPPORTED: 426,
    Code.RATE_LIMITED: 429,
    Code.INTERNAL: 500,
    Code.BUSY: 503,
    Code.STORAGE_FULL: 507,
}


class Refused(Exception):
    """The call fails; its transaction is rolled back.

    Attributes:
        code: What the client acts on.
        detail: One sentence for a person who reads a log or a console. Ids at most.
        more: Further fields of the problem.
    """

    def __init__(self, code: Code, detail: str, *, status: int | None = None, **more: Any) -> None:
        super().__init__(detail)
        self.code = code
        self.detail = detail
        self.status = status or STATUS_OF[code]
        self.more = more

    def problem(self) -> Problem:
        """Return the body of the answer."""
        return Problem(
            title=self.code.value.replace("_", " ").capitalize(),
            status=self.status,
            code=self.code,
            detail=self.detail,
            **self.more,
        )
