"""One line on whether everything has arrived; nothing while this device works alone."""

from datetime import datetime

import flet as ft

from field_app.services.sync_state import SyncState
from field_app.ui import tokens
from field_app.ui.components.basics import labelled
from field_app.ui.components.field_words import day_words, local
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import guard, part
from field_app.ui.i18n import t, translator

PASSING = frozenset(
    {
        *("offline", "not_the_centre", "busy", "rate_limited", "internal", "not_certified"),
        *("device_revoked", "device_replaced"),  # which the standing says
    }
)
"""Troubles that end by themselves: they are told on the Sync screen and nowhere else."""


def use_sync() -> SyncState:
    """Return where the work is; the component is drawn again when that changes. A hook."""
    app = use_app()
    ft.use_state(app.syncing.shown)
    return app.syncing.shown.state


def sync_line(app: Controller) -> list[ft.Control]:
    """Return the line for the top of Today, or nothing."""
    return [_line()] if app.workspace.sync.is_enrolled else []


@part
def _line() -> ft.Control:
    app = use_app()
    state = use_sync()
    if not state.is_enrolled:  # nothing was told yet: the store was opened this moment
        state = app.workspace.sync.state()
    words = sync_words(state, app.workspace.notebook.now())
    return labelled(
        "sync-line",
        ft.Container(
            padding=ft.Padding.symmetric(vertical=tokens.SPACE_M),
            border_radius=tokens.CORNER,
            ink=True,
            on_click=guard(lambda: app.navigate("/sync")),
            content=ft.Row(
                spacing=tokens.SPACE_S,
                controls=[
                    sync_icon(state),
                    ft.Text(words, expand=True, size=tokens.BODY),
                    ft.Icon(ft.Icons.CHEVRON_RIGHT, color=ft.Colors.ON_SURFACE_VARIANT),
                ],
            ),
        ),
    )


def needs_count(state: SyncState) -> int:
    """Return how many things wait for a person: refused, in conflict, or in the inbox."""
    inbox = state.inbox_open or 0
    return state.attention + state.conflicts + state.files_refused + inbox


def is_stuck(state: SyncState) -> bool:
    """Return whether sync does not go on by itself: a person has to do something first."""
    return state.trouble is not None and state.trouble not in PASSING


def sync_words(state: SyncState, now: datetime) -> str:
    """Return where the work is, in a few words: "3 waiting", "All 14 received 09:12"."""
    if state.standing.value == "revoked":
        return t("sync.revoked_title")
    if state.standing.value == "replaced":
        return t("sync.replaced_title")
    parts = []
    if needs_count(state):
        parts.append(t("sync.needs_count", count=needs_count(state)))
    if is_stuck(state):
        parts.append(t("sync.stuck"))
    progress = state.progress
    if state.is_running and progress is not None and progress.to_send > 1:
        parts.append(t("sync.sending", done=progress.sent, count=progress.to_send))
    elif state.waiting:
        parts.append(t("sync.waiting_count", count=state.waiting))
    elif state.files_waiting:
        parts.append(pictures_words(state))
    return " · ".join(parts) or _arrived_words(state, now)


def pictures_words(state: SyncState) -> str:
    """Return how many pictures the centre does not have yet, and what they wait for."""
    key = "sync.pictures_held" if state.files_held else "sync.pictures_waiting"
    return t(key, count=state.files_waiting)


def _arrived_words(state: SyncState, now: datetime) -> str:
    if state.reached_at is None:
        return t("sync.not_reached")
    at = local(state.reached_at)
    time = translator().time(at)
    if at.date() != local(now).date():
        time = t("when.day_time", day=day_words(at.date(), local(now).date()), time=time)
    if not state.received:
        return t("sync.all_quiet", time=time)
    return t("sync.all_received", count=state.received, time=time)


def sync_icon(state: SyncState) -> ft.Icon:
    """Return the icon of where the work is; its words always stand beside it."""
    if state.standing.value != "active" or needs_count(state) or is_stuck(state):
        return ft.Icon(ft.Icons.PAN_TOOL_OUTLINED, color=ft.Colors.TERTIARY, size=tokens.TITLE)
    if state.is_running and state.progress is not None:
        return ft.Icon(ft.Icons.SYNC, color=ft.Colors.PRIMARY, size=tokens.TITLE)
    if state.waiting or state.files_waiting or state.reached_at is None:
        return ft.Icon(
            ft.Icons.CLOUD_UPLOAD_OUTLINED, color=ft.Colors.ON_SURFACE_VARIANT, size=tokens.TITLE
        )
    return ft.Icon(ft.Icons.CLOUD_DONE_OUTLINED, color=ft.Colors.PRIMARY, size=tokens.TITLE)
