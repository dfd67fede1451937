"""Around a missing episode: who was told, and a welcome back that asks for no story (X-12)."""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from field_app.domain.records.items import Item
from field_app.domain.records.record import Record
from field_app.domain.vocabulary import Channel


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
    """One person or office that was told, when, how, and the number they gave (NCMEC, report)."""

    role: ToldRole = ToldRole.OTHER
    name: str = ""
    told_at: datetime | None = None
    how: Channel | None = None
    reference: str = ""


@dataclass(frozen=True)
class Telling:
    """Somebody who is to be told that a youth is missing.

    Attributes:
        role: Who is told.
        within_hours: How soon the law wants it; None where it names no time.
        is_ours: Whether the advocate tells them. The rest is the county's duty, only noted here.
        source: Where it is written.
    """

    role: ToldRole
    within_hours: int | None
    is_ours: bool
    source: str


WHO_IS_TOLD = (
    Telling(ToldRole.CSW, None, True, "ATM-07"),
    Telling(ToldRole.SUPERVISOR, None, True, "ATM-07"),
    Telling(ToldRole.LAW_ENFORCEMENT, 24, False, "42 U.S.C. 671(a)(35)(B)"),
    Telling(ToldRole.NCMEC, 24, False, "42 U.S.C. 671(a)(35)(B)"),
    Telling(ToldRole.ATTORNEY, 24, False, "WIC 16501.35; DCFS 0100-570.11"),
)
"""Who is told of every missing episode, those first whom the advocate tells."""


def not_told_yet(told: tuple[PersonTold, ...]) -> tuple[Telling, ...]:
    """Return who is still to be told, or of whom nobody has written down that they know."""
    known = {person.role for person in told}
    return tuple(telling for telling in WHO_IS_TOLD if telling.role not in known)


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
