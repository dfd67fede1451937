"""Days, months of service and the two nights on which clocks change."""

from datetime import date, datetime

import pytest

from field_app.domain.policy.calendar import calendar_days_after, last_day_of_service, second_of
from field_app.errors import InputError
from field_app.programs import default_program

CALENDAR = default_program().calendar
HOLIDAYS = CALENDAR.holidays


@pytest.mark.requirement("STB-02", "X-06")
@pytest.mark.parametrize(
    ("event", "count", "due"),
    [
        ("2026-03-27", 1, "2026-03-31"),  # Chavez Day on Monday the 30th
        ("2026-03-27", 3, "2026-04-02"),
        ("2025-01-08", 1, "2025-01-10"),  # the county was closed on the 9th
        ("2026-03-24", 1, "2026-03-25"),
        ("2026-03-28", 1, "2026-03-31"),  # an event on a Saturday is day 0 too
        ("2026-07-01", 2, "2026-07-06"),  # 4 July is a Saturday: Friday the 3rd is kept
        ("2027-07-02", 1, "2027-07-06"),  # 4 July is a Sunday: Monday the 5th is kept
        ("2021-06-17", 1, "2021-06-18"),  # no Juneteenth before 2022
        ("2022-06-17", 1, "2022-06-21"),  # 19 June 2022 is a Sunday: Monday the 20th is kept
        ("2026-11-25", 1, "2026-11-30"),  # Thanksgiving and the Friday after
        ("2027-12-30", 1, "2028-01-03"),  # New Year's Day 2028 is a Saturday
        ("2019-10-11", 1, "2019-10-15"),  # Indigenous Peoples' Day
        ("2026-03-31", 1, "2026-04-01"),  # 31 March is the State's, not the county's
    ],
)
def test_business_days_skip_weekends_and_county_holidays(event: str, count: int, due: str) -> None:
    days = CALENDAR.business_days_after(date.fromisoformat(event), count)

    assert days.due_day == date.fromisoformat(due)


def test_the_days_counted_and_skipped_are_named() -> None:
    days = CALENDAR.business_days_after(date(2026, 3, 27), 1)

    assert [day.isoformat() for day in days.counted] == ["2026-03-31"]
    assert [(one.on.day, one.because.value, one.name_en) for one in days.skipped] == [
        (28, "weekend", ""),
        (29, "weekend", ""),
        (30, "holiday", "Cesar Chavez Day"),
    ]


@pytest.mark.parametrize("event", ["2035-12-31", "2036-02-01", "2018-12-30"])
def test_a_date_outside_the_holiday_table_is_an_error_that_names_the_year(event: str) -> None:
    outside = "2018" if event.startswith("2018") else "2036"

    with pytest.raises(InputError, match=outside) as wrong:
        CALENDAR.business_days_after(date.fromisoformat(event), 1, field="referral.assigned_at")

    assert wrong.value.field == "referral.assigned_at"


@pytest.mark.parametrize("year", range(2019, 2036))
def test_every_year_of_the_table_has_its_holidays_on_weekdays(year: int) -> None:
    days = [holiday.on for holiday in HOLIDAYS.holidays if holiday.on.year == year]

    assert all(day.weekday() < 5 for day in days)
    regular = 12 if year < 2022 else 13
    closures = 1 if year == 2025 else 0
    # New Year's Day of 2022, 2028 and 2033 is a Saturday and is kept in the year before.
    shifted = (year + 1 in (2022, 2028, 2033)) - (year in (2022, 2028, 2033))
    assert len(days) == regular + closures + shifted


@pytest.mark.requirement("X-06")
def test_chavez_day_is_the_last_monday_of_march() -> None:
    kept = [one.on.isoformat() for one in HOLIDAYS.holidays if one.name_en == "Cesar Chavez Day"]

    # 2019, 2021, 2022 and 2023 are the dates that the county closed on.
    assert {"2019-03-25", "2021-03-29", "2022-03-28", "2023-03-27"} <= set(kept)
    assert len(kept) == 17


@pytest.mark.requirement("STB-01")
@pytest.mark.parametrize(
    ("first", "months", "last"),
    [
        ("2026-01-31", 1, "2026-02-27"),
        ("2025-10-31", 4, "2026-02-27"),
        ("2026-01-15", 1, "2026-02-14"),
        ("2028-01-31", 1, "2028-02-28"),  # a leap year
        ("2028-02-29", 1, "2028-03-28"),
        ("2027-10-30", 4, "2028-02-28"),
        ("2026-03-01", 1, "2026-03-31"),
        ("2026-12-15", 6, "2027-06-14"),
    ],
)
def test_months_of_service_end_the_day_before_the_same_day(
    first: str, months: int, last: str
) -> None:
    assert last_day_of_service(date.fromisoformat(first), months) == date.fromisoformat(last)


def test_the_repeated_hour_is_the_earlier_one() -> None:
    moment = CALENDAR.localize(datetime.fromisoformat("2026-11-01T01:30"))

    assert moment.isoformat() == "2026-11-01T01:30:00-07:00"


def test_a_time_in_the_skipped_hour_is_an_error() -> None:
    with pytest.raises(ValueError, match="clocks skip this hour"):
        CALENDAR.localize(datetime.fromisoformat("2026-03-08T02:30"))


def test_days_end_at_their_own_offset_around_both_changes() -> None:
    ends = [
        CALENDAR.end_of_day(date(2026, month, day).toordinal())[1]
        for month, day in ((3, 7), (3, 8), (10, 31), (11, 1))
    ]

    assert [end.isoformat() for end in ends] == [
        "2026-03-07T23:59:59-08:00",
        "2026-03-08T23:59:59-07:00",
        "2026-10-31T23:59:59-07:00",
        "2026-11-01T23:59:59-08:00",
    ]


def test_calendar_days_count_from_the_day_after() -> None:
    assert calendar_days_after(date(2028, 2, 26), 7).due_day == date(2028, 3, 4)


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(InputError, match="no time zone"):
        second_of(datetime.fromisoformat("2026-03-08T12:00"))
