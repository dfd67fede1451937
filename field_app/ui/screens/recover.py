"""A forgotten passphrase: the recovery words open the notes, and a new passphrase is set."""

import flet as ft

from field_app.errors import FieldAppError, InputError, WrongPassphraseError
from field_app.ui import tokens
from field_app.ui.components.basics import primary_button, text_action
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.frame import gate_page
from field_app.ui.components.passphrases import NewPassphrase, new_passphrase_fields
from field_app.ui.context import use_app, use_value
from field_app.ui.guard import screen
from field_app.ui.i18n import error_words, t
from field_app.ui.state import Gate


@screen
def recover_screen() -> ft.View:
    """Draw the fields for the words and the new passphrase."""
    app = use_app()
    words, set_words = ft.use_state("")
    words_error, set_words_error = ft.use_state("")
    error, set_error = ft.use_state("")
    is_busy, set_busy = ft.use_state(False)
    form, _ = use_value(NewPassphrase)

    async def recover() -> None:
        set_error("")
        set_words_error("" if words.strip() else t("recover.words_needed"))
        if not form.is_accepted(app.session.strength) or not words.strip():
            return
        set_busy(True)
        try:
            await app.run(app.session.recover, words, form.typed)
        except (InputError, WrongPassphraseError) as wrong:
            set_words_error(error_words(wrong))
            return
        except FieldAppError as problem:
            set_error(error_words(problem))
            return
        finally:
            set_busy(False)
        form.forget()
        set_words("")
        await app.opened()

    def typed(value: str) -> None:
        set_words(value)
        set_words_error("")

    def go_back() -> None:
        app.state.gate = Gate.LOCKED

    return gate_page(
        title=t("recover.title"),
        body=[
            ft.Text(t("recover.lead"), size=tokens.LEAD),
            text_field(
                identifier="recovery-words-field",
                label=t("recover.words"),
                value=words,
                on_change=typed,
                error=words_error or None,
                helper=t("recover.words_help"),
                lines=2,
                is_disabled=is_busy,
            ),
            *new_passphrase_fields(
                form,
                app.session.strength,
                may_be_pin=app.session.may_be_pin,
                is_disabled=is_busy,
            ),
            field_error(error),
            primary_button("recover", t("recover.button"), recover, is_busy=is_busy),
            text_action("recover-back", t("recover.back"), go_back),
        ],
    )
