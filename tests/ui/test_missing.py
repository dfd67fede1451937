"""A missing episode on screen: noted, who was told, and how."""

from dataclasses import replace
from pathlib import Path

import pytest

from field_app.domain.records.missing import WHO_IS_TOLD, PersonTold, ToldRole
from field_app.domain.records.participant import Participant
from field_app.domain.vocabulary import Channel
from field_app.services.workspace import Workspace
from tests.ui.conftest import Windows
from tests.ui.harness import PHONE
from tests.ui.work import Desk, add_youth, open_desk


async def desk_with_missing_youth(
    opened: Windows, folder: Path, *, size: tuple[int, int] = PHONE
) -> tuple[Desk, Participant]:
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.append(add_youth(workspace))
        workspace.missing.begin(people[0].case_id)

    desk = await open_desk(opened, folder, fill, size=size)
    desk.window.controller.navigate(f"/caseload/{people[0].case_id}")
    await desk.window.until(lambda: desk.window.has("missing-card"))
    return desk, people[0]


async def open_list(desk: Desk, youth: Participant) -> str:
    (episode,) = desk.workspace.missing.of_case(youth.case_id)
    await desk.window.tap(f"told-{episode.record_id}")
    await desk.window.until(lambda: desk.window.has("told-other"))
    return str(episode.record_id)


def told(desk: Desk, youth: Participant) -> tuple[PersonTold, ...]:
    (episode,) = desk.workspace.missing.of_case(youth.case_id)
    return tuple(episode.told)


async def test_noting_a_youth_as_missing_leads_to_the_list_of_who_is_told(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    window = desk.window
    window.controller.open_panel("missing", case_id=people[0].case_id)
    await window.until(lambda: window.has("missing-save"))
    await window.tap("missing-save")
    await desk.saved()

    await window.until(lambda: window.has("told-other"))
    assert [window.has(f"tell-{telling.role}") for telling in WHO_IS_TOLD] == [True] * 5


@pytest.mark.requirement("ATM-07", "X-12")
async def test_one_tap_notes_who_was_told_now_and_undo_takes_it_back(
    opened: Windows, tmp_path: Path
):
    desk, youth = await desk_with_missing_youth(opened, tmp_path)
    window = desk.window
    assert window.shows("Not told yet, as far as we know: .*NCMEC")
    await open_list(desk, youth)
    assert window.shows("The county tells them, within 24 hours")

    await window.tap("told-now-ncmec")
    await desk.saved()

    (person,) = told(desk, youth)
    assert (person.role, person.told_at) == (ToldRole.NCMEC, desk.clock.moment)
    assert window.has(f"knows-{person.item_id}")
    assert not window.has("tell-ncmec")
    await window.tap("notice-undo")
    await window.until(lambda: window.has("tell-ncmec"))
    assert told(desk, youth) == ()


async def test_when_how_and_the_number_are_written_and_can_be_changed(
    opened: Windows, tmp_path: Path
):
    desk, youth = await desk_with_missing_youth(opened, tmp_path)
    window = desk.window
    await open_list(desk, youth)
    await window.tap("tell-law_enforcement")
    await window.until(lambda: window.has("told-save"))
    await window.enter("told-name", "Compton station")
    await window.tap("how-phone")
    await window.enter("told-number", "026-11")
    await window.tap("told-save")
    await desk.saved()

    await window.until(lambda: window.has("told-other"))
    (person,) = told(desk, youth)
    assert (person.role, person.name) == (ToldRole.LAW_ENFORCEMENT, "Compton station")
    assert (person.how, person.reference) == (Channel.PHONE, "026-11")
    assert window.shows("Law enforcement · Compton station")
    assert window.shows("Phone · number 026-11")

    await window.tap(f"knows-{person.item_id}")
    await window.until(lambda: window.has("told-remove"))
    await window.enter("told-number", "026-12")
    await window.tap("told-save")
    await window.until(lambda: window.shows("026-12"))
    (changed,) = told(desk, youth)
    assert (changed.item_id, changed.told_at) == (person.item_id, person.told_at)
    assert desk.forms() == []


async def test_somebody_who_is_not_on_the_list_is_added_and_taken_off(
    opened: Windows, tmp_path: Path
):
    desk, youth = await desk_with_missing_youth(opened, tmp_path)
    window = desk.window
    await open_list(desk, youth)
    await window.tap("told-other")
    await window.until(lambda: window.has("told-save"))
    assert not window.has("role-ncmec")
    await window.tap("role-placement")
    await window.tap("told-save")
    await window.until(lambda: window.shows("Others who know"))
    (person,) = told(desk, youth)
    assert person.role is ToldRole.PLACEMENT

    await window.tap(f"knows-{person.item_id}")
    await window.until(lambda: window.has("told-remove"))
    await window.tap("told-remove")
    await desk.saved()
    assert told(desk, youth) == ()


async def test_a_half_written_line_is_found_again(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_missing_youth(opened, tmp_path)
    window = desk.window
    await open_list(desk, youth)
    await window.tap("tell-ncmec")
    await window.until(lambda: window.has("told-save"))
    await window.enter("told-number", "4711")
    await window.until(lambda: bool(desk.forms()))
    await window.tap("panel-close")
    window.controller.navigate("/")
    (form,) = desk.forms()
    await window.until(lambda: window.has(f"draft-{form}"))

    await window.tap(f"draft-{form}")

    await window.until(lambda: window.has("told-number"))
    assert window.by_id("told-number").value == "4711"


async def test_when_everybody_was_told_the_page_says_so(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_missing_youth(opened, tmp_path)
    episode_id = await open_list(desk, youth)
    for telling in WHO_IS_TOLD:
        desk.workspace.missing.put_told(episode_id, PersonTold(role=telling.role))
    desk.window.controller.changed()
    await desk.window.tap("panel-close")

    await desk.window.until(lambda: desk.window.shows("Everybody on the list was told"))


async def test_what_a_file_said_of_who_was_told_is_shown_beside_the_list(
    opened: Windows, tmp_path: Path
):
    desk, youth = await desk_with_missing_youth(opened, tmp_path)
    (episode,) = desk.workspace.missing.of_case(youth.case_id)
    with desk.workspace.notebook.write() as records:
        records.save(replace(episode, reported_to=("CSW", "NCMEC")))

    await open_list(desk, youth)

    assert desk.window.shows("^Noted before: CSW, NCMEC$")
