"""What a caseload is made of, read for all participants in a handful of queries."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import TypeVar

from field_app.domain.participant import Participant
from field_app.domain.record import Record
from field_app.domain.service import (
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
    """Return the records of every participant on this device (or of one), by case id."""
    cases = {
        participant.case_id: CaseRecords(participant)
        for participant in records.all_of(Participant, case_id=case_id)
    }
    for case, found in _by_case(records.all_of(Referral, case_id=case_id), cases):
        case.referrals = found
    for case, found in _by_case(records.all_of(FirstResponse, case_id=case_id), cases):
        case.first_responses = found
    for case, found in _by_case(records.all_of(ServicePeriod, case_id=case_id), cases):
        case.services = found
    for case, found in _by_case(records.all_of(PhasePeriod, case_id=case_id), cases):
        case.phases = found
    for case, found in _by_case(records.all_of(Decision, case_id=case_id), cases):
        case.decisions = found
    for case, found in _by_case(records.all_of(DocumentDone, case_id=case_id), cases):
        case.documents = found
    for case, found in _by_case(records.all_of(MissingEpisode, case_id=case_id), cases):
        case.missing = found
    return cases


def waivers(records: Records) -> list[Waiver]:
    """Return the agency's dated waivers."""
    return records.all_of(Waiver)


def _by_case(
    found: Iterable[R], cases: dict[str, CaseRecords]
) -> Iterable[tuple[CaseRecords, list[R]]]:
    grouped: dict[str, list[R]] = defaultdict(list)
    for record in found:
        # A record whose participant has not arrived yet waits in its table, unseen.
        if record.case_id in cases:
            grouped[record.case_id].append(record)
    return ((cases[case_id], group) for case_id, group in grouped.items())
