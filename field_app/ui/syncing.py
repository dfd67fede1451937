"""What one window knows of sync: told by the worker, shown by the screens, never waited for.

The sync runs on threads of its own. After each step it tells this listener, which reads where the
work is on that same thread and posts it to the window; screens draw what was posted last.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import flet as ft

from field_app.services.sync import SyncService
from field_app.services.sync_state import SyncState
from field_app.ui.network import NetworkWatch

if TYPE_CHECKING:
    from field_app.ui.controller import Controller

log = logging.getLogger(__name__)

ALONE = SyncState(is_enrolled=False)


@ft.observable
@dataclass
class SyncShown:
    """Where the work is, as of the last word of the worker."""

    state: SyncState = ALONE


class Syncing:
    """Starts the sync of an open store, listens to it, and asks it to hurry or to stop."""

    def __init__(self, app: "Controller") -> None:
        """Show nothing yet; `begin` is called when the store is open."""
        self.shown = SyncShown()
        self._app = app
        self._network = NetworkWatch(app)

    async def begin(self) -> None:
        """Listen to the sync of the store that was opened, or enrolled, just now, and start it."""
        self.shown.state = ALONE
        workspace = self._app.session.workspace
        if workspace is None or not workspace.sync.is_enrolled:
            return
        sync: SyncService = workspace.sync

        def tell() -> None:
            self._tell(sync)

        sync.listeners.append(tell)
        workspace.notebook.after_commit.append(lambda _cases: tell())
        await self._app.run(tell)
        sync.start()
        self._app.page.run_task(self._network.begin)

    def forget(self) -> None:
        """Leave nothing of the work on screen: called by the lock."""
        self.shown.state = ALONE

    def nudge(self) -> None:
        """Sync soon: the person came back to the app."""
        self._with_sync(lambda sync: sync.loop.nudge())

    def sync_now(self) -> None:
        """Sync at once, beside the work."""
        self._with_sync(lambda sync: sync.loop.hurry())

    def stop(self) -> None:
        """Stop the sync under way between two pages."""
        self._with_sync(lambda sync: sync.interrupt())

    def _with_sync(self, act: Callable[[SyncService], None]) -> None:
        # The door is drawn before the store is closed, on a thread of its own.
        if self._app.shows_record and self._app.session.status == "open":
            act(self._app.workspace.sync)

    def _tell(self, sync: SyncService) -> None:
        """Read where the work is, on the thread that told, and post it to the window."""
        try:
            state = sync.state()
        except Exception as error:  # locked meanwhile: there is nobody left to tell
            log.debug("the state of sync was not read: %s", type(error).__name__)
            return
        self._app.bridge.post(self._show, sync, state)

    def _show(self, sync: SyncService, state: SyncState) -> None:
        workspace = self._app.session.workspace
        if workspace is None or workspace.sync is not sync:
            return
        was_running = self.shown.state.is_running
        self.shown.state = state
        if was_running and not state.is_running:
            self._app.changed()  # what arrived stands in the lists now
