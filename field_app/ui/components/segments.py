"""Two to five parts of one screen, of which one is shown: youth or parents, due or contacts."""

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.choices import Choice
from field_app.ui.guard import guard


def segments(
    *,
    identifier: str,
    choices: Sequence[Choice],
    chosen: str,
    on_choose: Callable[[str], Any],
) -> ft.Control:
    """Return the parts side by side, the chosen one underlined; each is `<identifier>-<value>`."""
    return ft.Row(
        spacing=0,
        controls=[
            ft.Container(
                expand=len(choice.words)
                + 4,  # a longer word gets more room: Spanish words are long
                border=ft.Border.only(bottom=_underline(choice.value == chosen)),
                content=_segment(identifier, choice, choice.value == chosen, on_choose),
            )
            for choice in choices
        ],
    )


def _underline(is_chosen: bool) -> ft.BorderSide:
    if is_chosen:
        return ft.BorderSide(3, ft.Colors.PRIMARY)
    return ft.BorderSide(1, ft.Colors.OUTLINE_VARIANT)


def _segment(
    identifier: str, choice: Choice, is_chosen: bool, on_choose: Callable[[str], Any]
) -> ft.Control:
    words = ft.Text(
        choice.words,
        size=tokens.BODY,
        color=ft.Colors.PRIMARY if is_chosen else ft.Colors.ON_SURFACE_VARIANT,
        weight=ft.FontWeight.W_600 if is_chosen else ft.FontWeight.W_400,
        no_wrap=True,
        overflow=ft.TextOverflow.ELLIPSIS,
    )
    button = ft.TextButton(
        words,
        height=tokens.TOUCH,
        on_click=guard(lambda: on_choose(choice.value)),
        style=ft.ButtonStyle(
            padding=ft.Padding.symmetric(horizontal=tokens.SPACE_XS),
            shape=ft.RoundedRectangleBorder(radius=0),
        ),
    )
    return ft.MergeSemantics(
        content=ft.Semantics(
            identifier=f"{identifier}-{choice.value}", selected=is_chosen, content=button
        )
    )
