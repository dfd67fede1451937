"""The keystore of a phone (Keychain, Android KeyStore), reached through Flet's secure storage.

The plugin lives in the window: it is asked over the page's event loop and answers there. The
store asks from worker threads and waits for the answer, since a count of wrong tries has to be
kept before the next try. So nothing here may be called on the event loop but `connect`.

What is kept stays on this phone: it goes into no backup and to no other phone, and the plugin may
never erase it by itself. It is never the only way to the data key: recovery words and the agency's
slot do without it. The names of the entries hold the store's id, because iOS keeps entries when an
app is removed.

No fingerprint or face opens the record. Version 10.3.1 of the plugin beneath shares one key between
entries that ask for a finger and entries that do not, and lost data by it; on Android it takes the
phone's own code for a finger; and a plain question for a finger (flet-local-auth) proves nothing to
a key.
"""

import asyncio
import base64
import binascii
import logging
import os
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from field_app.errors import KeystoreError

if TYPE_CHECKING:
    import flet as ft

log = logging.getLogger(__name__)

T = TypeVar("T")

SERVICE = "org.fieldnotes.keys"  # under which the entries stand in the Keychain
PROBE = "field-notes.probe"
ANSWER_SECONDS = 10.0  # a phone that is busy answers late; one that never does must not hang


class SecureStorage(Protocol):
    """What is used of `flet_secure_storage.SecureStorage`."""

    async def set(self, key: str, value: str) -> None:
        """Keep a text under a name."""

    async def get(self, key: str) -> str | None:
        """Return the text of a name, or None."""

    async def remove(self, key: str) -> None:
        """Forget a name; unknown names are no error."""


class PhoneKeystore:
    """Keeps bytes by name in the phone's keystore, once a window has connected it.

    `available` is False until then, and stays so when the plugin is missing or does not keep what
    it is given: then the store asks for a real passphrase, as on a laptop.
    """

    def __init__(self, *, answer_seconds: float = ANSWER_SECONDS) -> None:
        """Wait at most so long for each answer."""
        self._answer_seconds = answer_seconds
        self._storage: SecureStorage | None = None
        self._loop: asyncio.AbstractEventLoop | None = None

    @property
    def available(self) -> bool:
        """Whether the phone's keystore has kept and given back a value."""
        return self._storage is not None

    async def connect(self, page: "ft.Page") -> None:
        """Reach the keystore through a window that has just opened, and try it once.

        Call it in the page's context, before anything of the store is opened.
        """
        if page.web or page.platform is None or not page.platform.is_mobile():
            return  # a laptop's opens for every program of the person, and a browser has none
        try:
            storage = _make_storage()
        except ImportError:
            log.error("this build has no keystore plugin")
            return
        await self.use(storage)

    async def use(self, storage: SecureStorage) -> None:
        """Take a storage into use if it keeps what it is given."""
        self._loop = asyncio.get_running_loop()
        self._storage = storage if await self._is_sound(storage) else None

    async def _is_sound(self, storage: SecureStorage) -> bool:
        value = os.urandom(16).hex()
        try:
            async with asyncio.timeout(self._answer_seconds):
                await storage.set(PROBE, value)
                kept = await storage.get(PROBE)
                await storage.remove(PROBE)
        except Exception as error:  # whatever a plugin of the phone may raise
            log.error("the keystore cannot be used: %s", type(error).__name__)
            return False
        return kept == value

    def get(self, name: str) -> bytes | None:
        """Return what is kept under the name, or None. Raises KeystoreError."""
        text = self._ask(self._connected().get(name))
        if text is None:
            return None
        try:
            return base64.b64decode(text, validate=True)
        except (ValueError, binascii.Error):
            raise _silent() from None

    def set(self, name: str, value: bytes) -> None:
        """Keep the bytes under the name, before returning. Raises KeystoreError."""
        self._ask(self._connected().set(name, base64.b64encode(value).decode()))

    def delete(self, name: str) -> None:
        """Forget the name. Raises KeystoreError."""
        self._ask(self._connected().remove(name))

    def _connected(self) -> SecureStorage:
        if self._storage is None:
            raise _silent()
        return self._storage

    def _ask(self, question: Coroutine[Any, Any, T]) -> T:
        """Put the question on the page's event loop and wait here for the answer."""
        loop = self._loop
        if loop is None or loop.is_closed() or _is_running_here(loop):
            question.close()
            if loop is not None and not loop.is_closed():
                raise RuntimeError("the keystore was asked on the event loop that has to answer")
            raise _silent()
        answer = asyncio.run_coroutine_threadsafe(
            asyncio.wait_for(question, self._answer_seconds), loop
        )
        try:
            # A little longer than the loop itself waits: for the day when the loop has ended.
            return answer.result(self._answer_seconds + 1)
        except Exception as error:
            answer.cancel()
            # Only its type: the words of a plugin may repeat what it was given to keep.
            log.error("the keystore did not answer: %s", type(error).__name__)
            raise _silent() from None


def _is_running_here(loop: asyncio.AbstractEventLoop) -> bool:
    try:
        return asyncio.get_running_loop() is loop
    except RuntimeError:
        return False


def _silent() -> KeystoreError:
    return KeystoreError(
        "The phone's keystore does not answer, and nothing opens without it. Nothing was lost. "
        "Restart the phone and try again. If it stays so, use the recovery words.",
    )


def _make_storage() -> SecureStorage:
    """Return the plugin with the only options under which it may be used. Raises ImportError."""
    from flet_secure_storage import (  # type: ignore[import-untyped]
        AndroidOptions,
        IOSOptions,
        KeychainAccessibility,
        KeyCipherAlgorithm,
        StorageCipherAlgorithm,
    )
    from flet_secure_storage import SecureStorage as Plugin

    plugin: SecureStorage = Plugin(
        android_options=AndroidOptions(
            reset_on_error=False,  # the default erases everything at the first error
            migrate_on_algorithm_change=False,  # a new default must not touch what is kept
            key_cipher_algorithm=KeyCipherAlgorithm.RSA_ECB_OAEP_WITH_SHA256_AND_MGF1_PADDING,
            storage_cipher_algorithm=StorageCipherAlgorithm.AES_GCM_NO_PADDING,
        ),
        ios_options=IOSOptions(
            account_name=SERVICE,
            accessibility=KeychainAccessibility.UNLOCKED_THIS_DEVICE,
            synchronizable=False,
        ),
    )
    return plugin
