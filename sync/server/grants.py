"""Who may see which case: grants, and the unbroken spans of access that they make.

A grant is what somebody gave. A span is what it comes to: from the number at which the first of
the overlapping grants began to the number at which the last one ended. Everything that is checked
or delivered looks at spans only.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Row, and_, bindparam, insert, select, update

from sync.protocol.decisions import Opening
from sync.protocol.errors import Code
from sync.protocol.feed import GrantEntry
from sync.protocol.ids import AGENCY_CASE_ID, MANAGERS_CASE_ID, new_id
from sync.protocol.roles import GrantKind, Role
from sync.protocol.wire import SignedStatement
from sync.server.database import table_of
from sync.server.prepared import OneOf, Prepared, many
from sync.server.problems import Refused
from sync.server.tables import Access, Case, Grant, Staff
from sync.server.work import Work

GRANT = table_of(Grant)
ACCESS = table_of(Access)
CASE = table_of(Case)
STAFF = table_of(Staff)

WAITING, LIVE, ENDED = "waiting", "live", "ended"


_SPANS = Prepared(
    select(ACCESS.c.case_id, ACCESS.c.began_seq, ACCESS.c.ended_seq)
    .where(
        ACCESS.c.agency == bindparam("agency"),
        ACCESS.c.staff_id == bindparam("staff_id"),
        OneOf(ACCESS.c.case_id, "cases"),
    )
    .order_by(ACCESS.c.case_id),
    "agency",
    "staff_id",
    "cases",
)
_KNOWN = Prepared(
    select(CASE.c.case_id).where(
        CASE.c.agency == bindparam("agency"), OneOf(CASE.c.case_id, "ids")
    ),
    "agency",
    "ids",
)


@dataclass(frozen=True, slots=True)
class Span:
    """A person's access to one case. `ended_seq` is None while it lasts."""

    case_id: str
    began_seq: int
    ended_seq: int | None

    @property
    def is_live(self) -> bool:
        """Whether the case may be read and written now."""
        return self.ended_seq is None


def spans(
    connection: Connection, agency: int, staff_id: str, case_ids: Iterable[str]
) -> dict[str, Span]:
    """Return the person's spans, live or ended, of some cases."""
    wanted = many(case_ids)
    rows = _SPANS.rows(connection, agency, staff_id, wanted) if wanted else []
    return {row[0]: Span(*row) for row in rows}


def has_access(connection: Connection, agency: int, staff_id: str, case_id: str) -> bool:
    """Return whether a person may see a case now."""
    span = spans(connection, agency, staff_id, [case_id]).get(case_id)
    return span is not None and span.is_live


def known_cases(connection: Connection, agency: int, case_ids: Iterable[str]) -> set[str]:
    """Return which of these cases the agency has."""
    return {case_id for (case_id,) in _KNOWN.rows(connection, agency, many(case_ids))}


def open_cases(
    work: Work, stated: Sequence[tuple[Opening, SignedStatement]], *, for_author: bool = True
) -> None:
    """Open cases: grants for each one's author, the team's supervisors and the data managers.

    The team is the one that the author states. The statement goes along with each of these grants
    that has no other ground, so that whoever sees the case knows who opened it.
    `for_author` is false when a revoked device hands in a case that nobody knew: its person's
    access is over as it begins, and the others take the case on.
    """
    if not stated:
        return
    connection, agency = work.connection, work.agency
    people = connection.execute(
        select(STAFF.c.staff_id, STAFF.c.role, STAFF.c.team_id)
        .where(STAFF.c.agency == agency, STAFF.c.active)
        .order_by(STAFF.c.staff_id)
    ).all()
    cases, grants, accesses = [], [], []
    for opening, statement in stated:
        case_id, author, team_id = opening.case_id, opening.staff_id, opening.team_id
        entitled: dict[str, GrantKind] = {author: GrantKind.OPENED} if for_author else {}
        for staff_id, role, team in people:
            if staff_id == author:
                continue
            if role == Role.DATA_MANAGER:
                entitled[staff_id] = GrantKind.MANAGER
            elif role == Role.SUPERVISOR and team_id and team == team_id:
                entitled[staff_id] = GrantKind.TEAM
        cases.append(
            {"agency": agency, "case_id": case_id, "team_id": team_id, "opened_at": work.now}
        )
        first = work.take(len(entitled) + 1)
        for seq, (staff_id, kind) in enumerate(entitled.items(), first):
            states = kind is GrantKind.OPENED or not for_author
            said = statement if states else None
            grants.append(
                _grant_row(work, new_id(), case_id, staff_id, kind, work.now, None, seq, said)
            )
            # All spans begin with the first grant: everybody is told of everybody's.
            accesses.append(_access_row(agency, staff_id, case_id, first, None))
        if not for_author:
            over = first + len(entitled)
            accesses.append(_access_row(agency, author, case_id, over, over))
        work.audit("open_case", case_id=case_id, staff_id=author)
    connection.execute(insert(CASE), cases)
    if grants:
        connection.execute(insert(GRANT), grants)
    connection.execute(insert(ACCESS), accesses)


def _access_row(
    agency: int, staff_id: str, case_id: str, began: int, ended: int | None
) -> dict[str, object]:
    return {
        "agency": agency,
        "staff_id": staff_id,
        "case_id": case_id,
        "began_seq": began,
        "ended_seq": ended,
        "backfill": False,
    }


def _grant_row(
    work: Work,
    grant_id: str,
    case_id: str,
    staff_id: str,
    kind: GrantKind,
    starts_at: int,
    until: int | None,
    seq: int,
    statement: SignedStatement | None = None,
) -> dict[str, object]:
    waiting = starts_at > work.now
    return {
        "agency": work.agency,
        "grant_id": grant_id,
        "case_id": case_id,
        "staff_id": staff_id,
        "kind": kind.value,
        "state": WAITING if waiting else LIVE,
        "starts_at": starts_at,
        "until": until,
        "ended_at": None,
        "next_change_at": starts_at if waiting else until,
        "statement": statement,
        "withdrawal": None,
        "seq": seq,
    }


def give(
    work: Work,
    case_id: str,
    staff_id: str,
    kind: GrantKind,
    *,
    grant_id: str | None = None,
    starts_at: int | None = None,
    until: int | None = None,
    statement: SignedStatement | None = None,
) -> GrantEntry:
    """Give a person access to a case that exists; return the grant."""
    grant_id = grant_id or new_id()
    seq = work.take()
    begins = work.now if starts_at is None else starts_at
    row = _grant_row(work, grant_id, case_id, staff_id, kind, begins, until, seq, statement)
    work.connection.execute(insert(GRANT).values(**row))
    if row["state"] == LIVE:
        _begin(work, staff_id, case_id, seq)
    work.audit(
        "grant", grant_id=grant_id, case_id=case_id, staff_id=staff_id, kind=kind.value, until=until
    )
    return GrantEntry.model_validate(row)


def withdraw(
    work: Work, grant: Row[tuple[object, ...]], statement: SignedStatement | None = None
) -> GrantEntry:
    """End a grant now; return it as it stands. Without a statement the role behind it ended."""
    seq = work.take()
    values = {
        "state": ENDED,
        "ended_at": work.now,
        "next_change_at": None,
        "withdrawal": statement,
        "seq": seq,
    }
    work.connection.execute(
        update(GRANT)
        .where(GRANT.c.agency == work.agency, GRANT.c.grant_id == grant.grant_id)
        .values(**values)
    )
    _end_if_last(work, grant.staff_id, grant.case_id, seq)
    work.audit("withdraw", grant_id=grant.grant_id, case_id=grant.case_id, staff_id=grant.staff_id)
    return GrantEntry.model_validate({**grant._mapping, **values})


def _begin(work: Work, staff_id: str, case_id: str, seq: int) -> None:
    here = and_(
        ACCESS.c.agency == work.agency,
        ACCESS.c.staff_id == staff_id,
        ACCESS.c.case_id == case_id,
    )
    row = work.connection.execute(
        select(ACCESS.c.ended_seq).where(here).with_for_update()
    ).one_or_none()
    if row is None:
        work.connection.execute(
            insert(ACCESS).values(
                agency=work.agency,
                staff_id=staff_id,
                case_id=case_id,
                began_seq=seq,
                ended_seq=None,
                backfill=True,
            )
        )
    elif row.ended_seq is not None:
        work.connection.execute(
            update(ACCESS).where(here).values(began_seq=seq, ended_seq=None, backfill=True)
        )


def _end_if_last(work: Work, staff_id: str, case_id: str, seq: int) -> None:
    others = work.connection.execute(
        select(GRANT.c.grant_id).where(
            GRANT.c.agency == work.agency,
            GRANT.c.staff_id == staff_id,
            GRANT.c.case_id == case_id,
            GRANT.c.state == LIVE,
        )
    ).first()
    if others is None:
        work.connection.execute(
            update(ACCESS)
            .where(
                ACCESS.c.agency == work.agency,
                ACCESS.c.staff_id == staff_id,
                ACCESS.c.case_id == case_id,
                ACCESS.c.ended_seq.is_(None),
            )
            .values(ended_seq=seq)
        )


def settle(work: Work, staff_id: str) -> None:
    """Give numbers to grants of a person that began or ended by the clock."""
    due = work.connection.execute(
        select(GRANT)
        .where(
            GRANT.c.agency == work.agency,
            GRANT.c.staff_id == staff_id,
            GRANT.c.next_change_at <= work.now,
        )
        .order_by(GRANT.c.grant_id)
        .with_for_update()
    ).all()
    for grant in due:
        seq = work.take()
        over = grant.until is not None and grant.until <= work.now
        values = {
            "state": ENDED if over else LIVE,
            "ended_at": grant.until if over else None,
            "next_change_at": None if over else grant.until,
            "seq": seq,
        }
        work.connection.execute(
            update(GRANT)
            .where(GRANT.c.agency == work.agency, GRANT.c.grant_id == grant.grant_id)
            .values(**values)
        )
        if over:
            _end_if_last(work, staff_id, grant.case_id, seq)
        else:
            _begin(work, staff_id, grant.case_id, seq)
        act = "grant_ended" if over else "grant_began"
        work.audit(act, grant_id=grant.grant_id, case_id=grant.case_id, staff_id=staff_id)


def give_by_role(work: Work, staff_id: str, role: Role, team_id: str | None) -> None:
    """Give a person what the role brings: reserved cases, all cases, or those of the team."""
    connection, agency = work.connection, work.agency
    give(work, AGENCY_CASE_ID, staff_id, GrantKind.AGENCY)
    if role is Role.DATA_MANAGER:
        wanted = select(CASE.c.case_id).where(
            CASE.c.agency == agency, CASE.c.case_id != AGENCY_CASE_ID
        )
        kind = GrantKind.MANAGER
    elif role is Role.SUPERVISOR and team_id:
        wanted = select(CASE.c.case_id).where(CASE.c.agency == agency, CASE.c.team_id == team_id)
        kind = GrantKind.TEAM
    else:
        return
    for case_id in connection.scalars(wanted.order_by(CASE.c.case_id)).all():
        give(work, case_id, staff_id, kind)


def end_by_kind(work: Work, staff_id: str, kinds: Sequence[GrantKind] | None) -> None:
    """End a person's grants of some kinds; of every kind when `kinds` is None."""
    chosen = [GRANT.c.agency == work.agency, GRANT.c.staff_id == staff_id, GRANT.c.state != ENDED]
    if kinds is not None:
        chosen.append(GRANT.c.kind.in_([kind.value for kind in kinds]))
    rows = work.connection.execute(
        select(GRANT).where(*chosen).order_by(GRANT.c.grant_id).with_for_update()
    ).all()
    for row in rows:
        withdraw(work, row)


def create_reserved_cases(work: Work) -> None:
    """Create the cases that every agency has. Nobody has access to them yet."""
    for case_id in (AGENCY_CASE_ID, MANAGERS_CASE_ID):
        work.connection.execute(
            insert(CASE).values(
                agency=work.agency, case_id=case_id, team_id=None, opened_at=work.now
            )
        )


def grants_of_case(connection: Connection, agency: int, case_id: str) -> tuple[GrantEntry, ...]:
    """Return every grant of a case, ended ones too, in the order of their numbers."""
    rows = connection.execute(
        select(GRANT)
        .where(GRANT.c.agency == agency, GRANT.c.case_id == case_id)
        .order_by(GRANT.c.seq)
    )
    return tuple(GrantEntry.model_validate(dict(row._mapping)) for row in rows)


def find_grant(work: Work, case_id: str, grant_id: str) -> Row[tuple[object, ...]]:
    """Return a grant, locked.

    Raises:
        Refused: There is none of this id in this case.
    """
    row = work.connection.execute(
        select(GRANT)
        .where(
            GRANT.c.agency == work.agency,
            GRANT.c.grant_id == grant_id,
            GRANT.c.case_id == case_id,
        )
        .with_for_update()
    ).one_or_none()
    if row is None:
        raise Refused(Code.NOT_FOUND, "There is no such grant.")
    return row


def is_case_of_team(connection: Connection, agency: int, case_id: str, team_id: str | None) -> bool:
    """Return whether a case belongs to a team."""
    if team_id is None:
        return False
    found = connection.execute(
        select(CASE.c.case_id).where(
            CASE.c.agency == agency,
            CASE.c.case_id == case_id,
            CASE.c.team_id == team_id,
        )
    ).first()
    return found is not None
