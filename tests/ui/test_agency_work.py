"""The agency's numbers, trainings of its staff, and the backpacks that are left."""

from pathlib import Path

import pytest

from field_app.domain.records.agency_setting import SettingName
from field_app.domain.records.staff import TrainingTopic
from field_app.services.workspace import Workspace
from tests.ui.conftest import Windows
from tests.ui.work import Desk, add_youth, open_desk


async def settings_of(opened: Windows, folder: Path) -> Desk:
    desk = await open_desk(opened, folder, lambda w: add_youth(w))
    desk.window.controller.navigate("/more/settings")
    await desk.window.until(lambda: desk.window.has("agency-numbers"))
    return desk


async def test_a_number_of_the_agency_is_changed_and_the_others_are_left_alone(
    opened: Windows, tmp_path: Path
):
    desk = await settings_of(opened, tmp_path)
    window, agency = desk.window, desk.workspace.agency
    await window.tap("agency-numbers")
    await window.until(lambda: window.has("numbers-save"))
    assert window.by_id("number-visit-minutes").value == "120"
    await window.enter("number-visit-minutes", "ninety")
    await window.tap("numbers-save")
    await window.until(lambda: window.by_id("number-visit-minutes").error)
    await window.enter("number-visit-minutes", "90")
    await window.tap("numbers-save")
    await desk.saved()

    assert agency.number(SettingName.VISIT_MINUTES) == 90
    assert agency.number(SettingName.BACKPACKS_IN_STOCK) is None


@pytest.mark.requirement("PRA-24")
async def test_a_training_is_logged_and_its_hours_add_up(opened: Windows, tmp_path: Path):
    desk = await settings_of(opened, tmp_path)
    window, me = desk.window, desk.workspace.me.record_id
    await window.tap("trainings")
    await window.until(lambda: window.has("training-save"))
    await window.tap("training-save")
    await window.until(lambda: window.shows("Choose which training it was"))
    await window.tap("topic-grief_and_loss")
    await window.enter("training-hours", "6")
    await window.tap("training-save")
    await desk.saved()

    (training,) = desk.workspace.agency.trainings(me)
    assert (training.topic, training.hours) == (TrainingTopic.GRIEF_AND_LOSS, 6)
    await window.tap("trainings")
    await window.until(lambda: window.shows("^6 hours in all"))
    assert window.has(f"training-{training.record_id}")


@pytest.mark.requirement("FRP-07")
async def test_a_response_says_how_many_backpacks_are_left_where_they_are_counted(
    opened: Windows, tmp_path: Path
):
    def fill(workspace: Workspace) -> None:
        workspace.agency.set_number(SettingName.BACKPACKS_IN_STOCK, 2)

    desk = await open_desk(opened, tmp_path, fill)
    desk.window.controller.open_panel("add")
    await desk.window.settle()
    await desk.window.tap("start-response")

    await desk.window.until(lambda: desk.window.shows("^2 backpacks left$"))
