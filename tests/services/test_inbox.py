"""Late work: what a supervisor or data manager does with what came after an access had ended."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from field_app.domain.records.staff import StaffRole
from field_app.errors import SyncError
from field_app.services.conflicts import Choice
from field_app.services.inbox import MOST_PAGES, LateWork
from field_app.services.intake import new_participant
from sync.server import inbox
from sync.server.routes import inbox as inbox_route
from tests.services.app_devices import AppDevice
from tests.services.test_team_decisions import join
from tests.sync.simulator import SimCentre


def hand_in_late(folder: Path, centre: SimCentre, manager: AppDevice, cases: int) -> None:
    """Have an advocate change the pronouns in cases that they may no longer see."""
    advocate = join(folder, centre, manager, StaffRole.FIELD_ADVOCATE)
    written = [advocate.save(new_participant(alias=f"B{number}.")) for number in range(cases)]
    for device in (advocate, manager):
        device.app.sync.sync_now()
    for case in written:
        [grant] = [g for g in manager.app.team.access.of_case(case.case_id) if g.kind == "opened"]
        advocate.save(replace(case, pronouns="they"))
        manager.app.team.access.withdraw(case.case_id, grant.grant_id)
    advocate.app.sync.sync_now()
    advocate.session.lock()


@pytest.fixture
def late(tmp_path: Path, centre: SimCentre, manager: AppDevice) -> LateWork:
    """A change of a case's pronouns by an advocate who may no longer see it."""
    hand_in_late(tmp_path / "advocate", centre, manager, cases=1)
    [item] = manager.app.team.inbox.open()
    return item


def test_late_work_of_more_than_one_page_is_all_there(
    tmp_path: Path, centre: SimCentre, manager: AppDevice, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand_in_late(tmp_path / "advocate", centre, manager, cases=5)
    monkeypatch.setattr(inbox_route, "_PAGE", 2)

    found = manager.app.team.inbox.open()

    assert len({work.item_id for work in found}) == 5
    assert all(work.text is not None and work.text["pronouns"] == "they" for work in found)


def test_an_inbox_without_an_end_is_read_only_so_far(
    manager: AppDevice, late: LateWork, monkeypatch: pytest.MonkeyPatch
) -> None:
    true_page = inbox.items_after

    def same_page_again(*given: Any) -> Any:
        items, runs, _more = true_page(*given[:3], "", given[4])
        return items, runs, True

    monkeypatch.setattr(inbox, "items_after", same_page_again)
    before = manager.wire.calls

    manager.app.team.inbox.open()

    assert manager.wire.calls - before == MOST_PAGES


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


def take_over_offline(manager: AppDevice, late: LateWork) -> str:
    manager.wire.fault = "request_lost"
    with pytest.raises(SyncError) as caught:
        manager.app.team.inbox.take_over(late)
    assert "Nothing was changed" not in str(caught.value)
    return caught.value.code


def test_late_work_that_is_taken_over_again_and_again_offline_is_written_once(
    manager: AppDevice, late: LateWork
) -> None:
    codes, states, entries = [], [], []
    for _ in range(3):
        codes.append(take_over_offline(manager, late))
        states.append(manager.find(late.record_id))
        entries.append([view.conflict for view in manager.app.conflicts.open()])

    assert codes == ["taken_not_closed"] * 3
    assert states[0] == states[1] == states[2]
    assert [conflict.field for conflict in entries[0]] == ["pronouns"]
    assert entries[0] == entries[1] == entries[2]

    manager.app.sync.sync_now()  # the centre has it now, under another revision
    manager.app.team.inbox.take_over(late)
    assert [view.conflict.record_id for view in manager.app.conflicts.open()] == [
        conflict.record_id for conflict in entries[0]
    ]
    assert manager.app.team.inbox.open() == []


def test_a_conflict_that_was_decided_is_not_opened_anew_when_late_work_is_taken_over_again(
    manager: AppDevice, late: LateWork
) -> None:
    take_over_offline(manager, late)
    [view] = manager.app.conflicts.open()
    manager.app.conflicts.resolve(view.conflict.record_id, Choice.THEIRS)

    manager.app.team.inbox.take_over(late)

    assert manager.app.conflicts.open() == []


def test_late_work_that_a_colleague_declined_meanwhile_is_said_to_stand_in_the_case(
    manager: AppDevice, late: LateWork
) -> None:
    manager.app.team.inbox.decline(late)

    with pytest.raises(SyncError) as caught:
        manager.app.team.inbox.take_over(late)

    assert caught.value.code == "taken_though_declined"
    assert len(manager.app.conflicts.open()) == 1
