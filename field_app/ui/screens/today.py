"""Today: who is due, and why, the most urgent first."""

import flet as ft

from field_app.ui.components.frame import Tab, tab_page
from field_app.ui.components.lists import empty_state
from field_app.ui.guard import screen
from field_app.ui.i18n import t


@screen
def today_screen() -> ft.View:
    """Draw the day."""
    return tab_page(
        tab=Tab.TODAY,
        title=t("today.title"),
        body=[
            empty_state(
                icon=ft.Icons.WB_SUNNY_OUTLINED,
                title=t("today.empty_title"),
                words=t("today.empty"),
            )
        ],
    )
