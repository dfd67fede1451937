"""The add panel: everything that can be begun. A contact begins with whom it was with."""

import flet as ft

from field_app.services.caseload import CaseloadEntry
from field_app.ui import tokens
from field_app.ui.components.basics import quiet, secondary_button, section_header
from field_app.ui.components.field_words import PERSON_ICONS, quiet_words
from field_app.ui.components.fields import text_field
from field_app.ui.components.lists import menu_line
from field_app.ui.components.panels import panel_page
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t
from field_app.ui.screens.response import start_response

FORMS = (
    ("add-purchase", "purchase", "fund.new_purchase", ft.Icons.SHOPPING_BAG_OUTLINED),
    ("add-session", "session", "empowerment.log_short", ft.Icons.FAMILY_RESTROOM),
    ("add-group-session", "group-session", "empowerment.group_short", ft.Icons.GROUPS_OUTLINED),
    ("add-workshop", "workshop", "workshop.short", ft.Icons.SCHOOL_OUTLINED),
    ("add-check-in", "visit-check", "visit_check.short", ft.Icons.LOGIN_OUTLINED),
)
SHOWN = 6  # people offered before anything is typed: one screen of a phone


@part
def add_panel() -> ft.Control:
    """Draw whom a contact can be logged with, and what else can be added."""
    app = use_app()
    typed, set_typed = ft.use_state("")
    people = ft.use_memo(lambda: _people(app), [app.state.revision])
    wanted = typed.strip().casefold()
    found = [entry for entry in people if wanted in entry.participant.alias.casefold()]
    today = app.workspace.notebook.today()

    def line(entry: CaseloadEntry) -> ft.Control:
        return menu_line(
            identifier=f"add-contact-{entry.case_id}",
            icon=PERSON_ICONS[entry.participant.participant_kind],
            title=entry.participant.alias,
            words=quiet_words(entry.days_since_reached(today)),
            on_click=lambda: app.open_panel("log", case_id=entry.case_id),
        )

    def begin_intake(kind: str) -> None:
        app.close_panel()
        app.navigate(f"/caseload/new/{kind}")

    contacts: list[ft.Control] = []
    if people:
        contacts.append(section_header(t("add.contact_with")))
        if len(people) > SHOWN:
            contacts.append(
                text_field(
                    identifier="add-search",
                    label=t("add.find"),
                    value=typed,
                    on_change=set_typed,
                )
            )
        contacts += [line(entry) for entry in found[:SHOWN]]
        if not found:
            contacts.append(quiet(t("add.nobody")))
    return panel_page(
        title=t("add.title"),
        body=[
            menu_line(
                identifier="start-response",
                icon=ft.Icons.EMERGENCY_OUTLINED,
                title=t("response.start"),
                words=t("response.start_help"),
                on_click=lambda: start_response(app),
            ),
            *contacts,
            section_header(t("add.write")),
            _forms(app),
            section_header(t("add.new")),
            menu_line(
                identifier="add-youth",
                icon=ft.Icons.PERSON_ADD_OUTLINED,
                title=t("add.youth"),
                on_click=lambda: begin_intake("youth"),
            ),
            menu_line(
                identifier="add-parent",
                icon=ft.Icons.GROUP_ADD_OUTLINED,
                title=t("add.parent"),
                on_click=lambda: begin_intake("parent"),
            ),
        ],
    )


def _forms(app: Controller) -> ft.Control:
    """Return what else is written down, as buttons: seven lines would push the people away."""
    return ft.Row(
        wrap=True,
        spacing=tokens.SPACE_S,
        run_spacing=tokens.SPACE_S,
        controls=[_form(app, *form) for form in FORMS],
    )


def _form(app: Controller, identifier: str, panel: str, key: str, icon: ft.IconData) -> ft.Control:
    return secondary_button(identifier, t(key), lambda: app.open_panel(panel), icon=icon)


def _people(app: Controller) -> list[CaseloadEntry]:
    """Return the open participants: those who are due first, in the order of Today."""
    due = app.workspace.due_list.today()
    urgent = dict.fromkeys(
        item.case_id for group in (due.overdue, due.today, due.this_week) for item in group
    )
    place = {case_id: number for number, case_id in enumerate(urgent)}
    entries: list[CaseloadEntry] = app.workspace.caseload.entries()
    return sorted(entries, key=lambda entry: place.get(entry.case_id, len(place)))
