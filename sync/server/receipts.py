"""Receipts: what became of each number of a device, and the signed head of its chain."""

from collections.abc import Sequence

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, Row, select

from sync.protocol.errors import Refusal
from sync.protocol.push import Outcome
from sync.protocol.receipts import ChainHead, ReceiptEntry, Status, sign_chain_head
from sync.server.database import table_of
from sync.server.devices import Caller
from sync.server.tables import Receipt

RECEIPT = table_of(Receipt)


def receipts_between(
    connection: Connection, caller: Caller, first: int, last: int
) -> Sequence[Row[tuple[object, ...]]]:
    """Return the receipts of a device's numbers, both ends included, in order."""
    return connection.execute(
        select(RECEIPT)
        .where(
            RECEIPT.c.device_id == caller.device_id,
            RECEIPT.c.generation == caller.generation,
            RECEIPT.c.device_seq.between(first, last),
        )
        .order_by(RECEIPT.c.device_seq)
    ).all()


def outcome_of(receipt: Row[tuple[object, ...]]) -> Outcome:
    """Return a stored receipt as the outcome that it was; `current` is added by the push."""
    return Outcome(
        device_seq=receipt.device_seq,
        status=Status(receipt.status),
        record_id=receipt.record_id,
        revision=receipt.revision,
        seq=receipt.seq,
        received_at=receipt.received_at,
        code=Refusal(receipt.code) if receipt.code else None,
    )


def chain_head(key: Ed25519PrivateKey, caller: Caller, now: int) -> ChainHead:
    """Return the head of a device's chain, signed by the server."""
    number, entry_hash = caller.numbers
    return sign_chain_head(
        key, caller.agency_id, caller.device_id, caller.generation, number, entry_hash, now
    )


def own_entries(
    connection: Connection, caller: Caller, generation: int, after: int, limit: int
) -> tuple[tuple[ReceiptEntry, ...], bool]:
    """Return a page of a device's own chain, also of an older generation, and whether more is."""
    rows = connection.execute(
        select(RECEIPT)
        .where(
            RECEIPT.c.device_id == caller.device_id,
            RECEIPT.c.generation == generation,
            RECEIPT.c.device_seq > after,
        )
        .order_by(RECEIPT.c.device_seq)
        .limit(limit + 1)
    ).all()
    entries = tuple(
        ReceiptEntry.model_validate(
            {
                name: value
                for name, value in row._mapping.items()
                if name in ReceiptEntry.model_fields
            }
        )
        for row in rows[:limit]
    )
    return entries, len(rows) > limit
