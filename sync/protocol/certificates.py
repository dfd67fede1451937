"""Certificates: why a device's keys may be believed.

Every device pins the agency's signing key (Ed25519) at enrolment. A chain of statements leads
from it to a device:

    [device]                     a manager's device signed the keys directly
    [holder, binding]            a manager certified "the holder of this enrolment secret"; the
                                 secret's own key signed the device's keys, with nobody online
    [..., succession, ...]       a device whose store was copied or restored gave itself a new id
                                 and keys, signed by its old key

The centre stores and hands out chains but cannot make one: it has no agency key.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from pydantic import Field

from sync.protocol.errors import CertificateInvalid, ProtocolError
from sync.protocol.ids import is_id
from sync.protocol.roles import Role
from sync.protocol.statements import SignedStatement, read_statement, sign_statement
from sync.protocol.wire import Message, from_base64url, to_base64url

MOST_STATEMENTS = 12
"""Ten re-registrations of one phone; after that a manager certifies it directly."""


class Certificate(Message):
    """A chain of signed statements, from the agency's key to a device."""

    statements: Annotated[tuple[SignedStatement, ...], Field(max_length=MOST_STATEMENTS)]


@dataclass(frozen=True, slots=True)
class DeviceKeys:
    """A device's public keys: Ed25519 for signing, X25519 for sealing to it."""

    device_id: str
    signing_key: bytes
    sealing_key: bytes

    def values(self) -> dict[str, Any]:
        """Return them as the fields of a statement."""
        return {
            "device_id": self.device_id,
            "signing_key": to_base64url(self.signing_key),
            "sealing_key": to_base64url(self.sealing_key),
        }


@dataclass(frozen=True, slots=True)
class CertifiedDevice:
    """A device whose chain holds: whose it is, in which role and team, and its keys.

    `as_of` is the number of the agency's directory at which role and team were certified: an
    appointment with a higher number (`decisions`) takes their place.
    """

    agency_id: str
    staff_id: str
    role: Role
    team_id: str | None
    as_of: int
    keys: DeviceKeys


def certify_device(
    agency_key: Ed25519PrivateKey,
    agency_id: str,
    staff_id: str,
    role: Role,
    keys: DeviceKeys,
    issued_at: int,
    *,
    team_id: str | None = None,
    as_of: int = 0,
) -> Certificate:
    """Return a direct certificate, made on a manager's device.

    Args:
        agency_key: The agency's signing key.
        agency_id: The agency.
        staff_id: The person whose device it is.
        role: The person's role.
        keys: The device's id and public keys, as verified by the manager's device.
        issued_at: Milliseconds, by the manager's clock.
        team_id: The person's team.
        as_of: The directory's last number that the manager's device knows.
    """
    statement = sign_statement(
        agency_key,
        {
            "type": "device",
            "agency_id": agency_id,
            "staff_id": staff_id,
            "role": role.value,
            "team_id": team_id,
            "as_of": as_of,
            "issued_at": issued_at,
            **keys.values(),
        },
    )
    return Certificate(statements=(statement,))


def certify_holder(
    agency_key: Ed25519PrivateKey,
    agency_id: str,
    staff_id: str,
    role: Role,
    code_id: str,
    holder_key: bytes,
    not_after: int,
    *,
    team_id: str | None = None,
    as_of: int = 0,
) -> SignedStatement:
    """Return the certificate of whoever holds an enrolment secret, made with the code.

    Args:
        agency_key: The agency's signing key.
        agency_id: The agency.
        staff_id: The person for whom the code is.
        role: The person's role.
        code_id: Public id of the code.
        holder_key: Ed25519 public key derived from the code's secret.
        not_after: When the code ends, in milliseconds.
        team_id: The person's team.
        as_of: The directory's last number that the manager's device knows.
    """
    return sign_statement(
        agency_key,
        {
            "type": "holder",
            "agency_id": agency_id,
            "staff_id": staff_id,
            "role": role.value,
            "team_id": team_id,
            "as_of": as_of,
            "code_id": code_id,
            "holder_key": to_base64url(holder_key),
            "not_after": not_after,
        },
    )


@dataclass(frozen=True, slots=True)
class Holder:
    """For whom an enrolment code was made, as its certificate says."""

    agency_id: str
    staff_id: str
    role: Role
    team_id: str | None
    as_of: int


def read_holder(statement: SignedStatement, agency_key: bytes) -> Holder:
    """Return what the certificate of a code's holder says.

    Raises:
        CertificateInvalid: The agency's key did not sign it, or it is another statement.
    """
    try:
        values = read_statement(statement, agency_key)
        _require(values, type="holder")
        return Holder(
            values["agency_id"],
            values["staff_id"],
            Role(values["role"]),
            values["team_id"],
            int(values["as_of"]),
        )
    except (ProtocolError, KeyError, ValueError, TypeError):
        raise CertificateInvalid("The code was not made by a data manager of the agency.") from None


def bind_device(
    holder_key: Ed25519PrivateKey, agency_id: str, code_id: str, keys: DeviceKeys, bound_at: int
) -> SignedStatement:
    """Return the proof that the holder of an enrolment secret chose these keys."""
    return sign_statement(
        holder_key,
        {
            "type": "binding",
            "agency_id": agency_id,
            "code_id": code_id,
            "bound_at": bound_at,
            **keys.values(),
        },
    )


def succeed_device(
    old_key: Ed25519PrivateKey, agency_id: str, predecessor: str, keys: DeviceKeys, at: int
) -> SignedStatement:
    """Return the statement by which a device gives itself a new id and new keys."""
    return sign_statement(
        old_key,
        {
            "type": "succession",
            "agency_id": agency_id,
            "predecessor": predecessor,
            "at": at,
            **keys.values(),
        },
    )


def verify_certificate(certificate: Certificate, agency_key: bytes) -> CertifiedDevice:
    """Return the device that a chain certifies.

    Whether the device is still enrolled is not in the chain: see its entry in the directory.

    Raises:
        CertificateInvalid: A link is missing, changed, out of order or signed by someone else.
    """
    try:
        return _follow(certificate.statements, agency_key)
    except (ProtocolError, KeyError, ValueError, TypeError):
        raise CertificateInvalid(
            "A device's certificate does not lead to the agency's key. Nothing is sealed to it."
        ) from None


def _follow(statements: Sequence[SignedStatement], agency_key: bytes) -> CertifiedDevice:
    first = read_statement(statements[0], agency_key)
    rest = list(statements[1:])
    agency_id, staff_id, role = first["agency_id"], first["staff_id"], Role(first["role"])
    team_id, as_of = first["team_id"], int(first["as_of"])
    if first["type"] == "device":
        keys = _keys(first)
    elif first["type"] == "holder":
        binding = read_statement(rest.pop(0), from_base64url(first["holder_key"]))
        _require(binding, type="binding", agency_id=agency_id, code_id=first["code_id"])
        if binding["bound_at"] > first["not_after"]:
            raise ValueError("bound after the code ended")
        keys = _keys(binding)
    else:
        raise ValueError("a chain starts with a device or a holder")
    for statement in rest:
        link = read_statement(statement, keys.signing_key)
        _require(link, type="succession", agency_id=agency_id, predecessor=keys.device_id)
        keys = _keys(link)
    return CertifiedDevice(agency_id, staff_id, role, team_id, as_of, keys)


def _require(values: dict[str, Any], **expected: str) -> None:
    if any(values[name] != value for name, value in expected.items()):
        raise ValueError("a link belongs to another chain")


def _keys(values: dict[str, Any]) -> DeviceKeys:
    keys = DeviceKeys(
        values["device_id"],
        from_base64url(values["signing_key"]),
        from_base64url(values["sealing_key"]),
    )
    if not is_id(keys.device_id) or len(keys.signing_key) != 32 or len(keys.sealing_key) != 32:
        raise ValueError("keys of a wrong form")
    return keys


def extend_certificate(certificate: Certificate, link: SignedStatement) -> Certificate:
    """Return a chain with one more link."""
    return Certificate(statements=(*certificate.statements, link))
