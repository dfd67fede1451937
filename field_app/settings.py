"""Folders and environment: the only module that reads either.

Nothing secret is ever taken from the environment; a passphrase comes from a person or from a file
descriptor (`field-app --passphrase-fd`).
"""

import os
import socket
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
