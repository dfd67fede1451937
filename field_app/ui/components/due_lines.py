"""Due lines as they stand on Today and on a participant's page."""

from collections.abc import Sequence
from datetime import datetime

import flet as ft

from field_app.domain.due.obligation import State
from field_app.domain.vocabulary import ParticipantKind
from field_app.services.due_list import DueItem
from field_app.ui.components.due_actions import action_of, outcome_state, state_of
from field_app.ui.components.field_words import PERSON_ICONS
from field_app.ui.components.lists import due_line
from field_app.ui.components.shown_in_pages import shown_in_pages
from field_app.ui.controller import Controller
from field_app.ui.guard import memo, part
from field_app.ui.i18n import t

GROUP_LINES = 20  # of one group, before a button shows the next ones


@part
def _line(*, app: Controller, item: DueItem, now: datetime, is_named: bool) -> ft.Control:
    action = action_of(app, item) if item.obligation.state.is_open else None
    state = state_of(item, now) if item.obligation.state.is_open else outcome_state(item)
    title, sentence = _words(app, item, is_named=is_named)
    return due_line(
        identifier=f"due-{item.key}",
        alias=item.alias if is_named else title,
        sentence=sentence,
        whom=_whom(item) if is_named else None,
        state=state,
        on_open=lambda: app.open_panel("why", item_key=item.key),
        on_log=action.on_tap if action else None,
        log_name=action.name if action else "",
        log_icon=action.icon if action else ft.Icons.EDIT_NOTE,
    )


def _whom(item: DueItem) -> tuple[ft.IconData, str] | None:
    """Return whom it concerns where it is a parent: youths are the rule, and stay unmarked."""
    kind = item.participant_kind
    return None if kind is ParticipantKind.YOUTH else (PERSON_ICONS[kind], t(f"due.for_{kind}"))


def _words(app: Controller, item: DueItem, *, is_named: bool) -> tuple[str, str]:
    """Return title and sentence; what a chip or the title says already is not said again."""
    due_list, language = app.workspace.due_list, app.state.language
    title: str = due_list.title(item, language)
    sentence: str = due_list.sentence(item, language)
    if sentence.startswith(title):
        rest = sentence[len(title) :].lstrip(" ,:")
        if item.obligation.state is State.OVERDUE:  # the chip says how late
            sentence = title if is_named else ""
        elif not is_named:
            sentence = rest[:1].upper() + rest[1:]
    if item.obligation.is_agency_target:
        target = t("due.agency_target")
        sentence = f"{sentence} · {target}" if sentence else target[:1].upper() + target[1:]
    return title, sentence


_memoized_line = memo(_line)


def due_lines(
    app: Controller, items: Sequence[DueItem], *, name: str, is_named: bool = True
) -> ft.Control:
    """Return lines of due things, a page at a time.

    Args:
        app: The window.
        items: What is due.
        name: Stable name of the group.
        is_named: Whose it is stands on top; False where the page is about one person.
    """
    # Words like "3 days late" hold for a minute; a line is drawn again when they may have changed.
    now = app.workspace.notebook.now().replace(second=0, microsecond=0)
    lines: ft.Control = shown_in_pages(
        key=name,
        identifier=f"more-{name}",
        page=GROUP_LINES,
        controls=[
            _memoized_line(key=item.key, app=app, item=item, now=now, is_named=is_named)
            for item in items
        ],
    )
    return lines
