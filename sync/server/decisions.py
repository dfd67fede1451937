"""Signed decisions at the door: the centre takes in only what devices will believe.

It could not forge one, and devices check them again. It refuses early, so that nothing is decided
here that no device would follow.
"""

from sqlalchemy import select, update

from sync.protocol.decisions import (
    Appointment,
    CaseGrant,
    Decision,
    GrantWithdrawal,
    Opening,
    Revocation,
)
from sync.protocol.errors import Code, SignatureInvalid
from sync.protocol.management import NewGrant
from sync.protocol.wire import SignedStatement
from sync.server.audit import AGENCY
from sync.server.devices import Caller
from sync.server.problems import Refused
from sync.server.work import Work


def _require(decision: Decision, caller: Caller, **expected: object) -> None:
    expected["agency_id"] = caller.agency_id
    wrong = [name for name, value in expected.items() if getattr(decision, name) != value]
    if wrong:
        raise Refused(
            Code.STATEMENT_INVALID, f"The statement says something else: {sorted(wrong)[0]}."
        )


def _unreadable(error: SignatureInvalid) -> Refused:
    return Refused(Code.STATEMENT_INVALID, str(error))


def _number(work: Work, number: int) -> None:
    """Give a statement its place in the agency's directory; the counter row is locked from here.

    Raises:
        Refused: Somebody else decided meanwhile: the signer has not seen all that it hashed.
    """
    work.take(0)
    mine = AGENCY.c.agency == work.agency
    last = work.connection.execute(select(AGENCY.c.directory_number).where(mine)).scalar_one()
    if number <= last:
        raise Refused(
            Code.DIRECTORY_MOVED, "Somebody else decided something meanwhile. Sync, then repeat."
        )
    work.connection.execute(update(AGENCY).where(mine).values(directory_number=number))


def take_appointment(
    work: Work, caller: Caller, statement: SignedStatement, **expected: object
) -> None:
    """Check an appointment and give it its number. `expected` is what the request asks for.

    Raises:
        Refused: It is not signed with the agency's key, says something else, or comes too late.
    """
    try:
        appointment = Appointment.read(statement, caller.agency_key or b"")
    except SignatureInvalid as error:
        raise _unreadable(error) from None
    _require(appointment, caller, **expected)
    _number(work, appointment.number)


def take_revocation(
    work: Work, caller: Caller, statement: SignedStatement, device_id: str, staff_id: str
) -> None:
    """Check a revocation and give it its number. Raises as `take_appointment`."""
    try:
        revocation = Revocation.read(statement, caller.agency_key or b"")
    except SignatureInvalid as error:
        raise _unreadable(error) from None
    _require(revocation, caller, device_id=device_id, staff_id=staff_id)
    _number(work, revocation.number)


def check_grant(caller: Caller, case_id: str, request: NewGrant) -> None:
    """Check the statement of a grant.

    Raises:
        Refused: The calling device did not sign it, or it says something else than the request.
    """
    try:
        grant = CaseGrant.read(request.statement, caller.signing_key)
    except SignatureInvalid as error:
        raise _unreadable(error) from None
    _require(
        grant,
        caller,
        grant_id=request.grant_id,
        case_id=case_id,
        staff_id=request.staff_id,
        kind=request.kind,
        starts_at=request.starts_at,
        until=request.until,
        signer=caller.device_id,
    )


def check_withdrawal(
    caller: Caller,
    statement: SignedStatement,
    *,
    grant_id: str,
    case_id: str,
    staff_id: str,
    kind: str,
) -> None:
    """Check the statement of a withdrawal. Raises as `check_grant`."""
    try:
        withdrawal = GrantWithdrawal.read(statement, caller.signing_key)
    except SignatureInvalid as error:
        raise _unreadable(error) from None
    _require(
        withdrawal,
        caller,
        grant_id=grant_id,
        case_id=case_id,
        staff_id=staff_id,
        kind=kind,
        signer=caller.device_id,
    )


def read_openings(
    caller: Caller, statements: tuple[SignedStatement, ...]
) -> dict[str, tuple[Opening, SignedStatement]]:
    """Return the openings that the calling device may state, by case; others are left out."""
    found: dict[str, tuple[Opening, SignedStatement]] = {}
    for statement in statements:
        try:
            opening = Opening.read(statement, caller.signing_key)
        except SignatureInvalid:
            continue
        said = (opening.agency_id, opening.staff_id, opening.signer)
        if said == (caller.agency_id, caller.staff_id, caller.device_id):
            found.setdefault(opening.case_id, (opening, statement))
    return found
