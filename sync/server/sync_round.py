"""One sync round: a push in one transaction, then a page of the feed from one snapshot.

A push that was alone, with nothing new since its device's cursor, is answered from its own
transaction: whoever holds the counter sees one moment of the agency, the one that is committed.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from sqlalchemy import Connection, update

from sync.protocol.cursor import Cursor, decode_cursor
from sync.protocol.errors import Code, CursorInvalid
from sync.protocol.push import SyncRequest
from sync.protocol.roles import DeviceState
from sync.server import grants, inbox
from sync.server.centre import Centre
from sync.server.change_feed import END, Page, empty_page, read_page
from sync.server.devices import DEVICE, Caller, load_caller, require_active
from sync.server.digests import CaseDigests, Reading
from sync.server.prepared import Row
from sync.server.problems import Refused
from sync.server.push import Pushed, push, raise_restored
from sync.server.receipts import chain_head
from sync.server.records import run_rows
from sync.server.sync_answer import AnswerParts, answer_json
from sync.server.work import Work

_SEEN_EVERY = 3600 * 1000  # a device's last visit is known to the hour; finer would cost a write


@dataclass(slots=True)
class Gathered:
    """All that an answer needs of the database, of one moment."""

    caller: Caller
    page: Page | None
    runs: list[Row]
    reading: Reading
    inbox_open: int | None


def sync_round(
    centre: Centre,
    device_id: str,
    request: SyncRequest,
    meet: Callable[[Caller], None],
) -> bytes:
    """Return the answer to one `POST /v1/sync`, as JSON.

    `meet` is told who calls as soon as it is known, also when the call is then refused.

    Raises:
        Refused: The whole call fails; see PROTOCOL.md 7 and 9.
    """
    try:
        cursor = decode_cursor(request.cursor) if request.cursor is not None else None
    except CursorInvalid as error:
        raise Refused(Code.CURSOR_INVALID, str(error)) from None

    database, digests, now = centre.database, centre.digests, centre.clock()

    def take_in(connection: Connection) -> tuple[Pushed, Gathered | None]:
        return _take_in(connection, digests, device_id, request, cursor, now, meet)

    pushed: Pushed | None = None
    gathered: Gathered | None = None
    if request.changes or request.keys:
        pushed, gathered = database.write(take_in)
    while gathered is None:
        with database.read() as connection:
            caller = load_caller(connection, device_id)
            meet(caller)
            _require_round(caller, request, now)
            if pushed is not None or not _has_to_write(caller, now):
                if request.acked > caller.numbers[0]:
                    raise_restored(caller.numbers[0])
                gathered = _gather(
                    connection,
                    digests,
                    caller,
                    request,
                    cursor,
                    pushed or Pushed(),
                    database.is_sqlite,
                )
        if gathered is None:
            pushed, gathered = database.write(take_in)
    return _answer(centre, request, pushed or Pushed(), gathered, now)


def _has_to_write(caller: Caller, now: int) -> bool:
    """Return whether even a call that hands in nothing changes something: an idle one does not."""
    return now - caller.seen_at > _SEEN_EVERY or _has_due_changes(caller, now)


def _has_due_changes(caller: Caller, now: int) -> bool:
    """Return whether a grant of the person began or ended by the clock and has no number yet."""
    return caller.next_change_at is not None and caller.next_change_at <= now


def _require_round(caller: Caller, request: SyncRequest, now: int) -> None:
    hands_in = caller.state is DeviceState.REVOKED and request.hand_in
    if not (hands_in and now < (caller.hand_in_until or 0)):
        require_active(caller)
    if request.generation != caller.generation:
        _refuse_generation(caller.generation)


def _refuse_generation(generation: int) -> None:
    raise Refused(
        Code.GENERATION_CHANGED,
        "This centre was restored from a backup. Compare everything and send what it lacks.",
        generation=generation,
    )


def _take_in(
    connection: Connection,
    digests: CaseDigests,
    device_id: str,
    request: SyncRequest,
    cursor: Cursor | None,
    now: int,
    meet: Callable[[Caller], None],
) -> tuple[Pushed, Gathered | None]:
    """Push; return what came of it, and what the answer needs if nobody else wrote meanwhile."""
    caller = load_caller(connection, device_id, lock=True)
    meet(caller)
    _require_round(caller, request, now)
    work = Work(connection, caller.agency, device_id, now)
    if _has_due_changes(caller, now):
        grants.settle(work, caller.staff_id)
    if now - caller.seen_at > _SEEN_EVERY:
        connection.execute(
            update(DEVICE).where(DEVICE.c.device_id == device_id).values(seen_at=now)
        )
    pushed = push(work, caller, request)
    work.finish()
    if work.generation is not None and work.generation != caller.generation:
        _refuse_generation(work.generation)  # begun since the device's row was read
    if cursor is None or not request.limit or caller.state is DeviceState.REVOKED:
        return pushed, None
    if work.head is None or not is_alone(cursor, pushed, work.head):
        return pushed, None
    after = replace(
        caller,
        numbers_generation=caller.generation,
        last_seq=pushed.last_seq,
        chain_hash=pushed.chain_hash,
        head=work.head,
        audit_number=work.audit_number,
        audit_hash=work.audit_hash,
    )
    page = empty_page(Cursor(work.head, END, cursor.whole))
    return pushed, _close(connection, digests, after, request, pushed, page)


def is_alone(cursor: Cursor, pushed: Pushed, head: int) -> bool:
    """Return whether every number since the cursor went to a record that this call handed in.

    Then the feed has nothing for its device, which does not get its own records back: the usual
    small sync needs no look at the seven sources of a page.
    """
    first, count = pushed.numbers
    was_at_the_end = cursor.item == END and cursor.position == first - 1
    return count > 0 and was_at_the_end and head == first + count - 1


def _gather(
    connection: Connection,
    digests: CaseDigests,
    caller: Caller,
    request: SyncRequest,
    cursor: Cursor | None,
    pushed: Pushed,
    is_sqlite: bool,
) -> Gathered:
    """Read the page of the feed and what belongs to it."""
    page: Page | None = None
    if request.limit and caller.state is not DeviceState.REVOKED:
        if cursor is not None and is_alone(cursor, pushed, caller.head):
            page = empty_page(Cursor(caller.head, END, cursor.whole))
        else:
            page = read_page(connection, caller, cursor, request.limit, is_sqlite=is_sqlite)
    return _close(connection, digests, caller, request, pushed, page)


def _close(
    connection: Connection,
    digests: CaseDigests,
    caller: Caller,
    request: SyncRequest,
    pushed: Pushed,
    page: Page | None,
) -> Gathered:
    """Read what goes with a page: its runs, the digests at the feed's end, the inbox."""
    moved: set[str] = set()
    if page is not None and not page.more:
        moved = pushed.touched | page.cases | set(request.digest_of)
    return Gathered(
        caller,
        page,
        run_rows(connection, pushed.runs | (page.runs if page else set())),
        digests.read(connection, caller, moved),
        inbox.count_open(connection, caller),
    )


def _answer(
    centre: Centre, request: SyncRequest, pushed: Pushed, gathered: Gathered, now: int
) -> bytes:
    """Write the answer, after the transaction: nobody waits for it but its device."""
    caller, page = gathered.caller, gathered.page
    return answer_json(
        AnswerParts(
            generation=caller.generation,
            outcomes=pushed.outcomes,
            key_outcomes=pushed.key_outcomes,
            feed=page.feed if page else None,
            runs=gathered.runs,
            cursor=page.cursor.encode() if page else request.cursor,
            more=page.more if page else False,
            digests=centre.digests.of(gathered.reading),
            chain_head=chain_head(centre.key, caller, now),
            audit_head=centre.audit_heads.head(centre.key, caller, now),
            server_time=now,
            lease_days=centre.settings.lease_days,
            inbox_open=gathered.inbox_open,
            revoked=caller.state is DeviceState.REVOKED,
        )
    )
