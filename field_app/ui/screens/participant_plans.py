"""A participant's plans and papers that are written here: each line says where it stands."""

from datetime import date

import flet as ft

from field_app.domain.records.plans import AdvocacyPlanKind
from field_app.domain.records.safety_plan import SafetyPlanKind
from field_app.domain.vocabulary import ParticipantKind
from field_app.services.caseload import ParticipantPage
from field_app.ui.components.basics import section_header
from field_app.ui.components.lists import menu_line
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator
from field_app.ui.screens.goals import open_goals
from field_app.ui.screens.safety_plan import open_safety_plan
from field_app.ui.screens.strengths import open_strengths

SAFETY_ICONS = {
    SafetyPlanKind.FULL: ft.Icons.SHIELD_OUTLINED,
    SafetyPlanKind.HOURS_72: ft.Icons.MORE_TIME,
    SafetyPlanKind.COURT: ft.Icons.GAVEL,
}


@part
def plans_part(*, app: Controller, page: ParticipantPage) -> ft.Control:
    """Draw the part of the page about plans."""
    lines: list[ft.Control] = []
    if page.participant.participant_kind is ParticipantKind.YOUTH:
        lines += [*_safety(app, page), *_papers(app, page.participant.case_id)]
    else:
        lines.append(section_header(t("plans.papers")))
    lines += [_linkages(app, page.participant.case_id), *_shared(app, page)]
    return ft.Column(
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=lines,
    )


def _safety(app: Controller, page: ParticipantPage) -> list[ft.Control]:
    case_id = page.participant.case_id
    standing = ft.use_memo(lambda: _standing(app, case_id), [case_id, app.state.revision])
    return [
        section_header(t("plans.safety")),
        *(_safety_line(app, case_id, kind, standing.get(kind)) for kind in SAFETY_ICONS),
    ]


def _standing(app: Controller, case_id: str) -> dict[SafetyPlanKind, tuple[int, date | None]]:
    """Return for each plan begun how many versions it has, and when to look at it again."""
    plans = app.workspace.safety_plans
    return {
        plan.plan_kind: (len(plans.versions(plan.record_id)), plan.review_on)
        for plan in plans.of_case(case_id)
    }


def _safety_line(
    app: Controller, case_id: str, kind: SafetyPlanKind, standing: tuple[int, date | None] | None
) -> ft.Control:
    words = t("plans.not_begun")
    if standing is not None:
        versions, review_on = standing
        words = t("safety_plan.version", number=versions) if versions else t("plans.begun")
        if review_on is not None:
            words += " · " + t("safety_plan.look_again", day=translator().date(review_on))
    return menu_line(
        identifier=f"safety-{kind.value}",
        icon=SAFETY_ICONS[kind],
        title=translator().word(kind),
        words=words,
        on_click=lambda: open_safety_plan(app, case_id, kind),
    )


def _papers(app: Controller, case_id: str) -> list[ft.Control]:
    return [
        section_header(t("plans.papers")),
        menu_line(
            identifier="strengths",
            icon=ft.Icons.SPA_OUTLINED,
            title=t("strengths.title"),
            words=t("strengths.open"),
            on_click=lambda: open_strengths(app, case_id),
        ),
        *(_goals_line(app, case_id, kind) for kind in AdvocacyPlanKind),
    ]


def _goals_line(app: Controller, case_id: str, kind: AdvocacyPlanKind) -> ft.Control:
    return menu_line(
        identifier=f"goals-{kind.value}",
        icon=ft.Icons.FLAG_OUTLINED,
        title=translator().word(kind),
        words=t("plans.open_goals"),
        on_click=lambda: open_goals(app, case_id, kind),
    )


def _linkages(app: Controller, case_id: str) -> ft.Control:
    return menu_line(
        identifier="linkages",
        icon=ft.Icons.HUB_OUTLINED,
        title=t("linkages.title"),
        words=t("linkages.open"),
        on_click=lambda: app.navigate(f"/caseload/{case_id}/linkages"),
    )


def _shared(app: Controller, page: ParticipantPage) -> list[ft.Control]:
    case_id = page.participant.case_id
    return [
        section_header(t("plans.shared")),
        menu_line(
            identifier="releases",
            icon=ft.Icons.HANDSHAKE_OUTLINED,
            title=t("releases.title"),
            words=t("plans.releases"),
            on_click=lambda: app.navigate(f"/caseload/{case_id}/releases"),
        ),
        menu_line(
            identifier="hand-over",
            icon=ft.Icons.SWIPE_RIGHT_ALT,
            title=t("hand_over.title"),
            words=t("plans.hand_over"),
            on_click=lambda: app.navigate(f"/caseload/{case_id}/hand-over"),
        ),
    ]
