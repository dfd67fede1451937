"""What is known about one participant, in exactly the shape of a scenario file.

The engine sees nothing else: no store, no screen, no names. Moments are datetimes with a zone; days
are dates, and every `to`, `until` and `ended_on` is inclusive. What lies after the moment asked
about is ignored by the engine, so facts may hold the whole record.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from itertools import pairwise

from field_app.domain.policy.calendar import second_of
from field_app.domain.vocabulary import (
    Channel,
    DecisionKind,
    DocumentKind,
    Outcome,
    ParticipantKind,
    Phase,
    Service,
)
from field_app.errors import InputError


class ClosedBecause(StrEnum):
    """Why a parent's packet will not be given."""

    NOT_SAFE = "not_safe"
    NO_PARENT = "no_parent"
    DECLINED = "declined"


class HubAnswer(StrEnum):
    """What became of the medical hub. Never a clinical detail."""

    OFFERED = "offered"
    ACCOMPANIED = "accompanied"
    DECLINED = "declined"


class OfferAnswer(StrEnum):
    """The answer to the offer of the Parent Empowerment Program. Each closes the duty."""

    ACCEPTED = "accepted"
    DECLINED = "declined"
    LATER = "later"


@dataclass(frozen=True, slots=True)
class ParticipantFacts:
    """Whom the duties are about."""

    id: str
    kind: ParticipantKind = ParticipantKind.YOUTH
    birth_date: date | None = None


@dataclass(frozen=True, slots=True)
class ReferralFacts:
    """The CSW's e-mail, the assignment to the agency, and the first talk with the CSW."""

    submitted_at: datetime | None = None
    assigned_at: datetime | None = None
    csw_contacted_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class FirstResponseFacts:
    """A call to a first response and what followed it."""

    called_at: datetime | None = None
    arrived_at: datetime | None = None
    safety_plan_at: datetime | None = None
    medical_hub_at: datetime | None = None
    medical_hub_answer: HubAnswer | None = None
    initial_mdt_at: datetime | None = None
    closed_on: date | None = None
    close_reason: str | None = None


@dataclass(frozen=True, slots=True)
class DecisionFacts:
    """A decision on how long a first month or a phase lasts. `until` only when extended."""

    kind: DecisionKind
    on: date
    until: date | None = None
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PhaseFacts:
    """A phase of advocacy, open while `to` is None."""

    phase: Phase
    first_day: date
    to: date | None = None
    decisions: tuple[DecisionFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class ServiceFacts:
    """A service, open while `ended_on` is None. Parent advocacy is that of the linked parent.

    `contact_safe` is the answer to the parent-safety question, None while nobody has answered.
    """

    service: Service
    received_at: datetime | None = None
    ended_on: date | None = None
    phases: tuple[PhaseFacts, ...] = ()
    decisions: tuple[DecisionFacts, ...] = ()
    contact_safe: bool | None = None
    empowerment_offered_on: date | None = None
    empowerment_answer: OfferAnswer | None = None


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """A contact or an attempt, on the local day on which it began.

    `entered_at` is when it was written down; it changes nothing but is shown when late. `second`
    is the moment as seconds since 1970, and `day` the ordinal of its day in the zone of `at`. Give
    `at` in the program's zone where that costs nothing: other zones are converted for the ledger.
    """

    at: datetime
    channel: Channel
    outcome: Outcome
    services: tuple[Service, ...]
    entered_at: datetime | None = None
    second: int = field(init=False, repr=False, compare=False)
    day: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        # Once here, not at every computation: a caseload has tens of thousands of contacts.
        object.__setattr__(self, "second", second_of(self.at))
        object.__setattr__(self, "day", self.at.toordinal())


@dataclass(frozen=True, slots=True)
class DocumentFacts:
    """A document given or finished on a day, or the reason why it will not be."""

    kind: DocumentKind
    on: date
    closed_because: ClosedBecause | None = None


@dataclass(frozen=True, slots=True)
class DaySpan:
    """Days from the first to the last, both counted; open while `to` is None."""

    first_day: date
    to: date | None = None


@dataclass(frozen=True)
class Facts:
    """Everything the engine knows about one participant. `readings` replace the program's."""

    participant: ParticipantFacts
    referral: ReferralFacts | None = None
    first_response: FirstResponseFacts | None = None
    services: tuple[ServiceFacts, ...] = ()
    contacts: tuple[ContactFacts, ...] = ()
    documents: tuple[DocumentFacts, ...] = ()
    missing: tuple[DaySpan, ...] = ()
    video_waivers: tuple[DaySpan, ...] = ()
    readings: Mapping[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        check_facts(self)


def check_facts(facts: Facts) -> None:
    """Refuse what cannot be: ends before starts, overlaps, decisions out of place.

    Raises InputError whose field is the path of a scenario file. What depends on the program's
    numbers (an extension that does not extend) is refused by the engine.
    """
    for name, spans in (("missing", facts.missing), ("waivers", facts.video_waivers)):
        for i, span in enumerate(spans):
            _check_order(span.first_day, span.to, f"{name}[{i}].to", "from")
    for i, service in enumerate(facts.services):
        path = f"services[{i}]"
        _check_phases(service, path)
        if service.service is Service.ADVOCACY and service.decisions:
            raise InputError(
                "advocacy has no first month; write the decision in its phase",
                field=f"{path}.decisions",
            )
        for j, decision in enumerate(service.decisions):
            _check_decision(decision, f"{path}.decisions[{j}]")
    _check_document_reasons(facts)


def _check_phases(service: ServiceFacts, path: str) -> None:
    if service.phases and service.service is not Service.ADVOCACY:
        raise InputError("only advocacy has phases", field=f"{path}.phases")
    in_order = sorted(enumerate(service.phases), key=lambda numbered: numbered[1].first_day)
    for i, phase in in_order:
        phase_path = f"{path}.phases[{i}]"
        _check_order(phase.first_day, phase.to, f"{phase_path}.to", "from")
        if service.ended_on is not None and phase.first_day > service.ended_on:
            raise InputError(
                f"{phase.first_day} is after the service ended on {service.ended_on}",
                field=f"{phase_path}.from",
            )
        for j, decision in enumerate(phase.decisions):
            decision_path = f"{phase_path}.decisions[{j}]"
            _check_decision(decision, decision_path)
            if decision.kind is not DecisionKind.EXTENDED:
                raise InputError("a phase can only be extended", field=f"{decision_path}.kind")
            if decision.on < phase.first_day:
                raise InputError(
                    f"{decision.on} is before the phase began on {phase.first_day}",
                    field=f"{decision_path}.on",
                )
    for (_, earlier), (i, later) in pairwise(in_order):
        if earlier.to is None or later.first_day <= earlier.to:
            ends = "has not ended" if earlier.to is None else f"ends on {earlier.to}"
            raise InputError(
                f"{later.first_day} overlaps the {earlier.phase.value} phase, which {ends}; "
                "a phase starts on the day after the one before it",
                field=f"{path}.phases[{i}].from",
            )


def _check_decision(decision: DecisionFacts, path: str) -> None:
    if decision.kind is DecisionKind.EXTENDED and decision.until is None:
        raise InputError("is needed for an extension", field=f"{path}.until")
    if decision.kind is DecisionKind.STABILIZED and decision.until is not None:
        raise InputError("belongs to an extension only", field=f"{path}.until")


def _check_document_reasons(facts: Facts) -> None:
    for i, document in enumerate(facts.documents):
        of_parent = document.kind is DocumentKind.INTRODUCTORY_PACKET_PARENT
        if document.closed_because is not None and not of_parent:
            raise InputError(
                "only the parent's introductory packet is closed with a reason",
                field=f"documents[{i}].closed_because",
            )


def _check_order(first: date, last: date | None, path: str, first_name: str) -> None:
    if last is not None and last < first:
        raise InputError(f"{last} is before its {first_name}, {first}", field=path)
