"""Sealed case keys, and one case read whole."""

from typing import Annotated

from fastapi import APIRouter, Path, Query, Response
from sqlalchemy import select

from sync.protocol.ids import AGENCY_CASE_ID, ID_PATTERN
from sync.protocol.limits import FEED_LIMIT
from sync.protocol.management import CasePage, KeyList, KeyOutcomes, NewKeys
from sync.protocol.roles import Role
from sync.server import case_keys
from sync.server.authentication import SignedDevice, TheCentre, TheExchange
from sync.server.change_feed import cut_to_bytes
from sync.server.devices import Caller, load_caller, require_role
from sync.server.idempotency import act
from sync.server.records import RECORD, record_of, run_place, runs_at
from sync.server.routes.grants import require_case
from sync.server.routes.shared import answer, body_of, gives, takes
from sync.server.work import Work

router = APIRouter(prefix="/v1", tags=["keys"])

CaseId = Annotated[str, Path(pattern=ID_PATTERN)]
_PAGE = 1000


@router.get("/cases/{case_id}/keys", responses=gives(KeyList))
def own_keys(case_id: CaseId, device_id: SignedDevice, centre: TheCentre) -> Response:
    """List the keys of a case that are sealed to the calling device."""
    with centre.database.read() as connection:
        caller = load_caller(connection, device_id)
        require_case(connection, caller, case_id)
        keys = case_keys.keys_of_case(connection, caller.agency, case_id, device_id)
    return answer(KeyList(keys=keys))


@router.post("/cases/{case_id}/keys", openapi_extra=takes(NewKeys), responses=gives(KeyOutcomes))
def deposit_keys(
    case_id: CaseId, device_id: SignedDevice, centre: TheCentre, exchange: TheExchange
) -> Response:
    """Deposit keys of a case, sealed to devices of the agency or to the recovery words."""
    request = body_of(exchange, NewKeys)

    def do(work: Work, caller: Caller) -> KeyOutcomes:
        require_case(work.connection, caller, case_id)
        may = case_id != AGENCY_CASE_ID or caller.role is Role.DATA_MANAGER
        keys, outcomes = case_keys.judge(
            work.connection, caller, request.keys, {case_id} if may else set()
        )
        case_keys.store(work, keys)
        return KeyOutcomes(key_outcomes=tuple(outcomes))

    return answer(act(centre, exchange, device_id, do))


@router.get("/keys/recovery", responses=gives(KeyList))
def recovery_keys(
    device_id: SignedDevice,
    centre: TheCentre,
    after: Annotated[int, Query(ge=0, lt=2**53)] = 0,
) -> Response:
    """List the keys that the recovery words open, in the order of their numbers. Data managers."""
    with centre.database.read() as connection:
        caller = load_caller(connection, device_id)
        require_role(caller, Role.DATA_MANAGER)
        keys, more = case_keys.recovery_keys(connection, caller.agency, after, _PAGE)
    return answer(KeyList(keys=keys, more=more))


@router.get("/cases/{case_id}/records", responses=gives(CasePage))
def case_records(
    case_id: CaseId,
    device_id: SignedDevice,
    centre: TheCentre,
    after: Annotated[str | None, Query(pattern=ID_PATTERN)] = None,
    limit: Annotated[int, Query(ge=1, le=FEED_LIMIT)] = FEED_LIMIT,
) -> Response:
    """Read one case whole, page by page by record id, when its digest differs."""
    with centre.database.read() as connection:
        caller = load_caller(connection, device_id)
        require_case(connection, caller, case_id)
        rows = connection.execute(
            select(RECORD)
            .where(
                RECORD.c.agency == caller.agency,
                RECORD.c.case_id == case_id,
                RECORD.c.record_id > (after or ""),
            )
            .order_by(RECORD.c.record_id)
            .limit(limit + 1)
        )
        page, more = cut_to_bytes(rows, limit)
        return answer(
            CasePage.model_construct(
                keys=case_keys.keys_of_case(connection, caller.agency, case_id, device_id),
                records=tuple(record_of(row) for row in page),
                runs=runs_at(connection, {run_place(row) for row in page}),
                more=more,
            )
        )
