"""Where the app is shown: in a window where one can open, else in the browser."""

import socket
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from field_app.settings import desktop_client_folders, has_display


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
