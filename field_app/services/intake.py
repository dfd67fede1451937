"""Intake: from a referral to an open case, through the gate of the policy.

The gate refuses a youth who is missing (REF-05), unless a supervisor decides otherwise and says
why. It warns, and lets through, where the county or the age is outside the policy (REF-06, REF-07).
"""

from dataclasses import dataclass, replace
from datetime import date, datetime
from enum import StrEnum

from field_app.domain.records.participant import Participant, age_on
from field_app.domain.records.record import new_id
from field_app.domain.records.service import Referral
from field_app.domain.vocabulary import ParticipantKind, Phase, Service
from field_app.errors import InputError
from field_app.services.notebook import Notebook
from field_app.services.phases import PhaseService
from field_app.store.repositories import device


class GateFinding(StrEnum):
    """What the intake gate found. `missing` refuses; the others warn."""

    MISSING = "missing"
    OUTSIDE_COUNTY = "outside_county"
    COUNTY_UNKNOWN = "county_unknown"
    AGE = "age"


@dataclass(frozen=True, kw_only=True)
class GateRules:
    """The numbers of the gate, from the program file."""

    county: str
    age_below: int


@dataclass(frozen=True, kw_only=True)
class IntakeEntry:
    """What is filled in to open a case. For a parent, `participant.linked_youth_id` is set."""

    participant: Participant
    referral: Referral | None = None
    services: tuple[Service, ...] = ()
    phase: Phase | None = None
    received_at: datetime | None = None


def new_participant(**values: object) -> Participant:
    """Return a participant with a case of its own, not saved yet."""
    case_id = new_id()
    return replace(Participant(record_id=case_id, case_id=case_id), **values)  # type: ignore[arg-type]


def gate(
    participant: Participant, referral: Referral | None, rules: GateRules, today: date
) -> tuple[GateFinding, ...]:
    """Return what speaks against taking a referral; nothing for parents."""
    if participant.participant_kind is ParticipantKind.PARENT:
        return ()
    findings: list[GateFinding] = []
    if referral is not None and referral.was_missing:
        findings.append(GateFinding.MISSING)
    county = participant.residence_county.strip().casefold().removesuffix(" county")
    if not county:
        findings.append(GateFinding.COUNTY_UNKNOWN)
    elif county != rules.county.casefold():
        findings.append(GateFinding.OUTSIDE_COUNTY)
    born = participant.birth_date
    if born is not None and age_on(born, today) >= rules.age_below:
        findings.append(GateFinding.AGE)
    return tuple(findings)


class IntakeService:
    """Opening a case."""

    def __init__(self, notebook: Notebook, rules: GateRules) -> None:
        """Work in an open notebook, with the gate of a program."""
        self._notebook = notebook
        self.rules = rules

    def check(self, entry: IntakeEntry) -> tuple[GateFinding, ...]:
        """Return what the gate finds, to show before anything is saved."""
        return gate(entry.participant, entry.referral, self.rules, self._notebook.today())

    def open_case(self, entry: IntakeEntry, *, form: str | None = None) -> Participant:
        """Open the case: participant, referral and services in one transaction.

        Raises:
            InputError: The alias is empty, or the youth is missing and nobody gave a reason for
                taking the referral all the same.
        """
        participant = entry.participant
        if not participant.alias.strip():
            raise InputError(
                "An alias is needed, even a single letter.", field="alias", code="alias_needed"
            )
        born = participant.birth_date
        if born is not None and born > self._notebook.today():
            raise InputError(
                "The birth date lies in the future.", field="birth_date", code="in_future"
            )
        if GateFinding.MISSING in self.check(entry):
            referral = entry.referral
            if referral is None or not (
                referral.override_reason.strip() and referral.override_by.strip()
            ):
                raise InputError(
                    "A referral is not accepted for a youth who is missing. A supervisor can "
                    "decide otherwise: note who decided and why.",
                    field="override_reason",
                    code="gate_missing",
                )
        received = entry.received_at or self._notebook.now()
        with self._notebook.write() as records:
            saved = records.save(replace(participant, alias=participant.alias.strip()))
            if entry.referral is not None:
                records.save(replace(entry.referral, case_id=saved.case_id))
            for service in entry.services:
                PhaseService.add_service(records, saved.case_id, service, received, entry.phase)
            if form is not None:
                device.discard_draft(records.session, form)
        return saved
