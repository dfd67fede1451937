"""Conflicts: two values of one field, side by side, until a person chooses.

A choice is an ordinary edit of the record, saved together with the entries that it closes.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from field_app.domain.records.codec import to_json
from field_app.domain.records.conflict import Conflict
from field_app.domain.records.kinds import KINDS
from field_app.domain.records.merge import ConflictReason, MergeConflict, with_choice
from field_app.domain.records.record import Record
from field_app.errors import InputError
from field_app.services.lookup import staff_names
from field_app.services.notebook import Notebook
from field_app.store.repositories.records import Records


class Choice(StrEnum):
    """What a person may choose."""

    MINE = "mine"
    THEIRS = "theirs"
    BOTH = "both"
    OTHER = "other"


@dataclass(frozen=True)
class ConflictView:
    """A conflict as a screen shows it.

    Attributes:
        conflict: The entry: `mine` gave way, `theirs` stood when it was found.
        subject: The record that it is about; None when it has not arrived or was removed.
        present: What stands in the field now.
        mine_by: Name of the writer of `mine`; empty when it is not known.
        theirs_by: Name of the writer of `theirs`.
        can_keep_both: Whether both are texts, so that both can be kept.
    """

    conflict: Conflict
    subject: Record | None
    present: Any
    mine_by: str
    theirs_by: str
    can_keep_both: bool
    found_at: datetime


class ConflictService:
    """Lists and resolves conflicts."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in a notebook."""
        self._notebook = notebook

    def open(self, case_id: str | None = None) -> list[ConflictView]:
        """Return unresolved conflicts, of one case or of all, the oldest first."""
        with self._notebook.read() as records:
            names = staff_names(records)
            found = records.all_of(Conflict, case_id=case_id)
            return [_view(records, each, names) for each in found if not each.resolved]

    def resolve(self, conflict_id: str, choice: Choice, other: Any = None) -> None:
        """Save what a person chose. `other` is a third value, with `Choice.OTHER` only.

        Choosing what stands already only closes the entry. Closing one that somebody has closed
        meanwhile is fine.

        Raises:
            InputError: Both were asked for, and they are not texts; or the value does not fit.
        """
        with self._notebook.write() as records:
            conflict = records.find(Conflict, conflict_id)
            if conflict is None or conflict.resolved:
                return
            subject = _subject(records, conflict)
            value = _value(conflict, choice, other)
            if subject is not None:
                if choice is Choice.THEIRS:
                    value = conflict.theirs
                chosen = with_choice(subject, _question(conflict), value)
                if to_json(chosen) != to_json(subject):
                    records.save(chosen, reason="conflict resolved")
            records.save(
                replace(conflict, resolved=True, choice=choice.value), reason="conflict resolved"
            )


def _view(records: Records, conflict: Conflict, names: dict[str, str]) -> ConflictView:
    subject = _subject(records, conflict)
    return ConflictView(
        conflict=conflict,
        subject=subject,
        present=_present(subject, conflict),
        mine_by=names.get(conflict.mine_by, ""),
        theirs_by=names.get(conflict.theirs_by, ""),
        can_keep_both=isinstance(conflict.mine, str) and isinstance(conflict.theirs, str),
        found_at=conflict.created_at,
    )


def _subject(records: Records, conflict: Conflict) -> Record | None:
    kind = KINDS.get(conflict.subject_kind)
    return None if kind is None else records.find_even_deleted(kind, conflict.subject_id)


def _question(conflict: Conflict) -> MergeConflict:
    return MergeConflict(
        field=conflict.field,
        item_id=conflict.item_id,
        mine=conflict.mine,
        theirs=conflict.theirs,
        reason=ConflictReason(conflict.reason),
    )


def _value(conflict: Conflict, choice: Choice, other: Any) -> Any:
    if choice is Choice.MINE:
        return conflict.mine
    if choice is Choice.OTHER:
        return other
    if choice is Choice.BOTH:
        if not (isinstance(conflict.mine, str) and isinstance(conflict.theirs, str)):
            raise InputError("Only texts can both be kept. Choose one of the two.", field="choice")
        return f"{conflict.theirs}\n{conflict.mine}"
    return conflict.theirs


def _present(subject: Record | None, conflict: Conflict) -> Any:
    if subject is None:
        return None
    place: Any = to_json(subject)
    first, *rest = conflict.field.split(".")
    place = place.get(first)
    if conflict.item_id is not None and isinstance(place, list):
        place = next((i for i in place if i.get("item_id") == conflict.item_id), None)
    for part in rest:
        place = place.get(part) if isinstance(place, dict) else None
    return place
