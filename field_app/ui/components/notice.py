"""The line at the foot of the screen: "Saved, 14:02", with Undo for a few seconds."""

from typing import Any

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import icon_action, text_action
from field_app.ui.context import use_app
from field_app.ui.guard import part
from field_app.ui.i18n import t
from field_app.ui.state import NoticeKind

_ICONS = {
    NoticeKind.SAVED: ft.Icons.CHECK_CIRCLE_OUTLINE,
    NoticeKind.INFO: ft.Icons.INFO_OUTLINE,
    NoticeKind.PROBLEM: ft.Icons.ERROR_OUTLINE,
}


@part
def notice_line() -> ft.Control:
    """Return what there is to say now, announced to screen readers; nothing most of the time."""
    app = use_app()
    notice = app.state.notice
    if notice is None:
        return ft.Container(height=0)
    is_problem = notice.kind is NoticeKind.PROBLEM
    ink = ft.Colors.ON_ERROR_CONTAINER if is_problem else ft.Colors.ON_PRIMARY_CONTAINER

    async def undo() -> None:
        app.dismiss_notice()
        result: Any = notice.undo() if notice.undo else None
        if result is not None:
            await result
        app.changed()

    controls: list[ft.Control] = [
        ft.Icon(_ICONS[notice.kind], color=ink),
        ft.Text(notice.words, expand=True, size=tokens.BODY, color=ink),
    ]
    if notice.undo is not None:
        controls.append(text_action("notice-undo", t("notice.undo"), undo))
    controls.append(
        icon_action(
            "notice-close", ft.Icons.CLOSE, t("common.close"), app.dismiss_notice, color=ink
        )
    )
    return ft.Semantics(
        identifier="notice",
        live_region=True,
        container=True,
        content=ft.Container(
            margin=ft.Margin.symmetric(horizontal=tokens.SPACE_S, vertical=tokens.SPACE_XS),
            padding=ft.Padding.only(left=tokens.SPACE_L),
            border_radius=tokens.CORNER,
            bgcolor=ft.Colors.ERROR_CONTAINER if is_problem else ft.Colors.PRIMARY_CONTAINER,
            content=ft.Row(spacing=tokens.SPACE_S, controls=controls),
        ),
    )
