"""The digest of a case: equal on both sides when, and only when, the rows are equal."""

from collections.abc import Iterable
from hashlib import sha256

from sync.protocol.version import context

_CONTEXT = context("case digest")
_ID_BYTES = 16


def case_digest(rows: Iterable[tuple[str, bytes, bool]]) -> bytes:
    """Return SHA-256 over the rows of a case, whatever their order.

    Args:
        rows: Of every record of the case, deleted ones too: record id, SHA-256 of its newest
            sealed bytes, whether it is deleted.
    """
    ordered = sorted(rows)
    # All ids at once: one after the other they took most of the time of a small sync's digest.
    ids = bytes.fromhex("".join([row[0] for row in ordered]).replace("-", ""))
    if len(ids) != _ID_BYTES * len(ordered):
        raise ValueError("not a UUID in lower-case text form")
    starts = range(0, len(ids), _ID_BYTES)
    parts = [
        ids[start : start + _ID_BYTES] + sealed_hash + (b"\1" if deleted else b"\0")
        for start, (_, sealed_hash, deleted) in zip(starts, ordered, strict=True)
    ]
    return sha256(_CONTEXT + b"".join(parts)).digest()
