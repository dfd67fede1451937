"""`POST /v1/sync`: a whole round in one call."""

from fastapi import APIRouter, Response

from sync.protocol.push import SyncAnswer, SyncRequest
from sync.server.authentication import SyncingDevice, TheCentre, TheExchange
from sync.server.devices import Caller
from sync.server.routes.shared import answer, body_of, gives, takes
from sync.server.sync_round import sync_round

router = APIRouter(prefix="/v1", tags=["sync"])


@router.post("/sync", openapi_extra=takes(SyncRequest), responses=gives(SyncAnswer))
def sync(device_id: SyncingDevice, centre: TheCentre, exchange: TheExchange) -> Response:
    """Hand in keys and changes, and read the next page of the feed."""
    request = body_of(exchange, SyncRequest)

    def meet(caller: Caller) -> None:
        exchange.generation = caller.generation

    return answer(
        sync_round(
            centre.database,
            centre.key,
            device_id,
            request,
            centre.clock(),
            centre.settings.lease_days,
            meet,
        )
    )
