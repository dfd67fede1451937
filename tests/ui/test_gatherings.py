"""Meetings, court, workshops and the talk after coming back, on screen."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

from field_app.domain.records.gatherings import (
    CourtHelp,
    CourtSupport,
    HearingKind,
    Meeting,
    MeetingDecision,
    MeetingKind,
    MeetingPartner,
    PartnerPresent,
    WorkshopKind,
)
from field_app.domain.records.missing import WelcomeNeed
from field_app.domain.records.participant import Participant
from field_app.services.gatherings import WorkshopEntry
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
    await window.enter("decision-0", "Transport is arranged")
    await window.enter("decision-0-who", "CSW")
    await window.tap("add-decision")
    await window.enter("decision-1", "taken out again")
    await window.tap("decision-1-remove")
    await window.tap("add-decision")
    await window.enter("decision-1", "A tutor is found")
    await window.enter("meeting-minutes", "60")
    await window.tap("meeting-save")
    await desk.saved()

    (meeting,) = desk.workspace.meetings.of_case(youth.case_id)
    assert meeting.meeting_kind is MeetingKind.CFT
    assert [one.partner for one in meeting.partners] == [MeetingPartner.DCFS]
    assert (meeting.youth_present, meeting.minutes) == (True, 60)
    assert meeting.youth_voice == "I want to stay at my school"
    assert [(d.words, d.who) for d in meeting.decisions] == [
        ("Transport is arranged", "CSW"),
        ("A tutor is found", ""),
    ]
    assert window.has(f"meeting-{meeting.record_id}")
    assert window.shows("the youth, DCFS · Transport is arranged · A tutor is found")
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


def with_meeting(workspace: Workspace, youth: Participant) -> None:
    workspace.meetings.log(
        Meeting(
            case_id=youth.case_id,
            meeting_kind=MeetingKind.CFT,
            partners=(PartnerPresent(partner=MeetingPartner.DCFS),),
            decisions=(MeetingDecision(words="Transport is arranged", who="CSW"),),
            next_on=workspace.notebook.today() + timedelta(days=7),
        )
    )


async def open_the_meeting(opened: Windows, folder: Path) -> tuple[Desk, Participant, Meeting]:
    desk, youth = await desk_with_youth(opened, folder, with_meeting)
    (meeting,) = desk.workspace.meetings.of_case(youth.case_id)
    await open_services(desk, youth)
    await desk.window.tap(f"meeting-{meeting.record_id}")
    await desk.window.until(lambda: desk.window.has("meeting-change"))
    return desk, youth, meeting


def the_meeting(desk: Desk, youth: Participant) -> Meeting:
    (meeting,) = desk.workspace.meetings.of_case(youth.case_id)
    return meeting


async def test_partners_of_a_saved_meeting_come_and_go_with_one_tap(
    opened: Windows, tmp_path: Path
):
    desk, youth, meeting = await open_the_meeting(opened, tmp_path)
    window = desk.window

    await window.tap("present-add")
    await window.tap("partners-caregiver")
    await desk.saved()
    await window.tap("partners-dcfs")
    await window.until(lambda: len(the_meeting(desk, youth).partners) == 1)

    (left,) = the_meeting(desk, youth).partners
    assert left.partner is MeetingPartner.CAREGIVER
    await window.until(lambda: not window.has(f"partner-{meeting.partners[0].item_id}"))
    await window.tap("notice-undo")
    await window.until(lambda: len(the_meeting(desk, youth).partners) == 2)


async def test_somebody_at_a_meeting_gets_a_name_or_is_taken_off_the_list(
    opened: Windows, tmp_path: Path
):
    desk, youth, meeting = await open_the_meeting(opened, tmp_path)
    window, (partner,) = desk.window, meeting.partners
    await window.tap(f"partner-{partner.item_id}")
    await window.until(lambda: window.has("partner-name"))
    await window.enter("partner-name", "Ms. Ortiz")
    await window.tap("partner-save")
    await window.until(lambda: window.has("meeting-change"))
    assert window.shows("^Ms. Ortiz$")

    await window.tap(f"partner-{partner.item_id}")
    await window.until(lambda: window.has("partner-remove"))
    await window.tap("partner-remove")
    await window.until(lambda: the_meeting(desk, youth).partners == ())


async def test_decisions_of_a_saved_meeting_are_added_changed_done_and_taken_out(
    opened: Windows, tmp_path: Path
):
    desk, youth, meeting = await open_the_meeting(opened, tmp_path)
    window, (first,) = desk.window, meeting.decisions
    await window.tap("decisions-add")
    await window.until(lambda: window.has("decision-save"))
    await window.tap("decision-save")
    await window.until(lambda: window.shows("Write a few words here"))
    await window.enter("decision-words", "A tutor is found")
    await window.tap("decision-save")
    await window.until(lambda: window.has(f"decision-{first.item_id}-done"))
    await window.tap(f"decision-{first.item_id}-done")
    await desk.saved()

    done, added = the_meeting(desk, youth).decisions
    assert (done.done_on, added.words) == (desk.workspace.notebook.today(), "A tutor is found")
    await window.tap(f"decision-{added.item_id}")
    await window.until(lambda: window.has("decision-remove"))
    await window.tap("decision-remove")
    await window.until(lambda: len(the_meeting(desk, youth).decisions) == 1)


async def test_the_plain_fields_of_a_saved_meeting_are_changed_and_its_lines_stay(
    opened: Windows, tmp_path: Path
):
    desk, youth, meeting = await open_the_meeting(opened, tmp_path)
    window = desk.window
    await window.tap("meeting-change")
    await window.until(lambda: window.has("meeting-save"))
    assert not window.has("partners-dcfs")
    await window.tap("meeting-kind-case_conference")
    await window.tap("had-a-say-yes")
    await window.enter("youth-voice", "I want to stay at my school")
    await window.tap("next-on-clear")
    await window.tap("meeting-save")
    await window.until(lambda: window.has("meeting-change"))

    changed = the_meeting(desk, youth)
    assert changed.record_id == meeting.record_id
    assert changed.meeting_kind is MeetingKind.CASE_CONFERENCE
    assert (changed.youth_voice, changed.next_on) == ("I want to stay at my school", None)
    assert changed.youth_in_placement_decision is True
    assert changed.held_at == meeting.held_at
    assert (changed.partners, changed.decisions) == (meeting.partners, meeting.decisions)
    assert window.shows("The youth had a say in where to live")
    assert desk.forms() == []


async def test_court_support_is_changed_from_its_line(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(
        opened,
        tmp_path,
        lambda w, y: w.court.save(CourtSupport(case_id=y.case_id, hearing=HearingKind.DEPENDENCY)),
    )
    window = desk.window
    (support,) = desk.workspace.court.of_case(youth.case_id)
    await open_services(desk, youth)
    await window.tap(f"court-{support.record_id}")
    await window.until(lambda: window.has("court-save"))
    await window.tap("help-given-accompanied")
    await window.tap("court-save")
    await desk.saved()

    (changed,) = desk.workspace.court.of_case(youth.case_id)
    assert changed.record_id == support.record_id
    assert changed.help_given == (CourtHelp.ACCOMPANIED,)


async def test_whether_somebody_came_to_a_workshop_is_put_right_from_its_line(
    opened: Windows, tmp_path: Path
):
    desk, youth = await desk_with_youth(
        opened,
        tmp_path,
        lambda w, y: w.workshops.log(
            {y.case_id: False}, WorkshopEntry(workshop_kind=WorkshopKind.EMPOWERMENT)
        ),
    )
    window = desk.window
    (place,) = desk.workspace.workshops.of_case(youth.case_id)
    await open_services(desk, youth)
    await window.tap(f"workshop-{place.record_id}")
    await window.until(lambda: window.has("attended-came"))
    await window.tap("attended-came")
    await desk.saved()

    (changed,) = desk.workspace.workshops.of_case(youth.case_id)
    assert changed.attended
