"""Panels for quick work while the list stays in sight: a bottom sheet on a phone, a side panel on
a laptop. A panel's content is a component of `routes.PANELS`; it ends with `panel_page`.
"""

from collections.abc import Sequence

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import icon_action
from field_app.ui.components.top_bar import quick_exit_button
from field_app.ui.context import use_app
from field_app.ui.guard import guard, part
from field_app.ui.i18n import t

SHEET_SHARE = 0.92  # of the phone's height at most, so that the list is still seen behind


def panel_page(
    *, title: str, body: Sequence[ft.Control], primary: ft.Control | None = None
) -> ft.Control:
    """Return the content of a panel: title, quick exit and close; fields; the main action.

    The fields scroll between the title and the main action, which is always in reach of the thumb.
    """
    app = use_app()
    head = ft.Row(
        spacing=0,
        controls=[
            ft.Container(
                expand=True,
                content=ft.Semantics(
                    header=True, content=ft.Text(title, theme_style=ft.TextThemeStyle.TITLE_LARGE)
                ),
            ),
            quick_exit_button(app),
            icon_action("panel-close", ft.Icons.CLOSE, t("common.close"), app.close_panel),
        ],
    )
    is_wide = app.state.is_wide
    fields = ft.Column(
        scroll=ft.ScrollMode.AUTO,
        expand=True,
        spacing=tokens.SPACE_M,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=list(body),
    )
    controls: list[ft.Control] = [head, fields]
    if primary is not None:
        controls.append(
            ft.Container(
                padding=ft.Padding.only(top=tokens.SPACE_S),
                content=ft.Row(controls=[ft.Container(expand=True, content=primary)]),
            )
        )
    return ft.Column(
        tight=not is_wide,
        expand=is_wide,
        spacing=tokens.SPACE_S,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=controls,
    )


@part
def _panel_content() -> ft.Control:
    # Imported here: the panels' components import this module for panel_page.
    from field_app.ui.routes import panel_component

    app = use_app()
    panel = app.state.panel
    if panel is None or app.session.workspace is None:
        return ft.Container()
    component = panel_component(app, panel)
    if component is None:
        return ft.Container()
    # The same form about somebody else is another form: nothing typed goes from one to the other.
    about = "-".join(str(value) for value in panel.arguments.values())
    content: ft.Control = component(key=f"{panel.name}-{about}", **panel.arguments)
    return content


@part
def side_panel() -> ft.Control:
    """Return the open panel as the right edge of a laptop's screen."""
    return ft.Container(
        width=tokens.SIDE_PANEL_WIDTH,
        padding=tokens.SPACE_L,
        bgcolor=ft.Colors.SURFACE_CONTAINER_LOWEST,
        content=_panel_content(),
    )


def use_sheet() -> None:
    """Show the open panel as a bottom sheet on a phone. A hook, used once by the shell."""
    app = use_app()
    is_shown = app.state.panel is not None and not app.state.is_wide
    height = (app.page.height or 800) * SHEET_SHARE
    ft.use_dialog(
        ft.BottomSheet(
            scrollable=True,
            show_drag_handle=True,
            on_dismiss=guard(app.close_panel),
            shape=ft.RoundedRectangleBorder(
                radius=ft.BorderRadius.only(top_left=tokens.CORNER, top_right=tokens.CORNER)
            ),
            size_constraints=ft.BoxConstraints(max_height=height),
            content=ft.Container(
                visible=not app.state.is_curtained,  # it lies over the curtain
                padding=ft.Padding.only(
                    left=tokens.SPACE_L, right=tokens.SPACE_L, bottom=tokens.SPACE_L
                ),
                content=_panel_content(),
            ),
        )
        if is_shown
        else None
    )
