"""Counting rules: so many visits a month, a contact a week, one a day.

A span of active days (a phase, the first month, the days after it) is cut into calendar periods;
each period becomes one obligation. Credits and attempts are slices of the ledger's sorted lists, so
that the numbers of the result and the lists of its trace cannot differ.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from datetime import date
from functools import partial

from field_app.domain.calendar import month_bounds, week_bounds
from field_app.domain.case import Case, KnownService
from field_app.domain.contact_ledger import Entry, Tally
from field_app.domain.facts import DecisionFacts
from field_app.domain.first_month import DaySpans
from field_app.domain.obligation import Obligation, State
from field_app.domain.program import (
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
from field_app.domain.trace import Credit, Note, NoteKind, Proration, Trace

MONTHS_OF_A_WINDOW = 2  # "every two months": Jan-Feb, Mar-Apr, ...

# Bound once: these are looked up for every period of a caseload.
_NOT_ASSESSED = State.NOT_ASSESSED
_CLOSED = State.CLOSED
_MET = State.MET
_DUE = State.DUE


def counting_obligations(case: Case) -> Iterator[Obligation]:
    """Every period that has begun, of every counting rule of the program."""
    for rows in case.program.counting:
        rule = rows[0].rule
        assert isinstance(rule, CountingRule)  # noqa: S101 - Program.counting holds no others
        for service in case.services:
            if service.facts.service is not rule.service:
                continue
            closed_because = None
            if rule.about is About.PARENT:
                if service.facts.contact_safe is None:
                    continue
                closed_because = None if service.facts.contact_safe else "not safe"
            for first, last in _spans(case, service, rule):
                yield from _periods(case, rows, service, first, last, closed_because)


def _spans(case: Case, service: KnownService, rule: CountingRule) -> DaySpans:
    if rule.span is Span.PHASE:
        return tuple(
            (phase.first, phase.last) for phase in service.phases if phase.facts.phase is rule.phase
        )
    first_month = case.first_month(service)
    if first_month is None:
        return ()
    return first_month.first_month if rule.span is Span.FIRST_MONTH else first_month.ongoing


def _periods(
    case: Case,
    rows: tuple[RuleInForce, ...],
    service: KnownService,
    first: int,
    last: int | None,
    closed_because: str | None,
) -> Iterator[Obligation]:
    """Cut a span into periods. A period is judged by the rule in force on its first day.

    Days before a rule is in force are still cut into its periods, and not listed.
    """
    now = case.now_second
    today = case.today
    end_of_day = case.calendar.end_of_day
    participant_id = case.facts.participant.id
    from_ordinal = date.fromordinal
    row_number = 0
    row = rows[0]
    tally = None
    day = first
    while day <= today and (last is None or day <= last):
        while row_number + 1 < len(rows) and rows[row_number + 1].first <= day:
            row_number += 1
            row = rows[row_number]
            tally = None
        rule = row.rule
        assert isinstance(rule, CountingRule)  # noqa: S101 - Program.counting holds no others
        readings = row.version.readings
        if tally is None:
            tally = case.ledger.for_rule(rule, service.facts.service, readings)
            known_credits = tally.known_credits(now)
            known_attempts = tally.known_attempts(now)
            credit_days = tally.credit_days
            attempt_days = tally.attempt_days
            is_of_youth = rule.about is About.YOUTH
        unit_first, unit_last = _unit(rule, readings, day)
        period_last = unit_last if last is None or unit_last < last else last
        if not row.first <= day <= row.last:
            day = period_last + 1
            continue

        active_days = period_last - day + 1
        unit_days = unit_last - unit_first + 1
        required, min_days, is_assessed = _required(rule, readings, active_days, unit_days)
        low = bisect_left(credit_days, day)
        high = min(bisect_right(credit_days, period_last, low), known_credits)
        attempts_low = bisect_left(attempt_days, day)
        attempts_high = min(bisect_right(attempt_days, period_last, attempts_low), known_attempts)
        done = high - low if high > low else 0
        attempts = attempts_high - attempts_low if attempts_high > attempts_low else 0
        due_second, due_at = end_of_day(period_last)

        reason = None
        if not is_assessed:
            state = _NOT_ASSESSED
            reason = f"active on {active_days} days, fewer than {min_days}"
            required = 0
        elif closed_because is not None:
            state = _CLOSED
            reason = closed_because
        elif done >= required:
            state = _MET
        elif now <= due_second:
            state = _DUE
        elif is_of_youth and case.missing and case.is_missing_in(day, period_last):
            state = State.NOT_MET_MISSING
            reason = f"youth missing on {case.days_missing(day, period_last)} days"
        else:
            state = State.NOT_MET
        yield Obligation(
            rule,
            participant_id,
            rule.service,
            rule.phase,
            from_ordinal(day),
            from_ordinal(period_last),
            due_at,
            due_second,
            required,
            done,
            attempts,
            state,
            reason,
            None,
            partial(
                _trace,
                case,
                row,
                service,
                (unit_first, unit_last, min_days),
                tally,
                (low, high, attempts_low, attempts_high),
            ),
        )
        day = period_last + 1


def _unit(rule: CountingRule, readings: Readings, day: int) -> tuple[int, int]:
    """The whole calendar period that holds a day."""
    if rule.per is Per.WEEK:
        return week_bounds(day, readings.week_starts_on_weekday)
    if rule.per is Per.DAY:
        return day, day
    of_day = date.fromordinal(day)
    if rule.per is Per.BIMONTHLY and readings.bimonthly is Bimonthly.EVERY_TWO_MONTHS:
        return month_bounds(of_day.year, of_day.month, MONTHS_OF_A_WINDOW)
    return month_bounds(of_day.year, of_day.month)


def _minimum(rule: CountingRule, readings: Readings) -> int:
    if rule.per is Per.BIMONTHLY and readings.bimonthly is Bimonthly.EVERY_TWO_MONTHS:
        return rule.minimum_every_two_months
    return rule.minimum


def _required(
    rule: CountingRule, readings: Readings, active_days: int, unit_days: int
) -> tuple[int, int, bool]:
    """The number required, the active days a period needs, and whether this one has them."""
    if rule.per is Per.DAY:
        return rule.minimum, 0, True
    if rule.per is Per.WEEK:
        return rule.minimum, readings.week_min_days, active_days >= readings.week_min_days
    minimum = _minimum(rule, readings)
    if active_days == unit_days:
        return minimum, readings.partial_month_min_days, True
    if readings.partial_month is PartialMonth.PRORATE:
        minimum = -(-minimum * active_days // unit_days)  # rounded up, in whole numbers
    is_assessed = active_days >= readings.partial_month_min_days
    return minimum, readings.partial_month_min_days, is_assessed


def _trace(
    case: Case,
    row: RuleInForce,
    service: KnownService,
    unit: tuple[int, int, int],
    tally: Tally,
    slices: tuple[int, int, int, int],
    obligation: Obligation,
) -> Trace:
    """The trace of one period, made only when somebody asks why."""
    rule = row.rule
    assert isinstance(rule, CountingRule)  # noqa: S101 - made by _periods
    assert obligation.last_day is not None  # noqa: S101 - a period has a last day
    readings = row.version.readings
    unit_first, unit_last, min_days = unit
    low, high, attempts_low, attempts_high = slices
    first, last = obligation.first_day.toordinal(), obligation.last_day.toordinal()
    credits = tally.credits[low:high]
    attempts = tally.attempts[attempts_low:attempts_high]
    uncounted = [
        entry
        for entry in tally.uncounted
        if first <= entry.day <= last and entry.second <= case.now_second
    ]
    active_days, unit_days = last - first + 1, unit_last - unit_first + 1
    minimum = _minimum(rule, readings)
    is_month = rule.per in (Per.MONTH, Per.BIMONTHLY)
    is_partial = is_month and active_days < unit_days
    notes: list[Note] = []
    if rule.about is About.YOUTH and (missing := case.days_missing(first, min(last, case.today))):
        notes.append(Note(NoteKind.YOUTH_MISSING, number=missing))
    decisions: tuple[DecisionFacts, ...] = ()
    if rule.span is not Span.PHASE:
        decisions, span_notes = _first_month_notes(case, service)
        notes.extend(span_notes)
    notes.extend(late_entries(case, [*credits, *attempts]))
    return Trace(
        version=row.version,
        readings=readings,
        readings_used=_readings_used(rule, is_partial=is_partial),
        span=rule.span,
        proration=Proration(
            minimum=minimum,
            active_days=active_days,
            period_days=unit_days,
            min_days=min_days,
            is_prorated=is_partial and readings.partial_month is PartialMonth.PRORATE,
            required=obligation.required,
        ),
        credits=as_credits(case, credits),
        uncounted=as_credits(case, uncounted),
        attempts=as_credits(case, attempts),
        decisions=decisions,
        notes=tuple(notes),
    )


def _readings_used(rule: CountingRule, *, is_partial: bool) -> tuple[str, ...]:
    names: list[str] = []
    if rule.per is Per.BIMONTHLY:
        names.append("bimonthly")
    if is_partial:
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


def as_credits(case: Case, entries: list[Entry]) -> tuple[Credit, ...]:
    """Entries of the ledger as the trace shows them, in local time."""
    return tuple(
        Credit(date.fromordinal(entry.day), case.calendar.at(entry.second), entry.contact)
        for entry in entries
    )


def late_entries(case: Case, entries: list[Entry]) -> Iterator[Note]:
    """A note for each contact that was written down on a later day than it happened."""
    for entry in entries:
        entered_at = entry.contact.entered_at
        if entered_at is None:
            continue
        lag_days = case.calendar.day_of(entered_at) - entry.day
        if lag_days > 0:
            yield Note(NoteKind.LATE_ENTRY, day=date.fromordinal(entry.day), number=lag_days)
