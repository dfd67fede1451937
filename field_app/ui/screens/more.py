"""More: the way to everything that is not needed every day."""

import flet as ft

from field_app.ui.components.frame import Tab, tab_page
from field_app.ui.components.lists import menu_line
from field_app.ui.context import use_app
from field_app.ui.guard import screen
from field_app.ui.i18n import t


@screen
def more_screen() -> ft.View:
    """Draw the menu."""
    app = use_app()
    return tab_page(
        tab=Tab.MORE,
        title=t("more.title"),
        body=[
            menu_line(
                identifier="fund",
                icon=ft.Icons.SAVINGS_OUTLINED,
                title=t("fund.agency_title"),
                words=t("fund.agency_help"),
                on_click=lambda: app.navigate("/more/fund"),
            ),
            menu_line(
                identifier="settings",
                icon=ft.Icons.SETTINGS_OUTLINED,
                title=t("more.settings"),
                words=t("more.settings_help"),
                on_click=lambda: app.navigate("/more/settings"),
            ),
        ],
    )
