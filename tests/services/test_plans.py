"""Assessments, plans with goals and steps, links to services, and what the county never sees."""

from datetime import date

import pytest

from field_app.domain.records.contact import Contact, Goal
from field_app.domain.records.disclosure import NEVER_SHARED, for_county
from field_app.domain.records.goal import NeedKind, StageOfChange, Step
from field_app.domain.records.plans import (
    AdvocacyPlanKind,
    AssessmentEntry,
    AssessmentSide,
    LegalKind,
    Linkage,
    LinkageState,
    NeedLevel,
    TreatmentKind,
)
from field_app.domain.records.profile import Profile
from field_app.domain.records.service import DocumentDone
from field_app.domain.vocabulary import Channel, DocumentKind, Outcome
from field_app.errors import InputError
from field_app.services.notebook import Notebook
from field_app.services.plans import AssessmentService, LinkageService, PlanService
from tests.services.notebooks import NOON, StandingClock, a_youth

TODAY = date(2026, 3, 10)


def papers(notebook: Notebook, case_id: str) -> list[DocumentKind]:
    with notebook.read() as records:
        return [paper.document for paper in records.of_case(DocumentDone, case_id)]


@pytest.mark.requirement("STB-04", "DAT-08", "PRA-08")
def test_finishing_an_assessment_marks_the_paper_once(notebook: Notebook) -> None:
    assessments = AssessmentService(notebook)
    youth = a_youth(notebook)
    begun = assessments.begin(youth.case_id)
    assessments.put_entry(begun.record_id, AssessmentEntry(words="patient with her brother"))
    assessments.put_entry(
        begun.record_id,
        AssessmentEntry(
            side=AssessmentSide.NEED, area=NeedKind.LONG_TERM_HOUSING, level=NeedLevel.NOT_YET
        ),
    )

    finished = assessments.finish(begun.record_id)
    assessments.finish(begun.record_id)

    assert finished.finished_on == TODAY
    assert papers(notebook, youth.case_id) == [DocumentKind.STRENGTHS_NEEDS_ASSESSMENT]


@pytest.mark.requirement("DAT-30")
def test_a_later_assessment_is_one_of_its_own(notebook: Notebook, clock: StandingClock) -> None:
    assessments = AssessmentService(notebook)
    youth = a_youth(notebook)
    first = assessments.finish(assessments.begin(youth.case_id).record_id)
    clock.forward(days=60)

    second = assessments.begin(youth.case_id)

    assert [a.record_id for a in assessments.of_case(youth.case_id)] == [
        first.record_id,
        second.record_id,
    ]


def test_strengths_come_before_needs() -> None:
    assert [side.value for side in AssessmentSide] == ["strength", "need"]


@pytest.mark.requirement("ATM-10", "X-08", "DAT-07")
def test_a_screening_leaves_its_name_day_and_band(notebook: Notebook) -> None:
    screening = AssessmentService(notebook).log_screening(
        a_youth(notebook).case_id, tool="CSE-IT", done_on=TODAY, result_band="possible concern"
    )

    assert (screening.tool, screening.result_band) == ("CSE-IT", "possible concern")


@pytest.mark.requirement("STB-06", "ATM-05", "PRA-10")
def test_a_plan_holds_goals_in_the_youths_words_with_steps(notebook: Notebook) -> None:
    plans = PlanService(notebook)
    youth = a_youth(notebook)
    plan = plans.begin(youth.case_id, AdvocacyPlanKind.ADVOCACY)
    goal = plans.add_goal(youth.case_id, "sleep without the light on", plan_id=plan.record_id)
    step = Step(words="try one night", partly=True)
    plans.put_step(goal.record_id, step)

    plans.step_done(goal.record_id, step.item_id)
    plans.finish(plan.record_id)

    (found,) = plans.goals(plan.record_id)
    assert found.words == "sleep without the light on"
    assert [(s.words, s.partly, s.done_on) for s in found.steps] == [("try one night", True, TODAY)]
    assert papers(notebook, youth.case_id) == [DocumentKind.ADVOCACY_PLAN]


@pytest.mark.requirement("TRN-03", "TRN-04", "PRA-22")
def test_a_transition_plan_is_a_paper_of_its_own_and_goes_on_after_it_is_made(
    notebook: Notebook, clock: StandingClock
) -> None:
    plans = PlanService(notebook)
    youth = a_youth(notebook)
    plan = plans.begin(youth.case_id, AdvocacyPlanKind.TRANSITION)
    goal = plans.add_goal(youth.case_id, "my own room", plan_id=plan.record_id)
    plans.write(plan.record_id, aftercare_contact="the drop-in centre, any day")
    plans.finish(plan.record_id)
    clock.forward(days=20)

    step = Step(words="see two rooms")
    plans.put_step(goal.record_id, step)
    later = plans.step_done(goal.record_id, step.item_id)

    assert later.steps[0].done_on == date(2026, 3, 30)
    assert papers(notebook, youth.case_id) == [DocumentKind.TRANSITION_ADVOCACY_PLAN]
    assert plans.of_case(youth.case_id)[0].aftercare_contact == "the drop-in centre, any day"


def test_a_plan_without_a_goal_is_not_finished(notebook: Notebook) -> None:
    plans = PlanService(notebook)
    plan = plans.begin(a_youth(notebook).case_id, AdvocacyPlanKind.ADVOCACY)

    with pytest.raises(InputError):
        plans.finish(plan.record_id)


@pytest.mark.requirement("PRA-15")
def test_a_goal_taken_out_is_gone_from_its_plan(notebook: Notebook) -> None:
    plans = PlanService(notebook)
    youth = a_youth(notebook)
    plan = plans.begin(youth.case_id, AdvocacyPlanKind.ADVOCACY)
    goal = plans.add_goal(youth.case_id, "a dog", plan_id=plan.record_id)

    plans.remove_goal(goal.record_id)

    assert plans.goals(plan.record_id) == []
    assert plans.of_case(youth.case_id)[0].goal_ids == ()


@pytest.mark.requirement("PRA-12", "PRA-09", "PRA-11")
def test_a_stage_of_change_is_kept_by_date_and_never_goes_to_the_county(
    notebook: Notebook, clock: StandingClock
) -> None:
    plans = PlanService(notebook)
    goal = plans.add_goal(a_youth(notebook).case_id, "school")
    plans.note_stage(goal.record_id, StageOfChange.ACTION)
    clock.forward(days=3)

    noted = plans.note_stage(goal.record_id, StageOfChange.RETURN)

    assert [(s.stage, s.noted_on) for s in noted.stages] == [
        (StageOfChange.ACTION, TODAY),
        (StageOfChange.RETURN, date(2026, 3, 13)),
    ]
    shared = for_county(noted)
    assert shared is not None
    assert "stages" not in shared
    assert shared["words"] == "school"


@pytest.mark.requirement("X-01", "DAT-18", "DAT-19")
def test_notes_and_what_youth_say_of_themselves_stay_inside() -> None:
    case = "c" * 36
    contact = Contact(
        case_id=case, at=NOON, channel=Channel.TEXT, outcome=Outcome.REACHED, note="private"
    )

    shared = for_county(contact)

    assert shared is not None
    assert "private" not in str(shared)
    assert for_county(Profile(case_id=case, orientation="x")) is None
    assert Profile in NEVER_SHARED


def test_what_this_version_does_not_know_stays_inside_even_in_a_step() -> None:
    goal = Goal(
        case_id="c" * 36, extra={"mood": "low"}, steps=(Step(words="call", extra={"why": "fear"}),)
    )

    shared = for_county(goal)

    assert shared is not None
    assert shared["steps"][0]["words"] == "call"
    assert not {"mood", "low", "why", "fear"} & set(str(shared).replace("'", " ").split())


@pytest.mark.requirement("PRA-16", "PRA-18", "PRA-23")
def test_a_link_is_followed_up_until_it_is_closed(notebook: Notebook, clock: StandingClock) -> None:
    links = LinkageService(notebook)
    youth = a_youth(notebook)
    link = links.add(
        Linkage(
            case_id=youth.case_id,
            need=NeedKind.LEGAL_ADVOCACY,
            legal=LegalKind.EXPUNGEMENT,
            provider="Law centre",
        )
    )
    links.follow_up(link.record_id, LinkageState.WAITING, follow_up_on=date(2026, 3, 20))

    assert [one.record_id for one in links.due(date(2026, 3, 20))] == [link.record_id]
    assert links.due(date(2026, 3, 19)) == []
    closed = links.follow_up(link.record_id, LinkageState.CLOSED, note="cleared")
    assert links.due(date(2026, 12, 31)) == []
    assert [follow.note for follow in closed.follow_ups] == ["", "cleared"]
    assert len(TreatmentKind) == 15
    assert len(LegalKind) == 5
    assert len(NeedKind) == 14
