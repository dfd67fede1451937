"""Survivor advocacy of a youth, and the parent or caregiver with a case of their own."""

from datetime import timedelta

from field_app.demo import words
from field_app.demo.case_history import write_decision, write_paper
from field_app.demo.cases import CasePlan, ParentPlan, SurvivorPlan
from field_app.demo.contact_history import write_call, write_down
from field_app.demo.pen import Pen
from field_app.domain.records.contact import Contact
from field_app.domain.records.participant import Participant, SafeContact
from field_app.domain.records.service import ServicePeriod
from field_app.domain.vocabulary import (
    Channel,
    DecisionKind,
    DocumentKind,
    Outcome,
    ParticipantKind,
    PlaceType,
    Service,
)


def write_survivor(pen: Pen, youth: Participant, plan: CasePlan, survivor: SurvivorPlan) -> None:
    received = pen.day(survivor.days_ago)
    period = ServicePeriod(
        record_id=pen.new_id(),
        case_id=youth.case_id,
        service=Service.SURVIVOR_ADVOCACY,
        received_at=pen.local(received, 10, 30),
    )
    pen.add(period, pen.local(received, 10, 40), pen.staff.survivor_advocate_id)
    first_month_ago = max(survivor.days_ago - 31, 0)
    if survivor.decision is not None:
        kind, days_ago, days_ahead = survivor.decision
        write_decision(
            pen,
            youth,
            period.record_id,
            kind,
            decided_on=pen.day(days_ago),
            until=pen.day(-days_ahead) if kind is DecisionKind.EXTENDED else None,
            reason="Wants the daily hello a little longer."
            if kind is DecisionKind.EXTENDED
            else "Steady school weeks; says the days feel her own.",
        )
    for days_ago in range(survivor.days_ago, -1, -1):
        is_daily = days_ago > first_month_ago or not first_month_ago
        if days_ago and (is_daily or days_ago % 5 == 0):
            write_call(
                pen,
                youth,
                plan,
                pen.day(days_ago),
                reached=pen.random.random() > 0.06,
                service=Service.SURVIVOR_ADVOCACY,
            )
        since = survivor.days_ago - days_ago
        if since % (6 if is_daily else 13) == 1:
            visit = Contact(
                record_id=pen.new_id(),
                case_id=youth.case_id,
                at=pen.local(pen.day(days_ago), 18, 30),
                channel=Channel.FACE_TO_FACE,
                outcome=Outcome.REACHED,
                minutes=60,
                place_type=PlaceType.COMMUNITY,
                services=(Service.SURVIVOR_ADVOCACY,),
                note=pen.random.choice(words.VISIT_NOTES[plan.language]),
            )
            write_down(pen, visit, plan, pen.staff.survivor_advocate_id)


def write_parent(pen: Pen, youth: Participant, plan: CasePlan, parent: ParentPlan) -> None:
    case_id = pen.new_id()
    received = pen.day(parent.days_ago)
    author_id = pen.staff.parent_advocate_id
    person = Participant(
        record_id=case_id,
        case_id=case_id,
        participant_kind=ParticipantKind.PARENT,
        alias=parent.alias,
        full_name=parent.full_name,
        language=parent.language,
        linked_youth_id=youth.record_id,
        relationship=parent.relationship,
        contact_safe=parent.contact_safe,
        phone=pen.phone() if parent.contact_safe else "",
        safe_contact=SafeContact(channels=(Channel.PHONE,), voicemail_ok=False),
    )
    pen.add(person, pen.local(received, 11, 30), author_id)
    if parent.contact_safe is False:
        write_paper(
            pen, youth, DocumentKind.INTRODUCTORY_PACKET_PARENT, received, outcome="not_safe"
        )
        return
    service = ServicePeriod(
        record_id=pen.new_id(),
        case_id=case_id,
        service=Service.PARENT_ADVOCACY,
        received_at=pen.local(received, 10, 0),
        empowerment_offered_on=received + timedelta(days=7) if parent.program_offered else None,
        empowerment_answer="accepted" if parent.program_offered else "",
    )
    pen.add(service, pen.local(received, 11, 40), author_id)
    if not parent.contact_safe:
        return
    write_paper(pen, youth, DocumentKind.INTRODUCTORY_PACKET_PARENT, received + timedelta(days=5))
    for days_ago in range(parent.days_ago - 1, 0, -7):
        visit = Contact(
            record_id=pen.new_id(),
            case_id=case_id,
            at=pen.local(pen.day(days_ago), 17, 15),
            channel=Channel.FACE_TO_FACE,
            outcome=Outcome.REACHED if pen.random.random() > 0.1 else Outcome.CANCELLED,
            minutes=50,
            place_type=PlaceType.HOME,
            services=(Service.PARENT_ADVOCACY,),
            note=pen.random.choice(words.PARENT_NOTES[parent.language]),
        )
        write_down(pen, visit, plan, author_id)
