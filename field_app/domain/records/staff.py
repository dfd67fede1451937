"""Staff of the agency, as far as the app knows them: an id, a name for the screens, a role."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from field_app.domain.records.record import Record


class StaffRole(StrEnum):
    """What somebody may do (sync.md, roles). Advocate kinds open and write their own cases."""

    FIELD_ADVOCATE = "field_advocate"
    SURVIVOR_ADVOCATE = "survivor_advocate"
    PARENT_ADVOCATE = "parent_advocate"
    SUPERVISOR = "supervisor"
    DATA_MANAGER = "data_manager"


class ReporterStatus(StrEnum):
    """Whether somebody is a mandated reporter: it depends on the person (X-03, DAT-23)."""

    YES = "yes"
    NO = "no"
    UNKNOWN = "unknown"


class TrainingTopic(StrEnum):
    """Trainings of the seeds (PRA-24) and the one that the privilege rests on (X-01)."""

    COMMERCIAL_SEXUAL_EXPLOITATION = "commercial_sexual_exploitation"
    GRIEF_AND_LOSS = "grief_and_loss"
    TRAUMA_INFORMED_CARE = "trauma_informed_care"
    STAGES_OF_CHANGE = "stages_of_change"
    CASEWORKER_QUALIFICATION = "caseworker_qualification"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class StaffMember(Record):
    """One person of the agency, kept in its reserved case; the centre never sees the name.

    `record_id` is the staff id that other records carry as `author_id`.

    Attributes:
        mandated_reporter: Whether the person is a mandated reporter; unknown until decided.
        reporter_basis: Why (function, licence, employer's advice).
    """

    display_name: str = ""
    role: StaffRole = StaffRole.FIELD_ADVOCATE
    active: bool = True
    mandated_reporter: ReporterStatus = ReporterStatus.UNKNOWN
    reporter_basis: str = ""


@dataclass(frozen=True, kw_only=True)
class TrainingDone(Record):
    """A training that somebody of the staff did; the hours may support the privilege (X-01)."""

    staff_id: str = ""
    topic: TrainingTopic = TrainingTopic.OTHER
    hours: int = 0
    done_on: date | None = None
    note: str = ""
