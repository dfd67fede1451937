"""A safety plan in the youth's hand: only their part, in large letters. What is typed is kept."""

from typing import Any

import flet as ft

from field_app.domain.records.safety_plan import PlanAudience, PlanEntry, PlanSection, SafetyPlan
from field_app.ui import tokens
from field_app.ui.components.basics import heading, icon_action
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.writing import write
from field_app.ui.components.youth_sheet import large_line, writing_place, youth_view
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import screen
from field_app.ui.i18n import t, translator
from field_app.ui.screens.safety_plan import sections_of


@screen
def youth_plan_screen(*, about_id: str) -> ft.View:
    """Draw the youth's part of a safety plan, to read, to add to, and to take out of."""
    app = use_app()
    plan: SafetyPlan | None = ft.use_memo(
        lambda: app.workspace.safety_plans.find(about_id), [about_id, app.state.revision]
    )
    draft = use_draft(
        f"youth-words:{about_id}",
        {section.value: "" for section in PlanSection},
        case_id=None if plan is None else plan.case_id,
    )
    writing, write_in = ft.use_state("")
    sections: list[ft.Control] = []
    if plan is not None:
        first, others = sections_of(plan.plan_kind, PlanAudience.YOUTH)
        sections = [
            _section(app, plan, section, draft, is_open=writing == section.value, open_at=write_in)
            for section in (*first, *others)
        ]
    return youth_view(app, t("youth_mode.title"), t("youth_mode.lead"), sections)


def _section(
    app: Controller,
    plan: SafetyPlan,
    section: PlanSection,
    draft: FormDraft,
    *,
    is_open: bool,
    open_at: Any,
) -> ft.Control:
    plans = app.workspace.safety_plans
    typed = str(draft[section.value])

    async def add() -> None:
        lines = [words for words in typed.splitlines() if words.strip()]

        def save() -> None:
            for words in lines:
                plans.put_entry(plan.record_id, PlanEntry(section=section, words=words))

        if lines:
            await write(app, save)
        draft.set(**{section.value: ""})
        open_at("")

    controls: list[ft.Control] = [
        heading(translator().word(section)),
        *(
            _line(app, plan, entry)
            for entry in plan.entries
            if entry.audience is PlanAudience.YOUTH and entry.section is section
        ),
    ]
    controls += writing_place(
        section.value,
        draft,
        is_open=is_open,
        label=t("safety_plan.words"),
        helper=t(f"safety_plan.ask.{section.value}"),
        on_open=lambda: open_at(section.value),
        on_keep=add,
    )
    return ft.Column(
        spacing=tokens.SPACE_M,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=controls,
    )


def _line(app: Controller, plan: SafetyPlan, entry: PlanEntry) -> ft.Control:
    plans = app.workspace.safety_plans
    return large_line(
        entry.words,
        icon_action(
            f"mine-{entry.item_id}-remove",
            ft.Icons.CLOSE,
            t("youth_mode.take_out", words=entry.words),
            lambda: write(
                app,
                lambda: plans.remove_entry(plan.record_id, entry.item_id),
                undo=lambda _: plans.put_entry(plan.record_id, entry),
            ),
        ),
    )
