"""Today, the daily contacts and the Why sheet."""

from itertools import pairwise
from pathlib import Path

import flet as ft
import pytest

from field_app.domain.records.gatherings import CourtSupport, Meeting
from field_app.domain.records.participant import Participant, SafeContact
from field_app.domain.records.plans import Linkage
from field_app.domain.records.safety_plan import PlanEntry, SafetyPlanKind
from field_app.domain.vocabulary import Channel, DocumentKind, Outcome, Service
from field_app.services.workspace import Workspace
from tests.ui.conftest import Windows
from tests.ui.harness import LAPTOP
from tests.ui.work import add_contact, add_parent, add_youth, days, open_desk

SURVIVOR = (Service.SURVIVOR_ADVOCACY,)


async def test_an_empty_caseload_offers_the_first_participant(opened: Windows, tmp_path: Path):
    desk = await open_desk(opened, tmp_path)

    await desk.window.tap("first-step")

    assert desk.window.shows("New youth")
    assert desk.window.has("alias")


async def test_lines_stand_under_when_they_are_due_with_their_progress(
    opened: Windows, tmp_path: Path
):
    desk = await open_desk(opened, tmp_path, add_youth)

    texts = desk.window.texts()
    assert texts.index("Overdue") < texts.index("This week")
    assert desk.window.shows(r"^0 of 1 contact this week, 2 days left$")
    assert not desk.window.shows(r"visits this month")
    await desk.window.tap("group-later")
    assert desk.window.shows(r"^0 of 4 visits this month")


async def test_agency_targets_are_named_and_stand_after_the_policy(opened: Windows, tmp_path: Path):
    desk = await open_desk(opened, tmp_path, lambda w: add_youth(w, received=days(20)))

    lines = [i for i in desk.window.ids() if i.startswith("due-") and not i.endswith("-log")]
    overdue = [i.split("|")[1] for i in lines]
    assert overdue.index("stabilization.first_face_to_face") < overdue.index(
        "agency_target.safety_plan"
    )
    assert desk.window.shows("Safety plan within 14 days · agency target")


async def test_a_line_about_a_parent_says_so_and_one_about_a_youth_needs_no_label(
    opened: Windows, tmp_path: Path
):
    def fill(workspace: Workspace) -> None:
        parent = add_parent(workspace, add_youth(workspace, "Maya"), "Mrs. R.")
        workspace.caseload.answer_contact_safe(parent.case_id, is_safe=True)
        workspace.phases.start_service(
            parent.case_id,
            Service.PARENT_ADVOCACY,
            received_at=workspace.notebook.now() - days(3),
        )

    desk = await open_desk(opened, tmp_path, fill)

    texts = desk.window.texts()
    after = {alias: [b for a, b in pairwise(texts) if a == alias] for alias in ("Maya", "Mrs. R.")}
    assert after["Mrs. R."]
    assert all(words.startswith("Parent") for words in after["Mrs. R."])
    assert not any(words.startswith("Parent") for words in after["Maya"])


async def test_nothing_due_promises_nothing_below_where_nothing_comes_later(
    opened: Windows, tmp_path: Path
):
    desk = await open_desk(opened, tmp_path, lambda w: add_youth(w, services=()))

    assert desk.window.shows("will stand here in time")
    assert not desk.window.shows("stands below")


async def test_talking_to_the_csw_is_noted_with_one_tap_and_can_be_undone(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.append(add_youth(workspace, received=days(3)))
        workspace.caseload.take_back_csw_talk(people[0].case_id)

    desk = await open_desk(opened, tmp_path, fill)
    line = next(i for i in desk.window.ids() if "|referral.csw_contact|" in i)

    await desk.window.tap(f"{line}-log")
    await desk.saved()
    assert not desk.window.has(line)

    await desk.window.tap("notice-undo")
    await desk.window.until(lambda: desk.window.has(line))


async def test_a_paper_is_done_in_two_taps_and_can_be_undone(opened: Windows, tmp_path: Path):
    people: list[Participant] = []
    desk = await open_desk(
        opened, tmp_path, lambda w: people.append(add_youth(w, received=days(20)))
    )
    line = next(i for i in desk.window.ids() if "|agency_target.safety_plan|" in i)

    await desk.window.tap(f"{line}-log")
    await desk.window.tap("paper-save")
    await desk.saved()

    page = desk.workspace.caseload.page(people[0].case_id)
    assert page is not None
    (paper,) = page.records.documents
    assert paper.document is DocumentKind.SAFETY_PLAN
    assert paper.done_on == desk.clock.moment.date()
    await desk.window.tap("notice-undo")
    await desk.window.until(lambda: desk.window.has(line))


async def test_a_safety_plan_that_is_due_opens_from_its_line(opened: Windows, tmp_path: Path):
    people: list[Participant] = []
    desk = await open_desk(
        opened, tmp_path, lambda w: people.append(add_youth(w, received=days(20)))
    )
    line = next(i for i in desk.window.ids() if "|agency_target.safety_plan|" in i)

    await desk.window.tap(f"{line}-log")
    await desk.window.tap("paper-open")

    await desk.window.until(lambda: "/safety/" in desk.window.page.route)
    assert people[0].case_id in desk.window.page.route
    assert desk.window.controller.state.panel is None


@pytest.mark.parametrize(
    ("document", "route"),
    [
        (DocumentKind.STRENGTHS_NEEDS_ASSESSMENT, "/strengths"),
        (DocumentKind.ADVOCACY_PLAN, "/goals/advocacy"),
        (DocumentKind.TRANSITION_ADVOCACY_PLAN, "/goals/transition"),
    ],
)
async def test_every_paper_that_is_written_here_leads_to_its_own_plan(
    opened: Windows, tmp_path: Path, document: DocumentKind, route: str
):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    window = desk.window
    window.controller.open_panel("paper", case_id=people[0].case_id, document=document.value)
    await window.until(lambda: window.has("paper-open"))

    await window.tap("paper-open")

    await window.until(lambda: window.page.route.endswith(route))


async def test_a_packet_is_only_handed_over(opened: Windows, tmp_path: Path):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    kind = DocumentKind.INTRODUCTORY_PACKET_PARTICIPANT
    desk.window.controller.open_panel("paper", case_id=people[0].case_id, document=kind.value)
    await desk.window.until(lambda: desk.window.has("paper-save"))

    assert not desk.window.has("paper-open")


async def test_why_quotes_the_policy_in_the_language_of_the_screen(opened: Windows, tmp_path: Path):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)), language="es")
    line = next(i for i in desk.window.ids() if "|stabilization.weekly_contact|" in i)

    await desk.window.tap(line)

    assert desk.window.shows("^Por qué$")
    item = desk.workspace.due_list.find(line.removeprefix("due-"))
    assert item is not None
    for explained in desk.workspace.due_list.why(item, "es"):
        assert explained.text in desk.window.texts()
    await desk.window.tap("why-act")
    assert desk.window.has("outcome-reached")


async def test_daily_contacts_take_two_taps_a_person_at_most_and_are_saved_together(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.extend(
            add_youth(workspace, alias, services=SURVIVOR, received=days(3))
            for alias in ("A.", "B.", "C.")
        )

    desk = await open_desk(opened, tmp_path, fill)
    first, second, third = (person.case_id for person in people)
    assert desk.window.shows("0 of 3 done")

    await desk.window.tap("open-daily")
    await desk.window.tap(f"daily-channel-{first}-text")
    await desk.window.tap(f"daily-{first}-reached")
    await desk.window.tap(f"daily-{second}-no_answer")
    await desk.window.tap("daily-save")
    await desk.saved()

    assert [(c.channel, c.outcome) for c in desk.contacts(first)] == [
        (Channel.TEXT, Outcome.REACHED)
    ]
    assert [c.outcome for c in desk.contacts(second)] == [Outcome.NO_ANSWER]
    assert desk.contacts(third) == []
    assert desk.window.shows("1 of 3 done")
    assert desk.forms() == []

    await desk.window.tap("notice-undo")
    await desk.window.until(lambda: desk.contacts(first) == [] == desk.contacts(second))
    assert desk.window.has("daily-save"), "what was ticked is there again"


async def test_daily_contacts_begin_with_the_channel_that_reached_last(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        rule = SafeContact(channels=(Channel.SOCIAL_MEDIA,))
        people.append(
            add_youth(workspace, "A.", services=SURVIVOR, received=days(5), safe_contact=rule)
        )
        people.append(add_youth(workspace, "B.", services=SURVIVOR, received=days(5)))
        add_contact(workspace, people[1], channel=Channel.TEXT)

    desk = await open_desk(opened, tmp_path, fill)
    await desk.window.tap("open-daily")

    held = {s.identifier for s in desk.window.on_top(ft.Semantics) if s.checked}
    assert held == {
        f"daily-channel-{people[0].case_id}-social_media",
        f"daily-channel-{people[1].case_id}-text",
    }
    await desk.window.tap("daily-save")
    assert desk.window.shows("Say for at least one person")


async def test_on_a_laptop_an_open_panel_stands_beside_the_due_list(
    opened: Windows, tmp_path: Path
):
    desk = await open_desk(opened, tmp_path, add_youth, size=LAPTOP)
    assert desk.window.shows("Quiet for the longest time")
    line = next(i for i in desk.window.ids() if "|stabilization.weekly_contact|" in i)

    await desk.window.tap(f"{line}-log")

    assert desk.window.has("outcome-reached")
    assert desk.window.has(line)


async def test_a_contradiction_in_one_case_leaves_the_dates_of_the_others(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.extend([add_youth(workspace, "A."), add_youth(workspace, "B.")])
        page = workspace.caseload.page(people[0].case_id)
        assert page is not None
        workspace.phases.extend(
            people[0].case_id,
            page.records.phases[0].record_id,
            until=workspace.notebook.today(),
            reason="too short",
        )

    desk = await open_desk(opened, tmp_path, fill)

    assert desk.window.has(f"problem-{people[0].case_id}")
    assert any(f"due-{people[1].case_id}" in i for i in desk.window.ids())


async def test_what_comes_in_the_next_days_stands_on_today_and_leads_to_its_place(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.append(add_youth(workspace))
        case_id, today = people[0].case_id, workspace.notebook.today()
        workspace.meetings.log(Meeting(case_id=case_id, next_on=today + days(3)))
        workspace.court.save(CourtSupport(case_id=case_id, hearing_on=today + days(1)))
        workspace.court.save(CourtSupport(case_id=case_id, hearing_on=today + days(8)))
        workspace.linkages.add(
            Linkage(
                case_id=case_id,
                provider="Clinic",
                opened_on=today - days(9),
                follow_up_on=today - days(2),
            )
        )
        plan = workspace.safety_plans.begin(case_id, SafetyPlanKind.FULL)
        workspace.safety_plans.put_entry(plan.record_id, PlanEntry(words="I draw"))
        workspace.safety_plans.set_review(plan.record_id, today + days(5))
        workspace.safety_plans.finish(plan.record_id)

    desk = await open_desk(opened, tmp_path, fill)
    window = desk.window
    kinds = [name.split("-")[1] for name in window.ids() if name.startswith("coming-")]

    assert kinds == ["link", "court", "meeting", "review"]
    assert window.shows("2 days late")
    assert window.shows("next Ongoing MDT")
    meeting = next(name for name in window.ids() if name.startswith("coming-meeting-"))
    await window.tap(meeting)
    await window.until(lambda: window.has("meeting-change"))
    review = next(name for name in window.ids() if name.startswith("coming-review-"))
    await window.tap("panel-close")
    await window.tap(review)
    await window.until(lambda: "/safety/" in window.page.route)


async def test_nothing_comes_of_a_closed_case(opened: Windows, tmp_path: Path):
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.extend([add_youth(workspace, services=()), add_youth(workspace, "Lia")])
        case_id, today = people[0].case_id, workspace.notebook.today()
        workspace.meetings.log(Meeting(case_id=case_id, next_on=today + days(3)))
        workspace.caseload.close_case(case_id, closed_on=today, reason="moved")

    desk = await open_desk(opened, tmp_path, fill)

    assert not desk.window.shows("^Coming up$")
