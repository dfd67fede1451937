"""A long list a page at a time: what nobody scrolls to is not drawn."""

from collections.abc import Sequence

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import secondary_button
from field_app.ui.guard import part
from field_app.ui.i18n import t

PAGE_LINES = 50


@part
def shown_in_pages(
    *, controls: Sequence[ft.Control], identifier: str = "more-lines", page: int = PAGE_LINES
) -> ft.Control:
    """Return the first lines and a button for the next ones."""
    pages, set_pages = ft.use_state(1)
    shown = list(controls[: pages * page])
    left = len(controls) - len(shown)
    if left > 0:
        shown.append(
            secondary_button(
                identifier, t("list.more", count=min(left, page)), lambda: set_pages(pages + 1)
            )
        )
    return ft.Column(
        spacing=tokens.SPACE_XS,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=shown,
    )
