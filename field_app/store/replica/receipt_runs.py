"""Receipts as the store keeps them: those of one moment in one row.

What a call hands in is received in one moment, so that five hundred receipts are one row and not
five hundred. An entry is packed as numbers and bytes; its device, generation, number and moment
are the row's.
"""

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby
from typing import Any
from uuid import UUID

from sync.protocol.ids import id_bytes_once
from sync.protocol.receipts import STATUS_NUMBER, ReceiptEntry, Status

_ENTRY = struct.Struct(">B16sQQ32s")
"""Status, record, revision, the agency's number, hash of the sealed bytes."""

TAKEN = frozenset({Status.ACCEPTED, Status.RECEIVED_LATE})
"""What stands at the centre: a receipt of anything else proves that it came, and was not kept."""

_TAKEN_BYTES = bytes(sorted(STATUS_NUMBER[status] for status in TAKEN))

_STATUS = {number: status for status, number in STATUS_NUMBER.items()}


@dataclass(frozen=True)
class KeptReceipt:
    """A receipt that is kept here: the entry of the chain, and whose chain it is."""

    generation: int
    device_id: str
    entry: ReceiptEntry


def rows_of(
    generation: int, device_id: str, entries: Iterable[ReceiptEntry]
) -> Iterator[dict[str, Any]]:
    """Yield the rows that keep receipts, which follow each other without a gap."""
    for received_at, group in groupby(entries, key=lambda entry: entry.received_at):
        run = list(group)
        yield {
            "run_id": f"{generation}:{device_id}:{run[0].device_seq}",
            "generation": generation,
            "device_id": device_id,
            "first_seq": run[0].device_seq,
            "last_seq": run[-1].device_seq,
            "received_at": received_at,
            "entries": b"".join(
                _ENTRY.pack(
                    STATUS_NUMBER[entry.status],
                    id_bytes_once(entry.record_id),
                    entry.revision,
                    entry.seq,
                    entry.sealed_hash,
                )
                for entry in run
            ),
        }


def receipts_of(row: Any) -> list[KeptReceipt]:
    """Return the receipts of a row, in the order of their numbers."""
    return [
        KeptReceipt(
            row.generation,
            row.device_id,
            ReceiptEntry.model_construct(
                device_seq=number,
                status=_STATUS[status],
                record_id=str(UUID(bytes=record_id)),
                revision=revision,
                seq=seq,
                sealed_hash=sealed_hash,
                received_at=row.received_at,
            ),
        )
        for number, (status, record_id, revision, seq, sealed_hash) in enumerate(
            _ENTRY.iter_unpack(row.entries), row.first_seq
        )
    ]


def count_taken_in(entries: bytes) -> int:
    """Return how many of packed entries are of changes that the centre took."""
    statuses = entries[:: _ENTRY.size]
    return sum(statuses.count(number) for number in _TAKEN_BYTES)
