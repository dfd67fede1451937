"""The parts of a goal: its steps, and the stage of change, which never leaves for the county.

Goals take partial progress: any positive change counts (PRA-10), and going back a stage is
expected (PRA-09).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from field_app.domain.records.items import Item


class NeedKind(StrEnum):
    """Needs of exploited youth that the field links to services (PRA-08)."""

    BASIC_CARE = "basic_care"
    SUPERVISION = "supervision"
    MEDICAL = "medical"
    MENTAL_HEALTH = "mental_health"
    SUBSTANCE_USE = "substance_use"
    LEGAL_ADVOCACY = "legal_advocacy"
    LONG_TERM_HOUSING = "long_term_housing"
    TRANSPORTATION = "transportation"
    JOB_TRAINING = "job_training"
    INDEPENDENT_LIVING = "independent_living"
    MENTORING = "mentoring"
    EDUCATION = "education"
    CHILDCARE = "childcare"
    OTHER = "other"


class StageOfChange(StrEnum):
    """Stages of change (PRA-12), noted per goal only where it helps."""

    PRECONTEMPLATION = "precontemplation"
    CONTEMPLATION = "contemplation"
    PREPARATION = "preparation"
    ACTION = "action"
    MAINTENANCE = "maintenance"
    RETURN = "return"


@dataclass(frozen=True, kw_only=True)
class Step(Item):
    """One step towards a goal. `partly` is progress worth noting before it is done."""

    words: str = ""
    who: str = ""
    due_on: date | None = None
    partly: bool = False
    done_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class StageNote(Item):
    """The stage of change on a day. Never in anything the county sees (`disclosure.py`)."""

    stage: StageOfChange = StageOfChange.CONTEMPLATION
    noted_on: date | None = None
