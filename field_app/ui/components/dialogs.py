"""Asking before something that cannot be taken back."""

from collections.abc import Callable
from typing import Any

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import labelled
from field_app.ui.guard import Handler, guard
from field_app.ui.i18n import t


def use_confirm_dialog(
    *,
    is_open: bool,
    title: str,
    words: str,
    confirm: str,
    on_confirm: Handler,
    on_cancel: Callable[[], Any],
) -> None:
    """Show a question while `is_open`. A hook: call it on every drawing of a component.

    It goes away with its component, so that a lock leaves no question, and no name in it, behind.
    """
    ft.use_dialog(
        ft.AlertDialog(
            modal=True,
            title=ft.Text(title),
            content=ft.Text(words, size=tokens.LEAD),
            actions=[
                labelled(
                    "confirm-no",
                    ft.TextButton(t("common.cancel"), on_click=guard(on_cancel)),
                ),
                labelled(
                    "confirm-yes",
                    ft.FilledButton(confirm, on_click=guard(on_confirm)),
                ),
            ],
        )
        if is_open
        else None
    )
