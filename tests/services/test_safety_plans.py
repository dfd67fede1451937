"""Safety plans on a real store."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from field_app.domain.records.merge import merge_records
from field_app.domain.records.release import DataClass, LegalBasis
from field_app.domain.records.response_clocks import ResponseLimits
from field_app.domain.records.safety_plan import (
    Contributor,
    DifferenceKind,
    PlanAudience,
    PlanEntry,
    PlanPerson,
    PlanSection,
    SafetyPlan,
    SafetyPlanKind,
    difference,
    entries_for,
)
from field_app.domain.records.service import DocumentDone
from field_app.domain.vocabulary import DocumentKind
from field_app.errors import InputError
from field_app.services.notebook import Notebook
from field_app.services.releases import ReleaseEntry, ReleaseService
from field_app.services.responses import ResponseService
from field_app.services.safety_plans import SafetyPlanService
from tests.services.notebooks import NOON, StandingClock, a_parent, a_youth

LIMITS = ResponseLimits(90, 72, (48, 68))


@pytest.fixture
def plans(notebook: Notebook) -> SafetyPlanService:
    return SafetyPlanService(notebook)


def a_plan(notebook: Notebook, plans: SafetyPlanService) -> SafetyPlan:
    plan = plans.begin(a_youth(notebook).case_id)
    plans.put_entry(plan.record_id, PlanEntry(words="draws well"))
    return plans.put_entry(plan.record_id, PlanEntry(section=PlanSection.SAFE_PEOPLE, words="aunt"))


@pytest.mark.requirement("PRA-06")
def test_every_line_is_saved_by_itself_and_nothing_is_required(
    notebook: Notebook, plans: SafetyPlanService
) -> None:
    plan = a_plan(notebook, plans)

    assert plans.find(plan.record_id) == plan
    assert [entry.words for entry in plan.entries] == ["draws well", "aunt"]


def test_a_line_without_words_is_taken_out(notebook: Notebook, plans: SafetyPlanService) -> None:
    plan = a_plan(notebook, plans)

    saved = plans.put_entry(plan.record_id, replace(plan.entries[0], words=" "))

    assert [entry.words for entry in saved.entries] == ["aunt"]


@pytest.mark.requirement("STB-05")
def test_finishing_makes_a_version_and_marks_the_paper_in_one_go(
    notebook: Notebook, plans: SafetyPlanService
) -> None:
    plan = a_plan(notebook, plans)

    version = plans.finish(plan.record_id)

    with notebook.read() as records:
        papers = records.of_case(DocumentDone, plan.case_id)
    assert [(p.document, p.done_on) for p in papers] == [
        (DocumentKind.SAFETY_PLAN, date(2026, 3, 10))
    ]
    assert version.entries == plan.entries
    assert version.review_on == date(2026, 3, 24)
    assert plans.reviews_due(date(2026, 3, 24))[0].due_on == date(2026, 3, 24)


def test_an_unchanged_plan_is_no_second_version(
    notebook: Notebook, plans: SafetyPlanService
) -> None:
    plan = a_plan(notebook, plans)

    assert plans.finish(plan.record_id) == plans.finish(plan.record_id)
    assert len(plans.versions(plan.record_id)) == 1


def test_an_empty_plan_is_not_finished(notebook: Notebook, plans: SafetyPlanService) -> None:
    plan = plans.begin(a_youth(notebook).case_id)

    with pytest.raises(InputError) as caught:
        plans.finish(plan.record_id)

    assert caught.value.code == "empty"


def test_a_version_never_changes_when_the_plan_goes_on(
    notebook: Notebook, plans: SafetyPlanService, clock: StandingClock
) -> None:
    plan = a_plan(notebook, plans)
    version = plans.finish(plan.record_id)
    clock.forward(days=1)
    plans.put_entry(plan.record_id, replace(plan.entries[1], words="grandmother"))
    plans.put_entry(plan.record_id, PlanEntry(section=PlanSection.TRIGGERS, words="loud voices"))
    second = plans.finish(plan.record_id)

    assert plans.versions(plan.record_id) == [version, second]
    assert second.previous_version_id == version.record_id
    lines = difference(version.entries, second.entries)
    assert [(line.what, line.before, line.after) for line in lines] == [
        (DifferenceKind.ADDED, "", "loud voices"),
        (DifferenceKind.CHANGED, "aunt", "grandmother"),
    ]
    assert plans.changes_since(plan.record_id) == ()


@pytest.mark.requirement("FRP-08")
def test_a_72_hour_plan_covers_the_hours_from_the_call_and_closes_the_responses_duty(
    notebook: Notebook, plans: SafetyPlanService, clock: StandingClock
) -> None:
    responses = ResponseService(notebook, lambda day: LIMITS)
    response = responses.start()
    now = clock.forward(hours=5)

    plan = plans.begin(response.case_id, SafetyPlanKind.HOURS_72, response_limits=LIMITS)
    plans.put_entry(plan.record_id, PlanEntry(words="draws well"))
    plans.finish(plan.record_id)

    assert plan.covers_until == NOON + timedelta(hours=72)
    found = responses.find(response.record_id)
    assert found is not None
    assert found.safety_plan_at == now
    due = plans.reviews_due(date(2026, 3, 13))
    assert [(one.plan_kind, one.due_on) for one in due] == [
        (SafetyPlanKind.HOURS_72, date(2026, 3, 13))
    ]


@pytest.mark.requirement("DAT-22", "ATM-04")
def test_the_court_variant_is_a_plan_of_its_own(
    notebook: Notebook, plans: SafetyPlanService
) -> None:
    youth = a_youth(notebook)

    full, court = plans.begin(youth.case_id), plans.begin(youth.case_id, SafetyPlanKind.COURT)

    assert full.record_id != court.record_id
    assert plans.begin(youth.case_id, SafetyPlanKind.COURT) == court


def test_two_phones_that_begin_a_plan_begin_the_same_one_and_keep_both_their_lines(
    notebook: Notebook, plans: SafetyPlanService
) -> None:
    mine = a_plan(notebook, plans)
    theirs = replace(mine, entries=(PlanEntry(words="sings"),))

    merged = merge_records(None, mine, theirs).record

    assert isinstance(merged, SafetyPlan)
    assert {entry.words for entry in merged.entries} == {"draws well", "aunt", "sings"}


@pytest.mark.requirement("PRA-02", "ATM-02", "DAT-20")
def test_a_caregiver_sees_the_caregivers_part_and_nothing_unsafe() -> None:
    entries = (
        PlanEntry(words="for the youth"),
        PlanEntry(audience=PlanAudience.STAFF, words="for staff"),
        PlanEntry(audience=PlanAudience.CAREGIVER, words="call me", person=PlanPerson.CAREGIVER),
        PlanEntry(audience=PlanAudience.CAREGIVER, words="about him", safe_to_share=False),
    )

    shown = entries_for(entries, PlanAudience.CAREGIVER)

    assert [e.words for lines in shown.values() for e in lines] == ["call me"]


def test_strengths_come_first() -> None:
    assert next(iter(PlanSection)) is PlanSection.STRENGTHS


@pytest.mark.requirement("FRP-18")
def test_a_mark_or_initials_acknowledge_a_version(
    notebook: Notebook, plans: SafetyPlanService, clock: StandingClock
) -> None:
    version = plans.finish(a_plan(notebook, plans).record_id)

    plans.acknowledge(version.record_id, PlanPerson.YOUTH, strokes=["10,10 500,1000", "7,8"])
    clock.forward(minutes=1)
    plans.acknowledge(version.record_id, PlanPerson.ADVOCATE, initials="M.")

    marks = [(a.person, a.initials, a.strokes) for a in plans.acknowledgements(version.record_id)]
    assert marks == [
        (PlanPerson.YOUTH, "", ("10,10 500,1000", "7,8")),
        (PlanPerson.ADVOCATE, "M.", ()),
    ]


@pytest.mark.parametrize("stroke", ["", "1001,5", "a,b", "1,2;3,4", "1,2 " * 5000])
def test_a_stroke_that_is_none_is_refused(
    notebook: Notebook, plans: SafetyPlanService, stroke: str
) -> None:
    version = plans.finish(a_plan(notebook, plans).record_id)

    with pytest.raises(InputError):
        plans.acknowledge(version.record_id, PlanPerson.YOUTH, strokes=[stroke])


@pytest.mark.requirement("ATM-03")
def test_an_attorney_may_be_named_as_a_contributor(
    notebook: Notebook, plans: SafetyPlanService
) -> None:
    plan = a_plan(notebook, plans)

    saved = plans.put_contributor(plan.record_id, Contributor(person=PlanPerson.ATTORNEY))

    assert saved.contributors[0].person is PlanPerson.ATTORNEY


@pytest.mark.requirement("DAT-33")
def test_a_copy_for_anybody_but_the_youth_needs_a_live_release(
    notebook: Notebook, plans: SafetyPlanService
) -> None:
    version = plans.finish(a_plan(notebook, plans).record_id)
    releases = ReleaseService(notebook)

    own = plans.give_copy(version.record_id, PlanPerson.YOUTH)
    with pytest.raises(InputError) as caught:
        plans.give_copy(version.record_id, PlanPerson.SCHOOL, name="Lincoln High")
    release = releases.sign(
        ReleaseEntry(
            case_id=version.case_id,
            recipient="Lincoln High",
            purpose="to know whom to call",
            data_classes=(DataClass.SAFETY_PLAN,),
            signer_is_not_abuser=True,
            youth_agrees=True,
            initials="A.",
        )
    )
    copy = plans.give_copy(version.record_id, PlanPerson.SCHOOL, name="lincoln high")

    assert caught.value.code == "no_live_release"
    assert (own.release_id, copy.release_id) == (None, release.record_id)
    bases = {disclosure.basis for disclosure in releases.disclosures(version.case_id)}
    assert bases == {LegalBasis.OWN_COPY, LegalBasis.RELEASE}


def test_a_parent_has_no_safety_plan_of_a_youth(
    notebook: Notebook, plans: SafetyPlanService
) -> None:
    parent = a_parent(notebook, a_youth(notebook))

    with pytest.raises(InputError):
        plans.begin(parent.case_id)


@pytest.mark.requirement("PRA-20")
def test_search_finds_the_words_of_a_line_and_of_nothing_that_was_taken_out(
    notebook: Notebook, plans: SafetyPlanService
) -> None:
    plan = a_plan(notebook, plans)
    plans.put_entry(
        plan.record_id, PlanEntry(section=PlanSection.SAFE_PLACES, words="la biblioteca Peña")
    )

    assert [hit.table for hit in notebook.database.search("peña biblio")] == ["safety_plan"]
    assert notebook.database.search("item_id") == []
    plans.remove_entry(plan.record_id, plan.entries[1].item_id)
    assert notebook.database.search("aunt") == []
