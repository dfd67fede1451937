"""Tables of safety plans, their versions, who acknowledged them and who has a copy."""

from datetime import date, datetime
from typing import Any

from sqlmodel import Field

from field_app.store.columns import Instant, JsonValue
from field_app.store.tables.header import RecordRow


class SafetyPlanRow(RecordRow, table=True):
    """`domain.records.safety_plan.SafetyPlan`."""

    __tablename__ = "safety_plan"
    plan_kind: str
    entries: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonValue)
    contributors: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonValue)
    review_on: date | None = None
    covers_until: datetime | None = Field(default=None, sa_type=Instant)


class SafetyPlanVersionRow(RecordRow, table=True):
    """`domain.records.safety_plan.SafetyPlanVersion`."""

    __tablename__ = "safety_plan_version"
    plan_id: str = ""
    plan_kind: str
    finished_at: datetime | None = Field(default=None, sa_type=Instant)
    previous_version_id: str | None = None
    entries: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonValue)
    contributors: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonValue)
    review_on: date | None = None
    covers_until: datetime | None = Field(default=None, sa_type=Instant)


class PlanAcknowledgementRow(RecordRow, table=True):
    """`domain.records.safety_plan.PlanAcknowledgement`."""

    __tablename__ = "plan_acknowledgement"
    version_id: str = ""
    person: str
    initials: str = ""
    strokes: list[str] = Field(default_factory=list, sa_type=JsonValue)
    acknowledged_at: datetime | None = Field(default=None, sa_type=Instant)


class PlanCopyRow(RecordRow, table=True):
    """`domain.records.safety_plan.PlanCopy`."""

    __tablename__ = "plan_copy"
    version_id: str = ""
    person: str
    name: str = ""
    given_on: date | None = None
    release_id: str | None = None
