"""`/v1/devices`: the directory, certificates, revocation, succession."""

from typing import Annotated

from fastapi import APIRouter, Path, Response
from sqlalchemy import select, update

from sync.protocol.certificates import Certificate, extend_certificate
from sync.protocol.errors import Code
from sync.protocol.feed import DeviceEntry
from sync.protocol.ids import ID_PATTERN
from sync.protocol.management import (
    CertificateRequest,
    DeviceList,
    RevocationRequest,
    SuccessionRequest,
)
from sync.protocol.roles import DeviceState, Role
from sync.server.authentication import SignedDevice, TheCentre, TheExchange
from sync.server.decisions import take_revocation
from sync.server.devices import (
    AGENCY,
    DEVICE,
    Caller,
    check_certificate,
    entry,
    keep_revocation,
    load_caller,
    load_entry,
    require_active,
    require_role,
    revoke,
    store_certificate,
)
from sync.server.enrolments import insert_device
from sync.server.idempotency import act
from sync.server.problems import Refused
from sync.server.routes.shared import answer, body_of, gives, takes
from sync.server.work import Work

router = APIRouter(prefix="/v1/devices", tags=["devices"])

DeviceId = Annotated[str, Path(pattern=ID_PATTERN)]


@router.get("", responses=gives(DeviceList))
def list_devices(device_id: SignedDevice, centre: TheCentre) -> Response:
    """List the agency's devices with their certificates."""
    with centre.database.read() as connection:
        caller = load_caller(connection, device_id)
        require_active(caller)
        rows = connection.execute(
            select(DEVICE).where(DEVICE.c.agency == caller.agency).order_by(DEVICE.c.seq)
        )
        return answer(DeviceList(devices=tuple(entry(row, device_id) for row in rows)))


@router.put(
    "/{other_id}/certificate",
    openapi_extra=takes(CertificateRequest),
    responses=gives(DeviceEntry),
)
def certify(
    other_id: DeviceId, device_id: SignedDevice, centre: TheCentre, exchange: TheExchange
) -> Response:
    """Store a certificate: by a data manager, or by a pending device for itself."""
    request = body_of(exchange, CertificateRequest)

    def do(work: Work, caller: Caller) -> DeviceEntry:
        itself = other_id == device_id and caller.state is DeviceState.PENDING
        if not itself:
            require_role(caller, Role.DATA_MANAGER)
        other = load_caller(work.connection, other_id) if other_id != device_id else caller
        if other.agency != caller.agency:
            raise Refused(Code.NOT_FOUND, "There is no such device.")
        if other.state not in (DeviceState.PENDING, DeviceState.ACTIVE):
            raise Refused(Code.FORBIDDEN, "A revoked or replaced device is not certified again.")
        check_certificate(request.certificate, caller.agency_key, other)
        seed = request.sealed_signing_seed if other.role is Role.DATA_MANAGER else None
        store_certificate(work, other_id, request.certificate, seed)
        return load_entry(work.connection, work.agency, other_id)

    return answer(act(centre, exchange, device_id, do, needs_key=False))


@router.post(
    "/{other_id}/revocation",
    openapi_extra=takes(RevocationRequest),
    responses=gives(DeviceEntry),
)
def revoke_device(
    other_id: DeviceId, device_id: SignedDevice, centre: TheCentre, exchange: TheExchange
) -> Response:
    """Revoke a device: lost, stolen or given back. Data managers only."""
    request = body_of(exchange, RevocationRequest)

    def do(work: Work, caller: Caller) -> DeviceEntry:
        require_role(caller, Role.DATA_MANAGER)
        before = load_entry(work.connection, work.agency, other_id, lock=True)
        if before.state is DeviceState.REVOKED or before.revocation is not None:
            return before
        if before.state is DeviceState.REPLACED:
            keep_revocation(work, other_id, before.staff_id, request.statement)
        else:
            revoke(work, other_id, request.statement)
        take_revocation(work, caller, request.statement, other_id, before.staff_id)
        return load_entry(work.connection, work.agency, other_id)

    return answer(act(centre, exchange, device_id, do))


@router.post("/succession", openapi_extra=takes(SuccessionRequest), responses=gives(DeviceEntry))
def succeed(device_id: SignedDevice, centre: TheCentre, exchange: TheExchange) -> Response:
    """Give a device whose store was copied or restored a new id; the old one dies."""
    request = body_of(exchange, SuccessionRequest)

    def do(work: Work, caller: Caller) -> DeviceEntry:
        require_active(caller)
        row = work.connection.execute(
            select(DEVICE.c.certificate).where(DEVICE.c.device_id == device_id)
        ).one()
        certificate = extend_certificate(
            Certificate.model_validate_json(row.certificate), request.succession
        )
        check_certificate(certificate, caller.agency_key, _Successor(caller, request))
        known = work.connection.execute(
            select(DEVICE.c.device_id).where(DEVICE.c.device_id == request.device_id)
        ).first()
        if known is not None:
            raise Refused(Code.ALREADY_EXISTS, "There is a device of this id. Choose another.")
        agency = work.connection.execute(select(AGENCY).where(AGENCY.c.agency == work.agency)).one()
        seq = work.take(2)
        work.connection.execute(
            update(DEVICE)
            .where(DEVICE.c.device_id == device_id)
            .values(state=DeviceState.REPLACED.value, successor=request.device_id, seq=seq)
        )
        insert_device(
            work, request, caller.staff_id, agency, certificate, DeviceState.ACTIVE, seq + 1
        )
        work.audit("succeed_device", device_id=device_id, successor=request.device_id)
        return load_entry(work.connection, work.agency, request.device_id)

    return answer(act(centre, exchange, device_id, do))


class _Successor:
    """The new device as `check_certificate` compares it."""

    def __init__(self, caller: Caller, request: SuccessionRequest) -> None:
        self.agency_id = caller.agency_id
        self.staff_id = caller.staff_id
        self.device_id = request.device_id
        self.signing_key = request.signing_key
