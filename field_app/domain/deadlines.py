"""Deadlines: done by a time, counted in business days, calendar days, elapsed hours or phases.

Each rule of the program is matched with every clock that has started (a call, a referral, a
service, a phase); each match becomes one obligation, open or not. Elapsed limits count real
seconds; day limits end at 23:59:59 local of their last day.
"""

from collections.abc import Iterator
from datetime import date, datetime
from typing import NamedTuple

from field_app.domain.calendar import CountedDays, calendar_days_after, second_of
from field_app.domain.case import Case, KnownPhase, KnownService
from field_app.domain.contact_ledger import Entry
from field_app.domain.counting import as_credits, decision_notes, late_entries
from field_app.domain.facts import ClosedBecause, DocumentFacts
from field_app.domain.obligation import Obligation, ReachedWarning, State, WarningUnit
from field_app.domain.periods import Period
from field_app.domain.program import (
    About,
    Clock,
    ClosedBy,
    DeadlineRule,
    LimitUnit,
    RuleInForce,
)
from field_app.domain.trace import ClockStart, Note, NoteKind, SecondDate, Trace, WarningTime

SECONDS_OF = {LimitUnit.MINUTES: 60, LimitUnit.HOURS: 3600}
SECONDS_OF_AN_HOUR = 3600

_CLOSED_WORDS = {
    ClosedBecause.NOT_SAFE: "not safe",
    ClosedBecause.NO_PARENT: "no parent",
    ClosedBecause.DECLINED: "declined",
}


class Start(NamedTuple):
    """A clock that has started: when, by which field of the facts, for which service or phase."""

    clock: Clock
    field: str
    second: int
    day: int
    at: datetime | None
    service: KnownService | None = None
    phase: KnownPhase | None = None


class Limit(NamedTuple):
    """When a deadline is due, None when there is no deadline. `days` are its business days."""

    second: int | None
    at: datetime | None
    days: CountedDays | None = None


class Closing(NamedTuple):
    """What fulfilled a deadline: a moment, or a day (which counts to its end)."""

    second: int
    at: datetime | None
    on: date
    visit: Entry | None = None


def deadline_obligations(case: Case) -> Iterator[Obligation]:
    """Every deadline whose clock has started."""
    for row in case.program.deadlines:
        rule = row.deadline_rule
        for start in _starts(case, rule):
            if row.first <= start.day <= row.last:
                obligation = _obligation(case, row, rule, start)
                if obligation is not None:
                    yield obligation


def _starts(case: Case, rule: DeadlineRule) -> Iterator[Start]:
    facts = case.facts
    if rule.clock is Clock.REFERRAL_ASSIGNED:
        if facts.referral:
            yield from _start(case, rule.clock, rule.clock.value, facts.referral.assigned_at)
    elif rule.clock is Clock.CALLED:
        if facts.first_response:
            yield from _start(case, rule.clock, rule.clock.value, facts.first_response.called_at)
    elif rule.clock in (Clock.RECEIVED, Clock.ASSIGNMENT_OR_RECEIPT):
        for service in case.services:
            if service.facts.service is rule.service:
                yield from _start_of_service(case, rule, service)
    elif rule.clock is Clock.PHASE_FROM:
        for service in case.services:
            for phase in service.phases if service.facts.service is rule.service else ():
                if phase.facts.phase is rule.phase:
                    second = case.calendar.end_of_day(phase.first - 1)[0] + 1
                    field = f"{phase.path}.from"
                    yield Start(rule.clock, field, second, phase.first, None, service, phase)


def _start(
    case: Case,
    clock: Clock,
    field: str,
    moment: datetime | None,
    service: KnownService | None = None,
) -> Iterator[Start]:
    at = case.known(moment)
    if at is not None:
        second = second_of(at)
        yield Start(clock, field, second, case.calendar.day_of(at), at, service)


def _start_of_service(case: Case, rule: DeadlineRule, service: KnownService) -> Iterator[Start]:
    """The assignment of the referral comes first; a later service of the same kind has no other."""
    referral = case.facts.referral
    if rule.clock is Clock.ASSIGNMENT_OR_RECEIPT and service.is_first and referral is not None:
        starts = list(
            _start(
                case,
                Clock.REFERRAL_ASSIGNED,
                Clock.REFERRAL_ASSIGNED.value,
                referral.assigned_at,
                service,
            )
        )
        if starts:
            yield from starts
            return
    field = f"{service.path}.received_at"
    yield from _start(case, Clock.RECEIVED, field, service.facts.received_at, service)


def _obligation(
    case: Case, row: RuleInForce, rule: DeadlineRule, start: Start
) -> Obligation | None:
    documents = _documents(case, rule, start)
    closed_because = packet_is_closed = _packet_closing(documents)
    if rule.about is About.PARENT:
        is_safe = _parent_is_safe(case, start)
        if is_safe is None and packet_is_closed is None:
            return None  # nobody has answered the safety question: the duty is not listed
        if is_safe is False:
            closed_because = _CLOSED_WORDS[ClosedBecause.NOT_SAFE]
    limit = _limit(case, rule, start)
    closing = _closing(case, rule, start, documents)
    if rule.is_floor:
        state, reason = _floor_state(case, limit, closing)
    elif closed_because is not None:
        state, reason = State.CLOSED, closed_because
    elif closing is not None:
        on_time = limit.second is None or closing.second <= limit.second
        state, reason = (State.MET if on_time else State.MET_LATE), None
    elif limit.second is None or case.now_second <= limit.second:
        state, reason = State.DUE, None
    else:
        state, reason = State.OVERDUE, None

    is_done = state is State.MET if rule.is_floor else closing is not None
    attempts = _attempts(case, row, rule, start, limit, closing)
    duty = DeadlineDuty(case, row, start, limit, closing, attempts)
    return Obligation(
        duty,
        Period(
            first=start.day,
            last=limit.at.toordinal() if limit.at else start.day,
            first_day=date.fromordinal(start.day),
            last_day=limit.at.date() if limit.at else None,
            due_second=limit.second,
            due_at=limit.at,
            unit_days=0,
        ),
        required=1,
        done=int(is_done),
        attempts=len(attempts),
        state=state,
        reason=reason,
        warning=_last_warning(case, rule, start, limit) if state is State.DUE else None,
    )


# -- when it is due ---------------------------------------------------------------------------


def _limit(case: Case, rule: DeadlineRule, start: Start) -> Limit:
    calendar = case.calendar
    if rule.unit in SECONDS_OF:
        second = start.second + rule.limit * SECONDS_OF[rule.unit]
        return Limit(second, calendar.at(second))
    days = None
    if rule.unit is LimitUnit.BUSINESS_DAYS:
        first_day = date.fromordinal(start.day)
        days = calendar.business_days_after(first_day, rule.limit, field=start.field)
        last = days.due_day.toordinal()
    elif rule.unit is LimitUnit.CALENDAR_DAYS:
        last = start.day + rule.limit
    elif rule.unit is LimitUnit.FIRST_VISIT and start.service is not None:
        visit = _first_visit_of_phase(case, start)
        if visit is None:
            return Limit(None, None)
        last = visit.day
    elif start.phase is not None and rule.unit in (
        LimitUnit.PHASE_END,
        LimitUnit.MONTHS_OF_SERVICE,
    ):
        length = case.longest_length(start.phase)
        if rule.unit is LimitUnit.PHASE_END and start.phase.last is not None:
            last = start.phase.last
        elif length is not None:
            last = length.last
        else:
            return Limit(None, None)
    else:
        return Limit(None, None)
    return Limit(*calendar.end_of_day(last), days)


def _first_visit_of_phase(case: Case, start: Start) -> Entry | None:
    assert start.service is not None  # noqa: S101 - asked only with a service
    readings = (case.program.version_on(start.day) or case.program.versions[0]).readings
    return case.first_visit(start.service, start.second, readings)


def _last_warning(
    case: Case, rule: DeadlineRule, start: Start, limit: Limit
) -> ReachedWarning | None:
    if not rule.warns:
        return None
    unit = WarningUnit.HOURS_AFTER if rule.warn_after_hours else WarningUnit.DAYS_BEFORE
    reached = [one for one in _warning_times(case, rule, start, limit) if one.is_reached]
    return ReachedWarning(reached[-1].number, unit) if reached else None


def _warning_times(
    case: Case, rule: DeadlineRule, start: Start, limit: Limit
) -> tuple[WarningTime, ...]:
    """The warnings of a deadline in order of time. A day before begins at its midnight."""
    seconds = [
        (hours, start.second + hours * SECONDS_OF_AN_HOUR) for hours in rule.warn_after_hours
    ]
    if limit.at is not None:
        last = limit.at.date().toordinal()
        for days in rule.warn_days_before:
            seconds.append((days, case.calendar.end_of_day(last - days - 1)[0] + 1))
    return tuple(
        WarningTime(number, case.calendar.at(second), second <= case.now_second)
        for number, second in sorted(seconds, key=lambda pair: pair[1])
    )


# -- what fulfils it --------------------------------------------------------------------------


def _closing(
    case: Case, rule: DeadlineRule, start: Start, documents: list[DocumentFacts]
) -> Closing | None:
    if rule.closed_by is ClosedBy.FIRST_VISIT:
        assert start.service is not None  # noqa: S101 - checked when the file was read
        readings = (case.program.version_on(start.day) or case.program.versions[0]).readings
        visit = case.first_visit(start.service, start.second, readings)
        if visit is None:
            return None
        return Closing(
            visit.second, case.calendar.at(visit.second), date.fromordinal(visit.day), visit
        )
    if rule.closed_by is ClosedBy.DOCUMENT:
        given = [one for one in documents if one.closed_because is None]
        return _closing_on(case, given[0].on) if given else None
    if rule.closed_by is ClosedBy.PHASE_END:
        assert start.phase is not None  # noqa: S101 - checked when the file was read
        last = start.phase.last
        return _closing_on(case, date.fromordinal(last)) if last is not None else None
    if rule.closed_by is ClosedBy.EMPOWERMENT_OFFERED:
        assert start.service is not None  # noqa: S101 - checked when the file was read
        offered = case.known_day(start.service.facts.empowerment_offered_on)
        return _closing_on(case, date.fromordinal(offered)) if offered is not None else None
    if rule.closed_by is ClosedBy.CASE_CLOSED:
        response = case.facts.first_response
        closed = case.known_day(response.closed_on) if response else None
        return _closing_on(case, date.fromordinal(closed)) if closed is not None else None
    at = case.known(_moment(case, rule.closed_by))
    if at is None:
        return None
    second = second_of(at)
    return Closing(second, case.calendar.at(second), date.fromordinal(case.calendar.day_of(at)))


def _moment(case: Case, closed_by: ClosedBy) -> datetime | None:
    """The moment of the facts that a closing names: `referral.x` or `first_response.x`."""
    group, name = closed_by.value.split(".")
    facts = case.facts.referral if group == "referral" else case.facts.first_response
    moment: datetime | None = getattr(facts, name) if facts else None
    return moment


def _closing_on(case: Case, on: date) -> Closing:
    """A day counts as in time until its end."""
    return Closing(case.calendar.end_of_day(on.toordinal())[0], None, on)


def _documents(case: Case, rule: DeadlineRule, start: Start) -> list[DocumentFacts]:
    if rule.document is None or start.phase is None or not case.facts.documents:
        return []
    return case.documents(rule.document, start.phase)


def _packet_closing(documents: list[DocumentFacts]) -> str | None:
    """Why a document will not be given, when that is the last that was recorded about it."""
    if documents and documents[-1].closed_because is not None:
        return _CLOSED_WORDS[documents[-1].closed_because]
    return None


def _parent_is_safe(case: Case, start: Start) -> bool | None:
    """The answer of the parent's own service, or of this youth's parent for the packet."""
    if start.service is not None and start.phase is None:
        return start.service.facts.contact_safe
    return case.parent_contact_safe


def _floor_state(case: Case, limit: Limit, closing: Closing | None) -> tuple[State, str | None]:
    """A case kept open through the last day is met; an earlier close needs its reason."""
    assert limit.at is not None  # noqa: S101 - a floor is in calendar days
    last = limit.at.date()
    if closing is not None and closing.on < last:
        response = case.facts.first_response
        if response is not None and response.close_reason:
            return State.CLOSED, response.close_reason
        return State.NOT_MET, f"closed on {closing.on} without a reason"
    if case.today >= last.toordinal():
        return State.MET, None
    return State.DUE, None


def _attempts(
    case: Case,
    row: RuleInForce,
    rule: DeadlineRule,
    start: Start,
    limit: Limit,
    closing: Closing | None,
) -> list[Entry]:
    """Visits that were tried from the clock to the due time, or to the visit or now if later."""
    if rule.closed_by is not ClosedBy.FIRST_VISIT or start.service is None:
        return []
    until = closing.second if closing is not None else case.now_second
    if limit.second is not None:
        until = max(until, limit.second)
    until = min(until, case.now_second, start.service.contacts_until)
    visits = case.ledger.visits(start.service.facts.service, row.version.readings)
    return visits.attempts_between(start.second, until)


# -- how it came about ------------------------------------------------------------------------


class DeadlineDuty:
    """One deadline of one participant, with what was found out about it."""

    __slots__ = (
        "attempts",
        "case",
        "closing",
        "limit",
        "participant_id",
        "rank",
        "row",
        "rule",
        "start",
    )

    def __init__(
        self,
        case: Case,
        row: RuleInForce,
        start: Start,
        limit: Limit,
        closing: Closing | None,
        attempts: list[Entry],
    ) -> None:
        self.case = case
        self.row = row
        self.rule: DeadlineRule = row.deadline_rule
        self.rank = case.program.ranks[row.rule.id]
        self.participant_id = case.facts.participant.id
        self.start = start
        self.limit = limit
        self.closing = closing
        self.attempts = attempts

    def trace(self, _: Obligation) -> Trace:
        """The trace of the deadline, made only when somebody asks why."""
        case, rule, start, limit, closing = (
            self.case,
            self.rule,
            self.start,
            self.limit,
            self.closing,
        )
        is_visit = rule.closed_by is ClosedBy.FIRST_VISIT
        visits = [closing.visit] if closing is not None and closing.visit is not None else []
        length = case.longest_length(start.phase) if start.phase is not None else None
        is_open_phase = start.phase is not None and start.phase.last is None
        is_of_length = rule.unit is LimitUnit.MONTHS_OF_SERVICE or (
            rule.unit is LimitUnit.PHASE_END and is_open_phase
        )
        notes = list(_notes(case, rule, start, limit, closing))
        if length is not None and is_of_length:
            notes.extend(decision_notes(length.decisions, length.late))
        notes.extend(late_entries(case, [*visits, *self.attempts]))
        is_offer = rule.closed_by is ClosedBy.EMPOWERMENT_OFFERED
        return Trace(
            version=self.row.version,
            readings=self.row.version.readings,
            readings_used=("video_is_face_to_face",) if is_visit else (),
            clock=ClockStart(
                start.clock,
                case.calendar.at(start.second) if start.at is not None else None,
                date.fromordinal(start.day),
            ),
            days=_days_counted(rule, start, limit),
            closed_at=closing.at if closing is not None else None,
            closed_on=closing.on if closing is not None else None,
            second=_second_date(case, rule),
            credits=as_credits(case, visits),
            attempts=as_credits(case, self.attempts),
            warnings=_warning_times(case, rule, start, limit),
            decisions=length.decisions if length is not None and is_of_length else (),
            notes=tuple(notes),
            empowerment=self.row.version.empowerment if is_offer else None,
        )


def _days_counted(rule: DeadlineRule, start: Start, limit: Limit) -> CountedDays | None:
    if rule.unit is LimitUnit.CALENDAR_DAYS:
        return calendar_days_after(date.fromordinal(start.day), rule.limit)
    return limit.days


def _notes(
    case: Case, rule: DeadlineRule, start: Start, limit: Limit, closing: Closing | None
) -> Iterator[Note]:
    if rule.about is About.YOUTH:
        until = min(closing.on.toordinal(), case.today) if closing is not None else case.today
        if missing := case.days_missing(start.day, until):
            yield Note(NoteKind.YOUTH_MISSING, number=missing)
    if rule.unit is LimitUnit.FIRST_VISIT and limit.second is None:
        yield Note(NoteKind.WAITS_FOR_VISIT)
    if rule.unit is LimitUnit.PHASE_END and limit.at and start.phase and start.phase.last is None:
        yield Note(NoteKind.PHASE_OPEN, until=limit.at.date())
    if closing is not None and closing.on.toordinal() < start.day:
        yield Note(NoteKind.DONE_BEFORE_CLOCK, day=closing.on)
    response = case.facts.first_response
    if rule.closed_by is ClosedBy.MEDICAL_HUB and response and response.medical_hub_answer:
        yield Note(NoteKind.HUB_ANSWER, word=response.medical_hub_answer.value)
    if rule.is_floor and closing is not None and response and response.close_reason:
        yield Note(NoteKind.CLOSE_REASON, day=closing.on, word=response.close_reason)
    if rule.closed_by is ClosedBy.EMPOWERMENT_OFFERED and start.service is not None:
        answer = start.service.facts.empowerment_answer
        if answer is not None and closing is not None:
            yield Note(NoteKind.OFFER_ANSWER, word=answer.value)


def _second_date(case: Case, rule: DeadlineRule) -> SecondDate | None:
    """The date counted from the CSW's e-mail, shown beside the one that decides."""
    if rule.second_clock is not Clock.REFERRAL_SUBMITTED or case.facts.referral is None:
        return None
    submitted = case.known(case.facts.referral.submitted_at)
    if submitted is None:
        return None
    second = second_of(submitted)
    day = case.calendar.day_of(submitted)
    field = Clock.REFERRAL_SUBMITTED.value
    start = Start(Clock.REFERRAL_SUBMITTED, field, second, day, submitted)
    limit = _limit(case, rule, start)
    if limit.at is None:
        return None
    return SecondDate(Clock.REFERRAL_SUBMITTED, case.calendar.at(second), limit.at)
