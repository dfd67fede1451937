"""The push: what a device hands in, judged change by change in one transaction.

Locks, in this order: the device's row, the caller's spans of access (shared), the records by id,
the agency's counter. Nothing is written before everything is judged, so the counter, which every
writer of the agency waits for, is held for the shortest time. Parts: `author_runs` verifies the
signatures, `judging` settles what becomes of each change, `push_rows` writes it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import NoReturn

from sqlalchemy import Connection, and_, bindparam, select

from sync.protocol.envelope import Record
from sync.protocol.errors import Code, Refusal
from sync.protocol.ids import RESERVED_CASES
from sync.protocol.keys import RECOVERY, SealedCaseKey
from sync.protocol.push import KeyOutcome, SyncRequest
from sync.protocol.receipts import Status
from sync.protocol.roles import DeviceState
from sync.server import case_keys, grants, push_rows
from sync.server.author_runs import assign_runs, verify_runs
from sync.server.case_keys import KEY
from sync.server.decisions import read_openings
from sync.server.devices import Caller
from sync.server.grants import ACCESS, Span
from sync.server.judging import Ground, Judged, judge, may_write, prepare
from sync.server.prepared import OneOf, Prepared, many, together
from sync.server.problems import Refused
from sync.server.receipts import receipts_between
from sync.server.records import RECORD, RunPlace, records_by_id
from sync.server.work import Work

_LOCK_SPANS = Prepared(
    select(ACCESS.c.case_id, ACCESS.c.began_seq, ACCESS.c.ended_seq, KEY.c.key_id)
    .outerjoin(
        KEY,
        and_(
            KEY.c.agency == ACCESS.c.agency,
            KEY.c.case_id == ACCESS.c.case_id,
            KEY.c.recipient == RECOVERY,
        ),
    )
    .where(
        ACCESS.c.agency == bindparam("agency"),
        ACCESS.c.staff_id == bindparam("staff_id"),
        OneOf(ACCESS.c.case_id, "cases"),
    )
    .order_by(ACCESS.c.case_id)
    .with_for_update(read=True, of=ACCESS),
    "agency",
    "staff_id",
    "cases",
)
_LOCK_RECORDS = Prepared(
    select(RECORD.c.record_id, RECORD.c.case_id, RECORD.c.revision)
    .where(RECORD.c.agency == bindparam("agency"), OneOf(RECORD.c.record_id, "ids"))
    .order_by(RECORD.c.record_id)
    .with_for_update(),
    "agency",
    "ids",
)


@dataclass(slots=True)
class Told:
    """What became of one change, as its device is told. `current` comes with a conflict."""

    device_seq: int
    status: str
    record_id: str
    revision: int
    seq: int
    received_at: int
    code: str | None
    current: Record | None = None


@dataclass(slots=True)
class Pushed:
    """What a push came to.

    `numbers` are the agency's that its records got: the first, and how many follow on each other.
    """

    outcomes: list[Told] = field(default_factory=list)
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
    judged = prepare(caller, request.changes)
    assign_runs(request, judged)
    old = [item for item in judged if item.change.device_seq <= last]
    new = judged[len(old) :]
    if new and new[0].change.device_seq != last + 1:
        raise Refused(
            Code.SEQ_GAP, "A number is missing between the last one and this.", last_device_seq=last
        )
    pushed = Pushed(last_seq=last, chain_hash=chain)
    _answer_again(work, caller, old, last, pushed)
    runs = verify_runs(caller, request, new, last)

    is_revoked = caller.state is DeviceState.REVOKED
    pushed.touched = {item.change.case_id for item in judged}
    case_ids = pushed.touched | {key.case_id for key in request.keys}
    record_ids = [item.change.record_id for item in new]
    spans, recoverable, stored = _lock(work.connection, caller, case_ids, record_ids)
    if is_revoked:
        spans = {case_id: _cut(span, caller.revoked_seq) for case_id, span in spans.items()}
    unknown = _unknown_cases(work, request.keys, new, spans)
    stated = read_openings(caller, request.openings) if unknown else {}
    openings = [case_id for case_id in unknown if case_id in stated]
    writable = {
        case_id for case_id, span in spans.items() if span.is_live and may_write(caller, case_id)
    } | set(openings)
    keys, pushed.key_outcomes = case_keys.judge(work.connection, caller, request.keys, writable)
    recoverable |= {(key.case_id, key.key_id) for key in keys if key.recipient == RECOVERY}
    ground = Ground(spans, writable, recoverable, stored)
    for item in new:
        judge(work, item, ground)
        if item.code is Refusal.NO_ACCESS and item.change.case_id in unknown:
            item.code = Refusal.OPENING_MISSING
        if is_revoked and item.change.case_id in openings and item.code is None:
            item.status, item.revision = Status.RECEIVED_LATE, 0

    grants.open_cases(work, [stated[case_id] for case_id in openings], for_author=not is_revoked)
    case_keys.store(work, keys)
    if new:
        pushed.numbers = push_rows.number(work, new)
        pushed.chain_hash = push_rows.write(work, caller, new, runs, chain)
        pushed.last_seq = new[-1].change.device_seq
        pushed.outcomes += [_told(item, work.now) for item in new]
    _add_current(work, pushed, spans, openings)
    return pushed


def raise_restored(last: int) -> NoReturn:
    """Tell a device that the centre has forgotten numbers which it confirmed."""
    raise Refused(
        Code.SEQ_GAP,
        "This centre knows fewer of your numbers than it confirmed: it was restored.",
        last_device_seq=last,
    )


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
        pushed.outcomes.append(
            Told(
                receipt.device_seq,
                receipt.status,
                receipt.record_id,
                receipt.revision,
                receipt.seq,
                receipt.received_at,
                receipt.code,
            )
        )


def _told(item: Judged, now: int) -> Told:
    return Told(
        item.change.device_seq,
        item.status.value,
        item.change.record_id,
        item.revision,
        item.seq,
        now,
        item.code.value if item.code else None,
    )


def _lock(
    connection: Connection, caller: Caller, case_ids: set[str], record_ids: list[str]
) -> tuple[dict[str, Span], set[tuple[str, str]], dict[str, tuple[str, int]]]:
    """Lock what the changes are judged on, until the commit: spans first, then records by id.

    A withdrawal waits for a push that is under way.

    Returns:
        The caller's spans of some cases; (case, key) of the recovery keys of these; case and
        revision of those of some records that are there.
    """
    with together(connection):
        of_spans = _LOCK_SPANS.ask(connection, caller.agency, caller.staff_id, many(case_ids))
        of_records = _LOCK_RECORDS.ask(connection, caller.agency, many(record_ids))
    spans: dict[str, Span] = {}
    recoverable: set[tuple[str, str]] = set()
    for case_id, began, ended, key_id in of_spans.fetchall():
        spans[case_id] = Span(case_id, began, ended)
        if key_id is not None:
            recoverable.add((case_id, key_id))
    stored = {record: (case_id, revision) for record, case_id, revision in of_records.fetchall()}
    return spans, recoverable, stored


def _cut(span: Span, revoked_seq: int) -> Span:
    """Return a span that ended when its device was revoked, if not before."""
    return Span(span.case_id, span.began_seq, min(span.ended_seq or revoked_seq, revoked_seq))


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
    if not strange:
        return []
    known = grants.known_cases(work.connection, work.agency, strange) | RESERVED_CASES
    return [case_id for case_id in strange if case_id not in known]


def _add_current(work: Work, pushed: Pushed, spans: dict[str, Span], openings: list[str]) -> None:
    """Give each conflict the record as it stands, while its reader may see the case."""
    conflicts = [told for told in pushed.outcomes if told.status == Status.CONFLICT]
    if not conflicts:
        return
    current = records_by_id(work.connection, work.agency, {told.record_id for told in conflicts})
    for told in conflicts:
        found = current.get(told.record_id)
        if found is None:
            continue
        record, place = found
        span = spans.get(record.case_id)
        if record.case_id in openings or (span is not None and span.is_live):
            told.current = record
            pushed.runs.add(place)
