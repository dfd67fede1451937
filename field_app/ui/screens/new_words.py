"""New recovery words: the passphrase is asked, the words are shown once and checked."""

import flet as ft

from field_app.errors import FieldAppError
from field_app.ui.components.basics import primary_button, quiet
from field_app.ui.components.fields import passphrase_field
from field_app.ui.components.frame import detail_page
from field_app.ui.components.recovery_words import recovery_words_sheet
from field_app.ui.context import use_app
from field_app.ui.guard import pane
from field_app.ui.i18n import error_words, t


@pane
def new_words_screen() -> ft.Control:
    """Draw the question for the passphrase, then the words."""
    app = use_app()
    passphrase, set_passphrase = ft.use_state("")
    error, set_error = ft.use_state("")
    is_busy, set_busy = ft.use_state(False)
    words, set_words = ft.use_state(tuple[str, ...]())

    async def make() -> None:
        if not passphrase:
            set_error(t("passphrase.needed"))
            return
        set_busy(True)
        try:
            set_words(await app.run(app.session.new_recovery_words, passphrase))
        except FieldAppError as refusal:
            set_error(error_words(refusal))
        finally:
            set_busy(False)
            set_passphrase("")

    def done() -> None:
        set_words(())
        app.navigate("/more/settings")
        app.tell(t("settings.new_words_done"))

    def typed(value: str) -> None:
        set_passphrase(value)
        set_error("")

    title, back_to = t("settings.new_words"), "/more/settings"
    if words:
        return detail_page(title=title, back_to=back_to, body=[recovery_words_sheet(words, done)])
    return detail_page(
        title=title,
        back_to=back_to,
        body=[
            quiet(t("settings.new_words_help")),
            passphrase_field(
                identifier="current-passphrase",
                label=t("passphrase.current"),
                value=passphrase,
                on_change=typed,
                on_submit=make,
                error=error or None,
                is_disabled=is_busy,
            ),
        ],
        primary=primary_button("make-words", t("settings.make_words"), make, is_busy=is_busy),
    )
