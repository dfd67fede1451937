"""Today: who is due, and why, the most urgent first; what was done, and what is half written.

On a laptop the due list stands beside the rest of the day; an open panel takes the second place.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

import flet as ft

from field_app.domain.records.contact import Contact
from field_app.domain.vocabulary import ParticipantKind
from field_app.services.caseload import CaseloadEntry
from field_app.services.drafts import Draft
from field_app.services.due_list import DailyLine, DueAction, DueItem, DueToday
from field_app.ui import tokens
from field_app.ui.components.basics import card, primary_button, quiet, section_header
from field_app.ui.components.coming_up import ComingUp, coming_up, read_coming_up
from field_app.ui.components.due_lines import due_lines
from field_app.ui.components.field_words import (
    CHANNEL_ICONS,
    contact_state,
    contact_when,
    contact_words,
    moment_words,
    quiet_words,
)
from field_app.ui.components.folds import fold
from field_app.ui.components.frame import Tab, tab_page
from field_app.ui.components.half_written import form_words, open_form
from field_app.ui.components.lists import contact_row, empty_state, menu_line
from field_app.ui.components.response_cards import response_cards
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.components.sync_line import sync_line
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import screen
from field_app.ui.i18n import t, translator
from field_app.ui.screens.reporting import report_cards
from field_app.ui.screens.visit_check import visit_check_cards

QUIETEST = 5


@dataclass(frozen=True)
class _Day:
    """What is read for the screen, once a change."""

    due: DueToday
    daily: tuple[DailyLine, ...]
    logged: list[Contact]
    drafts: list[Draft]
    quietest: list[CaseloadEntry]
    aliases: dict[str, str]
    is_empty: bool


@screen
def today_screen() -> ft.View:
    """Draw the day."""
    app = use_app()
    # A day on screen grows older with nobody writing: what is due is asked again each minute.
    minute = app.workspace.notebook.now().replace(second=0, microsecond=0)
    day = ft.use_memo(lambda: _read(app), [app.state.revision, minute])
    # Days only: no minute changes what comes.
    today = app.workspace.notebook.today()
    coming: list[ComingUp] = ft.use_memo(lambda: read_coming_up(app), [app.state.revision, today])
    has_later, show_later = ft.use_state(False)
    if day.is_empty:
        body: ft.Control | list[ft.Control] = [
            *sync_line(app),
            *_half_written(app, day),
            _first_step(app),
        ]
        return tab_page(tab=Tab.TODAY, title=t("today.title"), body=body)
    due = _due(app, day, has_later=has_later, show_later=show_later)
    rest = _rest(app, day, coming)
    if app.state.is_wide:
        columns = [_column(due, is_main=True)]
        if app.state.panel is None:
            columns += [ft.VerticalDivider(width=1), _column(rest, is_main=False)]
        body = ft.Row(
            expand=True,
            spacing=0,
            vertical_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=columns,
        )
    else:
        body = [*due, *rest]
    return tab_page(tab=Tab.TODAY, title=t("today.title"), body=body)


def _read(app: Controller) -> _Day:
    workspace = app.workspace
    entries = workspace.caseload.entries()
    return _Day(
        due=workspace.due_list.today(),
        daily=workspace.due_list.daily(),
        logged=workspace.contacts.of_today(),
        drafts=workspace.drafts.all(),
        quietest=workspace.caseload.quietest(QUIETEST),
        aliases=workspace.caseload.aliases(),
        is_empty=not entries,
    )


def _column(controls: list[ft.Control], *, is_main: bool) -> ft.Control:
    return ft.Container(
        expand=3 if is_main else 2,
        content=ft.ListView(
            padding=ft.Padding.all(tokens.SPACE_L),
            controls=[
                ft.Column(
                    spacing=tokens.SPACE_M,
                    horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
                    controls=controls,
                )
            ],
        ),
    )


def _first_step(app: Controller) -> ft.Control:
    return empty_state(
        icon=ft.Icons.WB_SUNNY_OUTLINED,
        title=t("today.empty_title"),
        words=t("today.empty"),
        action=t("today.first_step"),
        identifier="first-step",
        on_click=lambda: app.navigate("/caseload/new/youth"),
    )


def _due(
    app: Controller, day: _Day, *, has_later: bool, show_later: Callable[[bool], None]
) -> list[ft.Control]:
    """Return what is owed: the day in one line, daily contacts, then the groups."""
    controls: list[ft.Control] = [
        _summary(app, day),
        *sync_line(app),
        *response_cards(app, day.aliases),
        *report_cards(app, day.aliases),
        *visit_check_cards(app, day.aliases),
        *_daily_card(app, day),
    ]
    controls += [_problem(app, problem.case_id, problem.alias) for problem in day.due.problems]
    groups = {
        "overdue": _listed(day.due.overdue),
        "today": _listed(day.due.today),
        "this_week": _listed(day.due.this_week),
    }
    for name, items in groups.items():
        if items:
            controls.append(_group(app, name, items))
    later = _listed(day.due.later)
    if not any(groups.values()):
        controls.append(
            empty_state(
                icon=ft.Icons.CHECK_CIRCLE_OUTLINE,
                title=t("today.nothing_due_title"),
                words=t("today.nothing_due" if later else "today.nothing_due_at_all"),
            )
        )
    if later:
        controls.append(
            fold(
                identifier="group-later",
                title=t("today.later"),
                words=t("today.later_count", count=len(later)),
                is_open=has_later,
                on_toggle=lambda: show_later(not has_later),
                controls=[due_lines(app, later, name="later")],
            )
        )
    return controls


def _listed(items: tuple[DueItem, ...]) -> tuple[DueItem, ...]:
    """Return what is not on the card of daily contacts already, policy before agency targets."""
    listed = (item for item in items if item.action is not DueAction.LOG_DAILY)
    return tuple(sorted(listed, key=lambda item: item.obligation.is_agency_target))


def _summary(app: Controller, day: _Day) -> ft.Control:
    today = app.workspace.notebook.today()
    day_words = translator().date(today, weekday=True)
    parts = [day_words[:1].upper() + day_words[1:]]
    if day.due.overdue:
        parts.append(t("today.overdue_count", count=len(day.due.overdue)))
    if day.logged:
        parts.append(t("today.logged_count", count=len(day.logged)))
    return quiet(" · ".join(parts))


def _group(app: Controller, name: str, items: tuple[DueItem, ...]) -> ft.Control:
    return ft.Column(
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[
            section_header(t(f"today.{name}"), quiet(str(len(items)))),
            due_lines(app, items, name=name),
        ],
    )


def _daily_card(app: Controller, day: _Day) -> list[ft.Control]:
    if not day.daily:
        return []
    done = sum(1 for line in day.daily if line.done_today)
    left = [line.participant.alias for line in day.daily if not line.done_today]
    state = (
        state_chip(Tone.DONE, t("daily.all_done"))
        if not left
        else state_chip(Tone.SOON, t("daily.done_of", done=done, count=len(day.daily)))
    )
    return [
        card(
            ft.Row(
                wrap=True,
                alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
                controls=[
                    ft.Text(t("daily.title"), theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
                    state,
                ],
            ),
            *([quiet(", ".join(left))] if left else []),
            primary_button(
                "open-daily",
                t("daily.open"),
                lambda: app.open_panel("daily"),
                icon=ft.Icons.CHECKLIST,
            ),
            identifier="daily-card",
        )
    ]


def _problem(app: Controller, case_id: str, alias: str) -> ft.Control:
    return menu_line(
        identifier=f"problem-{case_id}",
        icon=ft.Icons.REPORT_PROBLEM_OUTLINED,
        title=alias,
        words=t("today.problem"),
        on_click=lambda: app.navigate(f"/caseload/{case_id}"),
    )


def _rest(app: Controller, day: _Day, coming: list[ComingUp]) -> list[ft.Control]:
    """Return what is half written, what comes, what was logged today, and who is quiet."""
    return [
        *_half_written(app, day),
        *coming_up(app, coming, day.aliases),
        *_logged(app, day),
        *_quiet(app, day),
    ]


def _half_written(app: Controller, day: _Day) -> list[ft.Control]:
    today = app.workspace.notebook.today()
    named = [(draft, form_words(draft, day.aliases, today)) for draft in day.drafts]
    lines = [_draft_line(app, draft, words, today) for draft, words in named if words]
    return [section_header(t("today.half_written")), *lines] if lines else []


def _draft_line(app: Controller, draft: Draft, words: str, today: date) -> ft.Control:
    return menu_line(
        identifier=f"draft-{draft.form}",
        icon=ft.Icons.EDIT_NOTE,
        title=words,
        words=moment_words(draft.saved_at, today),
        on_click=lambda: open_form(app, draft),
    )


def _logged(app: Controller, day: _Day) -> list[ft.Control]:
    today = app.workspace.notebook.today()
    rows = [_logged_row(app, contact, day, today) for contact in day.logged]
    return [
        section_header(t("today.logged")),
        *(rows or [quiet(t("today.logged_none"))]),
    ]


def _logged_row(app: Controller, contact: Contact, day: _Day, today: date) -> ft.Control:
    return contact_row(
        identifier=f"contact-{contact.record_id}",
        icon=CHANNEL_ICONS[contact.channel],
        title=f"{day.aliases.get(contact.case_id, '')} · {contact_words(contact)}",
        when=contact_when(contact, today),
        sentence=contact.note,
        state=contact_state(contact),
        on_open=lambda: app.open_panel("contact", record_id=contact.record_id),
    )


def _quiet(app: Controller, day: _Day) -> list[ft.Control]:
    if not day.quietest:
        return []
    return [
        section_header(t("today.quietest")),
        *(_quiet_line(app, entry) for entry in day.quietest),
    ]


def _quiet_line(app: Controller, entry: CaseloadEntry) -> ft.Control:
    words = quiet_words(entry.days_since_reached(app.workspace.notebook.today()))
    if entry.participant.participant_kind is ParticipantKind.PARENT:
        words = f"{t('due.for_parent')} · {words}"
    return menu_line(
        identifier=f"quiet-{entry.case_id}",
        icon=ft.Icons.HISTORY_TOGGLE_OFF,
        title=entry.participant.alias,
        words=words,
        on_click=lambda: app.navigate(f"/caseload/{entry.case_id}"),
    )
