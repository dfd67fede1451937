"""The tables of the device's store, as SQLModel classes: one a kind of record, named as its noun.

A table has the columns of its domain class, no more and no less (a test compares them), and no
foreign key to another record: what a record points to may arrive later, in any order. The tables
at the end are the device's own and never travel.
"""

from datetime import date, datetime
from typing import Any

from sqlalchemy import Index
from sqlmodel import Field, SQLModel

from field_app.store.columns import Instant, JsonValue

SCHEMA_VERSION = 1
"""Version of the tables below. A step of `migrations.py` leads to every later one."""


class RecordRow(SQLModel):
    """The header of every record (`domain.record.Record`)."""

    record_id: str = Field(primary_key=True)
    case_id: str = Field(index=True)
    author_id: str = ""
    device_id: str = ""
    created_at: datetime = Field(sa_type=Instant)
    updated_at: datetime = Field(sa_type=Instant)
    schema_: int = Field(default=1, sa_column_kwargs={"name": "schema"})
    deleted: bool = False
    extra: dict[str, Any] = Field(default_factory=dict, sa_type=JsonValue)


class ParticipantRow(RecordRow, table=True):
    """`domain.participant.Participant`."""

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
    """`domain.participant.TeamMember`."""

    __tablename__ = "team_member"
    role: str
    name: str = ""
    organisation: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""
    until: date | None = None


class ReferralRow(RecordRow, table=True):
    """`domain.service.Referral`."""

    __tablename__ = "referral"
    submitted_at: datetime | None = Field(default=None, sa_type=Instant)
    assigned_at: datetime | None = Field(default=None, sa_type=Instant)
    csw_contacted_at: datetime | None = Field(default=None, sa_type=Instant)
    reasons: list[str] = Field(default_factory=list, sa_type=JsonValue)
    youth_amenable: bool | None = None
    scsw_approved_on: date | None = None
    was_missing: bool = False
    override_reason: str = ""
    override_by: str = ""


class FirstResponseRow(RecordRow, table=True):
    """`domain.service.FirstResponse`."""

    __tablename__ = "first_response"
    called_at: datetime | None = Field(default=None, sa_type=Instant)
    arrived_at: datetime | None = Field(default=None, sa_type=Instant)
    late_reason: str = ""
    safety_plan_at: datetime | None = Field(default=None, sa_type=Instant)
    medical_hub_at: datetime | None = Field(default=None, sa_type=Instant)
    medical_hub_outcome: str = ""
    initial_mdt_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_on: date | None = None
    close_reason: str = ""


class ServicePeriodRow(RecordRow, table=True):
    """`domain.service.ServicePeriod`."""

    __tablename__ = "service_period"
    service: str
    received_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_on: date | None = None
    end_reason: str = ""
    empowerment_offered_on: date | None = None
    empowerment_answer: str = ""


class PhasePeriodRow(RecordRow, table=True):
    """`domain.service.PhasePeriod`."""

    __tablename__ = "phase_period"
    service_period_id: str = ""
    phase: str
    starts_on: date | None = None
    ends_on: date | None = None
    end_reason: str = ""


class DecisionRow(RecordRow, table=True):
    """`domain.service.Decision`."""

    __tablename__ = "decision"
    period_id: str = ""
    decision: str
    decided_on: date | None = None
    until: date | None = None
    reason: str = ""


class ContactRow(RecordRow, table=True):
    """`domain.contact.Contact`."""

    __tablename__ = "contact"
    __table_args__ = (Index("contact_case_at", "case_id", "at"), Index("contact_at", "at"))
    at: datetime = Field(sa_type=Instant)
    channel: str
    outcome: str
    minutes: int | None = None
    place_type: str | None = None
    services: list[str] = Field(default_factory=list, sa_type=JsonValue)
    goal_ids: list[str] = Field(default_factory=list, sa_type=JsonValue)
    note: str = ""
    entered_at: datetime | None = Field(default=None, sa_type=Instant)
    correction_reason: str = ""
    event_id: str | None = None


class GoalRow(RecordRow, table=True):
    """`domain.contact.Goal`."""

    __tablename__ = "goal"
    words: str = ""
    opened_on: date | None = None
    reached_on: date | None = None


class DocumentRow(RecordRow, table=True):
    """`domain.service.DocumentDone`."""

    __tablename__ = "document"
    document: str
    done_on: date | None = None
    outcome: str = "done"
    note: str = ""


class MissingEpisodeRow(RecordRow, table=True):
    """`domain.service.MissingEpisode`."""

    __tablename__ = "missing_episode"
    missing_from: date | None = None
    returned_on: date | None = None
    reported_to: list[str] = Field(default_factory=list, sa_type=JsonValue)
    note: str = ""


class WaiverRow(RecordRow, table=True):
    """`domain.service.Waiver`."""

    __tablename__ = "waiver"
    covers: str = "video"
    starts_on: date | None = None
    ends_on: date | None = None
    source: str = ""


class StaffMemberRow(RecordRow, table=True):
    """`domain.staff.StaffMember`."""

    __tablename__ = "staff_member"
    display_name: str = ""
    role: str
    active: bool = True


# The device's own tables: they never travel.


class ChangeRow(SQLModel, table=True):
    """`domain.change.Change`: the history of this device."""

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


TABLES: dict[str, type[RecordRow]] = {
    str(table.__tablename__): table
    for table in (
        ParticipantRow,
        TeamMemberRow,
        ReferralRow,
        FirstResponseRow,
        ServicePeriodRow,
        PhasePeriodRow,
        DecisionRow,
        ContactRow,
        GoalRow,
        DocumentRow,
        MissingEpisodeRow,
        WaiverRow,
        StaffMemberRow,
    )
}
"""The table of every kind of record, by the kind's word (`domain.kinds`)."""

__all__ = [
    "SCHEMA_VERSION",
    "TABLES",
    "ChangeRow",
    "ContactRow",
    "DecisionRow",
    "DocumentRow",
    "DraftRow",
    "FirstResponseRow",
    "GoalRow",
    "MissingEpisodeRow",
    "ParticipantRow",
    "PhasePeriodRow",
    "PreferenceRow",
    "RecordRow",
    "ReferralRow",
    "ServicePeriodRow",
    "StaffMemberRow",
    "TeamMemberRow",
    "WaiverRow",
]
