"""Sync: whether everything has arrived. A device that works alone says so."""

import flet as ft

from field_app.ui.components.frame import Tab, tab_page
from field_app.ui.components.lists import empty_state
from field_app.ui.guard import screen
from field_app.ui.i18n import t


@screen
def sync_screen() -> ft.View:
    """Draw what is known about sync."""
    return tab_page(
        tab=Tab.SYNC,
        title=t("sync.title"),
        body=[
            empty_state(
                icon=ft.Icons.SMARTPHONE, title=t("sync.alone_title"), words=t("sync.alone")
            )
        ],
    )
