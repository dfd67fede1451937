"""The push: what a device hands in, judged change by change in one transaction.

Locks, in this order: the device's row, the caller's spans of access (shared), the records by id,
the agency's counter. Nothing is written before everything is judged, so the counter, which every
writer of the agency waits for, is held for the shortest time.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import NoReturn

from sqlalchemy import bindparam, insert, select, update

from sync.protocol.envelope import HASH_BYTES, Change, Run, verify_run
from sync.protocol.errors import Code, Refusal, SignatureInvalid
from sync.protocol.ids import AGENCY_CASE_ID, RESERVED_CASES, new_id
from sync.protocol.keys import SealedCaseKey
from sync.protocol.push import KeyOutcome, Outcome, SyncRequest
from sync.protocol.receipts import Status, next_entry
from sync.protocol.roles import DeviceState, Role
from sync.protocol.sealing import has_sealed_shape
from sync.server import case_keys, grants
from sync.server.database import table_of
from sync.server.decisions import read_openings
from sync.server.devices import DEVICE, Caller, public_key
from sync.server.grants import Span
from sync.server.problems import Refused
from sync.server.receipts import RECEIPT, outcome_of, receipts_between
from sync.server.records import RECORD, RUN, RunPlace, records_by_id
from sync.server.tables import InboxItem, RecordHistory
from sync.server.work import Work

HISTORY = table_of(RecordHistory)
INBOX = table_of(InboxItem)
_MANY = 400
# Built once: to build them again for each call took longer than to run them.
_THESE = (
    RECORD.c.agency == bindparam("agency"),
    RECORD.c.record_id.in_(bindparam("ids", expanding=True)),
)
_LOCK_RECORDS = (
    select(RECORD.c.record_id, RECORD.c.case_id, RECORD.c.revision)
    .where(*_THESE)
    .order_by(RECORD.c.record_id)
    .with_for_update()
)
_KEEP_IN_HISTORY = insert(HISTORY).from_select(
    [column.name for column in HISTORY.columns],
    select(*(RECORD.c[column.name] for column in HISTORY.columns)).where(*_THESE),
)


@dataclass(slots=True)
class Stored:
    """What is known of a record while a push is judged."""

    case_id: str
    revision: int


@dataclass(slots=True)
class Judged:
    """One new change and what becomes of it."""

    change: Change
    leaf: bytes
    sealed_hash: bytes
    run_first: int
    status: Status = Status.REFUSED
    code: Refusal | None = None
    revision: int = 0
    seq: int = 0


@dataclass(slots=True)
class Pushed:
    """What a push came to.

    `numbers` are the agency's that its records got: the first, and how many follow on each other.
    """

    outcomes: list[Outcome] = field(default_factory=list)
    key_outcomes: list[KeyOutcome] = field(default_factory=list)
    runs: set[RunPlace] = field(default_factory=set)
    touched: set[str] = field(default_factory=set)
    last_seq: int = 0
    chain_hash: bytes = b""
    numbers: tuple[int, int] = (0, 0)


def push(work: Work, caller: Caller, request: SyncRequest) -> Pushed:
    """Take in keys and changes; return one outcome for each.

    Raises:
        Refused: The numbers or signatures do not fit. Nothing was taken in.
    """
    last, chain = caller.numbers
    if request.acked > last:
        raise_restored(last)
    judged = [_prepare(caller, change) for change in request.changes]
    _assign_runs(request, judged)
    old = [item for item in judged if item.change.device_seq <= last]
    new = judged[len(old) :]
    if new and new[0].change.device_seq != last + 1:
        raise Refused(
            Code.SEQ_GAP, "A number is missing between the last one and this.", last_device_seq=last
        )
    pushed = Pushed(last_seq=last, chain_hash=chain)
    _answer_again(work, caller, old, last, pushed)
    if new and any(run.first_seq <= last < run.first_seq + run.count - 1 for run in request.runs):
        raise Refused(Code.MALFORMED, "A run was cut and sent again.", last_device_seq=last)
    runs = _verify_runs(caller, request, new)

    is_revoked = caller.state is DeviceState.REVOKED
    case_ids = {item.change.case_id for item in judged} | {key.case_id for key in request.keys}
    spans = grants.spans(work.connection, work.agency, caller.staff_id, case_ids, lock=True)
    if is_revoked:
        spans = {
            case_id: Span(
                case_id,
                span.began_seq,
                min(span.ended_seq or caller.revoked_seq, caller.revoked_seq),
            )
            for case_id, span in spans.items()
        }
    stated = read_openings(caller, request.openings)
    unknown = _unknown_cases(work, request.keys, new, spans)
    openings = [case_id for case_id in unknown if case_id in stated]
    writable = {
        case_id for case_id, span in spans.items() if span.is_live and _may_write(caller, case_id)
    } | set(openings)
    keys, pushed.key_outcomes = case_keys.judge(work.connection, caller, request.keys, writable)
    known = case_keys.recoverable(
        work.connection, work.agency, {item.change.case_id for item in new}
    ) | {(key.case_id, key.key_id) for key in keys if key.recipient == "recovery"}
    stored = _lock_records(work, [item.change.record_id for item in new])
    for item in new:
        _judge(work, item, spans, writable, known, stored)
        if item.code is Refusal.NO_ACCESS and item.change.case_id in unknown:
            item.code = Refusal.OPENING_MISSING
        if is_revoked and item.change.case_id in openings and item.code is None:
            item.status, item.revision = Status.RECEIVED_LATE, 0

    for case_id in openings:
        opening, statement = stated[case_id]
        grants.open_case(work, opening, statement, for_author=not is_revoked)
    case_keys.store(work, keys)
    pushed.numbers = _write_records(work, caller, new)
    _write_inbox(work, caller, new)
    _write_receipts(work, caller, new, runs, pushed)
    _add_current(work, pushed, spans, openings)
    pushed.outcomes.sort(key=lambda outcome: outcome.device_seq)
    return pushed


def raise_restored(last: int) -> NoReturn:
    """Tell a device that the centre has forgotten numbers which it confirmed."""
    raise Refused(
        Code.SEQ_GAP,
        "This centre knows fewer of your numbers than it confirmed: it was restored.",
        last_device_seq=last,
    )


def _prepare(caller: Caller, change: Change) -> Judged:
    sealed_hash = sha256(change.sealed).digest()
    head = change.head(caller.agency_id, caller.device_id, caller.generation)
    return Judged(change, head.leaf(sealed_hash), sealed_hash, change.device_seq)


def _assign_runs(request: SyncRequest, judged: list[Judged]) -> None:
    position = 0
    for run in request.runs:
        for item in judged[position : position + run.count]:
            item.run_first = run.first_seq
        position += run.count


def _answer_again(work: Work, caller: Caller, old: list[Judged], last: int, pushed: Pushed) -> None:
    if not old:
        return
    first, final = old[0].change.device_seq, old[-1].change.device_seq
    receipts = receipts_between(work.connection, caller, first, final)
    for item, receipt in zip(old, receipts, strict=True):
        if receipt.leaf != item.leaf:
            raise Refused(
                Code.SEQ_REUSED,
                "A number that was used came again with other contents: this store was copied "
                "or rolled back.",
                last_device_seq=last,
            )
        pushed.outcomes.append(outcome_of(receipt))
        pushed.touched.add(item.change.case_id)


def _verify_runs(caller: Caller, request: SyncRequest, new: list[Judged]) -> list[Run]:
    leaves = {item.change.device_seq: item.leaf for item in new}
    runs = []
    for signed in request.runs:
        if signed.first_seq not in leaves:
            continue
        numbers = range(signed.first_seq, signed.first_seq + signed.count)
        run = Run(
            device_id=caller.device_id,
            generation=caller.generation,
            first_seq=signed.first_seq,
            leaves=b"".join(leaves[number] for number in numbers),
            signature=signed.signature,
        )
        try:
            verify_run(caller.agency_id, run, public_key(caller.signing_key))
        except SignatureInvalid as error:
            raise Refused(Code.SIGNATURE_INVALID, str(error), status=400) from None
        runs.append(run)
    return runs


def _may_write(caller: Caller, case_id: str) -> bool:
    return case_id != AGENCY_CASE_ID or caller.role is Role.DATA_MANAGER


def _unknown_cases(
    work: Work,
    keys: Sequence[SealedCaseKey],
    new: list[Judged],
    spans: dict[str, Span],
) -> list[str]:
    """Return the cases that this call would open, in the order of their first mention."""
    mentioned = [key.case_id for key in keys]
    mentioned += [item.change.case_id for item in new if item.change.base_revision == 0]
    strange = [case_id for case_id in dict.fromkeys(mentioned) if case_id not in spans]
    known = grants.known_cases(work.connection, work.agency, strange) | RESERVED_CASES
    return [case_id for case_id in strange if case_id not in known]


def _lock_records(work: Work, record_ids: list[str]) -> dict[str, Stored]:
    wanted = sorted(set(record_ids))
    found: dict[str, Stored] = {}
    for start in range(0, len(wanted), _MANY):
        parameters = {"agency": work.agency, "ids": wanted[start : start + _MANY]}
        rows = work.connection.execute(_LOCK_RECORDS, parameters).all()
        for record_id, case_id, revision in rows:
            found[record_id] = Stored(case_id, revision)
    return found


def _judge(
    work: Work,
    item: Judged,
    spans: dict[str, Span],
    writable: set[str],
    known: set[tuple[str, str]],
    stored: dict[str, Stored],
) -> None:
    change = item.change
    span = spans.get(change.case_id)
    current = stored.get(change.record_id)
    writes = change.case_id in writable
    if not has_sealed_shape(change.sealed):
        item.code = Refusal.SEALED_MALFORMED
    elif not writes and span is None:
        item.code = Refusal.NO_ACCESS
    elif not writes and span is not None and span.ended_seq is not None:
        # Before anything of the case is looked at: to who has no access, nothing exists.
        if _was_seen(work, change, span.ended_seq):
            item.status = Status.RECEIVED_LATE
        else:
            item.code = Refusal.NO_ACCESS
    elif not writes:
        item.code = Refusal.ROLE_FORBIDDEN
    elif current is not None and current.case_id != change.case_id:
        item.code = Refusal.CASE_MISMATCH
    elif (change.case_id, change.key_id) not in known:
        item.code = Refusal.KEY_MISSING
    elif change.base_revision == (current.revision if current else 0):
        item.status = Status.ACCEPTED
        item.revision = change.base_revision + 1
        stored[change.record_id] = Stored(change.case_id, item.revision)
    elif current is None:
        item.code = Refusal.BASE_UNKNOWN
    else:
        item.status = Status.CONFLICT


def _was_seen(work: Work, change: Change, ended_seq: int) -> bool:
    """Return whether the base of a late change was there while its author had access."""
    if change.base_revision == 0:
        return True
    for table in (RECORD, HISTORY):
        found = work.connection.execute(
            select(table.c.seq)
            .where(
                table.c.agency == work.agency,
                table.c.record_id == change.record_id,
                table.c.case_id == change.case_id,
                table.c.revision == change.base_revision,
                table.c.seq <= ended_seq,
            )
            .limit(1)
        ).first()
        if found is not None:
            return True
    return False


def _write_records(work: Work, caller: Caller, new: list[Judged]) -> tuple[int, int]:
    """Write what was accepted; return the first number that it got, and how many."""
    accepted = [item for item in new if item.status is Status.ACCEPTED]
    if not accepted:
        return 0, 0
    first = work.take(len(accepted))
    for seq, item in enumerate(accepted, first):
        item.seq = seq
    newest: dict[str, Judged] = {}
    superseded: list[Judged] = []
    for item in accepted:
        before = newest.get(item.change.record_id)
        if before is not None:
            superseded.append(before)
        newest[item.change.record_id] = item
    firsts = {item.change.record_id for item in accepted if item.change.base_revision == 0}
    replaced = sorted(set(newest) - firsts)
    for start in range(0, len(replaced), _MANY):
        work.connection.execute(
            _KEEP_IN_HISTORY,
            {"agency": work.agency, "ids": replaced[start : start + _MANY]},
        )
    if superseded:
        work.connection.execute(insert(HISTORY), [_row(work, caller, item) for item in superseded])
    created = [_row(work, caller, newest[record_id]) for record_id in sorted(firsts)]
    if created:
        work.connection.execute(insert(RECORD), created)
    if replaced:
        changed = [_row(work, caller, newest[record_id]) for record_id in replaced]
        for row in changed:
            row["this_agency"], row["this_record"] = row.pop("agency"), row.pop("record_id")
            del row["case_id"]
        work.connection.execute(_UPDATE, changed)
    return first, len(accepted)


_UPDATE = (
    update(RECORD)
    .where(
        RECORD.c.agency == bindparam("this_agency"),
        RECORD.c.record_id == bindparam("this_record"),
    )
    .values(
        {
            name: bindparam(name)
            for name in RECORD.columns.keys()  # noqa: SIM118 - a column collection, not a mapping
            if name not in ("agency", "record_id", "case_id")
        }
    )
)


def _row(work: Work, caller: Caller, item: Judged) -> dict[str, object]:
    change = item.change
    return {
        "agency": work.agency,
        "record_id": change.record_id,
        "case_id": change.case_id,
        "base_revision": change.base_revision,
        "revision": item.revision,
        "seq": item.seq,
        "generation": caller.generation,
        "device_id": caller.device_id,
        "device_seq": change.device_seq,
        "run_first": item.run_first,
        "key_id": change.key_id,
        "deleted": change.deleted,
        "received_at": work.now,
        "sealed_hash": item.sealed_hash,
        "sealed": change.sealed,
    }


def _write_inbox(work: Work, caller: Caller, new: list[Judged]) -> None:
    late = [item for item in new if item.status is Status.RECEIVED_LATE]
    if late:
        work.connection.execute(
            insert(INBOX),
            [
                {
                    "agency": work.agency,
                    "item_id": new_id(),
                    "staff_id": caller.staff_id,
                    "device_id": caller.device_id,
                    "generation": caller.generation,
                    "device_seq": item.change.device_seq,
                    "run_first": item.run_first,
                    "case_id": item.change.case_id,
                    "record_id": item.change.record_id,
                    "base_revision": item.change.base_revision,
                    "key_id": item.change.key_id,
                    "deleted": item.change.deleted,
                    "received_at": work.now,
                    "state": "open",
                    "sealed": item.change.sealed,
                }
                for item in late
            ],
        )


def _write_receipts(
    work: Work, caller: Caller, new: list[Judged], runs: list[Run], pushed: Pushed
) -> None:
    if not new:
        return
    rows = []
    for item in new:
        change = item.change
        pushed.chain_hash = next_entry(
            pushed.chain_hash,
            change.device_seq,
            item.status,
            change.record_id,
            item.revision,
            item.seq,
            item.sealed_hash,
            work.now,
        )
        rows.append(
            {
                "device_id": caller.device_id,
                "generation": caller.generation,
                "device_seq": change.device_seq,
                "leaf": item.leaf,
                "status": item.status.value,
                "code": item.code.value if item.code else None,
                "case_id": change.case_id,
                "record_id": change.record_id,
                "revision": item.revision,
                "seq": item.seq,
                "sealed_hash": item.sealed_hash,
                "received_at": work.now,
            }
        )
        pushed.outcomes.append(
            Outcome.model_construct(
                device_seq=change.device_seq,
                status=item.status,
                record_id=change.record_id,
                revision=item.revision,
                seq=item.seq,
                received_at=work.now,
                code=item.code,
                current=None,
            )
        )
        pushed.touched.add(change.case_id)
    pushed.last_seq = new[-1].change.device_seq
    work.connection.execute(insert(RECEIPT), rows)
    work.connection.execute(
        insert(RUN),
        [
            {
                "device_id": run.device_id,
                "generation": run.generation,
                "first_seq": run.first_seq,
                "leaves": run.leaves,
                "signature": run.signature,
            }
            for run in runs
        ],
    )
    assert sum(len(run.leaves) for run in runs) == HASH_BYTES * len(new)  # noqa: S101 - SyncRequest
    work.connection.execute(
        update(DEVICE)
        .where(DEVICE.c.device_id == caller.device_id)
        .values(
            last_seq=pushed.last_seq,
            chain_hash=pushed.chain_hash,
            numbers_generation=caller.generation,
            seen_at=work.now,
        )
    )


def _add_current(work: Work, pushed: Pushed, spans: dict[str, Span], openings: list[str]) -> None:
    """Give each conflict the record as it stands, while its reader may see the case."""
    conflicts = [o.record_id for o in pushed.outcomes if o.status is Status.CONFLICT]
    if not conflicts:
        return
    current = records_by_id(work.connection, work.agency, set(conflicts))
    for index, outcome in enumerate(pushed.outcomes):
        found = current.get(outcome.record_id)
        if outcome.status is not Status.CONFLICT or found is None:
            continue
        record, place = found
        span = spans.get(record.case_id)
        if record.case_id in openings or (span is not None and span.is_live):
            pushed.outcomes[index] = outcome.model_copy(update={"current": record})
            pushed.runs.add(place)
