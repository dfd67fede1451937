"""Chips over a field of a form's draft: one of some words, several of them, yes or no."""

from collections.abc import Iterable
from enum import StrEnum

import flet as ft

from field_app.ui.components.choices import Choice, choice_chips, toggled
from field_app.ui.components.drafting import FormDraft
from field_app.ui.i18n import t, translator

ANSWERS = ("yes", "no")


def one_of(draft: FormDraft, field: str, label: str, words: Iterable[StrEnum]) -> ft.Control:
    """Return chips of which one stands; a second tap lets it go."""
    choices = [Choice(word.value, translator().word(word)) for word in words]
    return _one(draft, field, label, choices)


def some_of(draft: FormDraft, field: str, label: str, words: Iterable[StrEnum]) -> ft.Control:
    """Return chips of which any stand."""
    held: list[str] = draft[field]

    return choice_chips(
        identifier=field.replace("_", "-"),
        label=label,
        choices=[Choice(word.value, translator().word(word)) for word in words],
        chosen=held,
        on_choose=lambda value: draft.set(**{field: toggled(held, value)}),
    )


def yes_no(draft: FormDraft, field: str, label: str) -> ft.Control:
    """Return yes and no; a second tap takes the answer back."""
    return _one(draft, field, label, [Choice(answer, t(f"answer.{answer}")) for answer in ANSWERS])


def answer_of(words: str) -> bool | None:
    """Return the answer that a draft keeps; None when nobody answered."""
    return None if not words else words == "yes"


def words_of(answer: bool | None) -> str:
    """Return how a draft keeps an answer."""
    return "" if answer is None else ANSWERS[0] if answer else ANSWERS[1]


def _one(draft: FormDraft, field: str, label: str, choices: list[Choice]) -> ft.Control:
    return choice_chips(
        identifier=field.replace("_", "-"),
        label=label,
        choices=choices,
        chosen=draft[field],
        on_choose=lambda value: draft.set(**{field: "" if value == draft[field] else value}),
    )
