"""Where the app is shown: in a window where one can open, else in the browser."""

import errno
import socket
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from field_app.errors import InputError
from field_app.settings import desktop_client_folders, has_display

if TYPE_CHECKING:
    from field_app.app import FieldNotes


def show(
    notes: "FieldNotes",
    *,
    in_browser: bool = False,
    port: int = 0,
    key: str | None = None,
    say: Callable[[str], None] = lambda _link: None,
    opens_browser: bool = True,
    beside_browser: bool = False,
) -> None:
    """Show the app until it ends: see `field_app.app.run`.

    Raises:
        InputError: Another program listens on the port that was asked for, or what serves a
            browser is not installed. (Flet would fetch it from the network by itself.)
    """
    from field_app import app

    if in_browser and find_spec("flet_web") is None:
        raise InputError(
            "Showing the app in a browser needs a part that is not installed. Install it with "
            '`pip install "field-notes[browser]"`.',
            code="no_browser_part",
        )
    try:
        app.run(
            notes,
            in_browser=in_browser,
            port=port,
            key=key,
            say=say,
            opens_browser=opens_browser,
            beside_browser=beside_browser,
        )
    except OSError as error:
        if error.errno != errno.EADDRINUSE:
            raise
        raise InputError(
            "Another program listens on this port. Choose another one, or leave --port out.",
            field="port",
            code="port_in_use",
        ) from None


def window_is_possible() -> bool:
    """Tell whether there is a display and a desktop client of the right version, unpacked.

    Flet would download a client that is missing; nothing is ever downloaded here.
    """
    try:
        same_version = version("flet-desktop") == version("flet")
    except PackageNotFoundError:
        return False
    return same_version and has_display() and any(map(_holds_files, desktop_client_folders()))


def free_port() -> int:
    """Return a port on loopback that nobody uses at this moment."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
    return port


def _holds_files(folder: Path) -> bool:
    return folder.is_dir() and any(folder.iterdir())
