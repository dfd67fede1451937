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
) -> ft.Control:
    """Return chips of which one is chosen, or several when `chosen` is a collection.

    Each chip is 48 px high, carries a tick beside the colour, and is announced as a check box with
    its state. Its identifier is `<identifier>-<value>`. `on_choose` hears the value of the chip
    that was tapped; whether that chooses or lets go is the caller's to keep.
    """
    held = {chosen} if isinstance(chosen, str) else set(chosen or ())
    chips = [_chip(identifier, choice, choice.value in held, on_choose) for choice in choices]
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


def toggled(chosen: Sequence[str], value: str) -> list[str]:
    """Return what is chosen of several after a tap: a second tap lets a value go."""
    return [held for held in chosen if held != value] if value in chosen else [*chosen, value]


def _chip(
    identifier: str,
    choice: Choice,
    is_chosen: bool,
    on_choose: Callable[[str], Any],
) -> ft.Control:
    ink = ft.Colors.ON_PRIMARY_CONTAINER if is_chosen else ft.Colors.ON_SURFACE
    button = ft.OutlinedButton(
        choice.words,
        icon=ft.Icons.CHECK if is_chosen else choice.icon,
        on_click=guard(lambda: on_choose(choice.value)),
        style=ft.ButtonStyle(
            color=ink,
            icon_color=ink,
            bgcolor=ft.Colors.PRIMARY_CONTAINER if is_chosen else None,
            side=ft.BorderSide(1, ft.Colors.PRIMARY if is_chosen else ft.Colors.OUTLINE),
            shape=ft.RoundedRectangleBorder(radius=tokens.CORNER),
            padding=ft.Padding.symmetric(horizontal=tokens.SPACE_M, vertical=tokens.BUTTON_PADDING),
            text_style=ft.TextStyle(
                size=tokens.LEAD,
                weight=ft.FontWeight.W_600 if is_chosen else ft.FontWeight.W_400,
            ),
        ),
    )
    return ft.MergeSemantics(
        content=ft.Semantics(
            identifier=f"{identifier}-{choice.value}", checked=is_chosen, content=button
        )
    )
