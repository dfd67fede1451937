"""Unlock: the passphrase, how far a big store is, tries left, the wait, the way back."""

import asyncio

import flet as ft

from field_app.errors import FieldAppError, TryLaterError, WrongPassphraseError
from field_app.ui import tokens
from field_app.ui.components.basics import app_mark, primary_button, text_action
from field_app.ui.components.fields import field_error, passphrase_field
from field_app.ui.components.frame import gate_page
from field_app.ui.components.preferences import language_chips
from field_app.ui.context import use_app
from field_app.ui.guard import screen
from field_app.ui.i18n import error_words, t
from field_app.ui.state import Gate


@screen
def unlock_screen() -> ft.View:
    """Draw the locked door."""
    app = use_app()
    passphrase, set_passphrase = ft.use_state("")
    error, set_error = ft.use_state("")
    is_busy, set_busy = ft.use_state(False)
    percent, set_percent = ft.use_state(-1)
    wait_seconds, set_wait = ft.use_state(0)

    async def count_down() -> None:
        for left in range(wait_seconds - 1, -1, -1):
            await asyncio.sleep(1)
            set_wait(left)

    counting, set_counting = ft.use_state(0)  # raised for each wait: a new countdown begins
    ft.use_effect(count_down, [counting], cleanup=lambda: None)

    def read(done: int, everything: int) -> None:
        app.bridge.post(set_percent, int(100 * done / max(everything, 1)))

    async def unlock() -> None:
        if is_busy or wait_seconds:
            return
        if not passphrase:
            set_error(t("passphrase.needed"))
            return
        set_busy(True)
        set_error("")
        is_right = False
        try:
            await app.run(app.session.unlock, passphrase, read)
        except TryLaterError as later:
            set_wait(later.seconds)
            set_counting(counting + 1)
        except WrongPassphraseError as wrong:
            left = str(wrong.details.get("tries_left", ""))  # empty where tries are not limited
            set_error(
                t("unlock.wrong", count=int(left)) if left.isdecimal() else error_words(wrong)
            )
        except FieldAppError as problem:
            set_error(error_words(problem))
        else:
            is_right = True
        finally:
            set_busy(False)
            set_percent(-1)
            set_passphrase("")
        if is_right:
            await app.opened()

    def typed(value: str) -> None:
        set_passphrase(value)
        set_error("")

    def forgotten() -> None:
        app.state.gate = Gate.RECOVER

    body: list[ft.Control] = [
        ft.Container(
            padding=ft.Padding.only(top=tokens.SPACE_XL, bottom=tokens.SPACE_S),
            content=ft.Column(
                spacing=tokens.SPACE_L,
                controls=[app_mark(), ft.Text(t("unlock.lead"), size=tokens.LEAD)],
            ),
        ),
        passphrase_field(
            identifier="passphrase",
            label=t("passphrase.label_or_pin" if app.session.may_be_pin else "passphrase.label"),
            value=passphrase,
            on_change=typed,
            on_submit=unlock,
            error=error or None,
            is_autofocused=True,
            is_disabled=is_busy or wait_seconds > 0,
        ),
    ]
    if wait_seconds:
        body.append(field_error(_wait_words(wait_seconds)))
    if percent >= 0:
        body.append(
            ft.ProgressBar(
                value=percent / 100, semantics_label=t("unlock.progress", percent=percent)
            )
        )
    body += [
        primary_button(
            "unlock",
            t("unlock.opening") if is_busy else t("unlock.button"),
            unlock,
            is_busy=is_busy,
            is_disabled=wait_seconds > 0,
        ),
        text_action("forgotten", t("unlock.forgotten"), forgotten),
        ft.Container(height=tokens.SPACE_XL),
        language_chips(app),
    ]
    return gate_page(title=t("unlock.title"), body=body)


def _wait_words(seconds: int) -> str:
    """Return the wait in seconds up to two minutes, in whole minutes above."""
    if seconds <= 120:
        return t("unlock.wait_seconds", count=seconds)
    return t("unlock.wait_minutes", count=-(-seconds // 60))
