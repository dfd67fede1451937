"""The kinds of record and the words that name them on disk, in import files and on the wire.

One registry, read by the store, by import and export, and by sync: a kind that is not here does
not exist anywhere.
"""

from field_app.domain.records.agency_setting import AgencySetting
from field_app.domain.records.attachment import Attachment
from field_app.domain.records.conflict import Conflict
from field_app.domain.records.contact import Contact, Goal
from field_app.domain.records.duties import RecordsDemand, ReporterFollowUp
from field_app.domain.records.empowerment import EmpowermentSession
from field_app.domain.records.fund import Fund, Purchase
from field_app.domain.records.gatherings import CourtSupport, Meeting, WorkshopAttendance
from field_app.domain.records.hand_over import AlreadyTold, HandOverPage
from field_app.domain.records.missing import WelcomeBack
from field_app.domain.records.participant import Participant, TeamMember
from field_app.domain.records.plans import (
    AdvocacyPlan,
    Linkage,
    ScreeningResult,
    StrengthsNeedsAssessment,
)
from field_app.domain.records.profile import PlacementPeriod, Profile
from field_app.domain.records.record import Record
from field_app.domain.records.release import ConfidentialityTalk, Disclosure, Release
from field_app.domain.records.safety_plan import (
    PlanAcknowledgement,
    PlanCopy,
    SafetyPlan,
    SafetyPlanVersion,
)
from field_app.domain.records.service import (
    Decision,
    DocumentDone,
    FirstResponse,
    MissingEpisode,
    PhasePeriod,
    Referral,
    ServicePeriod,
    Waiver,
)
from field_app.domain.records.staff import StaffMember, TrainingDone
from field_app.domain.records.visit_check import VisitCheck

KINDS: dict[str, type[Record]] = {
    "participant": Participant,
    "team_member": TeamMember,
    "referral": Referral,
    "first_response": FirstResponse,
    "service_period": ServicePeriod,
    "phase_period": PhasePeriod,
    "decision": Decision,
    "contact": Contact,
    "goal": Goal,
    "document": DocumentDone,
    "missing_episode": MissingEpisode,
    "waiver": Waiver,
    "staff_member": StaffMember,
    "safety_plan": SafetyPlan,
    "safety_plan_version": SafetyPlanVersion,
    "plan_acknowledgement": PlanAcknowledgement,
    "plan_copy": PlanCopy,
    "strengths_needs_assessment": StrengthsNeedsAssessment,
    "advocacy_plan": AdvocacyPlan,
    "linkage": Linkage,
    "screening_result": ScreeningResult,
    "fund": Fund,
    "purchase": Purchase,
    "empowerment_session": EmpowermentSession,
    "workshop_attendance": WorkshopAttendance,
    "meeting": Meeting,
    "court_support": CourtSupport,
    "release": Release,
    "disclosure": Disclosure,
    "confidentiality_talk": ConfidentialityTalk,
    "reporter_follow_up": ReporterFollowUp,
    "records_demand": RecordsDemand,
    "already_told": AlreadyTold,
    "hand_over_page": HandOverPage,
    "welcome_back": WelcomeBack,
    "visit_check": VisitCheck,
    "profile": Profile,
    "placement_period": PlacementPeriod,
    "attachment": Attachment,
    "training_done": TrainingDone,
    "agency_setting": AgencySetting,
    "conflict": Conflict,
}

KIND_OF: dict[type[Record], str] = {record: kind for kind, record in KINDS.items()}

AGENCY_KINDS: tuple[type[Record], ...] = (
    StaffMember,
    TrainingDone,
    Waiver,
    Fund,
    AgencySetting,
)
"""Kinds that live in the agency's reserved case; every other kind belongs to a participant's."""
