"""The table of conflicts that people have to decide."""

from typing import Any

from sqlmodel import Field

from field_app.store.columns import JsonValue
from field_app.store.tables.header import RecordRow


class ConflictRow(RecordRow, table=True):
    """`domain.records.conflict.Conflict`."""

    __tablename__ = "conflict"
    subject_id: str = Field(index=True)
    subject_kind: str
    field: str
    item_id: str | None = None
    reason: str = "both_changed"
    mine: Any = Field(default=None, sa_type=JsonValue, nullable=True)
    theirs: Any = Field(default=None, sa_type=JsonValue, nullable=True)
    base_revision: int = 0
    edit_id: str = ""
    mine_by: str = ""
    theirs_by: str = ""
    resolved: bool = False
    choice: str = ""
