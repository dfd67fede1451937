"""Counting rules: so many visits a month, a contact a week, one a day.

A span of active days (a phase, the first month, the days after it) is cut into calendar periods;
each period becomes one obligation. Credits and attempts are slices of the ledger's sorted lists, so
that the numbers of the result and the lists of its trace cannot differ.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterator
from datetime import date
from functools import partial

from field_app.domain.due.case import Case, KnownService
from field_app.domain.due.contact_ledger import Tally
from field_app.domain.due.facts import ContactFacts, DecisionFacts
from field_app.domain.due.first_month import DaySpans
from field_app.domain.due.obligation import Obligation, State
from field_app.domain.due.trace import Credit, Note, NoteKind, Proration, Trace
from field_app.domain.policy.periods import Period
from field_app.domain.policy.program import (
    About,
    Bimonthly,
    CountingRule,
    Counts,
    PartialMonth,
    Per,
    Readings,
    RuleInForce,
    Span,
)


def counting_obligations(case: Case) -> Iterator[list[Obligation]]:
    """Every period that has begun, of every counting rule: one list a rule and span, by date."""
    for rows in case.program.counting:
        rule = rows[0].counting_rule
        for service in case.services:
            if service.facts.service is not rule.service:
                continue
            closed_because = None
            if rule.about is About.PARENT:
                if service.facts.contact_safe is None:
                    continue  # nobody has answered the safety question: not listed
                closed_because = None if service.facts.contact_safe else "not safe"
            for first, last in _spans(case, service, rule):
                yield _of_span(case, rows, service, first, last, closed_because)


def _spans(case: Case, service: KnownService, rule: CountingRule) -> DaySpans:
    if rule.span is Span.PHASE:
        return tuple(
            (phase.first, phase.last) for phase in service.phases if phase.facts.phase is rule.phase
        )
    first_month = case.first_month(service)
    if first_month is None:
        return ()
    return first_month.first_month if rule.span is Span.FIRST_MONTH else first_month.ongoing


def _of_span(
    case: Case,
    rows: tuple[RuleInForce, ...],
    service: KnownService,
    first: int,
    last: int | None,
    closed_because: str | None,
) -> list[Obligation]:
    """Cut a span into periods. A period is judged by the rule in force on its first day.

    Days before a rule is in force are still cut into its periods, and not listed.
    """
    found: list[Obligation] = []
    day = first
    for position, row in enumerate(rows):
        latest_first = case.today
        if position + 1 < len(rows):
            latest_first = min(latest_first, rows[position + 1].first - 1)
        periods = case.program.cutter.cut(row.unit, day, last, latest_first)
        if periods:
            day = periods[-1].last + 1
            if not (row.first <= periods[0].first and periods[-1].first <= row.last):
                periods = [one for one in periods if row.first <= one.first <= row.last]
            found.extend(CountedDuty(case, row, service).obligations(periods, closed_because))
    return found


class CountedDuty:
    """One counting rule for one service of one participant."""

    __slots__ = ("case", "participant_id", "rank", "row", "rule", "service", "tally")

    def __init__(self, case: Case, row: RuleInForce, service: KnownService) -> None:
        self.case = case
        self.row = row
        self.rule: CountingRule = row.counting_rule
        self.rank = case.program.ranks[row.rule.id]
        self.service = service
        self.participant_id = case.facts.participant.id
        self.tally: Tally = case.ledger.for_rule(
            self.rule, service.facts.service, row.version.readings
        )

    def obligations(self, periods: list[Period], closed_because: str | None) -> list[Obligation]:
        """The obligations of periods that follow each other."""
        found: list[Obligation] = []
        case, rule, readings = self.case, self.rule, self.row.version.readings
        now = case.now_second
        missing = case.missing if rule.about is About.YOUTH else ()
        whole_required = _minimum(rule, readings)
        credit_days, attempt_days = self.tally.credit_days, self.tally.attempt_days
        known_credits = self.tally.known_credits(now)
        known_attempts = self.tally.known_attempts(now)
        # Looked up once: this loop runs tens of thousands of times for a caseload. `make` passes
        # over the named tuple's own __new__, which takes as long as all the rest.
        met, due = State.MET, State.DUE
        make: Callable[[tuple[object, ...]], Obligation] = partial(tuple.__new__, Obligation)
        credit_end = attempt_end = 0
        if periods:
            credit_end = min(bisect_left(credit_days, periods[0].first), known_credits)
            attempt_end = min(bisect_left(attempt_days, periods[0].first), known_attempts)
        for period in periods:
            first, last, _, _, due_second, _, unit_days = period
            credit, attempt = credit_end, attempt_end
            credit_end = bisect_right(credit_days, last, credit, known_credits)
            attempt_end = bisect_right(attempt_days, last, attempt, known_attempts)
            done = credit_end - credit
            required = whole_required
            reason = None
            is_assessed = True
            if last - first + 1 != unit_days:
                required, is_assessed = _required_of_part(rule, readings, period)
            if not is_assessed:
                state = State.NOT_ASSESSED
                required = 0
                min_days = _min_days(rule, readings)
                reason = f"active on {period.active_days} days, fewer than {min_days}"
            elif closed_because is not None:
                state, reason = State.CLOSED, closed_because
            elif done >= required:
                state = met
            elif now <= due_second:  # type: ignore[operator]  # a cut period has one
                state = due
            elif missing and case.is_missing_in(first, last):
                state = State.NOT_MET_MISSING
                reason = f"youth missing on {case.days_missing(first, last)} days"
            else:
                state = State.NOT_MET
            attempts = attempt_end - attempt
            found.append(
                make((self, period, required, done, attempts, state, reason, None, credit, attempt))
            )
        return found

    def trace(self, obligation: Obligation) -> Trace:
        """The trace of one period, made only when somebody asks why."""
        case, rule, readings = self.case, self.rule, self.row.version.readings
        period = obligation.period
        first_credit, first_attempt = obligation.first_credit, obligation.first_attempt
        credits = self.tally.credits[first_credit : first_credit + obligation.done]
        attempts = self.tally.attempts[first_attempt : first_attempt + obligation.attempts]
        uncounted = [
            contact
            for contact in self.tally.uncounted
            if period.first <= contact.day <= period.last and contact.second <= case.now_second
        ]
        is_month = rule.per in (Per.MONTH, Per.BIMONTHLY)
        is_part_of_month = is_month and period.active_days < period.unit_days
        notes: list[Note] = []
        if rule.about is About.YOUTH:
            missing_days = case.days_missing(period.first, min(period.last, case.today))
            if missing_days:
                notes.append(Note(NoteKind.YOUTH_MISSING, number=missing_days))
        decisions: tuple[DecisionFacts, ...] = ()
        if rule.span is not Span.PHASE:
            decisions, span_notes = _first_month_notes(case, self.service)
            notes.extend(span_notes)
        notes.extend(late_entries(case, [*credits, *attempts]))
        return Trace(
            version=self.row.version,
            readings=readings,
            readings_used=_readings_used(rule, is_part_of_month=is_part_of_month),
            span=rule.span,
            proration=Proration(
                minimum=_minimum(rule, readings),
                active_days=period.active_days,
                period_days=period.unit_days,
                min_days=_min_days(rule, readings),
                is_prorated=is_part_of_month and readings.partial_month is PartialMonth.PRORATE,
                required=obligation.required,
            ),
            credits=as_credits(case, credits),
            uncounted=as_credits(case, uncounted),
            attempts=as_credits(case, attempts),
            decisions=decisions,
            notes=tuple(notes),
        )


def _minimum(rule: CountingRule, readings: Readings) -> int:
    if rule.per is Per.BIMONTHLY and readings.bimonthly is Bimonthly.EVERY_TWO_MONTHS:
        return rule.minimum_every_two_months
    return rule.minimum


def _min_days(rule: CountingRule, readings: Readings) -> int:
    """The active days that a period needs to be assessed."""
    if rule.per is Per.DAY:
        return 0
    return readings.week_min_days if rule.per is Per.WEEK else readings.partial_month_min_days


def _required_of_part(rule: CountingRule, readings: Readings, period: Period) -> tuple[int, bool]:
    """The number required of a period cut short, and whether it is long enough to be assessed."""
    minimum = _minimum(rule, readings)
    is_assessed = period.active_days >= _min_days(rule, readings)
    if rule.per is not Per.WEEK and readings.partial_month is PartialMonth.PRORATE:
        minimum = -(-minimum * period.active_days // period.unit_days)  # rounded up, exactly
    return minimum, is_assessed


def _readings_used(rule: CountingRule, *, is_part_of_month: bool) -> tuple[str, ...]:
    names: list[str] = []
    if rule.per is Per.BIMONTHLY:
        names.append("bimonthly")
    if is_part_of_month:
        names.extend(("partial_month", "partial_month_min_days"))
    if rule.per is Per.WEEK:
        names.extend(("week_starts_on", "week_min_days"))
    if rule.span is not Span.PHASE:
        names.append("first_month_starts")
    if rule.counts is Counts.VISIT:
        names.extend(("one_visit_credit_per_day", "video_is_face_to_face"))
    else:
        names.append("visit_satisfies_contact")
    return tuple(names)


def _first_month_notes(
    case: Case, service: KnownService
) -> tuple[tuple[DecisionFacts, ...], list[Note]]:
    first_month = case.first_month(service)
    if first_month is None or service.received is None:
        return (), []
    until = date.fromordinal(first_month.counted_last_day)
    if first_month.started_by_visit is not None:
        day = date.fromordinal(first_month.started_by_visit)
        notes = [Note(NoteKind.FIRST_MONTH_FROM_VISIT, day=day, until=until)]
    else:
        day = date.fromordinal(service.received)
        notes = [Note(NoteKind.FIRST_MONTH_FROM_RECEIPT, day=day, until=until)]
    notes.extend(decision_notes(first_month.decisions, first_month.late))
    return first_month.decisions, notes


def decision_notes(
    decisions: tuple[DecisionFacts, ...], late: tuple[DecisionFacts, ...]
) -> Iterator[Note]:
    """A note for each decision; an extension recorded after the last day it moves is flagged."""
    for decision in decisions:
        if decision.until is None:
            yield Note(NoteKind.STABILIZED, day=decision.on)
        else:
            kind = NoteKind.EXTENDED_LATE if decision in late else NoteKind.EXTENDED
            yield Note(kind, day=decision.on, until=decision.until, word=decision.reason or "")


def as_credits(case: Case, contacts: list[ContactFacts]) -> tuple[Credit, ...]:
    """Contacts of the ledger as the trace shows them, in local time."""
    return tuple(
        Credit(date.fromordinal(contact.day), case.calendar.at(contact.second), contact)
        for contact in contacts
    )


def late_entries(case: Case, contacts: list[ContactFacts]) -> Iterator[Note]:
    """A note for each contact that was written down on a later day than it happened."""
    for contact in contacts:
        entered_at = contact.entered_at
        if entered_at is None:
            continue
        lag_days = case.calendar.day_of(entered_at) - contact.day
        if lag_days > 0:
            yield Note(NoteKind.LATE_ENTRY, day=date.fromordinal(contact.day), number=lag_days)
