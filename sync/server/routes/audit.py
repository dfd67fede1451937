"""`/v1/audit`: the agency's audit chain."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from sync.protocol.management import AuditPage
from sync.protocol.roles import Role
from sync.server.audit import audit_head, entries_after
from sync.server.authentication import SignedDevice, TheCentre
from sync.server.devices import load_caller, require_role
from sync.server.routes.shared import answer, gives

router = APIRouter(prefix="/v1/audit", tags=["audit"])

_PAGE = 500


@router.get("", responses=gives(AuditPage))
def read_audit(
    device_id: SignedDevice,
    centre: TheCentre,
    after: Annotated[int, Query(ge=0, lt=2**53)] = 0,
) -> Response:
    """Read the chain from a number on. Data managers only."""
    with centre.database.read() as connection:
        caller = load_caller(connection, device_id)
        require_role(caller, Role.DATA_MANAGER)
        entries, more = entries_after(connection, caller.agency, after, _PAGE)
        head = audit_head(centre.key, caller, centre.clock())
    return answer(AuditPage(entries=entries, head=head, more=more))
