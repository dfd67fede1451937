"""All devices lost: the agency's words and the centre restore everything, and only for the agency.

Whoever runs the centre makes the recovery code and sends what it opens. The words must still be
the only thing that is believed.
"""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from sqlalchemy import select, update

from field_app.domain.records.staff import StaffRole
from field_app.errors import SyncError, WrongPassphraseError
from field_app.services.intake import new_participant
from field_app.store import recovery_words
from sync.client.enrol import AGENCY_SEED_PURPOSE
from sync.protocol.ids import id_bytes
from sync.protocol.sealing import seal_secret
from sync.server import enrolments
from sync.server.work import Work
from tests.services.app_devices import AppDevice
from tests.sync.serving import wall_clock
from tests.sync.simulator import URL, SimCentre

NEW_PASSPHRASE = "copper window seven rivers"


@pytest.fixture
def lost(tmp_path: Path, centre: SimCentre) -> tuple[str, str]:
    """The recovery words of an agency whose only device is gone, and its only record's id."""
    device = AppDevice(tmp_path / "lost", centre, "Maria")
    device.enrolment.look(centre.new_agency().text(), URL)
    words = device.enrolment.enrol().recovery_words
    assert words is not None
    record = device.save(new_participant(alias="A."))
    assert device.app.sync.sync_now().waiting == 0
    device.session.lock()
    return " ".join(words), record.record_id


@pytest.fixture
def new_device(tmp_path: Path, centre: SimCentre, lost: tuple[str, str]) -> Iterator[AppDevice]:
    """A new device; the centre's operator has printed a recovery code for it."""
    device = AppDevice(tmp_path / "new", centre, "Maria")
    yield device
    device.session.lock()


def recovery_code(centre: SimCentre) -> str:
    """Return a code as `field-server recover` prints it, for the only person of the agency."""

    def make(connection: Any) -> str:
        agency = connection.execute(select(enrolments.AGENCY)).one()
        person = connection.execute(select(enrolments.STAFF)).one()
        work = Work(connection, agency.agency, "", wall_clock())
        code = enrolments.operator_code(
            work,
            agency.agency_id,
            person.staff_id,
            enrolments.RECOVERY_CODE,
            centre.parts.key,
        )
        work.finish()
        return code.text()

    return centre.parts.database.write(make)


def test_the_words_and_the_centre_bring_the_record_back(
    centre: SimCentre, lost: tuple[str, str], new_device: AppDevice
) -> None:
    words, record_id = lost

    assert new_device.enrolment.look(recovery_code(centre), URL).needs_recovery_words
    new_device.enrolment.enrol(agency_recovery_words=words)
    new_device.app.sync.sync_now()

    assert new_device.find(record_id) is not None


def test_the_agency_s_words_open_a_device_whose_person_is_gone(
    tmp_path: Path, centre: SimCentre
) -> None:
    device = AppDevice(tmp_path / "device", centre, "Maria")
    device.enrolment.look(centre.new_agency().text(), URL)
    words = device.enrolment.enrol().recovery_words
    assert words is not None
    record = device.save(new_participant(alias="A."))
    device.session.lock()
    others = recovery_words.words_of(recovery_words.new_entropy())

    with pytest.raises(WrongPassphraseError):
        device.session.recover(" ".join(others), NEW_PASSPHRASE)
    device.session.recover(" ".join(words), NEW_PASSPHRASE)

    assert device.find(record.record_id) is not None
    device.session.lock()
    device.session.unlock(NEW_PASSPHRASE)
    device.session.lock()


def _own_signing_key(agency: Any) -> dict[str, bytes]:
    """An agency key of the operator's own, sealed to the true recovery key, which is no secret."""
    seed = bytes(range(32))
    return {
        "signing_key": Ed25519PrivateKey.from_private_bytes(seed).public_key().public_bytes_raw(),
        "sealed_signing_seed": seal_secret(
            seed, agency.recovery_key, AGENCY_SEED_PURPOSE, id_bytes(agency.agency_id)
        ),
    }


def _own_recovery_key(_agency: Any) -> dict[str, bytes]:
    """A recovery key of the operator's own, for every case key that is made from now on."""
    return {"recovery_key": X25519PrivateKey.generate().public_key().public_bytes_raw()}


@pytest.mark.parametrize("forge", [_own_signing_key, _own_recovery_key])
def test_an_operator_cannot_slip_keys_of_their_own_into_a_recovery(
    centre: SimCentre,
    lost: tuple[str, str],
    new_device: AppDevice,
    forge: Callable[[Any], dict[str, bytes]],
) -> None:
    def slip_in(connection: Any) -> None:
        agency = connection.execute(select(enrolments.AGENCY)).one()
        connection.execute(update(enrolments.AGENCY).values(**forge(agency)))

    new_device.enrolment.look(recovery_code(centre), URL)
    centre.parts.database.write(slip_in)

    with pytest.raises(SyncError) as refused:
        new_device.enrolment.enrol(agency_recovery_words=lost[0])

    assert refused.value.code == "wrong_recovery_words"
    assert not new_device.app.sync.is_enrolled


@pytest.mark.parametrize("kind", [enrolments.FIRST, enrolments.RECOVERY_CODE])
def test_a_managers_code_stays_one_whatever_the_centre_says(
    tmp_path: Path, centre: SimCentre, kind: str
) -> None:
    manager = AppDevice(tmp_path / "manager", centre, "Maria")
    manager.enrolment.look(centre.new_agency().text(), URL)
    manager.enrolment.enrol()
    manager.app.sync.sync_now()
    staff_id = manager.app.team.people.add("Ana", StaffRole.FIELD_ADVOCATE)
    manager.app.sync.sync_now()
    code = manager.app.team.codes.make(staff_id)
    manager.session.lock()
    centre.parts.database.write(
        lambda connection: connection.execute(
            update(enrolments.CODE)
            .where(enrolments.CODE.c.code_id == code.code_id)
            .values(kind=kind)
        )
    )
    advocate = AppDevice(tmp_path / "advocate", centre, "Ana")

    with pytest.raises(SyncError):
        advocate.enrolment.look(code.qr_text)

    advocate.session.lock()
