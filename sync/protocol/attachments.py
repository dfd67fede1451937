"""Attachments: sealed in chunks, each bound to its place, so that none can be swapped or cut.

    chunk    nonce(12) | AES-256-GCM( up to 1 MiB )
    bound to attachment id, index, and whether it is the last

The attachment's own random key is in its record, with the number of chunks and the digest of the
whole. The bytes stored on the device are the bytes uploaded: this is the form in which
`field_app.store.attachments` keeps them.
"""

import os
import struct
from collections.abc import Iterable
from hashlib import sha256

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from sync.protocol.errors import SealBroken
from sync.protocol.ids import Id
from sync.protocol.limits import CHUNK_BYTES
from sync.protocol.sealing import NONCE_BYTES, OVERHEAD_BYTES
from sync.protocol.wire import Count, Hash32, Message

SEALED_CHUNK_BYTES = CHUNK_BYTES + OVERHEAD_BYTES

_FORM = b"FNATT001"
_PLACE = struct.Struct(">QB")


class ChunkState(Message):
    """A chunk that the centre has."""

    index: Count
    bytes: Count
    sha256: Hash32


class AttachmentState(Message):
    """What the centre has of an attachment; complete when no chunk up to the last is missing."""

    attachment_id: Id
    case_id: Id
    chunks: tuple[ChunkState, ...]
    complete: bool


def chunk_count(length_bytes: int) -> int:
    """Return how many chunks a file needs; an empty file needs one."""
    return max(1, -(-length_bytes // CHUNK_BYTES))


def seal_chunk(
    key: bytes, attachment_id: str, index: int, last: bool, chunk: bytes, *, nonce: bytes = b""
) -> bytes:
    """Return a chunk, sealed under the attachment's key and bound to its place.

    Raises:
        ValueError: The chunk has the wrong length for its place.
    """
    if len(chunk) > CHUNK_BYTES or (not last and len(chunk) != CHUNK_BYTES):
        raise ValueError("Every chunk but the last has exactly 1 MiB.")
    nonce = nonce or os.urandom(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, chunk, _place(attachment_id, index, last))


def open_chunk(key: bytes, attachment_id: str, index: int, last: bool, sealed: bytes) -> bytes:
    """Return the bytes of a sealed chunk.

    Raises:
        SealBroken: It was changed, belongs to another place, or another key sealed it.
    """
    place = _place(attachment_id, index, last)
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], place)
    except (InvalidTag, ValueError):
        raise SealBroken("A part of an attachment was changed or is out of place.") from None


def attachment_digest(chunks: Iterable[bytes]) -> bytes:
    """Return the digest of a whole attachment: SHA-256 of its sealed chunks, in order."""
    digest = sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.digest()


def _place(attachment_id: str, index: int, last: bool) -> bytes:
    return _FORM + attachment_id.encode() + _PLACE.pack(index, last)
