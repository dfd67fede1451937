"""Reading a scenario: one participant's facts as a person writes them down to check a reading.

The shape is that of `field-app due --scenario`. Local times get the program's zone; an unknown
field, an impossible date or an overlap is refused with its path. Beyond the documented fields it
takes `entered_at` (contacts), `closed_because` (the parent's packet), `medical_hub_answer` and
`empowerment_answer`.
"""

import json
from typing import Any

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
from field_app.domain.policy.checked_fields import CheckedFields
from field_app.domain.policy.program import Program
from field_app.domain.policy.program_file import read_readings
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

VIDEO_WAIVER = "video"


def parse_scenario(json_text: str, program: Program) -> Facts:
    """Return the facts of a scenario file. Raises InputError that names the field."""
    try:
        scenario = json.loads(json_text, object_pairs_hook=_without_repeats)
    except RecursionError as nested:
        raise InputError("the scenario is nested too deeply") from nested
    except ValueError as broken:
        raise InputError(f"the scenario is not JSON: {broken}") from broken
    return read_scenario(scenario, program)


def read_scenario(scenario: object, program: Program) -> Facts:
    """Return the facts of a scenario that was read already. Raises InputError."""

    def refuse(path: str, reason: str) -> Exception:
        return InputError(reason, field=path or "scenario")

    table = CheckedFields(scenario, "", refuse, program.calendar.localize)
    asked_program = table.optional_text("program")
    if asked_program is not None and asked_program != program.id:
        table.refuse("program", f"{asked_program!r} is not the program in use, {program.id!r}")
    readings = table.optional_table("readings")
    facts = Facts(
        participant=_participant(table.table("participant")),
        referral=_referral(table.optional_table("referral")),
        first_response=_first_response(table.optional_table("first_response")),
        services=tuple(_service(entry) for entry in table.tables("services")),
        contacts=tuple(_contact(entry) for entry in table.tables("contacts")),
        documents=tuple(_document(entry) for entry in table.tables("documents")),
        missing=tuple(_span(entry) for entry in table.tables("missing")),
        video_waivers=tuple(_waiver(entry) for entry in table.tables("waivers")),
        readings=read_readings(readings, all_needed=False) if readings else {},
    )
    table.finish()
    return facts


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """JSON lets a name stand twice and drops the first: a silent loss, so it is refused."""
    table = dict(pairs)
    if len(table) < len(pairs):
        names = [name for name, _ in pairs]
        twice = next(name for name in names if names.count(name) > 1)
        raise InputError("stands twice in one table", field=twice)
    return table


def _participant(table: CheckedFields) -> ParticipantFacts:
    facts = ParticipantFacts(
        id=table.optional_text("id") or "",
        kind=table.optional_word("kind", ParticipantKind) or ParticipantKind.YOUTH,
        birth_date=table.optional_day("birth_date"),
    )
    table.finish()
    return facts


def _referral(table: CheckedFields | None) -> ReferralFacts | None:
    if table is None:
        return None
    facts = ReferralFacts(
        submitted_at=table.optional_time("submitted_at"),
        assigned_at=table.optional_time("assigned_at"),
        csw_contacted_at=table.optional_time("csw_contacted_at"),
    )
    table.finish()
    return facts


def _first_response(table: CheckedFields | None) -> FirstResponseFacts | None:
    if table is None:
        return None
    facts = FirstResponseFacts(
        called_at=table.optional_time("called_at"),
        arrived_at=table.optional_time("arrived_at"),
        safety_plan_at=table.optional_time("safety_plan_at"),
        medical_hub_at=table.optional_time("medical_hub_at"),
        medical_hub_answer=table.optional_word("medical_hub_answer", HubAnswer),
        initial_mdt_at=table.optional_time("initial_mdt_at"),
        closed_on=table.optional_day("closed_on"),
        close_reason=table.optional_text("close_reason"),
    )
    table.finish()
    return facts


def _service(table: CheckedFields) -> ServiceFacts:
    facts = ServiceFacts(
        service=table.word("service", Service),
        received_at=table.optional_time("received_at"),
        ended_on=table.optional_day("ended_on"),
        phases=tuple(_phase(entry) for entry in table.tables("phases")),
        decisions=tuple(_decision(entry) for entry in table.tables("decisions")),
        contact_safe=table.optional_truth("contact_safe"),
        empowerment_offered_on=table.optional_day("empowerment_offered_on"),
        empowerment_answer=table.optional_word("empowerment_answer", OfferAnswer),
    )
    table.finish()
    return facts


def _phase(table: CheckedFields) -> PhaseFacts:
    facts = PhaseFacts(
        phase=table.word("phase", Phase),
        first_day=table.day("from"),
        to=table.optional_day("to"),
        decisions=tuple(_decision(entry) for entry in table.tables("decisions")),
    )
    table.finish()
    return facts


def _decision(table: CheckedFields) -> DecisionFacts:
    facts = DecisionFacts(
        kind=table.word("kind", DecisionKind),
        on=table.day("on"),
        until=table.optional_day("until"),
        reason=table.optional_text("reason"),
    )
    table.finish()
    return facts


def _contact(table: CheckedFields) -> ContactFacts:
    facts = ContactFacts(
        at=table.time("at"),
        channel=table.word("channel", Channel),
        outcome=table.word("outcome", Outcome),
        services=table.word_list("services", Service),
        entered_at=table.optional_time("entered_at"),
    )
    table.finish()
    return facts


def _document(table: CheckedFields) -> DocumentFacts:
    facts = DocumentFacts(
        kind=table.word("kind", DocumentKind),
        on=table.day("on"),
        closed_because=table.optional_word("closed_because", ClosedBecause),
    )
    table.finish()
    return facts


def _span(table: CheckedFields) -> DaySpan:
    span = DaySpan(first_day=table.day("from"), to=table.optional_day("to"))
    table.finish()
    return span


def _waiver(table: CheckedFields) -> DaySpan:
    kind = table.text("kind")
    if kind != VIDEO_WAIVER:
        table.refuse("kind", f"{kind!r} is not one of: {VIDEO_WAIVER}")
    return _span(table)
