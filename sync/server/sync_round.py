"""One sync round: a push in one transaction, then a page of the feed from one snapshot."""

from collections.abc import Callable

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import Connection, update

from sync.protocol.cursor import Cursor, decode_cursor
from sync.protocol.errors import Code, CursorInvalid
from sync.protocol.feed import Feed
from sync.protocol.push import CaseDigest, SyncAnswer, SyncRequest
from sync.protocol.roles import DeviceState
from sync.server import grants, inbox
from sync.server.audit import audit_head
from sync.server.change_feed import END, Page, read_page
from sync.server.database import Database
from sync.server.devices import DEVICE, Caller, load_caller, require_active
from sync.server.problems import Refused
from sync.server.push import Pushed, push, raise_restored
from sync.server.receipts import chain_head
from sync.server.records import digests_of, runs_at
from sync.server.work import Work

_SEEN_EVERY = 3600 * 1000  # a device's last visit is known to the hour; finer would cost a write


def sync_round(
    database: Database,
    key: Ed25519PrivateKey,
    device_id: str,
    request: SyncRequest,
    now: int,
    lease_days: int,
    meet: Callable[[Caller], None],
) -> SyncAnswer:
    """Return the answer to one `POST /v1/sync`.

    `meet` is told who calls as soon as it is known, also when the call is then refused.

    Raises:
        Refused: The whole call fails; see PROTOCOL.md 7 and 9.
    """
    try:
        cursor = decode_cursor(request.cursor) if request.cursor is not None else None
    except CursorInvalid as error:
        raise Refused(Code.CURSOR_INVALID, str(error)) from None

    def take_in(connection: Connection) -> Pushed:
        return _push(connection, device_id, request, now, meet)

    pushed: Pushed | None = None
    while True:
        if pushed is None and (request.changes or request.keys):
            pushed = database.write(take_in)
        with database.read() as connection:
            caller = load_caller(connection, device_id)
            meet(caller)
            _require_round(caller, request, now)
            if pushed is not None or not _has_to_write(connection, caller, now):
                if request.acked > caller.numbers[0]:
                    raise_restored(caller.numbers[0])
                return _answer(
                    connection,
                    key,
                    caller,
                    request,
                    cursor,
                    pushed or Pushed(),
                    now,
                    lease_days,
                    database.is_sqlite,
                )
        pushed = database.write(take_in)


def _has_to_write(connection: Connection, caller: Caller, now: int) -> bool:
    """Return whether even a call that hands in nothing changes something: an idle one does not."""
    return now - caller.seen_at > _SEEN_EVERY or grants.has_due_changes(
        connection, caller.agency, caller.staff_id, now
    )


def _require_round(caller: Caller, request: SyncRequest, now: int) -> None:
    hands_in = caller.state is DeviceState.REVOKED and request.hand_in
    if not (hands_in and now < (caller.hand_in_until or 0)):
        require_active(caller)
    if request.generation != caller.generation:
        raise Refused(
            Code.GENERATION_CHANGED,
            "This centre was restored from a backup. Compare everything and send what it lacks.",
            generation=caller.generation,
        )


def _push(
    connection: Connection,
    device_id: str,
    request: SyncRequest,
    now: int,
    meet: Callable[[Caller], None],
) -> Pushed:
    caller = load_caller(connection, device_id, lock=True)
    meet(caller)
    _require_round(caller, request, now)
    work = Work(connection, caller.agency, device_id, now)
    if grants.has_due_changes(connection, caller.agency, caller.staff_id, now):
        grants.settle(work, caller.staff_id)
    if now - caller.seen_at > _SEEN_EVERY:
        connection.execute(
            update(DEVICE).where(DEVICE.c.device_id == device_id).values(seen_at=now)
        )
    pushed = push(work, caller, request)
    work.finish()
    return pushed


def is_alone(cursor: Cursor, pushed: Pushed, head: int) -> bool:
    """Return whether every number since the cursor went to a record that this call handed in.

    Then the feed has nothing for its device, which does not get its own records back: the usual
    small sync needs no look at the seven sources of a page.
    """
    first, count = pushed.numbers
    was_at_the_end = cursor.item == END and cursor.position == first - 1
    return count > 0 and was_at_the_end and head == first + count - 1


def _answer(
    connection: Connection,
    key: Ed25519PrivateKey,
    caller: Caller,
    request: SyncRequest,
    cursor: Cursor | None,
    pushed: Pushed,
    now: int,
    lease_days: int,
    is_sqlite: bool,
) -> SyncAnswer:
    page: Page | None = None
    is_revoked = caller.state is DeviceState.REVOKED
    if request.limit and not is_revoked:
        if cursor is not None and is_alone(cursor, pushed, caller.head):
            page = Page(Feed(), Cursor(caller.head, END, cursor.whole), False, set(), set())
        else:
            page = read_page(connection, caller, cursor, request.limit, is_sqlite=is_sqlite)
    digests: tuple[CaseDigest, ...] = ()
    if page is not None and not page.more:
        wanted = pushed.touched | page.cases | set(request.digest_of)
        live = grants.spans(connection, caller.agency, caller.staff_id, wanted, lock=False)
        digests = digests_of(
            connection, caller.agency, [span.case_id for span in live.values() if span.is_live]
        )
    return SyncAnswer.model_construct(
        generation=caller.generation,
        outcomes=tuple(pushed.outcomes),
        key_outcomes=tuple(pushed.key_outcomes),
        feed=page.feed if page else None,
        runs=runs_at(connection, pushed.runs | (page.runs if page else set())),
        cursor=page.cursor.encode() if page else request.cursor,
        more=page.more if page else False,
        digests=digests,
        chain_head=chain_head(key, caller, now),
        audit_head=audit_head(key, caller, now),
        server_time=now,
        lease_days=lease_days,
        inbox_open=inbox.count_open(connection, caller),
        revoked=is_revoked,
    )
