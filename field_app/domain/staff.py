"""Staff of the agency, as far as the app knows them: an id, a name for the screens, a role."""

from dataclasses import dataclass
from enum import StrEnum

from field_app.domain.record import Record


class StaffRole(StrEnum):
    """What somebody may do (sync.md, roles). Advocate kinds open and write their own cases."""

    FIELD_ADVOCATE = "field_advocate"
    SURVIVOR_ADVOCATE = "survivor_advocate"
    PARENT_ADVOCATE = "parent_advocate"
    SUPERVISOR = "supervisor"
    DATA_MANAGER = "data_manager"


@dataclass(frozen=True, kw_only=True)
class StaffMember(Record):
    """One person of the agency, kept in its reserved case; the centre never sees the name.

    `record_id` is the staff id that other records carry as `author_id`.
    """

    display_name: str = ""
    role: StaffRole = StaffRole.FIELD_ADVOCATE
    active: bool = True
