"""States as an icon, a word and a colour together: no state is told by colour alone."""

from dataclasses import dataclass
from enum import StrEnum

import flet as ft

from field_app.ui import tokens


class Tone(StrEnum):
    """How a state stands to the person's work."""

    LATE = "late"
    SOON = "soon"
    DONE = "done"
    WAITING = "waiting"
    PLAIN = "plain"


@dataclass(frozen=True)
class _Look:
    icon: ft.IconData
    ground: str
    ink: str


_LOOKS = {
    Tone.LATE: _Look(ft.Icons.SCHEDULE, ft.Colors.ERROR_CONTAINER, ft.Colors.ON_ERROR_CONTAINER),
    Tone.SOON: _Look(
        ft.Icons.HOURGLASS_BOTTOM, ft.Colors.TERTIARY_CONTAINER, ft.Colors.ON_TERTIARY_CONTAINER
    ),
    Tone.DONE: _Look(
        ft.Icons.CHECK_CIRCLE_OUTLINE,
        ft.Colors.PRIMARY_CONTAINER,
        ft.Colors.ON_PRIMARY_CONTAINER,
    ),
    Tone.WAITING: _Look(
        ft.Icons.CLOUD_UPLOAD_OUTLINED,
        ft.Colors.SURFACE_CONTAINER_HIGHEST,
        ft.Colors.ON_SURFACE,
    ),
    Tone.PLAIN: _Look(
        ft.Icons.CIRCLE_OUTLINED, ft.Colors.SURFACE_CONTAINER_HIGHEST, ft.Colors.ON_SURFACE
    ),
}


def state_chip(tone: Tone, words: str) -> ft.Control:
    """Return a state: the icon of its tone, its word, its colour."""
    look = _LOOKS[tone]
    return ft.Container(
        padding=ft.Padding.symmetric(horizontal=tokens.SPACE_S, vertical=tokens.SPACE_XS),
        border_radius=tokens.CORNER,
        bgcolor=look.ground,
        content=ft.Row(
            tight=True,
            spacing=tokens.SPACE_XS,
            controls=[
                ft.Icon(look.icon, size=tokens.LEAD, color=look.ink),
                ft.Text(words, size=tokens.CAPTION, weight=ft.FontWeight.W_600, color=look.ink),
            ],
        ),
    )


def progress_line(done: int, needed: int, words: str, tone: Tone = Tone.DONE) -> ft.Control:
    """Return a thin bar of what is done of what is owed, under the words that say the same."""
    look = _LOOKS[tone]
    share = 1.0 if needed <= 0 else min(done / needed, 1.0)
    return ft.Column(
        spacing=tokens.SPACE_XS,
        controls=[
            ft.Text(words, size=tokens.BODY),
            ft.ProgressBar(
                value=share,
                bar_height=tokens.SPACE_S - 2,
                border_radius=tokens.SPACE_XS,
                color=look.ink if tone is Tone.LATE else ft.Colors.PRIMARY,
                bgcolor=ft.Colors.SURFACE_CONTAINER_HIGHEST,
                semantics_label=words,
            ),
        ],
    )
