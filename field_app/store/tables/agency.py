"""Tables of what the whole agency reads."""

from datetime import date

from field_app.store.tables.header import RecordRow


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
