"""A code on a device that is enrolled: refused, with words that are true for where it stands."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from field_app.errors import SyncError
from sync.client.replica import Standing
from tests.services.app_devices import AppDevice
from tests.sync.simulator import URL, SimCentre


@pytest.fixture
def enrolled(tmp_path: Path, centre: SimCentre) -> Iterator[AppDevice]:
    device = AppDevice(tmp_path / "device", centre, "Maria")
    device.enrolment.look(centre.new_agency().text(), URL)
    device.enrolment.enrol()
    yield device
    device.session.lock()


def test_an_enrolled_device_takes_no_second_code(centre: SimCentre, enrolled: AppDevice) -> None:
    with pytest.raises(SyncError) as refused:
        enrolled.enrolment.look(centre.new_agency().text(), URL)

    assert refused.value.code == "enrolled_already"


def test_a_replaced_device_is_told_to_use_the_code_in_a_new_record(
    centre: SimCentre, enrolled: AppDevice
) -> None:
    with enrolled.app.sync.replica.transaction() as tx:
        tx.set_position(replace(tx.position(), standing=Standing.REPLACED))

    with pytest.raises(SyncError, match=r"backup.*new record") as refused:
        enrolled.enrolment.look(centre.new_agency().text(), URL)

    assert refused.value.code == "enrolled_displaced"
