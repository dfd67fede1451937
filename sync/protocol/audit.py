"""The agency's audit chain: every act about access, kept so that none can vanish unseen.

Each entry hashes the one before. The head travels, signed, in every answer of a sync; devices keep
the last hundred and so are witnesses: a centre that rewrites its past contradicts its signatures.
"""

import struct
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from sync.protocol.errors import SignatureInvalid
from sync.protocol.ids import Id, id_bytes
from sync.protocol.version import context
from sync.protocol.wire import Count, Hash32, Message, Milliseconds, Signature, canonical_json

_ENTRY_CONTEXT = context("audit")
_START_CONTEXT = context("audit start")
_HEAD_CONTEXT = context("audit head")
_HEAD = struct.Struct(">16sQQ32sQ")


class AuditEntry(Message):
    """One act: who did what to which ids, and when. Ids only, never a name.

    Attributes:
        number: From 1, gapless in the agency.
        at: By the server's clock.
        actor: Device id; empty for the server's own acts (`field-server` on its host).
        act: Such as `grant`, `withdraw`, `revoke_device`.
        subjects: The ids that it touched, by name.
        hash: Of this entry and the one before.
    """

    number: Count
    at: Milliseconds
    actor: str
    act: str
    subjects: dict[str, str | int | None]
    hash: Hash32


def audit_start(agency_id: str) -> bytes:
    """Return the hash before the first entry of an agency."""
    return sha256(_START_CONTEXT + id_bytes(agency_id)).digest()


def audit_entry_hash(
    previous: bytes,
    number: int,
    at: int,
    actor: str,
    act: str,
    subjects: dict[str, str | int | None],
) -> bytes:
    """Return the hash of an entry: over the previous hash and the entry as canonical JSON."""
    entry = {"number": number, "at": at, "actor": actor, "act": act, "subjects": subjects}
    return sha256(_ENTRY_CONTEXT + previous + canonical_json(entry)).digest()


class AuditHead(Message):
    """The signed head of the agency's audit chain."""

    agency_id: Id
    generation: Count
    number: Count
    hash: Hash32
    at: Milliseconds
    signature: Signature

    def signed_bytes(self) -> bytes:
        """Return what the server signed."""
        return _head_bytes(self.agency_id, self.generation, self.number, self.hash, self.at)


def _head_bytes(agency_id: str, generation: int, number: int, entry: bytes, at: int) -> bytes:
    return _HEAD_CONTEXT + _HEAD.pack(id_bytes(agency_id), generation, number, entry, at)


def sign_audit_head(
    key: Ed25519PrivateKey, agency_id: str, generation: int, number: int, entry: bytes, at: int
) -> AuditHead:
    """Return the head, signed by the server."""
    return AuditHead.model_construct(
        agency_id=agency_id,
        generation=generation,
        number=number,
        hash=entry,
        at=at,
        signature=key.sign(_head_bytes(agency_id, generation, number, entry, at)),
    )


def verify_audit_head(head: AuditHead, server: Ed25519PublicKey) -> None:
    """Check that the server signed a head.

    Raises:
        SignatureInvalid: It did not.
    """
    try:
        server.verify(head.signature, head.signed_bytes())
    except InvalidSignature:
        raise SignatureInvalid("An audit head is not signed by the centre.") from None
