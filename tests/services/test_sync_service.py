"""Sync as a person meets it: found an agency, enrol, grant, withdraw, revoke, decide."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from field_app.domain.records.staff import StaffRole
from field_app.services.conflicts import Choice
from field_app.services.intake import new_participant
from sync.client.errors import Offline
from sync.client.replica import Standing
from tests.services.app_devices import AppDevice
from tests.sync.simulator import URL, SimCentre


@pytest.fixture
def advocate(tmp_path: Path, centre: SimCentre, manager: AppDevice) -> Iterator[AppDevice]:
    device = AppDevice(tmp_path / "advocate", centre, "Ana")
    early = device.save(new_participant(alias="before enrolment"))
    staff_id = manager.app.team.people.add("Ana A.", StaffRole.FIELD_ADVOCATE)
    manager.app.sync.sync_now()
    code = manager.app.team.codes.make(staff_id)
    device.enrolment.look(code.qr_text)
    device.enrolment.enrol()
    state = device.app.sync.sync_now()
    manager.app.sync.sync_now()
    device.app.sync.sync_now()
    assert state.trouble is None
    assert state.waiting == 0
    assert manager.find(early.record_id) is not None
    yield device
    device.session.lock()


def test_a_person_s_day_with_two_devices(manager: AppDevice, advocate: AppDevice) -> None:
    # Names travel sealed; the founder's and the manager's record of a colleague are on both.
    assert {p.name for p in advocate.app.team.people.all()} == {"Maria", "Ana A."}
    assert advocate.app.team.role() == "advocate"
    assert advocate.app.me.display_name

    # Offline is a state, not an error; the work waits.
    case = advocate.save(new_participant(alias="B."))
    advocate.wire.fault = "request_lost"
    state = advocate.app.sync.sync_now()
    assert (state.trouble, state.waiting) == ("offline", 1)
    state = advocate.app.sync.sync_now()
    assert (state.trouble, state.waiting) == (None, 0)
    assert advocate.app.sync.receipts.latest()[0].record_id == case.record_id
    assert advocate.app.sync.receipts.proof()["entries"]

    # Two people change one field: both values are there until somebody chooses.
    manager.app.sync.sync_now()
    there = manager.find(case.record_id)
    assert there is not None
    manager.save(replace(there, phone="1"))
    manager.app.sync.sync_now()
    advocate.save(replace(case, phone="2"))
    state = advocate.app.sync.sync_now()
    assert state.conflicts == 1
    manager.app.sync.sync_now()
    [view] = manager.app.conflicts.open()
    assert (view.conflict.mine, view.conflict.theirs, view.present) == ("2", "1", "1")
    manager.app.conflicts.resolve(view.conflict.record_id, Choice.MINE)
    manager.app.sync.sync_now()
    state = advocate.app.sync.sync_now()
    assert state.conflicts == 0
    found = advocate.find(case.record_id)
    assert found is not None
    assert found.phone == "2"

    # A withdrawal hides the case, what is unsent goes to the inbox, and is taken over.
    [grant] = [g for g in manager.app.team.access.of_case(case.case_id) if g.kind == "opened"]
    advocate.save(replace(found, pronouns="they"))
    manager.app.team.access.withdraw(case.case_id, grant.grant_id)
    advocate.app.sync.sync_now()
    assert advocate.find(case.record_id) is None
    assert advocate.app.sync.state().waiting == 0
    [late] = manager.app.team.inbox.open()
    assert late.text is not None
    assert late.text["pronouns"] == "they"
    manager.app.team.inbox.take_over(late)
    manager.app.sync.sync_now()
    assert manager.app.team.inbox.open() == []

    # A revoked device hides everything and hands in what it has.
    mine = advocate.save(new_participant(alias="C."))
    [device] = [d for d in manager.app.team.devices.all() if d.name == "Ana A."]
    manager.app.team.devices.revoke(device.device_id)
    state = advocate.app.sync.sync_now()
    assert state.standing is Standing.REVOKED
    assert state.is_handed_in
    assert advocate.find(mine.record_id) is None
    assert advocate.app.me.display_name


def test_a_lost_answer_to_a_code_is_asked_for_again(
    tmp_path: Path, centre: SimCentre, manager: AppDevice
) -> None:
    device = AppDevice(tmp_path / "other", centre, "Bea")
    staff_id = manager.app.team.people.add("Bea", StaffRole.SUPERVISOR)
    manager.app.sync.sync_now()
    code = manager.app.team.codes.make(staff_id)
    device.enrolment.look(code.text, URL)
    device.wire.fault = "answer_lost"

    with pytest.raises(Exception, match=r"reached|lost") as caught:
        device.enrolment.enrol()
    assert isinstance(caught.value.__cause__, Offline)
    device.enrolment.look(code.text, URL)
    device.enrolment.enrol()

    assert device.app.sync.sync_now().trouble is None
    device.session.lock()
