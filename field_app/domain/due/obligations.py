"""What is due for one participant: facts, program and a moment in, obligations out.

Pure: no clock, no disk. The result holds until `valid_until`, the first second at which the same
facts could give another answer; before it nothing needs to be computed again.
"""

from bisect import bisect_left
from dataclasses import dataclass
from datetime import datetime
from itertools import chain
from operator import attrgetter

from field_app.domain.due.case import Case
from field_app.domain.due.counting import counting_obligations
from field_app.domain.due.deadlines import deadline_obligations
from field_app.domain.due.facts import Facts
from field_app.domain.due.obligation import Obligation
from field_app.domain.policy.calendar import second_of
from field_app.domain.policy.program import Program

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
    return assess(facts, program, as_of).obligations


def assess(facts: Facts, program: Program, as_of: datetime) -> Assessment:
    """Return the obligations and how long they hold."""
    case = Case(facts, program, as_of)
    deadlines = list(deadline_obligations(case))
    dated, undated = _in_order(deadlines, list(counting_obligations(case)))
    found = (*dated, *undated)
    return Assessment(found, case.now_second, _valid_until(case, deadlines, dated))


def _in_order(
    deadlines: list[Obligation], counted: list[list[Obligation]]
) -> tuple[list[Obligation], list[Obligation]]:
    """Those with a due time by due time, rule, service and first day; then those without one.

    The lists are put in order of rule (which has one service) and first day, and then sorted by due
    time: the sort is stable, and a key that is a plain attribute is what makes it fast.
    """
    lists = [found for found in counted if found]
    undated: list[Obligation] = []
    for one in deadlines:
        if one.period.due_second is None:
            undated.append(one)
        else:
            lists.append([one])
    lists.sort(key=lambda found: _rank(found[0]))
    dated = list(chain.from_iterable(lists))
    dated.sort(key=_due_second)
    return dated, sorted(undated, key=_rank)


def _rank(obligation: Obligation) -> tuple[int, int]:
    return (obligation.duty.rank, obligation.period.first)


def _valid_until(case: Case, deadlines: list[Obligation], dated: list[Obligation]) -> int:
    """The next local midnight, or an earlier due time, warning or known event of today."""
    now = case.now_second
    until = case.calendar.end_of_day(case.today)[0] + 1
    next_due = bisect_left(dated, now, key=_due_second)
    if next_due < len(dated):
        until = min(until, _due_second(dated[next_due]) + 1)
    for one in deadlines:
        if one.duty.rule.warns:
            for warning in one.trace.warnings:
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
