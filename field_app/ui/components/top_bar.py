"""The bar at the top of every screen, with the lock and the quick exit always at the same place."""

from collections.abc import Sequence

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import icon_action
from field_app.ui.controller import Controller
from field_app.ui.i18n import t
from field_app.ui.state import Gate

SHORT = 20  # letters of a title that stand on one line between the way back and two actions


def quick_exit_button(app: Controller) -> ft.Control:
    """Return the button that leaves at once."""
    return icon_action("quick-exit", ft.Icons.EXIT_TO_APP, t("top_bar.quick_exit"), app.quick_exit)


def lock_button(app: Controller) -> ft.Control:
    """Return the button that locks."""
    return icon_action("lock", ft.Icons.LOCK_OUTLINE, t("top_bar.lock"), app.lock)


def _title(words: str) -> ft.Control:
    """Return a title that stands whole: a long one, as Spanish has them, smaller on two lines."""
    if len(words) <= SHORT:
        return ft.Text(words, overflow=ft.TextOverflow.ELLIPSIS)
    return ft.Text(
        words,
        max_lines=2,
        overflow=ft.TextOverflow.ELLIPSIS,
        color=ft.Colors.ON_SURFACE,
        style=ft.TextStyle(size=tokens.LEAD, weight=ft.FontWeight.W_600, height=1.2),
    )


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
        title=_title(title),
        title_spacing=0 if leading else tokens.SPACE_L,
        actions=[*actions, *fixed],
        actions_padding=ft.Padding.only(right=tokens.SPACE_XS),
    )
