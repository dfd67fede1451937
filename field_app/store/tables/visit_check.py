"""Table of check-ins before visits."""

from datetime import datetime

from sqlmodel import Field

from field_app.store.columns import Instant
from field_app.store.tables.header import RecordRow


class VisitCheckRow(RecordRow, table=True):
    """`domain.records.visit_check.VisitCheck`."""

    __tablename__ = "visit_check"
    staff_id: str = ""
    checked_in_at: datetime | None = Field(default=None, sa_type=Instant)
    expected_out_at: datetime | None = Field(default=None, sa_type=Instant)
    checked_out_at: datetime | None = Field(default=None, sa_type=Instant)
    alert_handled_by: str = ""
    alert_handled_at: datetime | None = Field(default=None, sa_type=Instant)
