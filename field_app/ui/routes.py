"""The table of screens: which component stands at which route, and which panels there are.

To add a screen: write its component in `screens/` and a line here. Routes carry ids, never names.
On a phone a detail is a view of its own on top of the one above it; on a laptop it fills the pane
beside the list of its tab.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import flet as ft

from field_app.ui.controller import Controller
from field_app.ui.guard import Handler
from field_app.ui.screens.add import add_panel
from field_app.ui.screens.agency import agency_numbers_panel, trainings_panel
from field_app.ui.screens.backup import backup_panel
from field_app.ui.screens.case_access import case_access_panel
from field_app.ui.screens.caseload import caseload_screen
from field_app.ui.screens.change_passphrase import change_passphrase_screen
from field_app.ui.screens.confidentiality import confidentiality_panel
from field_app.ui.screens.conflict import conflict_panel
from field_app.ui.screens.contact import contact_panel
from field_app.ui.screens.court import court_panel
from field_app.ui.screens.daily import daily_panel
from field_app.ui.screens.demands import (
    demand_outcome_panel,
    demand_panel,
    demand_release_panel,
    demands_screen,
)
from field_app.ui.screens.disclosure import disclosure_panel
from field_app.ui.screens.empowerment import certificate_panel
from field_app.ui.screens.enrol import enrol_screen
from field_app.ui.screens.fund import agency_fund_screen, youth_fund_screen
from field_app.ui.screens.fund_setup import fund_setup_panel
from field_app.ui.screens.goal_open import goal_panel, step_panel
from field_app.ui.screens.goals import goals_screen
from field_app.ui.screens.hand_over import hand_over_line_panel, hand_over_screen, told_panel
from field_app.ui.screens.intake import intake_screen
from field_app.ui.screens.late_work import late_work_panel
from field_app.ui.screens.lease import (
    closed_screen,
    lease_panel,
    leased_caseload_screen,
    leased_today_screen,
    may_open,
    while_leased,
)
from field_app.ui.screens.linkages import follow_up_panel, linkage_panel, linkages_screen
from field_app.ui.screens.log_contact import log_contact_panel
from field_app.ui.screens.meeting import meeting_panel
from field_app.ui.screens.meeting_open import (
    meeting_decision_panel,
    meeting_open_panel,
    meeting_partner_panel,
)
from field_app.ui.screens.missing import missing_panel
from field_app.ui.screens.missing_told import missing_told_panel
from field_app.ui.screens.more import more_screen
from field_app.ui.screens.new_words import new_words_screen
from field_app.ui.screens.nobody_chosen import nobody_chosen
from field_app.ui.screens.paper import paper_panel
from field_app.ui.screens.participant import participant_screen
from field_app.ui.screens.person import (
    close_case_panel,
    dial_panel,
    person_panel,
    safe_contact_panel,
)
from field_app.ui.screens.plan_support import plan_support_panel
from field_app.ui.screens.profile import placement_panel, profile_panel
from field_app.ui.screens.purchase import purchase_panel
from field_app.ui.screens.purchase_open import purchase_open_panel
from field_app.ui.screens.release_signing import release_panel
from field_app.ui.screens.releases import releases_screen
from field_app.ui.screens.reporting import report_panel, reporter_status_panel
from field_app.ui.screens.response import response_panel
from field_app.ui.screens.safety_line import safety_line_panel
from field_app.ui.screens.safety_plan import safety_plan_screen
from field_app.ui.screens.safety_version import safety_version_panel
from field_app.ui.screens.service import offer_panel, service_panel, start_service_panel
from field_app.ui.screens.session import group_session_panel, session_panel
from field_app.ui.screens.settings import settings_screen
from field_app.ui.screens.staff_person import staff_add_panel, staff_person_panel
from field_app.ui.screens.strengths import (
    assessment_line_panel,
    screening_panel,
    strengths_screen,
)
from field_app.ui.screens.sync import sync_screen
from field_app.ui.screens.team import team_screen
from field_app.ui.screens.team_member import team_member_panel
from field_app.ui.screens.today import today_screen
from field_app.ui.screens.unsent import unsent_panel
from field_app.ui.screens.visit_check import visit_check_panel
from field_app.ui.screens.welcome_back import welcome_back_panel
from field_app.ui.screens.why import why_panel
from field_app.ui.screens.workshop import workshop_open_panel, workshop_panel
from field_app.ui.state import Panel


@dataclass(frozen=True)
class Detail:
    """A screen under a tab: its path below the tab's, as `:case_id/plan`, and its component."""

    path: str
    component: Handler


@dataclass(frozen=True)
class TabRoute:
    """A tab: its path, its screen, its details, and what its pane shows before one is chosen."""

    path: str
    component: Handler
    details: Sequence[Detail] = ()
    at_first: Handler | None = None


def _while_leased(detail: Detail) -> Handler:
    if detail.component is agency_fund_screen:  # a list over all cases
        return closed_screen
    return while_leased(detail.component) if ":case_id" in detail.path else detail.component


TABS: Sequence[TabRoute] = (
    TabRoute("", today_screen),
    TabRoute(
        "caseload",
        caseload_screen,
        details=(
            Detail("new/:about", intake_screen),
            Detail(":case_id", participant_screen),
            Detail(":case_id/fund", youth_fund_screen),
            Detail(":case_id/safety/:plan_id", safety_plan_screen),
            Detail(":case_id/goals/:kind", goals_screen),
            Detail(":case_id/strengths", strengths_screen),
            Detail(":case_id/linkages", linkages_screen),
            Detail(":case_id/releases", releases_screen),
            Detail(":case_id/hand-over", hand_over_screen),
            Detail(":case_id/demands", demands_screen),
        ),
        at_first=nobody_chosen,
    ),
    TabRoute("sync", sync_screen),
    TabRoute(
        "more",
        more_screen,
        details=(
            Detail("fund", agency_fund_screen),
            Detail("team", team_screen),
            Detail("enrol", enrol_screen),
            Detail("settings", settings_screen),
            Detail("settings/passphrase", change_passphrase_screen),
            Detail("settings/recovery-words", new_words_screen),
        ),
        at_first=settings_screen,
    ),
)

LEASED_TABS = tuple(
    replace(
        tab,
        component={
            today_screen: leased_today_screen,
            caseload_screen: leased_caseload_screen,
        }.get(tab.component, tab.component),
        details=tuple(replace(d, component=_while_leased(d)) for d in tab.details),
    )
    for tab in TABS
)
"""The same places while the lease is over: what is of old cases says why it is closed."""

PANELS: dict[str, Handler] = {
    "add": add_panel,
    "log": log_contact_panel,
    "contact": contact_panel,
    "daily": daily_panel,
    "why": why_panel,
    "dial": dial_panel,
    "paper": paper_panel,
    "service": service_panel,
    "phase": service_panel,
    "start-service": start_service_panel,
    "offer": offer_panel,
    "missing": missing_panel,
    "missing-told": missing_told_panel,
    "member": team_member_panel,
    "person": person_panel,
    "safe": safe_contact_panel,
    "close": close_case_panel,
    "purchase": purchase_panel,
    "purchase-open": purchase_open_panel,
    "fund-setup": fund_setup_panel,
    "session": session_panel,
    "group-session": group_session_panel,
    "certificate": certificate_panel,
    "visit-check": visit_check_panel,
    "meeting": meeting_panel,
    "meeting-open": meeting_open_panel,
    "meeting-decision": meeting_decision_panel,
    "meeting-partner": meeting_partner_panel,
    "court": court_panel,
    "workshop": workshop_panel,
    "workshop-open": workshop_open_panel,
    "welcome-back": welcome_back_panel,
    "response": response_panel,
    "backup": backup_panel,
    "conflict": conflict_panel,
    "unsent": unsent_panel,
    "staff-add": staff_add_panel,
    "staff-person": staff_person_panel,
    "case-access": case_access_panel,
    "late-work": late_work_panel,
    "safety-line": safety_line_panel,
    "safety-version": safety_version_panel,
    "goal": goal_panel,
    "step": step_panel,
    "plan-support": plan_support_panel,
    "assessment-line": assessment_line_panel,
    "screening": screening_panel,
    "linkage": linkage_panel,
    "follow-up": follow_up_panel,
    "release": release_panel,
    "confidentiality": confidentiality_panel,
    "disclosure": disclosure_panel,
    "hand-over-line": hand_over_line_panel,
    "told": told_panel,
    "demand": demand_panel,
    "demand-outcome": demand_outcome_panel,
    "demand-release": demand_release_panel,
    "profile": profile_panel,
    "placement": placement_panel,
    "report": report_panel,
    "reporter-status": reporter_status_panel,
    "agency-numbers": agency_numbers_panel,
    "trainings": trainings_panel,
}


def panel_component(app: Controller, panel: Panel) -> Handler | None:
    """Return the component of a panel; None for one that there is not."""
    if panel.name in PANELS and not may_open(app, panel):
        return lease_panel
    return PANELS.get(panel.name)


def build_routes(is_wide: bool, *, is_leased: bool = False) -> list[ft.Route]:
    """Return the routes for Flet's router; `is_leased` while old cases are closed."""
    tabs = LEASED_TABS if is_leased else TABS
    return [_wide(tab) if is_wide else _narrow(tab) for tab in tabs]


def _wide(tab: TabRoute) -> ft.Route:
    if not tab.details:
        return ft.Route(path=tab.path or None, index=not tab.path, component=tab.component)
    # Every detail is a sibling, so that exactly one fills the pane and the list stays mounted.
    children = [ft.Route(path=detail.path, component=detail.component) for detail in tab.details]
    if tab.at_first is not None:
        children.insert(0, ft.Route(index=True, component=tab.at_first))
    return ft.Route(path=tab.path, component=tab.component, outlet=True, children=children)


def _narrow(tab: TabRoute) -> ft.Route:
    if not tab.path and not tab.details:
        return ft.Route(index=True, component=tab.component)
    return ft.Route(
        path=tab.path or None, component=tab.component, children=_nested(tab.details) or None
    )


def _nested(details: Sequence[Detail], above: str = "") -> list[ft.Route]:
    """Return details as a tree: `a/b` stands under `a`, so that back leads to it."""
    paths = [detail.path for detail in details]

    def parent(path: str) -> str:
        over = [other for other in paths if path.startswith(f"{other}/")]
        return max(over, key=len, default="")

    return [
        ft.Route(
            path=detail.path.removeprefix(f"{above}/") if above else detail.path,
            component=detail.component,
            children=_nested(details, detail.path) or None,
        )
        for detail in details
        if parent(detail.path) == above
    ]
