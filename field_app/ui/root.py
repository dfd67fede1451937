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
from field_app.ui.screens.lease import is_over
from field_app.ui.screens.recover import recover_screen
from field_app.ui.screens.unlock import unlock_screen
from field_app.ui.screens.youth_hand_over import youth_hand_over_screen
from field_app.ui.screens.youth_mode import youth_plan_screen
from field_app.ui.state import Gate

YOUTH_SCREENS = {"safety-plan": youth_plan_screen, "hand-over": youth_hand_over_screen}
"""What a youth may be handed the phone for."""


@screen
def _open_app(*, is_wide: bool, is_leased: bool) -> Any:
    use_sheet()
    return ft.Router(build_routes(is_wide, is_leased=is_leased), manage_views=True)


@screen
def _door() -> Any:
    # Locked means: the router and everything under it are gone from the client's tree.
    app = use_app()
    state = app.state
    if state.gate is Gate.OPEN:
        # Another language or shape of window, or cases that close or open, is another app: nothing
        # old stays drawn.
        is_leased = is_over(app)
        key = f"{state.language}-{state.is_wide}-{is_leased}"
        shown = state.handed_over
        if shown is not None:  # the router is gone: no address and no back button leads anywhere
            about = shown.about_id
            return YOUTH_SCREENS[shown.screen](key=f"{shown.screen}-{about}", about_id=about)
        return _open_app(key=key, is_wide=state.is_wide, is_leased=is_leased)
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
