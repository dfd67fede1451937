"""Generations: what happens after the centre was restored from a backup."""

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from sqlalchemy import Connection, insert, select, update

from sync.protocol.audit import AuditHead, verify_audit_head
from sync.protocol.errors import Code, SignatureInvalid
from sync.protocol.management import WitnessRequest
from sync.protocol.receipts import verify_chain_head
from sync.server.database import table_of
from sync.server.devices import Caller
from sync.server.problems import Refused
from sync.server.tables import Agency, ServerState
from sync.server.work import AUDIT, Work

AGENCY = table_of(Agency)
STATE = table_of(ServerState)


def begin_generation(work: Work, why: str) -> int:
    """Count the agency's generation up and return it: numbers and receipts start anew."""
    work.take(0)
    generation: int = work.connection.execute(
        update(AGENCY)
        .where(AGENCY.c.agency == work.agency)
        .values(generation=AGENCY.c.generation + 1)
        .returning(AGENCY.c.generation)
    ).scalar_one()
    work.audit("new_generation", generation=generation, why=why)
    return generation


def hear_witness(
    work: Work, caller: Caller, request: WitnessRequest, server: Ed25519PublicKey
) -> int:
    """Return the generation after looking at heads that this server signed and may have lost.

    Raises:
        Refused: A head is not ours, not of this agency and generation, or nothing was lost.
    """
    audit_number = work.connection.execute(
        select(AGENCY.c.audit_number).where(AGENCY.c.agency == work.agency)
    ).scalar_one()
    chain, audit = request.chain_head, request.audit_head
    try:
        if chain is not None:
            verify_chain_head(chain, server)
        if audit is not None:
            verify_audit_head(audit, server)
    except SignatureInvalid as error:
        raise Refused(Code.WITNESS_INVALID, str(error)) from None
    here = (caller.agency_id, caller.generation)
    lost_receipts = (
        chain is not None
        and (chain.agency_id, chain.generation) == here
        and chain.device_id == caller.device_id
        and chain.device_seq > caller.numbers[0]
    )
    lost_acts = (
        audit is not None
        and (audit.agency_id, audit.generation) == here
        and (audit.number > audit_number or not _is_of_chain(work, audit))
    )
    if not lost_receipts and not lost_acts:
        raise Refused(Code.WITNESS_INVALID, "Nothing of this generation is missing here.")
    return begin_generation(work, "witness")


def _is_of_chain(work: Work, head: AuditHead) -> bool:
    """Return whether an audit head is an entry of this chain: after a restore another one is."""
    found = work.connection.execute(
        select(AUDIT.c.hash).where(AUDIT.c.agency == work.agency, AUDIT.c.number == head.number)
    ).scalar()
    return head.number == 0 or found == head.hash


def mark_restored(connection: Connection) -> None:
    """Mark a database as one that was, or is about to be, put back from a copy."""
    changed = connection.execute(update(STATE).values(restored=True))
    if changed.rowcount == 0:
        connection.execute(insert(STATE).values(number=1, restored=True))


def honour_mark(connection: Connection, now: int) -> int:
    """Begin a new generation everywhere if the database is marked; return how many agencies."""
    marked = connection.execute(select(STATE.c.restored).with_for_update()).scalar()
    if not marked:
        return 0
    agencies = connection.scalars(select(AGENCY.c.agency).order_by(AGENCY.c.agency)).all()
    for agency in agencies:
        work = Work(connection, agency, "", now)
        begin_generation(work, "backup")
        work.finish()
    connection.execute(update(STATE).values(restored=False))
    return len(agencies)
