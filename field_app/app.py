"""Puts the app into windows: the desktop or phone client, or a browser on this machine only."""

from pathlib import Path

import flet as ft

from field_app.plain_logs import keep_words_out_of_logs
from field_app.settings import drop_flet_overrides
from field_app.ui.controller import Controller
from field_app.ui.ports import DevicePreferences, Enrolment, Session
from field_app.ui.root import root
from field_app.ui.windows import Windows
from field_app.web_door import guard_web_server

ASSETS = Path(__file__).parent.parent / "assets"
LOOPBACK = "127.0.0.1"  # left out, Flet's web server listens on every interface


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
    ) -> None:
        self._enrolment = enrolment
        self._session = session
        self._device_preferences = device_preferences
        self._windows = Windows(session)

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
    app: FieldNotes, *, in_browser: bool = False, port: int = 0, beside_browser: bool = False
) -> None:
    """Show the app until its window is closed, or serve it to a browser on this machine.

    Args:
        app: What to show.
        in_browser: Serve it instead of opening a window.
        port: The port to serve on; 0 takes a free one.
        beside_browser: Open a window as well, over the same address.
    """
    keep_words_out_of_logs()
    view = ft.AppView.FLET_APP
    if in_browser:
        drop_flet_overrides()
        guard_web_server()
        view = ft.AppView.FLET_APP_WEB if beside_browser else ft.AppView.WEB_BROWSER
    ft.run(
        app,
        view=view,
        host=LOOPBACK,
        port=port,
        assets_dir=str(ASSETS),
        no_cdn=True,
    )
