"""What the policy asks for in one youth's case: referral, phases, papers, decisions, episodes."""

from dataclasses import replace
from datetime import date, datetime, timedelta

from field_app.demo import words
from field_app.demo.cases import CasePlan, ResponsePlan
from field_app.demo.pen import Pen
from field_app.domain.records.contact import Goal
from field_app.domain.records.missing import PersonTold, ToldRole
from field_app.domain.records.participant import Participant, SafeContact, TeamMember
from field_app.domain.records.service import (
    Decision,
    DocumentDone,
    FirstResponse,
    MissingEpisode,
    PhasePeriod,
    Referral,
    ServicePeriod,
)
from field_app.domain.vocabulary import Channel, DecisionKind, DocumentKind, Phase, TeamRole

PAPERS = {
    Phase.FIRST_RESPONSE: (),
    Phase.STABILIZATION: (
        (DocumentKind.INTRODUCTORY_PACKET_PARTICIPANT, 4),
        (DocumentKind.SAFETY_PLAN, 13),
        (DocumentKind.STRENGTHS_NEEDS_ASSESSMENT, 27),
        (DocumentKind.ADVOCACY_PLAN, 30),
    ),
    Phase.MAINTENANCE: (),
    Phase.TRANSITION: ((DocumentKind.TRANSITION_ADVOCACY_PLAN, 21),),
}
"""Papers of a phase, with the day of the phase on which they are usually done."""

STABILIZATION_LONGEST_DAYS = 123  # four months, at their longest


def write_youth(pen: Pen, plan: CasePlan, at: datetime) -> Participant:
    case_id = pen.new_id()
    born = pen.day(plan.age_years * 365 + pen.random.randrange(60, 300))
    youth = Participant(
        record_id=case_id,
        case_id=case_id,
        alias=plan.alias,
        full_name=plan.full_name,
        birth_date=born,
        pronouns=plan.pronouns,
        language=plan.language,
        residence_county="Los Angeles",
        classification=plan.classification,
        is_non_minor_dependent=plan.age_years >= 18,
        contact_safe=None if plan.parent is None else plan.parent.contact_safe,
        phone=pen.phone(),
        safe_contact=SafeContact(
            channels=plan.channels,
            hours=plan.hours,
            code_word=plan.code_word,
            voicemail_ok=plan.voicemail_ok,
            note=plan.safe_note,
        ),
    )
    return pen.add(youth, at + timedelta(minutes=10))


def write_team(pen: Pen, youth: Participant, at: datetime) -> None:
    roles = [TeamRole.CSW, TeamRole.ATTORNEY]
    if pen.random.random() < 0.4:
        roles.append(TeamRole.PROBATION_OFFICER)
    if pen.random.random() < 0.5:
        roles.append(TeamRole.CLINICIAN)
    for role in roles:
        name = pen.random.choice(words.TEAM_NAMES)
        member = TeamMember(
            record_id=pen.new_id(),
            case_id=youth.case_id,
            role=role,
            name=name,
            organisation=words.ORGANISATIONS[role.value],
            phone=pen.phone(),
            email=f"{name.lower().replace(' ', '.')}@example.org",
        )
        pen.add(member, at + timedelta(hours=2))


def write_goals(pen: Pen, youth: Participant, plan: CasePlan) -> tuple[str, ...]:
    opened = pen.day(max(plan.phases[0][1] - 12, 0))
    if plan.phases[0][1] < 12:
        return ()
    chosen = pen.random.sample(words.GOALS[plan.language], 2)
    goals = [
        Goal(record_id=pen.new_id(), case_id=youth.case_id, words=text, opened_on=opened)
        for text in chosen
    ]
    if plan.phases[-1][0] is Phase.TRANSITION:
        goals[0] = replace(goals[0], reached_on=pen.day(pen.random.randrange(20, 60)))
    for goal in goals:
        pen.add(goal, pen.local(opened, 18, 10))
    return tuple(goal.record_id for goal in goals)


def write_referral(pen: Pen, youth: Participant, plan: CasePlan, assigned_at: datetime) -> None:
    pen.add(
        Referral(
            record_id=pen.new_id(),
            case_id=youth.case_id,
            submitted_at=assigned_at - timedelta(hours=pen.random.randrange(3, 20)),
            assigned_at=assigned_at,
            csw_contacted_at=assigned_at + timedelta(hours=3) if plan.talked_to_csw else None,
            reasons=("demo referral",),
            youth_amenable=True,
        ),
        assigned_at + timedelta(minutes=15),
    )


def write_first_response(pen: Pen, youth: Participant, plan: ResponsePlan) -> None:
    called_at = pen.now - timedelta(hours=plan.hours_ago)

    def after(hours: float | None) -> datetime | None:
        return None if hours is None else called_at + timedelta(hours=hours)

    pen.add(
        FirstResponse(
            record_id=pen.new_id(),
            case_id=youth.case_id,
            called_at=called_at,
            arrived_at=after(plan.arrival_minutes / 60),
            late_reason=plan.late_reason,
            safety_plan_at=after(plan.safety_plan_hours),
            medical_hub_at=after(plan.hub_hours),
            medical_hub_outcome=plan.hub_outcome,
            initial_mdt_at=after(None if plan.mdt_days is None else plan.mdt_days * 24),
        ),
        called_at + timedelta(hours=4),
    )


def write_phase(
    pen: Pen,
    youth: Participant,
    plan: CasePlan,
    advocacy: ServicePeriod,
    phase: Phase,
    days_ago: int,
    ends_ago: int | None,
) -> None:
    starts_on = pen.day(days_ago)
    period = PhasePeriod(
        record_id=pen.new_id(),
        case_id=youth.case_id,
        service_period_id=advocacy.record_id,
        phase=phase,
        starts_on=starts_on,
        ends_on=None if ends_ago is None else pen.day(ends_ago),
        end_reason="" if ends_ago is None else "ready for the next step",
    )
    pen.add(period, pen.local(starts_on, 12, 0))
    is_last = ends_ago is None
    for document, usual_day in PAPERS[phase]:
        day = starts_on + timedelta(days=usual_day)
        is_packet = document is DocumentKind.INTRODUCTORY_PACKET_PARTICIPANT
        if day < pen.today and (plan.papers_done or is_packet or not is_last):
            write_paper(pen, youth, document, day)
    if is_last and plan.extended_days:
        longest = starts_on + timedelta(days=STABILIZATION_LONGEST_DAYS)
        write_decision(
            pen,
            youth,
            period.record_id,
            DecisionKind.EXTENDED,
            decided_on=pen.day(10),
            until=longest + timedelta(days=plan.extended_days),
            reason="School change in the same month; agreed with the team.",
        )


def write_paper(
    pen: Pen, youth: Participant, document: DocumentKind, day: date, outcome: str = "done"
) -> None:
    paper = DocumentDone(
        record_id=pen.new_id(),
        case_id=youth.case_id,
        document=document,
        done_on=day,
        outcome=outcome,
    )
    pen.add(paper, pen.local(day, 19, 15))


def write_decision(
    pen: Pen,
    youth: Participant,
    period_id: str,
    kind: DecisionKind,
    *,
    decided_on: date,
    until: date | None = None,
    reason: str = "",
) -> None:
    pen.add(
        Decision(
            record_id=pen.new_id(),
            case_id=youth.case_id,
            period_id=period_id,
            decision=kind,
            decided_on=decided_on,
            until=until,
            reason=reason,
        ),
        pen.local(decided_on, 16, 40),
    )


TOLD = ((ToldRole.CSW, 15, ""), (ToldRole.SUPERVISOR, 20, ""), (ToldRole.NCMEC, 28, "1400238"))
"""Who was told of each episode, the minute after nine in the evening, the number they gave."""


def write_missing(pen: Pen, youth: Participant, plan: CasePlan) -> None:
    for first_ago, last_ago in plan.missing:
        first = pen.day(first_ago)
        episode = MissingEpisode(
            record_id=pen.new_id(),
            case_id=youth.case_id,
            missing_from=first,
            returned_on=None if last_ago is None else pen.day(last_ago),
            told=tuple(
                PersonTold(
                    item_id=pen.new_id(),
                    role=role,
                    told_at=min(pen.local(first, 21, minute), pen.now),
                    how=Channel.PHONE,
                    reference=number,
                )
                for role, minute, number in TOLD
            ),
            note=pen.random.choice(words.MISSING_NOTES[plan.language]),
        )
        pen.add(episode, pen.local(first, 21, 30))
