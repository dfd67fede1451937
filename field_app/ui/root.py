"""The first component of a window: which door it stands at, and behind the door the router."""

from typing import Any

import flet as ft

from field_app.ui.components.panels import use_sheet
from field_app.ui.context import ControllerContext, StateContext, use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import screen
from field_app.ui.routes import build_routes
from field_app.ui.screens.away import away_screen
from field_app.ui.screens.first_run import first_run_screen
from field_app.ui.screens.recover import recover_screen
from field_app.ui.screens.unlock import unlock_screen
from field_app.ui.screens.youth_mode import youth_mode_screen
from field_app.ui.state import Gate


@screen
def _open_app(*, is_wide: bool) -> Any:
    use_sheet()
    return ft.Router(build_routes(is_wide), manage_views=True)


@screen
def _door() -> Any:
    # Locked means: the router and everything under it are gone from the client's tree.
    app = use_app()
    state = app.state
    if state.gate is Gate.OPEN:
        # Another language or another shape of window is another app: nothing old stays drawn.
        key = f"{state.language}-{state.is_wide}"
        if state.handed_over:  # the router is gone: no address and no back button leads anywhere
            return youth_mode_screen(key=state.handed_over, plan_id=state.handed_over)
        return _open_app(key=key, is_wide=state.is_wide)
    return {
        Gate.FIRST_RUN: first_run_screen,
        Gate.LOCKED: unlock_screen,
        Gate.RECOVER: recover_screen,
        Gate.AWAY: away_screen,
    }[state.gate](key=f"{state.gate}-{state.locks}")


@ft.component
def root(controller: Controller) -> Any:
    """Draw a window."""
    return ControllerContext(controller, lambda: StateContext(controller.state, lambda: _door()))
