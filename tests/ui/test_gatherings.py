"""Meetings, court, workshops and the talk after coming back, on screen."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from field_app.domain.records.gatherings import CourtHelp, HearingKind, MeetingKind, MeetingPartner
from field_app.domain.records.missing import WelcomeNeed
from field_app.domain.records.participant import Participant
from field_app.services.workspace import Workspace
from tests.ui.conftest import Windows
from tests.ui.work import Desk, add_youth, open_desk


async def desk_with_youth(
    opened: Windows,
    folder: Path,
    more: Callable[[Workspace, Participant], object] = lambda workspace, youth: None,
    **options: Any,
) -> tuple[Desk, Participant]:
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.append(add_youth(workspace))
        more(workspace, people[0])

    return await open_desk(opened, folder, fill, **options), people[0]


async def open_services(desk: Desk, youth: Participant) -> None:
    desk.window.controller.navigate(f"/caseload/{youth.case_id}")
    await desk.window.until(lambda: desk.window.has("part-services"))
    await desk.window.tap("part-services")


def returned(workspace: Workspace, youth: Participant) -> None:
    day = workspace.notebook.today()
    workspace.missing.begin(youth.case_id, missing_from=day - timedelta(days=3))
    workspace.missing.came_back(youth.case_id)


async def test_a_meeting_is_written_down_with_the_youths_voice_and_a_decision(
    opened: Windows, tmp_path: Path
):
    """ATM-08, FRP-15, FRP-19, DAT-46: partners, voice, decision, next date."""
    desk, youth = await desk_with_youth(opened, tmp_path)
    window = desk.window
    await open_services(desk, youth)
    await window.tap("add-meeting")
    await window.until(lambda: window.has("meeting-save"))
    await window.tap("meeting-save")
    await window.until(lambda: window.shows("Choose which meeting it was"))

    await window.tap("meeting-kind-cft")
    await window.tap("partners-dcfs")
    await window.tap("partners-probation")
    await window.tap("partners-probation")
    await window.tap("youth-present-yes")
    await window.enter("youth-voice", "I want to stay at my school")
    await window.enter("decision", "Transport is arranged")
    await window.enter("decision-who", "CSW")
    await window.enter("meeting-minutes", "60")
    await window.tap("meeting-save")
    await desk.saved()

    (meeting,) = desk.workspace.meetings.of_case(youth.case_id)
    assert meeting.meeting_kind is MeetingKind.CFT
    assert [one.partner for one in meeting.partners] == [MeetingPartner.DCFS]
    assert (meeting.youth_present, meeting.minutes) == (True, 60)
    assert meeting.youth_voice == "I want to stay at my school"
    assert [(d.words, d.who) for d in meeting.decisions] == [("Transport is arranged", "CSW")]
    assert window.has(f"meeting-{meeting.record_id}")
    assert window.shows("the youth, DCFS · Transport is arranged")
    assert desk.forms() == []


async def test_a_question_left_alone_stays_unanswered(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    window = desk.window
    window.controller.open_panel("meeting", case_id=youth.case_id)
    await window.until(lambda: window.has("meeting-save"))
    await window.tap("meeting-kind-initial_mdt")
    await window.tap("youth-present-no")
    await window.tap("youth-present-no")
    await window.tap("meeting-save")
    await desk.saved()

    (meeting,) = desk.workspace.meetings.of_case(youth.case_id)
    assert meeting.youth_present is None
    assert meeting.decisions == ()


async def test_court_support_keeps_what_was_given_and_has_no_place_for_testimony(
    opened: Windows, tmp_path: Path
):
    """SUR-08, X-01, NUM-06."""
    desk, youth = await desk_with_youth(opened, tmp_path)
    window = desk.window
    await open_services(desk, youth)
    await window.tap("add-court")
    await window.until(lambda: window.has("court-save"))
    await window.tap("court-save")
    await window.until(lambda: window.shows("Choose which hearing it is"))
    await window.tap("hearing-dependency")
    await window.tap("help-given-accompanied")
    await window.tap("help-given-comfort_items")
    await window.tap("testifies-no")
    await window.tap("program-star")
    assert not any(name.endswith(("note", "notes")) for name in window.ids())
    await window.tap("court-save")
    await desk.saved()

    (support,) = desk.workspace.court.of_case(youth.case_id)
    assert support.hearing is HearingKind.DEPENDENCY
    assert support.help_given == (CourtHelp.ACCOMPANIED, CourtHelp.COMFORT_ITEMS)
    assert support.testifies is False
    assert window.shows("Court: Dependency")
    assert desk.forms() == []


async def test_a_workshop_is_one_tap_a_head(opened: Windows, tmp_path: Path):
    """WRK-01, SUR-10."""
    others: list[Participant] = []
    desk, youth = await desk_with_youth(
        opened, tmp_path, lambda w, _: others.append(add_youth(w, "Lia"))
    )
    window = desk.window
    window.controller.open_panel("add")
    await window.settle()
    await window.tap("add-workshop")
    await window.until(lambda: window.has("workshop-save"))
    await window.tap("workshop-save")
    await window.until(lambda: window.shows("Choose which kind it was"))
    await window.tap("workshop-kind-empowerment")
    await window.tap("workshop-save")
    await window.until(lambda: window.shows("Choose at least one person"))
    await window.enter("workshop-title", "Paint night")
    await window.tap(f"head-{youth.case_id}-came")
    await window.tap(f"head-{others[0].case_id}-not")
    await window.tap("survivor-yes")
    await window.tap("workshop-save")
    await desk.saved()

    (here,) = desk.workspace.workshops.of_case(youth.case_id)
    (absent,) = desk.workspace.workshops.of_case(others[0].case_id)
    assert (here.attended, absent.attended) == (True, False)
    assert here.survivor_co_facilitated
    await open_services(desk, others[0])
    assert window.shows("Paint night")
    assert window.shows("^Could not come$")


async def test_after_coming_back_the_talk_is_one_tap_away_and_every_question_optional(
    opened: Windows, tmp_path: Path
):
    """X-12: no story is asked for."""
    desk, youth = await desk_with_youth(opened, tmp_path, returned)
    window = desk.window
    window.controller.navigate(f"/caseload/{youth.case_id}")
    await window.until(lambda: window.has("welcome-back"))
    await window.tap("welcome-back")
    await window.until(lambda: window.has("welcome-save"))
    await window.tap("needs-food")
    await window.tap("needs-sleep")
    await window.enter("wants-known", "do not call my aunt")
    await window.tap("welcome-save")
    await desk.saved()

    (talk,) = desk.workspace.missing.welcomes(youth.case_id)
    assert talk.needs == (WelcomeNeed.FOOD, WelcomeNeed.SLEEP)
    assert talk.wants_known == "do not call my aunt"
    assert not talk.skipped
    assert not window.has("welcome-back")
    await window.tap("part-services")
    assert window.shows("After coming back: do not call my aunt")


async def test_not_now_is_an_answer(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path, returned)
    window = desk.window
    await open_services(desk, youth)
    await window.tap("welcome-back-later")
    await window.until(lambda: window.has("welcome-skip"))
    await window.enter("wants-known", "typed, then let be")
    await window.tap("welcome-skip")
    await desk.saved()

    (talk,) = desk.workspace.missing.welcomes(youth.case_id)
    assert (talk.skipped, talk.wants_known) == (True, "")
    assert window.shows("Did not want to talk about it")


async def test_a_half_written_talk_is_found_again(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path, returned)
    window = desk.window
    window.controller.navigate(f"/caseload/{youth.case_id}")
    await window.until(lambda: window.has("welcome-back"))
    await window.tap("welcome-back")
    await window.until(lambda: window.has("welcome-save"))
    await window.enter("what-would-help", "my own room")
    await window.until(lambda: bool(desk.forms()))
    await window.tap("panel-close")
    window.controller.navigate("/")
    (form,) = desk.forms()
    await window.until(lambda: window.has(f"draft-{form}"))

    await window.tap(f"draft-{form}")

    assert window.by_id("what-would-help").value == "my own room"
