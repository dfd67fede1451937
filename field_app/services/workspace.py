"""The workspace: everything a person can do while the store is open. Gone the moment it locks."""

from dataclasses import dataclass

from field_app.domain.staff import StaffMember
from field_app.services.caseload import CaseloadService
from field_app.services.contacts import ContactService
from field_app.services.drafts import DraftService
from field_app.services.due_list import DueListService
from field_app.services.intake import IntakeService
from field_app.services.missing import MissingService
from field_app.services.notebook import Notebook
from field_app.services.papers import PaperService
from field_app.services.phases import PhaseService
from field_app.services.preferences import PreferenceService


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
