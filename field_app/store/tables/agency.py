"""Tables of what the whole agency reads."""

from datetime import date

from field_app.store.tables.header import RecordRow


class WaiverRow(RecordRow, table=True):
    """`domain.records.service.Waiver`."""

    __tablename__ = "waiver"
    covers: str = "video"
    starts_on: date | None = None
    ends_on: date | None = None
    source: str = ""


class StaffMemberRow(RecordRow, table=True):
    """`domain.records.staff.StaffMember`."""

    __tablename__ = "staff_member"
    display_name: str = ""
    role: str
    active: bool = True
    mandated_reporter: str = "unknown"
    reporter_basis: str = ""


class TrainingDoneRow(RecordRow, table=True):
    """`domain.records.staff.TrainingDone`."""

    __tablename__ = "training_done"
    staff_id: str = ""
    topic: str
    hours: int = 0
    done_on: date | None = None
    note: str = ""


class AgencySettingRow(RecordRow, table=True):
    """`domain.records.agency_setting.AgencySetting`."""

    __tablename__ = "agency_setting"
    name: str
    number: int
