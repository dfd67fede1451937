"""A month of contacts as a small calendar: a filled day a visit, a ring a contact, a dot a try."""

from calendar import monthrange
from collections.abc import Iterable
from datetime import date
from enum import IntEnum

import flet as ft

from field_app.domain.records.contact import Contact
from field_app.domain.vocabulary import Channel
from field_app.ui import tokens
from field_app.ui.components.basics import quiet
from field_app.ui.i18n import t, translator

DAY_SIZE = 30


class DayMark(IntEnum):
    """The most that happened on a day."""

    NOTHING = 0
    ATTEMPT = 1
    CONTACT = 2
    VISIT = 3


def marks_of(contacts: Iterable[Contact]) -> dict[date, DayMark]:
    """Return the most that happened on each day on which anything did."""
    marks: dict[date, DayMark] = {}
    for contact in contacts:
        if not contact.is_reached:
            mark = DayMark.ATTEMPT
        elif contact.channel is Channel.FACE_TO_FACE:
            mark = DayMark.VISIT
        else:
            mark = DayMark.CONTACT
        marks[contact.local_date] = max(mark, marks.get(contact.local_date, DayMark.NOTHING))
    return marks


def month_of_contacts(contacts: list[Contact], today: date) -> ft.Control:
    """Return the calendar of today's month, read aloud as one sentence."""
    marks = marks_of(contacts)
    reached = [c for c in contacts if c.is_reached]
    visits = sum(1 for c in reached if c.channel is Channel.FACE_TO_FACE)
    spoken = t(
        "month.spoken",
        month=translator().month(today),
        visits=visits,
        contacts=len(reached) - visits,
        attempts=len(contacts) - len(reached),
    )
    first = today.replace(day=1)
    days: list[date | None] = [None] * first.weekday()
    days += [first.replace(day=n) for n in range(1, monthrange(today.year, today.month)[1] + 1)]
    weeks = [days[start : start + 7] for start in range(0, len(days), 7)]
    return ft.Semantics(
        label=spoken,
        exclude_semantics=True,
        content=ft.Column(
            spacing=tokens.SPACE_S,
            controls=[
                ft.Column(
                    spacing=2,
                    controls=[
                        _week_names(),
                        *(
                            ft.Row(
                                spacing=2, controls=[_day(day, marks, today) for day in _full(week)]
                            )
                            for week in weeks
                        ),
                    ],
                ),
                ft.Row(
                    wrap=True,
                    spacing=tokens.SPACE_L,
                    run_spacing=tokens.SPACE_XS,
                    controls=[
                        _legend(DayMark.VISIT, t("month.visits", count=visits)),
                        _legend(DayMark.CONTACT, t("month.contacts", count=len(reached) - visits)),
                        _legend(
                            DayMark.ATTEMPT, t("month.attempts", count=len(contacts) - len(reached))
                        ),
                    ],
                ),
            ],
        ),
    )


def _full(week: list[date | None]) -> list[date | None]:
    return [*week, *([None] * (7 - len(week)))]


def _week_names() -> ft.Control:
    return ft.Row(
        spacing=2,
        controls=[
            ft.Container(
                expand=True,
                alignment=ft.Alignment.CENTER,
                content=quiet(name[:2], size=tokens.CAPTION),
            )
            for name in translator().words("calendar.weekdays_short")
        ],
    )


def _day(day: date | None, marks: dict[date, DayMark], today: date) -> ft.Control:
    if day is None:
        return ft.Container(expand=True, height=DAY_SIZE)
    mark = marks.get(day, DayMark.NOTHING)
    ink = {
        DayMark.VISIT: ft.Colors.ON_PRIMARY,
        DayMark.CONTACT: ft.Colors.ON_PRIMARY_CONTAINER,
    }.get(mark, ft.Colors.ON_SURFACE if day <= today else ft.Colors.ON_SURFACE_VARIANT)
    return ft.Container(
        expand=True,
        alignment=ft.Alignment.CENTER,
        content=_mark(
            mark,
            ft.Text(
                str(day.day),
                size=tokens.CAPTION,
                color=ink,
                weight=ft.FontWeight.W_700 if day == today else ft.FontWeight.W_400,
            ),
        ),
    )


def _mark(mark: DayMark, content: ft.Control | None, size: int = DAY_SIZE) -> ft.Control:
    border = {
        DayMark.CONTACT: ft.Border.all(2, ft.Colors.PRIMARY),
        DayMark.ATTEMPT: ft.Border.all(1, ft.Colors.OUTLINE),
    }.get(mark)
    ground = {
        DayMark.VISIT: ft.Colors.PRIMARY,
        DayMark.CONTACT: ft.Colors.PRIMARY_CONTAINER,
    }.get(mark)
    return ft.Container(
        width=size,
        height=size,
        border_radius=size / 2 if mark is not DayMark.ATTEMPT else tokens.SPACE_XS,
        bgcolor=ground,
        border=border,
        alignment=ft.Alignment.CENTER,
        content=content,
    )


def _legend(mark: DayMark, words: str) -> ft.Control:
    return ft.Row(
        tight=True,
        spacing=tokens.SPACE_S,
        controls=[_mark(mark, None, tokens.LEAD), quiet(words, size=tokens.CAPTION)],
    )
