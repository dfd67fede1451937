"""One line on whether everything has arrived; nothing while this device works alone."""

import flet as ft

from field_app.ui.controller import Controller


def sync_line(app: Controller) -> list[ft.Control]:
    """Return the line for the top of Today, or nothing."""
    del app  # a device that works alone has nothing to say
    return []
