"""Puts the app into windows: the desktop or phone client, or a browser on this machine only."""

import sys
import tempfile
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import flet as ft

from field_app.plain_logs import keep_words_out_of_logs
from field_app.platform.collector import keep_what_is_loaded
from field_app.platform.no_dumps import forbid_dumps
from field_app.settings import drop_flet_overrides, is_embedded, is_phone, speak_over_socket
from field_app.ui.controller import Controller
from field_app.ui.ports import DevicePreferences, Enrolment, Session
from field_app.ui.root import root
from field_app.ui.windows import Windows

ASSETS = Path(__file__).parent.parent / "assets"


class FieldNotes:
    """The app over one session: what Flet calls for each window that opens.

    A device has one person at a time. The newest window has the notes; the older ones go to the
    locked door at the moment it opens.
    """

    def __init__(
        self,
        session: Session,
        device_preferences: DevicePreferences,
        enrolment: Enrolment | None = None,
        *,
        connect: Callable[[ft.Page], Awaitable[None]] | None = None,
    ) -> None:
        """Show a session; `connect` reaches the phone's keystore through each window that opens."""
        self._enrolment = enrolment
        self._session = session
        self._device_preferences = device_preferences
        self._windows = Windows(session, connect)

    def __call__(self, page: ft.Page) -> None:
        """Open a window."""
        Controller(
            page,
            self._session,
            self._device_preferences,
            root=root,
            windows=self._windows,
            enrolment=self._enrolment,
        ).start()


def run(
    app: FieldNotes,
    *,
    in_browser: bool = False,
    port: int = 0,
    key: str | None = None,
    say: Callable[[str], None] = lambda _link: None,
    opens_browser: bool = True,
    beside_browser: bool = False,
) -> None:
    """Show the app until its window is closed, or serve it to a browser on this machine.

    Args:
        app: What to show.
        in_browser: Serve it instead of opening a window. The other arguments are for this only.
        port: The port to serve on; 0 takes a free one.
        key: A key of the door that stays good, for the demo; without it each link is good once.
        say: Hears the link that opens the app, and each new one.
        opens_browser: Open the link in the person's browser.
        beside_browser: Open a window as well.

    Raises:
        OSError: The port is taken.
    """
    keep_words_out_of_logs()
    if not is_phone():  # a phone keeps none
        forbid_dumps()
    drop_flet_overrides()
    keep_what_is_loaded()
    if not in_browser:
        with _private_socket():
            ft.run(app, view=ft.AppView.FLET_APP, assets_dir=str(ASSETS))
        return
    from field_app.browser.serving import serve  # phones do not have it

    async def window() -> None:
        with _private_socket():
            await ft.run_async(app, view=ft.AppView.FLET_APP, assets_dir=str(ASSETS))

    serve(
        app,
        assets=ASSETS,
        port=port,
        key=key,
        say=say,
        opens_browser=opens_browser and not beside_browser,
        beside=window if beside_browser else None,
    )


@contextmanager
def _private_socket() -> Iterator[None]:
    """Let the desktop client be spoken to over a socket that no other account can reach.

    Flet would put it into the shared temporary folder. Windows has none: there Flet listens on a
    port of this machine, and whoever connects to it stands at the locked door.
    """
    if sys.platform == "win32" or is_embedded():
        yield
        return
    with tempfile.TemporaryDirectory(prefix="window-") as folder:  # mode 0700
        speak_over_socket(Path(folder) / "socket")
        yield
