"""Staff safety: check in before a visit, out after it. Times only; a place is never recorded."""

import flet as ft

from field_app.domain.records.visit_check import VisitCheck, is_missed
from field_app.ui import tokens
from field_app.ui.components.basics import card, primary_button, quiet, secondary_button
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.field_words import local
from field_app.ui.components.fields import field_error
from field_app.ui.components.panels import panel_page
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.components.submitting import finish
from field_app.ui.components.whom import whom
from field_app.ui.components.writing import write
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator

LENGTHS = ("30", "60", "120", "180")
LONGER_MINUTES = 30


@part
def visit_check_panel(*, case_id: str = "") -> ft.Control:
    """Draw the check-in: with whom, and for how long."""
    app = use_app()
    draft = use_draft(
        f"visit-check:{case_id or 'new'}", {"case_id": "", "minutes": ""}, case_id=case_id or None
    )
    who = case_id or str(draft["case_id"])

    async def save() -> None:
        if not who:
            draft.refuse("case_id", t("visit_check.who_needed"))
            return
        minutes = int(draft["minutes"]) if draft["minutes"] else None
        checks = app.workspace.visit_checks
        await finish(app, draft, lambda: checks.check_in(who, minutes=minutes))

    about: ft.Control = (
        quiet(app.workspace.caseload.aliases().get(case_id, ""))
        if case_id
        else whom(
            key="who",
            identifier="who",
            label=t("visit_check.who"),
            chosen=draft["case_id"],
            on_choose=draft.setter("case_id"),
            error=draft.error_of("case_id"),
        )
    )
    return panel_page(
        title=t("visit_check.title"),
        body=[
            quiet(t("visit_check.help")),
            about,
            choice_chips(
                identifier="minutes",
                label=t("visit_check.length"),
                choices=[Choice(m, t("visit_check.minutes", count=int(m))) for m in LENGTHS],
                chosen=draft["minutes"],
                on_choose=draft.setter("minutes"),
            ),
            field_error(draft.other_error),
        ],
        primary=primary_button(
            "check-in", t("visit_check.check_in"), save, icon=ft.Icons.LOGIN_OUTLINED
        ),
    )


def check_in_button(app: Controller, case_id: str) -> ft.Control:
    """Return the way from a participant's page to the check-in; nothing while on that visit."""
    running: VisitCheck | None = app.workspace.visit_checks.running()
    if running is not None and running.case_id == case_id:
        return visit_check_cards(app, app.workspace.caseload.aliases())[0]
    return secondary_button(
        "check-in-open",
        t("visit_check.title"),
        lambda: app.open_panel("visit-check", case_id=case_id),
        icon=ft.Icons.LOGIN_OUTLINED,
    )


def visit_check_cards(app: Controller, aliases: dict[str, str]) -> list[ft.Control]:
    """Return the running visit of the person at the device, and check-outs that others missed."""
    checks = app.workspace.visit_checks
    now = app.workspace.notebook.now()
    running: VisitCheck | None = checks.running()
    cards: list[ft.Control] = []
    if running is not None:
        cards.append(_running(app, running, aliases, is_late=is_missed(running, now)))
    names = app.workspace.caseload.staff_names()
    cards += [
        _missed(app, check, aliases, names)
        for check in checks.missed()
        if running is None or check.record_id != running.record_id
    ]
    return cards


def _running(
    app: Controller, check: VisitCheck, aliases: dict[str, str], *, is_late: bool
) -> ft.Control:
    checks = app.workspace.visit_checks
    until = _clock(check)
    chip = (
        state_chip(Tone.LATE, t("visit_check.late", time=until))
        if is_late
        else state_chip(Tone.SOON, t("visit_check.until", time=until))
    )
    return card(
        ft.Row(
            wrap=True,
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            controls=[
                ft.Text(
                    t("visit_check.running", alias=aliases.get(check.case_id, "")),
                    theme_style=ft.TextThemeStyle.TITLE_MEDIUM,
                ),
                chip,
            ],
        ),
        primary_button(
            "check-out",
            t("visit_check.check_out"),
            lambda: write(app, lambda: checks.check_out(check.record_id)),
            icon=ft.Icons.CHECK,
        ),
        secondary_button(
            "visit-longer",
            t("visit_check.longer", count=LONGER_MINUTES),
            lambda: write(app, lambda: checks.longer(check.record_id, minutes=LONGER_MINUTES)),
            icon=ft.Icons.MORE_TIME,
        ),
        identifier="visit-running",
    )


def _missed(
    app: Controller, check: VisitCheck, aliases: dict[str, str], names: dict[str, str]
) -> ft.Control:
    checks = app.workspace.visit_checks
    name = names.get(check.staff_id, "") or t("visit_check.somebody")
    return card(
        ft.Row(
            spacing=tokens.SPACE_S,
            controls=[
                ft.Icon(ft.Icons.NOTIFICATION_IMPORTANT_OUTLINED, color=ft.Colors.ERROR),
                ft.Text(
                    t("visit_check.missed", name=name, alias=aliases.get(check.case_id, "")),
                    expand=True,
                    theme_style=ft.TextThemeStyle.TITLE_MEDIUM,
                ),
            ],
        ),
        ft.Row(controls=[state_chip(Tone.LATE, t("visit_check.late", time=_clock(check)))]),
        quiet(t("visit_check.missed_help")),
        primary_button(
            f"handled-{check.record_id}",
            t("visit_check.handled"),
            lambda: write(app, lambda: checks.handle_alert(check.record_id)),
            icon=ft.Icons.TASK_ALT,
        ),
        identifier=f"missed-{check.record_id}",
    )


def _clock(check: VisitCheck) -> str:
    until = check.expected_out_at
    return "" if until is None else translator().time(local(until))
