"""Who calls: the signature of a request, its time, and the device whose key made it."""

from typing import Annotated

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from fastapi import Depends, Request
from sqlalchemy import select

from sync.protocol.errors import Code, SignatureInvalid
from sync.protocol.limits import CLOCK_TOLERANCE_SECONDS
from sync.protocol.signing import RequestSignature, read_request_signature, verify_request
from sync.server.centre import Centre, Identity
from sync.server.devices import AGENCY, DEVICE, public_key
from sync.server.exchange import Exchange
from sync.server.problems import Refused


def centre_of(request: Request) -> Centre:
    """Return the parts of this process."""
    centre: Centre = request.app.state.centre
    return centre


def exchange_of(request: Request) -> Exchange:
    """Return the request as the outermost layer took it in."""
    exchange: Exchange = request.scope["exchange"]
    return exchange


def address_of(request: Request) -> str:
    """Return the address that a request came from."""
    return request.client.host if request.client else "?"


def read_signature(exchange: Exchange) -> RequestSignature:
    """Return what the request claims of itself.

    Raises:
        Refused: It is not signed in the form of this protocol.
    """
    try:
        signature = read_request_signature(
            exchange.method, exchange.path, exchange.query, exchange.headers, exchange.raw
        )
    except SignatureInvalid as error:
        raise Refused(Code.SIGNATURE_INVALID, str(error)) from None
    exchange.device_id = signature.device_id
    return signature


def require_signature(signature: RequestSignature, key: Ed25519PublicKey, now: int) -> None:
    """Check a request's signature, then its time.

    In this order, so that only the device itself learns the server's time from it.

    Raises:
        Refused: Another key signed it, or the device's clock is wrong.
    """
    try:
        verify_request(signature, key)
    except SignatureInvalid as error:
        raise Refused(Code.SIGNATURE_INVALID, str(error)) from None
    if abs(signature.created - now // 1000) > CLOCK_TOLERANCE_SECONDS:
        raise Refused(
            Code.CLOCK_SKEW,
            "The device's clock is wrong. Take the server's time and repeat.",
            server_time=now,
        )


def signed_device(request: Request) -> str:
    """Return the id of the device that signed the request.

    Whether it may do what it asks is for the route, in its own transaction.

    Raises:
        Refused: The request is not from a device that is known here.
    """
    exchange = exchange_of(request)
    device_id, found = _authenticate(
        centre_of(request), exchange, address_of(request), read_again=True
    )
    exchange.generation = found.generation
    return device_id


def syncing_device(centre: Centre, exchange: Exchange, address: str) -> str:
    """Return the same for `POST /v1/sync`, without a query for a device that called before.

    The route fills in the generation: it looks the device up anyway.

    Raises:
        Refused: The request is not from a device that is known here.
    """
    device_id, _ = _authenticate(centre, exchange, address, read_again=False)
    return device_id


def _authenticate(
    centre: Centre, exchange: Exchange, address: str, *, read_again: bool
) -> tuple[str, Identity]:
    """Return who signed a request, and spend the budget of whoever that is.

    A device's own budget is spent once its signature is checked: its id is known to every device of
    the agency, so it must not be enough to lock the device out. What nobody known has signed is
    counted for its address.
    """
    try:
        signature = read_signature(exchange)
        if signature.device_id not in centre.identities:
            # Only the lookup of a stranger is refused: who called before is let through to the
            # check of the signature, whatever others do from the same address.
            centre.stranger_limit.spend(address, tokens=0)
        found = _identity(centre, signature.device_id, read_again=read_again)
        require_signature(signature, public_key(found.signing_key), centre.clock())
    except Refused as refused:
        if refused.code is not Code.RATE_LIMITED:
            centre.stranger_limit.spend(address)
        raise
    centre.device_limit.spend(signature.device_id)
    return signature.device_id, found


def _identity(centre: Centre, device_id: str, *, read_again: bool) -> Identity:
    found = None if read_again else centre.identities.get(device_id)
    if found is None:
        with centre.database.read() as connection:
            row = connection.execute(
                select(DEVICE.c.signing_key, AGENCY.c.generation)
                .join(AGENCY, AGENCY.c.agency == DEVICE.c.agency)
                .where(DEVICE.c.device_id == device_id)
            ).one_or_none()
        if row is None:
            raise Refused(Code.DEVICE_UNKNOWN, "This device is not enrolled here.")
        found = Identity(row.signing_key, row.generation)
        # Safe to keep: a device id never gets another key. Revocation is looked up by each route.
        centre.identities[device_id] = found
    return found


SignedDevice = Annotated[str, Depends(signed_device)]
TheCentre = Annotated[Centre, Depends(centre_of)]
TheExchange = Annotated[Exchange, Depends(exchange_of)]
