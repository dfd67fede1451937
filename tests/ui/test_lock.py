"""Lock, idle, background, curtain, quick exit: what a bystander must not see is gone."""

import asyncio
import threading

import flet as ft
import pytest

from field_app.app import FieldNotes
from field_app.ui import routes
from field_app.ui.components.frame import Tab, tab_page
from field_app.ui.components.panels import panel_page
from field_app.ui.context import use_app
from field_app.ui.controller import Elapsed
from field_app.ui.guard import guard, part, screen
from field_app.ui.state import Gate
from tests.ui.conftest import AppWindow, Windows
from tests.ui.fakes import PASSPHRASE, FakeDevicePreferences, FakeSession

SECRET = "Ana Perez"


@pytest.fixture(autouse=True)
def _a_screen_with_a_name(monkeypatch):
    """Put a name on Today, in a panel and behind a dialog, as the real screens do."""

    @screen
    def names() -> ft.View:
        app = use_app()
        app.workspace.preferences.get("language")
        is_asking, ask = ft.use_state(False)
        ft.use_dialog(ft.AlertDialog(title=ft.Text(SECRET)) if is_asking else None)
        return tab_page(
            tab=Tab.TODAY,
            title="-",
            body=[
                ft.Text(SECRET),
                ft.Semantics(
                    identifier="ask", content=ft.Button("?", on_click=guard(lambda: ask(True)))
                ),
            ],
        )

    @part
    def named(who: str) -> ft.Control:
        return panel_page(title=who, body=[])

    monkeypatch.setitem(routes.PANELS, "named", named)
    monkeypatch.setattr(routes, "TABS", (routes.TabRoute("", names), *routes.TABS[1:]))


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_elapsed_time_is_what_the_faster_clock_says():
    monotonic, wall = Clock(), Clock()
    elapsed = Elapsed(monotonic, wall)

    wall.now = 600.0  # the phone slept, and the monotonic clock with it
    assert elapsed.seconds == 600.0
    elapsed.mark()
    wall.now, monotonic.now = 0.0, 30.0  # the wall clock was set back
    assert elapsed.seconds == 30.0


async def test_locking_leaves_no_name_in_the_tree(opened: Windows):
    window = await opened(is_unlocked=True)
    await window.tap("ask")
    window.controller.tell(f"Saved for {SECRET}")
    window.controller.open_panel("named", who=SECRET)
    await window.settle()
    assert SECRET in window.everything()

    window.controller.lock()
    await window.settle()

    assert window.app_session.status == "locked"
    assert window.has("passphrase")
    assert SECRET not in window.everything()
    assert not [d for d in window.all(ft.AlertDialog) if d.open]


async def test_the_lock_button_is_on_every_screen(opened: Windows):
    window = await opened(is_unlocked=True)

    for route in ("/", "/sync", "/more", "/more/settings", "/more/settings/passphrase"):
        window.controller.navigate(route)
        await window.settle(20)
        assert window.has("lock"), route
        assert window.has("quick-exit"), route


async def test_an_untouched_window_locks_itself(opened: Windows):
    window = await opened(is_unlocked=True)
    clock = Clock()
    window.controller._idle = Elapsed(clock, clock)

    clock.now = 299.0
    window.controller.lock_when_idle()
    assert window.controller.state.gate is Gate.OPEN
    clock.now = 301.0
    window.controller.lock_when_idle()

    assert window.controller.state.gate is Gate.LOCKED


async def test_a_touch_puts_the_idle_lock_off(opened: Windows):
    window = await opened(is_unlocked=True)
    clock = Clock()
    window.controller._idle = Elapsed(clock, clock)

    clock.now = 200.0
    await window.tap("ask")
    clock.now = 400.0
    window.controller.lock_when_idle()

    assert window.controller.state.gate is Gate.OPEN


async def test_recovery_words_left_on_the_screen_are_locked_away_too(opened: Windows):
    window = await opened(exists=False)
    clock = Clock()
    window.controller._idle = Elapsed(clock, clock)
    window.app_session.start_alone(display_name="A", passphrase="B", language="en")
    window.controller.state.recovery_words = ("apple", "river")
    await window.settle()

    clock.now = 301.0
    window.controller.lock_when_idle()
    await window.settle()

    assert window.controller.state.gate is Gate.LOCKED
    assert "apple" not in window.everything()


@pytest.mark.parametrize(("away_seconds", "gate"), [(59, Gate.OPEN), (61, Gate.LOCKED)])
async def test_a_window_that_was_hidden_too_long_locks(opened: Windows, away_seconds, gate):
    window = await opened(is_unlocked=True)
    clock = Clock()
    window.controller._hidden = Elapsed(clock, clock)

    await window.lifecycle(ft.AppLifecycleState.HIDE)
    clock.now = float(away_seconds)
    await window.lifecycle(ft.AppLifecycleState.SHOW)

    assert window.controller.state.gate is gate


async def test_an_app_that_ends_locks(opened: Windows):
    window = await opened(is_unlocked=True)

    await window.lifecycle(ft.AppLifecycleState.DETACH)

    assert window.app_session.status == "locked"


async def test_a_curtain_hides_the_screen_from_the_app_switcher(opened: Windows):
    window = await opened(is_unlocked=True, platform="ios")
    sheet = window.page.overlay[0]
    assert sheet.visible is False

    await window.lifecycle(ft.AppLifecycleState.INACTIVE)
    assert sheet.visible is True
    await window.lifecycle(ft.AppLifecycleState.RESUME)

    assert sheet.visible is False
    assert window.controller.state.gate is Gate.OPEN


async def test_no_name_stands_in_a_bar_or_a_sheet_behind_the_curtain(opened: Windows):
    window = await opened(is_unlocked=True, platform="ios")
    window.controller.open_panel("named", who=SECRET)
    await window.settle(20)
    assert SECRET in window.texts()

    await window.lifecycle(ft.AppLifecycleState.INACTIVE)
    await window.settle(20)

    assert window.all(ft.BottomSheet)[0].content.visible is False
    assert [bar.title.value for bar in window.all(ft.AppBar)] == ["Field Notes"]
    await window.lifecycle(ft.AppLifecycleState.RESUME)
    await window.settle(20)
    assert SECRET in window.texts()


async def test_a_page_that_comes_back_has_no_curtain(opened: Windows):
    window = await opened(is_unlocked=True, web=True)

    await window.lifecycle(ft.AppLifecycleState.HIDE)
    await window.fire(window.page, "disconnect")
    await window.unlock()

    assert window.page.overlay[0].visible is False
    assert window.controller.state.is_curtained is False


async def test_a_laptop_window_out_of_focus_keeps_its_screen(opened: Windows):
    window = await opened(is_unlocked=True, platform="linux")

    await window.lifecycle(ft.AppLifecycleState.INACTIVE)

    assert window.page.overlay[0].visible is False


async def test_drafts_are_kept_before_the_lock_and_when_hidden(opened: Windows):
    window = await opened(is_unlocked=True)
    drafts = window.app_session.kept.drafts
    forget = window.controller.before_lock(lambda: drafts.save("log", {"n": len(drafts.kept)}))

    await window.lifecycle(ft.AppLifecycleState.HIDE)
    assert drafts.load("log") == {"n": 0}
    await window.lifecycle(ft.AppLifecycleState.SHOW)
    forget()
    drafts.discard("log")
    window.controller.lock()

    assert drafts.load("log") is None


async def test_a_draft_that_cannot_be_kept_does_not_hold_the_lock_open(opened: Windows):
    window = await opened(is_unlocked=True)

    def fail() -> None:
        raise OSError(SECRET)

    window.controller.before_lock(fail)
    window.controller.lock()

    await window.until(lambda: window.app_session.status == "locked")


async def exit_from(window: AppWindow) -> None:
    await window.tap("quick-exit")
    await window.until(lambda: window.app_session.status != "open")


async def test_quick_exit_shows_an_empty_sheet_and_locks(opened: Windows):
    window = await opened(is_unlocked=True)
    window.controller.navigate("/more/settings")
    await window.settle(20)

    await exit_from(window)

    assert window.controller.state.gate is Gate.AWAY
    assert SECRET not in window.everything()
    assert window.page.route == "/"
    assert not window.shows("Unlock|Passphrase|Field")
    await window.tap("away-open")
    assert window.has("passphrase")


async def test_quick_exit_in_a_browser_goes_to_another_address(opened: Windows):
    window = await opened(is_unlocked=True, web=True)

    await exit_from(window)

    launched = [arguments for name, arguments in window.connection.calls if name == "launch_url"]
    assert [(a["url"], a["web_only_window_name"]) for a in launched] == [("/exit.html", "_self")]


async def test_quick_exit_on_the_first_run_comes_back_to_it(opened: Windows):
    window = await opened(exists=False)

    await window.tap("quick-exit")
    await window.tap("away-open")

    assert window.has("start")


async def test_quick_exit_while_the_store_opens_does_not_let_it_open(opened: Windows):
    class SlowSession(FakeSession):
        async_release: asyncio.Event

        def unlock(self, passphrase, progress=None) -> None:
            asyncio.run_coroutine_threadsafe(self.async_release.wait(), self.loop).result(5)
            super().unlock(passphrase, progress)

    session = SlowSession()
    session.async_release, session.loop = asyncio.Event(), asyncio.get_running_loop()
    window = await opened(session=session)
    await window.enter("passphrase", session.passphrase)
    unlocking = asyncio.create_task(window.tap("unlock"))
    await window.until(lambda: window.by_id("unlock").disabled)

    await window.tap("quick-exit")
    session.async_release.set()
    await unlocking
    await window.until(lambda: session.status == "open" or window.controller.state.gate)

    assert window.controller.state.gate is Gate.AWAY
    assert SECRET not in window.everything()


async def test_a_browser_that_disconnects_finds_the_locked_door(opened: Windows):
    window = await opened(is_unlocked=True)

    await window.fire(window.page, "disconnect")

    assert window.app_session.status == "locked"
    assert window.has("passphrase")
    assert SECRET not in window.everything()


async def test_what_was_typed_at_the_door_does_not_come_back_with_a_reload(opened: Windows):
    window = await opened()
    await window.enter("passphrase", "violin har")

    await window.fire(window.page, "disconnect")

    assert window.by_id("passphrase").value == ""
    assert "violin har" not in window.everything()


async def test_no_name_stands_in_the_title(opened: Windows):
    window = await opened(is_unlocked=True)

    assert window.page.title == "Field Notes"


async def test_a_window_whose_notes_were_locked_from_elsewhere_goes_to_the_door(opened: Windows):
    window = await opened(is_unlocked=True)
    window.app_session.lock()

    window.controller.lock_when_idle()
    await window.settle()

    assert window.controller.state.gate is Gate.LOCKED
    assert SECRET not in window.everything()


async def two_open_windows(opened: Windows) -> tuple[AppWindow, AppWindow]:
    """Two windows of one app, both with names on screen: the older unlocked again by its person."""
    session = FakeSession()
    app = FieldNotes(session, FakeDevicePreferences())
    older = await opened(session=session, app=app, is_unlocked=True)
    newer = await opened(session=session, app=app, is_unlocked=True)
    await older.until(lambda: older.has("passphrase"))
    await older.unlock()
    assert SECRET in older.everything()
    assert SECRET in newer.everything()
    return older, newer


async def test_a_lock_empties_every_window_at_the_same_moment(opened: Windows):
    older, newer = await two_open_windows(opened)
    older.controller.open_panel("named", who=SECRET)
    await older.settle(20)

    newer.controller.lock()

    gates = [window.controller.state.gate for window in (older, newer)]
    assert gates == [Gate.LOCKED, Gate.LOCKED]  # before anything else had a turn
    for window in (older, newer):
        await window.settle(20)
        assert SECRET not in window.everything()
        assert window.has("passphrase")


async def test_a_quick_exit_locks_the_other_windows_and_empties_its_own(opened: Windows):
    older, newer = await two_open_windows(opened)

    await exit_from(newer)
    await older.settle(20)

    assert newer.controller.state.gate is Gate.AWAY
    assert older.controller.state.gate is Gate.LOCKED
    assert SECRET not in older.everything()


async def test_drafts_of_every_window_are_kept_before_the_store_closes(opened: Windows):
    older, newer = await two_open_windows(opened)
    kept: list[tuple[str, str]] = []
    for name, window in (("older", older), ("newer", newer)):
        window.controller.before_lock(
            lambda name=name: kept.append((name, newer.app_session.status))
        )

    newer.controller.lock()

    assert sorted(kept) == [("newer", "open"), ("older", "open")]


async def test_closing_a_window_that_stood_at_the_door_locks_no_other(opened: Windows):
    session = FakeSession()
    app = FieldNotes(session, FakeDevicePreferences())
    older = await opened(session=session, app=app)
    newer = await opened(session=session, app=app, is_unlocked=True)

    await older.fire(older.page, "disconnect")
    older.controller.close()
    await newer.settle(20)

    assert newer.controller.state.gate is Gate.OPEN
    assert session.status == "open"


class SlowToClose(FakeSession):
    """Closes when it is let; says in which order things were done."""

    def __init__(self) -> None:
        super().__init__()
        self.may_close = threading.Event()
        self.may_close.set()
        self.done: list[str] = []

    def lock(self) -> None:
        assert self.may_close.wait(10)
        super().lock()
        self.done.append("lock")

    def unlock(self, passphrase, progress=None) -> None:
        super().unlock(passphrase, progress)
        self.done.append("unlock")


async def test_no_screen_waits_for_the_store_to_close(opened: Windows):
    session = SlowToClose()
    window = await opened(session=session, is_unlocked=True)
    session.may_close.clear()

    window.controller.lock()
    await window.settle(20)

    assert session.status == "open"  # still closing
    assert SECRET not in window.everything()
    assert window.has("passphrase")
    session.may_close.set()
    await window.until(lambda: session.status == "locked")


async def test_an_unlock_comes_after_the_lock_that_came_before_it(opened: Windows):
    session = SlowToClose()
    window = await opened(session=session, is_unlocked=True)
    session.done.clear()
    session.may_close.clear()
    window.controller.lock()
    await window.settle(20)

    await window.enter("passphrase", PASSPHRASE)
    unlocking = asyncio.create_task(window.tap("unlock"))
    await window.settle(20)
    assert session.done == []
    session.may_close.set()
    await unlocking
    await window.until(lambda: window.controller.state.gate is Gate.OPEN)

    assert session.done == ["lock", "unlock"]


async def test_a_lock_that_fails_inside_still_shows_the_door(opened: Windows, caplog):
    class Untidy(FakeSession):
        def lock(self) -> None:
            super().lock()
            if self.wrong_tries:
                raise OSError(SECRET)

    session = Untidy()
    window = await opened(session=session, is_unlocked=True)
    session.wrong_tries = 1

    window.controller.lock()
    await window.until(lambda: "OSError" in caplog.text)

    assert window.has("passphrase")
    assert SECRET not in caplog.text
