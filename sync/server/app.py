"""The central API as an ASGI application."""

import asyncio
import gc
import os
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from fastapi.routing import APIRoute
from sqlalchemy import text
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from sync.protocol.errors import Code
from sync.server.centre import Centre, open_centre
from sync.server.exchange import SignedExchange
from sync.server.generations import honour_mark
from sync.server.logs import log, set_up_logs
from sync.server.prepared import compile_all
from sync.server.problems import Refused
from sync.server.routes import (
    attachments,
    audit,
    devices,
    enrolments,
    grants,
    inbox,
    keys,
    staff,
    status,
    sync,
)
from sync.server.settings import read_settings

ROUTERS = (
    sync.router,
    status.router,
    enrolments.router,
    staff.router,
    devices.router,
    grants.router,
    keys.router,
    inbox.router,
    audit.router,
    attachments.router,
)

_SYNCS_AT_ONCE = 30  # as many as there may be connections to the database
_JSON_ANSWER = [(b"content-type", b"application/json")]
_HTTP_CODES = {404: Code.NOT_FOUND, 405: Code.METHOD_NOT_ALLOWED}


def build_api(centre: Centre) -> FastAPI:
    """Return the application without its outermost layer: routes, failures, documentation."""
    api = FastAPI(
        title="Field Notes central API",
        version="1",
        description="Orders, routes and receipts sealed records; reads none. See PROTOCOL.md.",
        redoc_url=None,
    )
    api.state.centre = centre
    for router in ROUTERS:
        api.include_router(router)

    @api.get("/healthz", tags=["health"])
    def healthz() -> JSONResponse:
        """Tell a supervisor of processes whether this one reaches its database."""
        try:
            with centre.database.read() as connection:
                connection.execute(text("select 1"))
        except Exception:
            log("unhealthy")
            return JSONResponse({"healthy": False}, status_code=503)
        return JSONResponse({"healthy": True})

    api.add_exception_handler(Refused, _refused)
    api.add_exception_handler(RequestValidationError, _invalid)
    api.add_exception_handler(HTTPException, _http_error)
    return api


class SyncFirst:
    """Answers `POST /v1/sync` itself; everything else goes to the framework.

    Nearly every call is a sync. To find its route, to resolve what it depends on and to go to a
    thread and back took the framework longer than an idle sync has work (measured).
    """

    def __init__(self, api: FastAPI) -> None:
        """Stand before an application that has the same route, and documents it."""
        self.api = api
        self.route = next(one for one in sync.router.routes if isinstance(one, APIRoute))
        self.centre: Centre = api.state.centre
        self.threads = ThreadPoolExecutor(_SYNCS_AT_ONCE, thread_name_prefix="sync")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope.get("path") != self.route.path or scope.get("method") != "POST":
            await self.api(scope, receive, send)
            return
        scope["route"] = self.route
        client = scope.get("client")
        try:
            body = await asyncio.get_running_loop().run_in_executor(
                self.threads,
                sync.answer_sync,
                self.centre,
                scope["exchange"],
                client[0] if client else "?",
            )
        except Refused as refused:
            await _problem(Request(scope, receive), refused)(scope, receive, send)
            return
        await send({"type": "http.response.start", "status": 200, "headers": _JSON_ANSWER})
        await send({"type": "http.response.body", "body": body})


def build_app(centre: Centre) -> ASGIApp:
    """Return the whole application, ready to serve."""
    marked = centre.database.write(lambda connection: honour_mark(connection, centre.clock()))
    if marked:
        log("restored_from_backup", agencies=marked)
    api = SyncFirst(build_api(centre))
    return SignedExchange(api, server_key=centre.key, clock=lambda: centre.clock())


def from_environment() -> ASGIApp:
    """Return the application for the environment's settings: the factory that uvicorn calls."""
    settings = read_settings(os.environ)
    set_up_logs(settings.log_level)
    centre = open_centre(settings)
    app = build_app(centre)
    compile_all(centre.database.engine.dialect.name)
    # What was imported lives as long as the process: looking through it for garbage again and
    # again would cost more than a small sync.
    gc.collect()
    gc.freeze()
    # A push of 500 changes makes some thousand objects that all end with it: to look for cycles
    # among them every 700 finds nothing.
    gc.set_threshold(20_000, 10, 10)
    return app


def _problem(request: Request, refused: Refused) -> Response:
    exchange = request.scope.get("exchange")
    if exchange is not None:
        exchange.code = refused.code.value
    headers: dict[str, str] = {}
    wait: Any = refused.more.get("retry_after_seconds")
    if wait is not None:
        headers["Retry-After"] = str(wait)
    return Response(
        refused.problem().model_dump_json(exclude_none=True),
        status_code=refused.status,
        media_type="application/problem+json",
        headers=headers,
    )


async def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, Refused)  # noqa: S101 - registered for it
    return _problem(request, error)


async def _invalid(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101 - registered for it
    where = ".".join(str(part) for part in error.errors()[0]["loc"])[:100]
    return _problem(request, Refused(Code.MALFORMED, f"{where}: not as this call expects it."))


async def _http_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101 - registered for it
    code = _HTTP_CODES.get(error.status_code, Code.MALFORMED)
    answer = _problem(request, Refused(code, "No such call.", status=error.status_code))
    if error.headers and "Allow" in error.headers:
        answer.headers["Allow"] = error.headers["Allow"]
    return answer
