"""A conflict: what two people made of one field, kept until somebody chooses.

The centre's value stands in the record meanwhile; the other one stands here. An entry is a record
of its own, so everybody who may see the case sees it, the supervisor too. It is made once and only
ever changes to resolved; the choice itself is an ordinary edit of the record.
"""

from dataclasses import dataclass
from typing import Any
from uuid import UUID, uuid5

from field_app.domain.records.record import Record


@dataclass(frozen=True, kw_only=True)
class Conflict(Record):
    """One field of one record, in two versions.

    Attributes:
        subject_id: The record that it is about.
        subject_kind: Kind of that record.
        field: Path of the field, as `merge.MergeConflict` names it.
        item_id: The item that it is about; None for the record's own field.
        reason: Why a person has to look (`merge.ConflictReason`).
        mine: The value that gave way, as JSON: what its writer typed.
        theirs: The value that stood at the centre, as JSON, when this was found.
        base_revision: The revision that the losing edit met.
        edit_id: Names the losing edit.
        mine_by: Staff id of the writer of `mine`.
        theirs_by: Staff id of the writer of `theirs`.
        resolved: Whether somebody has chosen.
        choice: What was chosen: "mine", "theirs", "both", "other"; empty before.
    """

    subject_id: str
    subject_kind: str
    field: str
    item_id: str | None = None
    reason: str = "both_changed"
    mine: Any = None
    theirs: Any = None
    base_revision: int = 0
    edit_id: str = ""
    mine_by: str = ""
    theirs_by: str = ""
    resolved: bool = False
    choice: str = ""


def conflict_id(
    subject_id: str, field: str, item_id: str | None, base_revision: int, device: str, edit_id: str
) -> str:
    """Return the id of a conflict: the same however often it is found again (UUID version 5)."""
    name = "\n".join((field, item_id or "", str(base_revision), device, edit_id))
    found = bytearray(uuid5(UUID(subject_id), name).bytes)
    # Record ids on the wire are of version 4; the hash is as good a source of its bits as chance.
    return str(UUID(bytes=bytes(found), version=4))
