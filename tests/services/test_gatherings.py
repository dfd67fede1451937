"""Workshops, meetings, court and missing episodes on a real store."""

from dataclasses import fields
from datetime import date, timedelta

import pytest

from field_app.domain.records.gatherings import (
    CourtHelp,
    CourtProgram,
    CourtSupport,
    Meeting,
    MeetingDecision,
    MeetingKind,
    MeetingPartner,
    PartnerPresent,
    WorkshopKind,
)
from field_app.domain.records.missing import PersonTold, ToldRole, WelcomeBack, WelcomeNeed
from field_app.domain.records.record import HEADER_FIELDS
from field_app.domain.records.response_clocks import ResponseLimits
from field_app.errors import InputError
from field_app.services.gatherings import (
    CourtService,
    MeetingService,
    WorkshopEntry,
    WorkshopService,
)
from field_app.services.missing import MissingService
from field_app.services.notebook import Notebook
from field_app.services.responses import ResponseService
from tests.services.notebooks import NOON, StandingClock, a_youth


@pytest.mark.requirement("WRK-01", "SUR-09")
def test_a_workshop_is_logged_once_for_all_who_came(notebook: Notebook) -> None:
    workshops = WorkshopService(notebook)
    came, absent = a_youth(notebook).case_id, a_youth(notebook).case_id

    saved = workshops.log(
        {came: True, absent: False},
        WorkshopEntry(
            workshop_kind=WorkshopKind.EMPOWERMENT, minutes=60, survivor_co_facilitated=True
        ),
    )

    found = [workshops.of_case(one.case_id)[0] for one in saved]
    assert {one.record_id for one in found} == {one.record_id for one in saved}
    assert [one.attended for one in saved] == [True, False]
    assert workshops.of_case(came)[0].survivor_co_facilitated
    assert workshops.set_attended(saved[1].record_id, attended=True).attended


@pytest.mark.requirement("FRP-15", "FRP-16", "FRP-09", "ATM-08")
@pytest.mark.parametrize(
    ("kind", "field"),
    [
        (MeetingKind.INITIAL_MDT, "initial_mdt_at"),
        (MeetingKind.EMERGENCY_MDT, "emergency_mdt_at"),
    ],
)
def test_an_mdt_closes_its_step_of_the_first_response(
    notebook: Notebook, clock: StandingClock, kind: MeetingKind, field: str
) -> None:
    responses = ResponseService(notebook, lambda day: ResponseLimits(90, 72))
    response = responses.start()
    held = clock.forward(days=2)

    MeetingService(notebook).log(Meeting(case_id=response.case_id, meeting_kind=kind))

    found = responses.find(response.record_id)
    assert getattr(found, field) == held


def test_a_cft_closes_no_step_of_the_first_response(notebook: Notebook) -> None:
    responses = ResponseService(notebook, lambda day: ResponseLimits(90, 72))
    response = responses.start()

    MeetingService(notebook).log(Meeting(case_id=response.case_id, meeting_kind=MeetingKind.CFT))

    assert responses.find(response.record_id) == response


@pytest.mark.requirement("FRP-19", "NUM-07", "ATM-09", "ATM-11", "DAT-45", "DAT-46")
def test_a_meeting_keeps_the_youths_voice_who_was_there_and_what_was_decided(
    notebook: Notebook,
) -> None:
    meetings = MeetingService(notebook)
    meeting = meetings.log(
        Meeting(
            case_id=a_youth(notebook).case_id,
            youth_present=True,
            youth_voice=" I want to stay near my sister ",
            next_on=date(2026, 4, 1),
        )
    )
    meetings.put_partner(
        meeting.record_id, PartnerPresent(partner=MeetingPartner.NEUTRAL_CONSULTANT)
    )

    saved = meetings.put_decision(meeting.record_id, MeetingDecision(words="visit on Sunday"))

    assert saved.youth_voice == "I want to stay near my sister"
    assert [p.partner for p in saved.partners] == [MeetingPartner.NEUTRAL_CONSULTANT]
    assert meetings.coming_up(date(2026, 3, 10), date(2026, 4, 1)) == [saved]


@pytest.mark.requirement("SUR-08", "NUM-06", "X-05")
def test_court_support_has_no_field_for_what_was_said(notebook: Notebook) -> None:
    support = CourtService(notebook).save(
        CourtSupport(
            case_id=a_youth(notebook).case_id,
            program=CourtProgram.DREAM,
            testifies=True,
            help_given=(CourtHelp.ACCOMPANIED,),
        )
    )

    assert support.hearing_on == date(2026, 3, 10)
    own = {field.name: field.type for field in fields(support) if field.name not in HEADER_FIELDS}
    assert [name for name, kind in own.items() if kind is str] == []


@pytest.mark.requirement("ATM-07", "ATM-12", "X-12", "DAT-21", "PRA-21")
def test_who_was_told_is_kept_and_coming_back_asks_for_no_story(
    notebook: Notebook, clock: StandingClock
) -> None:
    missing = MissingService(notebook)
    youth = a_youth(notebook)
    episode = missing.begin(youth.case_id)
    missing.put_told(
        episode.record_id, PersonTold(role=ToldRole.NCMEC, reference="case number given")
    )
    clock.forward(days=2)
    missing.came_back(youth.case_id)

    missing.welcome_back(
        WelcomeBack(case_id=youth.case_id, episode_id=episode.record_id, needs=(WelcomeNeed.SLEEP,))
    )
    missing.welcome_back(
        WelcomeBack(case_id=youth.case_id, episode_id=episode.record_id, skipped=True)
    )

    (found,) = missing.of_case(youth.case_id)
    assert [(told.role, told.told_at) for told in found.told] == [(ToldRole.NCMEC, NOON)]
    assert sorted(w.skipped for w in missing.welcomes(youth.case_id)) == [False, True]


def test_nobody_attends_an_empty_workshop(notebook: Notebook) -> None:
    with pytest.raises(InputError):
        WorkshopService(notebook).log({}, WorkshopEntry(workshop_kind=WorkshopKind.EDUCATIONAL))


def test_the_next_meeting_or_hearing_does_not_lie_before_this_one(notebook: Notebook) -> None:
    youth, yesterday = a_youth(notebook), notebook.today() - timedelta(days=1)

    with pytest.raises(InputError) as meeting:
        MeetingService(notebook).log(Meeting(case_id=youth.case_id, next_on=yesterday))
    with pytest.raises(InputError) as hearing:
        CourtService(notebook).save(CourtSupport(case_id=youth.case_id, next_hearing_on=yesterday))

    assert (meeting.value.field, hearing.value.field) == ("next_on", "next_hearing_on")
    assert MeetingService(notebook).of_case(youth.case_id) == []
