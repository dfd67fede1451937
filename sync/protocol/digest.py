"""The digest of a case: equal on both sides when, and only when, the rows are equal."""

from collections.abc import Iterable
from hashlib import sha256

from sync.protocol.ids import id_bytes_once
from sync.protocol.version import context

_CONTEXT = context("case digest")


def case_digest(rows: Iterable[tuple[str, bytes, bool]]) -> bytes:
    """Return SHA-256 over the rows of a case, whatever their order.

    Args:
        rows: Of every record of the case, deleted ones too: record id, SHA-256 of its newest
            sealed bytes, whether it is deleted.
    """
    parts = [_CONTEXT]
    for record_id, sealed_hash, deleted in sorted(rows):
        parts += (id_bytes_once(record_id), sealed_hash, b"\1" if deleted else b"\0")
    return sha256(b"".join(parts)).digest()
