"""Decisions: who works here and who may see what, signed by whoever decides, so that nobody has to
believe the centre.

    appointment   a person's role and team, and whether they work here    the agency's key
    revocation    a device that is over for good                          the agency's key
    opening       who opened a case, in which team                        the device that opened it
    grant         access of one person to one case                        a manager's device
    withdrawal    the end of one grant                                    a manager's device

A manager's device is one whose certificate says supervisor or data manager. Appointments and
revocations are numbered in one row for the whole agency (the *directory*); of two statements about
one person the higher number counts, so that an old one cannot be played again. Each also carries a
hash of the whole directory as its signer knew it: whoever is kept from seeing one of them finds
out with the next. Grants need no number: a grant id that was withdrawn is withdrawn for ever.
"""

import hmac
import json
import struct
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, ClassVar, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import ValidationError

from sync.protocol.errors import SignatureInvalid
from sync.protocol.ids import Id, id_bytes
from sync.protocol.keys import CaseKey
from sync.protocol.roles import GrantKind, Role
from sync.protocol.sealing import derive_key
from sync.protocol.statements import (
    SignedStatement,
    peek_statement,
    read_statement,
    sign_statement,
)
from sync.protocol.version import context
from sync.protocol.wire import Count, Hash32, Message, Milliseconds

_DIRECTORY = context("directory")
_ENTRY = struct.Struct(">16sQ")
_PROOF = struct.Struct(">16s16s16s")


class Decision(Message):
    """What all decisions have in common. `TYPE` is the statement's `type`."""

    TYPE: ClassVar[str]

    agency_id: Id

    def sign(self, key: Ed25519PrivateKey) -> SignedStatement:
        """Return this as a signed statement."""
        return sign_statement(key, {"type": self.TYPE, **self.model_dump(mode="json")})

    @classmethod
    def read(cls, signed: SignedStatement, signer: bytes) -> Self:
        """Return the decision in a statement that this Ed25519 public key signed.

        Raises:
            SignatureInvalid: Another key signed it, or it states something else.
        """
        return cls._of(read_statement(signed, signer))

    @classmethod
    def kept(cls, signed: SignedStatement) -> Self:
        """Return the decision in a statement whose signature was checked when it was stored.

        Raises:
            SignatureInvalid: It states something else.
        """
        return cls._of(peek_statement(signed))

    @classmethod
    def _of(cls, values: Mapping[str, Any]) -> Self:
        try:
            if values.get("type") != cls.TYPE:
                raise ValueError("a statement of another type")
            return cls.model_validate_json(json.dumps(values))
        except (ValueError, ValidationError):
            raise SignatureInvalid("A signed statement says something else.") from None


class Appointment(Decision):
    """A person's role and team, from this number of the directory on.

    Attributes:
        active: False when the person no longer works here: all their devices are over.
        number: Place in the agency's directory.
        since: Number of the appointment by which the person began again after leaving, 0 until
            then: no grant from before it counts.
        at: When it was decided, in milliseconds: for the devices of who left, the time for
            handing in runs from here.
        directory: `directory_hash` with this statement in it.
    """

    TYPE = "appointment"

    staff_id: Id
    role: Role
    team_id: Id | None
    active: bool
    number: Count
    since: Count
    at: Milliseconds
    directory: Hash32


class Revocation(Decision):
    """A device is over for good: lost, stolen or given back.

    Attributes:
        number: Place in the agency's directory.
        at: When it was decided, in milliseconds: the time for handing in runs from here.
        directory: `directory_hash` with this statement in it.
    """

    TYPE = "revocation"

    staff_id: Id
    device_id: Id
    number: Count
    at: Milliseconds
    directory: Hash32


class Opening(Decision):
    """Who opened a case: `signer` is the device, `team_id` the team to which the case belongs.

    Attributes:
        key_id: The case's key that the proof was made with.
        proof: `opening_proof`: only who holds a key of the case can say that they opened it.
        as_of: The directory's last number that the signer knew.
    """

    TYPE = "opening"

    case_id: Id
    staff_id: Id
    team_id: Id | None
    key_id: Id
    proof: Hash32
    signer: Id
    as_of: Count


class CaseGrant(Decision):
    """Access of a person to a case: `granted`, or `cover` with an end. `signer` is a device."""

    TYPE = "grant"

    grant_id: Id
    case_id: Id
    staff_id: Id
    kind: GrantKind
    starts_at: Milliseconds | None
    until: Milliseconds | None
    signer: Id
    as_of: Count


class GrantWithdrawal(Decision):
    """The end of a grant, whatever its kind. One that came with a role stays withdrawn too."""

    TYPE = "withdrawal"

    grant_id: Id
    case_id: Id
    staff_id: Id
    kind: GrantKind
    signer: Id
    as_of: Count


@dataclass(frozen=True, slots=True)
class DirectoryEntry:
    """The newest statement about a person (an appointment) or a device (its revocation)."""

    subject: str
    number: int


def directory_hash(entries: Iterable[DirectoryEntry]) -> bytes:
    """Return what names a directory: SHA-256 over its (id, newest number) pairs in order."""
    packed = sorted(_ENTRY.pack(id_bytes(entry.subject), entry.number) for entry in entries)
    return sha256(_DIRECTORY + b"".join(packed)).digest()


def opening_proof(key: CaseKey, agency_id: str, signer: str) -> bytes:
    """Return the proof that a device holds a key of the case that it says it opened."""
    mac_key = derive_key(key.key, "opening proof")
    fields = _PROOF.pack(id_bytes(agency_id), id_bytes(key.case_id), id_bytes(signer))
    return hmac.digest(mac_key, context("opening") + fields, "sha256")


def proves_opening(opening: Opening, key: CaseKey) -> bool:
    """Return whether an opening was made by a device that held this key of the case."""
    if (opening.case_id, opening.key_id) != (key.case_id, key.key_id):
        return False
    expected = opening_proof(key, opening.agency_id, opening.signer)
    return hmac.compare_digest(opening.proof, expected)
