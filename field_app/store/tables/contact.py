"""Tables of contacts and of the goals that they touch."""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field

from field_app.store.columns import Instant, JsonValue
from field_app.store.tables.header import RecordRow


class ContactRow(RecordRow, table=True):
    """`domain.records.contact.Contact`."""

    __tablename__ = "contact"
    __table_args__ = (Index("contact_case_at", "case_id", "at"), Index("contact_at", "at"))
    case_id: str  # without an index of its own: `contact_case_at` begins with it
    at: datetime = Field(sa_type=Instant)
    channel: str
    outcome: str
    minutes: int | None = None
    place_type: str | None = None
    services: list[str] = Field(default_factory=list, sa_type=JsonValue)
    purposes: list[str] = Field(default_factory=list, sa_type=JsonValue)
    goal_ids: list[str] = Field(default_factory=list, sa_type=JsonValue)
    note: str = ""
    entered_at: datetime | None = Field(default=None, sa_type=Instant)
    correction_reason: str = ""
    event_id: str | None = None


class GoalRow(RecordRow, table=True):
    """`domain.records.contact.Goal`."""

    __tablename__ = "goal"
    words: str = ""
    need: str | None = None
    opened_on: date | None = None
    reached_on: date | None = None
    steps: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonValue)
    stages: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonValue)
