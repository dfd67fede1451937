"""A participant: how to reach them safely, what is owed, what was done, services, people.

Parent and youth are linked by a line that leads from one to the other, and share nothing else.
"""

from dataclasses import dataclass
from datetime import date

import flet as ft

from field_app.domain.records.contact import Contact
from field_app.domain.records.participant import Participant
from field_app.services.caseload import ParticipantPage
from field_app.services.due_list import DueAction, DueItem
from field_app.ui import tokens
from field_app.ui.components.basics import card, labelled, primary_button, quiet, section_header
from field_app.ui.components.choices import Choice
from field_app.ui.components.due_lines import due_lines
from field_app.ui.components.field_words import person_words, service_words
from field_app.ui.components.folds import fold
from field_app.ui.components.frame import detail_page
from field_app.ui.components.lists import empty_state
from field_app.ui.components.month import month_of_contacts
from field_app.ui.components.parent_safety import is_unanswered, not_safe_line, safety_question
from field_app.ui.components.phase_line import phase_line
from field_app.ui.components.routed import routed_pane
from field_app.ui.components.safe_contact import short_rule
from field_app.ui.components.segments import segments
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import guard, part
from field_app.ui.i18n import t, translator
from field_app.ui.screens.missing import came_back
from field_app.ui.screens.missing_told import told_button, told_summary
from field_app.ui.screens.participant_people import people_part
from field_app.ui.screens.participant_plans import plans_part
from field_app.ui.screens.participant_services import services_part
from field_app.ui.screens.timeline import timeline
from field_app.ui.screens.visit_check import check_in_button
from field_app.ui.screens.welcome_back import welcome_button

PARTS = ("overview", "contacts", "services", "plans", "people")


@dataclass(frozen=True)
class _Read:
    page: ParticipantPage | None
    month: list[Contact]
    due: tuple[DueItem, ...]


@routed_pane("case_id")
def participant_screen(*, case_id: str) -> ft.Control:
    """Draw the participant of the route."""
    app = use_app()
    last_case, last_part = app.state.shown_part
    shown, show_part = ft.use_state(last_part if last_case == case_id else "overview")

    def show(name: str) -> None:
        show_part(name)
        app.state.shown_part = (case_id, name)  # the way back from a plan leads here

    read = ft.use_memo(lambda: _read(app, case_id), [case_id, app.state.revision])
    if read.page is None:
        return detail_page(
            title=t("person.title"),
            back_to="/caseload",
            is_root_pane=True,
            body=[quiet(t("person.not_here"))],
        )
    page, person = read.page, read.page.participant
    body: list[ft.Control] = [
        _head(app, page),
        segments(
            identifier="part",
            choices=[Choice(name, t(f"person.part.{name}")) for name in PARTS],
            chosen=shown,
            on_choose=show,
        ),
    ]
    if shown == "contacts":
        body.append(timeline(key="timeline", case_id=case_id, revision=app.state.revision))
    elif shown == "services":
        body += services_part(app, page, read.due)
    elif shown == "plans":
        body.append(plans_part(key="plans", app=app, page=page))
    elif shown == "people":
        body += people_part(app, page)
    else:
        body.append(_overview(key="overview", app=app, read=read))
    return detail_page(
        title=person.alias,
        back_to="/caseload",
        is_root_pane=True,
        body=body,
        primary=primary_button(
            "log-contact",
            t("person.log_contact"),
            lambda: app.open_panel("log", case_id=case_id),
            icon=ft.Icons.EDIT_NOTE,
        )
        if person.is_open and not is_unanswered(person)
        else None,
    )


def _read(app: Controller, case_id: str) -> _Read:
    workspace = app.workspace
    return _Read(
        workspace.caseload.page(case_id),
        workspace.contacts.of_month(case_id),
        workspace.due_list.of_case(case_id),
    )


def _head(app: Controller, page: ParticipantPage) -> ft.Control:
    person = page.participant
    today = app.workspace.notebook.today()
    lines: list[ft.Control] = []
    about = person_words(person, today)
    if about:
        lines.append(quiet(about))
    if page.entry.services:
        lines.append(quiet(service_words(page.entry.services)))
    if person.closed_on is not None:
        day = translator().date(person.closed_on)
        lines.append(ft.Row(controls=[state_chip(Tone.PLAIN, t("person.closed", day=day))]))
    lines += not_safe_line(person)
    if page.entry.is_missing:
        lines.append(_missing(app, page, today))
    if is_unanswered(person):
        lines.append(safety_question(app, person))
    elif person.is_open:
        lines += [_dial(app, person), check_in_button(app, person.case_id)]
        lines += welcome_button(app, person.case_id, list(page.records.missing), today)
    return ft.Column(
        spacing=tokens.SPACE_S,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=lines,
    )


def _missing(app: Controller, page: ParticipantPage, today: date) -> ft.Control:
    episode = next(e for e in reversed(page.records.missing) if e.returned_on is None)
    since = episode.missing_from or today
    return card(
        ft.Row(
            spacing=tokens.SPACE_S,
            controls=[
                ft.Icon(ft.Icons.PERSON_SEARCH_OUTLINED, color=ft.Colors.TERTIARY),
                ft.Text(
                    t("missing.since_day", day=translator().date(since)),
                    expand=True,
                    theme_style=ft.TextThemeStyle.TITLE_MEDIUM,
                ),
            ],
        ),
        *([quiet(episode.note)] if episode.note else []),
        quiet(told_summary(episode)),
        told_button(app, episode),
        primary_button(
            "came-back",
            t("missing.came_back"),
            lambda: came_back(app, page.participant.case_id),
            icon=ft.Icons.HOME_OUTLINED,
        ),
        identifier="missing-card",
    )


def _dial(app: Controller, person: Participant) -> ft.Control:
    """Return the dial button with the rule of contact written on it."""
    tap = guard(lambda: app.open_panel("dial", case_id=person.case_id))
    return labelled(
        "dial",
        ft.Container(
            ink=True,
            on_click=tap,
            padding=ft.Padding.symmetric(horizontal=tokens.SPACE_L, vertical=tokens.SPACE_M),
            border_radius=tokens.CORNER,
            border=ft.Border.all(1, ft.Colors.OUTLINE),
            content=ft.Row(
                spacing=tokens.SPACE_M,
                controls=[
                    ft.Icon(ft.Icons.PHONE_OUTLINED, color=ft.Colors.PRIMARY),
                    ft.Column(
                        expand=True,
                        spacing=2,
                        controls=[
                            ft.Text(t("dial.button"), size=tokens.LEAD, weight=ft.FontWeight.W_600),
                            quiet(short_rule(person)),
                        ],
                    ),
                ],
            ),
        ),
    )


@part
def _overview(*, app: Controller, read: _Read) -> ft.Control:
    is_past_open, show_past = ft.use_state(False)
    page = read.page
    if page is None:
        return ft.Container()
    today = app.workspace.notebook.today()
    still_open = [item for item in read.due if item.obligation.state.is_open]
    ended = [item for item in read.due if not item.obligation.state.is_open]
    controls: list[ft.Control] = []
    problem = app.workspace.due_list.problem_of(page.participant.case_id)
    if problem is not None:
        controls.append(_problem())
    controls.append(section_header(t("person.due")))
    if still_open:
        controls.append(due_lines(app, still_open, name="open", is_named=False))
    elif problem is None:
        controls.append(
            empty_state(
                icon=ft.Icons.CHECK_CIRCLE_OUTLINE,
                title=t("person.nothing_due_title"),
                words=t("person.nothing_due")
                if page.entry.services
                else t("person.no_service_yet"),
            )
        )
    if ended:
        controls.append(
            fold(
                identifier="ended",
                title=t("person.ended"),
                words=t("person.ended_count", count=len(ended)),
                is_open=is_past_open,
                on_toggle=lambda: show_past(not is_past_open),
                controls=[due_lines(app, ended, name="ended-lines", is_named=False)],
            )
        )
    controls += [
        section_header(translator().month(today)),
        month_of_contacts(read.month, today),
    ]
    if page.records.phases:
        limit = _phase_limit(read.due)
        controls += [
            section_header(t("person.phase")),
            phase_line(
                page.records.phases,
                today,
                limit.obligation.due_at.date() if limit and limit.obligation.due_at else None,
                is_warned=limit is not None and limit.obligation.warning is not None,
            ),
        ]
    return ft.Column(
        spacing=tokens.SPACE_S,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=controls,
    )


def _phase_limit(due: tuple[DueItem, ...]) -> DueItem | None:
    """Return the longest length of the phase that is open."""
    return next(
        (i for i in due if i.action is DueAction.DECIDE_PHASE and i.obligation.state.is_open), None
    )


def _problem() -> ft.Control:
    return ft.Container(
        padding=tokens.SPACE_M,
        border_radius=tokens.CORNER,
        bgcolor=ft.Colors.ERROR_CONTAINER,
        content=ft.Row(
            spacing=tokens.SPACE_S,
            controls=[
                ft.Icon(ft.Icons.REPORT_PROBLEM_OUTLINED, color=ft.Colors.ON_ERROR_CONTAINER),
                ft.Text(t("person.problem"), expand=True, color=ft.Colors.ON_ERROR_CONTAINER),
            ],
        ),
    )
