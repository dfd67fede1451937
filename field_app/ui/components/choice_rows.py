"""A few answers side by side in equal widths, for screens that ask the same of many people."""

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.choices import Choice
from field_app.ui.guard import guard


def choice_row(
    *,
    identifier: str,
    choices: Sequence[Choice],
    chosen: str,
    on_choose: Callable[[str], Any],
    is_icons_only: bool = False,
) -> ft.Control:
    """Return the answers in one row; each is `<identifier>-<value>`, 48 px high, named aloud."""
    return ft.Row(
        spacing=tokens.SPACE_S,
        controls=[
            ft.Container(
                expand=True,
                content=_answer(
                    identifier, choice, choice.value == chosen, on_choose, is_icons_only
                ),
            )
            for choice in choices
        ],
    )


def _answer(
    identifier: str,
    choice: Choice,
    is_chosen: bool,
    on_choose: Callable[[str], Any],
    is_icon_only: bool,
) -> ft.Control:
    ink = ft.Colors.ON_PRIMARY_CONTAINER if is_chosen else ft.Colors.ON_SURFACE
    content: ft.Control = ft.Row(
        tight=True,
        spacing=tokens.SPACE_XS,
        alignment=ft.MainAxisAlignment.CENTER,
        controls=_inside(choice, ink, is_chosen, is_icon_only),
    )
    button = ft.OutlinedButton(
        content,
        tooltip=choice.words if is_icon_only else None,
        on_click=guard(lambda: on_choose(choice.value)),
        style=ft.ButtonStyle(
            color=ink,
            bgcolor=ft.Colors.PRIMARY_CONTAINER if is_chosen else None,
            side=ft.BorderSide(
                2 if is_chosen else 1, ft.Colors.PRIMARY if is_chosen else ft.Colors.OUTLINE
            ),
            shape=ft.RoundedRectangleBorder(radius=tokens.CORNER),
            padding=ft.Padding.symmetric(
                horizontal=tokens.SPACE_XS, vertical=tokens.BUTTON_PADDING
            ),
        ),
    )
    return ft.MergeSemantics(
        content=ft.Semantics(
            identifier=f"{identifier}-{choice.value}",
            label=choice.words if is_icon_only else None,
            checked=is_chosen,
            content=button,
        )
    )


def _inside(choice: Choice, ink: str, is_chosen: bool, is_icon_only: bool) -> list[ft.Control]:
    controls: list[ft.Control] = []
    if is_icon_only:
        if is_chosen:
            controls.append(ft.Icon(ft.Icons.CHECK, size=tokens.LEAD, color=ink))
        if choice.icon is not None:
            controls.append(ft.Icon(choice.icon, size=tokens.TITLE, color=ink))
        return controls
    if is_chosen:
        controls.append(ft.Icon(ft.Icons.CHECK, size=tokens.LEAD, color=ink))
    controls.append(
        ft.Text(
            choice.words,
            size=tokens.BODY,
            color=ink,
            weight=ft.FontWeight.W_600 if is_chosen else ft.FontWeight.W_400,
        )
    )
    return controls
