"""Fields of forms: text that stays private, passphrases, days, errors beside the field.

Every text field has the keyboard's learning and suggestions off: what is typed about a person must
not come up again in another app.
"""

from collections.abc import Callable
from datetime import date, datetime
from typing import Any

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import icon_action, labelled, quiet
from field_app.ui.guard import Handler, guard, part
from field_app.ui.i18n import t, translator
from field_app.ui.ports import Strength

EARLIEST_DAY = date(1990, 1, 1)  # nobody the program serves was born before
LATEST_DAY = date(2100, 12, 31)


def text_field(
    *,
    identifier: str,
    label: str,
    value: str,
    on_change: Callable[[str], Any],
    on_submit: Handler | None = None,
    error: str | None = None,
    helper: str | None = None,
    lines: int = 1,
    is_password: bool = False,
    is_autofocused: bool = False,
    is_disabled: bool = False,
    keyboard: ft.KeyboardType = ft.KeyboardType.TEXT,
) -> ft.Control:
    """Return a text field whose keyboard learns nothing. `on_change` hears the text."""
    return labelled(
        identifier,
        ft.TextField(
            label=label,
            value=value,
            on_change=guard(lambda event: on_change(event.control.value)),
            on_submit=guard(on_submit) if on_submit else None,
            error=error,
            error_max_lines=4,
            helper=helper,
            helper_max_lines=4,
            multiline=lines > 1,
            min_lines=lines if lines > 1 else None,
            max_lines=lines * 3 if lines > 1 else 1,
            password=is_password,
            autofocus=is_autofocused,
            disabled=is_disabled,
            keyboard_type=keyboard,
            autocorrect=lines > 1,
            enable_suggestions=False,
            enable_ime_personalized_learning=False,
            border=ft.OutlineInputBorder(border_radius=tokens.CORNER),
            text_size=tokens.LEAD,
        ),
    )


@part
def passphrase_field(
    *,
    identifier: str,
    label: str,
    value: str,
    on_change: Callable[[str], Any],
    on_submit: Handler | None = None,
    error: str | None = None,
    helper: str | None = None,
    is_autofocused: bool = False,
    is_disabled: bool = False,
) -> ft.Control:
    """Return a field for a passphrase with a named button that shows what is typed."""
    is_shown, show = ft.use_state(False)
    field = text_field(
        identifier=identifier,
        label=label,
        value=value,
        on_change=on_change,
        on_submit=on_submit,
        error=error,
        helper=helper,
        is_password=not is_shown,
        is_autofocused=is_autofocused,
        is_disabled=is_disabled,
        keyboard=ft.KeyboardType.VISIBLE_PASSWORD if is_shown else ft.KeyboardType.TEXT,
    )
    field.expand = True
    return ft.Row(
        spacing=tokens.SPACE_XS,
        vertical_alignment=ft.CrossAxisAlignment.START,
        controls=[
            field,
            icon_action(
                f"{identifier}-reveal",
                ft.Icons.VISIBILITY_OFF_OUTLINED if is_shown else ft.Icons.VISIBILITY_OUTLINED,
                t("passphrase.hide") if is_shown else t("passphrase.show"),
                lambda: show(not is_shown),
            ),
        ],
    )


def strength_meter(strength: Strength) -> ft.Control:
    """Return how well a passphrase would hold: a bar, a word, and what would help most."""
    word = t(f"strength.{strength.score}")
    color = ft.Colors.PRIMARY if strength.accepted else ft.Colors.TERTIARY
    lines: list[ft.Control] = [
        ft.ProgressBar(
            value=(strength.score + 1) / 5,
            bar_height=tokens.SPACE_S - 2,
            border_radius=tokens.SPACE_XS,
            color=color,
            bgcolor=ft.Colors.SURFACE_CONTAINER_HIGHEST,
        ),
        ft.Row(
            spacing=tokens.SPACE_XS,
            controls=[
                ft.Icon(
                    ft.Icons.CHECK_CIRCLE_OUTLINE if strength.accepted else ft.Icons.INFO_OUTLINE,
                    size=tokens.LEAD,
                    color=color,
                ),
                ft.Text(word, size=tokens.BODY, weight=ft.FontWeight.W_600),
            ],
        ),
    ]
    spoken = word
    if not strength.accepted:
        hint = t(f"errors.passphrase_{strength.hint}")
        lines.append(quiet(hint))
        spoken = f"{word}. {hint}"
    return ft.Semantics(
        identifier="strength",
        label=spoken,
        live_region=True,
        container=True,
        exclude_semantics=True,
        content=ft.Column(spacing=tokens.SPACE_XS, controls=lines),
    )


def field_error(words: str | None) -> ft.Control:
    """Return an error beside the field it belongs to, announced when it comes; nothing for None."""
    if not words:
        return ft.Container(height=0)
    return ft.Semantics(
        live_region=True,
        content=ft.Row(
            spacing=tokens.SPACE_S,
            vertical_alignment=ft.CrossAxisAlignment.START,
            controls=[
                ft.Icon(ft.Icons.ERROR_OUTLINE, size=tokens.TITLE, color=ft.Colors.ERROR),
                ft.Text(words, expand=True, size=tokens.BODY, color=ft.Colors.ERROR),
            ],
        ),
    )


def day_to_picker(day: date) -> datetime:
    """Return what the picker must be given to stand on a day.

    The picker speaks UTC; noon of the local day is the same day in every zone it may be read in.
    """
    return datetime(day.year, day.month, day.day, 12).astimezone()


def day_from_picker(value: datetime | date | None) -> date | None:
    """Return the day that was picked: the picker gives local midnight, converted to UTC."""
    return value.astimezone().date() if isinstance(value, datetime) else value


@part
def date_field(
    *,
    identifier: str,
    label: str,
    value: date | None,
    on_change: Callable[[date], Any],
    first: date = EARLIEST_DAY,
    last: date = LATEST_DAY,
) -> ft.Control:
    """Return a button that says a day and opens the calendar. `on_change` hears the day picked."""
    is_open, set_open = ft.use_state(False)

    def picked(event: Any) -> Any:
        set_open(False)
        day = day_from_picker(event.control.value)
        return None if day is None else on_change(day)

    ft.use_dialog(
        ft.DatePicker(
            value=day_to_picker(value) if value else None,
            first_date=day_to_picker(first),
            last_date=day_to_picker(last),
            on_change=guard(picked),
            on_dismiss=guard(lambda: set_open(False)),
        )
        if is_open
        else None
    )
    shown = translator().date(value, weekday=True) if value else t("date_field.none")
    return labelled(
        identifier,
        ft.OutlinedButton(
            t("date_field.words", label=label, day=shown),
            icon=ft.Icons.CALENDAR_MONTH,
            on_click=guard(lambda: set_open(True)),
        ),
    )
