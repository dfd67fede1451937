"""A safety plan from its first question to the print, and the phone in the youth's hand."""

from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from field_app.domain.records.participant import Participant
from field_app.domain.records.release import DataClass
from field_app.domain.records.safety_plan import (
    PlanAudience,
    PlanEntry,
    PlanSection,
    SafetyPlan,
    SafetyPlanKind,
)
from field_app.services.releases import ReleaseEntry
from field_app.services.workspace import Workspace
from tests.ui.conftest import Windows
from tests.ui.harness import LAPTOP, PHONE
from tests.ui.work import PASSPHRASE, Desk, add_youth, open_desk


def plan_of(workspace: Workspace, youth: Participant, *words: str) -> SafetyPlan:
    plan = workspace.safety_plans.begin(youth.case_id)
    for line in words:
        plan = workspace.safety_plans.put_entry(plan.record_id, PlanEntry(words=line))
    return plan


async def open_plan(desk: Desk, youth: Participant, kind: str = "full") -> None:
    """Open a plan from the participant's page, as a person would."""
    desk.window.controller.navigate(f"/caseload/{youth.case_id}")
    await desk.window.until(lambda: desk.window.has("part-plans"))
    await desk.window.tap("part-plans")
    await desk.window.tap(f"safety-{kind}")
    await desk.window.until(lambda: desk.window.has("hand-phone-over"))


async def desk_with_youth(
    opened: Windows, folder: Path, size: tuple[int, int] = PHONE
) -> tuple[Desk, Participant]:
    people: list[Participant] = []
    desk = await open_desk(opened, folder, lambda w: people.append(add_youth(w)), size=size)
    return desk, people[0]


def words_of(desk: Desk, youth: Participant) -> list[str]:
    (plan,) = desk.workspace.safety_plans.of_case(youth.case_id)
    return [entry.words for entry in plan.entries]


@pytest.mark.parametrize("size", [PHONE, LAPTOP])
async def test_a_plan_is_talked_through_question_by_question(
    opened: Windows, tmp_path: Path, size: tuple[int, int]
):
    """STB-03, PRA-02: strengths first, every question may be skipped."""
    desk, youth = await desk_with_youth(opened, tmp_path, size=size)
    await open_plan(desk, youth)
    assert desk.window.shows("What are you good at")

    await desk.window.tap("begin-questions")
    await desk.window.enter("line-words", "I draw\nI make people laugh")
    await desk.window.tap("line-next")
    await desk.window.until(lambda: desk.window.shows("What makes a day hard"))
    await desk.window.until(lambda: words_of(desk, youth) == ["I draw", "I make people laugh"])
    await desk.window.tap("line-next")  # skipped
    await desk.window.until(lambda: desk.window.shows("How can you and others tell early"))
    await desk.window.enter("line-words", "I go quiet")
    await desk.window.tap("line-save")
    await desk.window.until(lambda: not desk.window.has("line-words"))

    assert desk.window.shows("I go quiet")
    assert desk.forms() == []
    (plan,) = desk.workspace.safety_plans.of_case(youth.case_id)
    assert [e.section for e in plan.entries] == ["strengths", "strengths", "early_signs"]


async def test_the_last_question_closes_the_panel(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    await open_plan(desk, youth)

    await desk.window.tap("section-adult_steps-add")
    await desk.window.tap("line-next")

    await desk.window.until(lambda: not desk.window.has("line-words"))


async def test_a_line_half_written_is_kept_through_a_lock_and_listed(
    opened: Windows, tmp_path: Path
):
    desk, youth = await desk_with_youth(opened, tmp_path)
    await open_plan(desk, youth)
    await desk.window.tap("section-triggers-add")
    await desk.window.enter("line-words", "loud hallw")
    await desk.window.tap("lock")
    await desk.unlock()

    await desk.window.choose_tab(0)
    form = next(i for i in desk.window.ids() if i.startswith("draft-safety-line"))
    await desk.window.tap(form)

    await desk.window.until(lambda: desk.window.has("line-words"))
    assert desk.window.by_id("line-words").value == "loud hallw"


async def test_a_line_is_changed_and_taken_out_with_an_undo(opened: Windows, tmp_path: Path):
    """PRA-15: the youth may have every line changed or taken out."""
    desk, youth = await desk_with_youth(opened, tmp_path)
    plan = plan_of(desk.workspace, youth, "I draw")
    await open_plan(desk, youth)

    await desk.window.tap(f"line-{plan.entries[0].item_id}")
    await desk.window.enter("line-words", "I paint")
    await desk.window.tap("line-save")
    await desk.window.until(lambda: words_of(desk, youth) == ["I paint"])

    await desk.window.tap(f"line-{plan.entries[0].item_id}")
    await desk.window.tap("line-remove")
    await desk.window.until(lambda: words_of(desk, youth) == [])
    await desk.window.tap("notice-undo")
    await desk.window.until(lambda: words_of(desk, youth) == ["I paint"])


async def test_a_line_names_a_person_who_may_or_may_not_know(opened: Windows, tmp_path: Path):
    """ATM-02, DAT-20: whether it is safe that somebody knows is asked for each."""
    desk, youth = await desk_with_youth(opened, tmp_path)
    await open_plan(desk, youth)
    await desk.window.tap("section-safe_people-add")
    await desk.window.enter("line-words", "Mr. Ortiz")
    assert not desk.window.has("line-share-no")

    await desk.window.tap("line-person-school")
    await desk.window.tap("line-share-no")
    await desk.window.tap("line-save")

    await desk.window.until(lambda: desk.window.shows("School · must not know"))


async def test_caregivers_and_staff_have_parts_of_their_own(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    plan_of(desk.workspace, youth, "I draw")
    await open_plan(desk, youth)

    await desk.window.tap("audience-caregiver")
    assert not desk.window.shows("I draw")
    await desk.window.tap("section-adult_steps-add")
    await desk.window.enter("line-words", "I call before I come")
    await desk.window.tap("line-next")

    await desk.window.until(lambda: desk.window.shows("I call before I come"))
    (after,) = desk.workspace.safety_plans.of_case(youth.case_id)
    assert after.entries[-1].audience is PlanAudience.CAREGIVER


async def test_the_72_hour_plan_asks_the_first_things_first(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    await open_plan(desk, youth, "72_hour")

    assert desk.window.shows("For the time until Nov")
    assert not desk.window.has("section-school-add")
    await desk.window.tap("fold-others")
    assert desk.window.has("section-school-add")
    (plan,) = desk.workspace.safety_plans.of_case(youth.case_id)
    assert plan.plan_kind is SafetyPlanKind.HOURS_72


async def test_finishing_makes_a_version_that_is_agreed_with_and_copied(
    opened: Windows, tmp_path: Path
):
    """FRP-18, STB-05: initials, copies and a review date; a second version shows what changed."""
    desk, youth = await desk_with_youth(opened, tmp_path)
    plan = plan_of(desk.workspace, youth, "I draw")
    await open_plan(desk, youth)

    await desk.window.tap("finish-plan")
    await desk.window.until(lambda: desk.window.has("agree-save"))
    await desk.window.tap("agree-save")
    await desk.window.until(lambda: desk.window.shows("Type initials"))
    await desk.window.enter("agree-initials", "M.R.")
    await desk.window.tap("agree-save")
    await desk.window.until(lambda: desk.window.shows("The youth · M.R."))
    await desk.window.tap("version-copies")
    await desk.window.tap("copy-save")
    (version,) = desk.workspace.safety_plans.versions(plan.record_id)
    await desk.window.until(lambda: desk.workspace.safety_plans.copies(version.record_id))
    assert desk.window.shows("We look at it again on Dec 4, 2026")
    await desk.window.tap("panel-close")
    await desk.window.settle()
    assert not desk.window.has("finish-plan")

    desk.clock.moment += timedelta(minutes=5)  # versions are told apart by their time
    desk.workspace.safety_plans.put_entry(plan.record_id, PlanEntry(words="I sing"))
    desk.window.controller.changed()
    await desk.window.tap("fold-changes")
    assert desk.window.shows("New · My strengths")
    await desk.window.tap("finish-plan")
    await desk.window.until(lambda: desk.window.has("agree-save"))
    await desk.window.tap("version-changes")
    assert desk.window.shows("1 line since the version before")
    await desk.window.tap("version-read")
    assert len([i for i in desk.window.ids() if i.startswith("read-")]) == 2


async def test_a_finished_version_does_not_change_with_the_plan(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    plan = plan_of(desk.workspace, youth, "I draw")
    desk.workspace.safety_plans.finish(plan.record_id)
    desk.workspace.safety_plans.put_entry(plan.record_id, PlanEntry(words="I sing"))
    await open_plan(desk, youth)

    await desk.window.tap("version-1")
    await desk.window.tap("version-read")

    assert [i for i in desk.window.ids() if i.startswith("read-")] == [
        f"read-{plan.entries[0].item_id}"
    ]


async def test_who_took_part_and_the_review_day_are_kept(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    await open_plan(desk, youth)
    await desk.window.tap("fold-people")
    await desk.window.tap("contributor-attorney")
    await desk.saved()
    await desk.window.until(lambda: desk.window.shows("^Attorney$"))
    await desk.window.tap("contributor-csw")
    await desk.window.tap("contributor-attorney")

    def who() -> list[str]:
        (plan,) = desk.workspace.safety_plans.of_case(youth.case_id)
        return [c.person.value for c in plan.contributors]

    await desk.window.until(lambda: who() == ["csw"])
    await desk.window.tap("review")
    picker = desk.window.on_top(ft.DatePicker)[-1]
    desk.window.session.apply_patch(
        picker._i, {"value": datetime.fromisoformat("2026-12-01T12:00:00")}
    )
    await desk.window.fire(picker, "change")
    await desk.window.until(lambda: desk.window.shows("Dec 1, 2026"))


async def test_the_youths_own_copy_is_made_as_a_pdf_with_a_neutral_name(
    opened: Windows, tmp_path: Path
):
    desk, youth = await desk_with_youth(opened, tmp_path)
    plan = plan_of(desk.workspace, youth, "I draw")
    desk.workspace.safety_plans.finish(plan.record_id)
    await open_plan(desk, youth)
    await desk.window.tap("version-1")
    await desk.window.tap("version-print")

    await desk.window.tap("print-own")
    await desk.window.until(lambda: desk.window.shows("The PDF is made"))

    saved = [args for name, args in desk.window.connection.calls if name == "save_file"]
    assert [args["file_name"] for args in saved] == ["plan-2026-11-20.pdf"]
    assert saved[0]["src_bytes"].startswith(b"%PDF")
    assert len(desk.workspace.releases.disclosures(youth.case_id)) == 1


async def test_nobody_else_gets_a_print_without_a_release(opened: Windows, tmp_path: Path):
    """X-02, DAT-33: the refusal leads to the release."""
    desk, youth = await desk_with_youth(opened, tmp_path)
    plan = plan_of(desk.workspace, youth, "I draw")
    desk.workspace.safety_plans.finish(plan.record_id)
    await open_plan(desk, youth)
    await desk.window.tap("version-1")
    await desk.window.tap("version-print")
    await desk.window.enter("print-name", "Ms. Lee")

    await desk.window.tap("print-caregiver")
    await desk.window.until(lambda: desk.window.has("write-release"))
    assert not [1 for name, _ in desk.window.connection.calls if name == "save_file"]
    assert desk.workspace.releases.disclosures(youth.case_id) == []

    desk.workspace.releases.sign(
        ReleaseEntry(
            case_id=youth.case_id,
            recipient="Ms. Lee",
            purpose="placement",
            data_classes=(DataClass.SAFETY_PLAN,),
            signer_is_not_abuser=True,
            youth_agrees=True,
            initials="M",
        )
    )
    await desk.window.tap("print-caregiver")
    await desk.window.until(lambda: desk.workspace.releases.disclosures(youth.case_id))


# --- youth mode -------------------------------------------------------------------------------


async def hand_over(desk: Desk, youth: Participant) -> None:
    await open_plan(desk, youth)
    await desk.window.tap("hand-phone-over")
    await desk.window.until(lambda: desk.window.has("give-back"))


async def test_in_the_youths_hand_there_is_only_the_plan(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    plan = plan_of(desk.workspace, youth, "I draw")
    desk.workspace.safety_plans.put_entry(
        plan.record_id, PlanEntry(audience=PlanAudience.STAFF, words="ask her CSW first")
    )
    await hand_over(desk, youth)

    assert len(desk.window.views()) == 1
    everything = desk.window.everything()
    assert "I draw" in everything
    assert "ask her CSW first" not in everything
    assert youth.alias not in everything
    assert not desk.window.all(ft.NavigationBar)
    assert {"quick-exit", "lock"} <= set(desk.window.ids())
    assert not desk.window.has("back")


async def test_no_address_and_no_back_button_leads_out(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    plan_of(desk.workspace, youth, "I draw")
    await hand_over(desk, youth)

    desk.window.controller.navigate("/caseload")
    await desk.window.settle()
    assert desk.window.has("give-back")
    assert [view.can_pop for view in desk.window.views()] == [False]
    desk.window.controller.open_panel("add")
    await desk.window.settle()
    assert not desk.window.has("panel-close")


async def test_only_the_passphrase_leads_back(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    plan_of(desk.workspace, youth, "I draw")
    await hand_over(desk, youth)

    await desk.window.tap("give-back")
    await desk.window.until(lambda: desk.window.has("passphrase"))
    assert "I draw" not in desk.window.everything()
    await desk.window.enter("passphrase", "wrong words entirely")
    await desk.window.tap("unlock")
    await desk.window.until(lambda: desk.window.by_id("passphrase").error)
    await desk.window.enter("passphrase", PASSPHRASE)
    await desk.window.tap("unlock")

    await desk.window.until(lambda: desk.window.has("hand-phone-over"))


async def test_the_youth_adds_and_takes_out_their_own_lines(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    plan = plan_of(desk.workspace, youth, "I draw")
    await hand_over(desk, youth)

    await desk.window.tap("mine-what_helps-add")
    await desk.window.enter("mine-what_helps", "music\nthe pier")
    await desk.window.tap("mine-what_helps-save")
    await desk.window.until(lambda: words_of(desk, youth) == ["I draw", "music", "the pier"])
    (after,) = desk.workspace.safety_plans.of_case(youth.case_id)
    assert {e.section for e in after.entries[1:]} == {PlanSection.WHAT_HELPS}

    await desk.window.tap(f"mine-{plan.entries[0].item_id}-remove")
    await desk.window.until(lambda: words_of(desk, youth) == ["music", "the pier"])


async def test_what_the_youth_types_is_kept_when_the_phone_locks(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    plan_of(desk.workspace, youth, "I draw")
    await hand_over(desk, youth)
    await desk.window.tap("mine-safe_places-add")
    await desk.window.enter("mine-safe_places", "the libra")
    await desk.window.tap("give-back")
    await desk.unlock()

    await desk.window.tap("hand-phone-over")
    await desk.window.until(lambda: desk.window.has("mine-safe_places"))

    assert desk.window.by_id("mine-safe_places").value == "the libra"


async def test_an_idle_phone_in_the_youths_hand_locks_itself(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    plan_of(desk.workspace, youth, "I draw")
    await hand_over(desk, youth)

    desk.window.controller._lock_times = type(desk.window.controller._lock_times)(-1.0, -1.0)
    desk.window.controller.lock_when_idle()
    await desk.window.until(lambda: desk.window.has("passphrase"))

    assert desk.window.controller.state.handed_over is None


async def test_a_quick_exit_from_the_youths_hand_leaves_nothing(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    plan_of(desk.workspace, youth, "I draw")
    await hand_over(desk, youth)

    await desk.window.tap("quick-exit")
    await desk.window.until(lambda: desk.window.has("away-open"))

    assert "I draw" not in desk.window.everything()


async def test_the_72_hour_plan_is_written_from_the_first_response_and_stops_its_clock(
    opened: Windows, tmp_path: Path
):
    """FRP-18: finishing the plan is what fulfils the 72 hours."""
    desk, youth = await desk_with_youth(opened, tmp_path)
    response = desk.workspace.responses.start(youth.case_id)
    desk.window.controller.open_panel("response", response_id=response.record_id)
    await desk.window.until(lambda: desk.window.has("write-plan"))

    await desk.window.tap("write-plan")
    await desk.window.until(lambda: desk.window.has("begin-questions"))
    await desk.window.tap("begin-questions")
    await desk.window.enter("line-words", "I draw")
    await desk.window.tap("line-save")
    await desk.window.until(lambda: desk.window.has("finish-plan"))
    await desk.window.tap("finish-plan")
    await desk.window.until(lambda: desk.window.has("agree-save"))

    after = desk.workspace.responses.find(response.record_id)
    assert after is not None
    assert after.safety_plan_at is not None


async def draw(desk: Desk, identifier: str, *strokes: list[tuple[int, int]]) -> None:
    """Draw on a pad as a client tells of it: down, start, updates, end."""
    window = desk.window

    def at(x: int, y: int) -> dict[str, Any]:
        return {"l": {"x": x, "y": y}, "g": {"x": x, "y": y}, "k": "touch"}

    for first, *others in strokes:
        pad = window.by_id(f"{identifier}-pad").content
        await window.fire(pad, "vertical_drag_down", at(*first))
        await window.fire(pad, "horizontal_drag_down", at(*first))
        if not others:
            await window.fire(pad, "tap_up", at(*first))
            continue
        await window.fire(pad, "horizontal_drag_start", at(*others[0]))
        for place in others[1:]:
            await window.fire(pad, "horizontal_drag_update", at(*place))
        await window.fire(pad, "horizontal_drag_end", {**at(*others[-1]), "v": {"x": 0, "y": 0}})


async def test_a_drawn_mark_stands_in_the_place_of_initials(opened: Windows, tmp_path: Path):
    """FRP-18: a mark with a finger, taken back stroke by stroke or whole."""
    desk, youth = await desk_with_youth(opened, tmp_path)
    plan = plan_of(desk.workspace, youth, "I draw")
    version = desk.workspace.safety_plans.finish(plan.record_id)
    desk.window.controller.open_panel("safety-version", version_id=version.record_id)
    await desk.window.until(lambda: desk.window.has("agree-mark-pad"))
    assert desk.window.by_id("agree-mark-undo").disabled

    await draw(desk, "agree-mark", [(9, 9)])
    await desk.window.tap("agree-mark-clear")
    await draw(desk, "agree-mark", [(10, 10), (60, 90), (110, 10)], [(200, 80)], [(5, 5), (9, 400)])
    await desk.window.tap("agree-mark-undo")
    await desk.window.tap("agree-save")
    await desk.saved()

    (mark,) = desk.workspace.safety_plans.acknowledgements(version.record_id)
    assert mark.strokes == ("20,20 120,180 220,20", "400,160")
    assert mark.initials == ""
    assert desk.window.shows("^Drawn mark$")
    assert desk.window.by_id("agree-mark-undo").disabled  # the pad is clean for the next person


async def test_a_mark_that_is_being_drawn_survives_the_lock(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    plan = plan_of(desk.workspace, youth, "I draw")
    version = desk.workspace.safety_plans.finish(plan.record_id)
    panel = {"version_id": version.record_id}
    desk.window.controller.open_panel("safety-version", **panel)
    await desk.window.until(lambda: desk.window.has("agree-mark-pad"))
    await draw(desk, "agree-mark", [(10, 10), (60, 90)])

    desk.window.controller.lock()
    await desk.window.until(lambda: desk.window.has("unlock"))
    await desk.unlock()
    desk.window.controller.open_panel("safety-version", **panel)
    await desk.window.until(lambda: desk.window.has("agree-save"))
    await desk.window.tap("agree-save")
    await desk.saved()

    (mark,) = desk.workspace.safety_plans.acknowledgements(version.record_id)
    assert mark.strokes == ("20,20 120,180",)
