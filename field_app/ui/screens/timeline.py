"""The timeline of a participant: contacts newest first, fifty at a time.

Each page reads and draws itself, and is drawn again only when something was written.
"""

import flet as ft

from field_app.domain.records.contact import Contact
from field_app.services.contacts import TimelinePage
from field_app.ui.components.basics import secondary_button
from field_app.ui.components.field_words import (
    CHANNEL_ICONS,
    contact_state,
    contact_when,
    contact_words,
)
from field_app.ui.components.lists import contact_row, empty_state
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import memo, part
from field_app.ui.i18n import t


@part
def timeline(*, case_id: str, revision: int) -> ft.Control:
    """Draw the first page, and further ones as they are asked for."""
    app = use_app()
    count, set_count = ft.use_state(1)
    pages = ft.use_memo(lambda: _read(app, case_id, count), [case_id, count, revision])
    if not pages[0].contacts:
        return empty_state(
            icon=ft.Icons.FORUM_OUTLINED,
            title=t("timeline.empty_title"),
            words=t("timeline.empty"),
        )
    controls: list[ft.Control] = [
        _memoized_page(key=f"page-{number}", app=app, contacts=page.contacts)
        for number, page in enumerate(pages)
    ]
    if pages[-1].older is not None:
        controls.append(
            secondary_button("older", t("timeline.older"), lambda: set_count(count + 1))
        )
    return ft.Column(
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=controls,
    )


def _read(app: Controller, case_id: str, count: int) -> list[TimelinePage]:
    """Return the first pages; each begins where the one above it ended."""
    pages: list[TimelinePage] = [app.workspace.contacts.timeline(case_id)]
    while len(pages) < count and (older := pages[-1].older) is not None:
        pages.append(app.workspace.contacts.timeline(case_id, before=older))
    return pages


@part
def _page(*, app: Controller, contacts: tuple[Contact, ...]) -> ft.Control:
    today = app.workspace.notebook.today()

    def row(contact: Contact) -> ft.Control:
        return contact_row(
            identifier=f"contact-{contact.record_id}",
            icon=CHANNEL_ICONS[contact.channel],
            title=contact_words(contact),
            when=contact_when(contact, today),
            sentence=contact.note,
            state=contact_state(contact),
            on_open=lambda: app.open_panel("contact", record_id=contact.record_id),
        )

    return ft.Column(
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[row(contact) for contact in contacts],
    )


_memoized_page = memo(_page)
