"""A centre put back from an old copy: everybody notices, and nothing is overwritten or lost."""

from dataclasses import replace
from pathlib import Path

import pytest

from field_app.services.intake import new_participant
from sync.client.errors import Offline
from sync.client.replica import Standing
from sync.protocol.management import InboxPage
from tests.sync.simulator import SimCentre, SimDevice


def generation_of(device: SimDevice) -> int:
    with device.replica.reading() as tx:
        return tx.position().generation


def test_work_that_waits_does_not_keep_a_device_from_comparing(
    centre: SimCentre, manager: SimDevice
) -> None:
    backup = centre.back_up()
    case = manager.save(new_participant(alias="A."))
    manager.sync()
    centre.restore(backup)
    manager.save(replace(manager.get(case.record_id), phone="1"))

    report = manager.sync()

    assert manager.waiting() == 0
    assert report.rounds < 10
    assert manager.get(case.record_id).phone == "1"


def test_who_only_reads_notices_by_the_audit_chain(
    centre: SimCentre, manager: SimDevice, advocate: SimDevice
) -> None:
    backup = centre.back_up()
    case = advocate.save(new_participant(alias="A."))
    advocate.sync()
    manager.sync()
    centre.restore(backup)

    manager.sync()

    assert generation_of(manager) == 2
    assert manager.waiting() == 0
    advocate.sync()
    assert manager.records() == advocate.records()
    assert manager.get(case.record_id).alias == "A."


def test_who_only_reads_notices_when_the_chain_has_grown_as_long_again(
    centre: SimCentre, manager: SimDevice, advocate: SimDevice
) -> None:
    backup = centre.back_up()
    lost = advocate.save(new_participant(alias="A."))
    advocate.sync()
    manager.sync()
    centre.restore(backup)
    manager.save(new_participant(alias="B."))

    manager.sync()  # opens a case as well: its audit entry has the number of the one that was lost
    advocate.sync()
    manager.sync()

    assert generation_of(manager) == 2
    assert manager.get(lost.record_id).alias == "A."


def test_what_others_wrote_before_the_restore_was_noticed_is_not_overwritten(
    centre: SimCentre, manager: SimDevice, advocate: SimDevice
) -> None:
    case = advocate.save(new_participant(alias="A."))
    advocate.sync()
    manager.sync()
    backup = centre.back_up()
    for phone in ("1", "2"):
        advocate.save(replace(advocate.get(case.record_id), phone=phone))
        advocate.sync()
    centre.restore(backup)
    manager.save(replace(manager.get(case.record_id), phone="3"))
    manager.sync()  # an older number than the advocate's, and yet not an older state

    for device in (advocate, manager, advocate):
        device.sync()

    assert manager.records() == advocate.records()
    [conflict] = manager.conflicts()
    assert {manager.get(case.record_id).phone, conflict.mine} == {"2", "3"}


def test_a_state_made_on_ours_is_taken_without_a_question(
    centre: SimCentre, manager: SimDevice, advocate: SimDevice
) -> None:
    case = advocate.save(new_participant(alias="A.", phone="1"))
    advocate.sync()
    manager.sync()
    backup = centre.back_up()
    advocate.save(new_participant(alias="B."))
    advocate.sync()
    centre.restore(backup)
    manager.save(replace(manager.get(case.record_id), phone="2"))
    manager.sync()

    advocate.sync()

    assert advocate.get(case.record_id).phone == "2"
    assert advocate.conflicts() == []


def test_own_work_of_a_case_that_was_lost_with_the_access_to_it_goes_to_the_inbox(
    centre: SimCentre, manager: SimDevice, advocate: SimDevice
) -> None:
    case = manager.save(new_participant(alias="A."))
    manager.sync()
    grant_id = manager.grant(case.case_id, advocate)
    manager.sync()
    advocate.sync()
    manager.withdraw(case.case_id, grant_id)
    advocate.sync()
    backup = centre.back_up()
    manager.grant(case.case_id, advocate)
    manager.sync()
    advocate.sync()
    advocate.save(replace(advocate.get(case.record_id), phone="1"))
    advocate.sync()
    centre.restore(backup)

    advocate.sync()

    assert advocate.find(case.record_id) is None
    assert advocate.waiting() == 0
    page = manager.channel().call(InboxPage, "GET", "/v1/inbox")
    assert [item.change.record_id for item in page.items] == [case.record_id]


def inbox_of(manager: SimDevice) -> int:
    return len(manager.channel().call(InboxPage, "GET", "/v1/inbox").items)


def test_who_is_revoked_while_comparing_with_a_restored_centre_hands_in_and_ends(
    tmp_path: Path, centre: SimCentre, manager: SimDevice, advocate: SimDevice
) -> None:
    case = advocate.save(new_participant(alias="A."))
    advocate.sync()
    manager.sync()
    backup = centre.back_up()
    advocate.save(replace(advocate.get(case.record_id), phone="1"))
    advocate.sync()
    centre.restore(backup)
    manager.sync()
    advocate.save(replace(advocate.get(case.record_id), pronouns="they"))
    advocate.wire.fault, advocate.wire.fault_in = "request_lost", 2
    with pytest.raises(Offline):
        advocate.sync()
    with advocate.replica.reading() as tx:
        assert tx.position().reconciling
    manager.sync()
    manager.revoke(advocate)

    report = advocate.sync()

    assert report.standing is Standing.REVOKED
    assert report.handed_in
    assert advocate.waiting() == 0
    assert inbox_of(manager) == 1


def test_a_revoked_device_hands_in_to_a_restored_centre(
    tmp_path: Path, centre: SimCentre, manager: SimDevice, advocate: SimDevice
) -> None:
    case = advocate.save(new_participant(alias="A."))
    advocate.sync()
    manager.sync()
    advocate.save(replace(advocate.get(case.record_id), phone="1"))
    manager.revoke(advocate)
    advocate.wire.fault, advocate.wire.fault_in = "request_lost", 1
    with pytest.raises(Offline):
        advocate.sync()
    with advocate.replica.reading() as tx:
        assert tx.position().standing is Standing.REVOKED
    centre.restore(centre.back_up())
    manager.sync()

    report = advocate.sync()

    assert report.handed_in
    assert advocate.waiting() == 0
    assert inbox_of(manager) == 1


@pytest.mark.parametrize("announced", [True, False])
def test_who_hears_of_the_revocation_before_the_restore_hands_in_what_was_lost(
    centre: SimCentre, manager: SimDevice, advocate: SimDevice, announced: bool
) -> None:
    case = advocate.save(new_participant(alias="A."))
    advocate.sync()
    manager.sync()
    backup = centre.back_up()
    advocate.save(replace(advocate.get(case.record_id), phone="1"))
    advocate.sync()
    centre.restore(backup)
    if announced:
        centre.announce_restore()
    manager.sync()
    manager.revoke(advocate)

    report = advocate.sync()

    assert report.handed_in
    assert advocate.find(case.record_id) is None
    assert inbox_of(manager) == 1


def test_who_is_revoked_by_a_centre_that_forgot_nothing_hands_in_nothing_twice(
    manager: SimDevice, advocate: SimDevice
) -> None:
    advocate.save(new_participant(alias="A."))
    advocate.sync()
    manager.sync()
    manager.revoke(advocate)

    report = advocate.sync()

    assert report.handed_in
    assert inbox_of(manager) == 0
