"""One participant's facts as they were known at a moment: what lies later is cut away here, once.

Contacts, decisions, documents and starts after the moment do not exist yet; ends after it are still
open. The rules that compute obligations read a `Case` and need not think of time again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property

from field_app.domain.due.contact_ledger import ContactLedger, ledger_of
from field_app.domain.due.facts import (
    ContactFacts,
    DecisionFacts,
    DocumentFacts,
    Facts,
    PhaseFacts,
    ServiceFacts,
)
from field_app.domain.due.first_month import FirstMonth, first_month_of
from field_app.domain.policy.calendar import last_day_of_service, second_of
from field_app.domain.policy.program import (
    DeadlineRule,
    FirstMonthStart,
    LimitUnit,
    Program,
    Readings,
    RuleInForce,
)
from field_app.domain.vocabulary import DocumentKind, Phase, Service
from field_app.errors import InputError


@dataclass(frozen=True, slots=True)
class KnownPhase:
    """A phase that has begun. Days are ordinals; `last` is None while it is open.

    `not_before` and `before` bound the days whose documents are this phase's and not those of an
    earlier or later phase of the same name.
    """

    facts: PhaseFacts
    path: str
    first: int
    last: int | None
    not_before: int
    before: int


@dataclass(frozen=True, slots=True)
class Length:
    """The longest length of a phase: its last day by number and with extensions (ordinals)."""

    in_force: RuleInForce
    last: int
    decisions: tuple[DecisionFacts, ...]
    late: tuple[DecisionFacts, ...]


@dataclass(frozen=True, slots=True)
class KnownService:
    """A service that has begun. `received` is None when no receipt is written down.

    Contacts from `received` until `contacts_until` (a second) are its own; then the next service of
    the same name begins.
    """

    facts: ServiceFacts
    path: str
    is_first: bool
    received: int | None
    received_second: int | None
    contacts_until: int
    ended: int | None
    phases: tuple[KnownPhase, ...]


class Case:
    """A participant's facts at one moment, under one program."""

    def __init__(self, facts: Facts, program: Program, now: datetime) -> None:
        self.facts = facts
        self.program = program.under(facts.readings)
        self.calendar = program.calendar
        self.now_second = second_of(now)
        self.today = self.calendar.day_of(now)
        self.ledger: ContactLedger = ledger_of(facts, self.calendar)
        self.missing: tuple[tuple[int, int], ...] = tuple(
            (first, last if last is not None else date.max.toordinal())
            for first, last in (
                (span.first_day.toordinal(), self.end(span.to))
                for span in facts.missing
                if span.first_day.toordinal() <= self.today
            )
        )
        self.services = tuple(self._services())
        self._first_months: dict[str, FirstMonth] = {}
        self._lengths: dict[str, Length | None] = {}

    # -- what is known ----------------------------------------------------------------------

    def known(self, moment: datetime | None) -> datetime | None:
        """A moment, or None when it has not come yet."""
        return moment if moment is not None and second_of(moment) <= self.now_second else None

    def known_day(self, day: date | None) -> int | None:
        """The ordinal of a day, or None when it has not come yet."""
        if day is None:
            return None
        ordinal = day.toordinal()
        return ordinal if ordinal <= self.today else None

    end = known_day  # an end that has not come yet leaves its span open

    def is_missing_in(self, first: int, last: int) -> bool:
        """Whether the youth was missing on at least one of the days."""
        return any(start <= last and first <= stop for start, stop in self.missing)

    def days_missing(self, first: int, last: int) -> int:
        """On how many of the days the youth was missing."""
        days: set[int] = set()
        for start, stop in self.missing:
            days.update(range(max(start, first), min(stop, last) + 1))
        return len(days)

    @cached_property
    def parent_contact_safe(self) -> bool | None:
        """The answer to the safety question of this youth's parent, None while unanswered."""
        answers = [
            service.facts.contact_safe
            for service in self.services
            if service.facts.service is Service.PARENT_ADVOCACY
            and service.facts.contact_safe is not None
        ]
        return answers[-1] if answers else None

    def documents(self, kind: DocumentKind, phase: KnownPhase) -> list[DocumentFacts]:
        """The documents of a kind that belong to a phase, by date."""
        found = [
            document
            for document in self.facts.documents
            if document.kind is kind
            and document.on.toordinal() <= self.today
            and phase.not_before <= document.on.toordinal() < phase.before
        ]
        return sorted(found, key=lambda document: document.on)

    def first_visit(
        self, service: KnownService, from_second: int, readings: Readings
    ) -> ContactFacts | None:
        """The first reached visit of a service from a moment on."""
        visits = self.ledger.visits(service.facts.service, readings)
        return visits.first_reached(from_second, min(self.now_second, service.contacts_until))

    # -- how long -----------------------------------------------------------------------------

    def longest_length(self, phase: KnownPhase) -> Length | None:
        """The last day a phase may have, or None when the program sets no longest length.

        Raises InputError for an extension that does not extend.
        """
        if phase.path not in self._lengths:
            self._lengths[phase.path] = self._longest_length(phase)
        return self._lengths[phase.path]

    def _longest_length(self, phase: KnownPhase) -> Length | None:
        rule = self._length_rule(phase)
        if rule is None:
            if phase.facts.decisions:
                raise InputError(
                    f"the {phase.facts.phase.value} phase has no longest length to extend",
                    field=f"{phase.path}.decisions",
                )
            return None
        last = last_day_of_service(phase.facts.first_day, rule.deadline_rule.limit).toordinal()
        applied: list[DecisionFacts] = []
        late: list[DecisionFacts] = []
        numbered = sorted(enumerate(phase.facts.decisions), key=lambda pair: pair[1].on)
        for index, decision in numbered:
            if decision.until is None or decision.on.toordinal() > self.today:
                continue
            if decision.until.toordinal() <= last:
                raise InputError(
                    f"{decision.until} does not extend: the last day is "
                    f"{date.fromordinal(last)} already",
                    field=f"{phase.path}.decisions[{index}].until",
                )
            if decision.on.toordinal() > last:
                late.append(decision)
            applied.append(decision)
            last = decision.until.toordinal()
        return Length(rule, last, tuple(applied), tuple(late))

    def first_month(self, service: KnownService) -> FirstMonth | None:
        """The first month of a service, or None when no receipt is written down."""
        if service.received is None or service.received_second is None:
            return None
        found = self._first_months.get(service.path)
        if found is None:
            version = self.program.version_on(service.received) or self.program.versions[0]
            visit = None
            if version.readings.first_month_starts is FirstMonthStart.FIRST_VISIT:
                # By day, not by hour: a visit on the day of receipt starts the month that day.
                day_start, _ = self.calendar.end_of_day(service.received - 1)
                visit = self.first_visit(service, day_start + 1, version.readings)
            found = first_month_of(
                received=service.received,
                first_visit=visit.day if visit else None,
                months=version.first_month_months,
                decisions=service.facts.decisions,
                ended=service.ended,
                today=self.today,
                path=service.path,
            )
            self._first_months[service.path] = found
        return found

    # -- building -------------------------------------------------------------------------------

    def _length_rule(self, phase: KnownPhase) -> RuleInForce | None:
        for row in self.program.deadlines:
            rule = row.rule
            if (
                isinstance(rule, DeadlineRule)
                and rule.unit is LimitUnit.MONTHS_OF_SERVICE
                and rule.phase is phase.facts.phase
                and not rule.is_agency_target
                and row.first <= phase.first <= row.last
            ):
                return row
        return None

    def _services(self) -> Iterator[KnownService]:
        begun = [
            (index, service)
            for index, service in enumerate(self.facts.services)
            if service.received_at is None or second_of(service.received_at) <= self.now_second
        ]
        no_limit = self.now_second
        for index, service in begun:
            path = f"services[{index}]"
            received = received_second = None
            if service.received_at is not None:
                received = self.calendar.day_of(service.received_at)
                received_second = second_of(service.received_at)
                if service.ended_on is not None and service.ended_on.toordinal() < received:
                    raise InputError(
                        f"{service.ended_on} is before the service was received on "
                        f"{date.fromordinal(received)}",
                        field=f"{path}.ended_on",
                    )
            same = [other for _, other in begun if other.service is service.service]
            later = [
                second_of(other.received_at) - 1
                for other in same
                if other.received_at is not None
                and received_second is not None
                and second_of(other.received_at) > received_second
            ]
            ended = self.end(service.ended_on)
            yield KnownService(
                facts=service,
                path=path,
                is_first=same[0] is service,
                received=received,
                received_second=received_second,
                contacts_until=min(later, default=no_limit),
                ended=ended,
                phases=tuple(self._phases(service, path, ended)),
            )

    def _phases(self, service: ServiceFacts, path: str, ended: int | None) -> Iterator[KnownPhase]:
        for index, phase in enumerate(service.phases):
            first = phase.first_day.toordinal()
            if first > self.today:
                continue
            ends = [last for last in (self.end(phase.to), ended) if last is not None]
            same = self._same_phases(phase.phase)
            earlier = [
                other.to.toordinal() + 1 for other in same if other.to and _ends(other, first)
            ]
            later = [
                other.first_day.toordinal() for other in same if other.first_day.toordinal() > first
            ]
            yield KnownPhase(
                facts=phase,
                path=f"{path}.phases[{index}]",
                first=first,
                last=min(ends, default=None),
                not_before=max(earlier, default=0),
                before=min(later, default=date.max.toordinal()),
            )

    def _same_phases(self, phase: Phase) -> list[PhaseFacts]:
        return [
            other
            for service in self.facts.services
            if service.service is Service.ADVOCACY
            for other in service.phases
            if other.phase is phase
        ]


def _ends(phase: PhaseFacts, before: int) -> bool:
    return phase.to is not None and phase.to.toordinal() < before
