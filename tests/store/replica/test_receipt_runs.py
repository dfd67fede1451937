"""Receipts are kept by moment, and read back one by one as they came."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from field_app.store.app_schema import SCHEMA
from field_app.store.database import Database
from field_app.store.replica.store import StoreTransaction
from sync.protocol.ids import new_id
from sync.protocol.receipts import ReceiptEntry, Status

NOW = datetime(2026, 3, 10, 19, tzinfo=UTC)
DEVICE = new_id()


@pytest.fixture(name="tx")
def _tx(tmp_path: Path) -> Iterator[StoreTransaction]:
    with (
        Database.create(tmp_path / "store", bytes(32), SCHEMA) as database,
        database.work(write=True) as work,
    ):
        yield StoreTransaction(work, NOW)


def entry(number: int, received_at: int, status: Status = Status.ACCEPTED) -> ReceiptEntry:
    """Return the receipt of a new record."""
    return ReceiptEntry(
        device_seq=number,
        status=status,
        record_id=new_id(),
        revision=2**53 - 1 if status is Status.ACCEPTED else 0,
        seq=number * 7,
        sealed_hash=bytes([number]) * 32,
        received_at=received_at,
    )


def test_what_is_kept_of_a_receipt_is_the_whole_receipt(tx: StoreTransaction) -> None:
    entries = [entry(number, 1000, status) for number, status in enumerate(Status, 1)]

    tx.add_receipts(3, DEVICE, entries)

    assert [(r.generation, r.device_id, r.entry) for r in tx.receipts()] == [
        (3, DEVICE, each) for each in entries
    ]
    assert tx.count_receipts() == len(entries)


def test_the_latest_are_read_first_across_moments_and_generations(tx: StoreTransaction) -> None:
    tx.add_receipts(1, DEVICE, [entry(1, 1000), entry(2, 1000), entry(3, 2000)])
    tx.add_receipts(2, DEVICE, [entry(1, 1000), entry(2, 3000)])

    def seen(limit: int, before: int | None = None) -> list[tuple[int, int]]:
        return [(r.generation, r.entry.device_seq) for r in tx.newest_receipts(limit, before)]

    assert seen(100) == [(2, 2), (1, 3), (2, 1), (1, 2), (1, 1)]
    assert seen(4) == [(2, 2), (1, 3), (2, 1), (1, 2)]
    assert seen(100, before=2000) == [(2, 1), (1, 2), (1, 1)]
    assert seen(100, before=1000) == []


def test_only_what_the_centre_took_counts_as_taken(tx: StoreTransaction) -> None:
    tx.add_receipts(
        1, DEVICE, [entry(number, 1000, status) for number, status in enumerate(Status, 1)]
    )
    tx.add_receipts(1, DEVICE, [entry(5, 2000, Status.REFUSED), entry(6, 3000), entry(7, 4000)])
    # A number that looks like a status: only the first byte of an entry is one.
    tx.add_receipts(1, DEVICE, [entry(8, 5000, Status.CONFLICT).model_copy(update={"seq": 1})])

    assert (tx.count_taken(), tx.count_receipts()) == (4, 8)


def test_the_latest_that_were_taken_are_found_behind_others_of_the_same_moment(
    tx: StoreTransaction,
) -> None:
    tx.add_receipts(1, DEVICE, [entry(1, 1000)])
    tx.add_receipts(2, DEVICE, [entry(1, 2000)])
    tx.add_receipts(3, DEVICE, [entry(1, 2000, Status.CONFLICT)])
    tx.add_receipts(3, DEVICE, [entry(2, 3000, Status.REFUSED)])

    def seen(limit: int) -> list[tuple[int, int]]:
        kept = tx.newest_receipts(limit, only_taken=True)
        return [(each.generation, each.entry.device_seq) for each in kept]

    assert seen(1) == [(2, 1)]
    assert seen(2) == seen(100) == [(2, 1), (1, 1)]
    assert len(tx.newest_receipts(100)) == 4


def test_a_device_without_receipts_has_none(tx: StoreTransaction) -> None:
    assert tx.receipts() == tx.newest_receipts(10) == []
    assert tx.count_receipts() == tx.count_sent() == 0
