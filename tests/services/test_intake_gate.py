"""From a referral to an open case, through the gate."""

from datetime import date, timedelta

import pytest

from field_app.domain.records.participant import Participant
from field_app.domain.records.record import new_id
from field_app.domain.records.service import PhasePeriod, Referral, ServicePeriod
from field_app.domain.vocabulary import ParticipantKind, Phase, Service
from field_app.errors import InputError
from field_app.services.drafts import DraftService
from field_app.services.intake import (
    GateFinding,
    GateRules,
    IntakeEntry,
    IntakeService,
    gate,
    new_participant,
)
from field_app.services.notebook import Notebook
from tests.services.notebooks import NOON

RULES = GateRules(county="Los Angeles", age_below=21)
TODAY = date(2026, 3, 10)


def a_candidate(**values: object) -> Participant:
    return new_participant(**{"alias": "A.", "residence_county": "Los Angeles", **values})


def a_referral(**values: object) -> Referral:
    return Referral(case_id=new_id(), **values)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("participant", "referral", "findings"),
    [
        (a_candidate(), a_referral(), ()),
        (a_candidate(residence_county="los angeles COUNTY "), None, ()),
        (a_candidate(residence_county="Orange"), None, (GateFinding.OUTSIDE_COUNTY,)),
        (a_candidate(residence_county=""), None, (GateFinding.COUNTY_UNKNOWN,)),
        (a_candidate(), a_referral(was_missing=True), (GateFinding.MISSING,)),
        (a_candidate(birth_date=date(2005, 3, 10)), None, (GateFinding.AGE,)),
        (a_candidate(birth_date=date(2005, 3, 11)), None, ()),
        (
            a_candidate(participant_kind=ParticipantKind.PARENT, residence_county="Orange"),
            a_referral(was_missing=True),
            (),
        ),
    ],
)
def test_the_gate_finds_what_the_policy_names(
    participant: Participant, referral: Referral | None, findings: tuple[GateFinding, ...]
) -> None:
    assert gate(participant, referral, RULES, TODAY) == findings


def test_opening_a_case_saves_participant_referral_service_and_phase_together(
    notebook: Notebook,
) -> None:
    entry = IntakeEntry(
        participant=a_candidate(alias="  A. "),
        referral=a_referral(assigned_at=NOON),
        services=(Service.ADVOCACY, Service.SURVIVOR_ADVOCACY),
        phase=Phase.FIRST_RESPONSE,
        received_at=NOON - timedelta(hours=20),
    )

    youth = IntakeService(notebook, RULES).open_case(entry)

    assert youth.alias == "A."
    with notebook.read() as records:
        assert len(records.of_case(Referral, youth.case_id)) == 1
        assert len(records.of_case(ServicePeriod, youth.case_id)) == 2
        (phase,) = records.of_case(PhasePeriod, youth.case_id)
    assert phase.phase is Phase.FIRST_RESPONSE
    assert phase.starts_on == date(2026, 3, 9)


def test_a_youth_who_is_missing_is_refused_and_nothing_is_saved(notebook: Notebook) -> None:
    entry = IntakeEntry(participant=a_candidate(), referral=a_referral(was_missing=True))

    with pytest.raises(InputError) as caught:
        IntakeService(notebook, RULES).open_case(entry)

    assert caught.value.code == "gate_missing"
    with notebook.read() as records:
        assert records.all_of(Participant) == []


@pytest.mark.parametrize(
    ("reason", "who"), [("", "the supervisor"), ("she asked for us", ""), ("  ", "  ")]
)
def test_an_override_needs_who_decided_and_why(notebook: Notebook, reason: str, who: str) -> None:
    referral = a_referral(was_missing=True, override_reason=reason, override_by=who)

    with pytest.raises(InputError):
        IntakeService(notebook, RULES).open_case(
            IntakeEntry(participant=a_candidate(), referral=referral)
        )


def test_a_supervisors_override_opens_the_case_and_is_kept(notebook: Notebook) -> None:
    referral = a_referral(was_missing=True, override_reason="she called us", override_by="Sup")

    youth = IntakeService(notebook, RULES).open_case(
        IntakeEntry(participant=a_candidate(), referral=referral)
    )

    with notebook.read() as records:
        (kept,) = records.of_case(Referral, youth.case_id)
    assert (kept.override_reason, kept.override_by) == ("she called us", "Sup")


def test_warnings_let_the_case_through(notebook: Notebook) -> None:
    entry = IntakeEntry(participant=a_candidate(residence_county="Kern"))
    intake = IntakeService(notebook, RULES)

    assert intake.check(entry) == (GateFinding.OUTSIDE_COUNTY,)
    assert intake.open_case(entry).alias == "A."


@pytest.mark.parametrize(
    ("values", "field"),
    [({"alias": "  "}, "alias"), ({"birth_date": date(2026, 3, 11)}, "birth_date")],
)
def test_what_cannot_be_is_refused_by_field(
    notebook: Notebook, values: dict[str, object], field: str
) -> None:
    with pytest.raises(InputError) as caught:
        IntakeService(notebook, RULES).open_case(IntakeEntry(participant=a_candidate(**values)))

    assert caught.value.field == field


def test_a_service_for_another_kind_of_participant_undoes_the_whole_intake(
    notebook: Notebook,
) -> None:
    DraftService(notebook).save("intake", {"alias": "A."})
    entry = IntakeEntry(participant=a_candidate(), services=(Service.PARENT_ADVOCACY,))

    with pytest.raises(InputError):
        IntakeService(notebook, RULES).open_case(entry, form="intake")

    with notebook.read() as records:
        assert records.all_of(Participant) == []
    assert DraftService(notebook).load("intake") is not None


def test_an_opened_case_clears_its_draft(notebook: Notebook) -> None:
    DraftService(notebook).save("intake", {"alias": "A."})

    IntakeService(notebook, RULES).open_case(IntakeEntry(participant=a_candidate()), form="intake")

    assert DraftService(notebook).load("intake") is None
