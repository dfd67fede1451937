"""The profile and the places where a youth lived: all of it optional."""

from datetime import timedelta
from pathlib import Path

import pytest

from field_app.domain.records.first_response import PlacementType
from field_app.domain.records.participant import Participant
from field_app.domain.records.profile import (
    Circumstance,
    EntryPath,
    Jurisdiction,
    PlacementPeriod,
    Profile,
)
from field_app.services.workspace import Workspace
from tests.ui.conftest import Windows
from tests.ui.work import Desk, add_parent, add_youth, open_desk


async def people_page(opened: Windows, folder: Path) -> tuple[Desk, Participant, Participant]:
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.append(add_youth(workspace))
        people.append(add_parent(workspace, people[0]))

    desk = await open_desk(opened, folder, fill)
    await open_people(desk, people[0])
    return desk, people[0], people[1]


async def open_people(desk: Desk, person: Participant) -> None:
    desk.window.controller.navigate(f"/caseload/{person.case_id}")
    await desk.window.until(lambda: desk.window.has("part-people"))
    await desk.window.tap("part-people")
    await desk.window.until(lambda: desk.window.has("edit-profile"))


@pytest.mark.requirement("DAT-12", "DAT-15", "DAT-17", "DAT-18", "PRA-05", "X-13")
async def test_a_profile_is_written_in_own_words_and_every_answer_can_be_taken_back(
    opened: Windows, tmp_path: Path
):
    desk, youth, _ = await people_page(opened, tmp_path)
    window = desk.window
    await window.tap("edit-profile")
    await window.until(lambda: window.has("profile-save"))
    await window.enter("profile-gender", "two-spirit")
    await window.tap("needs-interpreter-no")
    await window.tap("profile-more")
    await window.tap("entry-path-dcfs_open")
    await window.tap("jurisdiction-dual")
    await window.tap("area-6")
    await window.tap("circumstances-in_care")
    await window.tap("is-parenting-yes")
    await window.tap("is-parenting-yes")
    await window.tap("profile-save")
    await desk.saved()

    known: Profile = desk.workspace.profiles.of_case(youth.case_id)
    assert (known.gender, known.needs_interpreter, known.is_parenting) == (
        "two-spirit",
        False,
        None,
    )
    assert (known.entry_path, known.jurisdiction) == (EntryPath.DCFS_OPEN, Jurisdiction.DUAL)
    assert (known.service_planning_area, known.circumstances) == (6, (Circumstance.IN_CARE,))
    assert window.shows("Gender: two-spirit")

    await window.tap("edit-profile")
    await window.until(lambda: window.has("profile-gender"))
    await window.enter("profile-gender", "")
    await window.tap("profile-save")
    await window.until(lambda: not window.shows("two-spirit"))


async def test_an_empty_profile_may_be_saved(opened: Windows, tmp_path: Path):
    desk, youth, _ = await people_page(opened, tmp_path)
    await desk.window.tap("edit-profile")
    await desk.window.until(lambda: desk.window.has("profile-save"))
    await desk.window.tap("profile-save")
    await desk.saved()

    assert desk.workspace.profiles.of_case(youth.case_id).gender == ""
    assert desk.window.shows("Nothing written. It may stay so.")


async def test_a_parent_is_not_asked_the_countys_questions_about_youth(
    opened: Windows, tmp_path: Path
):
    desk, _, parent = await people_page(opened, tmp_path)
    await open_people(desk, parent)
    assert not desk.window.has("add-placement")
    await desk.window.tap("edit-profile")
    await desk.window.until(lambda: desk.window.has("profile-save"))

    assert not desk.window.has("profile-more")


@pytest.mark.requirement("DAT-43")
async def test_a_new_place_ends_the_one_before_and_never_asks_for_an_address(
    opened: Windows, tmp_path: Path
):
    desk, youth, _ = await people_page(opened, tmp_path)
    window, today = desk.window, desk.workspace.notebook.today()
    desk.workspace.profiles.add_placement(
        PlacementPeriod(
            case_id=youth.case_id,
            placement=PlacementType.SHELTER,
            starts_on=today - timedelta(days=9),
        )
    )
    await window.tap("add-placement")
    await window.until(lambda: window.has("placement-save"))
    assert not any("address" in name or "street" in name for name in window.ids())
    await window.tap("placement-save")
    await window.until(lambda: window.shows("Choose the kind of place"))
    await window.tap("placement-type-group_care")
    await window.enter("placement-county", "Clark")
    await window.enter("placement-state", "Nevada")
    await window.tap("placement-save")
    await desk.saved()

    shelter, group = desk.workspace.profiles.placements(youth.case_id)
    assert shelter.ends_on == today - timedelta(days=1)
    assert (group.placement, group.county, group.starts_on) == (
        PlacementType.GROUP_CARE,
        "Clark",
        today,
    )
    assert window.shows("Clark, Nevada")

    await window.tap(f"placement-{shelter.record_id}")
    await window.until(lambda: window.has("placement-save"))
    await window.tap("placement-type-foster_home")
    await window.tap("placement-save")
    await window.until(lambda: window.shows("Resource family"))
    assert len(desk.workspace.profiles.placements(youth.case_id)) == 2
