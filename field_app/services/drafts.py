"""Drafts: what is half written survives a kill, a lock and a restart, sealed like everything."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from field_app.services.notebook import Notebook
from field_app.store.repositories import device


@dataclass(frozen=True)
class Draft:
    """A half-filled form: its name, whom it is about, when it was kept, and what was typed."""

    form: str
    case_id: str | None
    saved_at: datetime
    payload: dict[str, Any]


class DraftService:
    """Keeps one draft a form."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def save(self, form: str, payload: dict[str, Any], *, case_id: str | None = None) -> None:
        """Keep what is typed so far (on disk when this returns)."""
        with self._notebook.write() as records:
            device.save_draft(
                records.session, form, payload, case_id=case_id, now=self._notebook.now()
            )

    def load(self, form: str) -> dict[str, Any] | None:
        """Return what was typed in a form, or None."""
        with self._notebook.read() as records:
            row = device.load_draft(records.session, form)
            return None if row is None else dict(row.payload)

    def all(self) -> list[Draft]:
        """Return all drafts, the latest first."""
        with self._notebook.read() as records:
            return [
                Draft(row.form, row.case_id, row.saved_at, dict(row.payload))
                for row in device.drafts(records.session)
            ]

    def discard(self, form: str) -> None:
        """Forget a draft because its form was saved or thrown away."""
        with self._notebook.write() as records:
            device.discard_draft(records.session, form)
