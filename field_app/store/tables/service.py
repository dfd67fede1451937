"""Tables of referrals, services, phases, papers and missing episodes."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field

from field_app.store.columns import Instant, JsonValue
from field_app.store.tables.header import RecordRow


class ReferralRow(RecordRow, table=True):
    """`domain.records.service.Referral`."""

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
    """`domain.records.service.FirstResponse`."""

    __tablename__ = "first_response"
    called_at: datetime | None = Field(default=None, sa_type=Instant)
    source: str | None = None
    arrived_at: datetime | None = Field(default=None, sa_type=Instant)
    late_reason: str = ""
    late_note: str = ""
    parties: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonValue)
    necessities: list[str] = Field(default_factory=list, sa_type=JsonValue)
    backpack: list[str] = Field(default_factory=list, sa_type=JsonValue)
    safety_plan_at: datetime | None = Field(default=None, sa_type=Instant)
    medical_hub_at: datetime | None = Field(default=None, sa_type=Instant)
    medical_hub_outcome: str = ""
    emergency_mdt_at: datetime | None = Field(default=None, sa_type=Instant)
    initial_mdt_at: datetime | None = Field(default=None, sa_type=Instant)
    hotline_called_at: datetime | None = Field(default=None, sa_type=Instant)
    hotline_called_by: str = ""
    csw_arrived_at: datetime | None = Field(default=None, sa_type=Instant)
    placement: str | None = None
    hand_offs: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonValue)
    available_until: datetime | None = Field(default=None, sa_type=Instant)
    not_needed_at: datetime | None = Field(default=None, sa_type=Instant)
    closed_on: date | None = None
    close_reason: str = ""


class ServicePeriodRow(RecordRow, table=True):
    """`domain.records.service.ServicePeriod`."""

    __tablename__ = "service_period"
    service: str
    received_at: datetime | None = Field(default=None, sa_type=Instant)
    ended_on: date | None = None
    end_reason: str = ""
    empowerment_offered_on: date | None = None
    empowerment_answer: str = ""


class PhasePeriodRow(RecordRow, table=True):
    """`domain.records.service.PhasePeriod`."""

    __tablename__ = "phase_period"
    service_period_id: str = ""
    phase: str
    starts_on: date | None = None
    ends_on: date | None = None
    end_reason: str = ""


class DecisionRow(RecordRow, table=True):
    """`domain.records.service.Decision`."""

    __tablename__ = "decision"
    period_id: str = ""
    decision: str
    decided_on: date | None = None
    until: date | None = None
    reason: str = ""


class DocumentRow(RecordRow, table=True):
    """`domain.records.service.DocumentDone`."""

    __tablename__ = "document"
    document: str
    done_on: date | None = None
    outcome: str = "done"
    note: str = ""


class MissingEpisodeRow(RecordRow, table=True):
    """`domain.records.service.MissingEpisode`."""

    __tablename__ = "missing_episode"
    missing_from: date | None = None
    returned_on: date | None = None
    reported_to: list[str] = Field(default_factory=list, sa_type=JsonValue)
    told: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonValue)
    note: str = ""
