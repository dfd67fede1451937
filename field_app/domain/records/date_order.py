"""Days and moments of a record that follow each other: an end is not before its beginning.

Services ask before they save, and import asks of every record, so what one writes the other takes.
Only what people choose stands here. A moment that a tap stamps (a check-out, a call) may lie before
another one when a device's clock was put right in between, and is kept as it is.
"""

from datetime import date, datetime

from field_app.domain.records.contact import COUNTY_ZONE
from field_app.domain.records.duties import RecordsDemand
from field_app.domain.records.gatherings import CourtSupport, Meeting
from field_app.domain.records.plans import Linkage
from field_app.domain.records.profile import PlacementPeriod
from field_app.domain.records.record import Record
from field_app.domain.records.release import Release
from field_app.domain.records.service import (
    FirstResponse,
    MissingEpisode,
    PhasePeriod,
    ServicePeriod,
    Waiver,
)
from field_app.errors import InputError

DATE_ORDER: dict[type[Record], tuple[tuple[str, str], ...]] = {
    ServicePeriod: (("received_at", "ended_on"),),
    PhasePeriod: (("starts_on", "ends_on"),),
    Waiver: (("starts_on", "ends_on"),),
    MissingEpisode: (("missing_from", "returned_on"),),
    FirstResponse: (
        ("called_at", "arrived_at"),
        ("called_at", "available_until"),
        ("called_at", "closed_on"),
    ),
    PlacementPeriod: (("starts_on", "ends_on"),),
    Release: (("starts_on", "expires_on"),),
    RecordsDemand: (
        ("received_on", "participant_told_on"),
        ("received_on", "counsel_told_on"),
        ("received_on", "hold_until"),
        ("received_on", "released_on"),
    ),
    Meeting: (("held_at", "next_on"),),
    CourtSupport: (("hearing_on", "next_hearing_on"),),
    Linkage: (("opened_on", "follow_up_on"),),
}
"""Pairs of fields of which the second is never before the first."""


def check_date_order(record: Record) -> None:
    """Refuse a record that ends before it began; a field left empty is in order.

    Raises:
        InputError: The later field is named.
    """
    for first, later in DATE_ORDER.get(type(record), ()):
        start, end = getattr(record, first), getattr(record, later)
        if start is not None and end is not None and _is_before(end, start):
            raise InputError(
                "The end lies before the beginning. Correct one of the two.",
                field=later,
                code="ends_early",
            )


def _is_before(end: date, start: date) -> bool:
    """Compare two days or two moments; a day and a moment by the county's day of the moment."""
    if isinstance(end, datetime) and isinstance(start, datetime):
        return end < start
    return _day(end) < _day(start)


def _day(value: date) -> date:
    return value.astimezone(COUNTY_ZONE).date() if isinstance(value, datetime) else value
