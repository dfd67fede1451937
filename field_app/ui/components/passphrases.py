"""Choosing a passphrase: typed twice, with a meter that helps. Used wherever one is set."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import flet as ft

from field_app.ui.components.basics import quiet
from field_app.ui.components.fields import passphrase_field, strength_meter
from field_app.ui.i18n import t
from field_app.ui.ports import Strength


@ft.observable
@dataclass
class NewPassphrase:
    """What was typed for a new passphrase, and what is wrong with it. Holds it only while typed."""

    typed: str = ""
    again: str = ""
    error: str | None = None
    again_error: str | None = None

    def is_accepted(self, judge: Callable[[str], Strength]) -> bool:
        """Say whether it can be set; otherwise the errors say why not."""
        self.error = self.again_error = None
        if not self.typed:
            self.error = t("passphrase.needed")
        elif not (strength := judge(self.typed)).accepted:
            self.error = t(f"errors.passphrase_{strength.hint}")
        elif self.typed != self.again:
            self.again_error = t("passphrase.differs")
        return self.error is None and self.again_error is None

    def forget(self) -> None:
        """Let go of what was typed."""
        self.typed = self.again = ""
        self.error = self.again_error = None


def new_passphrase_fields(
    form: NewPassphrase,
    judge: Callable[[str], Strength],
    *,
    may_be_pin: bool = False,
    is_disabled: bool = False,
    on_submit: Any = None,
) -> list[ft.Control]:
    """Return the two fields, the meter as soon as something is typed, and the advice before.

    `may_be_pin` is `Session.may_be_pin`, and False for what leaves the device.
    """
    advice = t("passphrase.advice_or_pin" if may_be_pin else "passphrase.advice")

    def typed(value: str) -> None:
        form.typed, form.error = value, None

    def again(value: str) -> None:
        form.again, form.again_error = value, None

    return [
        passphrase_field(
            identifier="new-passphrase",
            label=t("passphrase.new"),
            value=form.typed,
            on_change=typed,
            error=form.error,
            is_disabled=is_disabled,
        ),
        strength_meter(judge(form.typed)) if form.typed else quiet(advice),
        passphrase_field(
            identifier="new-passphrase-again",
            label=t("passphrase.again"),
            value=form.again,
            on_change=again,
            error=form.again_error,
            is_disabled=is_disabled,
            on_submit=on_submit,
        ),
    ]
