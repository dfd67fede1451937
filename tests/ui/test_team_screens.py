"""Team: people, codes, access, devices, the inbox, over a real centre."""

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import flet as ft
import pytest

from field_app.domain.records.participant import Participant
from field_app.domain.records.staff import StaffRole
from field_app.errors import SyncError
from field_app.services.inbox import InboxService, LateWork
from field_app.services.intake import new_participant
from field_app.services.people import PeopleService
from field_app.services.team import TeamService
from tests.sync.serving import LocalCentre
from tests.ui.conftest import Windows
from tests.ui.test_sync_screens import arrived, go
from tests.ui.work import Desk, open_desk


@pytest.fixture(scope="module")
def centre(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCentre]:
    with LocalCentre.serving(tmp_path_factory.mktemp("centre"), None) as local:
        yield local


async def manager_desk(opened: Windows, folder: Path, centre: LocalCentre) -> Desk:
    """Open a window of the first data manager of a new agency, with a case on the device."""
    people: list[Participant] = []

    def fill(workspace: Any) -> None:
        with workspace.notebook.write() as records:
            people.append(records.save(new_participant(alias="Maya")))

    desk = await open_desk(opened, folder, fill, role=StaffRole.DATA_MANAGER)
    _, _, code = centre.new_agency()
    desk.app.enrolment.look(code.text(), centre.url)
    desk.app.enrolment.enrol()
    await desk.window.controller.syncing.begin()
    await arrived(desk)
    await go(desk, "/more/team")
    return desk


async def add_person(desk: Desk, name: str = "Ana Ruiz") -> str:
    await desk.window.tap("add-person")
    await desk.window.enter("staff-name", name)
    await desk.window.tap("staff-save")
    await desk.window.until(lambda: not desk.window.has("staff-save"), 20)
    await desk.window.until(lambda: name in [p.name for p in people_known(desk)], 20)
    desk.window.controller.changed()
    await desk.window.until(lambda: desk.window.shows(name))
    return next(p.staff_id for p in people_known(desk) if p.name == name)


def people_known(desk: Desk) -> list[Any]:
    return desk.workspace.team.people.all()


async def test_somebody_is_added_and_invited_with_a_code_as_picture_and_text(
    opened: Windows, tmp_path: Path, centre: LocalCentre
):
    desk = await manager_desk(opened, tmp_path, centre)
    await desk.window.tap("add-person")
    await desk.window.tap("staff-save")
    assert desk.window.by_id("staff-name").error == "Type a name."
    desk.window.controller.close_panel()
    await desk.window.settle()

    staff_id = await add_person(desk)
    await desk.window.tap(f"person-{staff_id}")
    await desk.window.tap("make-code")
    await desk.window.until(lambda: desk.window.has("code-text"), 20)

    [picture] = desk.window.on_top(ft.Image)
    assert picture.src.startswith(b"\x89PNG")
    text = desk.window.by_id("code-text").value
    other = await open_desk(opened, tmp_path / "other")
    assert other.app.enrolment.look(text, centre.url).role == "advocate"

    await desk.window.tap("copy-code")
    assert "set" in [name for name, _ in desk.window.connection.calls] or desk.window.has("notice")


async def test_a_role_is_changed_and_work_ended_only_after_a_yes(
    opened: Windows, tmp_path: Path, centre: LocalCentre
):
    desk = await manager_desk(opened, tmp_path, centre)
    staff_id = await add_person(desk)

    def person() -> Any:
        return next(p for p in people_known(desk) if p.staff_id == staff_id)

    await desk.window.tap(f"person-{staff_id}")
    await desk.window.tap("centre-role-supervisor")
    await desk.window.until(lambda: person().role == "supervisor", 20)

    await desk.window.tap("end-work")
    assert desk.window.shows("lose access")
    await desk.window.tap("confirm-no")
    assert person().is_active
    await desk.window.tap("end-work")
    await desk.window.tap("confirm-yes")
    await desk.window.until(lambda: not person().is_active, 20)


async def test_access_to_a_case_is_given_as_cover_and_ended(
    opened: Windows, tmp_path: Path, centre: LocalCentre
):
    desk = await manager_desk(opened, tmp_path, centre)
    staff_id = await add_person(desk)
    [case_id] = desk.workspace.caseload.aliases()
    await desk.window.tap("team-cases")
    await desk.window.tap(f"case-{case_id}")
    await desk.window.tap("grant")
    assert desk.window.shows("Choose a person")

    def covers() -> list[Any]:
        access = desk.workspace.team.access.of_case(case_id)
        return [a for a in access if a.staff_id == staff_id and a.is_live]

    await desk.window.tap(f"grant-to-{staff_id}")
    await desk.window.tap("cover-yes")
    await desk.window.tap("grant")
    await desk.window.until(covers, 20)
    [cover] = covers()
    assert cover.kind == "cover"
    assert cover.until is not None
    desk.window.controller.changed()
    await desk.window.until(lambda: desk.window.has(f"withdraw-{cover.grant_id}"))
    await desk.window.tap(f"withdraw-{cover.grant_id}")
    assert desk.window.shows("What was read was read")
    await desk.window.tap("confirm-yes")
    await desk.window.until(lambda: not covers(), 20)


async def test_a_device_is_ended_after_its_consequences_were_read(
    opened: Windows, tmp_path: Path, centre: LocalCentre
):
    desk = await manager_desk(opened, tmp_path / "one", centre)
    staff_id = await add_person(desk)
    code = desk.workspace.team.codes.make(staff_id)
    spare = desk.workspace.team.codes.make(staff_id)
    other = await open_desk(opened, tmp_path / "two")
    other.app.enrolment.look(code.qr_text)
    other.app.enrolment.enrol()
    device_id = other.workspace.notebook.device_id

    await desk.window.tap("team-devices")
    await desk.window.until(lambda: desk.window.has(f"revoke-{device_id}"), 20)
    await desk.window.tap(f"cancel-{spare.code_id}")
    await desk.window.until(lambda: not desk.window.has(f"cancel-{spare.code_id}"), 20)
    await desk.window.until(lambda: desk.window.has(f"revoke-{device_id}"), 20)
    await desk.window.tap(f"revoke-{device_id}")
    assert desk.window.shows("for 30 days")
    await desk.window.tap("confirm-yes")

    def is_ended() -> bool:
        states = {d.device_id: d.state for d in desk.workspace.team.devices.all()}
        return states[device_id] == "revoked"

    await desk.window.until(is_ended, 20)
    await desk.window.until(lambda: not desk.window.has(f"revoke-{device_id}"), 20)


LATE = LateWork(
    item_id="i1",
    case_id="c1",
    record_id="r1",
    name="Ana Ruiz",
    received_at=datetime(2026, 11, 20, 17, tzinfo=UTC),
    is_deletion=False,
    text={"kind": "contact", "note": "the last visit", "minutes": 45},
    present=None,
    reason=None,
)


async def test_late_work_is_read_and_then_taken_or_left_out(
    opened: Windows, tmp_path: Path, centre: LocalCentre, monkeypatch: pytest.MonkeyPatch
):
    desk = await manager_desk(opened, tmp_path, centre)
    decided: list[str] = []
    monkeypatch.setattr(InboxService, "open", lambda _self: [LATE])
    monkeypatch.setattr(InboxService, "take_over", lambda _self, work: decided.append("taken"))
    monkeypatch.setattr(InboxService, "decline", lambda _self, work: decided.append("declined"))
    await desk.window.tap("team-inbox")
    await desk.window.until(lambda: desk.window.has("late-i1"), 20)

    await desk.window.tap("late-i1")
    assert desk.window.shows("the last visit")
    await desk.window.tap("take-over")
    await desk.window.until(lambda: decided == ["taken"])

    await desk.window.until(lambda: desk.window.has("late-i1"))
    await desk.window.tap("late-i1")
    await desk.window.tap("decline")
    assert decided == ["taken"]
    await desk.window.tap("confirm-yes")
    await desk.window.until(lambda: decided == ["taken", "declined"])


async def test_without_a_network_people_stay_in_sight_and_the_rest_can_be_asked_again(
    opened: Windows, tmp_path: Path, centre: LocalCentre, monkeypatch: pytest.MonkeyPatch
):
    desk = await manager_desk(opened, tmp_path, centre)

    def nobody(_self: object) -> list[LateWork]:
        raise SyncError("nobody answered", code="offline")

    monkeypatch.setattr(InboxService, "open", nobody)
    await desk.window.tap("team-inbox")
    await desk.window.until(lambda: desk.window.has("ask-again"), 20)
    assert desk.window.shows("cannot be reached now")

    monkeypatch.setattr(InboxService, "open", lambda _self: [])
    await desk.window.tap("ask-again")
    await desk.window.until(lambda: desk.window.shows("Nothing was handed in late"), 20)


async def test_an_advocate_and_a_device_alone_see_no_team(opened: Windows, tmp_path: Path):
    desk = await open_desk(opened, tmp_path)
    await go(desk, "/more")
    assert not desk.window.has("team")

    await go(desk, "/more/team")

    assert desk.window.shows("Team is for supervisors and data managers")
    assert not desk.window.has("add-person")


async def test_a_supervisor_sees_no_devices_and_adds_nobody(
    opened: Windows, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    desk = await open_desk(opened, tmp_path)
    monkeypatch.setattr(TeamService, "role", lambda _self: "supervisor")
    monkeypatch.setattr(PeopleService, "all", lambda _self: [])
    await go(desk, "/more/team")

    assert desk.window.has("team-cases")
    assert desk.window.has("team-inbox")
    assert not desk.window.has("team-devices")
    assert not desk.window.has("add-person")
