"""Received is what the centre took; the proof has whatever it signed."""

from dataclasses import replace
from pathlib import Path

from field_app.services.intake import new_participant
from tests.services.app_devices import AppDevice
from tests.services.test_sync_ends import enrolled
from tests.sync.simulator import SimCentre


def test_a_change_that_met_a_conflict_is_not_received_until_it_is_taken(
    tmp_path: Path, centre: SimCentre, manager: AppDevice
) -> None:
    advocate = enrolled(tmp_path / "advocate", centre, manager)
    receipts = advocate.app.sync.receipts
    case = advocate.save(new_participant(alias="B."))
    before = advocate.app.sync.sync_now().received
    manager.app.sync.sync_now()
    there = manager.find(case.record_id)
    assert there is not None
    manager.save(replace(there, phone="1"))
    manager.app.sync.sync_now()

    advocate.save(replace(case, phone="2"))
    after = advocate.app.sync.sync_now()
    statuses = [receipt.status for receipt in receipts.latest()]
    taken = receipts.latest(only_taken=True)
    entries = receipts.proof()["entries"]
    advocate.session.lock()

    assert statuses.count("conflict") == 1
    # What was merged, and the note of the conflict, went afterwards and was taken.
    assert before < after.received == len(statuses) - 1
    assert len(taken) == after.received
    assert {receipt.status for receipt in taken} == {"accepted"}
    assert [entry["status"] for entry in entries].count("conflict") == 1


def test_the_count_follows_what_was_received_since_it_was_asked_last(manager: AppDevice) -> None:
    before = manager.app.sync.state().received

    manager.save(new_participant(alias="A."))
    waiting = manager.app.sync.state().received
    after = manager.app.sync.sync_now().received

    assert (waiting, after) == (before, before + 1)
