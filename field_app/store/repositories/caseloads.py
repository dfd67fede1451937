"""What a caseload is made of, read for all participants in a handful of queries."""

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TypeVar

from field_app.domain.records.participant import Participant
from field_app.domain.records.record import Record
from field_app.domain.records.service import (
    Decision,
    DocumentDone,
    FirstResponse,
    MissingEpisode,
    PhasePeriod,
    Referral,
    ServicePeriod,
    Waiver,
)
from field_app.store.repositories.records import Records

R = TypeVar("R", bound=Record)


@dataclass
class CaseRecords:
    """The records of one case that decide what is due, without its contacts and notes."""

    participant: Participant
    referrals: list[Referral] = field(default_factory=list)
    first_responses: list[FirstResponse] = field(default_factory=list)
    services: list[ServicePeriod] = field(default_factory=list)
    phases: list[PhasePeriod] = field(default_factory=list)
    decisions: list[Decision] = field(default_factory=list)
    documents: list[DocumentDone] = field(default_factory=list)
    missing: list[MissingEpisode] = field(default_factory=list)


def case_records(records: Records, case_id: str | None = None) -> dict[str, CaseRecords]:
    """Return the records of every participant on this device (or of one), by case id.

    A record whose participant has not arrived yet waits in its table, unseen.
    """
    referrals = _by_case(records, Referral, case_id)
    first_responses = _by_case(records, FirstResponse, case_id)
    services = _by_case(records, ServicePeriod, case_id)
    phases = _by_case(records, PhasePeriod, case_id)
    decisions = _by_case(records, Decision, case_id)
    documents = _by_case(records, DocumentDone, case_id)
    missing = _by_case(records, MissingEpisode, case_id)
    return {
        case: CaseRecords(
            participant,
            referrals[case],
            first_responses[case],
            services[case],
            phases[case],
            decisions[case],
            documents[case],
            missing[case],
        )
        for participant in records.all_of(Participant, case_id=case_id)
        if (case := participant.case_id)
    }


def waivers(records: Records) -> list[Waiver]:
    """Return the agency's dated waivers."""
    return records.all_of(Waiver)


def _by_case(records: Records, kind: type[R], case_id: str | None) -> defaultdict[str, list[R]]:
    grouped: defaultdict[str, list[R]] = defaultdict(list)
    for record in records.all_of(kind, case_id=case_id):
        grouped[record.case_id].append(record)
    return grouped
