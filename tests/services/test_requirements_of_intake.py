"""What the seeds ask of intake, team, contacts and profile, on a real store."""

from dataclasses import replace
from datetime import date

import pytest

from field_app.domain.records.missing import WelcomeBack, WelcomeNeed
from field_app.domain.records.participant import TeamMember
from field_app.domain.records.profile import (
    Circumstance,
    EntryPath,
    IdentifiedBy,
    Jurisdiction,
    Profile,
)
from field_app.domain.records.record import HEADER_FIELDS, own_fields
from field_app.domain.records.service import Referral
from field_app.domain.records.staff import StaffRole
from field_app.domain.vocabulary import Channel, ContactPurpose, Outcome, ParticipantKind, TeamRole
from field_app.services.caseload import CaseloadService
from field_app.services.contacts import ContactEntry, ContactService
from field_app.services.intake import GateFinding, GateRules, IntakeEntry, IntakeService
from field_app.services.intake import new_participant as a_new_participant
from field_app.services.notebook import Notebook
from field_app.services.profiles import ProfileService
from tests.services.notebooks import a_parent, a_youth

RULES = GateRules(county="Los Angeles", age_below=21)


@pytest.mark.requirement("REF-04", "REF-09", "REF-10", "REF-11")
def test_the_referral_keeps_what_the_form_says(notebook: Notebook) -> None:
    intake = IntakeService(notebook, RULES)
    youth = a_new_participant(alias="A.", classification="high_risk", is_non_minor_dependent=True)
    referral = Referral(
        case_id=youth.case_id,
        reasons=("known to a partner", "other"),
        youth_amenable=True,
        scsw_approved_on=date(2026, 3, 9),
    )

    saved = intake.open_case(IntakeEntry(participant=youth, referral=referral))

    with notebook.read() as records:
        (kept,) = records.of_case(Referral, saved.case_id)
    assert kept.reasons == ("known to a partner", "other")
    assert (kept.youth_amenable, kept.scsw_approved_on) == (True, date(2026, 3, 9))
    assert saved.is_non_minor_dependent


@pytest.mark.requirement("REF-07", "DAT-35")
@pytest.mark.parametrize(
    ("born", "warned"),
    [(date(2026, 3, 9), False), (date(2005, 3, 11), False), (date(2005, 3, 10), True)],
)
def test_age_warns_from_the_twenty_first_birthday_and_has_no_minimum(
    notebook: Notebook, born: date, warned: bool
) -> None:
    youth = a_new_participant(alias="A.", birth_date=born, residence_county="Los Angeles")

    findings = IntakeService(notebook, RULES).check(IntakeEntry(participant=youth))

    assert (GateFinding.AGE in findings) is warned


@pytest.mark.requirement("REF-08")
def test_a_parent_is_a_participant_of_their_own_linked_to_the_youth(notebook: Notebook) -> None:
    youth = a_youth(notebook)

    parent = a_parent(notebook, youth)

    assert parent.participant_kind is ParticipantKind.PARENT
    assert parent.case_id != youth.case_id
    assert parent.linked_youth_id == youth.record_id


@pytest.mark.requirement("FRP-17", "FRP-23", "ATM-01", "PRA-17", "PRA-25", "DAT-37")
def test_the_team_keeps_its_history_and_has_room_for_survivor_advocate_and_on_call(
    notebook: Notebook,
) -> None:
    caseload = CaseloadService(notebook)
    case_id = a_youth(notebook).case_id
    first = caseload.save_team_member(TeamMember(case_id=case_id, role=TeamRole.CSW, name="One"))
    caseload.save_team_member(replace(first, until=date(2026, 3, 9)))
    caseload.save_team_member(TeamMember(case_id=case_id, role=TeamRole.CSW, name="Two"))
    for role in (TeamRole.SURVIVOR_ADVOCATE, TeamRole.ON_CALL):
        caseload.save_team_member(TeamMember(case_id=case_id, role=role, name="Three"))

    page = caseload.page(case_id)

    assert page is not None
    assert sorted((m.name, m.until) for m in page.team if m.role is TeamRole.CSW) == [
        ("One", date(2026, 3, 9)),
        ("Two", None),
    ]
    assert StaffRole.SURVIVOR_ADVOCATE in StaffRole


@pytest.mark.requirement("POL-04", "STB-09", "MNT-04", "TRN-06", "SUR-02")
def test_a_contact_may_be_tagged_with_what_it_was_about(notebook: Notebook) -> None:
    contacts = ContactService(notebook)
    purposes = (ContactPurpose.GOALS, ContactPurpose.CRISIS_RESPONSE)

    saved = contacts.log(
        ContactEntry(
            case_id=a_youth(notebook).case_id,
            channel=Channel.TEXT,
            outcome=Outcome.REACHED,
            purposes=purposes,
        )
    )

    assert contacts.find(saved.record_id) == saved
    assert saved.purposes == purposes


@pytest.mark.requirement(
    "DAT-12", "DAT-13", "DAT-14", "DAT-15", "DAT-17", "DAT-18", "DAT-26", "DAT-34", "X-13", "PRA-05"
)
def test_a_profile_is_optional_and_keeps_what_the_person_says(notebook: Notebook) -> None:
    profiles = ProfileService(notebook)
    case_id = a_youth(notebook).case_id
    empty = profiles.of_case(case_id)
    assert empty == Profile(record_id=empty.record_id, case_id=case_id)

    saved = profiles.save(
        replace(
            empty,
            entry_path=EntryPath.COMMUNITY,
            jurisdiction=Jurisdiction.DUAL,
            identified_by=IdentifiedBy.SELF_OR_FAMILY,
            gender="they, and it changes",
            prior_child_welfare=True,
            circumstances=(Circumstance.PREGNANT_OR_PARENTING,),
        )
    )

    assert profiles.of_case(case_id) == saved
    assert {path.value for path in EntryPath} == {"dcfs_open", "probation_open", "community"}


@pytest.mark.requirement("X-09")
def test_medical_options_are_a_choice_that_leaves_no_outcome() -> None:
    assert WelcomeNeed.MEDICAL_OPTIONS.value == "medical_options"
    fields = set(own_fields(WelcomeBack)) - HEADER_FIELDS
    assert not {name for name in fields if "medical" in name or "outcome" in name}
