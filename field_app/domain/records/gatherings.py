"""Workshops, meetings and court: who was there, and what the youth said. Never facts of testimony.

An event for several people writes one record a participant with a common `event_id` (sync.md).
"""

from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from field_app.domain.records.items import Item
from field_app.domain.records.record import Record


class WorkshopKind(StrEnum):
    """Group activities of FYI 19-32 (WRK-01)."""

    PREVENTION_CURRICULUM = "prevention_curriculum"
    EDUCATIONAL = "educational"
    TRANSITIONAL = "transitional"
    EMPOWERMENT = "empowerment"
    COMMUNITY_INTEGRATION = "community_integration"


class MeetingKind(StrEnum):
    """Meetings about one participant (ATM-08, FRP-09, FRP-15, FRP-16)."""

    EMERGENCY_MDT = "emergency_mdt"
    INITIAL_MDT = "initial_mdt"
    ONGOING_MDT = "ongoing_mdt"
    CFT = "cft"
    CASE_CONFERENCE = "case_conference"
    COURT = "court"


class MeetingPartner(StrEnum):
    """Who sits at the table (NUM-07, ATM-09, ATM-11, DAT-46)."""

    DCFS = "dcfs"
    DMH = "dmh"
    DHS = "dhs"
    PUBLIC_HEALTH = "public_health"
    PROBATION = "probation"
    COUNTY_COUNSEL = "county_counsel"
    CHILDRENS_LAW_CENTER = "childrens_law_center"
    ALLIANCE_FOR_CHILDRENS_RIGHTS = "alliance_for_childrens_rights"
    JUVENILE_COURT = "juvenile_court"
    MINORS_ATTORNEY = "minors_attorney"
    EDUCATION = "education"
    CAREGIVER = "caregiver"
    SURVIVOR_ADVOCATE = "survivor_advocate"
    NEUTRAL_CONSULTANT = "neutral_consultant"
    OTHER = "other"


class HearingKind(StrEnum):
    """Kinds of hearing; the kind only, never what it was about."""

    DEPENDENCY = "dependency"
    DELINQUENCY = "delinquency"
    CRIMINAL = "criminal"
    FAMILY = "family"
    OTHER = "other"


class CourtProgram(StrEnum):
    """Court programs for exploited youth (NUM-06)."""

    DREAM = "dream"
    STAR = "star"
    OTHER = "other"


class CourtHelp(StrEnum):
    """What an advocate gave around a hearing (SUR-08)."""

    ACCOMPANIED = "accompanied"
    TRANSPORT = "transport"
    COURT_TOUR = "court_tour"
    WAITED_WITH = "waited_with"
    COMFORT_ITEMS = "comfort_items"
    PLAN_REVIEWED = "plan_reviewed"
    AFTERWARDS = "afterwards"


@dataclass(frozen=True, kw_only=True)
class WorkshopAttendance(Record):
    """One participant at one workshop or event."""

    event_id: str = ""
    workshop_kind: WorkshopKind = WorkshopKind.EDUCATIONAL
    title: str = ""
    held_at: datetime | None = None
    minutes: int | None = None
    attended: bool = True
    facilitators: tuple[str, ...] = ()
    survivor_co_facilitated: bool = False
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class PartnerPresent(Item):
    """Somebody at a meeting; the name may stay empty."""

    partner: MeetingPartner = MeetingPartner.OTHER
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class MeetingDecision(Item):
    """Something the meeting decided, who does it, and by when."""

    words: str = ""
    who: str = ""
    by: date | None = None
    done_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class Meeting(Record):
    """One meeting about one participant.

    Attributes:
        meeting_kind: Which meeting.
        held_at: When it began.
        minutes: How long it lasted.
        partners: Who was there.
        youth_present: Whether the youth took part; None when nobody wrote it down (FRP-19).
        youth_voice: What the youth wants the meeting to know, in the youth's own words.
        youth_in_placement_decision: Whether the youth had a say in a placement decision.
        decisions: What was decided.
        next_on: Local day of the next meeting.
        event_id: Common id when one meeting was about several participants.
    """

    meeting_kind: MeetingKind = MeetingKind.ONGOING_MDT
    held_at: datetime | None = None
    minutes: int | None = None
    partners: tuple[PartnerPresent, ...] = ()
    youth_present: bool | None = None
    youth_voice: str = ""
    youth_in_placement_decision: bool | None = None
    decisions: tuple[MeetingDecision, ...] = ()
    next_on: date | None = None
    event_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class CourtSupport(Record):
    """Support around one hearing. There is no field for what was said: it could be demanded."""

    hearing_on: date | None = None
    hearing: HearingKind = HearingKind.OTHER
    program: CourtProgram | None = None
    testifies: bool | None = None
    help_given: tuple[CourtHelp, ...] = ()
    next_hearing_on: date | None = None
