"""Writes of screens: off the event loop, confirmed in place, with Undo where there is one."""

from collections.abc import Callable
from typing import TypeVar

from field_app.ui.controller import Controller

T = TypeVar("T")


async def write(
    app: Controller, work: Callable[[], T], *, undo: Callable[[T], object] | None = None
) -> T:
    """Do a write and say "Saved, 14:02"; `undo` gets what the write returned.

    Raises what the write raises: the handler's guard says it at the foot of the screen.
    """
    result = await app.run(work)
    confirm(app, result, undo)
    return result


def confirm(
    app: Controller,
    result: T,
    undo: Callable[[T], object] | None = None,
    *,
    then: Callable[[], object] | None = None,
) -> None:
    """Say "Saved, 14:02" about a write that was done; `then` runs after an undo, on screen."""
    if undo is None:
        app.saved()
        return
    take_back = undo

    async def undone() -> None:
        await app.run(lambda: take_back(result))
        if then is not None:
            then()

    app.saved(undone)
