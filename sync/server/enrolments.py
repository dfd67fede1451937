"""Enrolment codes: made by managers, redeemed once, forgotten soon after."""

import hmac
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, insert, select, update

from sync.protocol.audit import audit_start
from sync.protocol.certificates import Certificate, CertifiedDevice, verify_certificate
from sync.protocol.enrolment import (
    CodeRequest,
    CodeState,
    EnrolmentBlob,
    EnrolmentCode,
    LookAnswer,
    LookRequest,
    RedeemAnswer,
    RedeemRequest,
    new_code,
    seal_blob,
    token_hash,
)
from sync.protocol.errors import CertificateInvalid, Code, SignatureInvalid
from sync.protocol.ids import new_id
from sync.protocol.limits import CODE_LIFETIME_HOURS
from sync.protocol.receipts import chain_start
from sync.protocol.roles import DeviceState, Role
from sync.protocol.statements import SignedStatement, read_statement
from sync.server import grants
from sync.server.audit import AGENCY
from sync.server.database import table_of
from sync.server.devices import DEVICE, STAFF, Caller
from sync.server.limits import MOST_WRONG_TOKENS
from sync.server.problems import Refused
from sync.server.tables import EnrolmentCode as CodeRow
from sync.server.work import Work

CODE = table_of(CodeRow)

FIRST, STAFF_CODE, RECOVERY_CODE = "first", "staff", "recovery"
HOUR = 3600 * 1000
REPEATABLE_FOR = HOUR
"""How long the same device may ask again for the answer to its redeeming."""


def create_agency(
    connection: Connection, server_key: Ed25519PrivateKey, now: int
) -> tuple[str, EnrolmentCode]:
    """Create an agency without people; return its id and the first code."""
    agency_id = new_id()
    agency = connection.execute(
        insert(AGENCY)
        .values(
            agency_id=agency_id,
            generation=1,
            seq=0,
            audit_number=0,
            directory_number=0,
            audit_hash=audit_start(agency_id),
            created_at=now,
        )
        .returning(AGENCY.c.agency)
    ).scalar_one()
    work = Work(connection, agency, "", now)
    grants.create_reserved_cases(work)
    staff_id = add_person(work, new_id(), Role.DATA_MANAGER, None)
    code = operator_code(work, agency_id, staff_id, FIRST, server_key)
    work.finish()
    return agency_id, code


def operator_code(
    work: Work, agency_id: str, staff_id: str, kind: str, server_key: Ed25519PrivateKey
) -> EnrolmentCode:
    """Make a code on the server's host; its blob pins the server key and nothing else."""
    code = new_code()
    blob = EnrolmentBlob(server_key=server_key.public_key().public_bytes_raw(), agency_id=agency_id)
    work.connection.execute(
        insert(CODE).values(
            code_id=code.code_id,
            agency=work.agency,
            staff_id=staff_id,
            kind=kind,
            token_hash=token_hash(code.token()),
            blob=seal_blob(blob, code),
            not_after=work.now + CODE_LIFETIME_HOURS * HOUR,
            wrong_tries=0,
            state="open",
        )
    )
    work.audit("make_code", code_id=code.code_id, staff_id=staff_id, kind=kind)
    return code


def add_person(
    work: Work,
    staff_id: str,
    role: Role,
    team_id: str | None,
    statement: SignedStatement | None = None,
) -> str:
    """Add a member of staff with the access that the role brings.

    `statement` is the appointment; None for the founder, whose agency has no key yet.

    Raises:
        Refused: The agency has this id already.
    """
    known = work.connection.execute(
        select(STAFF.c.staff_id).where(STAFF.c.agency == work.agency, STAFF.c.staff_id == staff_id)
    ).first()
    if known is not None:
        raise Refused(Code.ALREADY_EXISTS, "There is a person of this id.")
    work.connection.execute(
        insert(STAFF).values(
            agency=work.agency,
            staff_id=staff_id,
            role=role.value,
            team_id=team_id,
            active=True,
            statement=statement,
            seq=work.take(),
        )
    )
    work.audit("add_staff", staff_id=staff_id, role=role.value, team_id=team_id)
    grants.give_by_role(work, staff_id, role, team_id)
    return staff_id


def make_code(work: Work, caller: Caller, request: CodeRequest) -> CodeState:
    """Store a code that a manager's device made.

    Raises:
        Refused: The person is not there, the code is known, lives too long, or is not certified.
    """
    person = work.connection.execute(
        select(STAFF).where(
            STAFF.c.agency == work.agency, STAFF.c.staff_id == request.staff_id, STAFF.c.active
        )
    ).one_or_none()
    if person is None:
        raise Refused(Code.NOT_FOUND, "There is no active person of this id.")
    if not work.now < request.not_after <= work.now + (CODE_LIFETIME_HOURS + 1) * HOUR:
        raise Refused(Code.FORBIDDEN, "A code lives up to 72 hours.")
    known = work.connection.execute(
        select(CODE.c.code_id).where(CODE.c.code_id == request.code_id)
    ).first()
    if known is not None:
        raise Refused(Code.ALREADY_EXISTS, "This code is known already. Make another.")
    _check_holder(request, caller, person.role)
    work.connection.execute(
        insert(CODE).values(
            code_id=request.code_id,
            agency=work.agency,
            staff_id=request.staff_id,
            kind=STAFF_CODE,
            token_hash=request.token_hash,
            holder=request.holder.model_dump_json(),
            blob=request.blob,
            not_after=request.not_after,
            wrong_tries=0,
            state="open",
        )
    )
    work.audit("make_code", code_id=request.code_id, staff_id=request.staff_id, kind=STAFF_CODE)
    return find_code(work.connection, work.agency, request.code_id, work.now)


def _check_holder(request: CodeRequest, caller: Caller, role: str) -> None:
    try:
        values = read_statement(request.holder, caller.agency_key or b"")
    except SignatureInvalid as error:
        raise Refused(Code.CERTIFICATE_INVALID, str(error)) from None
    expected = {
        "type": "holder",
        "agency_id": caller.agency_id,
        "staff_id": request.staff_id,
        "role": role,
        "code_id": request.code_id,
    }
    if any(values.get(name) != value for name, value in expected.items()):
        raise Refused(Code.CERTIFICATE_INVALID, "The holder's certificate is for another code.")


def _state(row: Any, now: int) -> CodeState:
    is_over = row.state == "open" and row.not_after < now
    return CodeState(
        code_id=row.code_id,
        staff_id=row.staff_id,
        not_after=row.not_after,
        state="expired" if is_over else row.state,
        device_id=row.device_id,
    )


def find_code(connection: Connection, agency: int, code_id: str, now: int) -> CodeState:
    """Return a code of an agency.

    Raises:
        Refused: There is none.
    """
    row = connection.execute(
        select(CODE).where(CODE.c.agency == agency, CODE.c.code_id == code_id)
    ).one_or_none()
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such code.")
    return _state(row, now)


def list_codes(connection: Connection, agency: int, now: int) -> tuple[CodeState, ...]:
    """Return the agency's codes, each open, used, cancelled or, past its end, expired."""
    rows = connection.execute(
        select(CODE).where(CODE.c.agency == agency).order_by(CODE.c.not_after, CODE.c.code_id)
    )
    return tuple(_state(row, now) for row in rows)


def cancel_code(work: Work, code_id: str) -> CodeState:
    """Make an open code worthless."""
    find_code(work.connection, work.agency, code_id, work.now)
    work.connection.execute(
        update(CODE)
        .where(CODE.c.agency == work.agency, CODE.c.code_id == code_id, CODE.c.state == "open")
        .values(state="cancelled", blob=None)
    )
    work.audit("cancel_code", code_id=code_id)
    return find_code(work.connection, work.agency, code_id, work.now)


def forget_old_blobs(connection: Connection, now: int) -> None:
    """Drop the blobs of codes that ended or were redeemed more than an hour ago."""
    connection.execute(
        update(CODE)
        .where(
            CODE.c.blob.is_not(None),
            (CODE.c.not_after < now) | (CODE.c.used_at < now - REPEATABLE_FOR),
        )
        .values(blob=None)
    )


def look(connection: Connection, request: LookRequest, now: int) -> LookAnswer | None:
    """Tell for whom a code is; None when the token is wrong, which the caller commits and refuses.

    Raises:
        Refused: The code is not known, used up or over.
    """
    row = connection.execute(
        select(CODE).where(CODE.c.code_id == request.code_id).with_for_update()
    ).one_or_none()
    if row is None or row.wrong_tries >= MOST_WRONG_TOKENS or row.state == "cancelled":
        raise Refused(Code.CODE_INVALID, "This code is not known or was cancelled.")
    if not hmac.compare_digest(token_hash(request.token), row.token_hash):
        _count_wrong_try(connection, row.code_id)
        return None
    if row.blob is None or (row.state == "used" and row.device_id != request.device_id):
        raise Refused(Code.CODE_USED, "This code was used. Ask for another.")
    if row.state == "open" and row.not_after < now:
        raise Refused(Code.CODE_INVALID, "This code is over. Ask for another.")
    agency = connection.execute(select(AGENCY).where(AGENCY.c.agency == row.agency)).one()
    person = connection.execute(
        select(STAFF).where(STAFF.c.agency == row.agency, STAFF.c.staff_id == row.staff_id)
    ).one()
    return LookAnswer(
        kind=row.kind,
        agency_id=agency.agency_id,
        staff_id=row.staff_id,
        role=Role(person.role),
        blob=row.blob,
    )


def _count_wrong_try(connection: Connection, code_id: str) -> None:
    connection.execute(
        update(CODE).where(CODE.c.code_id == code_id).values(wrong_tries=CODE.c.wrong_tries + 1)
    )


def redeem(
    connection: Connection, request: RedeemRequest, now: int, lease_days: int
) -> RedeemAnswer | None:
    """Enrol a device; None when the token is wrong, which the caller must commit and refuse.

    Raises:
        Refused: The code is used, over, or the founding or binding does not fit.
    """
    forget_old_blobs(connection, now)
    row = connection.execute(
        select(CODE).where(CODE.c.code_id == request.code_id).with_for_update()
    ).one_or_none()
    if row is None or row.wrong_tries >= MOST_WRONG_TOKENS or row.state == "cancelled":
        raise Refused(Code.CODE_INVALID, "This code is not known or was cancelled.")
    if not hmac.compare_digest(token_hash(request.token), row.token_hash):
        _count_wrong_try(connection, request.code_id)
        return None
    if row.state == "used":
        _require_same_device(connection, row, request)
    elif row.not_after < now:
        raise Refused(Code.CODE_INVALID, "This code is over. Ask for another.")
    if row.blob is None:
        raise Refused(Code.CODE_USED, "This code was used. Ask for another.")
    agency = connection.execute(select(AGENCY).where(AGENCY.c.agency == row.agency)).one()
    person = connection.execute(
        select(STAFF).where(STAFF.c.agency == row.agency, STAFF.c.staff_id == row.staff_id)
    ).one()
    if row.state == "open":
        work = Work(connection, row.agency, request.device_id, now)
        _enrol(work, row, agency, request)
        work.finish()
    recovers = row.kind == RECOVERY_CODE
    fresh = connection.execute(select(AGENCY).where(AGENCY.c.agency == row.agency)).one()
    return RedeemAnswer(
        agency_id=agency.agency_id,
        staff_id=row.staff_id,
        role=Role(person.role),
        team_id=person.team_id,
        state=DeviceState.PENDING if recovers else DeviceState.ACTIVE,
        generation=agency.generation,
        blob=row.blob,
        sealed_signing_seed=fresh.sealed_signing_seed if recovers else None,
        recovery_key=fresh.recovery_key if recovers else None,
        signing_key=fresh.signing_key if recovers else None,
        lease_days=lease_days,
        server_time=now,
    )


def _require_same_device(connection: Connection, row: Any, request: RedeemRequest) -> None:
    device = connection.execute(
        select(DEVICE).where(DEVICE.c.device_id == row.device_id)
    ).one_or_none()
    keys = (request.device_id, request.signing_key, request.sealing_key)
    if device is None or (device.device_id, device.signing_key, device.sealing_key) != keys:
        raise Refused(Code.CODE_USED, "This code was used. Ask for another.")


def _enrol(work: Work, row: Any, agency: Any, request: RedeemRequest) -> None:
    certificate = _certificate(row, agency, request)
    values: dict[str, Any] = {}
    if row.kind == FIRST and request.founding is not None:
        values = {
            "signing_key": request.founding.signing_key,
            "recovery_key": request.founding.recovery_key,
            "sealed_signing_seed": request.founding.sealed_signing_seed,
        }
    known = work.connection.execute(
        select(DEVICE.c.device_id).where(DEVICE.c.device_id == request.device_id)
    ).first()
    if known is not None:
        raise Refused(Code.ALREADY_EXISTS, "There is a device of this id. Choose another.")
    work.connection.execute(
        update(CODE)
        .where(CODE.c.code_id == row.code_id)
        .values(state="used", used_at=work.now, device_id=request.device_id)
    )
    seq = work.take()
    if values:
        work.connection.execute(
            update(AGENCY).where(AGENCY.c.agency == work.agency).values(**values)
        )
        work.audit("found_agency", device_id=request.device_id)
    insert_device(
        work,
        request,
        row.staff_id,
        agency,
        certificate,
        DeviceState.ACTIVE if certificate else DeviceState.PENDING,
        seq,
    )
    work.audit(
        "enrol_device", device_id=request.device_id, staff_id=row.staff_id, code_id=row.code_id
    )


def insert_device(
    work: Work,
    keys: Any,
    staff_id: str,
    agency: Any,
    certificate: Certificate | None,
    state: DeviceState,
    seq: int,
) -> None:
    """Add a device with its own public keys, at the start of its chain."""
    work.connection.execute(
        insert(DEVICE).values(
            device_id=keys.device_id,
            agency=work.agency,
            staff_id=staff_id,
            signing_key=keys.signing_key,
            sealing_key=keys.sealing_key,
            state=state.value,
            certificate=certificate.model_dump_json() if certificate else None,
            numbers_generation=agency.generation,
            last_seq=0,
            chain_hash=chain_start(agency.agency_id, keys.device_id, agency.generation),
            seen_at=work.now,
            seq=seq,
        )
    )


def _certificate(row: Any, agency: Any, request: RedeemRequest) -> Certificate | None:
    """Return the chain of the new device, checked; None for a recovery code."""
    if row.kind == RECOVERY_CODE:
        return None
    if row.kind == FIRST:
        if request.founding is None or agency.signing_key is not None:
            raise Refused(
                Code.CERTIFICATE_INVALID, "The first code founds the agency's keys, once."
            )
        certificate, root = request.founding.certificate, request.founding.signing_key
    else:
        holder = SignedStatement.model_validate_json(row.holder)
        certificate, root = Certificate(statements=(holder, request.binding)), agency.signing_key
    try:
        certified = verify_certificate(certificate, root)
    except CertificateInvalid as error:
        raise Refused(Code.CERTIFICATE_INVALID, str(error)) from None
    _require_keys(certified, agency.agency_id, row.staff_id, request)
    return certificate


def _require_keys(
    certified: CertifiedDevice, agency_id: str, staff_id: str, request: RedeemRequest
) -> None:
    keys = certified.keys
    found = (certified.agency_id, certified.staff_id, keys.device_id, keys.signing_key)
    expected = (agency_id, staff_id, request.device_id, request.signing_key)
    if found != expected or keys.sealing_key != request.sealing_key:
        raise Refused(Code.CERTIFICATE_INVALID, "The certificate is for other keys than these.")
