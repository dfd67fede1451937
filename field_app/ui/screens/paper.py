"""A paper that is due: written here, in its own plan, or noted as done with one more tap."""

from collections.abc import Awaitable, Callable

import flet as ft

from field_app.domain.records.plans import AdvocacyPlanKind
from field_app.domain.records.safety_plan import SafetyPlanKind
from field_app.domain.vocabulary import DocumentKind
from field_app.services.papers import CLOSINGS
from field_app.ui.components.basics import primary_button, quiet
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.folds import fold
from field_app.ui.components.lists import menu_line
from field_app.ui.components.panels import panel_page
from field_app.ui.components.parent_safety import is_unanswered, safety_question
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import day_of, when_fields
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator
from field_app.ui.screens.goals import open_goals
from field_app.ui.screens.safety_plan import open_safety_plan
from field_app.ui.screens.strengths import open_strengths

PLAN_OF: dict[DocumentKind, Callable[[Controller, str], Awaitable[None]]] = {
    DocumentKind.SAFETY_PLAN: lambda app, case_id: open_safety_plan(
        app, case_id, SafetyPlanKind.FULL
    ),
    DocumentKind.STRENGTHS_NEEDS_ASSESSMENT: open_strengths,
    DocumentKind.ADVOCACY_PLAN: lambda app, case_id: open_goals(
        app, case_id, AdvocacyPlanKind.ADVOCACY
    ),
    DocumentKind.TRANSITION_ADVOCACY_PLAN: lambda app, case_id: open_goals(
        app, case_id, AdvocacyPlanKind.TRANSITION
    ),
}
"""The papers that are written in the app; finishing one there notes it as done by itself."""


@part
def paper_panel(*, case_id: str, document: str) -> ft.Control:
    """Draw the paper with its day and outcome."""
    app = use_app()
    kind = DocumentKind(document)
    draft = use_draft(
        f"paper:{case_id}/{document}", {"day": "", "outcome": "done", "note": ""}, case_id=case_id
    )
    is_open, set_open = ft.use_state(False)
    person = app.workspace.caseload.find(case_id)
    if person is not None and is_unanswered(person):
        return panel_page(title=t("paper.title"), body=[safety_question(app, person)])
    papers = app.workspace.papers

    async def save() -> None:
        values = draft.values
        await finish(
            app,
            draft,
            lambda: papers.mark(
                case_id,
                kind,
                done_on=day_of(values["day"]),
                outcome=values["outcome"],
                note=values["note"],
            ),
            undo=lambda paper: papers.take_back(paper.record_id),
        )

    body: list[ft.Control] = [quiet(person.alias)] if person is not None else []
    if kind is DocumentKind.INTRODUCTORY_PACKET_PARENT:
        body.append(
            choice_chips(
                identifier="paper-outcome",
                label=t("paper.outcome_label"),
                choices=[Choice(word, t(f"paper.outcome.{word}")) for word in CLOSINGS],
                chosen=draft["outcome"],
                on_choose=draft.setter("outcome"),
            )
        )
    body.append(
        fold(
            identifier="paper-more",
            title=t("paper.more"),
            is_open=is_open,
            on_toggle=lambda: set_open(not is_open),
            controls=[
                when_fields(
                    identifier="paper",
                    day=draft["day"],
                    clock="",
                    now=app.workspace.notebook.now(),
                    on_day=draft.setter("day"),
                ),
                text_field(
                    identifier="paper-note",
                    label=t("log.note"),
                    value=draft["note"],
                    on_change=draft.setter("note"),
                ),
            ],
        )
    )
    body.append(field_error(draft.problem or None))
    open_plan = PLAN_OF.get(kind)
    if open_plan is not None:
        body.insert(1, _way_to_the_plan(app, case_id, open_plan))
    words = t("paper.done") if draft["outcome"] == "done" else t("paper.close")
    return panel_page(
        title=translator().word(kind),
        body=body,
        primary=primary_button("paper-save", words, save, icon=ft.Icons.TASK_ALT),
    )


def _way_to_the_plan(
    app: Controller, case_id: str, open_plan: Callable[[Controller, str], Awaitable[None]]
) -> ft.Control:
    async def go() -> None:
        app.close_panel()
        await open_plan(app, case_id)

    return menu_line(
        identifier="paper-open",
        icon=ft.Icons.EDIT_DOCUMENT,
        title=t("paper.open"),
        words=t("paper.open_help"),
        on_click=go,
    )
