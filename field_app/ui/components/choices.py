"""Choosing from a few words with one tap each: channel, outcome, place, theme, language."""

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import Any

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import section_header
from field_app.ui.guard import guard


@dataclass(frozen=True)
class Choice:
    """One answer: the stored value, its translated words, an optional icon."""

    value: str
    words: str
    icon: ft.IconData | None = None


def choice_chips(
    *,
    identifier: str,
    label: str,
    choices: Sequence[Choice],
    chosen: str | Collection[str] | None,
    on_choose: Callable[[str], Any],
    is_many: bool = False,
) -> ft.Control:
    """Return chips of which one (or, with `is_many`, any number) is chosen.

    Each chip is 48 px high, carries a tick beside the colour, and is announced as a radio button or
    a check box with its state. Its identifier is `<identifier>-<value>`. `on_choose` hears the
    value of the chip that was tapped; keeping the choice is the caller's work.
    """
    held = {chosen} if isinstance(chosen, str) else set(chosen or ())
    chips = [
        _chip(identifier, choice, choice.value in held, on_choose, is_many=is_many)
        for choice in choices
    ]
    return ft.Column(
        spacing=0,
        controls=[
            section_header(label),
            ft.Row(
                wrap=True,
                spacing=tokens.SPACE_S,
                run_spacing=tokens.SPACE_S,
                controls=chips,
            ),
        ],
    )


def _chip(
    identifier: str,
    choice: Choice,
    is_chosen: bool,
    on_choose: Callable[[str], Any],
    *,
    is_many: bool,
) -> ft.Control:
    ink = ft.Colors.ON_PRIMARY_CONTAINER if is_chosen else ft.Colors.ON_SURFACE
    icon = ft.Icons.CHECK if is_chosen else choice.icon
    content: list[ft.Control] = [ft.Icon(icon, size=tokens.TITLE, color=ink)] if icon else []
    content.append(
        ft.Text(
            choice.words,
            size=tokens.LEAD,
            color=ink,
            weight=ft.FontWeight.W_600 if is_chosen else ft.FontWeight.W_400,
        )
    )
    tap = guard(lambda: on_choose(choice.value))
    return ft.Semantics(
        identifier=f"{identifier}-{choice.value}",
        label=choice.words,
        button=True,
        checked=is_chosen if is_many else None,
        selected=None if is_many else is_chosen,
        exclude_semantics=True,
        on_tap=tap,
        content=ft.Container(
            height=tokens.TOUCH,
            padding=ft.Padding.symmetric(horizontal=tokens.SPACE_L),
            border_radius=tokens.CORNER,
            bgcolor=ft.Colors.PRIMARY_CONTAINER if is_chosen else None,
            border=ft.Border.all(1, ft.Colors.PRIMARY if is_chosen else ft.Colors.OUTLINE),
            ink=True,
            on_click=tap,
            content=ft.Row(
                tight=True,
                spacing=tokens.SPACE_S,
                vertical_alignment=ft.CrossAxisAlignment.CENTER,
                controls=content,
            ),
        ),
    )
