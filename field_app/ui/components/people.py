"""A line of the caseload."""

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import labelled, quiet
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.controller import Controller
from field_app.ui.guard import guard, memo, part
from field_app.ui.i18n import t


@part
def _line(
    *,
    app: Controller,
    case_id: str,
    alias: str,
    icon: ft.IconData,
    where: str,
    quiet_for: str,
    owed: int,
    is_missing: bool,
    is_chosen: bool = False,
) -> ft.Control:
    words: list[ft.Control] = [
        ft.Text(alias, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
        quiet(where),
        quiet(quiet_for, size=tokens.CAPTION),
    ]
    if is_missing:
        words.append(ft.Row(controls=[state_chip(Tone.SOON, t("person.missing"))]))
    owed_words = t("caseload.owed", count=owed)
    line = labelled(
        f"person-{case_id}",
        ft.Container(
            ink=True,
            border_radius=tokens.CORNER,
            # Room at the sides for the ground of the chosen one: a laptop shows it beside.
            padding=ft.Padding.symmetric(
                vertical=tokens.SPACE_S, horizontal=tokens.SPACE_S if app.state.is_wide else 0
            ),
            bgcolor=ft.Colors.SURFACE_CONTAINER_HIGHEST if is_chosen else None,
            on_click=guard(lambda: app.navigate(f"/caseload/{case_id}")),
            content=ft.Row(
                spacing=tokens.SPACE_M,
                controls=[
                    ft.Icon(icon, color=ft.Colors.PRIMARY),
                    ft.Column(expand=True, spacing=2, controls=words),
                    ft.Semantics(
                        label=owed_words,
                        exclude_semantics=True,
                        content=ft.Column(
                            spacing=0,
                            width=56,
                            horizontal_alignment=ft.CrossAxisAlignment.CENTER,
                            controls=[
                                ft.Text(str(owed), size=tokens.TITLE, weight=ft.FontWeight.W_600),
                                quiet(t("caseload.owed_short"), size=tokens.CAPTION),
                            ],
                        ),
                    ),
                ],
            ),
        ),
    )
    line.selected = is_chosen or None
    return line


person_line = memo(_line)
"""Draw one participant: who, where they stand, how long it is quiet, contacts owed this month.

On a laptop the one whose page stands beside the list is marked.
"""
