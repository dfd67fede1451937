"""The windows over one session: they lock at the same moment, and the store closes beside them.

Closing a store can take a while: its log may be shortened, and a phone's keystore asked. That is
done on a thread of its own, so that no screen waits for it; whatever would open the store again
waits for it instead.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TYPE_CHECKING

import flet as ft

from field_app.ui.ports import Session
from field_app.ui.state import Gate

if TYPE_CHECKING:
    from field_app.ui.controller import Controller

log = logging.getLogger(__name__)


class Windows:
    """Every window that is open over one session. Use it on the event loop only."""

    def __init__(
        self, session: Session, connect: Callable[[ft.Page], Awaitable[None]] | None = None
    ) -> None:
        """Begin with no window. `connect` is awaited for each one before anything can be opened."""
        self._session = session
        self._connect = connect
        self._connecting: Future[None] | None = None
        self._open: list[Controller] = []
        # One thread, so that a lock that was asked for last is done last.
        self._locks = ThreadPoolExecutor(max_workers=1, thread_name_prefix="lock")
        self._last_lock: Future[None] | None = None

    def add(self, window: "Controller") -> None:
        """Count a window in, and reach the phone's keystore through it."""
        self._open.append(window)
        if self._connect is not None:
            self._connecting = window.page.run_task(self._reach, self._connect, window)

    async def _reach(
        self, connect: Callable[[ft.Page], Awaitable[None]], window: "Controller"
    ) -> None:
        try:
            await connect(window.page)
        except Exception as error:  # without it the door still opens: for a real passphrase
            log.error("the keystore was not reached: %s", type(error).__name__)
        window.changed()  # what may be chosen as a passphrase depends on it

    def remove(self, window: "Controller") -> None:
        """Count a window out: it was closed."""
        if window in self._open:
            self._open.remove(window)

    def lock(self, *, away: "Controller | None" = None) -> None:
        """Clear every window that shows something of the record, then close the store.

        All are clear when this returns; `away` goes to the empty page instead of the locked door.
        """
        for window in self._open:
            if window is away:
                window.leave(Gate.AWAY)
            elif window.shows_record:
                window.leave()
        self._last_lock = self._locks.submit(self._close)

    def keep_place(self) -> None:
        """Let the keystore know where the record ends: the phone may end a hidden app at once."""
        self._locks.submit(self._keep_place)

    async def ready(self) -> None:
        """Return when the keystore was asked for and no lock is under way."""
        if (connecting := self._connecting) is not None:
            await asyncio.wrap_future(connecting)
            if self._connecting is connecting:
                self._connecting = None
        while (last := self._last_lock) is not None:
            await asyncio.wrap_future(last)
            if self._last_lock is last:
                self._last_lock = None

    def _keep_place(self) -> None:
        try:
            self._session.keep_anchor()
        except Exception as error:  # the next lock tries again
            log.error("the record's end was not kept: %s", type(error).__name__)

    def _close(self) -> None:
        try:
            self._session.lock()
        except Exception as error:  # the store is closed all the same; nobody waits for the rest
            log.error("the lock was not tidy: %s", type(error).__name__)
