"""More: the way to everything that is not needed every day."""

import flet as ft

from field_app.ui.components.frame import Tab, tab_page
from field_app.ui.components.lists import menu_line
from field_app.ui.context import use_app
from field_app.ui.guard import screen
from field_app.ui.i18n import t


@screen
def more_screen() -> ft.View:
    """Draw the menu: what this person may do decides what is in it."""
    app = use_app()
    body: list[ft.Control] = []
    if app.workspace.team.may_grant:
        body.append(
            menu_line(
                identifier="team",
                icon=ft.Icons.GROUPS_OUTLINED,
                title=t("staff.title"),
                words=t("staff.more_help"),
                on_click=lambda: app.navigate("/more/team"),
            )
        )
    if not app.workspace.sync.is_enrolled:
        body.append(
            menu_line(
                identifier="enrol",
                icon=ft.Icons.HUB_OUTLINED,
                title=t("enrol.more"),
                words=t("enrol.more_help"),
                on_click=lambda: app.navigate("/more/enrol"),
            )
        )
    body += [
        menu_line(
            identifier="fund",
            icon=ft.Icons.SAVINGS_OUTLINED,
            title=t("fund.agency_title"),
            words=t("fund.agency_help"),
            on_click=lambda: app.navigate("/more/fund"),
        ),
        menu_line(
            identifier="backup",
            icon=ft.Icons.SAVE_ALT,
            title=t("backup.title"),
            words=t("backup.more_help"),
            on_click=lambda: app.open_panel("backup"),
        ),
        menu_line(
            identifier="settings",
            icon=ft.Icons.SETTINGS_OUTLINED,
            title=t("more.settings"),
            words=t("more.settings_help"),
            on_click=lambda: app.navigate("/more/settings"),
        ),
    ]
    return tab_page(tab=Tab.MORE, title=t("more.title"), body=body)
