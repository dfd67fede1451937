"""The trace of an obligation: what was counted, what was not, and which readings decided it.

The explanation is written from it and from nothing else. Its numbers are those of the result:
`done` is the number of credits, `attempts` that of attempts.
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from field_app.domain.due.facts import ContactFacts, DecisionFacts
from field_app.domain.policy.calendar import CountedDays
from field_app.domain.policy.program import Clock, EmpowermentTerms, Readings, Span, Version


class NoteKind(StrEnum):
    """Something a reader should know that does not change the state."""

    YOUTH_MISSING = "youth_missing"  # number: days missing
    FIRST_MONTH_FROM_VISIT = "first_month_from_visit"  # day: the first visit; until: last day
    FIRST_MONTH_FROM_RECEIPT = "first_month_from_receipt"
    EXTENDED = "extended"  # day: decided on; until
    EXTENDED_LATE = "extended_late"  # day: decided on, after the last day then in force; until
    STABILIZED = "stabilized"  # day
    LATE_ENTRY = "late_entry"  # day: of the contact; number: days until it was written down
    DONE_BEFORE_CLOCK = "done_before_clock"
    HUB_ANSWER = "hub_answer"  # word
    OFFER_ANSWER = "offer_answer"  # word
    CLOSE_REASON = "close_reason"  # word: the reason as written
    WAITS_FOR_VISIT = "waits_for_visit"
    PHASE_OPEN = "phase_open"  # until: the last day of the longest length


@dataclass(frozen=True, slots=True)
class Note:
    """A note with what its sentence needs."""

    kind: NoteKind
    day: date | None = None
    until: date | None = None
    number: int = 0
    word: str = ""


@dataclass(frozen=True, slots=True)
class ClockStart:
    """Where a deadline starts to run."""

    clock: Clock
    at: datetime | None
    day: date


@dataclass(frozen=True, slots=True)
class SecondDate:
    """The date that another clock would give. It is shown, and decides nothing."""

    clock: Clock
    at: datetime
    due_at: datetime


@dataclass(frozen=True, slots=True)
class Proration:
    """How the number required came about.

    `minimum` is asked of the whole period of `period_days`; the duty was active on `active_days`.
    `min_days` is how many active days a period needs to be assessed, 0 where every period is.
    """

    minimum: int
    active_days: int
    period_days: int
    min_days: int
    is_prorated: bool
    required: int


@dataclass(frozen=True, slots=True)
class Credit:
    """A contact that was counted."""

    day: date
    at: datetime
    contact: ContactFacts


@dataclass(frozen=True, slots=True)
class WarningTime:
    """A warning of a deadline: its number (48 hours, 14 days), when, and whether it has come."""

    number: int
    at: datetime
    is_reached: bool


@dataclass(frozen=True, slots=True)
class Trace:
    """How one obligation came to its result. Fields that do not apply are None or empty.

    `uncounted` are visits on a day that already has its credit. `readings_used` names the readings
    that could have changed this result.
    """

    version: Version
    readings: Readings
    readings_used: tuple[str, ...]
    clock: ClockStart | None = None
    days: CountedDays | None = None
    closed_at: datetime | None = None
    closed_on: date | None = None
    second: SecondDate | None = None
    span: Span | None = None
    proration: Proration | None = None
    credits: tuple[Credit, ...] = ()
    uncounted: tuple[Credit, ...] = ()
    attempts: tuple[Credit, ...] = ()
    warnings: tuple[WarningTime, ...] = ()
    decisions: tuple[DecisionFacts, ...] = ()
    notes: tuple[Note, ...] = ()
    empowerment: EmpowermentTerms | None = None
