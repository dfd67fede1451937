"""Phases of advocacy as one line: how long each was, where it stands, what its limit is."""

from datetime import date

import flet as ft

from field_app.domain.records.service import PhasePeriod
from field_app.ui import tokens
from field_app.ui.components.basics import quiet
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.i18n import t, translator


def phase_line(
    phases: list[PhasePeriod], today: date, last_day: date | None, *, is_warned: bool = False
) -> ft.Control:
    """Return the phases so far, oldest first.

    Args:
        phases: Phases with their days.
        today: The county's day.
        last_day: The last day that the open phase may have, extensions included.
        is_warned: The program has begun to warn of that day.
    """
    begun = sorted(
        (p for p in phases if p.starts_on is not None and p.starts_on <= today),
        key=lambda p: p.starts_on or today,
    )
    if not begun:
        return ft.Container(height=0)
    speak = translator()
    current = begun[-1]
    start = current.starts_on or today
    is_open = current.ends_on is None or current.ends_on >= today
    words = t("phase_line.since", phase=speak.word(current.phase), day=speak.date(start))
    lines: list[ft.Control] = [ft.Text(words, size=tokens.BODY, weight=ft.FontWeight.W_600)]
    if is_open and last_day is not None:
        lines.append(quiet(t("phase_line.until", day=speak.date(last_day))))
    bar = ft.Row(
        spacing=2,
        controls=[_piece(phase, today, is_current=phase is current) for phase in begun],
    )
    if is_open and last_day is not None and last_day > today:
        bar.controls.append(
            ft.Container(
                expand=max((last_day - today).days, 1),
                height=tokens.SPACE_S,
                border_radius=tokens.SPACE_XS,
                bgcolor=ft.Colors.SURFACE_CONTAINER_HIGHEST,
            )
        )
    lines.append(bar)
    if len(begun) > 1:
        before = " → ".join(speak.word(phase.phase) for phase in begun)
        lines.append(quiet(before, size=tokens.CAPTION))
    if is_open and last_day is not None:
        left = (last_day - today).days
        if left < 0:
            lines.append(_chip(Tone.LATE, t("phase_line.over", count=-left)))
        elif is_warned:
            lines.append(_chip(Tone.SOON, t("phase_line.ends_in", count=left)))
    return ft.Column(
        spacing=tokens.SPACE_S,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=lines,
    )


def _chip(tone: Tone, words: str) -> ft.Control:
    return ft.Row(controls=[state_chip(tone, words)])


def _piece(phase: PhasePeriod, today: date, *, is_current: bool) -> ft.Control:
    start = phase.starts_on or today
    end = min(phase.ends_on or today, today)
    return ft.Container(
        expand=max((end - start).days + 1, 1),
        height=tokens.SPACE_S,
        border_radius=tokens.SPACE_XS,
        bgcolor=ft.Colors.PRIMARY if is_current else ft.Colors.OUTLINE,
        tooltip=translator().word(phase.phase),
    )
