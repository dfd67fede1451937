"""The workspace: everything a person can do while the store is open. Gone the moment it locks."""

from dataclasses import dataclass

from field_app.domain.records.staff import StaffMember
from field_app.services.agency import AgencyService
from field_app.services.attachments import AttachmentService
from field_app.services.caseload import CaseloadService
from field_app.services.conflicts import ConflictService
from field_app.services.contacts import ContactService
from field_app.services.drafts import DraftService
from field_app.services.due_list import DueListService
from field_app.services.duties import DemandService, ReportingService
from field_app.services.empowerment import EmpowermentService
from field_app.services.fund import FundService
from field_app.services.gatherings import CourtService, MeetingService, WorkshopService
from field_app.services.hand_over import HandOverService
from field_app.services.intake import IntakeService
from field_app.services.missing import MissingService
from field_app.services.notebook import Notebook
from field_app.services.papers import PaperService
from field_app.services.phases import PhaseService
from field_app.services.plans import AssessmentService, LinkageService, PlanService
from field_app.services.preferences import PreferenceService
from field_app.services.profiles import ProfileService
from field_app.services.releases import ReleaseService
from field_app.services.responses import ResponseService
from field_app.services.safety_plans import SafetyPlanService
from field_app.services.sheets import SheetService
from field_app.services.sync import SyncService
from field_app.services.team import TeamService
from field_app.services.visit_checks import VisitCheckService


@dataclass(frozen=True)
class Workspace:
    """The services of an open store, one a noun; `bootstrap.open_workspace` joins them."""

    me: StaffMember
    notebook: Notebook
    caseload: CaseloadService
    contacts: ContactService
    drafts: DraftService
    due_list: DueListService
    intake: IntakeService
    missing: MissingService
    papers: PaperService
    phases: PhaseService
    preferences: PreferenceService
    sync: SyncService
    conflicts: ConflictService
    team: TeamService
    agency: AgencyService
    assessments: AssessmentService
    attachments: AttachmentService
    court: CourtService
    demands: DemandService
    empowerment: EmpowermentService
    fund: FundService
    hand_over: HandOverService
    linkages: LinkageService
    meetings: MeetingService
    plans: PlanService
    profiles: ProfileService
    releases: ReleaseService
    reporting: ReportingService
    responses: ResponseService
    safety_plans: SafetyPlanService
    sheets: SheetService
    visit_checks: VisitCheckService
    workshops: WorkshopService
