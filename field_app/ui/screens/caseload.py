"""Caseload: everyone, with what is owed this month."""

import flet as ft

from field_app.ui.components.frame import Tab, tab_page
from field_app.ui.components.lists import empty_state
from field_app.ui.guard import screen
from field_app.ui.i18n import t


@screen
def caseload_screen() -> ft.View:
    """Draw the list."""
    return tab_page(
        tab=Tab.CASELOAD,
        title=t("caseload.title"),
        body=[
            empty_state(
                icon=ft.Icons.PEOPLE_OUTLINE,
                title=t("caseload.empty_title"),
                words=t("caseload.empty"),
            )
        ],
    )
