"""The centre takes in only decisions that devices will believe, and hands them out as signed."""

import json
from typing import Any

import pytest

from sync.protocol.decisions import Appointment, CaseGrant, Opening, Revocation
from sync.protocol.feed import DeviceEntry, GrantEntry, StaffEntry
from sync.protocol.ids import new_id
from sync.protocol.management import (
    CertificateRequest,
    GrantList,
    NewStaff,
    RevocationRequest,
    StaffChange,
    StaffList,
)
from sync.protocol.roles import GrantKind, Role
from sync.protocol.wire import Message
from tests.sync.driver import Answer, Device
from tests.sync.serving import LocalCentre


@pytest.fixture
def manager(centre: LocalCentre) -> Device:
    return centre.founded()


def code_of(answer: Answer) -> str | None:
    return None if answer.status == 200 else str(json.loads(answer.body)["code"])


def a_case(device: Device) -> str:
    case_id = device.new_case()
    device.sync([device.change(case_id, {"n": 1})])
    return case_id


def test_a_person_comes_with_the_appointment_that_says_the_same(manager: Device) -> None:
    wish = manager.new_staff(Role.ADVOCATE)

    raised = wish.model_copy(update={"role": Role.DATA_MANAGER})
    other = wish.model_copy(update={"staff_id": new_id()})
    in_team = wish.model_copy(update={"team_id": new_id()})
    of_device = NewStaff(
        staff_id=wish.staff_id,
        role=Role.ADVOCATE,
        statement=Appointment.kept(wish.statement).sign(manager.signing),
    )
    for wrong in (raised, other, in_team, of_device):
        assert code_of(manager.call("POST", "/v1/staff", wrong)) == "statement_invalid"
    assert manager.call("POST", "/v1/staff", wish).status == 200

    staff = manager.call("GET", "/v1/staff").read(StaffList).staff
    [entry] = [person for person in staff if person.staff_id == wish.staff_id]
    assert entry.statement == wish.statement
    manager.pull()
    assert manager.last_answer is not None


def test_an_older_number_of_the_directory_is_refused(manager: Device) -> None:
    first, second = manager.new_staff(Role.ADVOCATE), manager.new_staff(Role.ADVOCATE)

    assert manager.call("POST", "/v1/staff", second).status == 200
    assert code_of(manager.call("POST", "/v1/staff", first)) == "directory_moved"
    again = manager.new_staff(Role.ADVOCATE)
    assert manager.call("POST", "/v1/staff", again).status == 200


def test_a_change_of_a_person_says_the_outcome(manager: Device) -> None:
    team, staff_id = new_id(), manager.add_staff(Role.ADVOCATE)

    def change(statement: Any, **said: Any) -> str | None:
        wish = StaffChange(statement=statement, **said)
        return code_of(manager.call("PATCH", f"/v1/staff/{staff_id}", wish))

    promotion = manager.appointment(staff_id, Role.SUPERVISOR, team)
    assert change(promotion, role=Role.SUPERVISOR) == "statement_invalid"
    assert change(promotion, role=Role.SUPERVISOR, team_id=team, active=False) == (
        "statement_invalid"
    )
    assert change(promotion, role=Role.SUPERVISOR, team_id=team) is None


def test_a_revocation_names_device_and_person_and_is_shown_to_all_and_to_the_device(
    manager: Device,
) -> None:
    ended, colleague = manager.enrol(Role.ADVOCATE), manager.enrol(Role.ADVOCATE)
    target = f"/v1/devices/{ended.device_id}/revocation"

    for wrong in (
        manager.revocation(colleague.device_id, ended.staff_id),
        manager.revocation(ended.device_id, colleague.staff_id),
    ):
        assert code_of(manager.call("POST", target, wrong)) == "statement_invalid"
    wish = manager.revocation(ended.device_id, ended.staff_id)
    assert manager.call("POST", target, wish).read(DeviceEntry).revocation == wish.statement
    # Again is no error, and changes nothing: the first statement stays.
    again = manager.revocation(ended.device_id, ended.staff_id)
    assert manager.call("POST", target, again).read(DeviceEntry).revocation == wish.statement

    refused = ended.call("POST", "/v1/sync", ended.round())
    proof = json.loads(refused.body)["proof"]
    statement = RevocationRequest.model_validate_json(json.dumps({"statement": proof})).statement
    assert Revocation.read(statement, ended.agency_key).device_id == ended.device_id
    colleague.cursor = None
    answer = colleague.sync()
    assert answer.feed is not None
    [entry] = [device for device in answer.feed.devices if device.device_id == ended.device_id]
    assert entry.revocation == wish.statement


def test_the_devices_of_who_left_get_the_appointment_that_says_so(manager: Device) -> None:
    ended = manager.enrol(Role.ADVOCATE)
    statement = manager.appointment(ended.staff_id, Role.ADVOCATE, active=False)
    wish = StaffChange(active=False, statement=statement)
    manager.call("PATCH", f"/v1/staff/{ended.staff_id}", wish).read(StaffEntry)

    refused = json.loads(ended.call("POST", "/v1/sync", ended.round()).body)

    assert refused["code"] == "device_revoked"
    assert refused["proof"] == statement.model_dump(mode="json")


def test_a_grant_is_signed_by_the_calling_device_and_says_what_is_asked(manager: Device) -> None:
    advocate = manager.enrol(Role.ADVOCATE)
    manager.pull()
    case_id, other_case = a_case(manager), a_case(manager)
    target = f"/v1/cases/{case_id}/grants"
    wish = manager.new_grant(case_id, advocate.staff_id)
    forged = CaseGrant.kept(wish.statement)

    for wrong in (
        manager.new_grant(other_case, advocate.staff_id),
        wish.model_copy(update={"until": 2**52, "kind": GrantKind.COVER}),
        wish.model_copy(update={"staff_id": manager.staff_id}),
        wish.model_copy(update={"grant_id": new_id()}),
        wish.model_copy(update={"statement": forged.sign(advocate.signing)}),
    ):
        assert code_of(manager.call("POST", target, wrong)) == "statement_invalid"
    assert manager.call("POST", target, wish).status == 200

    end = f"{target}/{wish.grant_id}/withdrawal"
    for bad in (
        manager.withdrawal(case_id, new_id(), advocate.staff_id),
        manager.withdrawal(case_id, wish.grant_id, advocate.staff_id, GrantKind.COVER),
        advocate.withdrawal(case_id, wish.grant_id, advocate.staff_id),
    ):
        assert code_of(manager.call("POST", end, bad)) == "statement_invalid"
    ended = manager.withdrawal(case_id, wish.grant_id, advocate.staff_id)
    entry = manager.call("POST", end, ended).read(GrantEntry)
    assert (entry.statement, entry.withdrawal) == (wish.statement, ended.statement)


def test_a_case_is_opened_with_the_author_s_own_statement(manager: Device) -> None:
    advocate, other = manager.enrol(Role.ADVOCATE), manager.enrol(Role.ADVOCATE)
    advocate.pull()
    case_id = advocate.new_case()
    key = advocate.key_for(case_id)
    change = advocate.change(case_id, {"n": 1})
    by_other = Opening.kept(advocate.opening(key)).sign(other.signing)
    for wrong in (
        (),
        (by_other,),
        (advocate.opening(key, staff_id=other.staff_id),),
        (advocate.opening(key, signer=other.device_id),),
        (advocate.opening(key, agency_id=new_id()),),
        (advocate.opening(key, case_id=new_id()),),
    ):
        kept = list(advocate.unsent_keys)
        request = advocate.round([change], limit=0).model_copy(update={"openings": wrong})
        answer = advocate.call("POST", "/v1/sync", request).read(Message)
        assert answer is not None
        advocate.unsent_keys = kept
        # The number is used up; the same work is tried under the next one.
        advocate.last_seq += 1
        change = advocate.change(case_id, {"n": 1})
    status = json.loads(advocate.call("GET", "/v1/status/receipts").body)
    assert [entry["status"] for entry in status["entries"]] == ["refused"] * 6

    advocate.chain = advocate_chain(advocate)
    answer = advocate.sync([change])
    assert answer.outcomes[0].status == "accepted"
    grants = advocate.call("GET", f"/v1/cases/{case_id}/grants").read(GrantList).grants
    [opened] = [grant for grant in grants if grant.kind is GrantKind.OPENED]
    assert opened.statement is not None
    public = advocate.keys.signing_key
    assert Opening.read(opened.statement, public).staff_id == advocate.staff_id


def advocate_chain(device: Device) -> bytes:
    """Return the hash of a device's receipts as the centre has it."""
    from sync.protocol.management import ServerStatus

    return device.call("GET", "/v1/status").read(ServerStatus).chain_head.hash


def test_the_case_belongs_to_the_team_that_its_opener_states(manager: Device) -> None:
    team = new_id()
    supervisor, advocate = manager.enrol(Role.SUPERVISOR, team), manager.enrol(Role.ADVOCATE, team)
    outside = manager.enrol(Role.SUPERVISOR, new_id())
    advocate.pull()
    case_id = a_case(advocate)

    for device, status in ((supervisor, 200), (outside, 404)):
        assert device.call("GET", f"/v1/cases/{case_id}/grants").status == status


def test_the_agency_s_key_is_handed_to_the_promoted_device_alone(manager: Device) -> None:
    promoted, colleague = manager.enrol(Role.ADVOCATE), manager.enrol(Role.ADVOCATE)
    statement = manager.appointment(promoted.staff_id, Role.DATA_MANAGER)
    wish = StaffChange(role=Role.DATA_MANAGER, statement=statement)
    manager.call("PATCH", f"/v1/staff/{promoted.staff_id}", wish).read(StaffEntry)
    entry = next(
        device
        for device in json.loads(manager.call("GET", "/v1/devices").body)["devices"]
        if device["device_id"] == promoted.device_id
    )
    request = CertificateRequest.model_validate_json(
        json.dumps({"certificate": entry["certificate"]})
    ).model_copy(update={"sealed_signing_seed": bytes(80)})
    manager.call("PUT", f"/v1/devices/{promoted.device_id}/certificate", request).read(DeviceEntry)

    def sees(device: Device) -> bytes | None:
        device.cursor = None
        answer = device.sync()
        assert answer.feed is not None
        found = [d for d in answer.feed.devices if d.device_id == promoted.device_id]
        return found[0].sealed_signing_seed

    assert sees(promoted) == bytes(80)
    assert sees(colleague) is None
    listed = colleague.call("GET", "/v1/devices").body
    assert b'"sealed_signing_seed":"' not in listed
