"""Logging contacts on a real store."""

from dataclasses import replace
from datetime import timedelta

import pytest

from field_app.domain.records.change import ChangeAction
from field_app.domain.records.record import new_id
from field_app.domain.vocabulary import Channel, Outcome, PlaceType, Service
from field_app.errors import InputError
from field_app.services.contacts import ContactEntry, ContactService
from field_app.services.drafts import DraftService
from field_app.services.notebook import Notebook
from field_app.services.phases import PhaseService
from tests.services.notebooks import (
    ADVOCATE_ID,
    DEVICE_ID,
    NOON,
    SUPERVISOR_ID,
    StandingClock,
    a_parent,
    a_youth,
)


def an_entry(case_id: str, **values: object) -> ContactEntry:
    fitting: dict[str, object] = {"channel": Channel.PHONE, "outcome": Outcome.REACHED}
    return ContactEntry(case_id=case_id, **{**fitting, **values})  # type: ignore[arg-type]


def test_a_contact_needs_only_who_how_and_what_came_of_it(notebook: Notebook) -> None:
    youth = a_youth(notebook)

    contact = ContactService(notebook).log(an_entry(youth.case_id))

    assert (contact.at, contact.entered_at) == (NOON, NOON)
    assert (contact.author_id, contact.device_id) == (ADVOCATE_ID, DEVICE_ID)
    assert contact.note == ""
    assert ContactService(notebook).find(contact.record_id) == contact


def test_everything_that_was_filled_in_is_kept(notebook: Notebook) -> None:
    youth, goal_id = a_youth(notebook), new_id()
    entry = an_entry(
        youth.case_id,
        channel=Channel.FACE_TO_FACE,
        at=NOON - timedelta(hours=2),
        minutes=45,
        place_type=PlaceType.SCHOOL,
        services=(Service.ADVOCACY, Service.SURVIVOR_ADVOCACY),
        goal_ids=(goal_id,),
        note="  Laughed a lot.\n",
    )

    contact = ContactService(notebook).log(entry)

    assert contact.minutes == 45
    assert contact.place_type is PlaceType.SCHOOL
    assert contact.services == (Service.ADVOCACY, Service.SURVIVOR_ADVOCACY)
    assert contact.goal_ids == (goal_id,)
    assert contact.note == "Laughed a lot."
    assert contact.entry_lag == timedelta(hours=2)


def test_the_draft_goes_in_the_same_transaction_as_the_save(notebook: Notebook) -> None:
    youth = a_youth(notebook)
    drafts = DraftService(notebook)
    drafts.save("log", {"note": "half"})

    with pytest.raises(InputError):
        ContactService(notebook).log(
            an_entry(youth.case_id, at=NOON + timedelta(days=1)), form="log"
        )
    assert drafts.load("log") == {"note": "half"}

    ContactService(notebook).log(an_entry(youth.case_id), form="log")
    assert drafts.load("log") is None


def test_a_contact_lies_at_most_a_little_ahead_of_the_clock(notebook: Notebook) -> None:
    youth, service = a_youth(notebook), ContactService(notebook)

    service.log(an_entry(youth.case_id, at=NOON + timedelta(minutes=5)))

    with pytest.raises(InputError) as caught:
        service.log(an_entry(youth.case_id, at=NOON + timedelta(minutes=6)))
    assert caught.value.field == "at"


@pytest.mark.parametrize("minutes", [-1, 1441])
def test_impossible_minutes_are_refused(notebook: Notebook, minutes: int) -> None:
    youth = a_youth(notebook)

    with pytest.raises(InputError) as caught:
        ContactService(notebook).log(an_entry(youth.case_id, minutes=minutes))

    assert caught.value.field == "minutes"


def test_a_contact_with_somebody_unknown_is_refused(notebook: Notebook) -> None:
    with pytest.raises(InputError) as caught:
        ContactService(notebook).log(an_entry(new_id()))

    assert caught.value.field == "case_id"


def test_many_contacts_are_saved_together_or_not_at_all(notebook: Notebook) -> None:
    first, second = a_youth(notebook, "A."), a_youth(notebook, "B.")
    service = ContactService(notebook)

    with pytest.raises(InputError):
        service.log_many([an_entry(first.case_id), an_entry(new_id())])
    assert service.of_today() == []

    saved = service.log_many([an_entry(first.case_id), an_entry(second.case_id)])
    assert {contact.case_id for contact in saved} == {first.case_id, second.case_id}
    assert len(service.of_today()) == 2


class TestServicesCredited:
    """What a contact credits when nobody chose a service."""

    def test_the_only_running_service(self, notebook: Notebook) -> None:
        youth = a_youth(notebook)
        PhaseService(notebook).start_service(youth.case_id, Service.SURVIVOR_ADVOCACY)

        contact = ContactService(notebook).log(an_entry(youth.case_id))

        assert contact.services == (Service.SURVIVOR_ADVOCACY,)

    def test_the_service_of_the_writers_role_where_it_runs(self, notebook: Notebook) -> None:
        youth = a_youth(notebook)
        phases = PhaseService(notebook)
        phases.start_service(
            youth.case_id, Service.SURVIVOR_ADVOCACY, received_at=NOON - timedelta(days=3)
        )
        phases.start_service(youth.case_id, Service.ADVOCACY, received_at=NOON - timedelta(days=1))

        contact = ContactService(notebook).log(an_entry(youth.case_id))

        assert contact.services == (Service.ADVOCACY,)

    def test_the_first_one_for_a_role_without_a_service(
        self, notebook: Notebook, supervisor: Notebook
    ) -> None:
        youth = a_youth(notebook)
        phases = PhaseService(notebook)
        for service, days in ((Service.ADVOCACY, 1), (Service.SURVIVOR_ADVOCACY, 3)):
            received_at = NOON - timedelta(days=days)
            phases.start_service(youth.case_id, service, received_at=received_at)

        contact = ContactService(supervisor).log(an_entry(youth.case_id))

        assert contact.services == (Service.SURVIVOR_ADVOCACY,)

    def test_none_while_no_service_runs(self, notebook: Notebook) -> None:
        youth = a_youth(notebook)

        assert ContactService(notebook).log(an_entry(youth.case_id)).services == ()


def test_a_correction_keeps_what_stood_there_who_wrote_it_and_why(
    notebook: Notebook, supervisor: Notebook, clock: StandingClock
) -> None:
    youth = a_youth(notebook)
    contact = ContactService(notebook).log(an_entry(youth.case_id, minutes=5))
    clock.forward(hours=3)

    corrected = ContactService(supervisor).correct(
        replace(contact, minutes=50), reason="  a nought was missing "
    )

    service = ContactService(notebook)
    assert service.find(contact.record_id) == corrected
    assert corrected.correction_reason == "a nought was missing"
    assert corrected.entered_at == NOON
    edited, created = service.history(contact.record_id)
    assert (created.action, created.author_id) == (ChangeAction.CREATED, ADVOCATE_ID)
    assert (edited.action, edited.author_id) == (ChangeAction.EDITED, SUPERVISOR_ID)
    assert edited.reason == "a nought was missing"
    assert edited.before["minutes"] == 5
    assert edited.after["minutes"] == 50


def test_a_correction_without_a_reason_is_refused(notebook: Notebook) -> None:
    youth, service = a_youth(notebook), ContactService(notebook)
    contact = service.log(an_entry(youth.case_id))

    with pytest.raises(InputError) as caught:
        service.correct(replace(contact, minutes=50), reason="  ")

    assert caught.value.code == "reason_needed"
    assert service.find(contact.record_id) == contact


def test_a_contact_taken_back_is_gone_and_its_history_stays(notebook: Notebook) -> None:
    youth, service = a_youth(notebook), ContactService(notebook)
    contact = service.log(an_entry(youth.case_id))

    service.take_back(contact.record_id)
    service.take_back(contact.record_id)  # a second tap changes nothing

    assert service.find(contact.record_id) is None
    assert service.timeline(youth.case_id).contacts == ()
    actions = [change.action for change in service.history(contact.record_id)]
    assert sorted(actions) == ["created", "deleted"]


def test_a_timeline_pages_through_contacts_of_one_moment(notebook: Notebook) -> None:
    youth, service = a_youth(notebook), ContactService(notebook)
    logged = {service.log(an_entry(youth.case_id)).record_id for _ in range(7)}

    seen: list[str] = []
    page = service.timeline(youth.case_id, limit=3)
    while True:
        seen += [contact.record_id for contact in page.contacts]
        if page.older is None:
            break
        page = service.timeline(youth.case_id, limit=3, before=page.older)

    assert len(seen) == 7
    assert set(seen) == logged


def test_a_parents_contacts_never_stand_in_the_youths_timeline(notebook: Notebook) -> None:
    youth = a_youth(notebook)
    parent = a_parent(notebook, youth)
    service = ContactService(notebook)
    with_youth = service.log(an_entry(youth.case_id))
    with_parent = service.log(an_entry(parent.case_id))

    assert service.timeline(youth.case_id).contacts == (with_youth,)
    assert service.timeline(parent.case_id).contacts == (with_parent,)


def test_today_is_the_countys_day(notebook: Notebook, clock: StandingClock) -> None:
    youth, service = a_youth(notebook), ContactService(notebook)
    midnight = NOON - timedelta(hours=12)
    service.log(an_entry(youth.case_id, at=midnight - timedelta(seconds=1)))
    first = service.log(an_entry(youth.case_id, at=midnight))
    clock.forward(hours=11, minutes=59)
    last = service.log(an_entry(youth.case_id))

    assert service.of_today() == [last, first]


def test_the_likeliest_channel_is_the_one_that_reached_last(notebook: Notebook) -> None:
    youth, service = a_youth(notebook), ContactService(notebook)
    assert service.last_channel(youth.case_id) is None
    for hours, channel, outcome in (
        (3, Channel.PHONE, Outcome.REACHED),
        (2, Channel.TEXT, Outcome.REACHED),
        (1, Channel.VIDEO, Outcome.NO_ANSWER),
    ):
        at = NOON - timedelta(hours=hours)
        service.log(an_entry(youth.case_id, at=at, channel=channel, outcome=outcome))

    assert service.last_channel(youth.case_id) is Channel.TEXT
