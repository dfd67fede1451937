"""The frame around every screen of the open app, on a phone and on a laptop.

Phone: top bar, body, notice, bottom navigation; a detail is a view of its own on top.
Laptop (from 840 px): rail, list pane, detail pane beside it, panel at the right edge.

    tab_page      a screen that a tab leads to; on a laptop it shows its chosen detail beside it
    detail_page   a screen under a tab: a view on a phone, the right-hand pane on a laptop
    gate_page     a screen before the lock: first run, unlock, recovery
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import flet as ft

from field_app.ui import tokens
from field_app.ui.components.basics import icon_action
from field_app.ui.components.notice import notice_line
from field_app.ui.components.panels import side_panel
from field_app.ui.components.top_bar import top_bar
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import guard
from field_app.ui.i18n import t

Body = ft.Control | Sequence[ft.Control]


class Tab(StrEnum):
    """The five places of the navigation, in their order. ADD opens a panel, the others a screen."""

    TODAY = "today"
    CASELOAD = "caseload"
    ADD = "add"
    SYNC = "sync"
    MORE = "more"


@dataclass(frozen=True)
class _Destination:
    icon: ft.IconData
    chosen_icon: ft.IconData
    route: str


DESTINATIONS = {
    Tab.TODAY: _Destination(ft.Icons.TODAY_OUTLINED, ft.Icons.TODAY, "/"),
    Tab.CASELOAD: _Destination(ft.Icons.PEOPLE_OUTLINE, ft.Icons.PEOPLE, "/caseload"),
    Tab.ADD: _Destination(ft.Icons.ADD_CIRCLE_OUTLINE, ft.Icons.ADD_CIRCLE, ""),
    Tab.SYNC: _Destination(ft.Icons.SYNC, ft.Icons.SYNC, "/sync"),
    Tab.MORE: _Destination(ft.Icons.MORE_HORIZ, ft.Icons.MORE_HORIZ, "/more"),
}
ADD_PANEL = "add"


def _at_most(width: float, content: ft.Control, alignment: ft.Alignment) -> ft.Control:
    """Let content fill its place up to a width: longer lines are hard to read."""
    return ft.Container(
        alignment=alignment,
        content=ft.Container(width=width, content=content),  # clamped to its place by Align
    )


def _scrolled(
    app: Controller, body: Body, width: float | None = None, *, is_centered: bool = False
) -> ft.Control:
    """Return the body as a scrolling list, or as it is when it scrolls itself."""
    if isinstance(body, ft.Control):
        return ft.Container(expand=True, content=body)
    sheet: ft.Control = ft.Column(
        spacing=tokens.SPACE_M,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=list(body),
    )
    if width is not None:
        place = ft.Alignment.TOP_CENTER if is_centered else ft.Alignment.TOP_LEFT
        sheet = _at_most(width, sheet, place)
    return ft.ListView(
        expand=True,
        padding=ft.Padding.all(tokens.SPACE_L),
        on_scroll=guard(app.touch),  # reading is presence: the idle lock waits
        scroll_interval=2000,
        controls=[sheet],
    )


def _with_primary(body: ft.Control, primary: ft.Control | None, *, is_wide: bool) -> ft.Control:
    if primary is None:
        return body
    button: ft.Control = ft.Row(controls=[ft.Container(expand=True, content=primary)])
    if is_wide:
        button = _at_most(tokens.READING_WIDTH, button, ft.Alignment.CENTER_LEFT)
    place = ft.Container(
        padding=ft.Padding.only(
            left=tokens.SPACE_L, right=tokens.SPACE_L, top=tokens.SPACE_S, bottom=tokens.SPACE_M
        ),
        content=button,
    )
    return ft.Column(expand=True, spacing=0, controls=[body, place])


def _go(app: Controller, tab: Tab) -> None:
    if tab is Tab.ADD:
        app.open_panel(ADD_PANEL)
    else:
        app.close_panel()
        app.navigate(DESTINATIONS[tab].route)


def _bar(app: Controller, chosen: Tab) -> ft.NavigationBar:
    tabs = list(Tab)
    return ft.NavigationBar(
        selected_index=tabs.index(chosen),
        label_behavior=ft.NavigationBarLabelBehavior.ALWAYS_SHOW,
        on_change=guard(lambda event: _go(app, tabs[event.control.selected_index])),
        destinations=[
            ft.NavigationBarDestination(
                icon=DESTINATIONS[tab].icon,
                selected_icon=DESTINATIONS[tab].chosen_icon,
                label=t(f"tab.{tab}"),
            )
            for tab in tabs
        ],
    )


def _rail(app: Controller, chosen: Tab) -> ft.NavigationRail:
    tabs = list(Tab)
    return ft.NavigationRail(
        selected_index=tabs.index(chosen),
        label_type=ft.NavigationRailLabelType.ALL,
        min_width=88,
        group_alignment=-1,
        on_change=guard(lambda event: _go(app, tabs[event.control.selected_index])),
        destinations=[
            ft.NavigationRailDestination(
                icon=DESTINATIONS[tab].icon,
                selected_icon=DESTINATIONS[tab].chosen_icon,
                label=t(f"tab.{tab}"),
                padding=ft.Padding.symmetric(vertical=tokens.SPACE_XS),
            )
            for tab in tabs
        ],
    )


def tab_page(
    *,
    tab: Tab,
    title: str,
    body: Body,
    primary: ft.Control | None = None,
    actions: Sequence[ft.Control] = (),
) -> ft.View:
    """Return the screen of a tab.

    Args:
        tab: Which place of the navigation is lit.
        title: Title of the top bar.
        body: Controls of a scrolling list, or one control that scrolls itself.
        primary: The one main action, within the thumb's reach.
        actions: What the screen adds to the top bar.
    """
    app = use_app()
    outlet = ft.use_route_outlet()
    bar = top_bar(app, title, actions=actions)
    if not app.state.is_wide:
        return ft.View(
            route="/",  # one key for all tabs: changing the tab is no journey
            padding=0,
            spacing=0,
            can_pop=False,
            appbar=bar,
            navigation_bar=_bar(app, tab),
            controls=[
                ft.SafeArea(
                    expand=True,
                    avoid_intrusions_bottom=False,
                    content=ft.Column(
                        expand=True,
                        spacing=0,
                        controls=[
                            _with_primary(_scrolled(app, body), primary, is_wide=False),
                            notice_line(),
                        ],
                    ),
                )
            ],
        )
    has_panel = app.state.panel is not None
    # Where three panes do not fit, the panel takes the place of the detail while it is open.
    has_detail = outlet is not None and (app.state.is_roomy or not has_panel)
    list_width = tokens.LIST_PANE_WIDTH if app.state.is_roomy else tokens.NARROW_LIST_PANE_WIDTH
    lists = ft.Container(
        width=list_width if has_detail else None,
        expand=not has_detail,
        content=_with_primary(
            _scrolled(app, body, None if has_detail else tokens.READING_WIDTH, is_centered=True),
            primary,
            is_wide=True,
        ),
    )
    panes: list[ft.Control] = [_rail(app, tab), ft.VerticalDivider(width=1), lists]
    if has_detail:
        panes += [ft.VerticalDivider(width=1), ft.Container(expand=True, content=outlet)]
    if app.state.panel is not None:
        panes += [ft.VerticalDivider(width=1), side_panel(key=app.state.panel.name)]
    return ft.View(
        route="/",
        padding=0,
        spacing=0,
        can_pop=False,
        appbar=bar,
        controls=[
            ft.Row(
                expand=True,
                spacing=0,
                vertical_alignment=ft.CrossAxisAlignment.STRETCH,
                controls=panes,
            ),
            notice_line(),
        ],
    )


def detail_page(
    *,
    title: str,
    body: Body,
    back_to: str,
    primary: ft.Control | None = None,
    actions: Sequence[ft.Control] = (),
    is_root_pane: bool = False,
) -> ft.Control:
    """Return a screen under a tab. Make its component with `@pane`.

    Args:
        title: Title of the view or of the pane.
        body: Controls of a scrolling list, or one control that scrolls itself.
        back_to: The route of the screen above.
        primary: The one main action.
        actions: What the screen adds to its bar.
        is_root_pane: On a laptop there is nothing above it in its pane: no way back is drawn.
    """
    app = use_app()
    if not app.state.is_wide:
        return ft.View(
            route=ft.use_view_path(),
            padding=0,
            spacing=0,
            appbar=top_bar(app, title, back_to=back_to, actions=actions),
            controls=[
                ft.SafeArea(
                    expand=True,
                    content=ft.Column(
                        expand=True,
                        spacing=0,
                        controls=[
                            _with_primary(_scrolled(app, body), primary, is_wide=False),
                            notice_line(),
                        ],
                    ),
                )
            ],
        )
    head: list[ft.Control] = []
    if not is_root_pane:
        head.append(
            icon_action(
                "back", ft.Icons.ARROW_BACK, t("common.back"), lambda: app.navigate(back_to)
            )
        )
    head.append(
        ft.Container(
            expand=True,
            padding=ft.Padding.symmetric(vertical=tokens.SPACE_M),
            content=ft.Semantics(
                header=True, content=ft.Text(title, theme_style=ft.TextThemeStyle.TITLE_LARGE)
            ),
        )
    )
    head += actions
    return ft.Column(
        expand=True,
        spacing=0,
        controls=[
            ft.Container(
                padding=ft.Padding.symmetric(horizontal=tokens.SPACE_L, vertical=tokens.SPACE_S),
                content=ft.Row(controls=head),
            ),
            _with_primary(_scrolled(app, body, tokens.READING_WIDTH), primary, is_wide=True),
        ],
    )


def gate_page(*, title: str, body: Sequence[ft.Control]) -> ft.View:
    """Return a screen before the lock: one narrow sheet, the quick exit in its place."""
    app = use_app()
    return ft.View(
        route="/",
        padding=0,
        spacing=0,
        can_pop=False,
        appbar=top_bar(app, title),
        controls=[
            ft.SafeArea(
                expand=True,
                content=ft.Column(
                    expand=True,
                    spacing=0,
                    controls=[
                        _scrolled(app, body, tokens.LIST_PANE_WIDTH if app.state.is_wide else None),
                        notice_line(),
                    ],
                ),
            )
        ],
    )
