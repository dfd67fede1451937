"""Lines that people wrote into a plan: tapped to be changed, with room for the next one."""

from collections.abc import Sequence

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import icon_action, labelled, quiet
from field_app.ui.guard import Handler, guard


def written_line(
    *,
    identifier: str,
    words: str,
    note: str = "",
    icon: ft.IconData | None = None,
    on_open: Handler | None = None,
    drawing: ft.Control | None = None,
    trailing: ft.Control | None = None,
) -> ft.Control:
    """Return one line with what is known about it under it, and a drawing at its edge.

    A tap opens it; `trailing` stands beside it and is tapped by itself.
    """
    said: list[ft.Control] = [ft.Text(words, size=tokens.LEAD)]
    if note:
        said.append(quiet(note, size=tokens.CAPTION))
    row: list[ft.Control] = [ft.Column(expand=True, spacing=2, tight=True, controls=said)]
    if icon is not None:
        row.insert(0, ft.Icon(icon, size=tokens.TITLE, color=ft.Colors.PRIMARY))
    if drawing is not None:
        row.append(drawing)
    if on_open is not None:
        row.append(
            ft.Icon(ft.Icons.EDIT_OUTLINED, size=tokens.LEAD, color=ft.Colors.ON_SURFACE_VARIANT)
        )
    sheet = labelled(
        identifier,
        ft.Container(
            # A line of one word is 48 px high with this padding.
            padding=ft.Padding.symmetric(horizontal=tokens.SPACE_M, vertical=tokens.SPACE_M),
            border_radius=tokens.CORNER,
            bgcolor=ft.Colors.SURFACE_CONTAINER_LOW,
            ink=on_open is not None,
            on_click=guard(on_open) if on_open else None,
            content=ft.Row(spacing=tokens.SPACE_M, controls=row),
        ),
    )
    if trailing is None:
        return sheet
    sheet.expand = True
    return ft.Row(spacing=tokens.SPACE_XS, controls=[sheet, trailing])


def question(
    *,
    identifier: str,
    title: str,
    lines: Sequence[ft.Control],
    add_words: str,
    on_add: Handler | None,
    help_words: str = "",
) -> ft.Control:
    """Return a heading with what was written under it, and `<identifier>-add` at its edge."""
    head: list[ft.Control] = [
        ft.Container(
            expand=True,
            content=ft.Semantics(
                header=True, content=ft.Text(title, theme_style=ft.TextThemeStyle.TITLE_MEDIUM)
            ),
        )
    ]
    if on_add is not None:
        head.append(
            icon_action(
                f"{identifier}-add", ft.Icons.ADD, add_words, on_add, color=ft.Colors.PRIMARY
            )
        )
    under: list[ft.Control] = list(lines)
    if not under and help_words:
        under = [quiet(help_words)]
    return ft.Column(
        spacing=tokens.SPACE_XS,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[ft.Row(spacing=tokens.SPACE_S, controls=head), *under],
    )
