"""`/v1/status` and `/v1/witness`: where a device stands with the centre."""

from typing import Annotated

from fastapi import APIRouter, Query, Response

from sync.protocol.management import ReceiptPage, ServerStatus, WitnessAnswer, WitnessRequest
from sync.protocol.roles import DeviceState
from sync.protocol.version import PROTOCOLS_SERVED
from sync.server.audit import audit_head
from sync.server.authentication import SignedDevice, TheCentre, TheExchange
from sync.server.devices import Caller, load_caller, require_active
from sync.server.generations import hear_witness
from sync.server.idempotency import act
from sync.server.receipts import chain_head, own_entries
from sync.server.routes.shared import answer, body_of, gives, takes
from sync.server.work import Work

router = APIRouter(prefix="/v1", tags=["status"])

_PAGE = 1000


@router.get("/status", responses=gives(ServerStatus))
def status(device_id: SignedDevice, centre: TheCentre) -> Response:
    """Tell a device, also a pending or revoked one, what the centre knows of it."""
    now = centre.clock()
    with centre.database.read() as connection:
        caller = load_caller(connection, device_id)
        return answer(
            ServerStatus(
                lowest_protocol=PROTOCOLS_SERVED[0],
                highest_protocol=PROTOCOLS_SERVED[-1],
                server_time=now,
                agency_id=caller.agency_id,
                generation=caller.generation,
                device_id=device_id,
                state=caller.state,
                staff_id=caller.staff_id,
                role=caller.role,
                team_id=caller.team_id,
                last_device_seq=caller.numbers[0],
                chain_head=chain_head(centre.key, caller, now),
                audit_head=audit_head(centre.key, caller, now),
                lease_days=centre.settings.lease_days,
                attachment_bytes=centre.settings.attachment_bytes,
            )
        )


@router.get("/status/receipts", responses=gives(ReceiptPage))
def receipts(
    device_id: SignedDevice,
    centre: TheCentre,
    after: Annotated[int, Query(ge=0, lt=2**53)] = 0,
    generation: Annotated[int | None, Query(ge=0, lt=2**53)] = None,
) -> Response:
    """List the receipts of this device, also of an older generation."""
    with centre.database.read() as connection:
        caller = load_caller(connection, device_id)
        wanted = caller.generation if generation is None else generation
        entries, more = own_entries(connection, caller, wanted, after, _PAGE)
    return answer(ReceiptPage(generation=wanted, entries=entries, more=more))


@router.post("/witness", openapi_extra=takes(WitnessRequest), responses=gives(WitnessAnswer))
def witness(device_id: SignedDevice, centre: TheCentre, exchange: TheExchange) -> Response:
    """Hear a device that can prove that this centre was restored from a backup."""
    request = body_of(exchange, WitnessRequest)

    def do(work: Work, caller: Caller) -> WitnessAnswer:
        # Who may still hand in has to be able to say that the centre forgot what they did.
        if not (caller.state is DeviceState.REVOKED and work.now < (caller.hand_in_until or 0)):
            require_active(caller)
        generation = hear_witness(work, caller, request, centre.key.public_key())
        return WitnessAnswer(generation=generation)

    return answer(act(centre, exchange, device_id, do))
