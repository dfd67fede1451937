"""One line on whether everything has arrived; nothing while this device works alone."""

import flet as ft

from field_app.ui.guard import part


@part
def sync_line() -> ft.Control:
    """Draw the line."""
    return ft.Container(height=0)
