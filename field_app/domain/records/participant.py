"""A participant: a youth, or a parent or caregiver. One participant is one case.

A parent is a participant of their own, linked to the youth, because a caregiver may be part of the
harm: the two never share a list, a narrative or a key (DAT-20).
"""

from dataclasses import dataclass, field
from datetime import date

from field_app.domain.records.items import Part
from field_app.domain.records.record import Record
from field_app.domain.vocabulary import Channel, ParticipantKind, TeamRole


@dataclass(frozen=True, kw_only=True)
class SafeContact(Part):
    """How this person may be contacted without putting them at risk; shown on the dial button.

    Attributes:
        channels: Channels that are safe. Empty means that nobody has asked yet.
        hours: When it is safe, in the person's own words ("after 4, never on Sundays").
        code_word: What to say, or to hear, so that both know it is safe to speak.
        voicemail_ok: Whether a voice message may be left; None when nobody has asked.
        note: Anything else ("her brother picks up").
    """

    channels: tuple[Channel, ...] = ()
    hours: str = ""
    code_word: str = ""
    voicemail_ok: bool | None = None
    note: str = ""

    @property
    def is_known(self) -> bool:
        """Whether anything has been agreed with the person."""
        return bool(self.channels or self.hours or self.code_word or self.note) or (
            self.voicemail_ok is not None
        )


@dataclass(frozen=True, kw_only=True)
class Participant(Record):
    """Whom a case is about. `case_id` equals `record_id`.

    Attributes:
        participant_kind: Youth, or parent/caregiver.
        alias: The short name that screens show; never required to be a legal name.
        full_name: Legal or full name where the work needs it; may stay empty.
        birth_date: Local date; None while unknown.
        pronouns: In the person's words.
        language: What the person prefers to speak.
        residence_county: County where the youth lives (REF-06); empty while unknown.
        classification: "identified" or "high_risk" (REF-04); empty while unknown.
        is_non_minor_dependent: Non-minor dependent, 18 to 21 (REF-04).
        linked_youth_id: For a parent: the youth's record id.
        relationship: For a parent: relation to the youth, in the family's words.
        contact_safe: Whether contact with the parent is safe for the youth: on a parent's record
            for that parent, on a youth's for the family. None until somebody has asked; no parent
            task is listed before (rules.md, reading 15).
        phone: Number behind the dial button.
        safe_contact: The agreed rule of contact.
        closed_on: Last local day of the case; None while it is open.
        close_reason: Why it was closed, in plain words.
    """

    participant_kind: ParticipantKind = ParticipantKind.YOUTH
    alias: str = ""
    full_name: str = ""
    birth_date: date | None = None
    pronouns: str = ""
    language: str = ""
    residence_county: str = ""
    classification: str = ""
    is_non_minor_dependent: bool = False
    linked_youth_id: str | None = None
    relationship: str = ""
    contact_safe: bool | None = None
    phone: str = ""
    safe_contact: SafeContact = field(default_factory=SafeContact)
    closed_on: date | None = None
    close_reason: str = ""

    @property
    def is_open(self) -> bool:
        """Whether the case is open: it has no last day."""
        return self.closed_on is None


@dataclass(frozen=True, kw_only=True)
class TeamMember(Record):
    """Somebody outside the agency who works with the participant (CSW, probation officer, ...)."""

    role: TeamRole = TeamRole.OTHER
    name: str = ""
    organisation: str = ""
    phone: str = ""
    email: str = ""
    note: str = ""
    until: date | None = None


def age_on(birth_date: date, day: date) -> int:
    """Return the age in whole years on a local day; someone born on 29 February ages on 1 March."""
    had_birthday = (day.month, day.day) >= (birth_date.month, birth_date.day)
    return day.year - birth_date.year - (0 if had_birthday else 1)
