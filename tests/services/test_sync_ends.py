"""What follows from a sync: pictures, certificates, the end of a lease and of a store."""

import io
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from PIL import Image
from sqlalchemy import select

from field_app.domain.records.staff import StaffRole
from field_app.domain.vocabulary import Channel, Outcome
from field_app.errors import FieldAppError, StoreError, SyncError
from field_app.services import enrolment_keys as enrolment
from field_app.services.contacts import ContactEntry
from field_app.services.enrolment_keys import keys_for
from field_app.services.intake import new_participant
from field_app.store import recovery_words
from field_app.store.log_reader import LogReader
from field_app.store.repositories.device import preference
from field_app.store.sealed_log import LOG_NAME
from sync.client.enrol import Enrolment
from sync.client.replica import Standing
from sync.protocol.enrolment import EnrolmentCode
from sync.server import enrolments
from sync.server.centre import wall_clock
from sync.server.work import AGENCY, Work
from tests.services.app_devices import PASSPHRASE, AppDevice
from tests.sync.simulator import URL, SimCentre


@pytest.fixture
def manager(tmp_path: Path, centre: SimCentre) -> Iterator[AppDevice]:
    device = AppDevice(tmp_path / "manager", centre, "Maria")
    device.enrolment.look(centre.new_agency().text(), URL)
    joined = device.enrolment.enrol()
    assert joined.recovery_words is not None
    device.words = " ".join(joined.recovery_words)  # type: ignore[attr-defined]
    device.app.sync.sync_now()
    yield device
    device.session.lock()


def enrolled(folder: Path, centre: SimCentre, manager: AppDevice) -> AppDevice:
    device = AppDevice(folder, centre, "Ana")
    staff_id = manager.app.team.people.add("Ana A.", StaffRole.FIELD_ADVOCATE)
    manager.app.sync.sync_now()
    device.enrolment.look(manager.app.team.codes.make(staff_id).qr_text)
    device.enrolment.enrol()
    device.app.sync.sync_now()
    return device


@pytest.fixture
def advocate(tmp_path: Path, centre: SimCentre, manager: AppDevice) -> Iterator[AppDevice]:
    device = enrolled(tmp_path / "advocate", centre, manager)
    yield device
    device.session.lock()


def revoke(manager: AppDevice) -> None:
    [device] = [d for d in manager.app.team.devices.all() if d.name == "Ana A."]
    manager.app.team.devices.revoke(device.device_id)


def a_photo() -> bytes:
    kept = io.BytesIO()
    Image.linear_gradient("L").resize((64, 48)).save(kept, "JPEG")
    return kept.getvalue()


def test_a_new_device_is_certified_when_a_manager_s_device_syncs(
    manager: AppDevice, advocate: AppDevice
) -> None:
    manager.app.sync.sync_now()  # hears of the device, and certifies it
    manager.app.sync.sync_now()

    with manager.app.sync.replica.reading() as tx:
        assert all(device.is_direct for device in tx.devices())
        assert len(tx.devices()) == 2
    assert advocate.app.sync.sync_now().trouble is None


def test_a_picture_comes_when_it_is_opened_or_by_itself_on_wifi(
    manager: AppDevice, advocate: AppDevice
) -> None:
    case = advocate.save(new_participant(alias="B."))
    first = advocate.app.attachments.add(case.case_id, a_photo())
    assert advocate.app.sync.state().files_waiting == 1
    assert advocate.app.sync.sync_now().files_waiting == 0
    manager.app.sync.sync_now()
    assert not manager.app.attachments.is_here(first.record_id)

    manager.wire.fault = "request_lost"
    with pytest.raises(SyncError) as caught:
        manager.app.attachments.fetch(first.record_id)
    assert caught.value.code == "offline"
    manager.app.attachments.fetch(first.record_id)
    assert manager.app.attachments.read(first.record_id) == advocate.app.attachments.read(
        first.record_id
    )

    second = advocate.app.attachments.add(case.case_id, a_photo())
    advocate.app.sync.sync_now()
    manager.is_on_wifi = True
    manager.app.sync.sync_now()
    assert manager.app.attachments.is_here(second.record_id)


def test_the_store_of_a_revoked_device_is_destroyed_at_the_lock_once_all_is_handed_in(
    centre: SimCentre, manager: AppDevice, advocate: AppDevice
) -> None:
    case = advocate.save(new_participant(alias="B."))
    picture = advocate.app.attachments.add(case.case_id, a_photo())
    folder = advocate.session.folder / "attachments"
    assert [path.name for path in folder.iterdir()] == [picture.record_id]
    revoke(manager)

    state = advocate.app.sync.sync_now()
    assert state.standing is Standing.REVOKED
    assert advocate.app.sync.is_over()
    advocate.session.lock()

    assert list(folder.iterdir()) == []
    with pytest.raises(FieldAppError):
        advocate.session.unlock(PASSPHRASE)


def with_refused_work(advocate: AppDevice) -> None:
    """Leave something on the device that the centre does not take."""
    advocate.app.sync.sync_now()
    advocate.save(new_participant(alias="B."))
    with advocate.app.sync.replica.transaction() as tx:
        held = tx.sendable(10)
        tx.put_open(
            type(change)(change.record_id, change.case_id, change.edit_id, attention="refused")
            for change in held
        )


def set_ahead(centre: SimCentre, days: int) -> None:
    """Let the centre's clock be ahead."""
    centre.parts.clock = lambda: wall_clock() + days * 24 * 3600 * 1000


def open_again(device: AppDevice) -> None:
    device.session.lock()
    device.session.unlock(PASSPHRASE)


def test_a_revoked_device_that_never_hands_in_is_destroyed_after_thirty_days(
    centre: SimCentre, manager: AppDevice, advocate: AppDevice
) -> None:
    with_refused_work(advocate)
    revoke(manager)
    advocate.app.sync.sync_now()
    assert not advocate.app.sync.is_over()  # a person has to look at what was refused
    open_again(advocate)

    advocate.ahead = timedelta(days=31)
    set_ahead(centre, 31)
    advocate.app.sync.sync_now()
    assert advocate.app.sync.is_over()
    advocate.session.lock()

    with pytest.raises(FieldAppError):
        advocate.session.unlock(PASSPHRASE)


def test_a_clock_set_forward_destroys_nothing_on_a_revoked_device(
    manager: AppDevice, advocate: AppDevice
) -> None:
    with_refused_work(advocate)
    revoke(manager)
    advocate.app.sync.sync_now()

    advocate.ahead = timedelta(days=4000)
    open_again(advocate)
    advocate.app.sync.sync_now()
    open_again(advocate)

    [kept] = advocate.app.sync.outbox.waiting()
    assert kept.text is not None
    assert kept.text["alias"] == "B."


def test_a_centre_that_lies_about_the_day_destroys_nothing_on_a_revoked_device(
    centre: SimCentre, manager: AppDevice, advocate: AppDevice
) -> None:
    with_refused_work(advocate)
    revoke(manager)
    set_ahead(centre, 400)
    advocate.app.sync.sync_now()
    assert advocate.app.sync.state().standing is Standing.REVOKED
    open_again(advocate)
    assert len(advocate.app.sync.outbox.waiting()) == 1
    advocate.session.lock()

    advocate.ahead = timedelta(days=31)  # the days have passed here too
    with pytest.raises(StoreError) as caught:
        advocate.session.unlock(PASSPHRASE)
    assert caught.value.code == "store_destroyed"


def test_a_device_that_hears_of_its_revocation_after_the_days_are_over_ends_at_once(
    centre: SimCentre, manager: AppDevice, advocate: AppDevice
) -> None:
    with_refused_work(advocate)
    revoke(manager)
    advocate.ahead = timedelta(days=40)
    set_ahead(centre, 40)

    advocate.app.sync.sync_now()

    assert advocate.app.sync.is_over()


@pytest.mark.parametrize("cut_off", [False, True])
def test_once_on_paper_what_the_words_are_made_of_is_in_no_frame_of_the_founder_s_log(
    tmp_path: Path, centre: SimCentre, monkeypatch: pytest.MonkeyPatch, *, cut_off: bool
) -> None:
    device = AppDevice(tmp_path / "founder", centre, "Maria")
    planted = bytes(range(100, 120))
    monkeypatch.setattr(recovery_words, "new_entropy", lambda: planted)
    frames: list[bytes] = []

    def read_frames() -> bytes:
        key = device.session._data_key
        assert key is not None
        reader = LogReader(device.session.folder / LOG_NAME, key)
        found = b"".join(reader.payloads())
        reader.close()
        return found

    redeem = Enrolment.redeem

    def look_before(self: Enrolment, *given: Any) -> Any:
        frames.append(read_frames())
        return redeem(self, *given)

    monkeypatch.setattr(Enrolment, "redeem", look_before)
    device.enrolment.look(centre.new_agency().text(), URL)
    joined = device.enrolment.enrol()
    assert planted.hex().encode() in read_frames()
    if cut_off:
        monkeypatch.setattr(enrolment, "forget_traces", lambda _database: None)
    device.enrolment.confirm_words()
    monkeypatch.undo()
    if cut_off:
        open_again(device)

    assert joined.recovery_words == recovery_words.words_of(planted)
    assert planted.hex().encode() in frames[0]  # it was there, and this test would see it
    assert planted.hex().encode() not in read_frames()
    assert device.app.sync.sync_now().trouble is None
    device.session.lock()


def test_a_code_of_a_colleague_s_device_makes_no_words(
    manager: AppDevice, advocate: AppDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(recovery_words, "new_entropy", lambda: pytest.fail("made"))
    keys_for(advocate.session.database(), "0a0b0c0d0e0f")

    with advocate.session.database().session() as session:
        assert "agency_entropy" not in (preference(session, "enrolment_keys") or {})


def test_a_device_that_stays_away_longer_than_its_lease_says_so(advocate: AppDevice) -> None:
    assert not advocate.app.sync.sync_now().lease_over
    advocate.ahead = timedelta(days=13)
    assert not advocate.app.sync.state().lease_over

    advocate.ahead = timedelta(days=15)
    assert advocate.app.sync.state().lease_over
    advocate.save(new_participant(alias="B."))  # new work stays possible

    assert not advocate.app.sync.sync_now().lease_over


def test_the_lease_hides_the_cases_that_were_here_and_none_that_was_opened_since(
    advocate: AppDevice,
) -> None:
    old = advocate.save(new_participant(alias="B."))
    contact = advocate.app.contacts.log(
        ContactEntry(case_id=old.case_id, channel=Channel.PHONE, outcome=Outcome.REACHED)
    )
    sync = advocate.app.sync
    sync.sync_now()
    about = (old.case_id, f"panel-{contact.record_id}-top")
    assert not any(sync.lease.hides([text]) for text in about)

    advocate.ahead = timedelta(days=15)
    new = advocate.save(new_participant(alias="C."))

    assert sync.lease.is_over()
    assert all(sync.lease.hides([text]) for text in about)
    assert not sync.lease.hides([new.case_id, "", "settings"])
    sync.sync_now()
    assert not any(sync.lease.hides([text]) for text in about)


def test_words_and_centre_bring_everything_back_when_all_devices_are_lost(
    tmp_path: Path, centre: SimCentre, manager: AppDevice
) -> None:
    case = manager.save(new_participant(alias="B."))
    manager.app.sync.sync_now()
    with manager.app.sync.replica.reading() as tx:
        staff_id = tx.identity().staff_id

    def operator_code(connection: object) -> EnrolmentCode:
        row = connection.execute(select(AGENCY.c.agency, AGENCY.c.agency_id)).one()  # type: ignore[attr-defined]
        work = Work(connection, row.agency, "", wall_clock())  # type: ignore[arg-type]
        code = enrolments.operator_code(
            work, row.agency_id, staff_id, enrolments.RECOVERY_CODE, centre.parts.key
        )
        work.finish()
        return code

    code = centre.parts.database.write(operator_code)
    device = AppDevice(tmp_path / "new", centre, "Maria again")
    assert device.enrolment.look(code.text(), URL).needs_recovery_words
    device.enrolment.enrol(agency_recovery_words=manager.words)  # type: ignore[attr-defined]

    state = device.app.sync.sync_now()

    assert (state.trouble, state.waiting) == (None, 0)
    found = device.find(case.record_id)
    assert found is not None
    assert found.alias == "B."
    device.session.lock()


def with_a_picture_that_was_not_taken(centre: SimCentre, device: AppDevice) -> str:
    """Return the case of it."""
    case = device.save(new_participant(alias="B."))
    device.app.attachments.add(case.case_id, a_photo())
    centre.parts.attachments.most_chunks = 0
    assert device.app.sync.sync_now().files_refused == 1
    return case.case_id


def files_of(device: AppDevice) -> list[str]:
    return [path.name for path in (device.session.folder / "attachments").iterdir()]


def test_a_picture_that_was_not_taken_outlives_the_end_of_the_device_until_somebody_decides(
    centre: SimCentre, manager: AppDevice, advocate: AppDevice
) -> None:
    with_a_picture_that_was_not_taken(centre, advocate)
    kept = files_of(advocate)
    revoke(manager)

    state = advocate.app.sync.sync_now()

    assert (state.standing, state.files_refused) == (Standing.REVOKED, 1)
    assert state.files_of_left_cases == 1
    assert files_of(advocate) == kept
    assert not advocate.app.sync.is_over()

    advocate.app.sync.outbox.give_up_pictures()
    assert files_of(advocate) == []
    assert advocate.app.sync.sync_now().is_handed_in
    assert advocate.app.sync.is_over()


def test_a_picture_that_was_not_taken_outlives_a_withdrawal_and_can_be_tried_again(
    centre: SimCentre, manager: AppDevice, advocate: AppDevice
) -> None:
    most = centre.parts.attachments.most_chunks
    case_id = with_a_picture_that_was_not_taken(centre, advocate)
    manager.app.sync.sync_now()
    access = manager.app.team.access
    [grant] = [g for g in access.of_case(case_id) if g.name == "Ana A." and g.kind == "opened"]
    access.withdraw(case_id, grant.grant_id)

    state = advocate.app.sync.sync_now()
    assert (state.files_refused, state.files_of_left_cases) == (1, 1)
    assert files_of(advocate)

    centre.parts.attachments.most_chunks = most
    advocate.app.sync.outbox.hand_in_pictures_again()
    state = advocate.app.sync.sync_now()

    assert (state.files_refused, state.files_waiting) == (0, 0)
    with advocate.app.sync.replica.reading() as tx:
        assert tx.leaving() == {}  # handed in, then purged
    assert files_of(advocate) == []


def test_work_that_is_queued_again_after_the_hand_in_keeps_the_store(
    manager: AppDevice, advocate: AppDevice
) -> None:
    with_refused_work(advocate)
    revoke(manager)
    assert advocate.app.sync.sync_now().is_handed_in
    [change] = advocate.app.sync.outbox.waiting()

    advocate.app.sync.outbox.try_again(change.record_id)  # and no network

    assert advocate.app.sync.state().waiting == 1
    assert not advocate.app.sync.is_over()
    advocate.session.lock()
    advocate.session.unlock(PASSPHRASE)
    assert len(advocate.app.sync.outbox.waiting()) == 1
