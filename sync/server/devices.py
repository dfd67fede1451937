"""Devices: who is calling, whether the call may go on, and the life of a device."""

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, bindparam, func, select, update

from sync.protocol.certificates import Certificate, verify_certificate
from sync.protocol.errors import CertificateInvalid, Code
from sync.protocol.feed import DeviceEntry
from sync.protocol.limits import HAND_IN_DAYS
from sync.protocol.receipts import chain_start
from sync.protocol.roles import DeviceState, Role
from sync.protocol.wire import SignedStatement
from sync.server import grants
from sync.server.database import table_of
from sync.server.grants import GRANT
from sync.server.prepared import Prepared
from sync.server.problems import Refused
from sync.server.tables import Agency, Device, Staff
from sync.server.work import Work

DEVICE = table_of(Device)
STAFF = table_of(Staff)
AGENCY = table_of(Agency)

_DAY = 24 * 3600 * 1000


@dataclass(frozen=True, slots=True)
class Caller:
    """The device that signed a request, its person and its agency, as of one transaction.

    All that an idle sync needs is here, so that one query answers it. `head` is the last number
    that the agency gave; `next_change_at` when the clock next changes a grant of the person.
    """

    device_id: str
    agency: int
    agency_id: str
    generation: int
    staff_id: str
    role: Role
    team_id: str | None
    is_active_person: bool
    state: DeviceState
    signing_key: bytes
    agency_key: bytes | None
    successor: str | None
    hand_in_until: int | None
    revocation: SignedStatement | None
    numbers_generation: int
    last_seq: int
    chain_hash: bytes
    revoked_seq: int
    seen_at: int
    head: int
    audit_number: int
    audit_hash: bytes
    next_change_at: int | None

    @property
    def numbers(self) -> tuple[int, bytes]:
        """The last number and the chain's hash in the present generation."""
        if self.numbers_generation == self.generation:
            return self.last_seq, self.chain_hash
        return 0, chain_start(self.agency_id, self.device_id, self.generation)


_CALLER = (
    select(
        DEVICE.c.device_id,
        DEVICE.c.agency,
        AGENCY.c.agency_id,
        AGENCY.c.generation,
        DEVICE.c.staff_id,
        STAFF.c.role,
        STAFF.c.team_id,
        STAFF.c.active.label("is_active_person"),
        DEVICE.c.state,
        DEVICE.c.signing_key,
        AGENCY.c.signing_key.label("agency_key"),
        DEVICE.c.successor,
        DEVICE.c.hand_in_until,
        DEVICE.c.revocation,
        DEVICE.c.numbers_generation,
        DEVICE.c.last_seq,
        DEVICE.c.chain_hash,
        DEVICE.c.seq.label("revoked_seq"),
        DEVICE.c.seen_at,
        AGENCY.c.seq.label("head"),
        AGENCY.c.audit_number,
        AGENCY.c.audit_hash,
        select(GRANT.c.next_change_at)
        .where(
            GRANT.c.agency == DEVICE.c.agency,
            GRANT.c.staff_id == DEVICE.c.staff_id,
            GRANT.c.next_change_at.is_not(None),
        )
        .order_by(GRANT.c.next_change_at)
        .limit(1)
        .scalar_subquery()
        .label("next_change_at"),
    )
    .join(STAFF, (STAFF.c.agency == DEVICE.c.agency) & (STAFF.c.staff_id == DEVICE.c.staff_id))
    .join(AGENCY, AGENCY.c.agency == DEVICE.c.agency)
    .where(DEVICE.c.device_id == bindparam("device_id"))
)
_LOAD = Prepared(_CALLER, "device_id")
_LOAD_LOCKED = Prepared(_CALLER.with_for_update(of=DEVICE), "device_id")
_CALLER_FIELDS = tuple(column.name for column in _CALLER.selected_columns)


def load_caller(connection: Connection, device_id: str, *, lock: bool = False) -> Caller:
    """Return the device that calls, locked for the transaction when it will write.

    Raises:
        Refused: The device is not known here.
    """
    rows = (_LOAD_LOCKED if lock else _LOAD).rows(connection, device_id)
    if not rows:
        raise Refused(Code.DEVICE_UNKNOWN, "This device is not enrolled here.")
    values = dict(zip(_CALLER_FIELDS, rows[0], strict=True))
    values["role"], values["state"] = Role(values["role"]), DeviceState(values["state"])
    values["is_active_person"] = bool(values["is_active_person"])
    if values["revocation"] is not None:
        values["revocation"] = SignedStatement.model_validate_json(values["revocation"])
    return Caller(**values)


def require_active(caller: Caller) -> None:
    """Let only enrolled, certified, unrevoked devices go on.

    Raises:
        Refused: With the code that says what became of the device.
    """
    if caller.state is DeviceState.REPLACED:
        raise Refused(
            Code.DEVICE_REPLACED,
            "This device gave itself a new id. The old one is closed.",
            successor=caller.successor,
        )
    if caller.state is DeviceState.REVOKED:
        raise Refused(
            Code.DEVICE_REVOKED,
            "This device was revoked. It may hand in its work until the time given.",
            hand_in_until=caller.hand_in_until,
            proof=caller.revocation,
            # Before it removes anything it has to know whether a restored centre lacks it.
            generation=caller.generation,
            last_device_seq=caller.numbers[0],
        )
    if caller.state is DeviceState.PENDING:
        raise Refused(Code.NOT_CERTIFIED, "This device has no certificate of the agency yet.")


def require_role(caller: Caller, *roles: Role) -> None:
    """Let only these roles go on.

    Raises:
        Refused: The person has another role.
    """
    require_active(caller)
    if caller.role not in roles:
        raise Refused(Code.FORBIDDEN, "Your role does not allow this.")


@lru_cache(maxsize=20_000)
def public_key(raw: bytes) -> Ed25519PublicKey:
    """Return a public key; kept, because building one costs as much as a small query."""
    return Ed25519PublicKey.from_public_bytes(raw)


def entry(row: Any, reader: str = "") -> DeviceEntry:
    """Return a row of the device table as the directory shows it to a device."""
    certificate = row.certificate
    return DeviceEntry(
        device_id=row.device_id,
        staff_id=row.staff_id,
        state=DeviceState(row.state),
        certificate=Certificate.model_validate_json(certificate) if certificate else None,
        successor=row.successor,
        revocation=row.revocation,
        sealed_signing_seed=row.sealed_signing_seed if row.device_id == reader else None,
        seq=row.seq,
    )


def load_entry(
    connection: Connection, agency: int, device_id: str, *, lock: bool = False
) -> DeviceEntry:
    """Return one device of an agency, locked for the transaction when what it is decides.

    Raises:
        Refused: The agency has no such device.
    """
    wanted = select(DEVICE).where(DEVICE.c.agency == agency, DEVICE.c.device_id == device_id)
    row = connection.execute(wanted.with_for_update() if lock else wanted).one_or_none()
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such device.")
    return entry(row)


def check_certificate(certificate: Certificate, agency_key: bytes | None, caller: Any) -> None:
    """Check that a chain certifies exactly the device that is stored here.

    The centre could skip this: devices check chains themselves. It refuses early what they would.

    Raises:
        Refused: It does not.
    """
    try:
        if agency_key is None:
            raise CertificateInvalid("The agency has no signing key yet.")
        certified = verify_certificate(certificate, agency_key)
    except CertificateInvalid as error:
        raise Refused(Code.CERTIFICATE_INVALID, str(error)) from None
    expected = (
        caller.agency_id,
        caller.staff_id,
        caller.device_id,
        caller.signing_key,
    )
    keys = certified.keys
    if (certified.agency_id, certified.staff_id, keys.device_id, keys.signing_key) != expected:
        raise Refused(Code.CERTIFICATE_INVALID, "The certificate belongs to another device.")


def store_certificate(
    work: Work, device_id: str, certificate: Certificate, sealed_signing_seed: bytes | None
) -> None:
    """Store a checked certificate; a pending device becomes active."""
    work.connection.execute(
        update(DEVICE)
        .where(DEVICE.c.agency == work.agency, DEVICE.c.device_id == device_id)
        .values(
            certificate=certificate.model_dump_json(),
            state=DeviceState.ACTIVE.value,
            sealed_signing_seed=sealed_signing_seed,
            seq=work.take(),
        )
    )
    work.audit("certify_device", device_id=device_id)


def require_another_manager(work: Work, staff_id: str) -> None:
    """Refuse what would leave an agency without an active data manager who has a device.

    Raises:
        Refused: `staff_id` is the last one.
    """
    work.take(0)  # two managers who revoke each other wait here for one another
    others = work.connection.execute(
        select(func.count())
        .select_from(STAFF.join(DEVICE, (DEVICE.c.staff_id == STAFF.c.staff_id)))
        .where(
            STAFF.c.agency == work.agency,
            DEVICE.c.agency == work.agency,
            STAFF.c.active,
            STAFF.c.role == Role.DATA_MANAGER.value,
            STAFF.c.staff_id != staff_id,
            DEVICE.c.state == DeviceState.ACTIVE.value,
        )
    ).scalar_one()
    if others == 0:
        raise Refused(Code.LAST_MANAGER, "The last data manager cannot be removed. Add another.")


def revoke(
    work: Work, device_id: str, statement: SignedStatement, *, hand_in_days: int = HAND_IN_DAYS
) -> None:
    """Revoke a device: it may hand in its work for a while, and gets nothing any more.

    `statement` is its revocation, or the appointment that ended its person's work: the device
    asks for it before it hides anything.

    Raises:
        Refused: There is no such device, or it is the last one of the last data manager.
    """
    row = work.connection.execute(
        select(DEVICE.c.state, DEVICE.c.staff_id)
        .where(DEVICE.c.agency == work.agency, DEVICE.c.device_id == device_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such device.")
    if row.state in (DeviceState.REVOKED, DeviceState.REPLACED):
        return
    person = work.connection.execute(
        select(STAFF.c.role, STAFF.c.active).where(
            STAFF.c.agency == work.agency, STAFF.c.staff_id == row.staff_id
        )
    ).one()
    if person.active and person.role == Role.DATA_MANAGER:
        siblings = work.connection.execute(
            select(func.count()).where(
                DEVICE.c.agency == work.agency,
                DEVICE.c.staff_id == row.staff_id,
                DEVICE.c.device_id != device_id,
                DEVICE.c.state == DeviceState.ACTIVE.value,
            )
        ).scalar_one()
        if siblings == 0:
            require_another_manager(work, row.staff_id)
    work.connection.execute(
        update(DEVICE)
        .where(DEVICE.c.agency == work.agency, DEVICE.c.device_id == device_id)
        .values(
            state=DeviceState.REVOKED.value,
            hand_in_until=work.now + hand_in_days * _DAY,
            revocation=statement,
            seq=work.take(),
        )
    )
    work.audit("revoke_device", device_id=device_id, staff_id=row.staff_id)


def keep_revocation(work: Work, device_id: str, staff_id: str, statement: SignedStatement) -> None:
    """Keep the revocation of a device that succeeded itself: it gets nothing any more anyway.

    Its signer knows the statement and hashes it into the next one, so everybody has to get it.
    The successor is a device of its own, with a revocation of its own.
    """
    work.connection.execute(
        update(DEVICE)
        .where(DEVICE.c.agency == work.agency, DEVICE.c.device_id == device_id)
        .values(revocation=statement, seq=work.take())
    )
    work.audit("revoke_device", device_id=device_id, staff_id=staff_id)


def deactivate_person(work: Work, staff_id: str, statement: SignedStatement) -> None:
    """Revoke a person's devices and end every grant."""
    device_ids = work.connection.scalars(
        select(DEVICE.c.device_id)
        .where(DEVICE.c.agency == work.agency, DEVICE.c.staff_id == staff_id)
        .order_by(DEVICE.c.device_id)
    ).all()
    for device_id in device_ids:
        revoke(work, device_id, statement)
    grants.end_by_kind(work, staff_id, None)
