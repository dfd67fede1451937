"""A pane about what the route names: another id is another pane, and nothing typed goes along."""

import functools
from collections.abc import Callable

import flet as ft

from field_app.ui.guard import Handler, pane


def routed_pane(*names: str) -> Callable[[Handler], Handler]:
    """Make a pane component whose arguments come from the route: `@routed_pane("case_id")`.

    The drawing is keyed by them: hooks and half-typed words of one participant never show on the
    page of the next, which stands at the same place of the tree.
    """

    def decorate(draw: Handler) -> Handler:
        about_it = pane(draw)

        @functools.wraps(draw)
        def routed() -> ft.Control:
            params = ft.use_route_params()
            about = {name: params.get(name, "") for name in names}
            shown: ft.Control = about_it(key="-".join(about.values()), **about)
            return shown

        return pane(routed)

    return decorate
