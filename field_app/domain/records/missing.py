"""Around a missing episode: who was told, and a welcome back that asks for no story (X-12)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from field_app.domain.records.items import Item
from field_app.domain.records.record import Record


class ToldRole(StrEnum):
    """Who is told that a youth is missing (ATM-07, X-12). Telling is mostly the CSW's duty."""

    CSW = "csw"
    PROBATION = "probation"
    LAW_ENFORCEMENT = "law_enforcement"
    NCMEC = "ncmec"
    COURT = "court"
    ATTORNEY = "attorney"
    CAREGIVER = "caregiver"
    PLACEMENT = "placement"
    SUPERVISOR = "supervisor"
    OTHER = "other"


class WelcomeNeed(StrEnum):
    """What somebody who is back may want first."""

    FOOD = "food"
    SLEEP = "sleep"
    SHOWER = "shower"
    CLOTHES = "clothes"
    PHONE_CALL = "phone_call"
    QUIET = "quiet"
    MEDICAL_OPTIONS = "medical_options"
    SAFE_PLACE = "safe_place"


@dataclass(frozen=True, kw_only=True)
class PersonTold(Item):
    """One person or office that was told, when, and the number they gave (NCMEC, report)."""

    role: ToldRole = ToldRole.OTHER
    name: str = ""
    told_at: datetime | None = None
    reference: str = ""


@dataclass(frozen=True, kw_only=True)
class WelcomeBack(Record):
    """What a youth wants after coming back, in the youth's own words. Every field may stay empty.

    Attributes:
        episode_id: The missing episode.
        talked_on: Local day of the talk.
        needs: What would help first.
        what_would_help: What would make staying easier.
        wants_known: What the youth wants the team to know.
        skipped: The youth did not want to talk, which is an answer like any other.
    """

    episode_id: str = ""
    talked_on: date | None = None
    needs: tuple[WelcomeNeed, ...] = ()
    what_would_help: str = ""
    wants_known: str = ""
    skipped: bool = False
