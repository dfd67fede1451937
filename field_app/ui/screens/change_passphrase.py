"""Change of the passphrase."""

import flet as ft

from field_app.errors import FieldAppError
from field_app.ui.components.basics import primary_button
from field_app.ui.components.fields import passphrase_field
from field_app.ui.components.frame import detail_page
from field_app.ui.components.passphrases import NewPassphrase, new_passphrase_fields
from field_app.ui.context import use_app, use_value
from field_app.ui.guard import pane
from field_app.ui.i18n import error_words, t


@pane
def change_passphrase_screen() -> ft.Control:
    """Draw the fields for the current and the new passphrase."""
    app = use_app()
    current, set_current = ft.use_state("")
    current_error, set_current_error = ft.use_state("")
    is_busy, set_busy = ft.use_state(False)
    form, _ = use_value(NewPassphrase)

    async def change() -> None:
        set_current_error("" if current else t("passphrase.needed"))
        if not form.is_accepted(app.session.strength) or not current:
            return
        set_busy(True)
        try:
            await app.run(app.session.change_passphrase, current, form.typed)
        except FieldAppError as refusal:
            set_current_error(error_words(refusal))
            return
        finally:
            set_busy(False)
        form.forget()
        set_current("")
        app.navigate("/more/settings")
        app.tell(t("settings.changed"))

    def typed(value: str) -> None:
        set_current(value)
        set_current_error("")

    return detail_page(
        title=t("settings.change_passphrase"),
        back_to="/more/settings",
        body=[
            passphrase_field(
                identifier="current-passphrase",
                label=t("passphrase.current"),
                value=current,
                on_change=typed,
                error=current_error or None,
                is_disabled=is_busy,
            ),
            *new_passphrase_fields(
                form,
                app.session.strength,
                may_be_pin=app.session.may_be_pin,
                is_disabled=is_busy,
            ),
        ],
        primary=primary_button("change", t("settings.change_passphrase"), change, is_busy=is_busy),
    )
