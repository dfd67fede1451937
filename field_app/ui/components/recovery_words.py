"""Recovery words: shown once, then two of them asked for, so that the paper is known to exist."""

import secrets
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import card, primary_button, text_action
from field_app.ui.components.fields import text_field
from field_app.ui.context import use_value
from field_app.ui.guard import part
from field_app.ui.i18n import t

ASKED = 2  # one could be a guess from what is still on screen; three only annoy


def two_places(count: int) -> tuple[int, ...]:
    """Return which words to ask for, as indices in rising order."""
    return tuple(sorted(secrets.SystemRandom().sample(range(count), ASKED)))


def _numbered(words: Sequence[str]) -> ft.Control:
    """Return the words in two columns, numbered downwards as on a paper list."""

    def line(number: int, word: str) -> ft.Control:
        return ft.Container(
            padding=ft.Padding.symmetric(vertical=tokens.SPACE_XS),
            content=ft.Text(
                t("words.numbered", number=number, word=word),
                size=tokens.LEAD,
                weight=ft.FontWeight.W_600,
                semantics_label=t("words.spoken", number=number, word=word),
            ),
        )

    lines = [line(number, word) for number, word in enumerate(words, start=1)]
    half = (len(lines) + 1) // 2
    columns: list[ft.Control] = [
        ft.Column(expand=True, spacing=0, controls=some) for some in (lines[:half], lines[half:])
    ]
    return ft.Row(vertical_alignment=ft.CrossAxisAlignment.START, controls=columns)


@part
def recovery_words_sheet(
    words: Sequence[str], on_done: Callable[[], Any], *, lead: str = "", once: str = ""
) -> ft.Control:
    """Return the words, then the check; `on_done` is called when both asked words are right.

    `lead` says what they open and `once` what happens to who leaves; they stand for this device's
    own words where nothing is given.
    """
    is_checking, set_checking = ft.use_state(False)
    places, _ = use_value(lambda: two_places(len(words)))
    typed, set_typed = use_value(lambda: ("",) * ASKED)
    wrong, set_wrong = ft.use_state(-1)

    if not is_checking:
        return _sheet(
            ft.Text(lead or t("words.lead"), size=tokens.LEAD),
            card(_numbered(words), identifier="recovery-words"),
            ft.Text(once or t("words.once"), color=ft.Colors.ON_SURFACE_VARIANT),
            primary_button("words-written", t("words.written"), lambda: set_checking(True)),
        )

    def keep(index: int, value: str) -> None:
        set_wrong(-1)
        set_typed(tuple(value if i == index else old for i, old in enumerate(typed)))

    async def check() -> None:
        for index, place in enumerate(places):
            if typed[index].strip().casefold() != words[place].casefold():
                set_wrong(index)
                return
        result = on_done()
        if result is not None:
            await result

    fields = [
        text_field(
            identifier=f"check-word-{index + 1}",
            label=t("words.word_field", number=place + 1),
            value=typed[index],
            on_change=partial(keep, index),
            on_submit=check if index == ASKED - 1 else None,
            error=t("words.wrong", number=place + 1) if wrong == index else None,
        )
        for index, place in enumerate(places)
    ]
    return _sheet(
        ft.Text(t("words.check_title"), theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
        ft.Text(t("words.check"), size=tokens.LEAD),
        *fields,
        primary_button("words-finish", t("words.finish"), check),
        text_action("words-again", t("words.show_again"), lambda: set_checking(False)),
    )


def _sheet(*controls: ft.Control) -> ft.Control:
    return ft.Column(
        spacing=tokens.SPACE_L,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=list(controls),
    )
