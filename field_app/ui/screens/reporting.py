"""What to do after something reportable was learned. What it was is never asked for here.

Only for somebody whose status is "mandated reporter" the 36 hours run; everybody else is led to the
supervisor, who knows what follows (X-03).
"""

from datetime import datetime, timedelta

import flet as ft

from field_app.domain.records.duties import ReporterFollowUp
from field_app.domain.records.staff import ReporterStatus, StaffMember
from field_app.ui import tokens
from field_app.ui.components.basics import card, primary_button, quiet, secondary_button
from field_app.ui.components.draft_choices import one_of
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.field_words import local, moment_words
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.live_clock import live_clock
from field_app.ui.components.panels import panel_page
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import moment_of, when_fields
from field_app.ui.components.writing import write
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import Handler, part
from field_app.ui.i18n import t, translator

SHOWN_DAYS = 30  # a finished one is seen that long on the person's panel


@part
def report_panel(*, case_id: str) -> ft.Control:
    """Draw the steps about one participant: those that run, and the way to begin."""
    app = use_app()
    reporting = app.workspace.reporting
    found = ft.use_memo(lambda: reporting.of_case(case_id), [case_id, app.state.revision])
    me: StaffMember | None = ft.use_memo(reporting.me, [app.state.revision])
    draft = use_draft(f"report:{case_id}", {"day": "", "clock": ""}, case_id=case_id)
    now = app.workspace.notebook.now()
    status = me.mandated_reporter if me is not None else ReporterStatus.UNKNOWN
    running = [one for one in found if not reporting.is_finished(one)]
    recent = [
        one
        for one in found
        if one not in running and now - one.updated_at < timedelta(days=SHOWN_DAYS)
    ]

    async def learned() -> None:
        values = draft.values

        def note() -> ReporterFollowUp:
            at = moment_of(values["day"], values["clock"], now)
            saved: ReporterFollowUp = reporting.learned(case_id, at=at)
            return saved

        if await finish(app, draft, note, undo=lambda one: reporting.take_back(one.record_id)):
            app.open_panel("report", case_id=case_id)

    body: list[ft.Control] = [
        quiet(app.workspace.caseload.aliases().get(case_id, "")),
        ft.Text(t(f"report.lead_{status.value}"), size=tokens.LEAD),
        quiet(t("report.never_written")),
        *(_steps(app, one, name="steps") for one in (*running, *recent)),
    ]
    if not running:
        body += [
            when_fields(
                identifier="learned",
                label=t("report.learned_on"),
                day=draft["day"],
                clock=draft["clock"],
                now=now,
                on_day=draft.setter("day"),
                on_clock=draft.setter("clock"),
            ),
            field_error(draft.problem or None),
        ]
    return panel_page(
        title=t("report.title"),
        body=body,
        primary=None
        if running
        else primary_button("report-begin", t("report.begin"), learned, icon=ft.Icons.FLAG),
    )


def report_cards(app: Controller, aliases: dict[str, str]) -> list[ft.Control]:
    """Return a card for each of one's own that is not finished, for the top of Today."""
    mine = app.workspace.notebook.author_id
    cards: list[ft.Control] = []
    for one in app.workspace.reporting.open():
        if one.staff_id == mine:
            alias = aliases.get(one.case_id, "")
            title = t("report.running", alias=alias)
            cards.append(_steps(app, one, name="report", title=title))
    return cards


def _steps(app: Controller, one: ReporterFollowUp, *, name: str, title: str = "") -> ft.Control:
    reporting, today = app.workspace.reporting, app.workspace.notebook.today()
    lines: list[ft.Control] = []
    if title:
        lines.append(ft.Text(title, theme_style=ft.TextThemeStyle.TITLE_MEDIUM))
    if one.learned_at is not None:
        lines.append(quiet(t("report.learned_at", moment=moment_words(one.learned_at, today))))
    if one.written_due_at is not None and one.written_at is None:
        lines.append(
            live_clock(
                key=f"clock-{one.record_id}",
                title=t("report.written_by"),
                due_at=one.written_due_at,
                now=app.workspace.notebook.now,
            )
        )
    if one.reporter_status is ReporterStatus.YES:
        steps: tuple[tuple[str, Handler], ...] = (
            ("called", lambda: reporting.called(one.record_id)),
            ("written", lambda: reporting.written(one.record_id)),
        )
    else:
        steps = (("supervisor_told", lambda: reporting.supervisor_told(one.record_id)),)
    identifier = f"{name}-{one.record_id}"
    lines += [_step(app, one, identifier, step, note) for step, note in steps]
    return card(*lines, identifier=identifier)


def _step(
    app: Controller, one: ReporterFollowUp, identifier: str, step: str, note: Handler
) -> ft.Control:
    """Return the button that notes a step as done now, or when it was done."""
    at: datetime | None = getattr(one, f"{step}_at")
    if at is None:
        return secondary_button(
            f"{identifier}-{step.replace('_', '-')}",
            t(f"report.note_{step}"),
            lambda: write(app, note),
            icon=ft.Icons.CHECK,
        )
    here = local(at)
    when = t("when.day_time", day=translator().date(here.date()), time=translator().time(here))
    return ft.Row(
        wrap=True,
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        controls=[quiet(t(f"report.{step}")), state_chip(Tone.DONE, when)],
    )


@part
def reporter_status_panel(*, staff_id: str) -> ft.Control:
    """Draw whether somebody is a mandated reporter, and on which basis; a manager decides."""
    app = use_app()
    agency = app.workspace.agency
    member: StaffMember | None = ft.use_memo(
        lambda: agency.member(staff_id), [staff_id, app.state.revision]
    )
    draft = use_draft(
        f"reporter-status:{staff_id}",
        {
            "reporter_status": member.mandated_reporter.value if member else "",
            "basis": member.reporter_basis if member else "",
        },
    )
    if member is None:
        return panel_page(title=t("report.status_title"), body=[quiet(t("meeting.gone"))])
    may_decide = agency.may_manage()

    async def save() -> None:
        status = ReporterStatus(draft["reporter_status"] or ReporterStatus.UNKNOWN.value)
        basis = str(draft["basis"])
        await finish(app, draft, lambda: agency.set_reporter_status(staff_id, status, basis=basis))

    body: list[ft.Control] = [quiet(member.display_name), quiet(t("report.status_help"))]
    if may_decide:
        body += [
            one_of(draft, "reporter_status", t("report.status"), ReporterStatus),
            text_field(
                identifier="reporter-basis",
                label=t("report.basis"),
                helper=t("report.basis_help"),
                value=draft["basis"],
                on_change=draft.setter("basis"),
                error=draft.error_of("basis"),
                lines=2,
            ),
            field_error(draft.other_error),
        ]
    else:
        body += [
            ft.Text(status_words(member), size=tokens.LEAD),
            quiet(t("report.supervisor_decides")),
        ]
    return panel_page(
        title=t("report.status_title"),
        body=body,
        primary=primary_button("status-save", t("common.save"), save, icon=ft.Icons.CHECK)
        if may_decide
        else None,
    )


def status_words(member: StaffMember) -> str:
    """Return somebody's status with its basis."""
    status = translator().word(member.mandated_reporter)
    return f"{status} · {member.reporter_basis}" if member.reporter_basis else status
