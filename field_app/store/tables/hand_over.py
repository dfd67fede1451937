"""Tables of what need not be told again, and of a welcome back."""

from datetime import date
from typing import Any

from sqlmodel import Field

from field_app.store.columns import JsonValue
from field_app.store.tables.header import RecordRow


class AlreadyToldRow(RecordRow, table=True):
    """`domain.records.hand_over.AlreadyTold`."""

    __tablename__ = "already_told"
    topic: str = ""
    told_on: date | None = None
    told_to: str = ""
    do_not_ask: bool = True


class HandOverPageRow(RecordRow, table=True):
    """`domain.records.hand_over.HandOverPage`."""

    __tablename__ = "hand_over_page"
    lines: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonValue)
    youth_saw_on: date | None = None


class WelcomeBackRow(RecordRow, table=True):
    """`domain.records.missing.WelcomeBack`."""

    __tablename__ = "welcome_back"
    episode_id: str = ""
    talked_on: date | None = None
    needs: list[str] = Field(default_factory=list, sa_type=JsonValue)
    what_would_help: str = ""
    wants_known: str = ""
    skipped: bool = False
