"""Sheets for print: who may have them, what stands in them, and what never does."""

import re
from dataclasses import replace

import pytest

from field_app.domain.records.hand_over import HandOverLine
from field_app.domain.records.participant import SafeContact
from field_app.domain.records.release import DataClass
from field_app.domain.records.safety_plan import (
    Contributor,
    PlanAudience,
    PlanEntry,
    PlanPerson,
    PlanSection,
    SafetyPlanVersion,
)
from field_app.errors import InputError
from field_app.programs import default_program
from field_app.reports.sheet import Sheet
from field_app.services.empowerment import EmpowermentService, EmpowermentTarget, SessionEntry
from field_app.services.hand_over import HandOverService
from field_app.services.notebook import Notebook
from field_app.services.plans import PlanService
from field_app.services.releases import ReleaseEntry, ReleaseService
from field_app.services.safety_plans import SafetyPlanService
from field_app.services.sheets import SheetService
from tests.reports.pdf_text import properties_of, text_of
from tests.services.notebooks import a_parent, a_youth

ALIAS = "Ximena"
SPANISH = "¿Qué me ayuda? Mamá, música y el niño: ¡año nuevo, pingüino!"


@pytest.fixture
def sheets(notebook: Notebook) -> SheetService:
    return SheetService(notebook, default_program())


def a_version(notebook: Notebook) -> SafetyPlanVersion:
    plans = SafetyPlanService(notebook)
    plan = plans.begin(a_youth(notebook, ALIAS).case_id)
    for entry in (
        PlanEntry(section=PlanSection.WHAT_HELPS, words=SPANISH),
        PlanEntry(section=PlanSection.SAFE_PEOPLE, words="a hidden cousin", safe_to_share=False),
        PlanEntry(audience=PlanAudience.CAREGIVER, words="knock first"),
    ):
        plans.put_entry(plan.record_id, entry)
    plans.put_contributor(
        plan.record_id, Contributor(person=PlanPerson.ATTORNEY, name="Attorney Kim")
    )
    version = plans.finish(plan.record_id)
    plans.acknowledge(version.record_id, PlanPerson.YOUTH, strokes=["1,1 900,900", "5,5"])
    return version


def release_to(notebook: Notebook, case_id: str, data_class: DataClass) -> None:
    ReleaseService(notebook).sign(
        ReleaseEntry(
            case_id=case_id,
            recipient="School",
            purpose="to help",
            data_classes=(data_class,),
            signer_is_not_abuser=True,
            youth_agrees=True,
            initials="X.",
        )
    )


def no_name_in_file_name_or_properties(sheet: Sheet) -> bool:
    return (
        re.fullmatch(r"[a-z]+-\d{4}-\d{2}-\d{2}\.pdf", sheet.file_name) is not None
        and ALIAS.encode() not in properties_of(sheet.content)
        and b"/Title" not in sheet.content
        and b"/Author" not in sheet.content
    )


@pytest.mark.requirement("DAT-41")
def test_the_youths_own_copy_needs_no_release_and_speaks_spanish(
    notebook: Notebook, sheets: SheetService
) -> None:
    sheet = sheets.safety_plan(a_version(notebook).record_id, language="es")

    text = text_of(sheet.content)
    assert SPANISH in text
    assert "Plan de seguridad" in text
    assert "Página 1 de" in text
    assert "a hidden cousin" in text
    assert "knock first" not in text
    assert sheet.replaced == 0
    assert no_name_in_file_name_or_properties(sheet)


@pytest.mark.requirement("ATM-02", "X-02")
def test_a_shared_plan_needs_a_live_release_and_leaves_out_what_is_unsafe(
    notebook: Notebook, sheets: SheetService
) -> None:
    version = a_version(notebook)
    with pytest.raises(InputError) as caught:
        sheets.safety_plan(version.record_id, language="en", recipient="School")
    with pytest.raises(InputError):
        sheets.safety_plan(version.record_id, language="en", audience=PlanAudience.CAREGIVER)
    release_to(notebook, version.case_id, DataClass.SAFETY_PLAN)

    sheet = sheets.safety_plan(version.record_id, language="en", recipient="School")

    text = text_of(sheet.content)
    assert caught.value.code == "no_live_release"
    assert SPANISH in text
    assert "a hidden cousin" not in text
    assert "Attorney Kim" not in text
    logged = ReleaseService(notebook).disclosures(version.case_id)
    assert [(d.recipient, d.release_id is None) for d in logged] == [("School", False)]


def test_letters_that_paper_cannot_show_are_counted_and_harm_nothing(
    notebook: Notebook, sheets: SheetService
) -> None:
    plans = SafetyPlanService(notebook)
    plan = plans.begin(a_youth(notebook).case_id)
    plans.put_entry(plan.record_id, PlanEntry(words="“Tía” – café… \U0001f600 日本 \x07"))
    version = plans.finish(plan.record_id)

    sheet = sheets.safety_plan(version.record_id, language="es")

    assert '"Tía" - café... ? ?? ?' in text_of(sheet.content)
    assert sheet.replaced == 4


def test_a_long_plan_runs_over_pages_with_numbers(notebook: Notebook, sheets: SheetService) -> None:
    plans = SafetyPlanService(notebook)
    plan = plans.begin(a_youth(notebook).case_id)
    for number in range(40):
        plans.put_entry(plan.record_id, PlanEntry(words=f"line {number} " + "word " * 40))

    text = text_of(
        sheets.safety_plan(plans.finish(plan.record_id).record_id, language="en").content
    )

    assert "line 39" in text
    assert "Page 2 of" in text


@pytest.mark.requirement("DAT-02")
def test_the_hand_over_page_names_topics_and_never_the_code_word(
    notebook: Notebook, sheets: SheetService
) -> None:
    youth = a_youth(notebook, ALIAS)
    with notebook.write() as records:
        records.save(
            replace(youth, safe_contact=SafeContact(hours="after 4", code_word="pineapple"))
        )
    hand_over = HandOverService(notebook)
    hand_over.put_line(youth.case_id, HandOverLine(words="walks by the sea"))
    hand_over.put_line(youth.case_id, HandOverLine(words="stays with me", goes_over=False))
    hand_over.add_told(youth.case_id, "my first school")
    PlanService(notebook).add_goal(youth.case_id, "learn to swim")

    sheet = sheets.hand_over(youth.case_id, language="en")

    text = text_of(sheet.content)
    for words in ("walks by the sea", "my first school", "learn to swim", "When: after 4", ALIAS):
        assert words in text
    assert "pineapple" not in text
    assert "stays with me" not in text
    assert no_name_in_file_name_or_properties(sheet)
    with pytest.raises(InputError):
        sheets.hand_over(youth.case_id, language="en", recipient="School")
    release_to(notebook, youth.case_id, DataClass.HAND_OVER)
    assert sheets.hand_over(youth.case_id, language="en", recipient="School").content


@pytest.mark.requirement("PEP-01", "PEP-02", "DAT-42")
def test_a_certificate_is_for_those_who_completed_the_program(
    notebook: Notebook, sheets: SheetService
) -> None:
    parent = a_parent(notebook, a_youth(notebook))
    program = EmpowermentService(notebook, EmpowermentTarget(10, 90, 6))
    with pytest.raises(InputError) as caught:
        sheets.certificate(parent.case_id, name=ALIAS, language="es")
    for number in range(1, 11):
        program.log(parent.case_id, SessionEntry(session_number=number, topics=(1, 2, 3, 4, 5, 6)))

    sheet = sheets.certificate(parent.case_id, name=ALIAS, language="es")

    assert caught.value.code == "not_complete"
    text = text_of(sheet.content)
    assert ALIAS in text
    assert "Certificado de finalización" in text
    assert "10 sesiones" in text
    # It hangs on walls: what the sessions were about would tell of the child.
    assert not [t.es for t in default_program().versions[-1].empowerment.topics if t.es in text]
    assert no_name_in_file_name_or_properties(sheet)
