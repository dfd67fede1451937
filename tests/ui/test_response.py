"""A first response: one tap starts it, one tap arrives, and every step is one tap."""

from datetime import timedelta
from pathlib import Path

import pytest

from field_app.domain.records.first_response import (
    BackpackItem,
    LateReason,
    Necessity,
    PlacementType,
)
from field_app.domain.records.service import FirstResponse
from field_app.services.workspace import Workspace
from field_app.ui.components.live_clock import time_left_words
from tests.ui.conftest import Windows
from tests.ui.work import Desk, add_youth, open_desk


def only_response(desk: Desk) -> FirstResponse:
    (response,) = desk.workspace.responses.running()
    return response


async def started(opened: Windows, tmp_path: Path) -> Desk:
    desk = await open_desk(opened, tmp_path)
    desk.window.controller.open_panel("add")
    await desk.window.settle()
    await desk.window.tap("start-response")
    await desk.window.until(lambda: desk.window.has("arrive"))
    return desk


async def test_one_tap_starts_a_response_for_a_youth_not_yet_known(opened: Windows, tmp_path: Path):
    desk = await started(opened, tmp_path)

    assert only_response(desk).called_at == desk.clock()
    assert desk.window.shows("1 h 30 min left")
    assert desk.window.shows("72 h 0 min left")


async def test_one_tap_says_i_am_here(opened: Windows, tmp_path: Path):
    desk = await started(opened, tmp_path)
    desk.clock.moment += timedelta(minutes=70)

    await desk.window.tap("arrive")
    await desk.window.until(lambda: desk.window.has("plan-made"))

    assert only_response(desk).arrived_at == desk.clock()
    assert desk.window.shows("Arrived 70 minutes after the call")
    assert not desk.window.has("late-reason-traffic")


async def test_a_late_arrival_asks_for_its_reason(opened: Windows, tmp_path: Path):
    desk = await started(opened, tmp_path)
    desk.clock.moment += timedelta(minutes=91)

    await desk.window.tap("arrive")
    await desk.window.until(lambda: desk.window.has("late-reason-traffic"))
    await desk.window.tap("late-reason-traffic")
    await desk.window.until(lambda: bool(only_response(desk).late_reason))

    assert only_response(desk).late_reason == LateReason.TRAFFIC.value


async def test_each_thing_given_is_one_tap_and_a_second_takes_it_back(
    opened: Windows, tmp_path: Path
):
    desk = await started(opened, tmp_path)

    await desk.window.tap("necessities-water")
    await desk.window.until(lambda: only_response(desk).necessities == (Necessity.WATER,))
    await desk.window.tap("backpack-blanket")
    await desk.window.until(lambda: only_response(desk).backpack == (BackpackItem.BLANKET,))
    await desk.window.tap("necessities-water")
    await desk.window.until(lambda: only_response(desk).necessities == ())
    await desk.window.tap("parties-csw")
    await desk.window.until(lambda: [p.role for p in only_response(desk).parties] == ["csw"])
    await desk.window.tap("placement-shelter")
    await desk.window.until(lambda: only_response(desk).placement is PlacementType.SHELTER)
    await desk.window.tap("hub-declined")
    await desk.window.until(lambda: only_response(desk).medical_hub_outcome == "declined")

    assert only_response(desk).medical_hub_at == desk.clock()


async def test_the_plan_and_the_meetings_are_noted_with_their_time(opened: Windows, tmp_path: Path):
    desk = await started(opened, tmp_path)
    await desk.window.tap("arrive")
    await desk.window.until(lambda: desk.window.has("plan-made"))

    await desk.window.tap("plan-made")
    await desk.window.until(lambda: only_response(desk).safety_plan_at is not None)
    await desk.window.tap("initial-mdt")
    await desk.window.until(lambda: only_response(desk).initial_mdt_at is not None)

    assert not desk.window.has("plan-made")


async def test_a_hand_over_keeps_its_draft_until_it_is_saved(opened: Windows, tmp_path: Path):
    desk = await started(opened, tmp_path)
    await desk.window.tap("fold-hand-off")
    await desk.window.tap("hand-off-save")
    await desk.window.settle()
    assert only_response(desk).hand_offs == ()

    await desk.window.enter("hand-off-to", "Demo Night Shift")
    await desk.window.tap("hand-off-save")
    await desk.window.until(lambda: bool(only_response(desk).hand_offs))

    assert only_response(desk).hand_offs[0].to_name == "Demo Night Shift"


async def test_a_response_of_a_known_youth_goes_on_after_a_lock(opened: Windows, tmp_path: Path):
    def prepare(workspace: Workspace) -> None:
        workspace.responses.start(add_youth(workspace).case_id)

    desk = await open_desk(opened, tmp_path, prepare)
    desk.clock.moment += timedelta(minutes=30)
    desk.window.controller.lock()
    await desk.window.settle()
    await desk.unlock()

    assert desk.window.shows("1 h 0 min left")


@pytest.mark.parametrize(
    ("left", "words"),
    [
        (timedelta(hours=71, minutes=59), "71 h 59 min left"),
        (timedelta(minutes=62), "1 h 2 min left"),
        (timedelta(minutes=12, seconds=30), "12 min left"),
        (timedelta(minutes=9, seconds=5), "9:05 min left"),
        (timedelta(minutes=-1, seconds=-1), "1:01 min late"),
    ],
)
def test_time_left_is_said_with_seconds_only_when_they_matter(left: timedelta, words: str):
    assert time_left_words(left) == words


@pytest.mark.requirement("FRP-10")
async def test_how_long_somebody_stays_close_is_one_tap_and_ends_with_one(
    opened: Windows, tmp_path: Path
):
    desk = await started(opened, tmp_path)
    window, response = desk.window, only_response(desk)
    assert response.called_at is not None
    await window.tap("close-hours-24")
    await desk.saved()
    assert only_response(desk).available_until == response.called_at + timedelta(hours=24)

    await window.tap("notice-undo")
    await window.until(
        lambda: only_response(desk).available_until == response.called_at + timedelta(hours=72)
    )
    await window.tap("not-needed")
    await window.until(lambda: window.shows("needed nobody close any more"))
    assert only_response(desk).not_needed_at == desk.clock.moment
    assert not window.has("close-hours-24")


@pytest.mark.requirement("FRP-04", "FRP-22")
async def test_what_others_did_is_written_down_with_its_time(opened: Windows, tmp_path: Path):
    desk = await started(opened, tmp_path)
    window = desk.window
    await window.tap("csw-arrived")
    await window.until(lambda: window.shows("^The CSW came: today"))
    await window.tap("hotline-law_enforcement")
    await window.until(lambda: only_response(desk).hotline_called_by == "law_enforcement")
    first = only_response(desk).hotline_called_at

    desk.clock.moment += timedelta(minutes=20)
    await window.tap("hotline-self")
    await window.until(lambda: only_response(desk).hotline_called_by == "self")

    assert only_response(desk).hotline_called_at == first == only_response(desk).csw_arrived_at
