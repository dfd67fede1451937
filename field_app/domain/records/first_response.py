"""What happens at a first response: who was there, what the youth got, who stays reachable.

The seeds ask for check lists and times, never for a story and never for clinical detail.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from field_app.domain.records.items import Item


class LateReason(StrEnum):
    """Why an arrival took longer than the protocol allows (FRP-03)."""

    TRAFFIC = "traffic"
    UNSAFE_SCENE = "unsafe_scene"
    YOUTH_LEFT = "youth_left"
    STOOD_DOWN = "stood_down"
    OTHER = "other"


class ReferralSource(StrEnum):
    """Who called for a first response (DAT-27)."""

    DCFS = "dcfs"
    PROBATION = "probation"
    LAW_ENFORCEMENT = "law_enforcement"
    COURT = "court"
    DISTRICT_ATTORNEY = "district_attorney"
    YOUTH_OR_FAMILY = "youth_or_family"
    OTHER = "other"


class Necessity(StrEnum):
    """Basic necessities given at the response (FRP-06)."""

    FOOD = "food"
    CHANGE_OF_CLOTHES = "change_of_clothes"
    WATER = "water"


class BackpackItem(StrEnum):
    """What the backpack holds (FRP-07)."""

    CLOTHES = "clothes"
    BLANKET = "blanket"
    STUFFED_ANIMAL = "stuffed_animal"
    FOOD = "food"
    TOILETRIES = "toiletries"


class MedicalHubOutcome(StrEnum):
    """What became of the medical hub (FRP-14). There is no room here for anything clinical."""

    OFFERED = "offered"
    ACCOMPANIED = "accompanied"
    DECLINED = "declined"


class PlacementType(StrEnum):
    """Where a youth stays, by type only; an address could lead someone there (FRP-24)."""

    HOME = "home"
    RELATIVE = "relative"
    FOSTER_HOME = "foster_home"
    GROUP_CARE = "group_care"
    SHELTER = "shelter"
    TEMPORARY_HOUSING = "temporary_housing"
    HOSPITAL = "hospital"
    DETENTION = "detention"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class PartyPresent(Item):
    """Somebody who took part in the joint response (FRP-05): role and agency, a name if useful."""

    role: str = ""
    agency: str = ""
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class HandOff(Item):
    """The on-call advocate hands over to another one (FRP-10)."""

    to_staff_id: str = ""
    to_name: str = ""
    at: datetime | None = None
    note: str = ""
