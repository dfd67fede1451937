"""Plans and papers of a participant: goals and steps, strengths and needs, links to services."""

from collections.abc import Callable
from pathlib import Path

from field_app.domain.records.participant import Participant
from field_app.domain.records.plans import AdvocacyPlanKind, LinkageState, NeedLevel
from field_app.domain.vocabulary import DocumentKind
from field_app.services.workspace import Workspace
from tests.ui.conftest import Windows
from tests.ui.harness import LAPTOP, PHONE
from tests.ui.work import Desk, add_parent, add_youth, open_desk


async def desk_at_plans(
    opened: Windows,
    folder: Path,
    fill: Callable[[Workspace, Participant], object] = lambda workspace, youth: None,
    size: tuple[int, int] = PHONE,
) -> tuple[Desk, Participant]:
    """Open the part about plans of a youth's page."""
    people: list[Participant] = []

    def begin(workspace: Workspace) -> None:
        people.append(add_youth(workspace))
        fill(workspace, people[0])

    desk = await open_desk(opened, folder, begin, size=size)
    await show_plans(desk, people[0])
    return desk, people[0]


async def show_plans(desk: Desk, person: Participant) -> None:
    desk.window.controller.navigate(f"/caseload/{person.case_id}")
    await desk.window.until(lambda: desk.window.has("part-plans"))
    await desk.window.tap("part-plans")


def papers_done(desk: Desk, person: Participant) -> list[DocumentKind | None]:
    page = desk.workspace.caseload.page(person.case_id)
    assert page is not None
    return [paper.document for paper in page.records.documents]


async def test_a_goal_stands_in_the_youths_words_with_steps_that_get_done(
    opened: Windows, tmp_path: Path
):
    """STB-06, PRA-10: a plan is made of goals; each step done shows."""
    desk, youth = await desk_at_plans(opened, tmp_path)
    window, plans = desk.window, desk.workspace.plans
    await window.tap("goals-advocacy")
    await window.until(lambda: window.has("add-goal"))
    assert not window.has("finish-goals")

    await window.tap("add-goal")
    await window.tap("goal-save")
    await window.until(lambda: window.shows("Write a few words"))
    await window.enter("goal-words", "my own place")
    await window.tap("goal-need-long_term_housing")
    await window.tap("goal-save")
    await window.until(lambda: window.shows("^my own place$"))
    (plan,) = plans.of_case(youth.case_id)
    (goal,) = plans.goals(plan.record_id)

    await window.tap(f"add-step-{goal.record_id}")
    await window.enter("step-words", "visit the office")
    await window.enter("step-who", "Maya and me")
    await window.tap("step-save")
    await window.until(lambda: window.shows("0 of 1 steps done"))
    (step,) = plans.goals(plan.record_id)[0].steps
    await window.tap(f"step-{step.item_id}-done")
    await window.until(lambda: window.shows("1 of 1 steps done"))
    await window.tap("notice-undo")
    await window.until(lambda: window.shows("0 of 1 steps done"))

    await window.tap("finish-goals")
    await window.until(lambda: window.shows("made Nov 20, 2026"))
    assert papers_done(desk, youth) == [DocumentKind.ADVOCACY_PLAN]
    assert desk.forms() == []


async def test_a_goal_can_be_reached_reworded_and_taken_out(opened: Windows, tmp_path: Path):
    """PRA-15: nothing stays against the youth's wish."""
    desk, youth = await desk_at_plans(opened, tmp_path)
    window, plans = desk.window, desk.workspace.plans
    plan = plans.begin(youth.case_id, AdvocacyPlanKind.TRANSITION)
    goal = plans.add_goal(youth.case_id, "a job", plan_id=plan.record_id)
    await window.tap("goals-transition")
    await window.until(lambda: window.has(f"goal-{goal.record_id}"))

    await window.tap(f"goal-{goal.record_id}")
    await window.enter("goal-words", "a job with animals")
    await window.tap("goal-save")
    await window.until(lambda: window.shows("a job with animals"))
    await window.tap(f"goal-{goal.record_id}")
    await window.tap("goal-reached")
    await window.until(lambda: window.shows("reached Nov 20, 2026"))
    await window.tap(f"goal-{goal.record_id}")
    await window.tap("goal-remove")
    await window.until(lambda: not window.shows("a job with animals"))

    assert plans.goals(plan.record_id) == []


async def test_a_stage_of_change_is_noted_where_it_helps(opened: Windows, tmp_path: Path):
    desk, youth = await desk_at_plans(opened, tmp_path)
    window, plans = desk.window, desk.workspace.plans
    plan = plans.begin(youth.case_id, AdvocacyPlanKind.ADVOCACY)
    goal = plans.add_goal(youth.case_id, "school", plan_id=plan.record_id)
    await window.tap("goals-advocacy")
    await window.until(lambda: window.has(f"goal-{goal.record_id}"))

    await window.tap(f"goal-{goal.record_id}")
    assert window.shows("Never shown to the county")
    await window.tap("goal-stage")
    await window.tap("stage-action")

    await window.until(lambda: plans.goals(plan.record_id)[0].stages)


async def test_an_open_goal_is_taken_into_the_plan_and_steps_are_changed(
    opened: Windows, tmp_path: Path
):
    desk, youth = await desk_at_plans(opened, tmp_path)
    window, plans = desk.window, desk.workspace.plans
    goal = plans.add_goal(youth.case_id, "drawing class")
    await window.tap("goals-advocacy")
    await window.until(lambda: window.has(f"take-{goal.record_id}"))
    await window.tap(f"take-{goal.record_id}")
    await window.until(lambda: window.has(f"goal-{goal.record_id}"))

    await window.tap(f"add-step-{goal.record_id}")
    await window.tap("step-save")
    await window.until(lambda: window.shows("Write a few words"))
    await window.enter("step-words", "ask the teacher")
    await window.tap("step-partly-yes")
    await window.tap("step-save")
    await window.until(lambda: window.shows("Partly done"))
    (plan,) = plans.of_case(youth.case_id)
    (step,) = plans.goals(plan.record_id)[0].steps
    await window.tap(f"step-{step.item_id}")
    await window.tap("step-remove")
    await window.until(lambda: not window.shows("ask the teacher"))
    await window.tap("notice-undo")
    await window.until(lambda: window.shows("ask the teacher"))


async def test_who_helps_afterwards_is_written_down(opened: Windows, tmp_path: Path):
    """PRA-22: somebody stays reachable when the service has ended."""
    desk, _ = await desk_at_plans(opened, tmp_path)
    window = desk.window
    await window.tap("goals-transition")
    await window.until(lambda: window.has("support-add"))

    await window.tap("support-add")
    await window.enter("support-support", "my aunt")
    await window.enter("support-aftercare", "Rosa, the office line")
    await window.tap("support-save")

    await window.until(lambda: window.shows("Rosa, the office line"))
    assert desk.forms() == []


async def test_strengths_come_before_needs_and_the_paper_is_marked(opened: Windows, tmp_path: Path):
    """STB-04, DAT-30: every line is optional; finished ones stay for comparison."""
    desk, youth = await desk_at_plans(opened, tmp_path, size=LAPTOP)
    window = desk.window
    await window.tap("strengths")
    await window.until(lambda: window.has("side-strength-add"))
    order = [i for i in window.ids() if i.startswith("side-")]
    assert order == ["side-strength-add", "side-need-add"]

    await window.tap("side-strength-add")
    await window.enter("entry-words", "funny")
    await window.tap("entry-save")
    await window.until(lambda: window.shows("^funny$"))
    await window.tap("side-need-add")
    await window.tap("entry-save")
    await window.until(lambda: window.shows("Write a few words"))
    await window.tap("entry-area-education")
    await window.tap("entry-level-partly")
    await window.tap("entry-save")
    await window.until(lambda: window.shows("^Educational support$"))
    (assessment,) = desk.workspace.assessments.of_case(youth.case_id)
    assert assessment.entries[-1].level is NeedLevel.PARTLY
    entry = assessment.entries[0]
    await window.tap(f"entry-{entry.item_id}")
    await window.tap("entry-remove")
    await window.until(lambda: not window.shows("^funny$"))
    await window.tap("notice-undo")
    await window.until(lambda: window.shows("^funny$"))

    await window.tap("finish-strengths")
    await window.until(lambda: window.has("earlier-0"))
    await window.tap("earlier-0")
    assert window.shows("^funny$")
    assert papers_done(desk, youth) == [DocumentKind.STRENGTHS_NEEDS_ASSESSMENT]
    await window.tap("begin-strengths")
    await window.until(lambda: window.has("side-need-add"))


async def test_of_a_screening_only_name_day_and_band_are_kept(opened: Windows, tmp_path: Path):
    """ATM-10, X-08."""
    desk, _ = await desk_at_plans(opened, tmp_path)
    window = desk.window
    await window.tap("strengths")
    await window.until(lambda: window.has("add-screening"))

    await window.tap("add-screening")
    await window.tap("screening-save")
    await window.until(lambda: window.shows("Write a few words"))
    await window.enter("screening-tool", "CSE-IT")
    await window.enter("screening-band", "clear concern")
    await window.tap("screening-save")

    await window.until(lambda: window.shows("CSE-IT · clear concern"))


async def test_a_link_is_followed_up_until_it_is_closed(opened: Windows, tmp_path: Path):
    """PRA-16, PRA-18, PRA-23: which service, where it stands, what was found."""
    desk, youth = await desk_at_plans(opened, tmp_path)
    window = desk.window
    await window.tap("linkages")
    await window.until(lambda: window.shows("No link yet"))

    await window.tap("add-linkage")
    await window.tap("linkage-save")
    await window.until(lambda: window.shows("Choose what it is about"))
    assert not window.has("linkage-legal-expungement")
    await window.tap("linkage-need-legal_advocacy")
    await window.tap("linkage-legal-expungement")
    await window.tap("linkage-need-mental_health")
    await window.tap("linkage-treatment-dbt")
    await window.enter("linkage-provider", "Clinic on 5th")
    await window.tap("linkage-save")
    await window.until(lambda: window.shows("Clinic on 5th"))
    (linkage,) = desk.workspace.linkages.of_case(youth.case_id)
    assert (linkage.legal, linkage.treatment) == (None, "dbt")

    await window.tap(f"follow-{linkage.record_id}")
    await window.tap("linkage-state-connected")
    await window.enter("follow-note", "first visit went well")
    await window.tap("follow-save")
    await window.until(lambda: window.shows("first visit went well"))
    await window.tap(f"follow-{linkage.record_id}")
    await window.tap("linkage-state-closed")
    await window.tap("follow-save")
    await window.until(lambda: not window.has(f"follow-{linkage.record_id}"))
    assert desk.workspace.linkages.of_case(youth.case_id)[0].state is LinkageState.CLOSED


async def test_a_parent_has_links_and_releases_and_no_plans_of_the_youth(
    opened: Windows, tmp_path: Path
):
    parents: list[Participant] = []
    desk, _ = await desk_at_plans(
        opened, tmp_path, lambda w, youth: parents.append(add_parent(w, youth))
    )
    await show_plans(desk, parents[0])

    assert not desk.window.has("safety-full")
    assert not desk.window.has("strengths")
    assert {"linkages", "releases", "hand-over"} <= set(desk.window.ids())


async def test_the_way_back_leads_to_the_part_about_plans(opened: Windows, tmp_path: Path):
    desk, _ = await desk_at_plans(opened, tmp_path, size=LAPTOP)
    await desk.window.tap("linkages")
    await desk.window.until(lambda: desk.window.has("back"))

    await desk.window.tap("back")

    await desk.window.until(lambda: desk.window.has("releases"))
