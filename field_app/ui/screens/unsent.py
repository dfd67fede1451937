"""A change that the centre did not take: why, what it says, send it again or drop it."""

import flet as ft

from field_app.services.outbox import WaitingChange
from field_app.ui import tokens
from field_app.ui.components.basics import primary_button, quiet, section_header, text_action
from field_app.ui.components.dialogs import use_confirm_dialog
from field_app.ui.components.panels import panel_page
from field_app.ui.components.record_words import kind_words, record_lines
from field_app.ui.components.sync_words import unsent_words
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t


@part
def unsent_panel(*, record_id: str) -> ft.Control:
    """Draw the change and what can be done."""
    app = use_app()
    change = ft.use_memo(lambda: _find(app, record_id), [app.state.revision, record_id])
    is_asking, ask = ft.use_state(False)

    async def again() -> None:
        await app.run(app.workspace.sync.outbox.try_again, record_id)
        app.close_panel()
        app.changed()

    async def give_up() -> None:
        ask(False)
        await app.run(app.workspace.sync.outbox.give_up, record_id)
        app.close_panel()
        app.changed()

    use_confirm_dialog(
        is_open=is_asking,
        title=t("unsent.give_up"),
        words=t("unsent.give_up_help"),
        confirm=t("unsent.give_up"),
        on_confirm=give_up,
        on_cancel=lambda: ask(False),
    )
    if change is None:
        return panel_page(title=t("unsent.title"), body=[quiet(t("unsent.gone"))])
    return panel_page(
        title=t("unsent.title"),
        body=[
            ft.Text(kind_words(change.kind), size=tokens.LEAD),
            section_header(t("unsent.why")),
            ft.Text(unsent_words(change.attention), size=tokens.LEAD),
            section_header(t("unsent.what")),
            *record_text(change.text or {}),
            text_action("give-up", t("unsent.give_up"), lambda: ask(True)),
        ],
        primary=primary_button("send-again", t("unsent.again"), again),
    )


def record_text(text: dict[str, object]) -> list[ft.Control]:
    """Return what a record says, a line a field; it can be selected and copied."""
    return [
        ft.Column(
            spacing=0,
            controls=[
                quiet(field, size=tokens.CAPTION),
                ft.Text(said, size=tokens.BODY, selectable=True),
            ],
        )
        for field, said in record_lines(text)
    ]


def _find(app: Controller, record_id: str) -> WaitingChange | None:
    refused = [each for each in app.workspace.sync.outbox.waiting() if each.attention is not None]
    return next((each for each in refused if each.record_id == record_id), None)
