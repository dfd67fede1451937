"""Safety plans: a contract between a youth and the adults around them, in their own words.

A plan is worked on as one record, entry by entry; everything may be skipped and saved half done.
Finishing it makes a version, which never changes again. Who acknowledged a version and who has a
copy are records of their own. There is no agreed definition of a safety plan (ATM-04); this is that
of the First Responder Protocol (FRP-18), with sections for youth, caregiver and staff (PRA-02).
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from field_app.domain.records.items import Item
from field_app.domain.records.record import Record


class SafetyPlanKind(StrEnum):
    """Which plan it is. The court variant is for a youth who testifies (DAT-22)."""

    HOURS_72 = "72_hour"
    FULL = "full"
    COURT = "court"


class PlanAudience(StrEnum):
    """Whose part of the plan an entry belongs to."""

    YOUTH = "youth"
    CAREGIVER = "caregiver"
    STAFF = "staff"


class PlanSection(StrEnum):
    """What an entry is about, in the order in which a plan is shown: strengths first."""

    STRENGTHS = "strengths"
    TRIGGERS = "triggers"
    EARLY_SIGNS = "early_signs"
    WHAT_HELPS = "what_helps"
    SAFE_PEOPLE = "safe_people"
    SAFE_PLACES = "safe_places"
    REACH_ME = "reach_me"
    IF_I_LEAVE = "if_i_leave"
    PHONE_AND_SOCIAL_MEDIA = "phone_and_social_media"
    SCHOOL = "school"
    PLACEMENT = "placement"
    COURT = "court"
    ADULT_STEPS = "adult_steps"


FIRST_DAYS_SECTIONS = (
    PlanSection.STRENGTHS,
    PlanSection.WHAT_HELPS,
    PlanSection.SAFE_PEOPLE,
    PlanSection.SAFE_PLACES,
    PlanSection.REACH_ME,
    PlanSection.IF_I_LEAVE,
    PlanSection.ADULT_STEPS,
)
"""What the 72-hour plan shows first; the other sections stay open to whoever wants them."""


class PlanPerson(StrEnum):
    """Who had a part in a plan, acknowledged it, or was given a copy."""

    YOUTH = "youth"
    CAREGIVER = "caregiver"
    ADVOCATE = "advocate"
    CSW = "csw"
    PROBATION_OFFICER = "probation_officer"
    ATTORNEY = "attorney"
    CLINICIAN = "clinician"
    SCHOOL = "school"
    PLACEMENT = "placement"
    OTHER = "other"


@dataclass(frozen=True, kw_only=True)
class PlanEntry(Item):
    """One line of a plan.

    Attributes:
        audience: Whose part it is.
        section: What it is about.
        words: As the person says it.
        person: Role of the person it names, if it names one (ATM-02).
        safe_to_share: Whether that person may know of it; None when nobody has asked.
    """

    audience: PlanAudience = PlanAudience.YOUTH
    section: PlanSection = PlanSection.STRENGTHS
    words: str = ""
    person: PlanPerson | None = None
    safe_to_share: bool | None = None


@dataclass(frozen=True, kw_only=True)
class Contributor(Item):
    """Somebody whose thoughts went into the plan, an attorney for one (ATM-03)."""

    person: PlanPerson = PlanPerson.OTHER
    name: str = ""


@dataclass(frozen=True, kw_only=True)
class SafetyPlan(Record):
    """The plan that is being worked on.

    Attributes:
        plan_kind: 72-hour, full or court.
        entries: The lines, in the order they are shown.
        contributors: Who took part in making it.
        review_on: Local day on which it is looked at again.
        covers_until: End of the time that a 72-hour plan covers.
    """

    plan_kind: SafetyPlanKind = SafetyPlanKind.FULL
    entries: tuple[PlanEntry, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    review_on: date | None = None
    covers_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class SafetyPlanVersion(Record):
    """A finished state of a plan. Never changed after it was made."""

    plan_id: str = ""
    plan_kind: SafetyPlanKind = SafetyPlanKind.FULL
    finished_at: datetime | None = None
    previous_version_id: str | None = None
    entries: tuple[PlanEntry, ...] = ()
    contributors: tuple[Contributor, ...] = ()
    review_on: date | None = None
    covers_until: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PlanAcknowledgement(Record):
    """Somebody has seen a version and agrees with their part; no legal name is needed (FRP-18).

    Attributes:
        version_id: The version.
        person: Who.
        initials: Typed, or empty when a mark was drawn.
        strokes: The drawn mark: one text a stroke, "x,y x,y ..." on a field of 1000 by 1000.
        acknowledged_at: When.
    """

    version_id: str = ""
    person: PlanPerson = PlanPerson.YOUTH
    initials: str = ""
    strokes: tuple[str, ...] = ()
    acknowledged_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class PlanCopy(Record):
    """Who was given a copy of a version, when, and under which release (None: the youth)."""

    version_id: str = ""
    person: PlanPerson = PlanPerson.YOUTH
    name: str = ""
    given_on: date | None = None
    release_id: str | None = None


class DifferenceKind(StrEnum):
    """What became of a line between two states of a plan."""

    ADDED = "added"
    REMOVED = "removed"
    CHANGED = "changed"


@dataclass(frozen=True)
class DifferenceLine:
    """One line that differs, with its words before and after (empty where there was none)."""

    what: DifferenceKind
    audience: PlanAudience
    section: PlanSection
    before: str
    after: str


def difference(
    before: Iterable[PlanEntry], after: Iterable[PlanEntry]
) -> tuple[DifferenceLine, ...]:
    """Return what changed between two states of a plan, in the order of a plan's sections.

    A line that only moved, or whose words are the same, does not differ.
    """
    old = {entry.item_id: entry for entry in before}
    new = {entry.item_id: entry for entry in after}
    lines = []
    for item_id in {**old, **new}:
        was, now = old.get(item_id), new.get(item_id)
        if was is None and now is not None:
            lines.append(_line(DifferenceKind.ADDED, now, "", now.words))
        elif was is not None and now is None:
            lines.append(_line(DifferenceKind.REMOVED, was, was.words, ""))
        elif was is not None and now is not None and _said(was) != _said(now):
            lines.append(_line(DifferenceKind.CHANGED, now, was.words, now.words))
    audiences, sections = list(PlanAudience), list(PlanSection)
    lines.sort(key=lambda line: (audiences.index(line.audience), sections.index(line.section)))
    return tuple(lines)


def _said(entry: PlanEntry) -> tuple[object, ...]:
    return (entry.audience, entry.section, entry.words, entry.person, entry.safe_to_share)


def _line(what: DifferenceKind, entry: PlanEntry, before: str, after: str) -> DifferenceLine:
    return DifferenceLine(what, entry.audience, entry.section, before, after)


def entries_for(
    entries: Iterable[PlanEntry], audience: PlanAudience
) -> dict[PlanSection, list[PlanEntry]]:
    """Return one audience's lines by section, in the order of a plan; empty sections are left out.

    A caregiver never sees what is not safe to share, nor anything of the other parts: a caregiver
    may be part of the harm (DAT-20, ATM-02). Youth see all that is theirs; staff see staff's.
    """
    shown = [
        entry
        for entry in entries
        if entry.audience is audience
        and entry.words.strip()
        and not (audience is PlanAudience.CAREGIVER and entry.safe_to_share is False)
    ]
    by_section = {
        section: [entry for entry in shown if entry.section is section] for section in PlanSection
    }
    return {section: lines for section, lines in by_section.items() if lines}


def review_due_on(versions: Iterable[SafetyPlanVersion]) -> date | None:
    """Return the day on which the latest finished version is to be looked at again, or None."""
    finished = [v for v in versions if v.finished_at is not None]
    if not finished:
        return None
    return max(finished, key=_when_finished).review_on


def in_order(versions: Iterable[SafetyPlanVersion]) -> list[SafetyPlanVersion]:
    """Return versions oldest first: their numbers on the screen are their places, from 1.

    A number is not stored, because two phones may finish a version before they hear of each other.
    """
    return sorted(versions, key=_when_finished)


def _when_finished(version: SafetyPlanVersion) -> tuple[datetime, str]:
    return (version.finished_at or version.created_at, version.record_id)
