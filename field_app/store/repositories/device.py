"""The device's own tables: drafts and preferences. They never travel."""

from datetime import datetime
from typing import Any

from sqlmodel import Session, col, select

from field_app.store.tables import DraftRow, PreferenceRow


def save_draft(
    session: Session, form: str, payload: dict[str, Any], *, case_id: str | None, now: datetime
) -> None:
    """Keep what is half written in a form, instead of what was kept before."""
    row = session.get(DraftRow, form) or DraftRow(form=form, saved_at=now)
    row.payload, row.case_id, row.saved_at = payload, case_id, now
    session.add(row)


def load_draft(session: Session, form: str) -> DraftRow | None:
    """Return the draft of a form, or None."""
    return session.get(DraftRow, form)


def drafts(session: Session) -> list[DraftRow]:
    """Return all drafts, the latest first."""
    return list(session.exec(select(DraftRow).order_by(col(DraftRow.saved_at).desc())))


def discard_draft(session: Session, form: str) -> None:
    """Forget the draft of a form; a form without one stays as it is."""
    row = session.get(DraftRow, form)
    if row is not None:
        session.delete(row)


def preference(session: Session, name: str) -> dict[str, Any] | None:
    """Return a setting of this device, or None when it was never set."""
    row = session.get(PreferenceRow, name)
    return None if row is None else dict(row.value)


def set_preference(session: Session, name: str, value: dict[str, Any]) -> None:
    """Set a setting of this device."""
    row = session.get(PreferenceRow, name) or PreferenceRow(name=name)
    row.value = value
    session.add(row)
