"""What one tap on a due line does, its icon and its spoken name."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import flet as ft

from field_app.domain.due.obligation import State
from field_app.domain.records.contact import COUNTY_ZONE
from field_app.services.due_list import DueAction, DueItem
from field_app.ui.components.states import Tone
from field_app.ui.components.writing import write
from field_app.ui.controller import Controller
from field_app.ui.i18n import t

HOUR_SECONDS = 3600
DAY_HOURS = 24

ICONS: dict[DueAction, ft.IconData] = {
    DueAction.LOG_VISIT: ft.Icons.PEOPLE_ALT_OUTLINED,
    DueAction.LOG_CONTACT: ft.Icons.PHONE_OUTLINED,
    DueAction.LOG_DAILY: ft.Icons.CHECKLIST,
    DueAction.MARK_PAPER: ft.Icons.TASK_OUTLINED,
    DueAction.ARRIVE: ft.Icons.LOCATION_ON_OUTLINED,
    DueAction.FIRST_RESPONSE_STEP: ft.Icons.EMERGENCY_OUTLINED,
    DueAction.CSW_TALK: ft.Icons.RECORD_VOICE_OVER_OUTLINED,
    DueAction.DECIDE_PHASE: ft.Icons.ALT_ROUTE,
    DueAction.OFFER_PROGRAM: ft.Icons.SCHOOL_OUTLINED,
}
"""Actions that a tap can do."""


@dataclass(frozen=True)
class LineAction:
    """The button at the right edge of a due line."""

    icon: ft.IconData
    words: str
    name: str
    on_tap: Callable[[], Any]


def action_of(app: Controller, item: DueItem) -> LineAction | None:
    """Return what the line's button does, or None when there is nothing to tap."""
    icon = ICONS.get(item.action)
    if icon is None:
        return None
    words = t(f"due.do.{item.action}")
    name = t(f"due.action.{item.action}", alias=item.alias)
    return LineAction(icon, words, name, lambda: act(app, item))


def act(app: Controller, item: DueItem) -> Any:
    """Do what a due line asks for: open its form, or note it at once where a tap says all."""
    case_id = item.case_id
    if item.action in (DueAction.LOG_VISIT, DueAction.LOG_CONTACT):
        service = item.obligation.service
        return app.open_panel("log", case_id=case_id, service=service.value if service else "")
    if item.action is DueAction.LOG_DAILY:
        return app.open_panel("daily")
    if item.action is DueAction.MARK_PAPER and item.document is not None:
        return app.open_panel("paper", case_id=case_id, document=item.document.value)
    if item.action is DueAction.DECIDE_PHASE:
        return app.open_panel("phase", case_id=case_id)
    if item.action is DueAction.OFFER_PROGRAM:
        return app.open_panel("offer", case_id=case_id)
    if item.action is DueAction.CSW_TALK:
        return note_csw_talk(app, case_id)
    if item.action in (DueAction.ARRIVE, DueAction.FIRST_RESPONSE_STEP):
        return _first_response(app, item)
    return None


def _first_response(app: Controller, item: DueItem) -> Any:
    """Note the arrival at once, or open the response for its other steps."""
    responses = app.workspace.responses
    latest = max(
        responses.of_case(item.case_id), key=lambda r: r.called_at or r.created_at, default=None
    )
    if latest is None:
        return None
    if item.action is DueAction.ARRIVE:
        return write(app, lambda: responses.arrive(latest.record_id))
    return app.open_panel("response", response_id=latest.record_id)


async def note_csw_talk(app: Controller, case_id: str) -> None:
    """Note that the agency and the CSW have talked, now."""
    caseload = app.workspace.caseload
    await write(
        app,
        lambda: caseload.record_csw_talk(case_id),
        undo=lambda _referral: caseload.take_back_csw_talk(case_id),
    )


def state_of(item: DueItem, now: datetime) -> tuple[Tone, str] | None:
    """Return the chip of an open line: how late it is, or the warning of a phase's end."""
    duty = item.obligation
    if duty.due_at is None:
        return None
    if duty.state is State.OVERDUE:
        return (Tone.LATE, late_words(duty.due_at, now))
    if duty.warning is not None:
        return (Tone.SOON, left_words(duty.due_at, now))
    return None


def late_words(due_at: datetime, now: datetime) -> str:
    """Return by how much something is late, in the largest whole unit."""
    days = (now.astimezone(COUNTY_ZONE).date() - due_at.astimezone(COUNTY_ZONE).date()).days
    seconds = int((now - due_at).total_seconds())
    if days >= 1 and seconds >= DAY_HOURS * HOUR_SECONDS // 2:
        return t("due.days_late", count=days)
    if seconds >= HOUR_SECONDS:
        return t("due.hours_late", count=seconds // HOUR_SECONDS)
    return t("due.minutes_late", count=max(seconds // 60, 1))


def left_words(due_at: datetime, now: datetime) -> str:
    """Return how much time is left, in days, on the last day in hours."""
    days = (due_at.astimezone(COUNTY_ZONE).date() - now.astimezone(COUNTY_ZONE).date()).days
    if days >= 1:
        return t("due.days_left", count=days)
    return t("due.hours_left", count=max(int((due_at - now).total_seconds()) // HOUR_SECONDS, 0))


def outcome_state(item: DueItem) -> tuple[Tone, str]:
    """Return the chip of an obligation on a participant's page, whatever its state."""
    tones = {
        State.MET: Tone.DONE,
        State.MET_LATE: Tone.DONE,
        State.DUE: Tone.PLAIN,
        State.OVERDUE: Tone.LATE,
        State.NOT_MET: Tone.LATE,
        State.NOT_MET_MISSING: Tone.SOON,
    }
    state = item.obligation.state
    return (tones.get(state, Tone.PLAIN), t(f"due.state.{state}"))
