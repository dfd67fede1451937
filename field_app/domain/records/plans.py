"""Assessment, advocacy and transition plans, screenings, and the links to services outside.

The assessment is the project's own generic form: strengths before needs, every line optional
(STB-04, DAT-08). Copyrighted instruments leave only their name, date and result band.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from field_app.domain.records.goal import NeedKind
from field_app.domain.records.items import Item
from field_app.domain.records.record import Record


class AssessmentSide(StrEnum):
    """A strength or a need; strengths come first."""

    STRENGTH = "strength"
    NEED = "need"


class NeedLevel(StrEnum):
    """How well a need is met at present, as the youth sees it (DAT-30)."""

    NOT_YET = "not_yet"
    PARTLY = "partly"
    MET = "met"


class AdvocacyPlanKind(StrEnum):
    """The advocacy plan of stabilization (STB-06) and that of transition (TRN-03)."""

    ADVOCACY = "advocacy"
    TRANSITION = "transition"


class LinkageState(StrEnum):
    """Where a link to a service outside stands. Not wanting it now is an answer, not an end."""

    WANTED = "wanted"
    REFERRED = "referred"
    WAITING = "waiting"
    CONNECTED = "connected"
    NOT_NOW = "not_now"
    CLOSED = "closed"


class LegalKind(StrEnum):
    """Legal services (PRA-18)."""

    VICTIM_ADVOCACY = "victim_advocacy"
    EXPUNGEMENT = "expungement"
    IMMIGRATION_RELIEF = "immigration_relief"
    FAMILY_COURT = "family_court"
    RESTITUTION = "restitution"


class TreatmentKind(StrEnum):
    """Types of treatment that a link may lead to (PRA-23): a list only, never a clinical note."""

    RELATIONSHIP_BASED = "relationship_based"
    TRAUMA_INFORMED_CARE = "trauma_informed_care"
    HARM_REDUCTION = "harm_reduction"
    TF_CBT = "tf_cbt"
    DBT = "dbt"
    TALK_THERAPY = "talk_therapy"
    INDIVIDUAL_PSYCHOTHERAPY = "individual_psychotherapy"
    EXPOSURE_THERAPY = "exposure_therapy"
    GROUP_THERAPY = "group_therapy"
    EMDR = "emdr"
    POSITIVE_ENERGY = "positive_energy"
    NEURO_LINGUISTIC = "neuro_linguistic"
    SOMATIC_THERAPY = "somatic_therapy"
    WELLNESS_RECOVERY = "wellness_recovery"
    ANIMAL_THERAPY = "animal_therapy"


@dataclass(frozen=True, kw_only=True)
class AssessmentEntry(Item):
    """One strength or need, in the youth's words."""

    side: AssessmentSide = AssessmentSide.STRENGTH
    area: NeedKind | None = None
    words: str = ""
    level: NeedLevel | None = None


@dataclass(frozen=True, kw_only=True)
class StrengthsNeedsAssessment(Record):
    """One assessment. A later one is a record of its own, so that change over time shows."""

    entries: tuple[AssessmentEntry, ...] = ()
    started_on: date | None = None
    finished_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class AdvocacyPlan(Record):
    """An advocacy or transition plan: which goals it holds and who stays reachable afterwards.

    Attributes:
        plan_kind: Advocacy or transition.
        goal_ids: The goals (`contact.Goal`), in the youth's words, with their steps.
        support: Who and what helps, in the youth's words.
        aftercare_contact: Whom the youth can call when the service has ended (PRA-22).
        started_on: Local day.
        finished_on: Local day the plan was made; its steps go on after that (TRN-04).
    """

    plan_kind: AdvocacyPlanKind = AdvocacyPlanKind.ADVOCACY
    goal_ids: tuple[str, ...] = ()
    support: str = ""
    aftercare_contact: str = ""
    started_on: date | None = None
    finished_on: date | None = None


@dataclass(frozen=True, kw_only=True)
class FollowUp(Item):
    """One look at how a link is going."""

    on: date | None = None
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class Linkage(Record):
    """A need and the service outside that may answer it, followed up until it is closed (PRA-16).

    Attributes:
        need: The need.
        legal: For legal advocacy: which service.
        treatment: For treatment: its type (PRA-23).
        provider: Who would give it.
        state: Where it stands.
        opened_on: Local day.
        follow_up_on: When to look again.
        follow_ups: What was found.
    """

    need: NeedKind = NeedKind.OTHER
    legal: LegalKind | None = None
    treatment: TreatmentKind | None = None
    provider: str = ""
    state: LinkageState = LinkageState.WANTED
    opened_on: date | None = None
    follow_up_on: date | None = None
    follow_ups: tuple[FollowUp, ...] = ()


@dataclass(frozen=True, kw_only=True)
class ScreeningResult(Record):
    """That a screening was done: tool, day, result band, who did it (ATM-10, X-08, DAT-07).

    The items and scores of a copyrighted instrument are never kept.
    """

    tool: str = ""
    done_on: date | None = None
    result_band: str = ""
    assessor: str = ""
