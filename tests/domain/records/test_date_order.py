"""What ends does not end before it began, in every kind of record that has both."""

from dataclasses import fields
from datetime import UTC, date, datetime, timedelta
from typing import get_type_hints

import pytest

from field_app.domain.records.contact import COUNTY_ZONE
from field_app.domain.records.date_order import DATE_ORDER, check_date_order
from field_app.domain.records.gatherings import Meeting
from field_app.domain.records.kinds import AGENCY_KINDS, KINDS
from field_app.domain.records.record import AGENCY_CASE_ID, Record, new_id
from field_app.domain.records.record_limits import check_limits
from field_app.errors import InputError

DAY = date(2026, 3, 2)
PAIRS = [(kind, first, later) for kind, pairs in DATE_ORDER.items() for first, later in pairs]


def a_record(kind: type[Record], **days: date) -> Record:
    """Return a record with some of its days set; a field of a moment gets noon of that day."""
    hints = get_type_hints(kind)
    values = {
        name: datetime(day.year, day.month, day.day, 12, tzinfo=COUNTY_ZONE)
        if hints[name] == datetime | None
        else day
        for name, day in days.items()
    }
    case_id = AGENCY_CASE_ID if kind in AGENCY_KINDS else new_id()
    return kind(case_id=case_id, **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(("kind", "first", "later"), PAIRS)
def test_an_end_before_the_beginning_is_refused_by_its_field(
    kind: type[Record], first: str, later: str
) -> None:
    record = a_record(kind, **{first: DAY, later: DAY - timedelta(days=1)})

    with pytest.raises(InputError) as caught:
        check_limits(record)

    assert (caught.value.field, caught.value.code) == (later, "ends_early")


@pytest.mark.parametrize(("kind", "first", "later"), PAIRS)
def test_the_same_day_a_later_one_and_an_empty_field_are_in_order(
    kind: type[Record], first: str, later: str
) -> None:
    for record in (
        a_record(kind, **{first: DAY, later: DAY}),
        a_record(kind, **{first: DAY, later: DAY + timedelta(days=1)}),
        a_record(kind, **{first: DAY}),
        a_record(kind, **{later: DAY}),
    ):
        check_limits(record)


def test_a_day_is_compared_with_the_countys_day_of_a_moment() -> None:
    # 03:00 UTC on the 3rd is the evening of the 2nd in Los Angeles.
    held = Meeting(case_id=new_id(), held_at=datetime(2026, 3, 3, 3, tzinfo=UTC), next_on=DAY)

    check_date_order(held)


def test_every_period_of_days_is_in_the_table() -> None:
    """A kind with a start and an end that stands outside the table would never be checked."""
    periods = [
        kind for kind in KINDS.values() if {"starts_on"} & {field.name for field in fields(kind)}
    ]

    assert [kind.__name__ for kind in periods if kind not in DATE_ORDER] == []
