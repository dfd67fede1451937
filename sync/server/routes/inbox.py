"""`/v1/inbox`: late work, for who decides it."""

from typing import Annotated, Literal

from fastapi import APIRouter, Path, Query, Response

from sync.protocol.ids import ID_PATTERN
from sync.protocol.management import InboxDecision, InboxItem, InboxPage
from sync.server import inbox
from sync.server.authentication import SignedDevice, TheCentre, TheExchange
from sync.server.devices import Caller, load_caller, require_role
from sync.server.idempotency import act
from sync.server.routes.shared import answer, body_of, gives, takes
from sync.server.work import Work

router = APIRouter(prefix="/v1/inbox", tags=["inbox"])

ItemId = Annotated[str, Path(pattern=ID_PATTERN)]
_PAGE = 100


@router.get("", responses=gives(InboxPage))
def list_items(
    device_id: SignedDevice,
    centre: TheCentre,
    state: Annotated[Literal["open", "taken", "declined"], Query()] = "open",
    after: Annotated[str | None, Query(pattern=ID_PATTERN)] = None,
) -> Response:
    """List late work in the cases that the caller may see. Supervisors and data managers."""
    with centre.database.read() as connection:
        caller = load_caller(connection, device_id)
        require_role(caller, *inbox.READERS)
        items, runs, more = inbox.items_after(connection, caller, state, after or "", _PAGE)
    return answer(InboxPage(items=items, runs=runs, more=more))


@router.post("/{item_id}/decision", openapi_extra=takes(InboxDecision), responses=gives(InboxItem))
def decide(
    item_id: ItemId, device_id: SignedDevice, centre: TheCentre, exchange: TheExchange
) -> Response:
    """Close an item as taken over or declined. Supervisors and data managers."""
    request = body_of(exchange, InboxDecision)

    def do(work: Work, caller: Caller) -> InboxItem:
        require_role(caller, *inbox.READERS)
        return inbox.decide(work, caller, item_id, request.decision)

    return answer(act(centre, exchange, device_id, do))
