"""What syncs came upon: said while it is so, or for a while, and then forgotten."""

from datetime import timedelta
from pathlib import Path

import pytest

from field_app.domain.records.staff import StaffRole
from field_app.errors import RefusedError
from field_app.services.devices import DeviceService
from field_app.services.intake import new_participant
from field_app.services.sync_notes import SHOWN_FOR
from sync.client.deposits import Deposit, note_deposits
from sync.protocol.errors import Refusal
from sync.protocol.keys import RECOVERY, CaseKey
from sync.protocol.push import KeyOutcome
from tests.services.app_devices import AppDevice
from tests.services.test_sync_ends import a_photo
from tests.services.test_team_decisions import join
from tests.sync.simulator import SimCentre


def noted(device: AppDevice) -> list[str]:
    return [note.code for note in device.app.sync.notes.all()]


def test_a_picture_that_was_refused_and_later_taken_is_not_to_be_added_again(
    centre: SimCentre, manager: AppDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = manager.save(new_participant(alias="B."))
    for _ in range(2):
        manager.app.attachments.add(case.case_id, a_photo())
    with monkeypatch.context() as patched:
        patched.setattr(centre.parts.attachments, "most_chunks", 0)
        manager.app.sync.sync_now()
    assert noted(manager) == ["attachment_too_large"] * 2

    manager.app.sync.outbox.hand_in_pictures_again()
    assert manager.app.sync.sync_now().files_refused == 0

    assert noted(manager) == []


def test_a_picture_that_was_refused_and_removed_is_spoken_of_no_more(
    centre: SimCentre, manager: AppDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = manager.save(new_participant(alias="B."))
    picture = manager.app.attachments.add(case.case_id, a_photo())
    monkeypatch.setattr(centre.parts.attachments, "most_chunks", 0)
    manager.app.sync.sync_now()
    assert noted(manager) == ["attachment_too_large"]

    manager.app.attachments.remove(picture.record_id)
    manager.app.sync.sync_now()

    assert noted(manager) == []


def test_a_device_that_is_certified_after_all_is_spoken_of_no_more(
    tmp_path: Path, centre: SimCentre, manager: AppDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    join(tmp_path / "advocate", centre, manager, StaffRole.FIELD_ADVOCATE).session.lock()
    manager.app.sync.after_run.clear()
    manager.app.sync.sync_now()  # hears of the device
    codes = iter(["forbidden", "internal"])

    def refuse(*_given: object) -> None:
        raise RefusedError("No.", code=next(codes))

    with monkeypatch.context() as patched:
        patched.setattr(DeviceService, "_certify", refuse)
        for _ in range(2):
            manager.app.team.devices.certify_after_sync()
            assert noted(manager) == ["not_certified_yet"]

    manager.app.team.devices.certify_after_sync()

    assert noted(manager) == []


def test_a_recovery_key_that_the_centre_took_after_all_is_spoken_of_no_more(
    manager: AppDevice,
) -> None:
    case = manager.save(new_participant(alias="B."))
    with manager.app.sync.replica.transaction() as tx:
        held = tx.keys_of_case(case.case_id)
        key = (
            held[0].key
            if held
            else CaseKey(case_id=case.case_id, key_id=case.case_id, epoch=1, key=bytes(32))
        )
        deposits = [Deposit(key, RECOVERY, bytes(32))]
        outcome = KeyOutcome(key_id=key.key_id, recipient=RECOVERY, code=Refusal.NO_ACCESS)
        note_deposits(tx, deposits, [outcome])
    assert noted(manager) == ["recovery_key_refused"]

    with manager.app.sync.replica.transaction() as tx:
        note_deposits(tx, deposits, [outcome.model_copy(update={"code": None})])

    assert noted(manager) == []


def test_what_happened_once_is_told_for_thirty_days(manager: AppDevice) -> None:
    with manager.app.sync.replica.transaction() as tx:
        tx.note_problem("centre_restored", "2")

    manager.ahead = SHOWN_FOR - timedelta(hours=1)
    assert noted(manager) == ["centre_restored"]
    manager.ahead = SHOWN_FOR + timedelta(hours=1)
    assert noted(manager) == []
