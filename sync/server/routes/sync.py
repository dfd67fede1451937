"""`POST /v1/sync`: a whole round in one call."""

from fastapi import APIRouter, Request, Response

from sync.protocol.push import SyncAnswer, SyncRequest
from sync.server.authentication import centre_of, exchange_of, syncing_device
from sync.server.devices import Caller
from sync.server.routes.shared import answer, body_of, gives, takes
from sync.server.sync_round import sync_round

router = APIRouter(prefix="/v1", tags=["sync"])


@router.post("/sync", openapi_extra=takes(SyncRequest), responses=gives(SyncAnswer))
def sync(request: Request) -> Response:
    """Hand in keys and changes, and read the next page of the feed."""
    # No dependencies: `app.SyncFirst` calls this as it is.
    centre, exchange = centre_of(request), exchange_of(request)
    device_id = syncing_device(request)

    def meet(caller: Caller) -> None:
        exchange.generation = caller.generation

    return answer(
        sync_round(
            centre.database,
            centre.digests,
            centre.key,
            device_id,
            body_of(exchange, SyncRequest),
            centre.clock(),
            centre.settings.lease_days,
            meet,
        )
    )
