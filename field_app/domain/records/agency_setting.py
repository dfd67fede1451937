"""Numbers an agency sets for itself, by name; the default comes from the program or the code."""

from dataclasses import dataclass
from enum import StrEnum

from field_app.domain.records.record import AGENCY_CASE_ID, Record, named_id


class SettingName(StrEnum):
    """What can be set."""

    EMPOWERMENT_SESSIONS = "empowerment_sessions"
    EMPOWERMENT_MINUTES = "empowerment_minutes"
    RELEASE_DAYS = "release_days"
    SAFETY_PLAN_REVIEW_DAYS = "safety_plan_review_days"
    VISIT_MINUTES = "visit_minutes"
    BACKPACKS_IN_STOCK = "backpacks_in_stock"
    BACKPACKS_LOW = "backpacks_low"


@dataclass(frozen=True, kw_only=True)
class AgencySetting(Record):
    """One number of the agency. Its id follows from its name, so that it exists once."""

    name: SettingName
    number: int


def setting_id(name: SettingName) -> str:
    """Return the record id of a setting: the same on every device."""
    return named_id(AGENCY_CASE_ID, name.value)
