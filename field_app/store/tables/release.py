"""Tables of releases and disclosures, and of the duties of the law around a case."""

from datetime import date, datetime

from sqlmodel import Field

from field_app.store.columns import Instant, JsonValue
from field_app.store.tables.header import RecordRow


class ReleaseRow(RecordRow, table=True):
    """`domain.records.release.Release`."""

    __tablename__ = "release"
    recipient: str = ""
    purpose: str = ""
    data_classes: list[str] = Field(default_factory=list, sa_type=JsonValue)
    starts_on: date | None = None
    expires_on: date | None = None
    revoked_on: date | None = None
    signer: str
    signer_is_not_abuser: bool = False
    youth_agrees: bool = False
    initials: str = ""
    strokes: list[str] = Field(default_factory=list, sa_type=JsonValue)
    language: str = ""


class DisclosureRow(RecordRow, table=True):
    """`domain.records.release.Disclosure`."""

    __tablename__ = "disclosure"
    recipient: str = ""
    data_classes: list[str] = Field(default_factory=list, sa_type=JsonValue)
    disclosed_at: datetime | None = Field(default=None, sa_type=Instant)
    basis: str
    basis_note: str = ""
    release_id: str | None = None


class ConfidentialityTalkRow(RecordRow, table=True):
    """`domain.records.release.ConfidentialityTalk`."""

    __tablename__ = "confidentiality_talk"
    held_on: date | None = None
    language: str = ""
    understood: bool | None = None


class ReporterFollowUpRow(RecordRow, table=True):
    """`domain.records.duties.ReporterFollowUp`."""

    __tablename__ = "reporter_follow_up"
    staff_id: str = ""
    reporter_status: str
    learned_at: datetime | None = Field(default=None, sa_type=Instant)
    called_at: datetime | None = Field(default=None, sa_type=Instant)
    written_at: datetime | None = Field(default=None, sa_type=Instant)
    supervisor_told_at: datetime | None = Field(default=None, sa_type=Instant)


class RecordsDemandRow(RecordRow, table=True):
    """`domain.records.duties.RecordsDemand`."""

    __tablename__ = "records_demand"
    demand: str
    received_on: date | None = None
    from_whom: str = ""
    participant_told_on: date | None = None
    counsel_told_on: date | None = None
    hold_until: date | None = None
    released_on: date | None = None
    outcome: str = ""
