"""A program: the duties of a policy with their numbers, readings and quotes, all from data.

A program has versions with effective dates. A duty is judged by the version in force on the day its
clock starts, or on the first day of its period. `program_file` makes one from a TOML text.
"""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from field_app.domain.policy.calendar import LocalCalendar
from field_app.domain.policy.holidays import Weekday
from field_app.domain.policy.periods import (
    DAYS_OF_A_WEEK,
    MONTHS_OF_A_WINDOW,
    PeriodCutter,
    Unit,
)
from field_app.domain.vocabulary import Channel, DocumentKind, Phase, Service


class PartialMonth(StrEnum):
    """What is asked of a month in which the phase is active on only some days."""

    PRORATE = "prorate"
    FULL = "full"


class WeekStart(StrEnum):
    """The first day of a week."""

    MONDAY = "monday"
    SUNDAY = "sunday"


class FirstMonthStart(StrEnum):
    """From which day the first month of service is counted."""

    FIRST_VISIT = "first_visit"
    RECEIVED = "received"


class Bimonthly(StrEnum):
    """What "bi-monthly" means."""

    TWICE_A_MONTH = "twice_a_month"
    EVERY_TWO_MONTHS = "every_two_months"


@dataclass(frozen=True, slots=True)
class Readings:
    """How ambiguous sentences are understood. The names are those of the program file."""

    visit_satisfies_contact: bool
    partial_month: PartialMonth
    partial_month_min_days: int
    week_starts_on: WeekStart
    week_min_days: int
    one_visit_credit_per_day: bool
    first_month_starts: FirstMonthStart
    bimonthly: Bimonthly
    video_is_face_to_face: bool

    @property
    def week_starts_on_weekday(self) -> int:
        """0 for Monday to 6 for Sunday."""
        return tuple(Weekday).index(Weekday(self.week_starts_on.value))


READING_NAMES = tuple(field.name for field in fields(Readings))


class Clock(StrEnum):
    """From what a deadline is counted."""

    REFERRAL_ASSIGNED = "referral.assigned_at"
    REFERRAL_SUBMITTED = "referral.submitted_at"
    ASSIGNMENT_OR_RECEIPT = "assignment_or_receipt"
    CALLED = "first_response.called_at"
    RECEIVED = "service.received_at"
    PHASE_FROM = "phase.from"


class ClosedBy(StrEnum):
    """What fulfils a deadline."""

    CSW_CONTACTED = "referral.csw_contacted_at"
    ARRIVED = "first_response.arrived_at"
    SAFETY_PLAN = "first_response.safety_plan_at"
    MEDICAL_HUB = "first_response.medical_hub_at"
    INITIAL_MDT = "first_response.initial_mdt_at"
    CASE_CLOSED = "first_response.closed_on"
    FIRST_VISIT = "first_visit"
    DOCUMENT = "document"
    PHASE_END = "phase.to"
    EMPOWERMENT_OFFERED = "service.empowerment_offered_on"


class LimitUnit(StrEnum):
    """In what a deadline is counted."""

    BUSINESS_DAYS = "business_days"
    CALENDAR_DAYS = "calendar_days"
    HOURS = "hours"
    MINUTES = "minutes"
    MONTHS_OF_SERVICE = "months_of_service"
    PHASE_END = "phase_end"  # the phase's last day, or the last of its longest length while open
    FIRST_VISIT = "first_visit"  # the day of the service's first visit
    NONE = "none"  # no deadline


class Span(StrEnum):
    """On which days a counting rule is active."""

    PHASE = "phase"
    FIRST_MONTH = "first_month"
    ONGOING = "ongoing"


class Per(StrEnum):
    """The period of a counting rule."""

    MONTH = "month"
    BIMONTHLY = "bimonthly"  # twice a month or once in two months: the reading decides
    WEEK = "week"
    DAY = "day"


class Counts(StrEnum):
    """What a counting rule counts."""

    VISIT = "visit"
    CONTACT = "contact"


class About(StrEnum):
    """Whom a duty concerns. A parent's waits for the safety question and ignores missing youth."""

    YOUTH = "youth"
    PARENT = "parent"


@dataclass(frozen=True, slots=True, eq=False)
class Rule:
    """What every rule has: its words, its sentence and where it holds.

    `quote` is empty for an agency target: the policy has no such sentence.
    """

    id: str
    title_en: str
    title_es: str
    service: Service | None
    phase: Phase | None
    about: About
    is_agency_target: bool
    requirement: str
    quote: str
    source: str
    effective_from: date | None

    def title(self, language: str) -> str:
        return self.title_es if language == "es" else self.title_en

    @property
    def warns(self) -> bool:
        """Whether the rule has warnings before it is due."""
        return False


@dataclass(frozen=True, slots=True, eq=False)
class DeadlineRule(Rule):
    """Done by a time: `limit` of `unit` after `clock`.

    `is_floor` turns it round: the case stays open at least that long. Warnings are hours after the
    clock, or days before the last day.
    """

    clock: Clock
    second_clock: Clock | None
    closed_by: ClosedBy
    document: DocumentKind | None
    limit: int
    unit: LimitUnit
    warn_after_hours: tuple[int, ...]
    warn_days_before: tuple[int, ...]
    is_floor: bool

    @property
    def warns(self) -> bool:
        return bool(self.warn_after_hours or self.warn_days_before)


@dataclass(frozen=True, slots=True, eq=False)
class CountingRule(Rule):
    """At least `minimum` credits in every period of the span."""

    span: Span
    per: Per
    counts: Counts
    channels: tuple[Channel, ...]
    minimum: int
    minimum_every_two_months: int


@dataclass(frozen=True, slots=True)
class Topic:
    """One subject of the Parent Empowerment Program."""

    en: str
    es: str


@dataclass(frozen=True, slots=True)
class EmpowermentTerms:
    """The Parent Empowerment Program as the agency gives it."""

    sessions: int
    session_minutes: int
    topics: tuple[Topic, ...]


@dataclass(frozen=True, slots=True)
class IntakeTerms:
    """Whom a referral is warned about: another county, or an age at or over the limit."""

    county: str
    age_limit_years: int


@dataclass(frozen=True, slots=True, eq=False)
class Version:
    """A policy as it stands from a day on, complete in itself."""

    version: str
    effective_from: date
    source: str
    readings: Readings
    first_month_months: int
    intake: IntakeTerms
    empowerment: EmpowermentTerms
    rules: tuple[Rule, ...]


@dataclass(frozen=True, slots=True, eq=False)
class RuleInForce:
    """One rule of one version with the days (ordinals, both inclusive) on which it is in force."""

    rule: Rule
    version: Version
    first: int
    last: int

    @property
    def counting_rule(self) -> CountingRule:
        assert isinstance(self.rule, CountingRule)  # noqa: S101 - asked for counting rows only
        return self.rule

    @property
    def deadline_rule(self) -> DeadlineRule:
        assert isinstance(self.rule, DeadlineRule)  # noqa: S101 - asked for deadline rows only
        return self.rule

    @property
    def unit(self) -> Unit:
        """The calendar period of a counting rule, under this version's readings."""
        per, readings = self.counting_rule.per, self.version.readings
        if per is Per.DAY:
            return Unit(days=1)
        if per is Per.WEEK:
            return Unit(days=DAYS_OF_A_WEEK, week_starts_on=readings.week_starts_on_weekday)
        if per is Per.BIMONTHLY and readings.bimonthly is Bimonthly.EVERY_TWO_MONTHS:
            return Unit(months=MONTHS_OF_A_WINDOW)
        return Unit(months=1)


class Program:
    """A program ready for use: its rules by id, each with its versions in order of date.

    `ranks` is the place of each rule id in the order of the ids.
    """

    def __init__(
        self,
        *,
        id: str,
        title: str,
        zone: ZoneInfo,
        calendar: LocalCalendar,
        versions: tuple[Version, ...],
    ) -> None:
        self.id = id
        self.title = title
        self.zone = zone
        self.calendar = calendar
        self.cutter = PeriodCutter(calendar)
        self.versions = tuple(sorted(versions, key=lambda version: version.effective_from))
        self._read_otherwise: dict[tuple[tuple[str, Any], ...], Program] = {}
        self.ranks: dict[str, int] = {}
        self.deadlines: tuple[RuleInForce, ...] = ()
        self.counting: tuple[tuple[RuleInForce, ...], ...] = ()
        self._list_rules()

    def version_on(self, ordinal: int) -> Version | None:
        """The version in force on a day, or None before the first."""
        found = None
        for version in self.versions:
            if version.effective_from.toordinal() <= ordinal:
                found = version
        return found

    def under(self, readings: Mapping[str, Any]) -> "Program":
        """This program with some readings replaced in every version. Remembered, so it is cheap."""
        if not readings:
            return self
        key = tuple(sorted(readings.items()))
        program = self._read_otherwise.get(key)
        if program is None:
            versions = tuple(
                replace(version, readings=replace(version.readings, **readings))
                for version in self.versions
            )
            program = Program(
                id=self.id,
                title=self.title,
                zone=self.zone,
                calendar=self.calendar,
                versions=versions,
            )
            self._read_otherwise[key] = program
        return program

    def _list_rules(self) -> None:
        deadlines: list[RuleInForce] = []
        counting: dict[str, list[RuleInForce]] = {}
        for version, following in zip(self.versions, [*self.versions[1:], None], strict=True):
            last = date.max.toordinal()
            if following is not None:
                last = following.effective_from.toordinal() - 1
            for rule in version.rules:
                first = max(version.effective_from, rule.effective_from or version.effective_from)
                in_force = RuleInForce(rule, version, first.toordinal(), last)
                if isinstance(rule, CountingRule):
                    counting.setdefault(rule.id, []).append(in_force)
                else:
                    deadlines.append(in_force)
        self.ranks = {
            rule_id: rank
            for rank, rule_id in enumerate(
                sorted({row.rule.id for row in deadlines} | set(counting))
            )
        }
        self.deadlines = tuple(deadlines)
        self.counting = tuple(tuple(rows) for rows in counting.values())
