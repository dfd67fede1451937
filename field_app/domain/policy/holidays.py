"""The holidays of one county, computed from data: which days are not business days, and why.

A holiday file holds rules ("third Monday of January"), what happens when a holiday falls on a
weekend, one-off closures, and for each table its source and the day on which it was checked.
"""

import tomllib
from calendar import monthrange
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from field_app.domain.policy.checked_fields import CheckedFields
from field_app.domain.policy.toml_lines import line_numbers, line_of, line_of_syntax_error
from field_app.errors import InputError, ProgramFileError


class Weekday(StrEnum):
    """Days of the week in the order of `date.weekday`."""

    MONDAY = "monday"
    TUESDAY = "tuesday"
    WEDNESDAY = "wednesday"
    THURSDAY = "thursday"
    FRIDAY = "friday"
    SATURDAY = "saturday"
    SUNDAY = "sunday"


class Observed(StrEnum):
    """On which day a holiday is kept when it falls on a weekend day."""

    DAY_BEFORE = "day_before"
    DAY_AFTER = "day_after"
    SAME_DAY = "same_day"


WEEKDAYS = tuple(Weekday)
LAST_OF_MONTH = -1  # `nth` of a holiday file: the last such weekday of the month


@dataclass(frozen=True, slots=True)
class Holiday:
    """One holiday on the day on which it is kept. Names by language (`en`, `es`)."""

    on: date
    name_en: str
    name_es: str

    def name(self, language: str) -> str:
        return self.name_es if language == "es" else self.name_en


@dataclass(frozen=True, slots=True)
class HolidayRule:
    """How one holiday's date is found in each year: a day of a month, or the nth weekday of it."""

    name_en: str
    name_es: str
    month: int
    day: int | None
    weekday: Weekday | None
    nth: int | None
    days_later: int
    from_year: int | None
    until_year: int | None

    def on(self, year: int) -> date | None:
        """The date in a year before any weekend rule, or None in a year without this holiday."""
        if self.from_year is not None and year < self.from_year:
            return None
        if self.until_year is not None and year > self.until_year:
            return None
        if self.weekday is None or self.nth is None:
            return date(year, self.month, self.day or 1)
        first_weekday, days_in_month = monthrange(year, self.month)
        first = 1 + (WEEKDAYS.index(self.weekday) - first_weekday) % 7
        days = range(first, days_in_month + 1, 7)
        chosen = days[-1] if self.nth == LAST_OF_MONTH else days[self.nth - 1]
        return date(year, self.month, chosen) + timedelta(days=self.days_later)


class HolidayTable:
    """The holidays of the years `first_year` to `last_year`.

    Outside these years nothing is known, and asking is an error that names the year: a guessed
    business day would be a wrong due date that looks right.
    """

    def __init__(
        self,
        *,
        title: str,
        source: str,
        checked_on: date,
        first_year: int,
        last_year: int,
        holidays: tuple[Holiday, ...],
    ) -> None:
        self.title = title
        self.source = source
        self.checked_on = checked_on
        self.first_year = first_year
        self.last_year = last_year
        self._by_ordinal: dict[int, Holiday] = {}
        for holiday in holidays:
            if first_year <= holiday.on.year <= last_year:
                self._by_ordinal.setdefault(holiday.on.toordinal(), holiday)

    @property
    def holidays(self) -> tuple[Holiday, ...]:
        """Every holiday of the table, by date."""
        return tuple(self._by_ordinal[ordinal] for ordinal in sorted(self._by_ordinal))

    def on(self, day: date, *, field: str | None = None) -> Holiday | None:
        """The holiday of a day, or None. Raises InputError naming the year outside the table."""
        if not self.first_year <= day.year <= self.last_year:
            raise InputError(
                f"{day.year} is outside the holiday table ({self.first_year} to {self.last_year}); "
                "add the year to the holiday file",
                field=field,
                code="outside_holiday_table",
                year=day.year,
            )
        return self._by_ordinal.get(day.toordinal())


def parse_holidays(toml_text: str, file_name: str) -> HolidayTable:
    """Return the table of a holiday file. Raises ProgramFileError that names line and field."""
    try:
        document = tomllib.loads(toml_text)
    except tomllib.TOMLDecodeError as broken:
        line = line_of_syntax_error(broken, toml_text)
        raise ProgramFileError(f"{file_name} is not TOML: {broken}", line=line) from broken
    lines = line_numbers(toml_text)

    def refuse(path: str, reason: str) -> Exception:
        return ProgramFileError(f"{reason} ({file_name})", field=path, line=line_of(path, lines))

    table = CheckedFields(document, "", refuse)
    first_year = table.whole_number("first_year", at_least=1900)
    last_year = table.whole_number("last_year", at_least=1900)
    if last_year < first_year:
        table.refuse("last_year", f"{last_year} is before first_year {first_year}")
    on_saturday = table.word("saturday", Observed)
    on_sunday = table.word("sunday", Observed)
    rules = [_holiday_rule(entry) for entry in table.tables("holidays")]
    closures = [_closure(entry) for entry in table.tables("closures")]
    result = HolidayTable(
        title=table.text("title"),
        source=table.text("source"),
        checked_on=table.day("checked_on"),
        first_year=first_year,
        last_year=last_year,
        holidays=(*closures, *_observed(rules, first_year, last_year, on_saturday, on_sunday)),
    )
    table.finish()
    return result


def _holiday_rule(entry: CheckedFields) -> HolidayRule:
    month = entry.whole_number("month", at_least=1)
    if month > 12:
        entry.refuse("month", f"{month} is not a month")
    day = entry.optional_whole_number("day", at_least=1)
    weekday = entry.optional_word("weekday", Weekday)
    nth = entry.optional_whole_number("nth", at_least=LAST_OF_MONTH)
    if (day is None) == (weekday is None):
        entry.refuse("day", "give either day, or weekday with nth")
    if day is not None and day > monthrange(2023, month)[1]:  # 2023: 29 February is not yearly
        entry.refuse("day", f"month {month} does not have a day {day} in every year")
    if weekday is not None and nth not in (LAST_OF_MONTH, 1, 2, 3, 4):
        entry.refuse("nth", "must be 1, 2, 3 or 4, or -1 for the last of the month")
    rule = HolidayRule(
        name_en=entry.text("name_en"),
        name_es=entry.text("name_es"),
        month=month,
        day=day,
        weekday=weekday,
        nth=nth,
        days_later=entry.optional_whole_number("days_later") or 0,
        from_year=entry.optional_whole_number("from_year"),
        until_year=entry.optional_whole_number("until_year"),
    )
    entry.finish()
    return rule


def _closure(entry: CheckedFields) -> Holiday:
    closure = Holiday(entry.day("on"), entry.text("name_en"), entry.text("name_es"))
    entry.text("source")
    entry.day("checked_on")
    entry.finish()
    return closure


def _observed(
    rules: list[HolidayRule],
    first_year: int,
    last_year: int,
    on_saturday: Observed,
    on_sunday: Observed,
) -> Iterator[Holiday]:
    """Each holiday on the day on which it is kept.

    The year after the table is computed too: a New Year's Day on a Saturday closes 31 December.
    """
    shifts = {Observed.DAY_BEFORE: -1, Observed.SAME_DAY: 0, Observed.DAY_AFTER: 1}
    by_weekday = {5: shifts[on_saturday], 6: shifts[on_sunday]}
    for year in range(first_year - 1, last_year + 2):
        for rule in rules:
            on = rule.on(year)
            if on is not None:
                kept_on = on + timedelta(days=by_weekday.get(on.weekday(), 0))
                yield Holiday(kept_on, rule.name_en, rule.name_es)
