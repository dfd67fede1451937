"""What fulfils a deadline: a moment, a visit, a document, a phase's end; or why it is closed."""

from datetime import date, datetime
from typing import NamedTuple

from field_app.domain.due.case import Case
from field_app.domain.due.clock_starts import Start
from field_app.domain.due.facts import ClosedBecause, ContactFacts, DocumentFacts
from field_app.domain.policy.calendar import second_of
from field_app.domain.policy.program import ClosedBy, DeadlineRule

CLOSED_WORDS = {
    ClosedBecause.NOT_SAFE: "not safe",
    ClosedBecause.NO_PARENT: "no parent",
    ClosedBecause.DECLINED: "declined",
}


class Closing(NamedTuple):
    """What fulfilled a deadline: a moment, or a day (which counts to its end)."""

    second: int
    at: datetime | None
    on: date
    visit: ContactFacts | None = None


def closing_of(
    case: Case, rule: DeadlineRule, start: Start, documents: list[DocumentFacts]
) -> Closing | None:
    """What fulfilled a deadline, None while nothing has. `documents` are those of its kind."""
    if rule.closed_by is ClosedBy.FIRST_VISIT:
        assert start.service is not None  # noqa: S101 - checked when the file was read
        readings = (case.program.version_on(start.day) or case.program.versions[0]).readings
        visit = case.first_visit(start.service, start.second, readings)
        if visit is None:
            return None
        return Closing(
            visit.second, case.calendar.at(visit.second), date.fromordinal(visit.day), visit
        )
    if rule.closed_by is ClosedBy.DOCUMENT:
        given = [one for one in documents if one.closed_because is None]
        return _closing_on(case, given[0].on) if given else None
    if rule.closed_by is ClosedBy.PHASE_END:
        assert start.phase is not None  # noqa: S101 - checked when the file was read
        last = start.phase.last
        return _closing_on(case, date.fromordinal(last)) if last is not None else None
    if rule.closed_by is ClosedBy.EMPOWERMENT_OFFERED:
        assert start.service is not None  # noqa: S101 - checked when the file was read
        offered = case.known_day(start.service.facts.empowerment_offered_on)
        return _closing_on(case, date.fromordinal(offered)) if offered is not None else None
    if rule.closed_by is ClosedBy.CASE_CLOSED:
        response = case.facts.first_response
        closed = case.known_day(response.closed_on) if response else None
        return _closing_on(case, date.fromordinal(closed)) if closed is not None else None
    at = case.known(_moment(case, rule.closed_by))
    if at is None:
        return None
    second = second_of(at)
    return Closing(second, case.calendar.at(second), date.fromordinal(case.calendar.day_of(at)))


def _moment(case: Case, closed_by: ClosedBy) -> datetime | None:
    """The moment of the facts that a closing names: `referral.x` or `first_response.x`."""
    group, name = closed_by.value.split(".")
    facts = case.facts.referral if group == "referral" else case.facts.first_response
    moment: datetime | None = getattr(facts, name) if facts else None
    return moment


def _closing_on(case: Case, on: date) -> Closing:
    """A day counts as in time until its end."""
    return Closing(case.calendar.end_of_day(on.toordinal())[0], None, on)


def documents_of(case: Case, rule: DeadlineRule, start: Start) -> list[DocumentFacts]:
    """The documents that a deadline asks for and that belong to its phase, by date."""
    if rule.document is None or start.phase is None or not case.facts.documents:
        return []
    return case.documents(rule.document, start.phase)


def packet_closing(documents: list[DocumentFacts]) -> str | None:
    """Why a document will not be given, when that is the last that was recorded about it."""
    if documents and documents[-1].closed_because is not None:
        return CLOSED_WORDS[documents[-1].closed_because]
    return None
