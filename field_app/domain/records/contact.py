"""Contacts: what an advocate logs, reached or not.

A contact belongs to the local date on which it began. A correction never rewrites silently: it
carries its reason, and the change history keeps what stood there before.
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from field_app.domain.records.goal import NeedKind, StageNote, Step
from field_app.domain.records.record import Record
from field_app.domain.vocabulary import Channel, ContactPurpose, Outcome, PlaceType, Service

COUNTY_ZONE = ZoneInfo("America/Los_Angeles")
"""The clock of every duty: Los Angeles County's."""

LONGEST_CONTACT = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Contact(Record):
    """One contact with one participant, or one attempt at it.

    Attributes:
        at: When it began (aware).
        channel: How.
        outcome: What became of it. Anything but reached is an attempt: shown, never credited.
        minutes: How long it lasted; None when nobody wrote it down.
        place_type: Kind of place of a visit; never an address.
        services: Services whose advocates took part; a joint visit credits two (reading 13).
        purposes: What it was about, as tags; may stay empty.
        goal_ids: Goals that were touched.
        note: What the next person needs to know. May stay empty: no story is ever required.
        entered_at: When it was first written down; the lag behind `at` is kept and shown.
        correction_reason: Why this state replaced an earlier one; empty for the first state.
        event_id: Common id of contacts that were one event (a group, several youths at once).
    """

    at: datetime
    channel: Channel
    outcome: Outcome
    minutes: int | None = None
    place_type: PlaceType | None = None
    services: tuple[Service, ...] = ()
    purposes: tuple[ContactPurpose, ...] = ()
    goal_ids: tuple[str, ...] = ()
    note: str = ""
    entered_at: datetime | None = None
    correction_reason: str = ""
    event_id: str | None = None

    @property
    def is_reached(self) -> bool:
        """Whether the person was reached: the only outcome that is credited."""
        return self.outcome is Outcome.REACHED

    @property
    def local_date(self) -> date:
        """The county's calendar day on which the contact began."""
        return self.at.astimezone(COUNTY_ZONE).date()

    @property
    def entry_lag(self) -> timedelta:
        """How long after its beginning the contact was written down; never negative."""
        if self.entered_at is None:
            return timedelta(0)
        return max(self.entered_at - self.at, timedelta(0))


@dataclass(frozen=True, kw_only=True)
class Goal(Record):
    """A goal in the youth's own words; contacts and plans name it by its record id.

    Attributes:
        words: The goal as the youth says it.
        need: The need it answers, where one of the list fits.
        opened_on: Local day it was set.
        reached_on: Local day it was reached, or the youth was content with it.
        steps: What leads there, each with its own done date.
        stages: Stages of change by date; optional, and never shown to the county.
    """

    words: str = ""
    need: NeedKind | None = None
    opened_on: date | None = None
    reached_on: date | None = None
    steps: tuple[Step, ...] = ()
    stages: tuple[StageNote, ...] = ()
