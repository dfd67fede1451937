"""The device's own tables: the change history, drafts and preferences. They never travel."""

from datetime import datetime
from typing import Any

from sqlmodel import Field, SQLModel

from field_app.store.columns import Instant, JsonValue


class ChangeRow(SQLModel, table=True):
    """`domain.records.change.Change`: the history of this device."""

    __tablename__ = "change"
    change_id: str = Field(primary_key=True)
    record_id: str = Field(index=True)
    case_id: str = Field(index=True)
    kind: str
    action: str
    at: datetime = Field(sa_type=Instant)
    author_id: str
    device_id: str
    reason: str = ""
    before: dict[str, Any] = Field(default_factory=dict, sa_type=JsonValue)
    after: dict[str, Any] = Field(default_factory=dict, sa_type=JsonValue)


class DraftRow(SQLModel, table=True):
    """What somebody has half written, by form. Saved on every change, gone when the form is."""

    __tablename__ = "draft"
    form: str = Field(primary_key=True)
    case_id: str | None = None
    saved_at: datetime = Field(sa_type=Instant)
    payload: dict[str, Any] = Field(default_factory=dict, sa_type=JsonValue)


class PreferenceRow(SQLModel, table=True):
    """A setting of this device, by name, as JSON."""

    __tablename__ = "preference"
    name: str = Field(primary_key=True)
    value: dict[str, Any] = Field(default_factory=dict, sa_type=JsonValue)
