"""A part of a form or a page that is folded away until it is asked for."""

from collections.abc import Callable, Sequence
from typing import Any

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import quiet
from field_app.ui.guard import guard


def fold(
    *,
    identifier: str,
    title: str,
    words: str = "",
    is_open: bool,
    on_toggle: Callable[[], Any],
    controls: Sequence[ft.Control],
) -> ft.Control:
    """Return a line that opens and closes what stands under it, announced with its state."""
    heads: list[ft.Control] = [ft.Text(title, size=tokens.BODY, weight=ft.FontWeight.W_600)]
    if words:
        under = quiet(words, size=tokens.CAPTION)
        under.weight = ft.FontWeight.W_400  # the words of a button are bold
        heads.append(under)
    head = ft.MergeSemantics(
        content=ft.Semantics(
            identifier=identifier,
            expanded=is_open,
            content=ft.TextButton(
                ft.Row(
                    controls=[
                        ft.Column(spacing=0, expand=True, tight=True, controls=heads),
                        ft.Icon(
                            ft.Icons.EXPAND_LESS if is_open else ft.Icons.EXPAND_MORE,
                            color=ft.Colors.ON_SURFACE_VARIANT,
                        ),
                    ]
                ),
                on_click=guard(on_toggle),
                style=ft.ButtonStyle(
                    color=ft.Colors.ON_SURFACE,
                    padding=ft.Padding.symmetric(
                        vertical=tokens.SPACE_S if words else tokens.BUTTON_PADDING
                    ),
                    shape=ft.RoundedRectangleBorder(radius=tokens.CORNER),
                ),
            ),
        )
    )
    return ft.Column(
        spacing=tokens.SPACE_M,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[head, *controls] if is_open else [head],
    )
