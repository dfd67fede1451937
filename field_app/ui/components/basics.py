"""The smallest pieces: names for screen readers, texts of the type scale, action buttons.

`identifier` is a stable name for tests and assistive tools; it is never shown or translated.
"""

from typing import Any

import flet as ft

from field_app.ui import tokens
from field_app.ui.guard import Handler, guard


def labelled(identifier: str, content: ft.Control, label: str | None = None) -> ft.Semantics:
    """Give a control a stable identifier and, where it has none itself, a spoken name."""
    return ft.Semantics(identifier=identifier, label=label, content=content)


def named(
    identifier: str, name: str, content: ft.Control, *, is_checked: bool | None = None
) -> ft.MergeSemantics:
    """Join a control without words of its own and its spoken name into one thing.

    Without the merging, the name stands on a group around a nameless button.
    """
    return ft.MergeSemantics(
        content=ft.Semantics(identifier=identifier, label=name, checked=is_checked, content=content)
    )


def heading(words: str) -> ft.Control:
    """Return the heading of a screen or a panel, announced as one."""
    return ft.Semantics(
        header=True, content=ft.Text(words, theme_style=ft.TextThemeStyle.HEADLINE_MEDIUM)
    )


def section_header(words: str, trailing: ft.Control | None = None) -> ft.Control:
    """Return the heading of a group of lines, with an optional action at its right edge."""
    title = ft.Semantics(
        header=True,
        content=ft.Text(
            words[:1].upper() + words[1:],  # a month or a stored word begins small in Spanish
            theme_style=ft.TextThemeStyle.TITLE_SMALL,
            color=ft.Colors.ON_SURFACE_VARIANT,
        ),
    )
    return ft.Container(
        padding=ft.Padding.only(top=tokens.SPACE_S, bottom=tokens.SPACE_XS),
        content=ft.Row(
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            controls=[title, trailing] if trailing else [title],
        ),
    )


def app_mark() -> ft.Control:
    """Return the mark of the app: a note sheet, which says nothing about whom it is for."""
    return ft.Row(
        controls=[
            ft.Container(
                width=tokens.TOUCH + tokens.SPACE_S,
                height=tokens.TOUCH + tokens.SPACE_S,
                border_radius=tokens.CORNER,
                bgcolor=ft.Colors.PRIMARY,
                alignment=ft.Alignment.CENTER,
                content=ft.Icon(ft.Icons.EDIT_NOTE, size=32, color=ft.Colors.ON_PRIMARY),
            )
        ]
    )


def quiet(words: str, *, size: int = tokens.BODY) -> ft.Text:
    """Return secondary text."""
    return ft.Text(words, size=size, color=ft.Colors.ON_SURFACE_VARIANT)


def icon_action(
    identifier: str,
    icon: ft.IconData,
    name: str,
    on_click: Handler,
    *,
    color: str | None = None,
    is_disabled: bool = False,
) -> ft.Control:
    """Return a button that is only an icon: 48 px, with a name for eyes and for screen readers."""
    return named(
        identifier,
        name,
        ft.IconButton(
            icon,
            tooltip=name,
            icon_color=color,
            width=tokens.TOUCH,
            height=tokens.TOUCH,
            disabled=is_disabled,
            on_click=guard(on_click),
        ),
    )


def primary_button(
    identifier: str,
    words: str,
    on_click: Handler,
    *,
    icon: ft.IconData | None = None,
    is_disabled: bool = False,
    is_busy: bool = False,
) -> ft.Control:
    """Return the one main action of a screen, as wide as its place."""
    content: Any = words
    if is_busy:
        ring = ft.ProgressRing(width=tokens.LEAD, height=tokens.LEAD, stroke_width=2)
        content = ft.Row(
            alignment=ft.MainAxisAlignment.CENTER,
            spacing=tokens.SPACE_S,
            controls=[ring, ft.Text(words)],
        )
    button = ft.FilledButton(
        content,
        icon=None if is_busy else icon,
        disabled=is_disabled or is_busy,
        on_click=guard(on_click),
    )
    return labelled(identifier, button)


def secondary_button(
    identifier: str,
    words: str,
    on_click: Handler,
    *,
    icon: ft.IconData | None = None,
    is_disabled: bool = False,
) -> ft.Control:
    """Return an action beside the main one."""
    button = ft.OutlinedButton(
        words,
        icon=icon,
        disabled=is_disabled,
        on_click=guard(on_click),
    )
    return labelled(identifier, button)


def text_action(identifier: str, words: str, on_click: Handler) -> ft.Control:
    """Return an action that reads as a link."""
    return labelled(identifier, ft.TextButton(words, on_click=guard(on_click)))


def card(*controls: ft.Control, identifier: str | None = None) -> ft.Control:
    """Return things that belong together on one raised sheet."""
    sheet = ft.Card(
        margin=0,
        content=ft.Container(
            padding=tokens.SPACE_L,
            content=ft.Column(
                spacing=tokens.SPACE_M,
                horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                controls=list(controls),
            ),
        ),
    )
    return labelled(identifier, sheet) if identifier else sheet
