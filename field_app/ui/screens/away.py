"""After a quick exit: an empty sheet that says nothing about what this app is for."""

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import quiet, text_action
from field_app.ui.context import use_app
from field_app.ui.guard import screen
from field_app.ui.i18n import t


@screen
def away_screen() -> ft.View:
    """Draw the empty sheet, with a plain way to the locked door."""
    app = use_app()
    return ft.View(
        route="/",
        can_pop=False,
        padding=tokens.SPACE_XL,
        appbar=ft.AppBar(title=ft.Text(t("away.title")), automatically_imply_leading=False),
        controls=[
            quiet(t("away.empty"), size=tokens.LEAD),
            text_action("away-open", t("away.open"), app.return_from_away),
        ],
    )
