"""Staff safety on screen: check in, check out, and a missed check-out on Today (X-15)."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from field_app.domain.records.participant import Participant
from field_app.domain.records.record import AGENCY_CASE_ID, new_id
from field_app.domain.records.staff import StaffMember
from field_app.domain.records.visit_check import VisitCheck
from field_app.services.workspace import Workspace
from tests.ui.conftest import Windows
from tests.ui.harness import LAPTOP, PHONE
from tests.ui.work import Desk, add_youth, open_desk


async def desk_with_youth(
    opened: Windows, folder: Path, size: tuple[int, int] = PHONE
) -> tuple[Desk, Participant]:
    people: list[Participant] = []
    desk = await open_desk(opened, folder, lambda w: people.append(add_youth(w)), size=size)
    return desk, people[0]


def running(desk: Desk) -> VisitCheck:
    check = desk.workspace.visit_checks.running()
    assert check is not None
    return check


async def check_in(desk: Desk, youth: Participant) -> None:
    desk.window.controller.open_panel("visit-check", case_id=youth.case_id)
    await desk.window.until(lambda: desk.window.has("check-in"))
    await desk.window.tap("check-in")
    await desk.window.until(lambda: desk.window.has("check-out"))


async def test_a_check_in_from_add_asks_with_whom(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    window = desk.window
    window.controller.open_panel("add")
    await window.settle()
    await window.tap("add-check-in")
    await window.until(lambda: window.has("check-in"))
    await window.tap("check-in")
    await window.until(lambda: window.shows("Choose with whom the visit is"))

    await window.tap(f"who-{youth.case_id}")
    await window.tap("minutes-30")
    await window.tap("check-in")
    await window.until(lambda: window.has("check-out"))

    assert running(desk).expected_out_at == desk.clock() + timedelta(minutes=30)
    assert window.shows("On a visit: Maya")
    assert window.shows("until 10:30")


@pytest.mark.parametrize("size", [PHONE, LAPTOP])
async def test_the_page_of_a_participant_leads_to_the_check_in(
    opened: Windows, tmp_path: Path, size: tuple[int, int]
):
    desk, youth = await desk_with_youth(opened, tmp_path, size)
    window = desk.window
    window.controller.navigate(f"/caseload/{youth.case_id}")
    await window.until(lambda: window.has("check-in-open"))
    await window.tap("check-in-open")
    await window.until(lambda: window.has("check-in"))
    await window.tap("check-in")

    await window.until(lambda: window.has("check-out"))
    assert running(desk).expected_out_at == desk.clock() + timedelta(minutes=120)


async def test_one_tap_checks_out_and_one_stays_longer(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    await check_in(desk, youth)
    desk.clock.moment += timedelta(minutes=110)

    await desk.window.tap("visit-longer")
    later = desk.clock() + timedelta(minutes=30)
    await desk.window.until(lambda: running(desk).expected_out_at == later)
    await desk.window.tap("check-out")

    await desk.window.until(lambda: not desk.window.has("check-out"))
    assert desk.workspace.visit_checks.running() is None


async def test_my_own_missed_check_out_says_so_and_one_tap_ends_it(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    await check_in(desk, youth)
    desk.clock.moment += timedelta(minutes=121)
    desk.window.controller.changed()
    await desk.window.until(lambda: desk.window.shows("expected out at 12:00"))

    await desk.window.tap("check-out")
    await desk.window.until(lambda: not desk.window.has("visit-running"))

    assert desk.workspace.visit_checks.missed() == []


async def test_a_missed_check_out_of_a_colleague_stands_on_today_until_somebody_looked(
    opened: Windows, tmp_path: Path
):
    checks: list[VisitCheck] = []

    def fill(workspace: Workspace) -> None:
        youth = add_youth(workspace)
        colleague = StaffMember(
            case_id=AGENCY_CASE_ID, record_id=new_id(), display_name="Demo Colleague"
        )
        check = workspace.visit_checks.check_in(youth.case_id, minutes=30)
        with workspace.notebook.write() as records:
            records.save(colleague)
            checks.append(records.save(replace(check, staff_id=colleague.record_id)))

    desk = await open_desk(opened, tmp_path, fill)
    name = f"missed-{checks[0].record_id}"
    assert not desk.window.has(name)
    desk.clock.moment += timedelta(minutes=31)
    desk.window.controller.changed()
    await desk.window.until(lambda: desk.window.has(name))
    assert desk.window.shows(r"Demo Colleague has not checked out \(Maya\)")

    await desk.window.tap(f"handled-{checks[0].record_id}")

    await desk.window.until(lambda: not desk.window.has(name))
    assert desk.workspace.visit_checks.missed() == []
