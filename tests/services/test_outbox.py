"""The outbox: what it says of a change whose answer was lost."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from field_app.services.intake import new_participant
from tests.services.app_devices import AppDevice
from tests.sync.simulator import URL, SimCentre


@pytest.fixture
def device(tmp_path: Path, centre: SimCentre) -> Iterator[AppDevice]:
    """A device of an agency that has handed in everything."""
    device = AppDevice(tmp_path / "device", centre, "Maria")
    device.enrolment.look(centre.new_agency().text(), URL)
    device.enrolment.enrol()
    device.app.sync.sync_now()
    yield device
    device.session.lock()


def test_what_waits_for_days_for_an_answer_says_when_it_was_saved(device: AppDevice) -> None:
    case = device.save(new_participant(alias="B."))
    device.wire.fault = "request_lost"
    device.app.sync.sync_now()

    device.ahead = timedelta(days=3)

    [waiting] = device.app.sync.outbox.waiting()
    assert waiting.is_on_its_way
    assert waiting.saved_at == case.updated_at


def test_what_was_written_on_since_it_was_handed_in_claims_no_moment_for_what_is_on_its_way(
    device: AppDevice,
) -> None:
    case = device.save(new_participant(alias="B."))
    device.wire.fault = "request_lost"
    device.app.sync.sync_now()
    device.save(replace(case, alias="C."))

    found = {each.is_on_its_way: each.saved_at for each in device.app.sync.outbox.waiting()}

    assert found[True] is None
    assert found[False] is not None
