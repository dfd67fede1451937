"""The outcomes of a contact as the buttons that save it: the two frequent ones large."""

from collections.abc import Awaitable, Callable

import flet as ft

from field_app.domain.vocabulary import Outcome
from field_app.ui import tokens
from field_app.ui.components.basics import labelled
from field_app.ui.components.field_words import outcome_icon
from field_app.ui.guard import guard
from field_app.ui.i18n import translator


def outcome_buttons(save: Callable[[Outcome], Awaitable[None]]) -> ft.Control:
    """Return the four outcomes, each `outcome-<value>`; a tap saves."""
    speak = translator()

    def button(outcome: Outcome) -> ft.Control:
        make = ft.FilledButton if outcome is Outcome.REACHED else ft.OutlinedButton
        large = make(
            speak.word(outcome),
            icon=outcome_icon(outcome),
            on_click=guard(lambda: save(outcome)),
            style=ft.ButtonStyle(
                # Narrower than other buttons: the Spanish words are long and must stand whole.
                padding=ft.Padding.symmetric(
                    horizontal=tokens.SPACE_S, vertical=tokens.BUTTON_PADDING
                ),
                shape=ft.RoundedRectangleBorder(radius=tokens.CORNER),
                text_style=ft.TextStyle(size=tokens.LEAD, weight=ft.FontWeight.W_600),
            ),
        )
        return ft.Container(expand=True, content=labelled(f"outcome-{outcome.value}", large))

    def small(outcome: Outcome) -> ft.Control:
        return ft.Container(
            expand=True,
            alignment=ft.Alignment.CENTER,
            content=labelled(
                f"outcome-{outcome.value}",
                ft.TextButton(
                    speak.word(outcome),
                    icon=outcome_icon(outcome),
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
