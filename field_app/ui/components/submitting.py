"""The end of a small form: save, forget its draft, close its panel, say so."""

from collections.abc import Callable
from typing import TypeVar

from field_app.ui.components.drafting import FormDraft
from field_app.ui.components.writing import confirm
from field_app.ui.controller import Controller

T = TypeVar("T")


async def finish(
    app: Controller,
    draft: FormDraft,
    work: Callable[[], T],
    *,
    undo: Callable[[T], object] | None = None,
) -> bool:
    """Do the form's write; return whether it was accepted. A refusal stands beside its field."""

    def write() -> tuple[T]:
        result = work()
        app.workspace.drafts.discard(draft.form)
        return (result,)

    done = await draft.submit(write)
    if done is None:
        return False
    app.close_panel()
    confirm(app, done[0], undo)
    return True
