"""What stands beside the caseload on a laptop before anybody is chosen."""

import flet as ft

from field_app.ui.components.lists import empty_state
from field_app.ui.guard import pane
from field_app.ui.i18n import t


@pane
def nobody_chosen() -> ft.Control:
    """Draw the empty pane."""
    return ft.Container(
        expand=True,
        alignment=ft.Alignment.CENTER,
        content=empty_state(
            icon=ft.Icons.PERSON_OUTLINE,
            title=t("caseload.choose_title"),
            words=t("caseload.choose"),
        ),
    )
