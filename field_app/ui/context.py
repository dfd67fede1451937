"""How a component reaches its window: `app = use_app()`."""

from collections.abc import Callable
from typing import TypeVar, cast

import flet as ft

from field_app.errors import LockedError
from field_app.ui.controller import Controller
from field_app.ui.state import AppState

T = TypeVar("T")

ControllerContext: ft.ContextProvider[Controller | None] = ft.create_context(None)
StateContext: ft.ContextProvider[AppState | None] = ft.create_context(None)


def use_app() -> Controller:
    """Return the window's controller; the component is drawn again when its state changes."""
    ft.use_context(StateContext)
    controller = ft.use_context(ControllerContext)
    if controller is None:
        # Drawn once more while its window is taken off the tree: nothing of it is seen again.
        raise LockedError("This window is gone.")
    return controller


def use_value(first: Callable[[], T]) -> tuple[T, Callable[[T], None]]:
    """Return a value made once by `first` and its setter: `ft.use_state` with its types kept."""
    value, keep = ft.use_state(cast(T, first))
    return value, cast(Callable[[T], None], keep)
