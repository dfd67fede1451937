"""The caseload: search, filters, weight; youths and parents apart."""

from pathlib import Path

import pytest

from field_app.domain.records.participant import Participant
from field_app.domain.vocabulary import Service
from field_app.services.caseload import SearchResult
from field_app.services.workspace import Workspace
from field_app.store.app_schema import SCHEMA
from tests.ui.conftest import Windows
from tests.ui.harness import LAPTOP
from tests.ui.work import add_contact, add_parent, add_youth, days, open_desk

CASELOAD_TAB = 1


async def test_parents_and_youths_never_share_a_list(opened: Windows, tmp_path: Path):
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.append(add_youth(workspace))
        people.append(add_parent(workspace, people[0]))

    desk = await open_desk(opened, tmp_path, fill)
    youth, parent = (f"person-{person.case_id}" for person in people)
    await desk.window.choose_tab(CASELOAD_TAB)
    assert desk.window.has(youth)
    assert not desk.window.has(parent)

    await desk.window.tap("kind-parent")

    assert desk.window.has(parent)
    assert not desk.window.has(youth)


async def test_filters_show_who_fits_and_say_which_are_set(opened: Windows, tmp_path: Path):
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.append(add_youth(workspace, "A.", received=days(1)))
        people.append(
            add_youth(workspace, "B.", services=(Service.SURVIVOR_ADVOCACY,), received=days(30))
        )
        workspace.missing.begin(people[0].case_id)

    desk = await open_desk(opened, tmp_path, fill)
    first, second = (f"person-{person.case_id}" for person in people)
    await desk.window.choose_tab(CASELOAD_TAB)
    await desk.window.tap("filters")

    for chip, shown, hidden in (
        ("filter-service-survivor_advocacy", second, first),
        ("filter-phase-stabilization", first, second),
        ("filter-state-missing", first, second),
        ("filter-state-overdue", second, first),
    ):
        await desk.window.tap(chip)
        assert desk.window.has(shown), chip
        assert not desk.window.has(hidden), chip
        await desk.window.tap(chip)
    await desk.window.tap("filter-state-closed")
    assert desk.window.shows("Nobody fits the filters")
    assert desk.window.shows("^Closed$")


async def test_search_finds_notes_and_opens_the_contact(opened: Windows, tmp_path: Path):
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.extend([add_youth(workspace, "A."), add_youth(workspace, "B.")])
        add_contact(workspace, people[1], note="asked for a library card")

    desk = await open_desk(opened, tmp_path, fill)
    await desk.window.choose_tab(CASELOAD_TAB)

    await desk.window.enter("caseload-search", "librar")

    assert not desk.window.has(f"person-{people[0].case_id}")
    hit = next(i for i in desk.window.ids() if i.startswith("hit-"))
    await desk.window.tap(hit)
    assert desk.window.shows("asked for a library card")
    assert desk.window.page.route == f"/caseload/{people[1].case_id}"

    await desk.window.choose_tab(CASELOAD_TAB)
    await desk.window.enter("caseload-search", "nothing like that")
    assert desk.window.shows("Nothing found")


async def test_a_find_in_any_kind_of_record_says_what_it_was_found_in(
    opened: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    kinds = [source.table for source in SCHEMA.search if source.table != "participant"]
    found = [SearchResult(people[0], kind, f"r-{kind}") for kind in kinds]
    monkeypatch.setattr(type(desk.workspace.caseload), "search", lambda _self, _query: found)
    await desk.window.choose_tab(CASELOAD_TAB)

    await desk.window.enter("caseload-search", "school")

    assert len(kinds) > 10
    assert all(desk.window.has(f"hit-r-{kind}") for kind in kinds)
    assert desk.window.shows("^Meeting$")
    assert not desk.window.shows("^Entry$")


async def test_the_weight_is_what_is_owed_this_month(opened: Windows, tmp_path: Path):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    await desk.window.choose_tab(CASELOAD_TAB)

    owed = desk.workspace.due_list.owed_this_month()[people[0].case_id]
    assert owed > 0
    assert desk.window.shows(f"^1 person · {owed} contacts owed this month$")
    assert str(owed) in desk.window.texts()


async def test_a_long_caseload_is_shown_fifty_at_a_time(opened: Windows, tmp_path: Path):
    def fill(workspace: Workspace) -> None:
        for number in range(53):
            add_youth(workspace, f"N{number:02d}", services=())

    desk = await open_desk(opened, tmp_path, fill)
    await desk.window.choose_tab(CASELOAD_TAB)

    def shown() -> int:
        return sum(1 for i in desk.window.ids() if i.startswith("person-"))

    assert shown() == 50
    await desk.window.tap("more-lines")
    assert shown() == 53


async def test_on_a_laptop_the_participant_stands_beside_the_list(opened: Windows, tmp_path: Path):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)), size=LAPTOP)
    await desk.window.choose_tab(CASELOAD_TAB)
    assert desk.window.shows("Choose somebody")

    await desk.window.tap(f"person-{people[0].case_id}")

    assert desk.window.has("part-overview")
    assert desk.window.has(f"person-{people[0].case_id}")
