"""The one door through which other threads reach the screen.

Flet's observables and queues belong to the event loop: changed from another thread they either
raise or change without being drawn.
"""

import asyncio
import contextvars
import logging
from collections.abc import Callable

import flet as ft
from flet.controls.context import _context_page

log = logging.getLogger(__name__)


class UiBridge:
    """Posts calls from any thread to the event loop of one page."""

    def __init__(self, page: ft.Page) -> None:
        self._page = page
        # Kept, because page.loop fails while a browser is disconnected.
        self._loop: asyncio.AbstractEventLoop = page.loop
        self._is_closed = False

    def close(self) -> None:
        """Drop every later post: the window is gone."""
        self._is_closed = True

    def post(self, call: Callable[..., object], *arguments: object) -> None:
        """Run `call(*arguments)` on the event loop, in the context of the page."""
        if self._is_closed:
            return
        try:
            self._loop.call_soon_threadsafe(self.call, call, *arguments)
        except RuntimeError:  # the loop ended between the check and the call
            self._is_closed = True

    def call(self, call: Callable[..., object], *arguments: object) -> None:
        """Run `call(*arguments)` now, in the context of this page: for the loop's own thread.

        What one window does to another belongs in here: Flet draws the page of the context.
        """

        def run() -> None:
            _context_page.set(self._page)  # type: ignore[arg-type]  # declared without its type
            try:
                call(*arguments)
            except Exception as error:  # a late update must never end the loop
                log.error("posted call failed: %s", type(error).__name__)

        contextvars.copy_context().run(run)
