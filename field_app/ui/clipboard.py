"""A secret in the clipboard: for a minute at most, and never beyond the lock.

Other programs read the clipboard, and many systems keep what was copied or send it to other
devices of the person.
"""

import asyncio
import logging

import flet as ft

log = logging.getLogger(__name__)

CLIPBOARD_SECONDS = 60.0  # long enough to paste a code once


class SecretClipboard:
    """What one window has copied and has to take back."""

    def __init__(self, page: ft.Page) -> None:
        """Nothing is copied yet."""
        self._page = page
        self._copied = ""
        self._turn = 0

    async def copy(self, secret: str) -> None:
        """Copy a secret; it is taken back after a minute."""
        self._turn += 1
        await ft.Clipboard().set(secret)
        self._copied = secret
        self._page.run_task(self._forget_later, self._turn)

    def forget_soon(self) -> None:
        """Take back what is copied, now: called by the lock."""
        if self._copied:
            self._page.run_task(self.forget)

    async def forget(self) -> None:
        """Take back what is copied, unless something else was copied since."""
        secret, self._copied = self._copied, ""
        if not secret:
            return
        clipboard = ft.Clipboard()
        try:
            is_still_there = await clipboard.get() == secret
        except Exception as error:  # a browser may forbid to look: then it goes unseen
            log.warning("the clipboard was not read: %s", type(error).__name__)
            is_still_there = True
        if is_still_there:
            await clipboard.set("")

    async def _forget_later(self, turn: int) -> None:
        await asyncio.sleep(CLIPBOARD_SECONDS)
        if turn == self._turn:  # another copy has a minute of its own
            await self.forget()
