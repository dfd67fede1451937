"""Calendar periods: spans of days cut at the ends of weeks, months or days.

Periods that reach their calendar end are made once and shared by every participant: they are most
of a caseload's obligations, and making dates and times for each would cost more than counting them.
"""

from datetime import date, datetime
from typing import NamedTuple

from field_app.domain.policy.calendar import LocalCalendar, month_bounds, week_bounds

DAYS_OF_A_WEEK = 7
MONTHS_OF_A_WINDOW = 2  # "every two months": Jan-Feb, Mar-Apr, ...


class Unit(NamedTuple):
    """A kind of calendar period: `days` 1 or 7, or `months` 1 or 2 (Jan-Feb, Mar-Apr, ...)."""

    days: int = 0
    week_starts_on: int = 0  # 0 Monday to 6 Sunday
    months: int = 0


class Period(NamedTuple):
    """The active days of one obligation, and when it is due.

    `first` and `last` are ordinals; `last_day` and `due_at` are None without a deadline.
    `unit_days` is the length of the whole calendar period that these days lie in.
    """

    first: int
    last: int
    first_day: date
    last_day: date | None
    due_second: int | None
    due_at: datetime | None
    unit_days: int

    @property
    def active_days(self) -> int:
        return self.last - self.first + 1


class PeriodCutter:
    """Cuts spans into periods, and remembers those that reach their calendar end."""

    def __init__(self, calendar: LocalCalendar) -> None:
        self._calendar = calendar
        self._to_unit_end: dict[Unit, dict[int, Period]] = {}

    def cut(self, unit: Unit, first: int, last: int | None, latest_first: int) -> list[Period]:
        """The periods of a span, from its first day on, that begin on or before `latest_first`.

        An open span's last period reaches its calendar end. All days are ordinals.
        """
        to_unit_end = self._to_unit_end.setdefault(unit, {})
        pieces: list[Period] = []
        day = first
        while day <= latest_first and (last is None or day <= last):
            period = to_unit_end.get(day)
            if period is None:
                unit_first, unit_last = _bounds(unit, day)
                period = self._piece(day, unit_last, unit_last - unit_first + 1)
                to_unit_end[day] = period
            if last is not None and period.last > last:
                period = self._piece(day, last, period.unit_days)
            pieces.append(period)
            day = period.last + 1
        return pieces

    def _piece(self, first: int, last: int, unit_days: int) -> Period:
        due_second, due_at = self._calendar.end_of_day(last)
        return Period(
            first,
            last,
            date.fromordinal(first),
            date.fromordinal(last),
            due_second,
            due_at,
            unit_days,
        )


def _bounds(unit: Unit, day: int) -> tuple[int, int]:
    if unit.months:
        of_day = date.fromordinal(day)
        return month_bounds(of_day.year, of_day.month, unit.months)
    if unit.days == 1:
        return day, day
    return week_bounds(day, unit.week_starts_on)
