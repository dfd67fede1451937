"""Until when a deadline runs, how its days were counted, and when it warns."""

from datetime import date, datetime
from typing import NamedTuple

from field_app.domain.due.case import Case
from field_app.domain.due.clock_starts import Start
from field_app.domain.due.facts import ContactFacts
from field_app.domain.due.obligation import ReachedWarning, WarningUnit
from field_app.domain.due.trace import SecondDate, WarningTime
from field_app.domain.policy.calendar import CountedDays, calendar_days_after, second_of
from field_app.domain.policy.program import Clock, DeadlineRule, LimitUnit

SECONDS_OF = {LimitUnit.MINUTES: 60, LimitUnit.HOURS: 3600}
SECONDS_OF_AN_HOUR = 3600


class Limit(NamedTuple):
    """When a deadline is due, None when there is no deadline. `days` are its business days."""

    second: int | None
    at: datetime | None
    days: CountedDays | None = None


def limit_of(case: Case, rule: DeadlineRule, start: Start) -> Limit:
    """Until when a deadline runs. Raises InputError for a date outside the holiday table."""
    calendar = case.calendar
    if rule.unit in SECONDS_OF:
        second = start.second + rule.limit * SECONDS_OF[rule.unit]
        return Limit(second, calendar.at(second))
    days = None
    if rule.unit is LimitUnit.BUSINESS_DAYS:
        first_day = date.fromordinal(start.day)
        days = calendar.business_days_after(first_day, rule.limit, field=start.field)
        last = days.due_day.toordinal()
    elif rule.unit is LimitUnit.CALENDAR_DAYS:
        last = start.day + rule.limit
    elif rule.unit is LimitUnit.FIRST_VISIT and start.service is not None:
        visit = _first_visit_of_phase(case, start)
        if visit is None:
            return Limit(None, None)
        last = visit.day
    elif start.phase is not None and rule.unit in (
        LimitUnit.PHASE_END,
        LimitUnit.MONTHS_OF_SERVICE,
    ):
        length = case.longest_length(start.phase)
        if rule.unit is LimitUnit.PHASE_END and start.phase.last is not None:
            last = start.phase.last
        elif length is not None:
            last = length.last
        else:
            return Limit(None, None)
    else:
        return Limit(None, None)
    return Limit(*calendar.end_of_day(last), days)


def _first_visit_of_phase(case: Case, start: Start) -> ContactFacts | None:
    assert start.service is not None  # noqa: S101 - asked only with a service
    readings = (case.program.version_on(start.day) or case.program.versions[0]).readings
    return case.first_visit(start.service, start.second, readings)


def last_warning(
    case: Case, rule: DeadlineRule, start: Start, limit: Limit
) -> ReachedWarning | None:
    """The last warning whose time has come, None before the first."""
    if not rule.warns:
        return None
    unit = WarningUnit.HOURS_AFTER if rule.warn_after_hours else WarningUnit.DAYS_BEFORE
    reached = [one for one in warning_times(case, rule, start, limit) if one.is_reached]
    return ReachedWarning(reached[-1].number, unit) if reached else None


def warning_times(
    case: Case, rule: DeadlineRule, start: Start, limit: Limit
) -> tuple[WarningTime, ...]:
    """The warnings of a deadline in order of time. A day before begins at its midnight."""
    seconds = [
        (hours, start.second + hours * SECONDS_OF_AN_HOUR) for hours in rule.warn_after_hours
    ]
    if limit.at is not None:
        last = limit.at.date().toordinal()
        for days in rule.warn_days_before:
            seconds.append((days, case.calendar.end_of_day(last - days - 1)[0] + 1))
    return tuple(
        WarningTime(number, case.calendar.at(second), second <= case.now_second)
        for number, second in sorted(seconds, key=lambda pair: pair[1])
    )


def days_counted(rule: DeadlineRule, start: Start, limit: Limit) -> CountedDays | None:
    """The days that a limit in days counted, for the trace."""
    if rule.unit is LimitUnit.CALENDAR_DAYS:
        return calendar_days_after(date.fromordinal(start.day), rule.limit)
    return limit.days


def second_date(case: Case, rule: DeadlineRule) -> SecondDate | None:
    """The date counted from the CSW's e-mail, shown beside the one that decides."""
    if rule.second_clock is not Clock.REFERRAL_SUBMITTED or case.facts.referral is None:
        return None
    submitted = case.known(case.facts.referral.submitted_at)
    if submitted is None:
        return None
    second = second_of(submitted)
    day = case.calendar.day_of(submitted)
    field = Clock.REFERRAL_SUBMITTED.value
    start = Start(Clock.REFERRAL_SUBMITTED, field, second, day, submitted)
    limit = limit_of(case, rule, start)
    if limit.at is None:
        return None
    return SecondDate(Clock.REFERRAL_SUBMITTED, case.calendar.at(second), limit.at)
