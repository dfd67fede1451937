"""The parent-safety question: asked before anything is done with a parent or caregiver."""

from dataclasses import replace

import flet as ft

from field_app.domain.records.participant import Participant
from field_app.domain.vocabulary import ParticipantKind
from field_app.ui import tokens
from field_app.ui.components.basics import card, primary_button, quiet, secondary_button
from field_app.ui.components.writing import write
from field_app.ui.controller import Controller
from field_app.ui.i18n import t


def is_unanswered(participant: Participant) -> bool:
    """Whether the question has to be answered first."""
    is_parent = participant.participant_kind is ParticipantKind.PARENT
    return is_parent and participant.contact_safe is None


def safety_question(app: Controller, participant: Participant) -> ft.Control:
    """Return the question with its two answers; each counts at once and can be undone."""

    async def answer(is_safe: bool) -> None:
        caseload = app.workspace.caseload
        await write(
            app,
            lambda: caseload.answer_contact_safe(participant.case_id, is_safe=is_safe),
            undo=lambda saved: caseload.save_participant(replace(saved, contact_safe=None)),
        )

    return card(
        ft.Row(
            spacing=tokens.SPACE_S,
            controls=[
                ft.Icon(ft.Icons.SHIELD_OUTLINED, color=ft.Colors.PRIMARY),
                ft.Text(
                    t("parent_safety.question"),
                    theme_style=ft.TextThemeStyle.TITLE_MEDIUM,
                    expand=True,
                ),
            ],
        ),
        quiet(t("parent_safety.help")),
        primary_button("parent-safe", t("parent_safety.safe"), lambda: answer(True)),
        secondary_button("parent-not-safe", t("parent_safety.not_safe"), lambda: answer(False)),
        identifier="parent-safety",
    )


def not_safe_line(participant: Participant) -> list[ft.Control]:
    """Return a warning where contact was judged not to be safe; nothing otherwise."""
    if participant.contact_safe is not False:
        return []
    return [
        ft.Container(
            padding=tokens.SPACE_M,
            border_radius=tokens.CORNER,
            bgcolor=ft.Colors.ERROR_CONTAINER,
            content=ft.Row(
                spacing=tokens.SPACE_S,
                controls=[
                    ft.Icon(ft.Icons.WARNING_AMBER, color=ft.Colors.ON_ERROR_CONTAINER),
                    ft.Text(
                        t("parent_safety.is_not_safe"),
                        expand=True,
                        color=ft.Colors.ON_ERROR_CONTAINER,
                    ),
                ],
            ),
        )
    ]
