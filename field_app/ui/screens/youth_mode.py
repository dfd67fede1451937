"""Youth mode: the phone is in the youth's hand. Only their plan, in large letters.

Leaving means the locked door: the advocate's passphrase leads back. What is typed is kept at once.
"""

from typing import Any

import flet as ft

from field_app.domain.records.safety_plan import PlanAudience, PlanEntry, PlanSection, SafetyPlan
from field_app.ui import tokens
from field_app.ui.components.basics import icon_action, primary_button, secondary_button
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.notice import notice_line
from field_app.ui.components.top_bar import quick_exit_button
from field_app.ui.components.writing import write
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import screen
from field_app.ui.i18n import t, translator
from field_app.ui.screens.safety_plan import sections_of


@screen
def youth_mode_screen(*, plan_id: str) -> ft.View:
    """Draw the youth's part of a plan, to read, to add to, and to take out of."""
    app = use_app()
    plan: SafetyPlan | None = ft.use_memo(
        lambda: app.workspace.safety_plans.find(plan_id), [plan_id, app.state.revision]
    )
    draft = use_draft(
        f"youth-words:{plan_id}",
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
    sheet = ft.Column(
        spacing=tokens.SPACE_XL,
        width=tokens.READING_WIDTH,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[
            ft.Text(t("youth_mode.lead"), size=tokens.TITLE),
            *sections,
            primary_button(
                "give-back", t("youth_mode.give_back"), app.lock, icon=ft.Icons.LOCK_OUTLINE
            ),
            ft.Text(t("youth_mode.give_back_help"), size=tokens.LEAD),
        ],
    )
    title = t("app.name") if app.state.is_curtained else t("youth_mode.title")
    return ft.View(
        route="/",
        padding=0,
        spacing=0,
        can_pop=False,
        appbar=ft.AppBar(
            automatically_imply_leading=False,
            title=ft.Text(title),
            title_spacing=tokens.SPACE_L,
            actions=[
                icon_action("lock", ft.Icons.LOCK_OUTLINE, t("youth_mode.give_back"), app.lock),
                quick_exit_button(app),
            ],
            actions_padding=ft.Padding.only(right=tokens.SPACE_XS),
        ),
        controls=[
            ft.SafeArea(
                expand=True,
                content=ft.Column(
                    expand=True,
                    spacing=0,
                    controls=[
                        ft.ListView(
                            expand=True,
                            padding=ft.Padding.all(tokens.SPACE_XL),
                            controls=[
                                ft.Container(alignment=ft.Alignment.TOP_CENTER, content=sheet)
                            ],
                        ),
                        notice_line(),
                    ],
                ),
            )
        ],
    )


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
        ft.Semantics(
            header=True,
            content=ft.Text(
                translator().word(section), theme_style=ft.TextThemeStyle.HEADLINE_MEDIUM
            ),
        ),
        *(
            _line(app, plan, entry)
            for entry in plan.entries
            if entry.audience is PlanAudience.YOUTH and entry.section is section
        ),
    ]
    if is_open or typed:
        field = text_field(
            identifier=f"mine-{section.value}",
            label=t("safety_plan.words"),
            helper=t(f"safety_plan.ask.{section.value}"),
            value=typed,
            on_change=draft.setter(section.value),
            lines=2,
            is_autofocused=is_open,
        )
        controls += [
            field,
            field_error(draft.problem or None),
            secondary_button(
                f"mine-{section.value}-save", t("youth_mode.keep"), add, icon=ft.Icons.CHECK
            ),
        ]
    else:
        controls.append(
            ft.Row(
                controls=[
                    secondary_button(
                        f"mine-{section.value}-add",
                        t("youth_mode.write"),
                        lambda: open_at(section.value),
                        icon=ft.Icons.EDIT_OUTLINED,
                    )
                ]
            )
        )
    return ft.Column(
        spacing=tokens.SPACE_M,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=controls,
    )


def _line(app: Controller, plan: SafetyPlan, entry: PlanEntry) -> ft.Control:
    plans = app.workspace.safety_plans
    return ft.Container(
        padding=ft.Padding.only(left=tokens.SPACE_L, top=tokens.SPACE_S, bottom=tokens.SPACE_S),
        border_radius=tokens.CORNER,
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
        content=ft.Row(
            controls=[
                ft.Text(entry.words, size=tokens.TITLE, expand=True),
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
            ]
        ),
    )
