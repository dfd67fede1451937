"""The add panel: everything that can be begun, one tap each."""

import flet as ft

from field_app.ui.components.lists import empty_state
from field_app.ui.components.panels import panel_page
from field_app.ui.guard import part
from field_app.ui.i18n import t


@part
def add_panel() -> ft.Control:
    """Draw what can be added."""
    return panel_page(
        title=t("add.title"),
        body=[
            empty_state(
                icon=ft.Icons.ADD_CIRCLE_OUTLINE, title=t("add.empty_title"), words=t("add.empty")
            )
        ],
    )
