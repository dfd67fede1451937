"""Owns one window from its first frame to its last: gate, lock, idle and background watch, exit.

Screens reach it with `use_app()`. Its rule: what a person must not see is gone from the client's
tree before anything else happens.
"""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, ParamSpec, TypeVar

import flet as ft

from field_app.errors import LockedError
from field_app.locales.catalog import LANGUAGES
from field_app.services.workspace import Workspace
from field_app.ui import theme as themes
from field_app.ui import tokens
from field_app.ui.bridge import UiBridge
from field_app.ui.clipboard import SecretClipboard
from field_app.ui.guard import guard
from field_app.ui.i18n import CONTROLLER_KEY, t
from field_app.ui.ports import DevicePreferences, Enrolment, Session
from field_app.ui.state import AppState, Gate, HandedOver, Notice, NoticeKind, Panel
from field_app.ui.syncing import Syncing
from field_app.ui.theme import ThemeChoice
from field_app.ui.windows import Windows

log = logging.getLogger(__name__)

P = ParamSpec("P")
R = TypeVar("R")

EXIT_PAGE = "/exit.html"  # in assets/: an empty note sheet that keeps no history of its own
WATCH_SECONDS = 1.0  # how often the idle watch looks; the lock may be that much late
PHONES = (ft.PagePlatform.ANDROID, ft.PagePlatform.IOS)


@dataclass(frozen=True)
class LockTimes:
    """After how long an untouched or hidden window locks itself."""

    idle_seconds: float = 300
    background_seconds: float = 60


class Elapsed:
    """Seconds since a mark, by whichever of two clocks says more.

    The monotonic clock may stand still while a phone sleeps, and the wall clock may be set back.
    """

    def __init__(
        self,
        monotonic: Callable[[], float] = time.monotonic,
        wall: Callable[[], float] = time.time,
    ) -> None:
        self._monotonic, self._wall = monotonic, wall
        self.mark()

    def mark(self) -> None:
        """Start to count from now."""
        self._since = (self._monotonic(), self._wall())

    @property
    def seconds(self) -> float:
        """Seconds since the mark."""
        since_monotonic, since_wall = self._since
        return max(self._monotonic() - since_monotonic, self._wall() - since_wall)


class Controller:
    """The life of one window over one session of the services."""

    def __init__(
        self,
        page: ft.Page,
        session: Session,
        device_preferences: DevicePreferences,
        *,
        root: Callable[["Controller"], Any],
        windows: Windows | None = None,
        enrolment: Enrolment | None = None,
        elapsed: Callable[[], Elapsed] = Elapsed,
        now: Callable[[], datetime] = lambda: datetime.now().astimezone(),
    ) -> None:
        self.page = page
        self.session = session
        self.device_preferences = device_preferences
        self.state = AppState(
            gate=self._closed_gate(),
            language=device_preferences.language,
            theme=ThemeChoice(device_preferences.theme),
        )
        self.bridge = UiBridge(page)
        self.syncing = Syncing(self)
        self.secrets = SecretClipboard(page)
        self.enrolment = enrolment
        self.now = now
        self._root = root
        self._windows = windows or Windows(session)
        self._idle = elapsed()
        self._hidden = elapsed()
        self._is_hidden = False
        self._lock_times = LockTimes()
        # Chosen at the locked door in this window: an explicit choice, which the person's kept
        # settings do not take back on opening.
        self._chosen_at_door: dict[str, str] = {}
        self._before_lock: list[Callable[[], None]] = []
        self._watch: Any = None

    # --- life of the window -----------------------------------------------------------------

    def start(self) -> None:
        """Set the page up and draw its first view."""
        page = self.page
        page.session.store.set(CONTROLLER_KEY, self)
        self._windows.lock()  # a new window starts at the locked door, whatever another left open
        self._windows.add(self)
        self._dress()
        page.on_resize = self._on_resize
        page.on_keyboard_event = self.touch
        page.on_app_lifecycle_state_change = guard(self._on_lifecycle)
        page.on_connect = guard(self._on_connect)
        page.on_disconnect = guard(self._on_disconnect)
        page.on_close = self.close
        page.overlay.append(self._curtain())
        self._on_resize()
        page.render_views(self._root, self)
        self._watch = page.run_task(self._watch_idle)

    def close(self) -> None:
        """Lock and let go of the window; called when its session ends."""
        self.bridge.close()
        self._lock_if_shown()
        self._windows.remove(self)
        if self._watch is not None:
            self._watch.cancel()

    def _dress(self) -> None:
        page = self.page
        page.title = t("app.name")
        page.locale_configuration = ft.LocaleConfiguration(
            supported_locales=[ft.Locale(code) for code in LANGUAGES],
            current_locale=ft.Locale(self.state.language),
        )
        themes.apply(page, self.state.theme)

    def _on_resize(self) -> None:
        width = self.page.width or 0
        self.state.is_wide = width >= tokens.WIDE_FROM
        self.state.is_roomy = width >= tokens.ROOMY_FROM

    def _on_connect(self) -> None:
        if self.state.gate is Gate.AWAY:
            self.state.gate = self._closed_gate()

    def _on_disconnect(self) -> None:
        # A disconnected session drops its updates, and a reconnect replays the tree as it was:
        # so the tree is built anew, locked (notes of Flet 1.0.5; only the browser reconnects).
        self._lock_if_shown()
        self.state.locks += 1  # what was typed at the door goes as well
        # A page that is left is hidden first, and the one that comes back never says it is shown.
        self._is_hidden = False
        self.state.is_curtained = self._curtain_sheet.visible = False
        self.page.render_views(self._root, self)

    def _on_lifecycle(self, event: ft.AppLifecycleStateChangeEvent) -> None:
        states = ft.AppLifecycleState
        if event.state in (states.HIDE, states.PAUSE):
            if not self._is_hidden:
                self._is_hidden = True
                self._hidden.mark()
            self._run_before_lock()
            self._draw_curtain(True)
            self._windows.keep_place()
        elif event.state is states.INACTIVE and self.page.platform in PHONES:
            self._draw_curtain(True)  # the app switcher takes its picture now
        elif event.state in (states.SHOW, states.RESUME):
            was_long = self._hidden.seconds > self._lock_times.background_seconds
            if self._is_hidden and was_long and self.state.gate is Gate.OPEN:
                self.lock()
            self._is_hidden = False
            self._draw_curtain(False)
            self.syncing.nudge()
        elif event.state is states.DETACH:
            self.lock()

    async def _watch_idle(self) -> None:
        while True:
            await asyncio.sleep(WATCH_SECONDS)
            self.lock_when_idle()

    def lock_when_idle(self) -> None:
        """Lock when nobody has touched anything for the time set in the settings.

        A window whose notes were locked from elsewhere, as by another window, follows at once.
        """
        if self.state.gate is Gate.OPEN and self.session.status != "open":
            self.lock()
            return
        # The recovery words are shown while the store is open already: that counts as well.
        if self.session.status != "open":
            return
        if self._idle.seconds > self._lock_times.idle_seconds:
            self.lock()

    # --- the gate ---------------------------------------------------------------------------

    def _closed_gate(self) -> Gate:
        return Gate.FIRST_RUN if self.session.status == "new" else Gate.LOCKED

    async def opened(self) -> None:
        """Let the person in: called after the services opened the store.

        Nothing happens when it was locked again meanwhile, as by a quick exit while it opened.
        """
        await self._windows.ready()
        if not self._may_open():
            return
        preferences = self.workspace.preferences
        for name, value in self._chosen_at_door.items():
            await self.run(preferences.set, name, value)
        if not self._may_open():
            return
        self._chosen_at_door.clear()
        language, theme = preferences.get("language"), ThemeChoice(preferences.get("theme"))
        self._read_lock_times()
        self.touch()
        self.state.recovery_words = ()
        self.state.revision += 1
        self.state.gate = Gate.OPEN
        if (language, theme) != (self.state.language, self.state.theme):
            self.state.language, self.state.theme = language, theme
            self._dress()
            self.page.update()
        await self.syncing.begin()

    def _may_open(self) -> bool:
        return self.session.status == "open" and self.state.gate is not Gate.AWAY

    def _read_lock_times(self) -> None:
        preferences = self.workspace.preferences
        self._lock_times = LockTimes(
            idle_seconds=60 * preferences.get("idle_lock_minutes"),
            background_seconds=preferences.get("background_lock_seconds"),
        )

    def lock(self) -> None:
        """Leave only the locked door on screen, in every window, and drop keys and records.

        Half-written forms are kept first. Dialogs, panels and notices go too: they can hold names.
        No name is in any window's tree when this returns; the store closes on another thread.
        """
        if not self.shows_record:
            self.leave()
        self._windows.lock()

    def _lock_if_shown(self) -> None:
        """Lock when this window is lost. One that stood at the door takes nothing from others."""
        if self.shows_record:
            self.lock()

    async def quick_exit(self) -> None:
        """Leave at once: an empty page on screen, locked, and in a browser another address.

        The back button then finds only the locked door.
        """
        self._windows.lock(away=self)
        await self.page.push_route("/")
        if self.page.web:
            await ft.UrlLauncher().launch_url(EXIT_PAGE, web_only_window_name="_self")
        elif self.page.platform not in PHONES:
            self.page.window.minimized = True
            self.page.update()
        await self._windows.ready()

    @property
    def shows_record(self) -> bool:
        """Whether anything of the record is on screen, or the recovery words are."""
        return self.state.gate is Gate.OPEN or bool(self.state.recovery_words)

    def leave(self, gate: Gate | None = None) -> None:
        """Clear this window and stand at a gate (the locked door); called by `Windows.lock`."""
        self.bridge.call(self._leave, gate)

    def _leave(self, gate: Gate | None) -> None:
        self._run_before_lock()
        self.state.gate = gate or self._closed_gate()
        self.state.locks += 1
        self.state.panel = None
        self.state.notice = None
        self.state.recovery_words = ()
        self.state.handed_over = None
        self.state.shown_part = ("", "")
        self.syncing.forget()
        self.secrets.forget_soon()
        while self.page.pop_dialog():
            pass

    def return_from_away(self) -> None:
        """Go from the empty page to the locked door."""
        self.state.gate = self._closed_gate()

    def hand_phone_over(self, screen: str, about_id: str) -> None:
        """Show the youth's own screen and nothing else: the lock and the passphrase lead back.

        `screen` is one of `root.YOUTH_SCREENS`.
        """
        self._run_before_lock()
        while self.page.pop_dialog():
            pass
        self.state.panel = None
        self.state.notice = None
        self.state.handed_over = HandedOver(screen, about_id)

    def before_lock(self, keep: Callable[[], None]) -> Callable[[], None]:
        """Have `keep` called just before the lock and when the app is hidden; return its undoing.

        Forms keep their drafts this way.
        """
        self._before_lock.append(keep)

        def forget() -> None:
            if keep in self._before_lock:
                self._before_lock.remove(keep)

        return forget

    def _run_before_lock(self) -> None:
        if self.state.gate is not Gate.OPEN:
            return
        for keep in list(self._before_lock):
            try:
                keep()
            except Exception as error:  # a draft that cannot be kept must not hold the lock open
                log.error("a draft was not kept: %s", type(error).__name__)

    # --- what screens ask for ---------------------------------------------------------------

    @property
    def workspace(self) -> Workspace:
        """Everything a person can do while the store is open. Raises LockedError when it is not."""
        workspace = self.session.workspace
        if workspace is None:
            raise LockedError("The notes are locked. Unlock them first.")
        return workspace

    def touch(self) -> None:
        """Somebody is there."""
        self._idle.mark()

    def navigate(self, route: str) -> None:
        """Go to a route. Routes carry ids, never names: they show in a browser's history."""
        self.state.notice = None if self._is_problem() else self.state.notice
        self.page.navigate(route)

    async def run(self, work: Callable[P, R], *arguments: P.args, **named: P.kwargs) -> R:
        """Do slow work (key derivation, a write, a query of everything) off the event loop.

        Never while the store closes: what would open it comes after the lock that came before.
        """
        await self._windows.ready()
        return await asyncio.to_thread(work, *arguments, **named)

    def changed(self) -> None:
        """Have screens query again: something was written."""
        self.state.revision += 1

    def open_panel(self, name: str, **arguments: Any) -> None:
        """Open a panel of `routes.PANELS` over (phone) or beside (laptop) the screen."""
        self.state.panel = Panel(name, arguments)

    def close_panel(self) -> None:
        """Close the panel."""
        self.state.panel = None

    def saved(self, undo: Callable[[], Awaitable[None] | None] | None = None) -> None:
        """Confirm a write in place, with an undo for a few seconds; screens query again."""
        self.changed()
        words = t("notice.saved", time=f"{self.now():%H:%M}")
        self._notify(Notice(words, NoticeKind.SAVED, undo))

    def tell(self, words: str) -> None:
        """Say something at the foot of the screen."""
        self._notify(Notice(words, NoticeKind.INFO))

    def tell_problem(self, words: str) -> None:
        """Say what went wrong; stands until it is closed or the person goes elsewhere."""
        self._notify(Notice(words, NoticeKind.PROBLEM))

    def dismiss_notice(self) -> None:
        """Take the line at the foot of the screen away."""
        self.state.notice = None

    def _is_problem(self) -> bool:
        notice = self.state.notice
        return notice is not None and notice.kind is NoticeKind.PROBLEM

    def _notify(self, notice: Notice) -> None:
        self.state.notice = notice
        if notice.kind is not NoticeKind.PROBLEM:
            self.page.run_task(self._expire, notice)

    async def _expire(self, notice: Notice) -> None:
        await asyncio.sleep(tokens.NOTICE_SECONDS)
        if self.state.notice is notice:
            self.state.notice = None

    # --- preferences ------------------------------------------------------------------------

    async def set_language(self, language: str) -> None:
        """Speak another language from now on, on this device and for this person."""
        self.state.language = language
        self._dress()
        self.page.update()
        await self.run(setattr, self.device_preferences, "language", language)
        await self._keep_choice("language", language)

    async def set_theme(self, choice: ThemeChoice) -> None:
        """Change colours, on this device and for this person."""
        self.state.theme = choice
        self._dress()
        self.page.update()
        await self.run(setattr, self.device_preferences, "theme", choice.value)
        await self._keep_choice("theme", choice.value)

    async def _keep_choice(self, name: str, value: str) -> None:
        if self.state.gate is Gate.OPEN:
            await self.set_preference(name, value)
        else:
            self._chosen_at_door[name] = value

    async def set_preference(self, name: str, value: Any) -> None:
        """Keep one of the person's settings; lock times count from now on."""
        await self.run(self.workspace.preferences.set, name, value)
        self._read_lock_times()
        self.changed()

    # --- curtain ----------------------------------------------------------------------------

    def _curtain(self) -> ft.Container:
        self._curtain_sheet = ft.Container(
            expand=True,
            left=0,
            top=0,
            right=0,
            bottom=0,
            visible=False,
            bgcolor=ft.Colors.SURFACE,
            alignment=ft.Alignment.CENTER,
            content=ft.Icon(ft.Icons.EDIT_NOTE, size=64, color=ft.Colors.OUTLINE_VARIANT),
        )
        return self._curtain_sheet

    def _draw_curtain(self, is_drawn: bool) -> None:
        self.state.is_curtained = is_drawn
        self._curtain_sheet.visible = is_drawn
        self._curtain_sheet.update()
