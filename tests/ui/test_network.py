"""What the platform tells of the network: sync goes on with one, pictures wait for Wi-Fi."""

from pathlib import Path

import pytest

from field_app.services.sync import SyncService
from field_app.services.sync_loop import SyncLoop
from field_app.services.sync_state import SyncState
from tests.ui.conftest import Windows
from tests.ui.work import Desk, open_desk


@pytest.fixture
def nudges(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Let a device count as enrolled without a centre; say when a sync is asked for."""
    asked: list[bool] = []
    monkeypatch.setattr(SyncService, "start", lambda _self: None)
    monkeypatch.setattr(SyncLoop, "nudge", lambda _self: asked.append(True))
    monkeypatch.setattr(SyncService, "state", lambda _self: SyncState(True))
    return asked


async def desk_on(opened: Windows, folder: Path, networks: list[str] | None) -> Desk:
    desk = await open_desk(opened, folder)
    desk.workspace.sync.is_enrolled = True
    desk.window.connection.answers["get_connectivity"] = networks
    await desk.window.controller.syncing.begin()
    await desk.window.until(
        lambda: "get_connectivity" in [name for name, _ in desk.window.connection.calls]
    )
    await desk.window.settle()
    return desk


async def changes(desk: Desk, *networks: str) -> None:
    watch = desk.window.controller.syncing._network
    assert watch._service is not None
    await desk.window.fire(watch._service, "change", {"connectivity": list(networks)})


@pytest.mark.parametrize(
    ("networks", "is_free", "is_there"),
    [
        (["wifi"], True, True),
        (["ethernet", "vpn"], True, True),
        (["mobile"], False, True),
        (["none"], False, False),
        (None, None, False),  # a platform that does not tell
    ],
)
async def test_the_kind_of_network_is_asked_for_when_the_app_opens(
    opened: Windows,
    tmp_path: Path,
    nudges: list[bool],
    networks: list[str] | None,
    is_free: bool | None,
    is_there: bool,
):
    desk = await desk_on(opened, tmp_path, networks)

    assert desk.workspace.sync.loop.network_is_free is is_free
    assert bool(nudges) is is_there


async def test_sync_goes_on_when_a_network_is_back_and_that_is_nobody_s_touch(
    opened: Windows, tmp_path: Path, nudges: list[bool], monkeypatch: pytest.MonkeyPatch
):
    desk = await desk_on(opened, tmp_path, ["none"])
    touches: list[bool] = []
    monkeypatch.setattr(desk.window.controller, "touch", lambda: touches.append(True))

    await changes(desk, "mobile")
    assert (nudges, desk.workspace.sync.loop.network_is_free) == ([True], False)
    await changes(desk, "none")
    assert nudges == [True]
    await changes(desk, "wifi")

    assert (nudges, desk.workspace.sync.loop.network_is_free) == ([True, True], True)
    assert touches == [], "the idle lock would never close on a bad line"


async def test_a_locked_app_takes_nothing_of_the_network_in(
    opened: Windows, tmp_path: Path, nudges: list[bool]
):
    desk = await desk_on(opened, tmp_path, ["none"])
    desk.window.controller.lock()
    await desk.window.until(lambda: desk.window.has("unlock"))

    await changes(desk, "wifi")

    assert nudges == []


async def test_pictures_come_by_themselves_on_wifi_or_on_any_network_as_chosen(
    opened: Windows, tmp_path: Path, nudges: list[bool]
):
    desk = await desk_on(opened, tmp_path, ["mobile"])
    may_download = desk.workspace.sync._may_download
    assert not may_download()
    await changes(desk, "wifi")
    assert may_download()
    await changes(desk, "mobile")
    desk.window.controller.navigate("/more/settings")
    await desk.window.until(lambda: desk.window.has("pictures-any"))

    await desk.window.tap("pictures-any")

    await desk.window.until(may_download)


async def test_a_device_alone_is_not_asked_about_pictures_of_others(
    opened: Windows, tmp_path: Path
):
    desk = await open_desk(opened, tmp_path)
    desk.window.controller.navigate("/more/settings")
    await desk.window.until(lambda: desk.window.has("idle-lock-5"))

    assert not desk.window.has("pictures-any")
