"""Late work: what a supervisor or data manager does with what came after an access had ended."""

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from field_app.domain.records.staff import StaffRole
from field_app.services.inbox import LateWork
from field_app.services.intake import new_participant
from tests.services.test_sync_service import AppDevice
from tests.services.test_team_decisions import join
from tests.sync.simulator import URL, SimCentre


@pytest.fixture
def centre(tmp_path: Path) -> Iterator[SimCentre]:
    found = SimCentre(tmp_path / "centre")
    yield found
    found.close()


@pytest.fixture
def manager(tmp_path: Path, centre: SimCentre) -> Iterator[AppDevice]:
    device = AppDevice(tmp_path / "manager", centre, "Maria")
    device.enrolment.look(centre.new_agency().text(), URL)
    device.enrolment.enrol()
    device.app.sync.sync_now()
    yield device
    device.session.lock()


@pytest.fixture
def late(tmp_path: Path, centre: SimCentre, manager: AppDevice) -> LateWork:
    """A change of a case's pronouns by an advocate who may no longer see it."""
    advocate = join(tmp_path / "advocate", centre, manager, StaffRole.FIELD_ADVOCATE)
    case = advocate.save(new_participant(alias="B."))
    for device in (advocate, manager):
        device.app.sync.sync_now()
    [grant] = [g for g in manager.app.team.access.of_case(case.case_id) if g.kind == "opened"]
    advocate.save(replace(case, pronouns="they"))
    manager.app.team.access.withdraw(case.case_id, grant.grant_id)
    advocate.app.sync.sync_now()
    advocate.session.lock()
    [item] = manager.app.team.inbox.open()
    return item


def test_what_was_written_since_the_inbox_was_opened_stands_when_late_work_is_taken_over(
    manager: AppDevice, late: LateWork
) -> None:
    there = manager.find(late.record_id)
    assert there is not None
    manager.save(replace(there, phone="213-555-0100"))

    manager.app.team.inbox.take_over(late)

    taken = manager.find(late.record_id)
    assert taken is not None
    assert taken.phone == "213-555-0100"
    assert {view.conflict.field for view in manager.app.conflicts.open()} == {"pronouns", "phone"}
    assert manager.app.team.inbox.open() == []
