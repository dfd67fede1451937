"""Two to five parts of one screen, of which one is shown: youth or parents, due or contacts."""

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.choices import Choice
from field_app.ui.guard import guard

MOST_TO_FILL = 3
ROOMY_LETTERS = 30  # of all parts together, with which a phone still has room between them


def segments(
    *,
    identifier: str,
    choices: Sequence[Choice],
    chosen: str,
    on_choose: Callable[[str], Any],
) -> ft.Control:
    """Return the parts side by side, the chosen one underlined; each is `<identifier>-<value>`.

    Two or three fill the width. More stand as wide as their words and go on in a second line where
    the text is large: no word is ever cut.
    """
    fills = len(choices) <= MOST_TO_FILL
    letters = sum(len(choice.words) for choice in choices)
    gap = tokens.SPACE_M if letters < ROOMY_LETTERS else tokens.SPACE_XS
    return ft.Row(
        spacing=0,
        run_spacing=0,
        wrap=not fills,
        intrinsic_height=fills,  # one line under all of them, also where some words wrap
        vertical_alignment=ft.CrossAxisAlignment.STRETCH if fills else ft.CrossAxisAlignment.END,
        controls=[
            ft.Container(
                # A longer word gets more room: Spanish words are long.
                expand=len(choice.words) + 4 if fills else None,
                border=ft.Border.only(bottom=_underline(choice.value == chosen)),
                content=_segment(identifier, choice, choice.value == chosen, on_choose, gap),
            )
            for choice in choices
        ],
    )


def _underline(is_chosen: bool) -> ft.BorderSide:
    if is_chosen:
        return ft.BorderSide(3, ft.Colors.PRIMARY)
    return ft.BorderSide(1, ft.Colors.OUTLINE_VARIANT)


def _segment(
    identifier: str, choice: Choice, is_chosen: bool, on_choose: Callable[[str], Any], gap: int
) -> ft.Control:
    words = ft.Text(
        choice.words,
        size=tokens.BODY,
        color=ft.Colors.PRIMARY if is_chosen else ft.Colors.ON_SURFACE_VARIANT,
        weight=ft.FontWeight.W_600 if is_chosen else ft.FontWeight.W_400,
        text_align=ft.TextAlign.CENTER,
    )
    button = ft.TextButton(
        words,
        on_click=guard(lambda: on_choose(choice.value)),
        style=ft.ButtonStyle(
            padding=ft.Padding.symmetric(horizontal=gap, vertical=tokens.BUTTON_PADDING),
            shape=ft.RoundedRectangleBorder(radius=0),
        ),
    )
    return ft.MergeSemantics(
        content=ft.Semantics(
            identifier=f"{identifier}-{choice.value}", selected=is_chosen, content=button
        )
    )
