"""Folders and environment: the only module that reads either.

Nothing secret is ever taken from the environment; a passphrase comes from a person or from a file
descriptor (`field-app --passphrase-fd`).
"""

import os
import socket
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

APP_FOLDER = "field-notes"

FLET_OVERRIDES = (
    "FLET_SERVER_IP",
    "FLET_SERVER_PORT",
    "FLET_SERVER_UDS_PATH",
    "FLET_FORCE_WEB_SERVER",
    "FLET_DISPLAY_URL_PREFIX",
    "FLET_WEB_APP_PATH",
    "FLET_WEB_PATH",
    "FLET_ASSETS_DIR",
    "FLET_UPLOAD_DIR",
    "FLET_WEBSOCKET_HANDLER_ENDPOINT",
)
"""What the environment may tell Flet about addresses, folders and how an app is shown."""


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
    """Tell whether a window could open here: always, except on Linux without an X display.

    Flet looks at DISPLAY alone: with Wayland and nothing else it would become a web server.
    """
    return not sys.platform.startswith("linux") or bool(os.environ.get("DISPLAY"))


def desktop_client_folders() -> list[Path]:
    """Return the folders in which Flet's desktop client may lie, the preferred one first."""
    given = os.environ.get("FLET_VIEW_PATH")
    unpacked = Path.home() / ".flet" / "client"
    return [*([Path(given)] if given else []), *unpacked.glob("flet-desktop-*")]


def is_embedded() -> bool:
    """Tell whether a built app runs this Python inside itself, as on a phone."""
    return "FLET_PLATFORM" in os.environ


def is_phone() -> bool:
    """Tell whether this is the app on a phone or a tablet."""
    return os.environ.get("FLET_PLATFORM", "").lower() in ("android", "ios")


def own_cache_folders() -> list[Path]:
    """Return the folders of this app alone in which a phone's dialogs leave copies; none elsewhere.

    On a laptop the temporary folder may hold the person's own files.
    """
    if not is_phone():
        return []
    named = (os.environ.get(name) for name in ("FLET_APP_STORAGE_CACHE", "FLET_APP_STORAGE_TEMP"))
    return [*(Path(folder) for folder in named if folder), Path(tempfile.gettempdir())]


def camera_folders() -> list[Path]:
    """Return the folders of this app alone to which a phone's camera writes; none elsewhere.

    On Android the cache; on iOS a folder in the app's own documents.
    """
    if not is_phone():
        return []
    return [*own_cache_folders(), Path.home() / "Documents" / "camera" / "pictures"]


def drop_flet_overrides() -> None:
    """Forget what the environment tells Flet: how the app is shown is for the app to say.

    Left alone, a variable could make a window a web server without a door, on every interface. In
    a built app they come from the app itself, which speaks to this Python over them.
    """
    if not is_embedded():
        for name in FLET_OVERRIDES:
            os.environ.pop(name, None)


def speak_over_socket(path: Path) -> None:
    """Tell Flet where the socket between this Python and the desktop client lies."""
    os.environ["FLET_SERVER_UDS_PATH"] = str(path)


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
