"""Settings: the person's own inside the sealed store, and the two readable ones outside it."""

import json
from pathlib import Path
from typing import Any

from field_app.errors import InputError
from field_app.services.notebook import Notebook
from field_app.store.files import make_private_folder, write_atomically
from field_app.store.repositories import device

LANGUAGES = ("en", "es")
THEMES = ("system", "light", "dark", "contrast")

DEFAULTS: dict[str, str | int | bool] = {
    "language": "en",
    "theme": "system",
    "idle_lock_minutes": 5,
    "background_lock_seconds": 60,
    "attachments_on_wifi_only": True,
}

ALLOWED: dict[str, tuple[Any, ...]] = {
    "language": LANGUAGES,
    "theme": THEMES,
    "idle_lock_minutes": (1, 2, 5, 10, 15),
    "background_lock_seconds": (0, 30, 60, 300),
    "attachments_on_wifi_only": (True, False),
}


class PreferenceService:
    """Reads and sets preferences by name; an unknown one or a wrong value is refused."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def get(self, name: str) -> Any:
        """Return a preference, or its default."""
        if name not in DEFAULTS:
            raise InputError("This setting is not known.", field=name)
        with self._notebook.read() as records:
            stored = device.preference(records.session, name)
        return DEFAULTS[name] if stored is None else stored["value"]

    def set(self, name: str, value: Any) -> None:
        """Set a preference; it is on disk when this returns."""
        if value not in ALLOWED.get(name, ()):
            raise InputError("This value is not possible here.", field=name)
        with self._notebook.write() as records:
            device.set_preference(records.session, name, {"value": value})

    @property
    def language(self) -> str:
        """Language of the screens: "en" or "es"."""
        return str(self.get("language"))

    @language.setter
    def language(self, value: str) -> None:
        self.set("language", value)

    @property
    def theme(self) -> str:
        """Look of the screens: "system", "light", "dark" or "contrast"."""
        return str(self.get("theme"))

    @theme.setter
    def theme(self, value: str) -> None:
        self.set("theme", value)

    @property
    def idle_lock_minutes(self) -> int:
        """Minutes without a touch after which the app locks."""
        return int(self.get("idle_lock_minutes"))

    @idle_lock_minutes.setter
    def idle_lock_minutes(self, value: int) -> None:
        self.set("idle_lock_minutes", value)

    @property
    def background_lock_seconds(self) -> int:
        """Seconds in the background after which the app locks; 0 locks at once."""
        return int(self.get("background_lock_seconds"))

    @background_lock_seconds.setter
    def background_lock_seconds(self, value: int) -> None:
        self.set("background_lock_seconds", value)


class DevicePreferences:
    """Language and theme before unlocking: the only readable file, and it names nobody."""

    def __init__(self, path: Path) -> None:
        """Read the file if it is there; a damaged one counts as none."""
        self._path = path
        self._values = {"language": "en", "theme": "system"}
        try:
            stored = json.loads(path.read_text("utf-8"))
        except (OSError, ValueError):
            stored = {}
        if isinstance(stored, dict):
            self._values.update(
                {name: stored[name] for name in self._values if stored.get(name) in ALLOWED[name]}
            )

    @property
    def language(self) -> str:
        """Language of the screens before unlocking."""
        return self._values["language"]

    @language.setter
    def language(self, value: str) -> None:
        self._set("language", value)

    @property
    def theme(self) -> str:
        """Look of the screens before unlocking."""
        return self._values["theme"]

    @theme.setter
    def theme(self, value: str) -> None:
        self._set("theme", value)

    def _set(self, name: str, value: str) -> None:
        if value not in ALLOWED[name]:
            raise InputError("This value is not possible here.", field=name)
        if self._values[name] != value:
            self._values[name] = value
            make_private_folder(self._path.parent)  # chosen before there is a record
            write_atomically(self._path, json.dumps(self._values).encode())
