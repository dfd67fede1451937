"""A window of the app over stand-ins for the services."""

import asyncio
import inspect
from typing import Any

import pytest

from field_app.app import FieldNotes
from field_app.ui.controller import Controller
from field_app.ui.i18n import CONTROLLER_KEY
from tests.ui.fakes import PASSPHRASE, FakeDevicePreferences, FakeSession
from tests.ui.harness import PHONE, Harness


class AppWindow(Harness):
    """A harness with the app in it."""

    app_session: FakeSession
    device: FakeDevicePreferences

    @property
    def controller(self) -> Controller:
        controller: Controller = self.page.session.store.get(CONTROLLER_KEY)
        return controller

    async def unlock(self) -> None:
        await self.enter("passphrase", PASSPHRASE)
        await self.tap("unlock")
        await self.until(lambda: self.has("lock"))


class Windows:
    """Opens windows of the app, and closes them when the test is over."""

    def __init__(self) -> None:
        self.open: list[AppWindow] = []

    async def __call__(
        self,
        size: tuple[int, int] = PHONE,
        *,
        exists: bool = True,
        session: FakeSession | None = None,
        device: FakeDevicePreferences | None = None,
        app: FieldNotes | None = None,
        is_unlocked: bool = False,
        **client: Any,
    ) -> AppWindow:
        window = AppWindow(size, **client)
        window.app_session = session or FakeSession(exists=exists)
        window.device = device or FakeDevicePreferences()
        self.open.append(window)
        await window.run(app or FieldNotes(window.app_session, window.device))
        if is_unlocked:
            await window.unlock()
        return window

    async def close(self) -> None:
        for window in self.open:
            await window.close()


@pytest.fixture
def opened() -> Windows:
    """Opens windows: `window = await opened()`."""
    return Windows()


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run `async def` tests of this folder in an event loop of their own."""
    if not inspect.iscoroutinefunction(pyfuncitem.obj):
        return None
    arguments = {name: pyfuncitem.funcargs[name] for name in pyfuncitem._fixtureinfo.argnames}

    async def run() -> None:
        try:
            await pyfuncitem.obj(**arguments)
        finally:
            for value in arguments.values():
                if isinstance(value, Windows):
                    await value.close()

    asyncio.run(run())
    return True
