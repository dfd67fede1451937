"""The Parent Empowerment Program on screen: the grid, a session in five taps, a tap a head."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from field_app.domain.records.participant import Participant
from field_app.services.empowerment import SessionEntry
from field_app.services.workspace import Workspace
from tests.ui.conftest import Windows
from tests.ui.harness import LAPTOP, PHONE
from tests.ui.work import Desk, add_parent, add_youth, open_desk


def safe_parent(workspace: Workspace, youth: Participant, alias: str) -> Participant:
    parent = add_parent(workspace, youth, alias)
    return workspace.caseload.answer_contact_safe(parent.case_id, is_safe=True)


async def desk_with_parents(
    opened: Windows,
    folder: Path,
    more: Callable[[Workspace, list[Participant]], object] = lambda workspace, parents: None,
    **options: Any,
) -> tuple[Desk, list[Participant]]:
    parents: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        youth = add_youth(workspace)
        parents.extend(safe_parent(workspace, youth, alias) for alias in ("Mrs. R.", "Mr. T."))
        more(workspace, parents)

    return await open_desk(opened, folder, fill, **options), parents


def complete(workspace: Workspace, parents: list[Participant]) -> None:
    for number in range(1, 11):
        entry = SessionEntry(session_number=number, topics=(min(number, 6),))
        workspace.empowerment.log(parents[0].case_id, entry)


async def open_services(desk: Desk, parent: Participant) -> None:
    desk.window.controller.navigate(f"/caseload/{parent.case_id}")
    await desk.window.until(lambda: desk.window.has("part-services"))
    await desk.window.tap("part-services")


async def test_a_session_with_one_parent_takes_five_taps(opened: Windows, tmp_path: Path):
    """PEP-01, PEP-02, PAR-05: the budget of journeys.md, from the tab Add."""
    desk, parents = await desk_with_parents(opened, tmp_path)
    window = desk.window

    window.controller.open_panel("add")  # 1: the tab
    await window.settle()
    await window.tap("add-session")  # 2
    await window.until(lambda: window.has("session-save"))
    await window.tap(f"who-{parents[0].case_id}")  # 3
    await window.tap("topic-2")  # 4
    await window.tap("session-save")  # 5
    await desk.saved()

    (session,) = desk.workspace.empowerment.sessions(parents[0].case_id)
    assert (session.session_number, session.topics, session.minutes) == (1, (2,), 90)
    assert not session.is_group
    assert desk.forms() == []


async def test_the_next_session_stands_chosen_and_another_can_be(opened: Windows, tmp_path: Path):
    desk, parents = await desk_with_parents(
        opened,
        tmp_path,
        lambda w, parents: w.empowerment.log(parents[0].case_id),
    )
    window = desk.window
    window.controller.open_panel("session", case_id=parents[0].case_id)
    await window.until(lambda: window.has("session-save"))
    await window.tap("number-5")
    await window.tap("topic-1")
    await window.tap("topic-6")
    await window.tap("topic-1")
    await window.tap("session-more")
    await window.enter("session-minutes", "long")
    await window.tap("session-save")
    await window.until(lambda: window.shows("Type a number here"))
    await window.enter("session-minutes", "45")
    await window.enter("session-note", "brought her sister")
    await window.tap("session-save")
    await desk.saved()

    last = desk.workspace.empowerment.sessions(parents[0].case_id)[-1]
    assert (last.session_number, last.topics, last.minutes) == (5, (6,), 45)
    assert last.note == "brought her sister"


async def test_with_whom_is_asked(opened: Windows, tmp_path: Path):
    desk, _ = await desk_with_parents(opened, tmp_path)
    desk.window.controller.open_panel("session")
    await desk.window.until(lambda: desk.window.has("session-save"))

    await desk.window.tap("session-save")

    await desk.window.until(lambda: desk.window.shows("Choose with whom the session was"))


async def test_a_parent_whose_safety_is_not_asked_about_is_not_offered(
    opened: Windows, tmp_path: Path
):
    """PAR-02: the question comes first, on the parent's page."""
    unasked: list[Participant] = []
    desk, parents = await desk_with_parents(
        opened, tmp_path, lambda w, _: unasked.append(add_parent(w, add_youth(w, "Lia"), "Mr. U."))
    )
    desk.window.controller.open_panel("session")
    await desk.window.until(lambda: desk.window.has(f"who-{parents[0].case_id}"))

    assert not desk.window.has(f"who-{unasked[0].case_id}")
    await open_services(desk, unasked[0])
    assert not desk.window.has("session-1")


async def test_a_group_session_is_one_tap_a_head(opened: Windows, tmp_path: Path):
    """PEP-03: whoever could not come makes it up later."""
    desk, parents = await desk_with_parents(opened, tmp_path)
    window = desk.window
    window.controller.open_panel("add")
    await window.settle()
    await window.tap("add-group-session")
    await window.until(lambda: window.has("group-save"))
    await window.tap("group-save")
    await window.until(lambda: window.shows("Choose the session's number"))
    await window.tap("number-3")
    await window.tap("group-save")
    await window.until(lambda: window.shows("Choose at least one person"))
    await window.tap("topic-4")

    await window.tap(f"head-{parents[0].case_id}-came")
    await window.tap(f"head-{parents[1].case_id}-not")
    assert window.shows("Save, 1 came")
    await window.tap("group-save")
    await desk.saved()

    (here,) = desk.workspace.empowerment.sessions(parents[0].case_id)
    (absent,) = desk.workspace.empowerment.sessions(parents[1].case_id)
    assert (here.attended, absent.attended) == (True, False)
    assert here.event_id == absent.event_id
    assert desk.workspace.empowerment.progress(parents[1].case_id).to_make_up == {3}

    await window.tap("notice-undo")
    await window.until(lambda: not desk.workspace.empowerment.sessions(parents[0].case_id))


async def test_a_second_tap_takes_an_answer_back(opened: Windows, tmp_path: Path):
    desk, parents = await desk_with_parents(opened, tmp_path)
    desk.window.controller.open_panel("group-session")
    await desk.window.until(lambda: desk.window.has("group-save"))
    head = f"head-{parents[0].case_id}-came"

    await desk.window.tap(head)
    assert desk.window.shows("Save, 1 came")
    await desk.window.tap(head)

    assert desk.window.shows("Save, 0 came")


@pytest.mark.parametrize("size", [PHONE, LAPTOP])
async def test_the_page_of_a_parent_shows_sessions_by_topics(
    opened: Windows, tmp_path: Path, size: tuple[int, int]
):
    """PEP-01, PEP-02: ten sessions, six topics."""

    def fill(workspace: Workspace, parents: list[Participant]) -> None:
        heads = {parents[0].case_id: True, parents[1].case_id: False}
        workspace.empowerment.log_group(heads, SessionEntry(session_number=1, topics=(1, 2)))

    desk, parents = await desk_with_parents(opened, tmp_path, fill, size=size)
    await open_services(desk, parents[0])
    assert [desk.window.has(f"session-{n}") for n in range(1, 12)] == [True] * 10 + [False]
    assert desk.window.shows("1 of 10 sessions, 2 of 6 topics")
    spoken = [s.label for s in desk.window.on_top(ft.Semantics)]
    assert "Session 1, attended. Topics 1, 2." in spoken
    assert not desk.window.has("certificate")

    await open_services(desk, parents[1])
    spoken = [s.label for s in desk.window.on_top(ft.Semantics)]
    assert "Session 1, to be made up." in spoken


async def test_a_row_of_the_grid_logs_that_session_as_a_make_up(opened: Windows, tmp_path: Path):
    def absent(workspace: Workspace, parents: list[Participant]) -> None:
        workspace.empowerment.log_group({parents[0].case_id: False}, SessionEntry(session_number=4))

    desk, parents = await desk_with_parents(opened, tmp_path, absent)
    await open_services(desk, parents[0])
    await desk.window.tap("session-4")
    await desk.window.until(lambda: desk.window.has("session-save"))
    assert desk.window.shows("^Session 4$")
    await desk.window.tap("session-save")
    await desk.saved()

    sessions = desk.workspace.empowerment.sessions(parents[0].case_id)
    (made_up,) = [one for one in sessions if one.attended]
    assert (made_up.session_number, made_up.is_make_up) == (4, True)


async def test_a_complete_program_ends_in_a_certificate_that_keeps_no_name(
    opened: Windows, tmp_path: Path
):
    desk, parents = await desk_with_parents(opened, tmp_path, complete)
    desk.clock.moment += timedelta(minutes=1)
    await open_services(desk, parents[0])
    await desk.window.tap("certificate")
    await desk.window.until(lambda: desk.window.has("certificate-save"))
    await desk.window.tap("certificate-save")
    await desk.window.until(lambda: desk.window.shows("Type the name that shall stand"))

    await desk.window.enter("certificate-name", "Rosario Demo")
    await desk.window.tap("certificate-save")
    await desk.window.until(lambda: desk.window.has("notice"))

    (call,) = [args for name, args in desk.window.connection.calls if name == "save_file"]
    assert bytes(call["src_bytes"]).startswith(b"%PDF")
    assert "Rosario" not in call["file_name"]
    assert desk.forms() == []


async def test_a_parent_who_is_not_offered_is_spoken_of(opened: Windows, tmp_path: Path):
    """DAT-20: whether contact is safe comes first, and the form says so instead of nobody."""
    desk, _ = await desk_with_parents(
        opened, tmp_path, lambda w, parents: add_parent(w, add_youth(w, "Lia"), "Mr. O.")
    )
    for panel in ("session", "group-session"):
        desk.window.controller.open_panel(panel)
        await desk.window.until(lambda: desk.window.has("panel-close"))
        assert desk.window.shows("^1 parent or caregiver is not offered")
        assert not desk.window.shows("Nobody is here yet")
