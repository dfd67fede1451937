"""Visits, calls and attempts of one phase, with the late entries and corrections of real work."""

from dataclasses import replace
from datetime import date, timedelta

from field_app.demo import words
from field_app.demo.cases import CasePlan, ResponsePlan
from field_app.demo.pen import Pen
from field_app.domain.records.contact import Contact
from field_app.domain.records.participant import Participant
from field_app.domain.vocabulary import Channel, Outcome, Phase, PlaceType, Service

VISITS_EVERY_DAYS = {
    Phase.FIRST_RESPONSE: 6,
    Phase.STABILIZATION: 7,
    Phase.MAINTENANCE: 14,
    Phase.TRANSITION: 14,
}
ATTEMPT_SHARE = 0.3
CORRECTED_SHARE = 0.02
LATE_SHARE = 1 / 3


def write_contacts(
    pen: Pen,
    youth: Participant,
    plan: CasePlan,
    phase: Phase,
    from_ago: int,
    to_ago: int,
    goals: tuple[str, ...],
) -> None:
    """Write visits and calls of one phase, from the first to the last of its days."""
    last_ago = max(to_ago, plan.quiet_days, pen.today.weekday() + 1 if plan.open_week else 0)
    visit_in = 0 if plan.first_visit else from_ago + 1
    if phase is Phase.FIRST_RESPONSE and plan.response is not None:
        _write_arrival(pen, youth, plan, plan.response)
        visit_in = VISITS_EVERY_DAYS[phase]
    call_in = pen.random.randrange(1, 4)
    for days_ago in range(from_ago, last_ago - 1, -1):
        day = pen.day(days_ago)
        is_missing = any(
            first >= days_ago >= (0 if last is None else last) for first, last in plan.missing
        )
        if visit_in <= 0:
            write_visit(pen, youth, plan, day, goals, reached=not is_missing)
            visit_in = VISITS_EVERY_DAYS[phase] + pen.random.randrange(-2, 2)
        if call_in <= 0:
            write_call(pen, youth, plan, day, reached=not is_missing)
            call_in = pen.random.randrange(4, 7)
        visit_in -= 1
        call_in -= 1


def _write_arrival(pen: Pen, youth: Participant, plan: CasePlan, response: ResponsePlan) -> None:
    called_at = pen.now - timedelta(hours=response.hours_ago)
    contact = Contact(
        record_id=pen.new_id(),
        case_id=youth.case_id,
        at=called_at + timedelta(minutes=response.arrival_minutes),
        channel=Channel.FACE_TO_FACE,
        outcome=Outcome.REACHED,
        minutes=120,
        place_type=PlaceType.OFFICE,
        services=(Service.ADVOCACY,),
        note=words.ARRIVAL_NOTES[plan.language],
    )
    write_down(pen, contact, plan, pen.staff.advocate_id)


def write_visit(
    pen: Pen,
    youth: Participant,
    plan: CasePlan,
    day: date,
    goals: tuple[str, ...],
    *,
    reached: bool,
) -> None:
    """Write one visit of the advocate, or the attempt at it."""
    at = pen.local(day, pen.random.randrange(14, 18), pen.random.choice((0, 15, 30, 45)))
    notes = words.VISIT_NOTES if reached else words.ATTEMPT_NOTES
    goal_ids = (pen.random.choice(goals),) if goals and pen.random.random() < 0.5 else ()
    contact = Contact(
        record_id=pen.new_id(),
        case_id=youth.case_id,
        at=at,
        channel=Channel.FACE_TO_FACE,
        outcome=Outcome.REACHED if reached else Outcome.NO_ANSWER,
        minutes=pen.random.choice((30, 45, 60, 75, 90)) if reached else None,
        place_type=pen.random.choice(
            (PlaceType.PLACEMENT, PlaceType.SCHOOL, PlaceType.COMMUNITY, PlaceType.HOME)
        ),
        services=(Service.ADVOCACY,),
        goal_ids=goal_ids if reached else (),
        note=pen.random.choice(notes[plan.language]),
    )
    write_down(pen, contact, plan, pen.staff.advocate_id)


def write_call(
    pen: Pen,
    youth: Participant,
    plan: CasePlan,
    day: date,
    *,
    reached: bool,
    service: Service = Service.ADVOCACY,
) -> None:
    """Write one call or message, often after an attempt, on a channel that is safe."""
    author_id = (
        pen.staff.survivor_advocate_id
        if service is Service.SURVIVOR_ADVOCACY
        else pen.staff.advocate_id
    )
    safe = [c for c in plan.channels if c is not Channel.EMAIL] or [Channel.PHONE]
    at = pen.local(day, pen.random.randrange(10, 19), pen.random.randrange(60))
    tries = 1 if pen.random.random() < ATTEMPT_SHARE else 0
    outcomes = [Outcome.NO_ANSWER] * tries + [Outcome.REACHED if reached else Outcome.NO_ANSWER]
    for place, outcome in enumerate(outcomes):
        notes = words.CALL_NOTES if outcome is Outcome.REACHED else words.ATTEMPT_NOTES
        contact = Contact(
            record_id=pen.new_id(),
            case_id=youth.case_id,
            at=at + timedelta(minutes=47 * place),
            channel=pen.random.choice(safe),
            outcome=outcome,
            minutes=pen.random.choice((5, 10, 15)) if outcome is Outcome.REACHED else None,
            services=(service,),
            note=pen.random.choice(notes[plan.language]),
        )
        write_down(pen, contact, plan, author_id)


def write_down(pen: Pen, contact: Contact, plan: CasePlan, author_id: str) -> None:
    """Write a contact down, some late and a few wrong at first; nothing from the future."""
    lag = timedelta(minutes=pen.random.choice((2, 5, 20)) + (contact.minutes or 0))
    if plan.late_writer and pen.random.random() < LATE_SHARE:
        lag += timedelta(hours=pen.random.randrange(20, 50))
    entered_at = contact.at + lag
    if entered_at > pen.now:
        return
    contact = replace(contact, entered_at=entered_at)
    corrected_at = entered_at + timedelta(hours=5)
    if pen.random.random() < CORRECTED_SHARE and corrected_at < pen.now:
        pen.add_corrected(
            replace(contact, minutes=(contact.minutes or 0) + 15),
            author_id,
            minutes=contact.minutes,
            reason=pen.random.choice(words.CORRECTION_REASONS),
            at=corrected_at,
        )
    else:
        pen.add(contact, entered_at, author_id)
