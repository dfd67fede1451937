"""Logging a contact: taps, drafts, undo, and what is refused."""

from dataclasses import replace
from pathlib import Path

import flet as ft
import pytest

from field_app.domain.records.contact import Goal
from field_app.domain.records.participant import Participant, SafeContact
from field_app.domain.vocabulary import Channel, ContactPurpose, Outcome, PlaceType, Service
from field_app.errors import DiskError
from field_app.services.workspace import Workspace
from tests.ui.conftest import Windows
from tests.ui.work import Desk, add_contact, add_parent, add_youth, days, open_desk


def line_of(desk: Desk, rule: str) -> str:
    found = [i for i in desk.window.ids() if i.startswith("due-") and f"|{rule}|" in i]
    lines = [i for i in found if not i.endswith("-log")]
    assert len(lines) == 1, desk.window.ids()
    return lines[0]


async def test_a_weekly_contact_is_logged_in_three_taps_from_its_line(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    window = desk.window

    await window.tap(line_of(desk, "stabilization.weekly_contact") + "-log")
    await window.tap("channel-text")
    await window.tap("outcome-reached")
    await desk.saved()

    (contact,) = desk.contacts(people[0].case_id)
    assert (contact.channel, contact.outcome) == (Channel.TEXT, Outcome.REACHED)
    assert contact.at == desk.clock.moment
    assert contact.services == (Service.ADVOCACY,)
    assert window.shows(r"^Saved, \d\d:\d\d$")
    assert not window.has("channel-text")
    assert not any("|stabilization.weekly_contact|" in i for i in window.ids())


async def test_an_unanswered_attempt_takes_three_taps_and_is_not_credited(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    line = line_of(desk, "stabilization.weekly_contact")

    await desk.window.tap(line + "-log")
    await desk.window.tap("channel-phone")
    await desk.window.tap("outcome-no_answer")
    await desk.saved()

    (contact,) = desk.contacts(people[0].case_id)
    assert contact.outcome is Outcome.NO_ANSWER
    assert desk.window.has(line), "an attempt leaves the duty open"


async def test_a_contact_begun_from_add_takes_four_taps(opened: Windows, tmp_path: Path):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    case_id = people[0].case_id

    await desk.window.choose_tab(2)
    await desk.window.tap(f"add-contact-{case_id}")
    await desk.window.tap("channel-phone")
    await desk.window.tap("outcome-reached")
    await desk.saved()

    assert len(desk.contacts(case_id)) == 1


async def test_a_visit_with_minutes_place_and_goal_takes_six_taps(opened: Windows, tmp_path: Path):
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.append(add_youth(workspace))
        with workspace.notebook.write() as records:
            records.save(
                Goal(record_id="goal", case_id=people[0].case_id, words="See my brother weekly")
            )

    desk = await open_desk(opened, tmp_path, fill)

    await desk.window.tap(line_of(desk, "stabilization.first_face_to_face") + "-log")
    await desk.window.tap("channel-face_to_face")
    await desk.window.tap("minutes-45")
    await desk.window.tap("place-school")
    await desk.window.tap("goal-goal")
    await desk.window.tap("outcome-reached")
    await desk.saved()

    (contact,) = desk.contacts(people[0].case_id)
    assert (contact.minutes, contact.place_type) == (45, PlaceType.SCHOOL)
    assert contact.goal_ids == ("goal",)


@pytest.mark.requirement("STB-09", "MNT-04")
async def test_a_goal_that_came_up_is_made_with_the_contact_and_once_only(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    window, case_id = desk.window, people[0].case_id
    window.controller.open_panel("log", case_id=case_id)
    await window.until(lambda: window.has("channel-face_to_face"))
    await window.tap("channel-face_to_face")
    await window.tap("goal-new")
    await window.enter("new-goal", "See my brother weekly")
    await window.tap("log-more")
    await window.tap("purposes-goals")
    await window.tap("outcome-reached")
    await desk.saved()

    page = desk.workspace.caseload.page(case_id)
    assert page is not None
    (goal,) = page.goals
    (contact,) = desk.contacts(case_id)
    assert (goal.words, contact.goal_ids) == ("See my brother weekly", (goal.record_id,))
    assert contact.purposes == (ContactPurpose.GOALS,)

    await window.tap("notice-undo")
    await window.until(lambda: window.has(f"goal-{goal.record_id}"))
    await window.tap("outcome-reached")
    await window.until(lambda: len(desk.contacts(case_id)) == 1)
    page = desk.workspace.caseload.page(case_id)
    assert page is not None
    assert [one.record_id for one in page.goals] == [goal.record_id]


async def test_an_outcome_without_a_channel_asks_for_it_and_saves_nothing(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    desk.window.controller.open_panel("log", case_id=people[0].case_id)
    await desk.window.settle()

    await desk.window.tap("outcome-reached")

    assert desk.window.shows("Choose how it happened")
    assert desk.contacts(people[0].case_id) == []


async def test_a_new_entry_starts_clean_after_a_saved_one(opened: Windows, tmp_path: Path):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    case_id = people[0].case_id
    for _ in range(2):
        desk.window.controller.open_panel("log", case_id=case_id)
        await desk.window.settle()
        assert chosen(desk, "channel") == []
        await desk.window.tap("channel-phone")
        await desk.window.tap("log-more")
        assert desk.window.by_id("note").value == ""
        await desk.window.enter("note", "told me about school")
        await desk.window.tap("outcome-reached")
        await desk.window.until(lambda: not desk.window.has("channel-phone"))

    assert len(desk.contacts(case_id)) == 2
    assert desk.forms() == []


def chosen(desk: Desk, group: str) -> list[str]:
    return [
        s.identifier
        for s in desk.window.on_top(ft.Semantics)
        if s.identifier and s.identifier.startswith(f"{group}-") and s.checked
    ]


async def test_what_is_typed_is_kept_shortly_after_and_offered_again(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    case_id = people[0].case_id
    desk.window.controller.open_panel("log", case_id=case_id)
    await desk.window.settle()

    await desk.window.tap("channel-text")
    await desk.window.tap("log-more")
    await desk.window.enter("note", "she wrote that")
    await desk.window.until(
        lambda: (
            (desk.workspace.drafts.load(f"contact:{case_id}") or {}).get("note") == "she wrote that"
        )
    )
    await desk.window.tap("panel-close")

    await desk.window.tap(f"draft-contact:{case_id}")
    assert chosen(desk, "channel") == ["channel-text"]
    assert desk.window.by_id("note").value == "she wrote that"
    assert desk.window.shows("This is what you had typed")


async def test_starting_over_throws_the_draft_away(opened: Windows, tmp_path: Path):
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.append(add_youth(workspace))
        form = f"contact:{people[0].case_id}"
        workspace.drafts.save(form, {"note": "half"}, case_id=people[0].case_id)

    desk = await open_desk(opened, tmp_path, fill)
    await desk.window.tap(f"draft-contact:{people[0].case_id}")

    await desk.window.tap("draft-discard")
    await desk.window.until(lambda: desk.forms() == [])

    assert desk.window.by_id("note").value == ""


async def test_a_half_written_note_survives_the_lock(opened: Windows, tmp_path: Path):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    desk.window.controller.open_panel("log", case_id=people[0].case_id)
    await desk.window.settle()
    await desk.window.tap("log-more")
    await desk.window.enter("note", "in the middle of a")

    desk.window.controller.lock()
    await desk.window.until(lambda: desk.window.has("unlock"))
    assert "in the middle" not in desk.window.everything()
    await desk.unlock()

    await desk.window.tap(f"draft-contact:{people[0].case_id}")
    assert desk.window.by_id("note").value == "in the middle of a"


async def test_undo_takes_the_contact_back_and_gives_back_what_was_typed(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    case_id = people[0].case_id
    desk.window.controller.open_panel("log", case_id=case_id)
    await desk.window.settle()
    await desk.window.tap("channel-phone")
    await desk.window.tap("log-more")
    await desk.window.enter("note", "a long story")
    await desk.window.tap("outcome-no_answer")  # meant: reached
    await desk.saved()

    await desk.window.tap("notice-undo")
    await desk.window.until(lambda: desk.window.has("outcome-reached"))

    assert desk.contacts(case_id) == []
    assert desk.window.by_id("note").value == "a long story"


async def test_a_line_of_a_service_credits_that_service(opened: Windows, tmp_path: Path):
    people: list[Participant] = []
    both = (Service.ADVOCACY, Service.SURVIVOR_ADVOCACY)
    desk = await open_desk(
        opened, tmp_path, lambda w: people.append(add_youth(w, services=both, received=days(5)))
    )

    await desk.window.tap(line_of(desk, "survivor.first_month.face_to_face") + "-log")
    await desk.window.tap("channel-face_to_face")
    await desk.window.tap("outcome-reached")
    await desk.saved()

    assert desk.contacts(people[0].case_id)[0].services == (Service.SURVIVOR_ADVOCACY,)


async def test_a_channel_that_was_not_agreed_as_safe_is_said(opened: Windows, tmp_path: Path):
    people: list[Participant] = []
    rule = SafeContact(channels=(Channel.TEXT,), hours="after 4")
    desk = await open_desk(
        opened, tmp_path, lambda w: people.append(add_youth(w, safe_contact=rule))
    )
    desk.window.controller.open_panel("log", case_id=people[0].case_id)
    await desk.window.settle()
    assert desk.window.shows("Safe: Text · When: after 4")

    await desk.window.tap("channel-phone")

    assert desk.window.shows("Phone was not agreed as safe")


async def test_minutes_that_are_no_number_are_refused_beside_their_field(
    opened: Windows, tmp_path: Path
):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))
    desk.window.controller.open_panel("log", case_id=people[0].case_id)
    await desk.window.settle()
    await desk.window.tap("channel-phone")
    await desk.window.tap("log-more")

    for typed, words in (("ten", "Type a number here"), ("5000", "Minutes go from 0 to 1440")):
        await desk.window.enter("minutes-typed", typed)
        await desk.window.tap("outcome-reached")
        await desk.window.until(lambda words=words: desk.window.shows(words))

    assert desk.contacts(people[0].case_id) == []


async def test_a_full_disk_is_said_and_the_form_stays(
    opened: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    people: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: people.append(add_youth(w)))

    def refuse(*_: object, **__: object) -> None:
        raise DiskError("full", code="disk_full")

    monkeypatch.setattr(desk.workspace.contacts, "log", refuse)
    desk.window.controller.open_panel("log", case_id=people[0].case_id)
    await desk.window.settle()
    await desk.window.tap("channel-phone")
    await desk.window.tap("outcome-reached")
    await desk.window.until(lambda: desk.window.shows("storage of the device is full"))

    assert chosen(desk, "channel") == ["channel-phone"]


async def test_a_parent_is_asked_about_before_a_contact_is_logged(opened: Windows, tmp_path: Path):
    parents: list[Participant] = []
    desk = await open_desk(opened, tmp_path, lambda w: parents.append(add_parent(w, add_youth(w))))
    desk.window.controller.open_panel("log", case_id=parents[0].case_id)
    await desk.window.settle()
    assert not desk.window.has("outcome-reached")

    await desk.window.tap("parent-safe")
    await desk.saved()

    assert desk.window.has("outcome-reached")
    assert desk.workspace.caseload.find(parents[0].case_id) == replace(
        parents[0],
        contact_safe=True,
        updated_at=desk.clock.moment.astimezone(parents[0].updated_at.tzinfo),
    )


async def test_the_same_form_about_somebody_else_is_another_form(opened: Windows, tmp_path: Path):
    people: list[Participant] = []
    desk = await open_desk(
        opened, tmp_path, lambda w: people.extend([add_youth(w, "A."), add_youth(w, "B.")])
    )
    desk.window.controller.open_panel("log", case_id=people[0].case_id)
    await desk.window.settle()
    await desk.window.tap("channel-video")

    desk.window.controller.open_panel("log", case_id=people[1].case_id)
    await desk.window.settle()

    assert desk.window.shows("Contact with B.")
    assert chosen(desk, "channel") == []


async def test_a_contact_that_was_logged_stands_under_today(opened: Windows, tmp_path: Path):
    def fill(workspace: Workspace) -> None:
        add_contact(workspace, add_youth(workspace), ago=days(0.1), note="new school")

    desk = await open_desk(opened, tmp_path, fill)

    assert desk.window.shows("Maya · Phone · Reached")
    assert desk.window.shows("new school")
