"""A clock that runs down on screen: it draws itself again, and nothing else of the page.

The time left is computed from a moment that is saved, so a lock or a restart stops nothing.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import quiet
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.context import use_value
from field_app.ui.guard import part
from field_app.ui.i18n import t

SECONDS_SHOWN_BELOW = timedelta(minutes=10)
SOON = timedelta(minutes=30)


def time_left_words(left: timedelta) -> str:
    """Return how much time is left, or how long it is over: "62 min left", "5 min late"."""
    over = left < timedelta(0)
    whole = int(abs(left).total_seconds())
    hours, minutes, seconds = whole // 3600, whole % 3600 // 60, whole % 60
    if hours:
        amount = t("clock.hours", hours=hours, minutes=minutes)
    elif whole < SECONDS_SHOWN_BELOW.total_seconds():
        amount = t("clock.seconds", minutes=minutes, seconds=f"{seconds:02d}")
    else:
        amount = t("clock.minutes", minutes=minutes)
    return t("clock.late", amount=amount) if over else t("clock.left", amount=amount)


def _seconds_to_change(left: timedelta) -> float:
    """Return after how many seconds the words change."""
    if abs(left) < SECONDS_SHOWN_BELOW + timedelta(seconds=1):
        return 1.0
    return max(left.total_seconds() % 60, 0.5) if left > timedelta(0) else 15.0


@part
def live_clock(*, title: str, due_at: datetime, now: Callable[[], datetime]) -> ft.Control:
    """Return a title with the time left until a moment, running.

    Args:
        title: What has to happen until then.
        due_at: The moment (aware).
        now: Where the time comes from.
    """
    _, tick = ft.use_state(0)
    tasks, _ = use_value(list[Any])
    left = due_at - now()

    async def run() -> None:
        while True:
            await asyncio.sleep(_seconds_to_change(due_at - now()))
            tick(lambda count: count + 1)

    def start() -> None:
        tasks.append(ft.context.page.run_task(run))

    def stop() -> None:
        while tasks:
            tasks.pop().cancel()

    ft.use_effect(start, dependencies=[], cleanup=stop)
    tone = Tone.LATE if left < timedelta(0) else Tone.SOON if left < SOON else Tone.PLAIN
    return ft.Row(
        wrap=True,
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        vertical_alignment=ft.CrossAxisAlignment.CENTER,
        spacing=tokens.SPACE_S,
        controls=[quiet(title), state_chip(tone, time_left_words(left))],
    )
