"""Deadlines: done by a time, counted in business days, calendar days, elapsed hours or phases.

Each rule of the program is matched with every clock that has started (`clock_starts`); each match
becomes one obligation, open or not. Elapsed limits count real seconds; day limits end at 23:59:59
local of their last day (`due_limits`). What fulfils them is in `closings`.
"""

from collections.abc import Iterator
from datetime import date

from field_app.domain.due.case import Case
from field_app.domain.due.clock_starts import Start, starts
from field_app.domain.due.closings import (
    CLOSED_WORDS,
    Closing,
    closing_of,
    documents_of,
    packet_closing,
)
from field_app.domain.due.counting import as_credits, decision_notes, late_entries
from field_app.domain.due.due_limits import (
    Limit,
    days_counted,
    last_warning,
    limit_of,
    second_date,
    warning_times,
)
from field_app.domain.due.facts import ClosedBecause, ContactFacts
from field_app.domain.due.obligation import Obligation, State
from field_app.domain.due.trace import ClockStart, Note, NoteKind, Trace
from field_app.domain.policy.periods import Period
from field_app.domain.policy.program import About, ClosedBy, DeadlineRule, LimitUnit, RuleInForce


def deadline_obligations(case: Case) -> Iterator[Obligation]:
    """Every deadline whose clock has started."""
    for row in case.program.deadlines:
        rule = row.deadline_rule
        for start in starts(case, rule):
            if row.first <= start.day <= row.last:
                obligation = _obligation(case, row, rule, start)
                if obligation is not None:
                    yield obligation


def _obligation(
    case: Case, row: RuleInForce, rule: DeadlineRule, start: Start
) -> Obligation | None:
    documents = documents_of(case, rule, start)
    closed_because = packet_is_closed = packet_closing(documents)
    if rule.about is About.PARENT:
        is_safe = _parent_is_safe(case, start)
        if is_safe is None and packet_is_closed is None:
            return None  # nobody has answered the safety question: the duty is not listed
        if is_safe is False:
            closed_because = CLOSED_WORDS[ClosedBecause.NOT_SAFE]
    limit = limit_of(case, rule, start)
    closing = closing_of(case, rule, start, documents)
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
        warning=last_warning(case, rule, start, limit) if state is State.DUE else None,
    )


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
) -> list[ContactFacts]:
    """Visits that were tried from the clock to the due time, or to the visit or now if later."""
    if rule.closed_by is not ClosedBy.FIRST_VISIT or start.service is None:
        return []
    until = closing.second if closing is not None else case.now_second
    if limit.second is not None:
        until = max(until, limit.second)
    until = min(until, case.now_second, start.service.contacts_until)
    visits = case.ledger.visits(start.service.facts.service, row.version.readings)
    return visits.attempts_between(start.second, until)


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
        attempts: list[ContactFacts],
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
            days=days_counted(rule, start, limit),
            closed_at=closing.at if closing is not None else None,
            closed_on=closing.on if closing is not None else None,
            second=second_date(case, rule),
            credits=as_credits(case, visits),
            attempts=as_credits(case, self.attempts),
            warnings=warning_times(case, rule, start, limit),
            decisions=length.decisions if length is not None and is_of_length else (),
            notes=tuple(notes),
            empowerment=self.row.version.empowerment if is_offer else None,
        )


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
