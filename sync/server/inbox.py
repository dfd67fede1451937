"""The inbox: late work, sealed as it came, for the supervisors of its case."""

from sqlalchemy import Connection, bindparam, func, select, update
from sqlalchemy.sql import Select

from sync.protocol.envelope import Change, Run
from sync.protocol.errors import Code
from sync.protocol.management import InboxItem
from sync.protocol.roles import DeviceState, Role
from sync.server.database import table_of
from sync.server.devices import Caller
from sync.server.grants import ACCESS
from sync.server.prepared import Prepared
from sync.server.problems import Refused
from sync.server.records import run_place, runs_at
from sync.server.tables import InboxItem as InboxRow
from sync.server.work import Work

INBOX = table_of(InboxRow)
READERS = (Role.SUPERVISOR, Role.DATA_MANAGER)

# Every small sync of a reader counts. As a join, PostgreSQL may read all spans of the person for a
# few open items; a subquery that gives a value is run for each of them.
_COUNT_OPEN = Prepared(
    select(func.count())
    .select_from(INBOX)
    .where(
        INBOX.c.agency == bindparam("agency"),
        INBOX.c.state == "open",
        select(ACCESS.c.began_seq)
        .where(
            ACCESS.c.agency == INBOX.c.agency,
            ACCESS.c.staff_id == bindparam("staff_id"),
            ACCESS.c.case_id == INBOX.c.case_id,
            ACCESS.c.ended_seq.is_(None),
        )
        .scalar_subquery()
        .is_not(None),
    ),
    "agency",
    "staff_id",
)


def _visible(query: Select, caller: Caller) -> Select:  # type: ignore[type-arg]
    """Narrow a query to items of cases that the caller may see."""
    return query.join(
        ACCESS,
        (ACCESS.c.agency == INBOX.c.agency)
        & (ACCESS.c.case_id == INBOX.c.case_id)
        & (ACCESS.c.staff_id == caller.staff_id)
        & (ACCESS.c.ended_seq.is_(None)),
    ).where(INBOX.c.agency == caller.agency)


def count_open(connection: Connection, caller: Caller) -> int | None:
    """Return how many items wait for the caller; None for who does not decide them."""
    if caller.role not in READERS or caller.state is not DeviceState.ACTIVE:
        return None
    ((count,),) = _COUNT_OPEN.rows(connection, caller.agency, caller.staff_id)
    return int(count)


def item_of(row: object) -> InboxItem:
    """Return a row as it travels."""
    values = dict(row._mapping)  # type: ignore[attr-defined]
    change = Change.model_construct(
        **{name: values[name] for name in Change.model_fields}  # all of them are columns
    )
    return InboxItem(
        change=change,
        **{name: values[name] for name in InboxItem.model_fields if name in values},
    )


def items_after(
    connection: Connection, caller: Caller, state: str, after: str, limit: int
) -> tuple[tuple[InboxItem, ...], tuple[Run, ...], bool]:
    """Return a page of items by id, the runs that sign them, and whether more follows."""
    rows = connection.execute(
        _visible(select(INBOX), caller)
        .where(INBOX.c.state == state, INBOX.c.item_id > after)
        .order_by(INBOX.c.item_id)
        .limit(limit + 1)
    ).all()
    page = rows[:limit]
    runs = runs_at(connection, {run_place(row) for row in page})
    return tuple(item_of(row) for row in page), runs, len(rows) > limit


def decide(work: Work, caller: Caller, item_id: str, decision: str) -> InboxItem:
    """Close an item; what was taken over was pushed before as an ordinary change.

    Raises:
        Refused: There is no such item for the caller, or it was decided otherwise.
    """
    row = work.connection.execute(
        _visible(select(INBOX), caller).where(INBOX.c.item_id == item_id).with_for_update(of=INBOX)
    ).one_or_none()
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such item.")
    if row.state not in ("open", decision):
        raise Refused(Code.ALREADY_EXISTS, "Somebody decided this item otherwise.")
    if row.state == "open":
        work.connection.execute(
            update(INBOX)
            .where(INBOX.c.agency == work.agency, INBOX.c.item_id == item_id)
            .values(state=decision, decided_by=caller.staff_id, decided_at=work.now)
        )
        work.audit("decide_inbox", item_id=item_id, case_id=row.case_id, decision=decision)
    return item_of(
        work.connection.execute(
            select(INBOX).where(INBOX.c.agency == work.agency, INBOX.c.item_id == item_id)
        ).one()
    )
