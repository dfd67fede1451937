"""Tables of assessments, advocacy plans, links to services and screenings."""

from datetime import date
from typing import Any

from sqlmodel import Field

from field_app.store.columns import JsonValue
from field_app.store.tables.header import RecordRow


class StrengthsNeedsAssessmentRow(RecordRow, table=True):
    """`domain.records.plans.StrengthsNeedsAssessment`."""

    __tablename__ = "strengths_needs_assessment"
    entries: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonValue)
    started_on: date | None = None
    finished_on: date | None = None


class AdvocacyPlanRow(RecordRow, table=True):
    """`domain.records.plans.AdvocacyPlan`."""

    __tablename__ = "advocacy_plan"
    plan_kind: str
    goal_ids: list[str] = Field(default_factory=list, sa_type=JsonValue)
    support: str = ""
    aftercare_contact: str = ""
    started_on: date | None = None
    finished_on: date | None = None


class LinkageRow(RecordRow, table=True):
    """`domain.records.plans.Linkage`."""

    __tablename__ = "linkage"
    need: str
    legal: str | None = None
    treatment: str | None = None
    provider: str = ""
    state: str
    opened_on: date | None = None
    follow_up_on: date | None = None
    follow_ups: list[dict[str, Any]] = Field(default_factory=list, sa_type=JsonValue)


class ScreeningResultRow(RecordRow, table=True):
    """`domain.records.plans.ScreeningResult`."""

    __tablename__ = "screening_result"
    tool: str = ""
    done_on: date | None = None
    result_band: str = ""
    assessor: str = ""
