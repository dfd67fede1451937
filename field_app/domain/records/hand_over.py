"""No re-telling: what was told already, and the page that goes to the next advocate (DAT-02).

The youth may change or take out every line of the page (PRA-15).
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from field_app.domain.records.items import Item
from field_app.domain.records.record import Record


class HandOverSection(StrEnum):
    """What the next advocate should know, in this order: who the person is, before any need."""

    GOOD_AT = "good_at"
    MATTERS_TO_ME = "matters_to_me"
    WHAT_HELPS = "what_helps"
    PLEASE_AVOID = "please_avoid"
    DO_NOT_ASK = "do_not_ask"
    COMING_UP = "coming_up"


@dataclass(frozen=True, kw_only=True)
class AlreadyTold(Record):
    """A topic that was told already: named in a word or two, never told again here.

    Attributes:
        topic: A word or two ("how I left home"); not the story.
        told_on: Local day.
        told_to: Role of whoever heard it.
        do_not_ask: Do not ask again; the youth may always bring it up.
    """

    topic: str = ""
    told_on: date | None = None
    told_to: str = ""
    do_not_ask: bool = True


@dataclass(frozen=True, kw_only=True)
class HandOverLine(Item):
    """One line of the page; it goes over to the next advocate unless the youth holds it back."""

    section: HandOverSection = HandOverSection.WHAT_HELPS
    words: str = ""
    by_youth: bool = False
    goes_over: bool = True


@dataclass(frozen=True, kw_only=True)
class HandOverPage(Record):
    """The page for the next advocate; one a participant.

    `youth_saw_on` is the local day on which the youth last read and agreed with it.
    """

    lines: tuple[HandOverLine, ...] = ()
    youth_saw_on: date | None = None
