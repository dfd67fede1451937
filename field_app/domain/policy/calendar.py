"""Days and times of the program's time zone: local days, business days, months of service.

Moments are compared as whole seconds since 1970 in UTC, never as local times: two local times of
the night on which clocks go back can be equal and an hour apart. Days are compared as ordinals.
"""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from functools import cache
from zoneinfo import ZoneInfo

from field_app.domain.policy.holidays import HolidayTable
from field_app.errors import InputError


class SkippedBecause(StrEnum):
    """Why a day was not counted as a business day."""

    WEEKEND = "weekend"
    HOLIDAY = "holiday"


@dataclass(frozen=True, slots=True)
class SkippedDay:
    """A day that was passed over, with the holiday's names when it was one."""

    on: date
    because: SkippedBecause
    name_en: str = ""
    name_es: str = ""

    def name(self, language: str) -> str:
        return self.name_es if language == "es" else self.name_en


@dataclass(frozen=True, slots=True)
class CountedDays:
    """The way from a clock start to a due day: day 0, the days counted, the days skipped."""

    day_zero: date
    counted: tuple[date, ...]
    skipped: tuple[SkippedDay, ...]

    @property
    def due_day(self) -> date:
        return self.counted[-1] if self.counted else self.day_zero


class LocalCalendar:
    """Local days and times of one zone, and its business days."""

    def __init__(self, zone: ZoneInfo, holidays: HolidayTable) -> None:
        self.zone = zone
        self.holidays = holidays
        self._day_ends: dict[int, tuple[int, datetime]] = {}
        self._counted: dict[tuple[date, int], CountedDays] = {}

    def at(self, second: int) -> datetime:
        """The local time of a moment, with its offset."""
        return datetime.fromtimestamp(second, UTC).astimezone(self.zone)

    def day_of(self, moment: datetime) -> int:
        """The ordinal of the local day on which a moment falls."""
        return moment.astimezone(self.zone).toordinal()

    def end_of_day(self, ordinal: int) -> tuple[int, datetime]:
        """23:59:59 of a local day: as a second, and as a local time with offset."""
        end = self._day_ends.get(ordinal)
        if end is None:
            last = datetime.combine(date.fromordinal(ordinal), datetime.max.time(), self.zone)
            last = last.replace(microsecond=0)
            end = (second_of(last), last)
            self._day_ends[ordinal] = end
        return end

    def localize(self, local: datetime) -> datetime:
        """Give a local time its offset. The repeated hour is the earlier of the two.

        Raises ValueError for a time in the hour that clocks skip in spring: it never was.
        """
        moment = local.replace(tzinfo=self.zone, fold=0)
        if moment.astimezone(UTC).astimezone(self.zone).replace(tzinfo=None) != local:
            raise ValueError(
                f"{local.isoformat(timespec='minutes')} does not exist: clocks skip this hour"
            )
        return moment

    def business_days_after(
        self, day: date, count: int, *, field: str | None = None
    ) -> CountedDays:
        """Count business days from the day after `day` (which is day 0).

        Raises InputError naming the year, and the field, where the holiday table ends.
        """
        known = self._counted.get((day, count))
        if known is not None:
            return known
        counted: list[date] = []
        skipped: list[SkippedDay] = []
        current = day
        while len(counted) < count:
            current += timedelta(days=1)
            holiday = self.holidays.on(current, field=field)
            if current.weekday() >= 5:
                skipped.append(SkippedDay(current, SkippedBecause.WEEKEND))
            elif holiday is not None:
                names = (holiday.name_en, holiday.name_es)
                skipped.append(SkippedDay(current, SkippedBecause.HOLIDAY, *names))
            else:
                counted.append(current)
        known = CountedDays(day, tuple(counted), tuple(skipped))
        self._counted[day, count] = known
        return known


def calendar_days_after(day: date, count: int) -> CountedDays:
    """Count calendar days from the day after `day` (which is day 0)."""
    counted = tuple(day + timedelta(days=n) for n in range(1, count + 1))
    return CountedDays(day, counted, ())


def second_of(moment: datetime) -> int:
    """A moment as whole seconds since 1970 in UTC. Raises InputError for a time without a zone."""
    if moment.tzinfo is None:
        raise InputError(f"{moment.isoformat()} has no time zone")
    return int(moment.timestamp() // 1)


def last_day_of_service(first: date, months: int) -> date:
    """The last day of `months` months of service that begin on `first`.

    It is the day before the same day, `months` later; where that month is too short, its last day
    stands for the same day: one month from 31 January ends on 27 (in leap years 28) February.
    """
    year, month0 = divmod(first.year * 12 + first.month - 1 + months, 12)
    same_day = min(first.day, monthrange(year, month0 + 1)[1])
    return date(year, month0 + 1, same_day) - timedelta(days=1)


@cache
def month_bounds(year: int, month: int, months: int = 1) -> tuple[int, int]:
    """Ordinals of the first and last day of the window of `months` months that holds a month.

    Windows begin in January: of two months they are Jan-Feb, Mar-Apr, and so on.
    """
    first_month = month - (month - 1) % months
    last_month = first_month + months - 1
    last = date(year, last_month, monthrange(year, last_month)[1])
    return date(year, first_month, 1).toordinal(), last.toordinal()


def week_bounds(ordinal: int, starts_on: int) -> tuple[int, int]:
    """Ordinals of the first and last day of a day's week. `starts_on`: 0 Monday to 6 Sunday."""
    first = ordinal - (ordinal - 1 - starts_on) % 7  # ordinal 1 was a Monday
    return first, first + 6
