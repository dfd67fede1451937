"""Receipts: what the centre has confirmed of this device's work, and how it can be proved."""

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import select

from field_app.services.outbox import kind_of
from field_app.store.replica.proofs import CHAIN_HEAD
from field_app.store.replica.store import StoreReplica


@dataclass(frozen=True)
class Receipt:
    """What the centre has confirmed of one change, by its signature over the chain."""

    device_seq: int
    generation: int
    record_id: str
    kind: str | None
    status: str
    revision: int
    received_at: datetime


class Receipts:
    """The receipts of one store."""

    def __init__(self, replica: StoreReplica) -> None:
        """Read from one store."""
        self._replica = replica
        self._counted = (0, 0)

    def count_taken(self) -> int:
        """Return how many changes of this device stand at the centre, by its receipts.

        A receipt of a conflict or a refusal proves that the centre had the change, not that it
        took it, so it does not count here.
        """
        with self._replica.reading() as tx:
            kept = tx.count_receipts()
            # Receipts are only ever added. This is asked at each step of a sync, and to read them
            # all takes ten times as long as to count them.
            if kept != self._counted[0]:
                self._counted = (kept, tx.count_taken())
        return self._counted[1]

    def latest(
        self, *, limit: int = 100, before: int | None = None, only_taken: bool = False
    ) -> list[Receipt]:
        """Return receipts, the latest first; `before` is the `received_at` of the last one seen.

        In milliseconds, as `Receipt.received_at` was. `only_taken` leaves out those of changes
        that the centre did not take.
        """
        with self._replica.reading() as tx:
            kept = tx.newest_receipts(limit, before, only_taken=only_taken)
            texts = tx.current([each.entry.record_id for each in kept])
        return [
            Receipt(
                each.entry.device_seq,
                each.generation,
                each.entry.record_id,
                kind_of(texts.get(each.entry.record_id)),
                each.entry.status.value,
                each.entry.revision,
                datetime.fromtimestamp(each.entry.received_at / 1000, UTC),
            )
            for each in kept
        ]

    def proof(self) -> dict[str, Any]:
        """Return all receipts of this device with their signed heads, as JSON values.

        Ids and hashes only: whoever has the centre's public key can check them (PROTOCOL.md 8).
        """
        with self._replica.reading() as tx:
            identity = tx.identity()
            receipts = tx.receipts()
            heads = tx.session.execute(select(CHAIN_HEAD.c.head)).scalars().all()
        return {
            "format": "field-notes receipts 1",
            "agency_id": identity.agency_id,
            "server_key": identity.server_key.hex(),
            "heads": list(heads),
            "entries": [
                {
                    "device_id": kept.device_id,
                    "generation": kept.generation,
                    "device_seq": kept.entry.device_seq,
                    "status": kept.entry.status.value,
                    "record_id": kept.entry.record_id,
                    "revision": kept.entry.revision,
                    "seq": kept.entry.seq,
                    "sealed_hash": kept.entry.sealed_hash.hex(),
                    "received_at": kept.entry.received_at,
                }
                for kept in receipts
            ],
        }
