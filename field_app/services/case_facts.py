"""From the record to the facts that the program engine reads: one participant at a time.

Nothing is decided here. Where two people's records contradict each other (two phases that overlap
after a merge), the engine says so, and the due list shows it as something to look at.
"""

from collections.abc import Iterable, Sequence

from field_app.domain.due.facts import (
    ClosedBecause,
    ContactFacts,
    DaySpan,
    DecisionFacts,
    DocumentFacts,
    Facts,
    FirstResponseFacts,
    HubAnswer,
    OfferAnswer,
    ParticipantFacts,
    PhaseFacts,
    ReferralFacts,
    ServiceFacts,
)
from field_app.domain.records.participant import Participant
from field_app.domain.records.service import (
    Decision,
    FirstResponse,
    Referral,
    ServicePeriod,
    Waiver,
)
from field_app.domain.vocabulary import Channel, Outcome, ParticipantKind, Service
from field_app.store.repositories.caseloads import CaseRecords
from field_app.store.repositories.contacts import ContactFact


def facts_of(
    case: CaseRecords,
    contacts: Iterable[ContactFact],
    waivers: Iterable[Waiver],
    parents: Sequence[Participant] = (),
) -> Facts:
    """Return the facts of one participant.

    Args:
        case: The participant's records.
        contacts: The participant's contacts, in any order.
        waivers: The agency's waivers.
        parents: Parents and caregivers on this device who are linked to the youth.

    Raises:
        InputError: The records contradict each other; the field is named.
    """
    participant = case.participant
    services = [_service(period, case) for period in case.services]
    if participant.participant_kind is ParticipantKind.YOUTH:
        services += _parent_answer(participant, parents)
    return Facts(
        participant=ParticipantFacts(
            participant.record_id, participant.participant_kind, participant.birth_date
        ),
        referral=_referral(case.referrals),
        first_response=_first_response(case.first_responses),
        services=tuple(services),
        contacts=tuple(
            ContactFacts(
                at=contact.at,
                channel=Channel(contact.channel),
                outcome=Outcome(contact.outcome),
                services=tuple(Service(service) for service in contact.services),
                entered_at=contact.entered_at,
            )
            for contact in contacts
        ),
        documents=tuple(
            DocumentFacts(
                paper.document,
                paper.done_on,
                None if paper.outcome == "done" else ClosedBecause(paper.outcome),
            )
            for paper in case.documents
            if paper.done_on is not None
        ),
        missing=tuple(
            DaySpan(episode.missing_from, episode.returned_on)
            for episode in case.missing
            if episode.missing_from is not None
        ),
        video_waivers=tuple(
            DaySpan(waiver.starts_on, waiver.ends_on)
            for waiver in waivers
            if waiver.covers == "video" and waiver.starts_on is not None
        ),
    )


def _referral(referrals: Sequence[Referral]) -> ReferralFacts | None:
    if not referrals:
        return None
    latest = referrals[-1]
    return ReferralFacts(latest.submitted_at, latest.assigned_at, latest.csw_contacted_at)


def _first_response(responses: Sequence[FirstResponse]) -> FirstResponseFacts | None:
    called = [response for response in responses if response.called_at is not None]
    if not called:
        return None
    latest = max(called, key=lambda response: response.called_at or response.created_at)
    outcome = latest.medical_hub_outcome
    return FirstResponseFacts(
        called_at=latest.called_at,
        arrived_at=latest.arrived_at,
        safety_plan_at=latest.safety_plan_at,
        medical_hub_at=latest.medical_hub_at,
        medical_hub_answer=HubAnswer(outcome) if outcome else None,
        initial_mdt_at=latest.initial_mdt_at,
        closed_on=latest.closed_on,
        close_reason=latest.close_reason or None,
    )


def _service(period: ServicePeriod, case: CaseRecords) -> ServiceFacts:
    phases = sorted(
        (
            phase
            for phase in case.phases
            if phase.service_period_id == period.record_id and phase.starts_on is not None
        ),
        key=lambda phase: (phase.starts_on, phase.created_at),
    )
    answer = period.empowerment_answer
    return ServiceFacts(
        service=period.service,
        received_at=period.received_at,
        ended_on=period.ended_on,
        phases=tuple(
            PhaseFacts(
                phase.phase,
                phase.starts_on,
                phase.ends_on,
                _decisions(case.decisions, phase.record_id),
            )
            for phase in phases
            if phase.starts_on is not None
        ),
        decisions=_decisions(case.decisions, period.record_id),
        contact_safe=(
            case.participant.contact_safe if period.service is Service.PARENT_ADVOCACY else None
        ),
        empowerment_offered_on=period.empowerment_offered_on,
        empowerment_answer=OfferAnswer(answer) if answer else None,
    )


def _decisions(decisions: Iterable[Decision], period_id: str) -> tuple[DecisionFacts, ...]:
    """Return the decisions on one period, by day and then in the order of their entry."""
    found = [d for d in decisions if d.period_id == period_id and d.decided_on is not None]
    found.sort(key=lambda decision: (decision.decided_on, decision.created_at))
    return tuple(
        DecisionFacts(decision.decision, decision.decided_on, decision.until, decision.reason)
        for decision in found
        if decision.decided_on is not None
    )


def _parent_answer(youth: Participant, parents: Sequence[Participant]) -> list[ServiceFacts]:
    """Return the answer to the parent-safety question as the engine reads it: without a clock.

    The youth's own answer stands above those of single parents; one unsafe parent is enough.
    """
    answers = [parent.contact_safe for parent in parents if parent.contact_safe is not None]
    answer = youth.contact_safe
    if answer is None and answers:
        answer = all(answers)
    return [] if answer is None else [ServiceFacts(Service.PARENT_ADVOCACY, contact_safe=answer)]
