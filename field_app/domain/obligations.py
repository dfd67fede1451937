"""What is due for one participant: facts, program and a moment in, obligations out.

Pure: no clock, no disk. The result holds until `valid_until`, the first second at which the same
facts could give another answer; before it nothing needs to be computed again.
"""

from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter

from field_app.domain.calendar import second_of
from field_app.domain.case import Case
from field_app.domain.counting import counting_obligations
from field_app.domain.deadlines import deadline_obligations
from field_app.domain.facts import Facts
from field_app.domain.obligation import Obligation
from field_app.domain.program import Program

_due_second = attrgetter("period.due_second")


@dataclass(frozen=True, slots=True)
class Assessment:
    """A participant's obligations with the seconds (UTC) from and before which they hold."""

    obligations: tuple[Obligation, ...]
    valid_from: int
    valid_until: int


def obligations(facts: Facts, program: Program, as_of: datetime) -> tuple[Obligation, ...]:
    """Return every duty that has begun by `as_of`, ordered by due time, rule, service and day.

    Raises InputError that names the field for facts that cannot be (an extension that does not
    extend, a date outside the holiday table).
    """
    return tuple(_computed(Case(facts, program, as_of)))


def assess(facts: Facts, program: Program, as_of: datetime) -> Assessment:
    """Return the obligations and how long they hold."""
    case = Case(facts, program, as_of)
    found = tuple(_computed(case))
    return Assessment(found, case.now_second, _valid_until(case, found))


def _computed(case: Case) -> list[Obligation]:
    """Everything in order of due time, rule, service and first day; without a deadline last.

    The lists are put in order of rule (which has one service) and first day, and then sorted by due
    time: the sort is stable, and a key that is a plain attribute is what makes it fast.
    """
    lists = [[one] for one in deadline_obligations(case)]
    lists.extend(found for found in counting_obligations(case) if found)
    lists.sort(key=_rank_of_list)
    every = [one for found in lists for one in found]
    dated = [one for one in every if one.period.due_second is not None]
    dated.sort(key=_due_second)
    dated.extend(one for one in every if one.period.due_second is None)
    return dated


def _rank_of_list(found: list[Obligation]) -> tuple[int, int]:
    return (found[0].duty.rank, found[0].period.first)


def _valid_until(case: Case, found: tuple[Obligation, ...]) -> int:
    """The next local midnight, or an earlier due time, warning or known event of today."""
    now = case.now_second
    until = case.calendar.end_of_day(case.today)[0] + 1
    for obligation in found:
        due_second = obligation.period.due_second
        if due_second is not None and now <= due_second < until:
            until = due_second + 1
        if obligation.duty.rule.warns:
            for warning in obligation.trace.warnings:
                if not warning.is_reached:
                    until = min(until, second_of(warning.at))
    for moment in _moments(case.facts):
        second = second_of(moment)
        if now < second < until:
            until = second
    next_contact = case.ledger.next_after(now)
    return until if next_contact is None else min(until, next_contact)


def _moments(facts: Facts) -> list[datetime]:
    referral, response = facts.referral, facts.first_response
    moments = [service.received_at for service in facts.services]
    if referral is not None:
        moments += [referral.submitted_at, referral.assigned_at, referral.csw_contacted_at]
    if response is not None:
        moments += [
            response.called_at,
            response.arrived_at,
            response.safety_plan_at,
            response.medical_hub_at,
            response.initial_mdt_at,
        ]
    return [moment for moment in moments if moment is not None]
