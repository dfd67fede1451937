"""An encrypted backup in a file of its own, opened by a passphrase that is chosen here."""

import tempfile
from pathlib import Path

import flet as ft

from field_app.errors import FieldAppError, LockedError
from field_app.ui.components.basics import primary_button, quiet
from field_app.ui.components.fields import field_error, passphrase_field
from field_app.ui.components.file_saving import save_file
from field_app.ui.components.panels import panel_page
from field_app.ui.components.passphrases import NewPassphrase, new_passphrase_fields
from field_app.ui.context import use_app, use_value
from field_app.ui.guard import part
from field_app.ui.i18n import error_words, t
from field_app.ui.ports import Session


@part
def backup_panel() -> ft.Control:
    """Draw the passphrase of the backup and the button that writes it."""
    app = use_app()
    form, _ = use_value(NewPassphrase)
    current, set_current = ft.use_state("")
    current_error, set_current_error = ft.use_state("")
    error, set_error = ft.use_state("")
    is_busy, set_busy = ft.use_state(False)

    async def make() -> None:
        set_error("")
        set_current_error("" if current else t("passphrase.needed"))
        if not form.is_accepted(app.session.backup_strength) or not current:
            return
        set_busy(True)
        try:
            content = await app.run(_sealed, app.session, current, form.typed)
        except LockedError as wrong:
            set_current_error(error_words(wrong))
            return
        except FieldAppError as refusal:
            set_error(error_words(refusal))
            return
        finally:
            set_busy(False)
            set_current("")
        form.forget()
        day = app.workspace.notebook.today()
        if not await save_file(app, f"notes-{day:%Y-%m-%d}.backup", content):
            return  # nothing was saved, and nothing is said to be
        app.close_panel()
        app.tell(t("backup.done"))

    def typed(value: str) -> None:
        set_current(value)
        set_current_error("")

    return panel_page(
        title=t("backup.title"),
        body=[
            quiet(t("backup.current_help")),
            passphrase_field(
                identifier="current-passphrase",
                label=t("passphrase.current"),
                value=current,
                on_change=typed,
                error=current_error or None,
                is_disabled=is_busy,
            ),
            quiet(t("backup.lead")),
            *new_passphrase_fields(form, app.session.backup_strength, is_disabled=is_busy),
            field_error(error),
        ],
        primary=primary_button("backup-make", t("backup.make"), make, is_busy=is_busy),
    )


def _sealed(session: Session, current: str, passphrase: str) -> bytes:
    """Return the sealed backup. On the way it lies in a folder only this person can read."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "notes.backup"
        session.make_backup(path, current=current, passphrase=passphrase)
        return path.read_bytes()
