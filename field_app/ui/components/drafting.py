"""Forms that lose nothing: what is typed is kept sealed half a second later, and before any lock.

A form asks `use_draft` for its values and tells it every change. Its draft outlives a closed panel,
a lock and a kill, and is gone when the form was saved or thrown away.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import flet as ft

from field_app.errors import InputError, LockedError
from field_app.ui.context import use_app, use_value
from field_app.ui.controller import Controller
from field_app.ui.i18n import error_words

T = TypeVar("T")

KEEP_AFTER_SECONDS = 0.5  # of quiet: a fast typist writes one draft a pause, not one a key

log = logging.getLogger(__name__)


class FormDraft:
    """The values of one open form, and their sealed copy.

    Attributes:
        values: What is filled in now, by field.
        was_restored: The form began with what had been kept, and nobody started over.
        problem: What is wrong with what was typed, translated; `problem_field` says where.
    """

    def __init__(
        self,
        app: Controller,
        form: str,
        blank: Mapping[str, Any],
        *,
        case_id: str | None = None,
    ) -> None:
        kept = app.workspace.drafts.load(form)
        self.form = form
        self.was_restored = kept is not None
        self.values: dict[str, Any] = dict(blank)
        self.values.update({name: kept[name] for name in blank if kept and name in kept})
        self.problem = ""
        self.problem_field = ""
        self.redraw: Callable[[], None] = lambda: None
        self._app = app
        self._blank = dict(blank)
        self._case_id = case_id
        self._is_dirty = False
        self._is_over = False
        self._has_copied = False
        self._timer: Any = None
        self._saving = asyncio.Lock()

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def set(self, **changes: Any) -> None:
        """Take over changed fields; they are kept shortly after."""
        self.values = {**self.values, **changes}
        self.problem = self.problem_field = ""
        self._is_dirty = True
        self._stop_timer()
        self._timer = self._app.page.run_task(self._keep_soon)
        self.redraw()

    def setter(self, name: str) -> Callable[[Any], None]:
        """Return what a field calls with its new value."""
        return lambda value: self.set(**{name: value})

    def error_of(self, *names: str) -> str | None:
        """Return what is wrong with one of these fields, or None."""
        return self.problem if self.problem and self.problem_field in names else None

    @property
    def other_error(self) -> str | None:
        """What is wrong and belongs to no field of the form."""
        return self.problem if self.problem_field not in self._blank else None

    def refuse(self, field: str, words: str) -> None:
        """Say what is wrong with a field."""
        self.problem, self.problem_field = words, field
        self.redraw()

    def keep(self) -> None:
        """Keep what is not kept yet, at once: on disk when this returns."""
        self._stop_timer()
        self._write_copy()

    async def start_over(self) -> None:
        """Throw the draft away and begin with a clean form."""
        self._stop_timer()
        self.values, self.was_restored, self._is_dirty = dict(self._blank), False, False
        self.problem = self.problem_field = ""
        async with self._saving:
            await self._app.run(self._app.workspace.drafts.discard, self.form)
        self._app.changed()
        self.redraw()

    async def submit(self, write: Callable[[], T]) -> T | None:
        """Run the write that ends the form, off the event loop; return None when it was refused.

        `write` clears the draft in its own transaction. No late copy can bring the draft back.
        """
        self._stop_timer()

        def written() -> T:
            result = write()
            self._is_over, self._is_dirty = True, False
            return result

        async with self._saving:
            try:
                return await self._app.run(written)
            except InputError as refusal:
                self.refuse(refusal.field or "", error_words(refusal))
                return None

    def leave(self) -> None:
        """The form is no longer on screen: keep its draft, and let the list of drafts know."""
        try:
            self.keep()
        except Exception as error:  # nobody is left to show it in the form
            self._app.tell_problem(error_words(error))
        if self._has_copied and self._app.session.workspace is not None:
            self._app.changed()

    def _write_copy(self) -> None:
        if not self._is_dirty or self._is_over or self._app.session.workspace is None:
            return
        drafts, values = self._app.workspace.drafts, self.values
        self._is_dirty = False
        try:
            if values == self._blank:
                drafts.discard(self.form)
            else:
                drafts.save(self.form, values, case_id=self._case_id)
        except BaseException:
            self._is_dirty = True
            raise
        self._has_copied = True

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    async def _keep_soon(self) -> None:
        await asyncio.sleep(KEEP_AFTER_SECONDS)
        self._timer = None  # from here on nothing cancels the copy half-way
        try:
            async with self._saving:
                await self._app.run(self._write_copy)
        except LockedError:
            log.debug("the draft was kept by the lock")
        except Exception as error:
            self._app.tell_problem(error_words(error))


def use_draft(form: str, blank: Mapping[str, Any], *, case_id: str | None = None) -> FormDraft:
    """Return the form's values with their sealed copy. A hook: call it on every drawing.

    Args:
        form: Stable name of the form, with the id of what it is about: `contact:<case id>`.
        blank: The fields of a clean form; only JSON values.
        case_id: Whom it is about, for the list of half-written forms.
    """
    app = use_app()
    draft, _ = use_value(lambda: FormDraft(app, form, blank, case_id=case_id))
    _, redraw = ft.use_state(0)
    draft.redraw = lambda: redraw(lambda count: count + 1)
    forget, _ = use_value(list[Callable[[], None]])

    def watch() -> None:
        forget.append(app.before_lock(draft.keep))

    def leave() -> None:
        while forget:
            forget.pop()()
        draft.leave()

    ft.use_effect(watch, dependencies=[], cleanup=leave)
    return draft
