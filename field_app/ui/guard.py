"""Containment: no exception freezes or replaces the screen, and none is shown or logged in words.

Flet 1.0.5 has no error boundary. An exception in a handler replaces the whole screen by its text;
one while a component is drawn ends the session's drawing for good. So every handler is wrapped by
`guard`, and every component is made by `@screen`, `@pane` or `@part` instead of `@ft.component`.
Only the type of an exception is logged: its text may hold what a person wrote.
"""

import functools
import inspect
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import flet as ft

from field_app.errors import FieldAppError, LockedError
from field_app.ui import tokens
from field_app.ui.i18n import current_controller, error_words, t

log = logging.getLogger(__name__)

Handler = Callable[..., Any]


def guard(handler: Handler) -> Callable[..., Awaitable[None]]:
    """Return the handler, contained: an error becomes a line at the foot of the screen.

    Takes plain and async functions of no argument or of the event. Also tells the controller that
    somebody is there, which is what the idle lock watches.
    """

    @functools.wraps(handler)
    async def contained(*arguments: Any, **named: Any) -> None:
        controller = current_controller()
        if controller is not None:
            controller.touch()
        try:
            result = handler(*arguments, **named)
            if inspect.isawaitable(result):
                await result
        except Exception as error:
            if not isinstance(error, FieldAppError):
                name = getattr(handler, "__qualname__", "handler")
                log.error("%s failed: %s", name, type(error).__name__)
            if controller is not None:
                controller.tell_problem(error_words(error))

    return contained


def _problem() -> ft.Control:
    controller = current_controller()
    home = guard(lambda: controller.navigate("/")) if controller else None
    return ft.Container(
        padding=tokens.SPACE_XL,
        content=ft.Column(
            spacing=tokens.SPACE_L,
            controls=[
                ft.Icon(ft.Icons.REPORT_PROBLEM_OUTLINED, color=ft.Colors.ERROR),
                ft.Text(t("problem.title"), theme_style=ft.TextThemeStyle.TITLE_LARGE),
                ft.Text(t("problem.what_to_do")),
                ft.FilledButton(t("problem.home"), on_click=home),
            ],
        ),
    )


def _view(content: ft.Control | None) -> ft.View:
    # Imported here: every component, the top bar's too, is made by this module.
    from field_app.ui.components.top_bar import top_bar

    controller = current_controller()
    # Lock and quick exit are there even when nothing else can be drawn.
    bar = top_bar(controller, t("app.name")) if controller and content else None
    return ft.View(
        route=ft.use_view_path() or "/",
        appbar=bar,
        controls=[ft.SafeArea(content=content)] if content else [],
    )


def _part(content: ft.Control | None) -> ft.Control:
    return content or ft.Container()


def _pane(content: ft.Control | None) -> ft.Control:
    controller = current_controller()
    is_wide = controller is not None and controller.state.is_wide
    return _part(content) if is_wide else _view(content)


def _bounded(draw: Handler, fallback: Callable[[ft.Control | None], Any]) -> Handler:
    @functools.wraps(draw)
    def drawn(*arguments: Any, **named: Any) -> Any:
        try:
            return draw(*arguments, **named)
        except LockedError:
            # Locked while it was to be drawn again: it is taken off the tree in this very round.
            return fallback(None)
        except Exception as error:
            log.error("%s could not be drawn: %s", draw.__name__, type(error).__name__)
            return fallback(_problem())

    component: Handler = ft.component(drawn)
    return component


def screen(draw: Handler) -> Handler:
    """Make a component that returns a whole `ft.View`."""
    return _bounded(draw, _view)


def pane(draw: Handler) -> Handler:
    """Make a component that is a view on a phone and the right-hand pane on a laptop."""
    return _bounded(draw, _pane)


def part(draw: Handler) -> Handler:
    """Make a component that is a part of a screen: a row, a card, the content of a panel."""
    return _bounded(draw, _part)


def memo(component: Handler) -> Handler:
    """Make a component that is drawn again only when its arguments or its own state change.

    For lines of long lists: give it the window as an argument, for `use_app` draws with each
    change of the window's state.
    """
    memoized: Handler = ft.memo(component)  # type: ignore[no-untyped-call]
    return memoized
