"""`/v1/staff`: people as opaque ids, roles and teams."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy import select, update

from sync.protocol.errors import Code
from sync.protocol.feed import StaffEntry
from sync.protocol.ids import ID_PATTERN
from sync.protocol.management import NewStaff, StaffChange, StaffList
from sync.protocol.roles import GrantKind, Role
from sync.server import grants
from sync.server.authentication import SignedDevice, TheCentre, TheExchange
from sync.server.decisions import take_appointment
from sync.server.devices import (
    STAFF,
    Caller,
    deactivate_person,
    load_caller,
    require_active,
    require_another_manager,
    require_role,
)
from sync.server.enrolments import add_person
from sync.server.idempotency import act
from sync.server.problems import Refused
from sync.server.routes.shared import answer, body_of, gives, takes
from sync.server.work import Work

router = APIRouter(prefix="/v1/staff", tags=["staff"])

StaffId = Annotated[str, Path(pattern=ID_PATTERN)]


def _entry(work: Work, staff_id: str) -> StaffEntry:
    row = work.connection.execute(
        select(STAFF)
        .where(STAFF.c.agency == work.agency, STAFF.c.staff_id == staff_id)
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such person.")
    return StaffEntry.model_validate(dict(row._mapping))


@router.get("", responses=gives(StaffList))
def list_staff(device_id: SignedDevice, centre: TheCentre) -> Response:
    """List the agency's staff."""
    with centre.database.read() as connection:
        caller = load_caller(connection, device_id)
        require_active(caller)
        rows = connection.execute(
            select(STAFF).where(STAFF.c.agency == caller.agency).order_by(STAFF.c.seq)
        )
        entries = tuple(StaffEntry.model_validate(dict(row._mapping)) for row in rows)
    return answer(StaffList(staff=entries))


@router.post("", openapi_extra=takes(NewStaff), responses=gives(StaffEntry))
def add_staff(device_id: SignedDevice, centre: TheCentre, exchange: TheExchange) -> Response:
    """Add a person. Data managers only."""
    request = body_of(exchange, NewStaff)

    def do(work: Work, caller: Caller) -> StaffEntry:
        require_role(caller, Role.DATA_MANAGER)
        add_person(work, request.staff_id, request.role, request.team_id, request.statement)
        take_appointment(
            work,
            caller,
            request.statement,
            staff_id=request.staff_id,
            role=request.role,
            team_id=request.team_id,
            active=True,
        )
        return _entry(work, request.staff_id)

    return answer(act(centre, exchange, device_id, do))


@router.patch("/{staff_id}", openapi_extra=takes(StaffChange), responses=gives(StaffEntry))
def change_staff(
    staff_id: StaffId, device_id: SignedDevice, centre: TheCentre, exchange: TheExchange
) -> Response:
    """Change a person's role or team, or end their work here. Data managers only, never oneself."""
    request = body_of(exchange, StaffChange)

    def do(work: Work, caller: Caller) -> StaffEntry:
        require_role(caller, Role.DATA_MANAGER)
        person = _entry(work, staff_id)
        if staff_id == caller.staff_id and request.role not in (None, person.role):
            raise Refused(Code.FORBIDDEN, "Nobody changes their own role.")
        _change(work, caller, person, request)
        return _entry(work, staff_id)

    return answer(act(centre, exchange, device_id, do, needs_key=False))


def _change(work: Work, caller: Caller, person: StaffEntry, request: StaffChange) -> None:
    role = request.role or person.role
    active = person.active if request.active is None else request.active
    team_id = None if request.leave_team else request.team_id or person.team_id
    if (role, team_id, active) == (person.role, person.team_id, person.active):
        return
    was_manager = person.active and person.role is Role.DATA_MANAGER
    if was_manager and (role is not Role.DATA_MANAGER or not active):
        require_another_manager(work, person.staff_id)
    if person.active and not active:
        deactivate_person(work, person.staff_id, request.statement)
    work.connection.execute(
        update(STAFF)
        .where(STAFF.c.agency == work.agency, STAFF.c.staff_id == person.staff_id)
        .values(
            role=role.value,
            team_id=team_id,
            active=active,
            statement=request.statement,
            seq=work.take(),
        )
    )
    take_appointment(
        work,
        caller,
        request.statement,
        staff_id=person.staff_id,
        role=role,
        team_id=team_id,
        active=active,
    )
    work.audit(
        "change_staff",
        staff_id=person.staff_id,
        role=role.value,
        team_id=team_id,
        active=int(active),
    )
    if active and (role, team_id, person.active) != (person.role, person.team_id, active):
        grants.end_by_kind(
            work, person.staff_id, (GrantKind.TEAM, GrantKind.MANAGER, GrantKind.AGENCY)
        )
        grants.give_by_role(work, person.staff_id, role, team_id)
