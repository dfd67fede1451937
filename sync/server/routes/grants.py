"""`/v1/cases/{id}/grants`: who may see a case, given and withdrawn."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy import Connection, select

from sync.protocol.errors import Code
from sync.protocol.feed import GrantEntry
from sync.protocol.ids import ID_PATTERN, RESERVED_CASES
from sync.protocol.management import GrantAnswer, GrantList, NewGrant, WithdrawalRequest
from sync.protocol.roles import Role
from sync.server import case_keys, grants
from sync.server.authentication import SignedDevice, TheCentre, TheExchange
from sync.server.decisions import check_grant, check_withdrawal
from sync.server.devices import STAFF, Caller, load_caller, require_active, require_role
from sync.server.idempotency import act
from sync.server.problems import Refused
from sync.server.routes.shared import answer, body_of, gives, takes
from sync.server.work import Work

router = APIRouter(prefix="/v1/cases/{case_id}/grants", tags=["grants"])

CaseId = Annotated[str, Path(pattern=ID_PATTERN)]
GrantId = Annotated[str, Path(pattern=ID_PATTERN)]


def require_case(connection: Connection, caller: Caller, case_id: str) -> None:
    """Let only who may see a case go on; to others it does not exist.

    Raises:
        Refused: The caller has no access.
    """
    require_active(caller)
    if not grants.has_access(connection, caller.agency, caller.staff_id, case_id):
        raise Refused(Code.NOT_FOUND, "There is no such case.")


def _require_say(work: Work, caller: Caller, case_id: str, staff_id: str) -> None:
    """Let only data managers, and supervisors within their team, give and withdraw access."""
    require_role(caller, Role.SUPERVISOR, Role.DATA_MANAGER)
    require_case(work.connection, caller, case_id)
    if case_id in RESERVED_CASES:
        raise Refused(Code.FORBIDDEN, "Access to the agency's own cases comes with the role.")
    if caller.role is Role.DATA_MANAGER:
        return
    person = work.connection.execute(
        select(STAFF.c.team_id).where(STAFF.c.agency == work.agency, STAFF.c.staff_id == staff_id)
    ).one_or_none()
    own_case = grants.is_case_of_team(work.connection, work.agency, case_id, caller.team_id)
    if person is None or person.team_id != caller.team_id or not own_case:
        raise Refused(Code.FORBIDDEN, "A supervisor decides for the own team's cases and people.")


@router.get("", responses=gives(GrantList))
def list_grants(case_id: CaseId, device_id: SignedDevice, centre: TheCentre) -> Response:
    """List who may see a case and who might."""
    with centre.database.read() as connection:
        caller = load_caller(connection, device_id)
        require_case(connection, caller, case_id)
        return answer(GrantList(grants=grants.grants_of_case(connection, caller.agency, case_id)))


@router.post("", openapi_extra=takes(NewGrant), responses=gives(GrantAnswer))
def give_grant(
    case_id: CaseId, device_id: SignedDevice, centre: TheCentre, exchange: TheExchange
) -> Response:
    """Give a person access to a case, with its keys. Supervisors and data managers."""
    request = body_of(exchange, NewGrant)

    def do(work: Work, caller: Caller) -> GrantAnswer:
        _require_say(work, caller, case_id, request.staff_id)
        check_grant(caller, case_id, request)
        person = work.connection.execute(
            select(STAFF.c.active).where(
                STAFF.c.agency == work.agency, STAFF.c.staff_id == request.staff_id
            )
        ).one_or_none()
        if person is None or not person.active:
            raise Refused(Code.NOT_FOUND, "There is no active person of this id.")
        begins = work.now if request.starts_at is None else request.starts_at
        if request.until is not None and request.until <= max(begins, work.now):
            raise Refused(Code.MALFORMED, "until: the grant would end before it begins.")
        known = work.connection.execute(
            select(grants.GRANT.c.grant_id).where(
                grants.GRANT.c.agency == work.agency,
                grants.GRANT.c.grant_id == request.grant_id,
            )
        ).first()
        if known is not None:
            raise Refused(Code.ALREADY_EXISTS, "There is a grant of this id.")
        keys, outcomes = case_keys.judge(work.connection, caller, request.keys, {case_id})
        case_keys.store(work, keys)
        grant = grants.give(
            work,
            case_id,
            request.staff_id,
            request.kind,
            grant_id=request.grant_id,
            starts_at=request.starts_at,
            until=request.until,
            statement=request.statement,
        )
        return GrantAnswer(grant=grant, key_outcomes=tuple(outcomes))

    return answer(act(centre, exchange, device_id, do))


@router.post(
    "/{grant_id}/withdrawal",
    openapi_extra=takes(WithdrawalRequest),
    responses=gives(GrantEntry),
)
def withdraw_grant(
    case_id: CaseId,
    grant_id: GrantId,
    device_id: SignedDevice,
    centre: TheCentre,
    exchange: TheExchange,
) -> Response:
    """End a grant. Supervisors and data managers."""
    request = body_of(exchange, WithdrawalRequest)

    def do(work: Work, caller: Caller) -> GrantEntry:
        require_role(caller, Role.SUPERVISOR, Role.DATA_MANAGER)
        require_case(work.connection, caller, case_id)
        grant = grants.find_grant(work, case_id, grant_id)
        _require_say(work, caller, case_id, grant.staff_id)
        if grant.state == grants.ENDED:
            return GrantEntry.model_validate(dict(grant._mapping))
        check_withdrawal(
            caller,
            request.statement,
            grant_id=grant_id,
            case_id=case_id,
            staff_id=grant.staff_id,
            kind=grant.kind,
        )
        return grants.withdraw(work, grant, request.statement)

    return answer(act(centre, exchange, device_id, do))
