"""`POST /v1/sync`: a whole round in one call."""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.routing import APIRoute

from sync.protocol.push import SyncAnswer, SyncRequest
from sync.server.authentication import centre_of, exchange_of, syncing_device
from sync.server.devices import Caller
from sync.server.routes.shared import answer, body_of, gives, takes
from sync.server.sync_round import sync_round


class OneHop(APIRoute):
    """A route that is one function of its request, run in one thread.

    Resolving dependencies, each with a hop to a thread and back, took an idle sync longer than all
    its work (measured). What the documentation shows is as for every other route.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return what answers a request."""

        async def handle(request: Request) -> Response:
            answered: Response = await run_in_threadpool(self.endpoint, request)
            return answered

        return handle


router = APIRouter(prefix="/v1", tags=["sync"], route_class=OneHop)


@router.post("/sync", openapi_extra=takes(SyncRequest), responses=gives(SyncAnswer))
def sync(request: Request) -> Response:
    """Hand in keys and changes, and read the next page of the feed."""
    centre, exchange = centre_of(request), exchange_of(request)
    device_id = syncing_device(request)

    def meet(caller: Caller) -> None:
        exchange.generation = caller.generation

    return answer(
        sync_round(
            centre.database,
            centre.key,
            device_id,
            body_of(exchange, SyncRequest),
            centre.clock(),
            centre.settings.lease_days,
            meet,
        )
    )
