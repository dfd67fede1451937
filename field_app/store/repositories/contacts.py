"""The questions that are asked about contacts, each one query however long the history is."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import func, literal, select, tuple_
from sqlmodel import Session, col

from field_app.domain.records.contact import Contact
from field_app.domain.vocabulary import Outcome
from field_app.store.columns import Instant
from field_app.store.repositories.records import record_of
from field_app.store.tables import ContactRow


@dataclass(frozen=True)
class ContactKey:
    """Where a page of contacts ended: the time and id of its last contact."""

    at: datetime
    record_id: str


@dataclass(frozen=True)
class ContactFact:
    """What the due dates need of a contact, read without its note."""

    case_id: str
    record_id: str
    at: datetime
    channel: str
    outcome: str
    services: tuple[str, ...]
    entered_at: datetime | None


def page_of_case(
    session: Session, case_id: str, *, limit: int, before: ContactKey | None = None
) -> list[Contact]:
    """Return up to `limit` contacts of a case, newest first, older than `before`."""
    query = select(ContactRow).where(col(ContactRow.case_id) == case_id, _alive())
    if before is not None:
        # Inside a tuple SQLAlchemy does not pass the column's type on to the value beside it.
        at = literal(before.at, Instant)
        query = query.where(
            tuple_(col(ContactRow.at), col(ContactRow.record_id)) < tuple_(at, before.record_id)
        )
    query = query.order_by(col(ContactRow.at).desc(), col(ContactRow.record_id).desc())
    return _contacts(session, query.limit(limit))


def between(
    session: Session, start: datetime, end: datetime, *, case_id: str | None = None
) -> list[Contact]:
    """Return contacts that began at or after `start` and before `end`, newest first.

    Those of one case, or of every case.
    """
    query = select(ContactRow).where(
        col(ContactRow.at) >= start, col(ContactRow.at) < end, _alive()
    )
    if case_id is not None:
        query = query.where(col(ContactRow.case_id) == case_id)
    query = query.order_by(col(ContactRow.at).desc(), col(ContactRow.record_id).desc())
    return _contacts(session, query)


def last_reached_by_case(session: Session) -> dict[str, datetime]:
    """Return when each participant was last reached, by case; nobody reached is not listed."""
    query = (
        select(col(ContactRow.case_id), func.max(col(ContactRow.at)))
        .where(col(ContactRow.outcome) == Outcome.REACHED.value, _alive())
        .group_by(col(ContactRow.case_id))
    )
    return {row[0]: row[1] for row in session.execute(query)}


def count_of_case(session: Session, case_id: str) -> int:
    """Return how many contacts a case has."""
    query = select(func.count()).where(col(ContactRow.case_id) == case_id, _alive())
    return int(session.execute(query).scalar_one())


def facts(session: Session, case_id: str | None = None) -> list[ContactFact]:
    """Return what the due dates need of all contacts (of one case, or of every case)."""
    query = select(
        col(ContactRow.case_id),
        col(ContactRow.record_id),
        col(ContactRow.at),
        col(ContactRow.channel),
        col(ContactRow.outcome),
        col(ContactRow.services),
        col(ContactRow.entered_at),
    ).where(_alive())
    if case_id is not None:
        query = query.where(col(ContactRow.case_id) == case_id)
    return [
        ContactFact(case, record_id, at, channel, outcome, tuple(services), entered_at)
        for case, record_id, at, channel, outcome, services, entered_at in session.execute(query)
    ]


def _alive() -> Any:
    return col(ContactRow.deleted).is_(False)


def _contacts(session: Session, query: Any) -> list[Contact]:
    rows = session.execute(query).scalars()
    return [record for row in rows if isinstance(record := record_of(row), Contact)]
