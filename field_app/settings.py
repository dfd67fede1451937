"""Folders and environment: the only module that reads either.

Nothing secret is ever taken from the environment; a passphrase comes from a person or from a file
descriptor (`field-app --passphrase-fd`).
"""

import os
import socket
import sys
from dataclasses import dataclass
from pathlib import Path

import platformdirs

APP_FOLDER = "field-notes"


@dataclass(frozen=True)
class Settings:
    """Where this device keeps things.

    Attributes:
        data: The data folder. The sealed store lies in `data/store`.
        device_name: How this device is called on its own screens.
    """

    data: Path
    device_name: str

    @property
    def store(self) -> Path:
        """The folder of the sealed store."""
        return self.data / "store"

    @property
    def device_preferences(self) -> Path:
        """The one readable file: language and theme of the screen before unlocking."""
        return self.data / "device.json"


def load_settings(data: Path | None = None) -> Settings:
    """Return the settings: the given data folder, else Flet's on a phone, else the user's own."""
    if data is None:
        phone = os.environ.get("FLET_APP_STORAGE_DATA")
        data = Path(phone) if phone else platformdirs.user_data_path(APP_FOLDER, appauthor=False)
    return Settings(data=data.absolute(), device_name=socket.gethostname().split(".")[0])


def has_display() -> bool:
    """Tell whether a window could open here: always, except on Linux without a display."""
    if not sys.platform.startswith("linux"):
        return True
    return bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))


def desktop_client_folders() -> list[Path]:
    """Return the folders in which Flet's desktop client may lie, the preferred one first."""
    given = os.environ.get("FLET_VIEW_PATH")
    unpacked = Path.home() / ".flet" / "client"
    return [*([Path(given)] if given else []), *unpacked.glob("flet-desktop-*")]


def drop_flet_overrides() -> None:
    """Forget what the environment tells Flet about addresses: the app listens on loopback only."""
    for name in ("FLET_SERVER_IP", "FLET_SERVER_PORT", "FLET_DISPLAY_URL_PREFIX"):
        os.environ.pop(name, None)


def own_centre_environment(data: Path, port: int) -> dict[str, str]:
    """Return the environment for a central API of the app's own, on loopback in a folder.

    Whatever this environment says of another central API or its database is left out: a demo must
    never write into an agency's.
    """
    kept = {
        name: value
        for name, value in os.environ.items()
        if name != "DATABASE_URL" and not name.startswith("FIELD_SERVER_")
    }
    return {
        **kept,
        "FIELD_SERVER_DATA": str(data),
        "FIELD_SERVER_HOST": "127.0.0.1",
        "FIELD_SERVER_PORT": str(port),
        "FIELD_SERVER_LOG_LEVEL": "warning",
    }
