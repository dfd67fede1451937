"""Too long without the centre: old cases are closed, writing and new cases stay open."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from field_app.domain.records.participant import Participant
from field_app.domain.records.staff import ReporterStatus
from field_app.domain.vocabulary import Channel, Outcome
from field_app.services.lease import Lease as RealLease
from field_app.services.sync import SyncService
from field_app.services.sync_loop import SyncLoop
from field_app.services.sync_state import SyncState
from field_app.services.team import TeamService
from field_app.services.workspace import Workspace
from field_app.ui.routes import TABS
from tests.ui.conftest import Windows
from tests.ui.harness import LAPTOP, PHONE
from tests.ui.work import FRIDAY, Desk, add_contact, add_youth, days, open_desk

NOTE = "she laughed about the bus"


@dataclass
class Lease:
    """A lease that a test ends, and the old cases of it."""

    is_over: bool = True
    old: set[str] = field(default_factory=set)
    synced: list[bool] = field(default_factory=list)


@pytest.fixture
def lease(monkeypatch: pytest.MonkeyPatch) -> Lease:
    lease = Lease()

    def hides(_self: RealLease, about: Iterable[str]) -> bool:
        return lease.is_over and any(case in text for case in lease.old for text in about)

    monkeypatch.setattr(RealLease, "hides", hides)
    monkeypatch.setattr(RealLease, "is_over", lambda _self: lease.is_over)
    monkeypatch.setattr(SyncService, "start", lambda _self: None)
    monkeypatch.setattr(TeamService, "role", lambda _self: "advocate")
    monkeypatch.setattr(SyncLoop, "hurry", lambda _self: lease.synced.append(True))
    state = SyncState(True, reached_at=FRIDAY - days(20), lease_over=True)
    monkeypatch.setattr(SyncService, "state", lambda _self: state)
    return lease


@dataclass
class People:
    """An old case and one that was opened since the centre last answered."""

    old: Participant
    new: Participant


async def leased_desk(
    opened: Windows, folder: Path, lease: Lease, size: tuple[int, int] = PHONE
) -> tuple[Desk, People]:
    people: list[Participant] = []

    def fill(workspace: Workspace) -> None:
        people.extend([add_youth(workspace, "Maya"), add_youth(workspace, "Lia")])
        add_contact(workspace, people[0], note=NOTE)
        lease.old.add(people[0].case_id)

    lease.is_over = False
    desk = await open_desk(opened, folder, fill, size=size)
    desk.workspace.sync.is_enrolled = True
    lease.is_over = True
    desk.window.controller.changed()
    desk.window.controller.syncing.shown.state = desk.workspace.sync.state()
    await desk.window.until(lambda: desk.window.has("lease"))
    return desk, People(*people)


async def go(desk: Desk, route: str) -> None:
    desk.window.controller.navigate(route)
    await desk.window.settle()


@pytest.mark.parametrize("size", [PHONE, LAPTOP])
async def test_today_says_why_the_cases_are_closed_and_how_they_open(
    opened: Windows, tmp_path: Path, lease: Lease, size: tuple[int, int]
):
    desk, people = await leased_desk(opened, tmp_path, lease, size)

    assert desk.window.shows("Its cases stay closed until the next sync")
    assert desk.window.shows(r"^The center last answered: Sat, Oct 31")
    assert not [i for i in desk.window.ids() if i.startswith("due-")]
    assert "Maya" not in desk.window.everything()
    assert desk.window.has(f"person-{people.new.case_id}")

    await desk.window.tap("lease-sync")
    assert lease.synced == [True]


@pytest.mark.parametrize("size", [PHONE, LAPTOP])
async def test_no_page_of_an_old_case_opens(
    opened: Windows, tmp_path: Path, lease: Lease, size: tuple[int, int]
):
    desk, people = await leased_desk(opened, tmp_path, lease, size)
    paths = [d.path for tab in TABS for d in tab.details if ":case_id" in d.path]
    assert len(paths) > 5
    for path in paths:
        parts = {":case_id": people.old.case_id, ":plan_id": "none", ":kind": "advocacy"}
        route = "/".join(parts.get(part, part) for part in path.split("/"))

        await go(desk, f"/caseload/{route}")

        assert desk.window.has("lease"), path
        assert "Maya" not in desk.window.everything(), path
        assert NOTE not in desk.window.everything(), path
    await go(desk, "/more/fund")
    assert desk.window.has("lease")


async def test_no_panel_of_an_old_case_opens(opened: Windows, tmp_path: Path, lease: Lease):
    desk, people = await leased_desk(opened, tmp_path, lease)
    for panel in ("dial", "person", "close", "safe"):
        desk.window.controller.open_panel(panel, case_id=people.old.case_id)
        await desk.window.settle()

        assert "Maya" not in desk.window.everything(), panel
        assert len(desk.window.all_by_id("lease")) == 2, panel  # behind it, and in it


async def test_a_case_opened_since_then_stays_open(opened: Windows, tmp_path: Path, lease: Lease):
    desk, people = await leased_desk(opened, tmp_path, lease)

    await desk.window.tap(f"person-{people.new.case_id}")
    await desk.window.until(lambda: desk.window.has("part-overview"))

    assert desk.window.shows("^Lia$")


async def test_a_report_that_was_begun_keeps_its_clock_in_sight(
    opened: Windows, tmp_path: Path, lease: Lease
):
    desk, people = await leased_desk(opened, tmp_path, lease)
    workspace = desk.workspace
    workspace.agency.set_reporter_status(workspace.me.record_id, ReporterStatus.YES, basis="law")
    begun = workspace.reporting.learned(people.old.case_id, at=FRIDAY)
    desk.window.controller.changed()

    await desk.window.until(lambda: desk.window.has(f"report-{begun.record_id}"))


async def test_a_contact_with_somebody_of_an_old_case_can_still_be_logged(
    opened: Windows, tmp_path: Path, lease: Lease
):
    desk, people = await leased_desk(opened, tmp_path, lease)
    desk.workspace.plans.add_goal(people.old.case_id, "learn to swim")
    desk.window.controller.open_panel("add")
    await desk.window.until(lambda: desk.window.has(f"add-contact-{people.old.case_id}"))

    await desk.window.tap(f"add-contact-{people.old.case_id}")
    await desk.window.until(lambda: desk.window.has("channel-phone"))
    await desk.window.tap("channel-face_to_face")
    assert NOTE not in desk.window.everything()
    assert "learn to swim" not in desk.window.everything()
    await desk.window.tap("channel-phone")
    await desk.window.tap("outcome-reached")
    await desk.saved()

    assert (
        desk.contacts(people.old.case_id)[0].channel,
        desk.contacts(people.old.case_id)[0].outcome,
    ) == (
        Channel.PHONE,
        Outcome.REACHED,
    )


async def test_the_next_sync_opens_everything_again(opened: Windows, tmp_path: Path, lease: Lease):
    desk, _ = await leased_desk(opened, tmp_path, lease)

    lease.is_over = False
    desk.window.controller.changed()
    await desk.window.until(lambda: not desk.window.has("lease"))

    assert desk.window.shows("Maya")
