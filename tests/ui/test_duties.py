"""Duties of the law on screen: the reporter's steps, one's status, demands for records."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path

import pytest

from field_app.domain.records.duties import DemandKind, RecordsDemand
from field_app.domain.records.participant import Participant
from field_app.domain.records.staff import ReporterStatus
from field_app.services.workspace import Workspace
from tests.ui.conftest import Windows
from tests.ui.work import Desk, add_youth, open_desk

Fill = Callable[[Workspace, Participant], object]


async def desk_with_youth(
    opened: Windows, folder: Path, more: Fill = lambda workspace, youth: None
) -> tuple[Desk, Participant]:
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.append(add_youth(workspace))
        more(workspace, people[0])

    return await open_desk(opened, folder, fill), people[0]


def mandated(workspace: Workspace, youth: Participant) -> None:
    workspace.agency.set_reporter_status(workspace.me.record_id, ReporterStatus.YES, basis="law")


async def open_people(desk: Desk, youth: Participant) -> None:
    desk.window.controller.navigate(f"/caseload/{youth.case_id}")
    await desk.window.until(lambda: desk.window.has("part-people"))
    await desk.window.tap("part-people")


@pytest.mark.requirement("X-03", "DAT-23")
async def test_only_for_a_mandated_reporter_the_36_hours_run(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path, mandated)
    window = desk.window
    await open_people(desk, youth)
    await window.tap("report")
    await window.until(lambda: window.has("report-begin"))
    assert window.shows("You are a mandated reporter")
    assert not any(name.endswith(("note", "notes", "what")) for name in window.ids())

    await window.tap("report-begin")
    await desk.saved()

    (one,) = desk.workspace.reporting.of_case(youth.case_id)
    await window.until(lambda: window.has(f"steps-{one.record_id}-called"))
    assert one.written_due_at == desk.clock.moment + timedelta(hours=36)
    assert window.shows("36 h 0 min left")
    assert not window.has(f"steps-{one.record_id}-supervisor-told")

    await window.tap("panel-close")
    name = f"report-{one.record_id}"
    window.controller.navigate("/")
    await window.until(lambda: window.shows("Report about Maya"))
    await window.tap(f"{name}-called")
    await window.until(lambda: window.shows("^Called$"))
    await window.tap(f"{name}-written")
    await window.until(lambda: not window.has(name))
    assert desk.workspace.reporting.open() == []


@pytest.mark.parametrize("status", [ReporterStatus.NO, ReporterStatus.UNKNOWN])
async def test_everybody_else_is_led_to_the_supervisor_and_no_clock_runs(
    opened: Windows, tmp_path: Path, status: ReporterStatus
):
    desk, youth = await desk_with_youth(
        opened,
        tmp_path,
        lambda w, _: w.agency.set_reporter_status(w.me.record_id, status, basis="counsel"),
    )
    window = desk.window
    window.controller.open_panel("report", case_id=youth.case_id)
    await window.until(lambda: window.has("report-begin"))
    assert window.shows("Tell your supervisor now")
    await window.tap("report-begin")
    await desk.saved()
    (one,) = desk.workspace.reporting.of_case(youth.case_id)
    name = f"steps-{one.record_id}"
    await window.until(lambda: window.has(f"{name}-supervisor-told"))
    assert not window.shows("min left")
    assert not window.has(f"{name}-written")

    await window.tap(f"{name}-supervisor-told")
    await window.until(lambda: desk.workspace.reporting.open() == [])


async def test_steps_begun_by_mistake_are_taken_back(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    window = desk.window
    window.controller.open_panel("report", case_id=youth.case_id)
    await window.until(lambda: window.has("report-begin"))
    await window.tap("report-begin")
    await desk.saved()
    await window.tap("notice-undo")
    await window.until(lambda: desk.workspace.reporting.of_case(youth.case_id) == [])


async def test_a_status_needs_its_basis_and_is_shown_in_the_settings(
    opened: Windows, tmp_path: Path
):
    desk, _ = await desk_with_youth(opened, tmp_path)
    window = desk.window
    window.controller.navigate("/more/settings")
    await window.until(lambda: window.has("reporter-status"))
    assert window.shows("^Not decided yet$")
    await window.tap("reporter-status")
    await window.until(lambda: window.has("status-save"))
    await window.tap("reporter-status-no")
    await window.tap("status-save")
    await window.until(lambda: window.shows("Write a few words here"))
    await window.enter("reporter-basis", "advice of counsel")
    await window.tap("status-save")

    await window.until(lambda: window.shows("Not a mandated reporter · advice of counsel"))
    me = desk.workspace.reporting.me()
    assert me is not None
    assert me.mandated_reporter is ReporterStatus.NO


# --- demands for records ----------------------------------------------------------------------


def with_demand(workspace: Workspace, youth: Participant) -> None:
    workspace.demands.log(youth.case_id, DemandKind.SUBPOENA, from_whom="a law firm")


def only_demand(desk: Desk, youth: Participant) -> RecordsDemand:
    (demand,) = desk.workspace.demands.of_case(youth.case_id)
    return demand


@pytest.mark.requirement("X-05")
async def test_a_demand_is_logged_and_holds_the_case(opened: Windows, tmp_path: Path):
    desk, youth = await desk_with_youth(opened, tmp_path)
    window = desk.window
    await open_people(desk, youth)
    await window.tap("demands")
    await window.until(lambda: window.has("add-demand"))
    assert window.shows("Hand nothing over")
    await window.tap("add-demand")
    await window.tap("demand-save")
    await window.until(lambda: window.shows("Choose what came"))
    await window.tap("demand-kind-subpoena")
    await window.tap("demand-save")
    await window.until(lambda: window.shows("Write a few words here"))
    await window.enter("demand-from", "a law firm")
    await window.tap("demand-save")
    await desk.saved()

    demand = only_demand(desk, youth)
    assert (demand.demand, demand.from_whom) == (DemandKind.SUBPOENA, "a law firm")
    assert desk.workspace.demands.is_held(youth.case_id)
    assert window.shows("nothing is purged")
    assert desk.forms() == []


async def test_who_was_told_is_one_tap_each_and_the_hold_ends_with_a_reason(
    opened: Windows, tmp_path: Path
):
    desk, youth = await desk_with_youth(opened, tmp_path, with_demand)
    window, name = desk.window, f"demand-{only_demand(desk, youth).record_id}"
    today = desk.workspace.notebook.today()
    window.controller.navigate(f"/caseload/{youth.case_id}/demands")
    await window.until(lambda: window.has(f"{name}-participant-told-on"))
    await window.tap(f"{name}-participant-told-on")
    await window.until(lambda: window.shows("Participant told"))
    await window.tap(f"{name}-counsel-told-on")
    await window.until(lambda: window.shows("Lawyer told"))
    assert only_demand(desk, youth).participant_told_on == today
    assert only_demand(desk, youth).counsel_told_on == today

    await window.tap(f"{name}-outcome")
    await window.until(lambda: window.has("outcome-save"))
    await window.enter("demand-outcome", "the lawyer answers")
    await window.tap("outcome-save")
    await window.until(lambda: window.shows("^the lawyer answers$"))
    await window.tap(f"{name}-release")
    await window.until(lambda: window.shows("Why the hold ends"))
    await window.enter("demand-outcome", "withdrawn")
    await window.tap("outcome-save")
    await window.until(lambda: window.shows("hold has ended"))
    assert not desk.workspace.demands.is_held(youth.case_id)
