"""Tables of sessions, workshops, meetings and support at court."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field

from field_app.store.columns import Instant, JsonValue
from field_app.store.tables.header import RecordRow


class EmpowermentSessionRow(RecordRow, table=True):
    """`domain.records.empowerment.EmpowermentSession`."""

    __tablename__ = "empowerment_session"
    held_at: datetime | None = Field(default=None, sa_type=Instant)
    minutes: int | None = None
    session_number: int = 1
    topics: list[int] = Field(default_factory=list, sa_type=JsonValue)
    attended: bool = True
    is_make_up: bool = False
    is_group: bool = False
    facilitators: list[str] = Field(default_factory=list, sa_type=JsonValue)
    event_id: str | None = None
    note: str = ""


class WorkshopAttendanceRow(RecordRow, table=True):
    """`domain.records.gatherings.WorkshopAttendance`."""

    __tablename__ = "workshop_attendance"
    event_id: str = ""
    workshop_kind: str
    title: str = ""
    held_at: datetime | None = Field(default=None, sa_type=Instant)
    minutes: int | None = None
    attended: bool = True
    facilitators: list[str] = Field(default_factory=list, sa_type=JsonValue)
    survivor_co_facilitated: bool = False
    note: str = ""


class MeetingRow(RecordRow, table=True):
    """`domain.records.gatherings.Meeting`."""

    __tablename__ = "meeting"
    meeting_kind: str
    held_at: datetime | None = Field(default=None, sa_type=Instant)
    minutes: int | None = None
    partners: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonValue)
    youth_present: bool | None = None
    youth_voice: str = ""
    youth_in_placement_decision: bool | None = None
    decisions: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonValue)
    next_on: date | None = None
    event_id: str | None = None


class CourtSupportRow(RecordRow, table=True):
    """`domain.records.gatherings.CourtSupport`."""

    __tablename__ = "court_support"
    hearing_on: date | None = None
    hearing: str
    program: str | None = None
    testifies: bool | None = None
    help_given: list[str] = Field(default_factory=list, sa_type=JsonValue)
    next_hearing_on: date | None = None
