"""Enrolment: codes, the first device, recovery when every device is lost."""

import json

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from sync.protocol.certificates import certify_device
from sync.protocol.enrolment import CodeList, CodeState, RedeemAnswer, new_code
from sync.protocol.errors import Code
from sync.protocol.ids import id_bytes
from sync.protocol.keys import open_case_key
from sync.protocol.management import CertificateRequest, KeyList, NewKeys
from sync.protocol.roles import Role
from sync.protocol.sealing import open_secret
from sync.server import enrolments
from sync.server.centre import wall_clock
from sync.server.work import Work
from tests.sync.driver import CallFailed, Device
from tests.sync.serving import LocalCentre


def test_a_code_enrols_one_device_and_no_second(centre: LocalCentre) -> None:
    manager = centre.founded()
    code = manager.make_code(manager.add_staff(Role.ADVOCATE), Role.ADVOCATE)
    first = Device(centre.url, agency_id=manager.agency_id)
    first.redeem(code)

    with pytest.raises(CallFailed) as refused:
        Device(centre.url, agency_id=manager.agency_id).redeem(code)

    assert refused.value.code is Code.CODE_USED
    first.pull()
    assert first.directory[first.device_id].role is Role.ADVOCATE


def test_a_device_that_lost_the_answer_redeems_again(centre: LocalCentre) -> None:
    manager = centre.founded()
    code = manager.make_code(manager.add_staff(Role.ADVOCATE), Role.ADVOCATE)
    device = Device(centre.url, agency_id=manager.agency_id)

    first, second = device.redeem(code), device.redeem(code)

    assert first.blob == second.blob
    device.pull()


def test_ten_wrong_tokens_end_a_code(centre: LocalCentre) -> None:
    manager = centre.founded()
    code = manager.make_code(manager.add_staff(Role.ADVOCATE), Role.ADVOCATE)
    guess = type(code)(code.code_id, new_code().secret)
    for _ in range(10):
        with pytest.raises(CallFailed):
            Device(centre.url, agency_id=manager.agency_id).redeem(guess)

    with pytest.raises(CallFailed) as refused:
        Device(centre.url, agency_id=manager.agency_id).redeem(code)

    assert refused.value.code is Code.CODE_INVALID


def test_a_code_that_was_cancelled_or_is_over_enrols_nobody(
    centre: LocalCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = centre.founded()
    cancelled, over = (
        manager.make_code(manager.add_staff(Role.ADVOCATE), Role.ADVOCATE) for _ in range(2)
    )
    assert manager.call("DELETE", f"/v1/enrolments/{cancelled.code_id}").status == 200
    with pytest.raises(CallFailed) as first:
        Device(centre.url, agency_id=manager.agency_id).redeem(cancelled)

    later = wall_clock() + 73 * 3600 * 1000
    monkeypatch.setattr(centre.parts, "clock", lambda: later)
    device = Device(centre.url, agency_id=manager.agency_id, clock_offset_seconds=73 * 3600)
    with pytest.raises(CallFailed) as second:
        device.redeem(over)

    assert first.value.code is Code.CODE_INVALID
    assert second.value.code is Code.CODE_INVALID


def test_an_open_code_past_its_end_is_listed_as_expired(
    centre: LocalCentre, monkeypatch: pytest.MonkeyPatch
) -> None:
    manager = centre.founded()
    staff_id = manager.add_staff(Role.ADVOCATE)
    used, cancelled, left = (manager.make_code(staff_id, Role.ADVOCATE) for _ in range(3))
    Device(centre.url, agency_id=manager.agency_id).redeem(used)
    manager.call("DELETE", f"/v1/enrolments/{cancelled.code_id}").read(CodeState)

    def states() -> dict[str, str]:
        listed = manager.call("GET", "/v1/enrolments").read(CodeList).codes
        return {code.code_id: code.state for code in listed if code.staff_id == staff_id}

    ended = {used.code_id: "used", cancelled.code_id: "cancelled"}
    assert states() == {**ended, left.code_id: "open"}

    later = wall_clock() + 73 * 3600 * 1000
    monkeypatch.setattr(centre.parts, "clock", lambda: later)
    manager.clock_offset_seconds = 73 * 3600
    assert states() == {**ended, left.code_id: "expired"}


def test_a_first_code_without_the_agencys_keys_enrols_nobody(centre: LocalCentre) -> None:
    agency_id, _, code = centre.new_agency()

    with pytest.raises(CallFailed) as refused:
        Device(centre.url, agency_id=agency_id).redeem(code)

    assert refused.value.code is Code.CERTIFICATE_INVALID


def test_recovery_words_and_the_centre_restore_everything_when_all_devices_are_lost(
    centre: LocalCentre,
) -> None:
    manager = centre.founded()
    advocate = manager.enrol(Role.ADVOCATE)
    case_id = advocate.new_case()
    advocate.sync(advocate.changes(case_id, [{"note": "kept"}]))
    words = manager.recovery
    assert words is not None

    code = centre.parts.database.write(lambda connection: _recovery(connection, manager, centre))
    device = Device(centre.url, agency_id=manager.agency_id)
    redeemed: RedeemAnswer = device.redeem(code)
    assert redeemed.state == "pending"
    with pytest.raises(CallFailed) as pending:
        device.sync()
    assert pending.value.code is Code.NOT_CERTIFIED

    assert redeemed.sealed_signing_seed is not None
    seed = open_secret(
        redeemed.sealed_signing_seed, words, "agency signing key", id_bytes(device.agency_id)
    )
    agency_key = Ed25519PrivateKey.from_private_bytes(seed)
    device.agency_key = agency_key.public_key().public_bytes_raw()
    certificate = certify_device(
        agency_key, device.agency_id, device.staff_id, Role.DATA_MANAGER, device.keys, 2
    )
    target = f"/v1/devices/{device.device_id}/certificate"
    assert device.call("PUT", target, CertificateRequest(certificate=certificate)).status == 200
    device.pull()
    assert device.texts == {}, "rows came, but no key yet"

    for sealed in device.call("GET", "/v1/keys/recovery").read(KeyList).keys:
        opened = open_case_key(device.agency_id, sealed, words, device._author(sealed.sealer))
        own = device.seal(opened, device.device_id, device.keys.sealing_key)
        assert (
            device.call("POST", f"/v1/cases/{opened.case_id}/keys", NewKeys(keys=(own,))).status
            == 200
        )
    device.pull()
    device.cursor = None
    device.pull()
    assert [text["note"] for text in device.texts.values()] == ["kept"]


def _recovery(connection: object, manager: Device, centre: LocalCentre):  # type: ignore[no-untyped-def]
    from sqlalchemy import select

    agency = connection.execute(  # type: ignore[attr-defined]
        select(enrolments.AGENCY.c.agency).where(enrolments.AGENCY.c.agency_id == manager.agency_id)
    ).scalar_one()
    work = Work(connection, agency, "", wall_clock())  # type: ignore[arg-type]
    code = enrolments.operator_code(
        work, manager.agency_id, manager.staff_id, enrolments.RECOVERY_CODE, centre.parts.key
    )
    work.finish()
    return code


def test_every_act_about_access_is_in_the_audit_chain(centre: LocalCentre) -> None:
    manager = centre.founded()
    advocate = manager.enrol(Role.ADVOCATE)
    case_id = advocate.new_case()
    advocate.sync(advocate.changes(case_id, [{"n": 1}]))
    manager.pull()
    other = manager.enrol(Role.ADVOCATE)
    manager.withdraw(case_id, manager.grant(case_id, other))
    manager.revoke(other)

    page = json.loads(manager.call("GET", "/v1/audit").body)
    acts = [entry["act"] for entry in page["entries"]]

    for act in (
        "found_agency",
        "add_staff",
        "make_code",
        "enrol_device",
        "open_case",
        "deposit_key",
        "grant",
        "withdraw",
        "revoke_device",
    ):
        assert act in acts
    from sync.protocol.audit import AuditEntry, audit_entry_hash, audit_start

    previous = audit_start(manager.agency_id)
    for values in page["entries"]:
        entry = AuditEntry.model_validate_json(json.dumps(values))
        previous = audit_entry_hash(
            previous, entry.number, entry.at, entry.actor, entry.act, entry.subjects
        )
        assert entry.hash == previous
