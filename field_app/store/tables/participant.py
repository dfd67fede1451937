"""Tables of whom a case is about, and of who else works with them."""

from datetime import date
from typing import Any

from sqlmodel import Field

from field_app.store.columns import JsonValue
from field_app.store.tables.header import RecordRow


class ParticipantRow(RecordRow, table=True):
    """`domain.records.participant.Participant`."""

    __tablename__ = "participant"
    participant_kind: str
    alias: str = ""
    full_name: str = ""
    birth_date: date | None = None
    pronouns: str = ""
    language: str = ""
    residence_county: str = ""
    classification: str = ""
    is_non_minor_dependent: bool = False
    linked_youth_id: str | None = Field(default=None, index=True)
    relationship: str = ""
    contact_safe: bool | None = None
    phone: str = ""
    safe_contact: dict[str, Any] = Field(default_factory=dict, sa_type=JsonValue)
    closed_on: date | None = None
    close_reason: str = ""


class TeamMemberRow(RecordRow, table=True):
    """`domain.records.participant.TeamMember`."""

    __tablename__ = "team_member"
    role: str
    name: str = ""
    organisation: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""
    until: date | None = None
