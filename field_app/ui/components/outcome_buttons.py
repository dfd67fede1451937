"""The outcomes of a contact as the buttons that save it: the two frequent ones large."""

from collections.abc import Awaitable, Callable

import flet as ft

from field_app.domain.vocabulary import Outcome
from field_app.ui import tokens
from field_app.ui.components.basics import labelled, primary_button, secondary_button
from field_app.ui.components.field_words import outcome_icon
from field_app.ui.guard import guard
from field_app.ui.i18n import translator


def outcome_buttons(save: Callable[[Outcome], Awaitable[None]]) -> ft.Control:
    """Return the four outcomes, each `outcome-<value>`; a tap saves."""
    speak = translator()

    def button(outcome: Outcome) -> ft.Control:
        make = primary_button if outcome is Outcome.REACHED else secondary_button
        place = make(
            f"outcome-{outcome.value}",
            speak.word(outcome),
            lambda: save(outcome),
            icon=outcome_icon(outcome),
        )
        return ft.Container(expand=True, content=place)

    def small(outcome: Outcome) -> ft.Control:
        return ft.Container(
            expand=True,
            alignment=ft.Alignment.CENTER,
            content=labelled(
                f"outcome-{outcome.value}",
                ft.TextButton(
                    speak.word(outcome),
                    icon=outcome_icon(outcome),
                    height=tokens.TOUCH,
                    on_click=guard(lambda: save(outcome)),
                ),
            ),
        )

    return ft.Column(
        spacing=tokens.SPACE_XS,
        controls=[
            ft.Row(
                spacing=tokens.SPACE_S,
                controls=[button(Outcome.REACHED), button(Outcome.NO_ANSWER)],
            ),
            ft.Row(
                spacing=tokens.SPACE_S,
                controls=[small(Outcome.DECLINED), small(Outcome.CANCELLED)],
            ),
        ],
    )
