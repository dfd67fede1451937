"""`/v1/enrolments`: one-time codes and their redeeming."""

from typing import Annotated

from fastapi import APIRouter, Path, Request, Response

from sync.protocol.enrolment import (
    CodeList,
    CodeRequest,
    CodeState,
    LookAnswer,
    LookRequest,
    RedeemAnswer,
    RedeemRequest,
)
from sync.protocol.errors import Code
from sync.protocol.roles import Role
from sync.server import enrolments
from sync.server.authentication import (
    SignedDevice,
    TheCentre,
    TheExchange,
    address_of,
    read_signature,
    require_signature,
)
from sync.server.devices import Caller, load_caller, public_key, require_role
from sync.server.idempotency import act
from sync.server.problems import Refused
from sync.server.routes.shared import answer, body_of, gives, takes
from sync.server.work import Work

router = APIRouter(prefix="/v1/enrolments", tags=["enrolments"])

CodeIdInPath = Annotated[str, Path(pattern=r"^[0-9a-f]{12}$")]


@router.post("/look", openapi_extra=takes(LookRequest), responses=gives(LookAnswer))
def look(request: Request, centre: TheCentre, exchange: TheExchange) -> Response:
    """Tell the holder of a code for whom it is. Signed with the new device's own key."""
    signature = read_signature(exchange)
    centre.redeem_limit.spend(address_of(request))
    wish = body_of(exchange, LookRequest)
    if wish.device_id != signature.device_id:
        raise Refused(Code.SIGNATURE_INVALID, "The request is signed for another device.")
    now = centre.clock()
    require_signature(signature, public_key(wish.signing_key), now)
    seen = centre.database.write(lambda connection: enrolments.look(connection, wish, now))
    if seen is None:
        raise Refused(Code.CODE_INVALID, "This code is not known or was cancelled.")
    return answer(seen)


@router.post("/redeem", openapi_extra=takes(RedeemRequest), responses=gives(RedeemAnswer))
def redeem(request: Request, centre: TheCentre, exchange: TheExchange) -> Response:
    """Enrol a device with a one-time code. Signed with the new device's own key."""
    signature = read_signature(exchange)
    centre.redeem_limit.spend(address_of(request))
    wish = body_of(exchange, RedeemRequest)
    if wish.device_id != signature.device_id:
        raise Refused(Code.SIGNATURE_INVALID, "The request is signed for another device.")
    now = centre.clock()
    require_signature(signature, public_key(wish.signing_key), now)
    redeemed = centre.database.write(
        lambda connection: enrolments.redeem(connection, wish, now, centre.settings.lease_days)
    )
    if redeemed is None:
        raise Refused(Code.CODE_INVALID, "This code is not known or was cancelled.")
    exchange.generation = redeemed.generation
    return answer(redeemed)


@router.get("", responses=gives(CodeList))
def list_codes(device_id: SignedDevice, centre: TheCentre) -> Response:
    """List the agency's codes. Data managers only."""
    with centre.database.read() as connection:
        caller = load_caller(connection, device_id)
        require_role(caller, Role.DATA_MANAGER)
        codes = enrolments.list_codes(connection, caller.agency, centre.clock())
        return answer(CodeList(codes=codes))


@router.post("", openapi_extra=takes(CodeRequest), responses=gives(CodeState))
def make_code(device_id: SignedDevice, centre: TheCentre, exchange: TheExchange) -> Response:
    """Store a code that the manager's device made. Data managers only."""
    request = body_of(exchange, CodeRequest)

    def do(work: Work, caller: Caller) -> CodeState:
        require_role(caller, Role.DATA_MANAGER)
        return enrolments.make_code(work, caller, request)

    return answer(act(centre, exchange, device_id, do))


@router.delete("/{code_id}", responses=gives(CodeState))
def cancel_code(
    code_id: CodeIdInPath, device_id: SignedDevice, centre: TheCentre, exchange: TheExchange
) -> Response:
    """Make an open code worthless. Data managers only."""

    def do(work: Work, caller: Caller) -> CodeState:
        require_role(caller, Role.DATA_MANAGER)
        return enrolments.cancel_code(work, code_id)

    return answer(act(centre, exchange, device_id, do, needs_key=False))
