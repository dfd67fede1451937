"""The hand-over page in the youth's hand: theirs to change, and to choose what goes over."""

from pathlib import Path

import pytest

from field_app.domain.records.hand_over import HandOverLine, HandOverSection
from field_app.domain.records.participant import Participant
from field_app.services.workspace import Workspace
from tests.ui.conftest import Windows
from tests.ui.work import PASSPHRASE, Desk, add_youth, open_desk


async def desk_in_the_youths_hand(
    opened: Windows, folder: Path, *, language: str = "en"
) -> tuple[Desk, Participant]:
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.append(add_youth(workspace))
        line = HandOverLine(section=HandOverSection.GOOD_AT, words="drawing")
        workspace.hand_over.put_line(people[0].case_id, line)
        workspace.hand_over.add_told(people[0].case_id, "how I left home")

    desk = await open_desk(opened, folder, fill, language=language)
    window = desk.window
    window.controller.navigate(f"/caseload/{people[0].case_id}/hand-over")
    await window.until(lambda: window.has("hand-phone-over"))
    await window.tap("hand-phone-over")
    await window.until(lambda: window.has("give-back"))
    return desk, people[0]


def lines_of(desk: Desk, youth: Participant) -> tuple[HandOverLine, ...]:
    page = desk.workspace.hand_over.page(youth.case_id)
    assert page is not None
    return tuple(page.lines)


@pytest.mark.requirement("PRA-15")
async def test_the_youth_changes_a_line_and_chooses_whether_it_goes_over(
    opened: Windows, tmp_path: Path
):
    desk, youth = await desk_in_the_youths_hand(opened, tmp_path)
    window, (line,) = desk.window, lines_of(desk, youth)
    await window.tap(f"mine-{line.item_id}-stays")
    await window.until(lambda: not lines_of(desk, youth)[0].goes_over)

    await window.tap(f"mine-{line.item_id}-change")
    assert window.by_id("mine-changing").value == "drawing"
    await window.enter("mine-changing", "drawing comics")
    await window.tap("mine-changing-save")
    await window.until(lambda: window.has(f"mine-{line.item_id}-change"))

    (changed,) = lines_of(desk, youth)
    assert (changed.words, changed.by_youth, changed.goes_over) == ("drawing comics", True, False)
    await window.tap("give-back")
    await desk.unlock()
    await window.until(lambda: window.shows("The youth does not want it passed on"))


async def test_staff_who_change_a_line_that_is_held_back_leave_it_held_back(
    opened: Windows, tmp_path: Path
):
    desk, youth = await desk_in_the_youths_hand(opened, tmp_path)
    window, (line,) = desk.window, lines_of(desk, youth)
    await window.tap(f"mine-{line.item_id}-stays")
    await window.until(lambda: not lines_of(desk, youth)[0].goes_over)
    await window.tap("give-back")
    await desk.unlock()
    await window.until(lambda: window.has(f"line-{line.item_id}"))
    await window.tap(f"line-{line.item_id}")
    await window.enter("line-words", "drawing, mostly comics")
    await window.tap("line-save")
    await window.until(lambda: window.shows("mostly comics"))

    assert not lines_of(desk, youth)[0].goes_over


async def test_the_youth_adds_lines_takes_out_a_topic_and_agrees(opened: Windows, tmp_path: Path):
    desk, youth = await desk_in_the_youths_hand(opened, tmp_path)
    window = desk.window
    await window.tap("mine-what_helps-add")
    await window.enter("mine-what_helps", "text first\ncome on time")
    await window.tap("mine-what_helps-save")
    await window.until(lambda: len(lines_of(desk, youth)) == 3)
    assert all(line.by_youth for line in lines_of(desk, youth)[1:])

    (topic,) = desk.workspace.hand_over.already_told(youth.case_id)
    await window.tap(f"topic-{topic.record_id}-remove")
    await window.until(lambda: not desk.workspace.hand_over.already_told(youth.case_id))
    await window.tap("agree")
    await window.until(lambda: window.shows("You read it today"))
    page = desk.workspace.hand_over.page(youth.case_id)
    assert page is not None
    assert page.youth_saw_on == desk.workspace.notebook.today()


async def test_nothing_but_the_page_can_be_reached_and_only_the_passphrase_leads_back(
    opened: Windows, tmp_path: Path
):
    desk, youth = await desk_in_the_youths_hand(opened, tmp_path)
    window = desk.window
    await window.tap("mine-good_at-add")
    await window.enter("mine-good_at", "half a sen")
    window.controller.navigate("/")
    window.controller.open_panel("add")
    await window.settle()
    assert window.has("give-back")
    assert not window.has("panel-close")
    assert [view.can_pop for view in window.views()] == [False]

    await window.tap("give-back")
    await window.until(lambda: window.has("passphrase"))
    assert "drawing" not in window.everything()
    await window.enter("passphrase", PASSPHRASE)
    await window.tap("unlock")
    await window.until(lambda: window.has("lock"))
    window.controller.hand_phone_over("hand-over", youth.case_id)
    await window.until(lambda: window.has("mine-good_at"))
    assert window.by_id("mine-good_at").value == "half a sen"


async def test_the_page_speaks_to_the_youth_in_spanish(opened: Windows, tmp_path: Path):
    desk, _ = await desk_in_the_youths_hand(opened, tmp_path, language="es")

    assert desk.window.shows("elige qué se pasa")
    assert desk.window.shows("^Se queda aquí$")
