"""Receipts: the chain by which a device can prove to anyone what the centre received.

Every number that a device used is one entry in its chain, whatever came of it; the entry holds the
hash of the one before. The centre signs the head, alone and for ever verifiable: whoever has the
entries and one signed head knows that nothing was added, left out or changed.
"""

import struct
from collections.abc import Iterable
from enum import StrEnum
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.protocol.errors import SignatureInvalid
from sync.protocol.ids import Id, id_bytes
from sync.protocol.version import context
from sync.protocol.wire import Count, Hash32, Message, Milliseconds, Signature

_ENTRY = struct.Struct(">32sQB16sQQ32sQ")
_START = struct.Struct(">16s16sQ")
_HEAD = struct.Struct(">16s16sQQ32sQ")
_ENTRY_CONTEXT = context("receipt")
_START_CONTEXT = context("receipts start")
_HEAD_CONTEXT = context("receipts head")


class Status(StrEnum):
    """What became of a change."""

    ACCEPTED = "accepted"
    RECEIVED_LATE = "received_late"
    CONFLICT = "conflict"
    REFUSED = "refused"


STATUS_NUMBER = {
    Status.ACCEPTED: 1,
    Status.RECEIVED_LATE: 2,
    Status.CONFLICT: 3,
    Status.REFUSED: 4,
}


def chain_start(agency_id: str, device_id: str, generation: int) -> bytes:
    """Return the hash before the first entry of a device in a generation."""
    fields = _START.pack(id_bytes(agency_id), id_bytes(device_id), generation)
    return sha256(_START_CONTEXT + fields).digest()


def next_entry(
    previous: bytes,
    device_seq: int,
    status: Status,
    record_id: str,
    revision: int,
    seq: int,
    sealed_hash: bytes,
    received_at: int,
) -> bytes:
    """Return the hash of one entry of the chain.

    Args:
        previous: Hash of the entry before.
        device_seq: The device's number of the change.
        status: What became of it.
        record_id: The record.
        revision: The revision that it became; 0 unless accepted.
        seq: The agency's number; 0 unless accepted.
        sealed_hash: SHA-256 of the sealed bytes.
        received_at: When the centre received it, in milliseconds.
    """
    return sha256(
        _ENTRY_CONTEXT
        + _ENTRY.pack(
            previous,
            device_seq,
            STATUS_NUMBER[status],
            id_bytes(record_id),
            revision,
            seq,
            sealed_hash,
            received_at,
        )
    ).digest()


class ChainHead(Message):
    """The signed head of a device's chain: "received from this device, up to this number"."""

    agency_id: Id
    device_id: Id
    generation: Count
    device_seq: Count
    hash: Hash32
    at: Milliseconds
    signature: Signature

    def signed_bytes(self) -> bytes:
        """Return what the server signed."""
        return _head_bytes(
            self.agency_id, self.device_id, self.generation, self.device_seq, self.hash, self.at
        )


def _head_bytes(
    agency_id: str, device_id: str, generation: int, device_seq: int, entry_hash: bytes, at: int
) -> bytes:
    return _HEAD_CONTEXT + _HEAD.pack(
        id_bytes(agency_id), id_bytes(device_id), generation, device_seq, entry_hash, at
    )


def sign_chain_head(
    key: Ed25519PrivateKey,
    agency_id: str,
    device_id: str,
    generation: int,
    device_seq: int,
    entry_hash: bytes,
    at: int,
) -> ChainHead:
    """Return the head, signed by the server."""
    signed = _head_bytes(agency_id, device_id, generation, device_seq, entry_hash, at)
    return ChainHead.model_construct(
        agency_id=agency_id,
        device_id=device_id,
        generation=generation,
        device_seq=device_seq,
        hash=entry_hash,
        at=at,
        signature=key.sign(signed),
    )


def verify_chain_head(head: ChainHead, server: Ed25519PublicKey) -> None:
    """Check that the server signed a head.

    Raises:
        SignatureInvalid: It did not.
    """
    try:
        server.verify(head.signature, head.signed_bytes())
    except InvalidSignature:
        raise SignatureInvalid("A receipt is not signed by the centre.") from None


class ReceiptEntry(Message):
    """One entry in the open, as `GET /v1/status/receipts` lists it and a device keeps it."""

    device_seq: Count
    status: Status
    record_id: Id
    revision: Count
    seq: Count
    sealed_hash: Hash32
    received_at: Milliseconds

    def after(self, previous: bytes) -> bytes:
        """Return this entry's hash, given the hash before it."""
        return next_entry(
            previous,
            self.device_seq,
            self.status,
            self.record_id,
            self.revision,
            self.seq,
            self.sealed_hash,
            self.received_at,
        )


def chain_hash(start: bytes, entries: Iterable[ReceiptEntry]) -> bytes:
    """Return the hash after entries in the order of their numbers."""
    for entry in entries:
        start = entry.after(start)
    return start
