"""Why: how a due date came about, for somebody who does not know the policy.

What was counted stands first, then the policy's own sentence, then how the agency reads it.
"""

import flet as ft

from field_app.domain.due.obligation import State
from field_app.services.due_list import DueItem
from field_app.ui import tokens
from field_app.ui.components.basics import primary_button, quiet, text_action
from field_app.ui.components.due_actions import action_of, outcome_state, state_of
from field_app.ui.components.panels import panel_page
from field_app.ui.components.states import state_chip
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t

ICONS: dict[str, ft.IconData] = {
    "asked": ft.Icons.ASSIGNMENT_OUTLINED,
    "state": ft.Icons.TODAY_OUTLINED,
    "clock": ft.Icons.PLAY_CIRCLE_OUTLINE,
    "counted": ft.Icons.DATE_RANGE,
    "skipped": ft.Icons.SKIP_NEXT_OUTLINED,
    "due": ft.Icons.FLAG_OUTLINED,
    "second_date": ft.Icons.EVENT_OUTLINED,
    "required": ft.Icons.CALCULATE_OUTLINED,
    "credits": ft.Icons.CHECK_CIRCLE_OUTLINE,
    "uncounted": ft.Icons.REMOVE_CIRCLE_OUTLINE,
    "attempts": ft.Icons.PHONE_MISSED_OUTLINED,
    "warnings": ft.Icons.NOTIFICATIONS_OUTLINED,
    "quote": ft.Icons.FORMAT_QUOTE,
    "target": ft.Icons.APARTMENT,
    "reading": ft.Icons.MENU_BOOK,
    "source": ft.Icons.LINK,
}
PLAIN_ICON = ft.Icons.INFO_OUTLINE


@part
def why_panel(*, item_key: str) -> ft.Control:
    """Draw the explanation of one obligation."""
    app = use_app()
    item = ft.use_memo(
        lambda: app.workspace.due_list.find(item_key), [item_key, app.state.revision]
    )
    if item is None:
        return panel_page(title=t("why.title"), body=[quiet(t("why.gone"))])
    action = action_of(app, item) if item.obligation.state.is_open else None
    return panel_page(
        title=t("why.title"),
        body=[
            quiet(item.alias),
            ft.Text(_headline(app, item), theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            _state(app, item),
            ft.Divider(height=1),
            *_lines(app, item),
            text_action(
                "why-person",
                t("why.open_person", alias=item.alias),
                lambda: _open_person(app, item.case_id),
            ),
        ],
        primary=primary_button("why-act", action.words, action.on_tap, icon=action.icon)
        if action
        else None,
    )


def _headline(app: Controller, item: DueItem) -> str:
    """Return what is owed; how late it is stands on the chip."""
    due_list, language = app.workspace.due_list, app.state.language
    title: str = due_list.title(item, language)
    sentence: str = due_list.sentence(item, language)
    if sentence.startswith(title):
        is_late = item.obligation.state is State.OVERDUE
        return title if is_late else sentence
    return f"{title}: {sentence}"


def _open_person(app: Controller, case_id: str) -> None:
    app.close_panel()
    app.navigate(f"/caseload/{case_id}")


def _state(app: Controller, item: DueItem) -> ft.Control:
    is_open = item.obligation.state.is_open
    open_state = state_of(item, app.workspace.notebook.now()) if is_open else None
    return ft.Row(wrap=True, controls=[state_chip(*(open_state or outcome_state(item)))])


def _lines(app: Controller, item: DueItem) -> list[ft.Control]:
    lines = app.workspace.due_list.why(item, app.state.language)
    return [_line(str(line.kind), line.text) for line in lines]


def _line(kind: str, words: str) -> ft.Control:
    is_quote = kind == "quote"
    row = ft.Row(
        spacing=tokens.SPACE_M,
        vertical_alignment=ft.CrossAxisAlignment.START,
        controls=[
            ft.Icon(ICONS.get(kind, PLAIN_ICON), size=tokens.TITLE, color=ft.Colors.PRIMARY),
            ft.Text(words, size=tokens.BODY, italic=is_quote, expand=True, selectable=False),
        ],
    )
    if not is_quote:
        return row
    return ft.Container(
        padding=tokens.SPACE_M,
        border_radius=tokens.CORNER,
        bgcolor=ft.Colors.SURFACE_CONTAINER,
        content=row,
    )
