"""Acts of which nobody knows whether the centre did them: asked again, they are done once."""

from datetime import timedelta

import pytest

from field_app.domain.records.staff import StaffRole
from field_app.errors import RefusedError, SyncError
from field_app.services.centre_calls import OUTCOME_UNKNOWN
from field_app.services.intake import new_participant
from sync.client.errors import Offline
from sync.protocol.management import StaffList
from tests.services.app_devices import AppDevice

LOST = ["request_lost", "answer_lost", "late"]


def add_ana(device: AppDevice) -> str:
    return device.app.team.people.add("Ana", StaffRole.FIELD_ADVOCATE)


def people_at_the_centre(device: AppDevice) -> set[str]:
    listed = device.app.sync.channel().call(StaffList, "GET", "/v1/staff").staff
    with device.app.sync.replica.reading() as tx:
        me = tx.identity().staff_id
    return {entry.staff_id for entry in listed} - {me}


@pytest.mark.parametrize("fault", LOST)
def test_a_person_who_is_added_again_after_a_lost_answer_is_one_person(
    manager: AppDevice, fault: str
) -> None:
    manager.wire.fault = fault
    with pytest.raises(SyncError) as caught:
        add_ana(manager)
    assert caught.value.code == OUTCOME_UNKNOWN
    manager.app.sync.sync_now()

    staff_id = add_ana(manager)
    manager.wire.deliver_late()
    manager.app.sync.sync_now()

    assert people_at_the_centre(manager) == {staff_id}
    assert {person.name for person in manager.app.team.people.all()} == {"Maria", "Ana"}
    assert [note.code for note in manager.app.sync.notes.all()] == []


def test_two_people_of_one_name_are_two_people(manager: AppDevice) -> None:
    assert people_at_the_centre(manager) == set()

    added = {add_ana(manager), add_ana(manager)}

    assert len(added) == 2
    assert people_at_the_centre(manager) == added


def test_an_answer_that_is_lost_again_is_asked_for_again(manager: AppDevice) -> None:
    for _ in range(2):
        manager.wire.fault = "answer_lost"
        with pytest.raises(SyncError):
            add_ana(manager)

    assert people_at_the_centre(manager) == {add_ana(manager)}


def test_what_was_asked_in_vain_days_ago_is_another_act(manager: AppDevice) -> None:
    manager.wire.fault = "answer_lost"
    with pytest.raises(SyncError):
        add_ana(manager)
    [first] = people_at_the_centre(manager)
    manager.app.sync.sync_now()
    manager.ahead = timedelta(days=8)  # the centre does not know the key any more

    second = add_ana(manager)

    assert people_at_the_centre(manager) == {first, second}


def test_a_decision_that_came_too_late_is_signed_anew_when_it_is_asked_for_again(
    manager: AppDevice,
) -> None:
    manager.wire.fault = "request_lost"
    with pytest.raises(SyncError):
        add_ana(manager)
    other = manager.app.team.people.add("Bea", StaffRole.SUPERVISOR)

    staff_id = add_ana(manager)

    assert people_at_the_centre(manager) == {staff_id, other}


@pytest.mark.parametrize("fault", LOST)
def test_access_that_is_given_again_after_a_lost_answer_is_one_grant(
    manager: AppDevice, fault: str
) -> None:
    staff_id = add_ana(manager)
    case = manager.save(new_participant(alias="M."))
    manager.app.sync.sync_now()
    access = manager.app.team.access
    manager.wire.fault = fault
    with pytest.raises(SyncError) as caught:
        access.grant(case.case_id, staff_id)
    assert caught.value.code == OUTCOME_UNKNOWN

    grant_id = access.grant(case.case_id, staff_id)
    manager.wire.deliver_late()
    manager.app.sync.sync_now()

    given = [each for each in access.of_case(case.case_id) if each.staff_id == staff_id]
    assert [each.grant_id for each in given] == [grant_id]


def test_access_that_was_ended_since_the_answer_was_lost_is_given_anew(manager: AppDevice) -> None:
    staff_id, case = add_ana(manager), manager.save(new_participant(alias="M."))
    manager.app.sync.sync_now()
    access = manager.app.team.access
    manager.wire.fault = "answer_lost"
    with pytest.raises(SyncError):
        access.grant(case.case_id, staff_id)
    manager.app.sync.sync_now()
    [first] = [each for each in access.of_case(case.case_id) if each.staff_id == staff_id]
    access.withdraw(case.case_id, first.grant_id)

    second = access.grant(case.case_id, staff_id)

    manager.app.sync.sync_now()
    given = [each for each in access.of_case(case.case_id) if each.staff_id == staff_id]
    assert {each.grant_id: each.is_live for each in given} == {first.grant_id: False, second: True}


def test_somebody_whose_work_was_ended_since_the_answer_was_lost_is_added_anew(
    manager: AppDevice,
) -> None:
    manager.wire.fault = "answer_lost"
    with pytest.raises(SyncError):
        add_ana(manager)
    manager.app.sync.sync_now()
    [first] = people_at_the_centre(manager)
    manager.app.team.people.change(first, active=False)

    second = add_ana(manager)

    manager.app.sync.sync_now()
    active = {person.staff_id: person.is_active for person in manager.app.team.people.all()}
    assert (active[first], active[second]) == (False, True)
    assert [note.code for note in manager.app.sync.notes.all()] == []


def test_what_never_left_this_device_and_what_the_centre_refused_were_not_done(
    manager: AppDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    def no_connection(*_request: object) -> object:
        raise Offline("The centre could not be reached.", never_left=True)

    with monkeypatch.context() as patched:
        patched.setattr(manager.wire, "send", no_connection)
        with pytest.raises(SyncError, match="Nothing was changed") as offline:
            add_ana(manager)
    with pytest.raises(RefusedError, match="Nothing was changed"):
        manager.app.team.codes.cancel("no such code")

    assert offline.value.code == "offline"


def test_an_act_that_is_not_kept_says_too_that_it_may_have_been_done(manager: AppDevice) -> None:
    staff_id = add_ana(manager)
    for fault in ("answer_lost", "request_lost"):
        manager.wire.fault = fault
        with pytest.raises(SyncError, match="may have been done") as caught:
            manager.app.team.people.change(staff_id, role=StaffRole.SUPERVISOR)
        assert caught.value.code == OUTCOME_UNKNOWN

    manager.app.team.people.change(staff_id, role=StaffRole.SUPERVISOR)

    [person] = [p for p in manager.app.team.people.all() if p.staff_id == staff_id]
    assert person.role == "supervisor"
