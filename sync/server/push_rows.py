"""What a push writes, once everything is judged: records, history, inbox, receipts, runs."""

from contextlib import nullcontext

from sqlalchemy import bindparam, insert, select, update

from sync.protocol.ids import new_id
from sync.protocol.receipts import Status, next_entry
from sync.server.database import table_of
from sync.server.devices import DEVICE, Caller
from sync.server.judging import HISTORY, Judged
from sync.server.prepared import COPIED_ROWS, Insertion, OneOf, Prepared, Row, many, together
from sync.server.receipts import RECEIPT
from sync.server.records import RECORD, RUN
from sync.server.tables import InboxItem
from sync.server.work import Work

INBOX = table_of(InboxItem)

_RECORD_COLUMNS = (
    "case_id",
    "base_revision",
    "revision",
    "seq",
    "generation",
    "device_id",
    "device_seq",
    "run_first",
    "key_id",
    "deleted",
    "received_at",
    "sealed_hash",
    "sealed",
    "agency",
    "record_id",
)
_HISTORY_COLUMNS = tuple(HISTORY.columns.keys())
_CREATE = Insertion(RECORD, *_RECORD_COLUMNS)
_CHANGE = Prepared(
    update(RECORD)
    .where(RECORD.c.agency == bindparam("this_agency"), RECORD.c.record_id == bindparam("this"))
    .values({name: bindparam(name) for name in _RECORD_COLUMNS[1:-2]}),
    *_RECORD_COLUMNS[1:-2],
    "this_agency",
    "this",
)
_KEEP_IN_HISTORY = Prepared(
    insert(HISTORY).from_select(
        _HISTORY_COLUMNS,
        select(*(RECORD.c[name] for name in _HISTORY_COLUMNS)).where(
            RECORD.c.agency == bindparam("agency"), OneOf(RECORD.c.record_id, "ids")
        ),
    ),
    "agency",
    "ids",
)
_SUPERSEDE = Prepared(
    insert(HISTORY).values({name: bindparam(name) for name in _RECORD_COLUMNS}), *_RECORD_COLUMNS
)
_RECEIPTS = Insertion(
    RECEIPT,
    "device_id",
    "generation",
    "device_seq",
    "leaf",
    "status",
    "code",
    "case_id",
    "record_id",
    "revision",
    "seq",
    "sealed_hash",
    "received_at",
)
_RUNS = Insertion(RUN, "device_id", "generation", "first_seq", "leaves", "signature")
_COUNT_ON = Prepared(
    update(DEVICE)
    .where(DEVICE.c.device_id == bindparam("this_device"))
    .values(
        {
            name: bindparam(name)
            for name in ("numbers_generation", "last_seq", "chain_hash", "seen_at")
        }
    ),
    "numbers_generation",
    "last_seq",
    "chain_hash",
    "seen_at",
    "this_device",
)


def number(work: Work, new: list[Judged]) -> tuple[int, int]:
    """Give what was accepted its numbers; return the first one and how many."""
    accepted = [item for item in new if item.status is Status.ACCEPTED]
    if not accepted:
        return 0, 0
    first = work.take(len(accepted))
    for seq, item in enumerate(accepted, first):
        item.seq = seq
    return first, len(accepted)


def write(
    work: Work,
    caller: Caller,
    new: list[Judged],
    runs: list[tuple[int, bytes, bytes]],
    chain_hash: bytes,
) -> bytes:
    """Write new changes, judged and numbered; return the receipt chain's new hash."""
    receipts, chain_hash = _receipts(work, caller, new, chain_hash)
    # COPY cannot travel with other statements; a small push goes in one trip.
    with nullcontext() if len(new) >= COPIED_ROWS else together(work.connection):
        _write_records(work, caller, new)
        _write_inbox(work, caller, new)
        _RECEIPTS.run(work.connection, receipts)
        _RUNS.run(work.connection, [(caller.device_id, caller.generation, *run) for run in runs])
        _COUNT_ON.run(
            work.connection,
            caller.generation,
            new[-1].change.device_seq,
            chain_hash,
            work.now,
            caller.device_id,
        )
    return chain_hash


def _write_records(work: Work, caller: Caller, new: list[Judged]) -> None:
    newest: dict[str, Judged] = {}
    superseded: list[Judged] = []
    created: set[str] = set()
    for item in new:
        if item.status is not Status.ACCEPTED:
            continue
        record_id = item.change.record_id
        if item.revision == 1:
            created.add(record_id)
        elif record_id in newest:
            superseded.append(newest[record_id])
        newest[record_id] = item
    replaced = sorted(newest.keys() - created)
    connection = work.connection
    if replaced:
        _KEEP_IN_HISTORY.run(connection, work.agency, many(replaced))
    if superseded:
        _SUPERSEDE.run_each(connection, [_row(work, caller, item) for item in superseded])
    _CREATE.run(connection, [_row(work, caller, newest[one]) for one in sorted(created)])
    if replaced:
        _CHANGE.run_each(connection, [_row(work, caller, newest[one])[1:] for one in replaced])


def _row(work: Work, caller: Caller, item: Judged) -> Row:
    """Return an accepted change as a row, in the order of `_RECORD_COLUMNS`."""
    change = item.change
    return (
        change.case_id,
        change.base_revision,
        item.revision,
        item.seq,
        caller.generation,
        caller.device_id,
        change.device_seq,
        item.run_first,
        change.key_id,
        change.deleted,
        work.now,
        item.sealed_hash,
        change.sealed,
        work.agency,
        change.record_id,
    )


def _receipts(
    work: Work, caller: Caller, new: list[Judged], chain_hash: bytes
) -> tuple[list[Row], bytes]:
    """Return a receipt for each change, and the hash of the chain with them."""
    rows: list[Row] = []
    device_id, generation, now = caller.device_id, caller.generation, work.now
    for item in new:
        change = item.change
        chain_hash = next_entry(
            chain_hash,
            change.device_seq,
            item.status,
            change.record_id,
            item.revision,
            item.seq,
            item.sealed_hash,
            now,
        )
        rows.append(
            (
                device_id,
                generation,
                change.device_seq,
                item.leaf,
                item.status.value,
                item.code.value if item.code else None,
                change.case_id,
                change.record_id,
                item.revision,
                item.seq,
                item.sealed_hash,
                now,
            )
        )
    return rows, chain_hash


def _write_inbox(work: Work, caller: Caller, new: list[Judged]) -> None:
    _LATE.run(
        work.connection,
        [
            (
                work.agency,
                new_id(),
                caller.staff_id,
                caller.device_id,
                caller.generation,
                item.change.device_seq,
                item.run_first,
                item.change.case_id,
                item.change.record_id,
                item.change.base_revision,
                item.change.key_id,
                item.change.deleted,
                work.now,
                "open",
                None,
                None,
                item.change.sealed,
            )
            for item in new
            if item.status is Status.RECEIVED_LATE
        ],
    )


_LATE = Insertion(
    INBOX,
    "agency",
    "item_id",
    "staff_id",
    "device_id",
    "generation",
    "device_seq",
    "run_first",
    "case_id",
    "record_id",
    "base_revision",
    "key_id",
    "deleted",
    "received_at",
    "state",
    "decided_by",
    "decided_at",
    "sealed",
)
