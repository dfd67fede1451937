"""The day and the time of something that happened, in the county's time; left alone it is now."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

import flet as ft

from field_app.domain.records.contact import COUNTY_ZONE
from field_app.errors import InputError
from field_app.ui import tokens
from field_app.ui.components.basics import icon_action, labelled
from field_app.ui.components.drafting import FormDraft
from field_app.ui.components.fields import EARLIEST_DAY, LATEST_DAY, date_field
from field_app.ui.guard import guard, part
from field_app.ui.i18n import t, translator


def day_of(words: str) -> date | None:
    """Return a day kept in a draft, or None."""
    return date.fromisoformat(words) if words else None


def moment_of(day: str, clock: str, now: datetime) -> datetime | None:
    """Return the moment of a form's day and time; None when both were left alone: now.

    A day without a time means the same hour as now; a time without a day means today.

    Raises:
        InputError: The time falls into the hour that clocks skip in spring.
    """
    if not day and not clock:
        return None
    here = now.astimezone(COUNTY_ZONE)
    on = day_of(day) or here.date()
    at = time.fromisoformat(clock) if clock else here.time().replace(second=0, microsecond=0)
    moment = datetime.combine(on, at, COUNTY_ZONE)
    if datetime.fromtimestamp(moment.timestamp(), COUNTY_ZONE).replace(tzinfo=None) != (
        moment.replace(tzinfo=None)
    ):
        raise InputError("Clocks skip this hour on that day.", field="at", code="skipped_hour")
    return moment


@part
def time_field(
    *, identifier: str, label: str, value: time, on_change: Callable[[time], Any]
) -> ft.Control:
    """Return a button that says a time and opens the clock."""
    is_open, set_open = ft.use_state(False)

    def picked(event: Any) -> Any:
        set_open(False)
        chosen = event.control.value
        return None if chosen is None else on_change(chosen)

    ft.use_dialog(
        ft.TimePicker(
            value=value,
            entry_mode=ft.TimePickerEntryMode.INPUT,
            hour_format=ft.TimePickerHourFormat.H24,
            on_change=guard(picked),
            on_dismiss=guard(lambda: set_open(False)),
        )
        if is_open
        else None
    )
    return labelled(
        identifier,
        ft.OutlinedButton(
            t("date_field.words", label=label, day=translator().time(value)),
            icon=ft.Icons.SCHEDULE,
            on_click=guard(lambda: set_open(True)),
        ),
    )


def when_fields(
    *,
    identifier: str,
    day: str,
    clock: str,
    now: datetime,
    on_day: Callable[[str], Any],
    on_clock: Callable[[str], Any] | None = None,
    label: str = "",
    earliest: date = EARLIEST_DAY,
) -> ft.Control:
    """Return the day (`<identifier>-day`) and, where it matters, the time (`<identifier>-time`).

    Values are ISO words as drafts keep them, empty for now.
    """
    here = now.astimezone(COUNTY_ZONE)
    fields: list[ft.Control] = [
        date_field(
            identifier=f"{identifier}-day",
            label=label or t("when.day"),
            value=day_of(day) or here.date(),
            first=earliest,
            last=here.date(),
            on_change=lambda picked: on_day(picked.isoformat()),
        )
    ]
    if on_clock is not None:
        keep = on_clock
        shown = time.fromisoformat(clock) if clock else here.time()
        fields.append(
            time_field(
                identifier=f"{identifier}-time",
                label=t("when.time"),
                value=shown.replace(second=0, microsecond=0),
                on_change=lambda picked: keep(picked.isoformat(timespec="minutes")),
            )
        )
    return ft.Row(wrap=True, spacing=tokens.SPACE_S, run_spacing=tokens.SPACE_S, controls=fields)


def next_day_field(draft: FormDraft, field: str, label: str, *, first: date) -> list[ft.Control]:
    """Return the button of a coming day, and once one is chosen the way to have none again."""
    chosen = day_of(draft[field])
    # The calendar cannot stand before its first day.
    return _day_field(draft, field, label, first=min(first, chosen or first), last=LATEST_DAY)


def past_day_field(draft: FormDraft, field: str, label: str, *, last: date) -> list[ft.Control]:
    """Return the button of a day that is over, and once one is chosen the way to have none."""
    chosen = day_of(draft[field])
    return _day_field(draft, field, label, first=EARLIEST_DAY, last=max(last, chosen or last))


def _day_field(
    draft: FormDraft, field: str, label: str, *, first: date, last: date
) -> list[ft.Control]:
    identifier = field.replace("_", "-")
    chosen = day_of(draft[field])
    controls: list[ft.Control] = [
        date_field(
            key=field,
            identifier=identifier,
            label=label,
            value=chosen,
            first=first,
            last=last,
            on_change=lambda day: draft.set(**{field: day.isoformat()}),
        )
    ]
    if chosen is not None:
        controls.append(
            icon_action(
                f"{identifier}-clear",
                ft.Icons.CLOSE,
                t("date_field.clear", label=label),
                lambda: draft.set(**{field: ""}),
            )
        )
    return controls
