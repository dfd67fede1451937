"""Tables of what a participant tells about themselves, and of where they lived."""

from datetime import date

from sqlmodel import Field

from field_app.store.columns import JsonValue
from field_app.store.tables.header import RecordRow


class ProfileRow(RecordRow, table=True):
    """`domain.records.profile.Profile`."""

    __tablename__ = "profile"
    entry_path: str | None = None
    jurisdiction: str | None = None
    identified_by: str | None = None
    service_planning_area: int | None = None
    is_parenting: bool | None = None
    gender: str = ""
    orientation: str = ""
    culture: str = ""
    needs_interpreter: bool | None = None
    circumstances: list[str] = Field(default_factory=list, sa_type=JsonValue)
    prior_child_welfare: bool | None = None


class PlacementPeriodRow(RecordRow, table=True):
    """`domain.records.profile.PlacementPeriod`."""

    __tablename__ = "placement_period"
    placement: str
    county: str = ""
    state: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
