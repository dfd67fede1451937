"""The digest of a case: equal on both sides when, and only when, the rows are equal."""

from collections.abc import Iterable
from hashlib import sha256

from sync.protocol.version import context

ID_BYTES = 16
ROW_BYTES = ID_BYTES + 32 + 1
"""A packed row: the record's id, SHA-256 of its newest sealed bytes, whether it is deleted."""

_CONTEXT = context("case digest")

DigestRow = tuple[str, bytes, bool]
"""A record as its case's digest covers it: id, SHA-256 of its newest sealed bytes, deleted."""


def pack_rows(rows: Iterable[DigestRow]) -> bytes:
    """Return rows as they are hashed, `ROW_BYTES` each, in the order of their ids.

    Raises:
        ValueError: An id is not a UUID in lower-case text form, or a hash has not 32 bytes.
    """
    ordered = sorted(rows)
    # All ids at once: one after the other they took most of the time of a small sync's digest.
    ids = bytes.fromhex("".join([row[0] for row in ordered]).replace("-", ""))
    if len(ids) != ID_BYTES * len(ordered):
        raise ValueError("not a UUID in lower-case text form")
    starts = range(0, len(ids), ID_BYTES)
    packed = b"".join(
        [
            ids[start : start + ID_BYTES] + sealed_hash + (b"\1" if deleted else b"\0")
            for start, (_, sealed_hash, deleted) in zip(starts, ordered, strict=True)
        ]
    )
    if len(packed) != ROW_BYTES * len(ordered):
        raise ValueError("not a SHA-256 hash")
    return packed


def packed_digest(packed: bytes) -> bytes:
    """Return the digest of rows that `pack_rows` packed."""
    return sha256(_CONTEXT + packed).digest()


def case_digest(rows: Iterable[DigestRow]) -> bytes:
    """Return SHA-256 over the rows of every record of a case, deleted ones too, in any order."""
    return packed_digest(pack_rows(rows))
