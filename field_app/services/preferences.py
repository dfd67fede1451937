"""Settings of this device that belong inside the sealed store."""

from typing import Any

from field_app.errors import InputError
from field_app.services.notebook import Notebook
from field_app.store.repositories import device

DEFAULTS: dict[str, str | int | bool] = {
    "language": "en",
    "theme": "system",
    "idle_lock_minutes": 5,
    "background_lock_seconds": 60,
    "attachments_on_wifi_only": True,
}

ALLOWED: dict[str, tuple[Any, ...]] = {
    "language": ("en", "es"),
    "theme": ("system", "light", "dark", "contrast"),
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
        """Set a preference."""
        if value not in ALLOWED.get(name, ()):
            raise InputError("This value is not possible here.", field=name)
        with self._notebook.write() as records:
            device.set_preference(records.session, name, {"value": value})
