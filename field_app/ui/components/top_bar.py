"""The bar at the top of every screen, with the lock and the quick exit always at the same place."""

from collections.abc import Sequence

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import icon_action
from field_app.ui.controller import Controller
from field_app.ui.i18n import t
from field_app.ui.state import Gate


def quick_exit_button(app: Controller) -> ft.Control:
    """Return the button that leaves at once."""
    return icon_action("quick-exit", ft.Icons.EXIT_TO_APP, t("top_bar.quick_exit"), app.quick_exit)


def lock_button(app: Controller) -> ft.Control:
    """Return the button that locks."""
    return icon_action("lock", ft.Icons.LOCK_OUTLINE, t("top_bar.lock"), app.lock)


def top_bar(
    app: Controller,
    title: str,
    *,
    back_to: str | None = None,
    actions: Sequence[ft.Control] = (),
) -> ft.AppBar:
    """Return the top bar: the way back, the title, what the screen adds, lock, quick exit."""
    if app.state.is_curtained:  # the curtain covers what is between the bars, not the bars
        title, actions = t("app.name"), ()
    leading = None
    if back_to is not None:
        leading = icon_action(
            "back", ft.Icons.ARROW_BACK, t("common.back"), lambda: app.navigate(back_to)
        )
    fixed = [quick_exit_button(app)]
    if app.state.gate is Gate.OPEN:
        fixed.insert(0, lock_button(app))
    return ft.AppBar(
        leading=leading,
        automatically_imply_leading=False,
        title=ft.Text(title, overflow=ft.TextOverflow.ELLIPSIS),
        title_spacing=0 if leading else tokens.SPACE_L,
        actions=[*actions, *fixed],
        actions_padding=ft.Padding.only(right=tokens.SPACE_XS),
    )
