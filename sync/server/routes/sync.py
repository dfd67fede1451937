"""`POST /v1/sync`: a whole round in one call."""

from fastapi import APIRouter, Request, Response

from sync.protocol.push import SyncAnswer, SyncRequest
from sync.server.authentication import address_of, centre_of, exchange_of, syncing_device
from sync.server.centre import Centre
from sync.server.devices import Caller
from sync.server.exchange import Exchange
from sync.server.routes.shared import answer, body_of, gives, takes
from sync.server.sync_round import sync_round

router = APIRouter(prefix="/v1", tags=["sync"])


@router.post("/sync", openapi_extra=takes(SyncRequest), responses=gives(SyncAnswer))
def sync(request: Request) -> Response:
    """Hand in keys and changes, and read the next page of the feed."""
    # Documents the call; it is served by `app.SyncFirst`.
    return answer(answer_sync(centre_of(request), exchange_of(request), address_of(request)))


def answer_sync(centre: Centre, exchange: Exchange, address: str) -> bytes:
    """Return the body of the answer to one `POST /v1/sync`.

    Args:
        centre: The parts of this process.
        exchange: The call.
        address: Where it came from.

    Raises:
        Refused: See PROTOCOL.md 7 and 9.
    """
    device_id = syncing_device(centre, exchange, address)

    def meet(caller: Caller) -> None:
        exchange.generation = caller.generation

    return sync_round(centre, device_id, body_of(exchange, SyncRequest), meet)
