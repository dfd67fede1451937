"""Case keys: made where a case is opened, sealed to each device that may read it.

A sealed case key says to whom it is sealed and who sealed it, signed by the sealer, so that the
centre can neither swap a key nor add a reader. `epoch` counts the keys of a case: new records are
sealed under the highest epoch that the device holds (of equals, the lowest key id).
"""

import os
import struct
from hashlib import sha256
from typing import Annotated, Literal

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from pydantic import Field

from sync.protocol.errors import SignatureInvalid
from sync.protocol.ids import NO_ID, Id, id_bytes, new_id
from sync.protocol.sealing import KEY_BYTES, TAG_BYTES, open_secret, seal_secret
from sync.protocol.version import context
from sync.protocol.wire import Count, Message, Signature

RECOVERY: Literal["recovery"] = "recovery"
"""The recipient of the copy that the agency's recovery words open."""

Recipient = Id | Literal["recovery"]
SEALED_KEY_BYTES = KEY_BYTES + KEY_BYTES + TAG_BYTES

_FIELDS = struct.Struct(">16s16s16sQ16s")
_CONTEXT = context("case key")


class CaseKey(Message):
    """A case key in the open. It is found in device stores and in sealed blobs, nowhere else."""

    case_id: Id
    key_id: Id
    epoch: Annotated[int, Field(ge=1, le=2**31)]
    key: Annotated[bytes, Field(min_length=KEY_BYTES, max_length=KEY_BYTES)]


class SealedCaseKey(Message):
    """A case key, sealed to one recipient and signed by the device that sealed it.

    Attributes:
        recipient: A device id, or `recovery`.
        sealer: The device that sealed and signed it.
        seq: The agency's number of it; 0 while it is on its way to the centre.
    """

    case_id: Id
    key_id: Id
    epoch: Annotated[int, Field(ge=1, le=2**31)]
    recipient: Recipient
    sealer: Id
    sealed: Annotated[bytes, Field(min_length=SEALED_KEY_BYTES, max_length=SEALED_KEY_BYTES)]
    signature: Signature
    seq: Count = 0


def new_case_key(case_id: str, *, epoch: int = 1) -> CaseKey:
    """Return a new random key for a case."""
    return CaseKey(case_id=case_id, key_id=new_id(), epoch=epoch, key=os.urandom(KEY_BYTES))


def _bound(agency_id: str, case_id: str, key_id: str, epoch: int, recipient: str) -> bytes:
    who = NO_ID if recipient == RECOVERY else recipient
    return _FIELDS.pack(
        id_bytes(agency_id), id_bytes(case_id), id_bytes(key_id), epoch, id_bytes(who)
    )


def _signed(agency_id: str, sealed: SealedCaseKey) -> bytes:
    bound = _bound(agency_id, sealed.case_id, sealed.key_id, sealed.epoch, sealed.recipient)
    return _CONTEXT + bound + id_bytes(sealed.sealer) + sha256(sealed.sealed).digest()


def seal_case_key(
    key: CaseKey,
    agency_id: str,
    recipient: str,
    recipient_key: bytes,
    sealer: str,
    sealer_key: Ed25519PrivateKey,
) -> SealedCaseKey:
    """Return a case key sealed to one recipient.

    Args:
        key: The key.
        agency_id: The agency.
        recipient: Device id, or `RECOVERY`.
        recipient_key: X25519 public key, taken from a verified certificate, never from the centre's
            word alone.
        sealer: This device.
        sealer_key: This device's signing key.
    """
    bound = _bound(agency_id, key.case_id, key.key_id, key.epoch, recipient)
    unsigned = SealedCaseKey(
        case_id=key.case_id,
        key_id=key.key_id,
        epoch=key.epoch,
        recipient=recipient,
        sealer=sealer,
        sealed=seal_secret(key.key, recipient_key, "case key", bound),
        signature=bytes(64),
    )
    signature = sealer_key.sign(_signed(agency_id, unsigned))
    return unsigned.model_copy(update={"signature": signature})


def verify_sealed_key(agency_id: str, sealed: SealedCaseKey, sealer: Ed25519PublicKey) -> None:
    """Check who sealed a case key.

    Raises:
        SignatureInvalid: It was changed, or someone else sealed it.
    """
    try:
        sealer.verify(sealed.signature, _signed(agency_id, sealed))
    except InvalidSignature:
        raise SignatureInvalid("A sealed case key is not from the device that it names.") from None


def open_case_key(
    agency_id: str, sealed: SealedCaseKey, private: X25519PrivateKey, sealer: Ed25519PublicKey
) -> CaseKey:
    """Return the case key that was sealed to this private key, after checking who sealed it.

    Raises:
        SignatureInvalid: Someone else sealed it.
        SealBroken: It is sealed to another key.
    """
    verify_sealed_key(agency_id, sealed, sealer)
    bound = _bound(agency_id, sealed.case_id, sealed.key_id, sealed.epoch, sealed.recipient)
    return CaseKey(
        case_id=sealed.case_id,
        key_id=sealed.key_id,
        epoch=sealed.epoch,
        key=open_secret(sealed.sealed, private, "case key", bound),
    )
