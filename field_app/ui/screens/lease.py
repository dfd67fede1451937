"""What stands in the place of the cases when this device was too long without the centre.

Others may have changed them meanwhile, or the access may have ended, so the next sync opens them
again (the lease). Writing stays possible, and cases that were opened since then stay open: nobody
else can know of them.
"""

from datetime import date
from typing import Any

import flet as ft

from field_app.services.caseload import CaseloadEntry
from field_app.services.drafts import Draft
from field_app.ui.components.basics import card, primary_button, quiet, section_header
from field_app.ui.components.field_words import PERSON_ICONS, moment_words
from field_app.ui.components.frame import Tab, detail_page, tab_page
from field_app.ui.components.half_written import form_words, open_form
from field_app.ui.components.lists import menu_line
from field_app.ui.components.panels import panel_page
from field_app.ui.components.response_cards import response_cards
from field_app.ui.components.sync_line import sync_line, use_sync
from field_app.ui.components.sync_words import trouble_words
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import Handler, pane, part, screen
from field_app.ui.i18n import t
from field_app.ui.screens.reporting import report_cards
from field_app.ui.screens.visit_check import visit_check_cards
from field_app.ui.state import Panel

WRITING = frozenset(
    {
        *("add", "log", "daily", "purchase", "session", "group-session", "workshop"),
        *("visit-check", "missing", "backup", "unsent"),
    }
)
"""Panels that write something new, or give out what is this person's own anyway."""


def hides(app: Controller, *about: object) -> bool:
    """Return whether the lease hides one of these cases, or the record of such a case."""
    sync = app.workspace.sync
    return bool(sync.is_enrolled and sync.lease.hides(str(value) for value in about))


def is_over(app: Controller) -> bool:
    """Return whether old cases are not shown now."""
    sync = app.workspace.sync
    return bool(sync.is_enrolled and sync.lease.is_over())


def while_leased(shown: Handler) -> Handler:
    """Make a screen of the route's case that says why it is closed, if the lease hides that case.

    Both are drawn by one component, for a component under it would not know the route. What comes
    first here are the same hooks always; the closed page has its own.
    """
    draw: Handler = shown.__component_impl__  # type: ignore[attr-defined]

    @pane
    def gated() -> Any:
        app = use_app()
        case_id = ft.use_route_params().get("case_id", "")
        return closed_screen(key=case_id, back_to="/caseload") if hides(app, case_id) else draw()

    return gated


def may_open(app: Controller, panel: Panel) -> bool:
    """Return whether a panel may be drawn: it writes, or it is about nothing that is hidden."""
    return panel.name in WRITING or not hides(app, *panel.arguments.values())


@screen
def leased_today_screen() -> ft.View:
    """Draw the day without the cases: what to do, what runs, what is half written."""
    app = use_app()
    aliases = app.workspace.caseload.aliases()
    return tab_page(
        tab=Tab.TODAY,
        title=t("today.title"),
        body=[
            *sync_line(app),
            lease_card(key="lease"),
            *visit_check_cards(app, aliases),
            *response_cards(app, aliases),
            *report_cards(app, aliases),  # a clock of the law runs on, whatever the lease says
            *_half_written(app, aliases),
            *_new_cases(app),
        ],
    )


@screen
def leased_caseload_screen() -> ft.View:
    """Draw the caseload's tab: only the cases that were opened since then."""
    app = use_app()
    return tab_page(
        tab=Tab.CASELOAD,
        title=t("caseload.title"),
        body=[lease_card(key="lease"), *_new_cases(app)],
    )


@pane
def closed_screen(*, back_to: str = "/more") -> ft.Control:
    """Draw the place of one case, or of a list over many."""
    return detail_page(
        title=t("lease.title"),
        back_to=back_to,
        is_root_pane=True,
        body=[lease_card(key="lease", has_title=False)],
    )


@part
def lease_panel(**_about: object) -> ft.Control:
    """Draw the place of a panel about a case."""
    return panel_page(title=t("lease.title"), body=[lease_card(key="lease", has_title=False)])


@part
def lease_card(*, has_title: bool = True) -> ft.Control:
    """Draw why the cases are closed, since when, and the way to open them."""
    app = use_app()
    state = use_sync()
    words: list[ft.Control] = [quiet(t("lease.why"))]
    if has_title:
        words.insert(0, ft.Text(t("lease.title"), theme_style=ft.TextThemeStyle.TITLE_MEDIUM))
    if state.reached_at is not None:
        when = moment_words(state.reached_at, app.workspace.notebook.today())
        words.append(quiet(t("sync.reached_at", when=when)))
    if state.trouble is not None and not state.is_running:
        words.append(quiet(trouble_words(state.trouble)))
    return card(
        *words,
        primary_button(
            "lease-sync",
            t("sync.now"),
            app.syncing.sync_now,
            icon=ft.Icons.SYNC,
            is_busy=state.is_running,
        ),
        identifier="lease",
    )


def _half_written(app: Controller, aliases: dict[str, str]) -> list[ft.Control]:
    today = app.workspace.notebook.today()
    named = [(draft, form_words(draft, aliases, today)) for draft in app.workspace.drafts.all()]
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


def _new_cases(app: Controller) -> list[ft.Control]:
    entries: list[CaseloadEntry] = app.workspace.caseload.entries()
    lines = [_case_line(app, entry) for entry in entries if not hides(app, entry.case_id)]
    return [section_header(t("lease.new_cases")), *lines] if lines else []


def _case_line(app: Controller, entry: CaseloadEntry) -> ft.Control:
    return menu_line(
        identifier=f"person-{entry.case_id}",
        icon=PERSON_ICONS[entry.participant.participant_kind],
        title=entry.participant.alias,
        on_click=lambda: app.navigate(f"/caseload/{entry.case_id}"),
    )
