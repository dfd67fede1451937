"""Work handed in after somebody's access had ended: what it says, what stands, take it or not."""

import flet as ft

from field_app.services.inbox import LateWork
from field_app.ui import tokens
from field_app.ui.components.basics import primary_button, quiet, section_header, text_action
from field_app.ui.components.dialogs import use_confirm_dialog
from field_app.ui.components.field_words import moment_words
from field_app.ui.components.panels import panel_page
from field_app.ui.components.record_words import kind_words
from field_app.ui.context import use_app
from field_app.ui.guard import part
from field_app.ui.i18n import t
from field_app.ui.screens.unsent import record_text


@part
def late_work_panel(*, work: LateWork) -> ft.Control:
    """Draw the item and the decision."""
    app = use_app()
    inbox = app.workspace.team.inbox
    is_asking, ask = ft.use_state(False)
    is_busy, set_busy = ft.use_state(False)

    async def take() -> None:
        set_busy(True)
        try:
            await app.run(inbox.take_over, work)
        finally:
            set_busy(False)
        app.close_panel()
        app.changed()
        app.tell(t("staff.taken"))

    async def decline() -> None:
        ask(False)
        await app.run(inbox.decline, work)
        app.close_panel()
        app.changed()
        app.tell(t("staff.declined"))

    use_confirm_dialog(
        is_open=is_asking,
        title=t("staff.decline"),
        words=t("staff.decline_help"),
        confirm=t("staff.decline"),
        on_confirm=decline,
        on_cancel=lambda: ask(False),
    )
    when = moment_words(work.received_at, app.workspace.notebook.today())
    name = work.name or t("staff.no_name")
    body: list[ft.Control] = [quiet(t("staff.late_by", name=name, when=when))]
    if work.is_deletion:
        body.append(ft.Text(t("staff.late_deletion"), size=tokens.LEAD))
    if work.text is None:
        body.append(ft.Text(t("staff.late_unreadable"), size=tokens.LEAD))
    else:
        body += [
            ft.Text(kind_words(str(work.text.get("kind"))), size=tokens.LEAD),
            section_header(t("staff.late_theirs")),
            *record_text(work.text),
        ]
    if work.present is not None:
        body += [section_header(t("staff.late_now")), *record_text(work.present)]
    body.append(text_action("decline", t("staff.decline"), lambda: ask(True)))
    can_take = work.text is not None
    return panel_page(
        title=t("sync.inbox"),
        body=body,
        primary=primary_button("take-over", t("staff.take"), take, is_busy=is_busy)
        if can_take
        else None,
    )
