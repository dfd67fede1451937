"""What may be known of a participant besides the work: all optional, as the person describes it.

None of it leaves in an export unless somebody asks for it by name (`disclosure.py`).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from field_app.domain.records.first_response import PlacementType
from field_app.domain.records.record import Record


class EntryPath(StrEnum):
    """How the participant came to the agency (DAT-12 to DAT-14)."""

    DCFS_OPEN = "dcfs_open"
    PROBATION_OPEN = "probation_open"
    COMMUNITY = "community"


class Jurisdiction(StrEnum):
    """Which court system holds a case (DAT-15)."""

    DCFS = "dcfs"
    PROBATION = "probation"
    DUAL = "dual"
    NONE = "none"


class IdentifiedBy(StrEnum):
    """Who noticed first that a youth needed help (DAT-26)."""

    LAW_ENFORCEMENT = "law_enforcement"
    COURT = "court"
    CPS = "cps"
    SOCIAL_WORKER = "social_worker"
    PROBATION = "probation"
    SCHOOL = "school"
    DISTRICT_ATTORNEY = "district_attorney"
    PROVIDER = "provider"
    SELF_OR_FAMILY = "self_or_family"


class Circumstance(StrEnum):
    """Optional answers to the county's yearly questions (X-13), without any narrative."""

    BEFORE_CARE = "before_care"
    IN_CARE = "in_care"
    WHILE_MISSING = "while_missing"
    AT_RISK = "at_risk"
    PREGNANT_OR_PARENTING = "pregnant_or_parenting"


@dataclass(frozen=True, kw_only=True)
class Profile(Record):
    """One a participant. Every field may stay empty.

    Attributes:
        entry_path: Dcfs case, probation case, or neither.
        jurisdiction: Which court system, or both.
        identified_by: Who noticed first.
        service_planning_area: SPA 1 to 8: the only geography of any count (DAT-11).
        is_parenting: Whether the youth has a child to care for (DAT-19).
        gender: Self-described (DAT-17, DAT-18).
        orientation: Self-described (DAT-18).
        culture: Self-described (PRA-05).
        needs_interpreter: Whether an interpreter is wanted (PRA-05).
        circumstances: Answers to the county's questions.
        prior_child_welfare: Earlier involvement with child welfare (DAT-34).
    """

    entry_path: EntryPath | None = None
    jurisdiction: Jurisdiction | None = None
    identified_by: IdentifiedBy | None = None
    service_planning_area: int | None = None
    is_parenting: bool | None = None
    gender: str = ""
    orientation: str = ""
    culture: str = ""
    needs_interpreter: bool | None = None
    circumstances: tuple[Circumstance, ...] = ()
    prior_child_welfare: bool | None = None


@dataclass(frozen=True, kw_only=True)
class PlacementPeriod(Record):
    """Where the youth lived, from when to when: type, county, state, never an address (DAT-43)."""

    placement: PlacementType = PlacementType.OTHER
    county: str = ""
    state: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
