"""The only module that builds parts and joins them.

Everything else is handed what it needs, so that a test can hand in a clock that stands still or a
folder of its own.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from field_app.domain.records.empowerment import EmpowermentTarget
from field_app.domain.records.staff import StaffMember
from field_app.platform.keystore import NoKeystore
from field_app.platform.phone_keystore import PhoneKeystore
from field_app.programs import default_program
from field_app.services.agency import AgencyService
from field_app.services.attachments import AttachmentService
from field_app.services.case_shelf import CaseShelf
from field_app.services.caseload import CaseloadService
from field_app.services.conflicts import ConflictService
from field_app.services.contacts import ContactService
from field_app.services.drafts import DraftService
from field_app.services.due_list import DueListService
from field_app.services.duties import DemandService, ReportingService
from field_app.services.empowerment import EmpowermentService
from field_app.services.enrolment import EnrolmentService
from field_app.services.fund import FundService
from field_app.services.gatherings import CourtService, MeetingService, WorkshopService
from field_app.services.hand_over import HandOverService
from field_app.services.intake import GateRules, IntakeService
from field_app.services.merging import AppMergeRules
from field_app.services.missing import MissingService
from field_app.services.notebook import Clock, Notebook, system_clock
from field_app.services.papers import PaperService
from field_app.services.phases import PhaseService
from field_app.services.plans import AssessmentService, LinkageService, PlanService
from field_app.services.preferences import DevicePreferences, PreferenceService
from field_app.services.profiles import ProfileService
from field_app.services.releases import ReleaseService
from field_app.services.responses import ResponseService, response_limits
from field_app.services.safety_plans import SafetyPlanService
from field_app.services.session import SessionService
from field_app.services.sheets import SheetService
from field_app.services.sync import SyncService
from field_app.services.team import TeamService
from field_app.services.visit_checks import VisitCheckService
from field_app.services.workspace import Workspace
from field_app.settings import Settings, is_phone
from field_app.store.kdf import KdfCost
from field_app.store.keystore import Keystore


@dataclass(frozen=True)
class App:
    """The parts of one running app, before anybody has unlocked it.

    Attributes:
        connect: On a phone, reaches the keystore through a window (a `ft.Page`) that just opened.
    """

    settings: Settings
    session: SessionService
    device_preferences: DevicePreferences
    enrolment: EnrolmentService
    connect: Callable[[Any], Awaitable[None]] | None = None


def build_app(
    settings: Settings,
    *,
    clock: Clock = system_clock,
    keystore: Keystore | None = None,
    kdf: KdfCost | None = None,
) -> App:
    """Join the parts of an app over its data folder. Nothing is read or written yet.

    `keystore` is the phone's own on a phone and none elsewhere, when it is not given.
    """
    if keystore is None:
        keystore = PhoneKeystore() if is_phone() else NoKeystore()
    session = SessionService(
        settings.store,
        keystore=keystore,
        open_workspace=open_workspace,
        clock=clock,
        kdf=kdf,
    )
    preferences = DevicePreferences(settings.device_preferences)
    connect = keystore.connect if isinstance(keystore, PhoneKeystore) else None
    return App(settings, session, preferences, EnrolmentService(session), connect)


def open_workspace(notebook: Notebook, me: StaffMember) -> Workspace:
    """Join the services over an open notebook."""
    program = default_program()
    terms = program.versions[-1].intake
    preferences = PreferenceService(notebook)
    shelf = CaseShelf(notebook)
    sync = SyncService(
        notebook,
        AppMergeRules(notebook.clock),
        # Where nobody tells which network it is, the setting holds pictures until they are opened.
        may_download=lambda: (
            bool(sync.loop.network_is_free) or not preferences.get("attachments_on_wifi_only")
        ),
        # Their own go where nobody tells: on a computer they would never leave.
        may_upload=lambda: (
            sync.loop.network_is_free is not False
            or not preferences.get("attachments_on_wifi_only")
        ),
    )
    pep = program.versions[-1].empowerment
    return Workspace(
        me=me,
        notebook=notebook,
        caseload=CaseloadService(notebook, shelf),
        contacts=ContactService(notebook),
        drafts=DraftService(notebook),
        due_list=DueListService(notebook, program, shelf),
        intake=IntakeService(
            notebook, GateRules(county=terms.county, age_below=terms.age_limit_years)
        ),
        missing=MissingService(notebook),
        papers=PaperService(notebook),
        phases=PhaseService(notebook),
        preferences=preferences,
        sync=sync,
        conflicts=ConflictService(notebook),
        team=TeamService(notebook, sync),
        agency=AgencyService(notebook),
        assessments=AssessmentService(notebook),
        attachments=AttachmentService(notebook, sync.fetch_attachment),
        court=CourtService(notebook),
        demands=DemandService(notebook),
        empowerment=EmpowermentService(
            notebook,
            EmpowermentTarget(pep.sessions, pep.session_minutes, len(pep.topics)),
        ),
        fund=FundService(notebook, is_in_agency=lambda: sync.is_enrolled),
        hand_over=HandOverService(notebook),
        linkages=LinkageService(notebook),
        meetings=MeetingService(notebook),
        plans=PlanService(notebook),
        profiles=ProfileService(notebook),
        releases=ReleaseService(notebook),
        reporting=ReportingService(notebook),
        responses=ResponseService(notebook, lambda day: response_limits(program, day)),
        safety_plans=SafetyPlanService(notebook),
        sheets=SheetService(notebook, program),
        visit_checks=VisitCheckService(notebook),
        workshops=WorkshopService(notebook),
    )
