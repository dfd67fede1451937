"""Asking the centre for what a screen shows: on a worker thread, and again when asked to."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar, cast

import flet as ft

from field_app.errors import FieldAppError
from field_app.ui import tokens
from field_app.ui.components.basics import quiet, secondary_button
from field_app.ui.context import use_app, use_value
from field_app.ui.i18n import error_words, t

T = TypeVar("T")


@dataclass(frozen=True)
class Fetched(Generic[T]):
    """An answer, or why there is none yet.

    Attributes:
        value: What was answered; None before, and when it could not be asked.
        problem: Why it could not be asked, translated.
        again: Asks again.
    """

    value: T | None
    problem: str
    again: Callable[[], None]

    def or_words(
        self, draw: Callable[[T], Sequence[ft.Control]], *, waiting: str = ""
    ) -> list[ft.Control]:
        """Return what `draw` makes of the answer, or words on why there is none.

        `waiting` is said meanwhile, instead of that the centre is asked.
        """
        if self.value is not None:
            return list(draw(self.value))
        if not self.problem:
            ring = ft.ProgressRing(width=tokens.LEAD, height=tokens.LEAD, stroke_width=2)
            return [ft.Row(controls=[ring, quiet(waiting or t("staff.asking"))])]
        return [
            quiet(self.problem),
            secondary_button("ask-again", t("staff.try_again"), self.again),
        ]


def use_fetched(ask: Callable[[], T], about: Sequence[Any]) -> Fetched[T]:
    """Return the answer of a call that may wait for the network. A hook.

    Args:
        ask: The call; it runs on a worker thread.
        about: Asked again when one of these changes.
    """
    app = use_app()
    answer, set_answer = use_value(lambda: cast(tuple[T | None, str], (None, "")))
    times, set_times = ft.use_state(0)

    async def fetch() -> None:
        try:
            set_answer((await app.run(ask), ""))
        except FieldAppError as refusal:
            set_answer((None, error_words(refusal)))

    ft.use_effect(fetch, [*about, times], cleanup=lambda: None)

    def again() -> None:
        set_answer((None, ""))
        set_times(times + 1)

    value, problem = answer
    return Fetched(value, problem, again)
