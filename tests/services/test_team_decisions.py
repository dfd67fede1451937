"""Decisions about people as the app makes them: promotions without a new code, and no word of the
centre's where a signed one is needed."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from sqlalchemy import update

from field_app.domain.records.staff import StaffRole
from field_app.errors import FieldAppError, RefusedError, SyncError
from field_app.services.intake import new_participant
from sync.client.channel import Channel
from sync.client.directory import words
from sync.client.freezing import newest_key
from sync.client.stating import due_certificates
from sync.protocol.errors import Code
from sync.protocol.feed import DeviceEntry, StaffEntry
from sync.protocol.roles import DeviceState, Role
from sync.server.devices import STAFF
from sync.server.grants import GRANT
from sync.server.problems import Refused
from sync.server.routes import devices as devices_route
from tests.services.app_devices import AppDevice
from tests.sync.simulator import SimCentre


def join(folder: Path, centre: SimCentre, by: AppDevice, role: StaffRole) -> AppDevice:
    device = AppDevice(folder, centre, "Ana")
    staff_id = by.app.team.people.add("Ana A.", role)
    device.enrolment.look(by.app.team.codes.make(staff_id).qr_text)
    device.enrolment.enrol()
    device.app.sync.sync_now()
    return device


@pytest.fixture
def advocate(tmp_path: Path, centre: SimCentre, manager: AppDevice) -> Iterator[AppDevice]:
    device = join(tmp_path / "advocate", centre, manager, StaffRole.FIELD_ADVOCATE)
    manager.app.sync.sync_now()
    yield device
    device.session.lock()


def staff_id_of(device: AppDevice) -> str:
    with device.app.sync.replica.reading() as tx:
        return tx.identity().staff_id


def centre_says(centre: SimCentre, staff_id: str, role: Role) -> None:
    centre.parts.database.write(
        lambda connection: connection.execute(
            update(STAFF).where(STAFF.c.staff_id == staff_id).values(role=role.value)
        )
    )


def test_a_promoted_person_needs_no_new_code(
    tmp_path: Path, centre: SimCentre, manager: AppDevice, advocate: AppDevice
) -> None:
    case = manager.save(new_participant(alias="M."))
    manager.app.sync.sync_now()
    advocate.app.sync.sync_now()
    assert advocate.find(case.record_id) is None

    manager.app.team.people.change(staff_id_of(advocate), role=StaffRole.DATA_MANAGER)
    for device in (manager, advocate, manager, advocate):
        device.app.sync.sync_now()

    assert advocate.app.team.role() == "data_manager"
    assert advocate.find(case.record_id) is not None
    # The agency's key came along: the new data manager can take somebody in.
    third = join(tmp_path / "third", centre, advocate, StaffRole.FIELD_ADVOCATE)
    assert third.app.team.role() == "advocate"
    third.session.lock()


def test_a_person_who_is_no_longer_a_data_manager_loses_the_agency_s_key(
    manager: AppDevice, advocate: AppDevice
) -> None:
    for role in (StaffRole.DATA_MANAGER, StaffRole.FIELD_ADVOCATE):
        manager.app.team.people.change(staff_id_of(advocate), role=role)
        for device in (manager, advocate):
            device.app.sync.sync_now()

    assert advocate.app.team.role() == "advocate"
    with advocate.app.sync.replica.reading() as tx:
        assert tx.identity().agency_seed is None
    with pytest.raises(FieldAppError) as caught:
        advocate.app.team.people.add("B.", StaffRole.FIELD_ADVOCATE)
    assert caught.value.code == "forbidden"


def test_a_new_role_holds_for_what_the_app_decides_without_the_centre_too(
    manager: AppDevice, advocate: AppDevice
) -> None:
    for role, may_decide in ((StaffRole.SUPERVISOR, True), (StaffRole.PARENT_ADVOCATE, False)):
        manager.app.team.people.change(staff_id_of(advocate), role=role)
        for device in (manager, advocate):
            device.app.sync.sync_now()

        member = advocate.app.agency.member(staff_id_of(advocate))
        assert member is not None
        assert (member.role, member.active) == (role, True)
        assert advocate.app.agency.may_manage() is may_decide


def test_whose_work_has_ended_is_no_longer_active_in_the_agency_s_record(
    manager: AppDevice, advocate: AppDevice
) -> None:
    staff_id = staff_id_of(advocate)

    manager.app.team.people.change(staff_id, active=False)

    member = manager.app.agency.member(staff_id)
    assert member is not None
    assert (member.role, member.active) == (StaffRole.FIELD_ADVOCATE, False)


def test_a_code_carries_the_role_that_was_decided_not_the_one_that_the_centre_says(
    tmp_path: Path, centre: SimCentre, manager: AppDevice
) -> None:
    staff_id = manager.app.team.people.add("Ana A.", StaffRole.FIELD_ADVOCATE)
    centre_says(centre, staff_id, Role.DATA_MANAGER)
    manager.app.sync.sync_now()
    with pytest.raises(FieldAppError):
        manager.app.team.codes.make(staff_id)  # the centre does not take an advocate's code

    centre_says(centre, staff_id, Role.ADVOCATE)
    code = manager.app.team.codes.make(staff_id)
    centre_says(centre, staff_id, Role.DATA_MANAGER)
    device = AppDevice(tmp_path / "advocate", centre, "Ana")
    invitation = device.enrolment.look(code.qr_text)
    device.enrolment.enrol()
    device.app.sync.sync_now()

    assert invitation.role == "advocate"
    assert device.app.team.role() == "advocate"
    with device.app.sync.replica.reading() as tx:
        assert tx.identity().agency_seed is None
    device.session.lock()


def test_a_device_is_certified_in_the_role_that_is_signed(
    tmp_path: Path, centre: SimCentre, manager: AppDevice
) -> None:
    device = join(tmp_path / "advocate", centre, manager, StaffRole.FIELD_ADVOCATE)
    centre_says(centre, staff_id_of(device), Role.DATA_MANAGER)
    manager.app.sync.sync_now()
    manager.app.sync.sync_now()

    with manager.app.sync.replica.reading() as tx:
        [known] = [d for d in tx.devices() if d.staff_id == staff_id_of(device)]
    assert (known.role, known.is_direct) == (Role.ADVOCATE, True)
    [person] = [p for p in manager.app.team.people.all() if p.name == "Ana A."]
    assert person.role == "advocate"
    device.session.lock()


def test_a_device_that_the_centre_refuses_to_certify_keeps_no_other_waiting(
    tmp_path: Path, centre: SimCentre, manager: AppDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    phones = [
        join(tmp_path / name, centre, manager, StaffRole.FIELD_ADVOCATE) for name in ("one", "two")
    ]
    manager.app.sync.after_run.clear()
    manager.app.sync.sync_now()
    with manager.app.sync.replica.reading() as tx:
        due = [device_id for device_id, _ in due_certificates(tx, tx.identity(), 0)]
    true_check = devices_route.check_certificate

    def refuse_first(certificate: Any, agency_key: Any, other: Any) -> None:
        if other.device_id == due[0]:
            raise Refused(Code.CERTIFICATE_INVALID, "Not this one.")
        true_check(certificate, agency_key, other)

    monkeypatch.setattr(devices_route, "check_certificate", refuse_first)
    with pytest.raises(RefusedError) as caught:
        manager.app.team.devices.certify()

    assert caught.value.code == "certificate_invalid"
    assert len(due) == 2
    manager.app.sync.sync_now()
    with manager.app.sync.replica.reading() as tx:
        assert {d.device_id: d.is_direct for d in tx.devices() if d.device_id in due} == {
            due[0]: False,
            due[1]: True,
        }

    monkeypatch.undo()  # what was refused is tried again
    assert manager.app.team.devices.certify() == 1
    for phone in phones:
        phone.session.lock()


def test_without_the_centre_no_other_device_is_tried(
    tmp_path: Path, centre: SimCentre, manager: AppDevice
) -> None:
    phones = [
        join(tmp_path / name, centre, manager, StaffRole.FIELD_ADVOCATE) for name in ("one", "two")
    ]
    manager.app.sync.after_run.clear()
    manager.app.sync.sync_now()
    manager.wire.fault, before = "request_lost", manager.wire.calls

    with pytest.raises(SyncError):
        manager.app.team.devices.certify()

    assert manager.wire.calls - before == 1
    for phone in phones:
        phone.session.lock()


def live_access(device: AppDevice, case_id: str) -> set[str]:
    return {each.grant_id for each in device.app.team.access.of_case(case_id) if each.is_live}


def test_access_is_known_at_once_and_can_be_ended_before_the_next_sync(
    manager: AppDevice, advocate: AppDevice
) -> None:
    case, access = manager.save(new_participant(alias="M.")), manager.app.team.access
    manager.app.sync.sync_now()
    before = live_access(manager, case.case_id)

    grant_id = access.grant(case.case_id, staff_id_of(advocate))

    assert live_access(manager, case.case_id) - before == {grant_id}
    access.withdraw(case.case_id, grant_id)
    assert live_access(manager, case.case_id) == before
    with manager.app.sync.replica.reading() as tx:
        newest = newest_key(tx.keys_of_case(case.case_id))
    assert newest is not None
    assert newest.key.epoch == 2
    for device in (manager, advocate, manager):
        device.app.sync.sync_now()
    assert live_access(manager, case.case_id) == before
    assert advocate.find(case.record_id) is None


def test_a_withdrawal_that_the_centre_keeps_quiet_still_makes_a_new_key(
    centre: SimCentre, manager: AppDevice, advocate: AppDevice
) -> None:
    case = manager.save(new_participant(alias="M."))
    manager.app.sync.sync_now()
    grant_id = manager.app.team.access.grant(case.case_id, staff_id_of(advocate))
    for device in (manager, advocate):
        device.app.sync.sync_now()
    assert advocate.find(case.record_id) is not None

    manager.app.team.access.withdraw(case.case_id, grant_id)
    centre.parts.database.write(
        lambda connection: connection.execute(
            update(GRANT)
            .where(GRANT.c.grant_id == grant_id)
            .values(state="live", ended_at=None, withdrawal=None)
        )
    )
    manager.app.sync.sync_now()

    with manager.app.sync.replica.reading() as tx:
        newest = newest_key(tx.keys_of_case(case.case_id))
        assert newest is not None
        assert newest.key.epoch == 2
        sealed_to = {recipient for _, recipient in tx.deposited(case.case_id)}
        [phone] = [d.device_id for d in tx.devices() if d.staff_id == staff_id_of(advocate)]
        told = {r for key_id, r in tx.deposited(case.case_id) if key_id == newest.key.key_id}
    assert phone in sealed_to  # to whom the first key was sealed
    assert phone not in told
    [access] = [a for a in manager.app.team.access.of_case(case.case_id) if a.grant_id == grant_id]
    assert not access.is_live


def centre_answers(monkeypatch: pytest.MonkeyPatch, lie: Callable[[Any], Any]) -> None:
    """Have the centre answer something else than the truth, and sign it: the answer is changed
    after its signature was checked."""
    true_call = Channel.call

    def call(channel: Channel, *given: Any, **named: Any) -> Any:
        return lie(true_call(channel, *given, **named))

    monkeypatch.setattr(Channel, "call", call)


@pytest.mark.parametrize("state", [DeviceState.ACTIVE, DeviceState.REPLACED])
def test_a_revocation_that_the_centre_leaves_out_of_its_answer_holds_here(
    manager: AppDevice, advocate: AppDevice, monkeypatch: pytest.MonkeyPatch, state: DeviceState
) -> None:
    with manager.app.sync.replica.reading() as tx:
        [phone] = [d for d in tx.devices() if d.staff_id == staff_id_of(advocate)]

    def keep_quiet(answer: Any) -> Any:
        if not isinstance(answer, DeviceEntry):
            return answer
        return answer.model_copy(update={"state": state, "revocation": None})

    centre_answers(monkeypatch, keep_quiet)
    manager.app.team.devices.revoke(phone.device_id)

    with manager.app.sync.replica.reading() as tx:
        known = tx.device(phone.device_id)
        assert known is not None
        assert known.ended is not None
        assert not known.is_active


def test_the_end_of_somebody_s_work_that_the_centre_leaves_out_of_its_answer_holds_here(
    manager: AppDevice, advocate: AppDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    with manager.app.sync.replica.reading() as tx:
        before = tx.staff()[staff_id_of(advocate)]
    centre_answers(monkeypatch, lambda answer: before if isinstance(answer, StaffEntry) else answer)

    manager.app.team.people.change(staff_id_of(advocate), active=False)

    with manager.app.sync.replica.reading() as tx:
        assert not words(tx)[staff_id_of(advocate)].active


def test_what_is_decided_twice_leaves_no_gap_in_the_directory_of_others(
    tmp_path: Path, centre: SimCentre, manager: AppDevice, advocate: AppDevice
) -> None:
    third = join(tmp_path / "third", centre, manager, StaffRole.FIELD_ADVOCATE)
    [phone] = [
        device.device_id
        for device in manager.app.team.devices.all()
        if device.staff_id == staff_id_of(third)
    ]

    for _ in range(2):  # the centre keeps the first statement of each, and answers with it
        manager.app.team.devices.revoke(phone)
        manager.app.team.people.change(staff_id_of(third), role=StaffRole.SUPERVISOR)
    manager.app.team.people.add("C.", StaffRole.FIELD_ADVOCATE)
    for device in (manager, advocate):
        device.app.sync.sync_now()

    assert [note.code for note in advocate.app.sync.notes.all()] == []
    third.session.lock()


def test_two_data_managers_who_decide_at_the_same_time_both_come_through(
    manager: AppDevice, advocate: AppDevice
) -> None:
    manager.app.team.people.change(staff_id_of(advocate), role=StaffRole.DATA_MANAGER)
    for device in (manager, advocate, manager):
        device.app.sync.sync_now()

    manager.app.team.people.add("B.", StaffRole.FIELD_ADVOCATE)
    advocate.app.team.people.add("C.", StaffRole.SUPERVISOR)  # has not heard of B.
    for device in (manager, advocate, manager):
        device.app.sync.sync_now()

    for device in (manager, advocate):
        assert {p.name for p in device.app.team.people.all()} == {"Maria", "Ana A.", "B.", "C."}
        assert [note.code for note in device.app.sync.notes.all()] == []


def test_the_agency_s_key_is_taken_only_when_it_is_the_agency_s(
    manager: AppDevice, advocate: AppDevice
) -> None:
    from sync.client.directory import AGENCY_SEED_PURPOSE, agency_seed_place, open_agency_seed
    from sync.protocol.sealing import seal_secret

    with advocate.app.sync.replica.reading() as tx:
        identity = tx.identity()
    with manager.app.sync.replica.reading() as tx:
        true_seed = tx.identity().agency_seed
    assert true_seed is not None
    place = agency_seed_place(identity.agency_id, identity.device_id)
    public = identity.keys.public.sealing_key
    false_seed = Ed25519PrivateKey.generate().private_bytes_raw()

    def sealed(seed: bytes) -> bytes:
        return seal_secret(seed, public, AGENCY_SEED_PURPOSE, place)

    assert open_agency_seed(identity, sealed(true_seed)) == true_seed
    assert open_agency_seed(identity, sealed(false_seed)) is None
    assert open_agency_seed(identity, bytes(80)) is None
