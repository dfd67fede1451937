"""Joining the agency: the code, what will travel, the agency's recovery words of the first code.

What was written here alone comes along. The agency's words stay until they are on paper: whoever
founded it and was locked out while copying finds them here again.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import flet as ft

from field_app.errors import FieldAppError, InputError
from field_app.services.enrolment import needs_new_record
from field_app.ui import tokens
from field_app.ui.components.basics import card, primary_button, quiet, section_header, text_action
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.frame import detail_page
from field_app.ui.components.recovery_words import recovery_words_sheet
from field_app.ui.components.sync_line import use_sync
from field_app.ui.context import use_app, use_value
from field_app.ui.controller import Controller
from field_app.ui.guard import pane
from field_app.ui.i18n import error_words, t
from field_app.ui.ports import Invitation, Joined


@ft.observable
@dataclass
class _Typed:
    """What was typed, and how far the joining is. Gone with the screen; a code is no draft."""

    code: str = ""
    centre: str = ""
    words: str = ""
    problem: str = ""
    problem_field: str = ""
    is_busy: bool = False
    invitation: Invitation | None = None
    joined: Joined | None = None

    def error_of(self, field: str) -> str | None:
        return self.problem if self.problem and self.problem_field == field else None

    def refuse(self, error: FieldAppError) -> None:
        field = error.field if isinstance(error, InputError) else ""
        self.problem, self.problem_field = error_words(error), field or ""


@pane
def enrol_screen() -> ft.Control:
    """Draw the step that is due."""
    app = use_app()
    form, _ = use_value(_Typed)
    state = use_sync()
    is_enrolled = app.workspace.sync.is_enrolled
    words = ft.use_memo(lambda: _unwritten(app), [app.state.revision, is_enrolled])
    if words:
        return _page(_founded(app, words))
    if form.joined is not None:
        return _page(_joined(app, form.joined))
    if needs_new_record(state):
        return _page(_displaced(app))
    if is_enrolled:
        return _page([ft.Text(t("enrol.enrolled_already"), size=tokens.LEAD), _to_sync(app)])
    if form.invitation is None:
        return _ask_for_code(app, form)
    return _show_invitation(app, form, form.invitation)


def _page(
    body: list[ft.Control], primary: ft.Control | None = None, *, step: str = "done"
) -> ft.Control:
    if primary is not None:
        primary.key = step  # another button, not the old one renamed: its name for tools is fixed
    return detail_page(title=t("enrol.title"), back_to="/more", body=body, primary=primary)


def _ask_for_code(app: Controller, form: _Typed) -> ft.Control:
    async def look() -> None:
        form.problem = ""
        if not form.code.strip():
            form.problem, form.problem_field = t("enrol.code_needed"), "code"
            return
        if app.enrolment is None:
            return
        form.is_busy = True
        try:
            form.invitation = await app.run(
                app.enrolment.look, form.code.strip(), form.centre.strip()
            )
        except FieldAppError as refusal:
            form.refuse(refusal)
        finally:
            form.is_busy = False

    def typed_code(value: str) -> None:
        form.code, form.problem = value, ""

    def typed_centre(value: str) -> None:
        form.centre, form.problem = value, ""

    return _page(
        [
            ft.Text(t("enrol.lead"), size=tokens.LEAD),
            text_field(
                identifier="code",
                label=t("enrol.code"),
                value=form.code,
                on_change=typed_code,
                error=form.error_of("code"),
                helper=t("enrol.code_help"),
                is_disabled=form.is_busy,
            ),
            text_field(
                identifier="centre",
                label=t("enrol.centre"),
                value=form.centre,
                on_change=typed_centre,
                on_submit=look,
                error=form.error_of("centre_url"),
                helper=t("enrol.centre_help"),
                is_disabled=form.is_busy,
                keyboard=ft.KeyboardType.URL,
            ),
            field_error(form.error_of("")),
        ],
        primary_button("look", t("enrol.look"), look, is_busy=form.is_busy),
        step="look",
    )


def _show_invitation(app: Controller, form: _Typed, invitation: Invitation) -> ft.Control:
    async def join() -> None:
        form.problem = ""
        if app.enrolment is None:
            return
        form.is_busy = True
        try:
            enrolment, words = app.enrolment, form.words
            form.joined = await app.run(lambda: enrolment.enrol(agency_recovery_words=words))
        except FieldAppError as refusal:
            form.refuse(refusal)
            form.problem_field = "words" if form.problem_field else ""
            return
        finally:
            form.is_busy = False
        form.code = form.words = ""
        await app.syncing.begin()
        app.changed()

    def other_code() -> None:
        form.invitation, form.problem = None, ""

    body: list[ft.Control] = [
        card(
            ft.Text(
                t("enrol.for_role", role=t(f"centre_role.{invitation.role}")),
                theme_style=ft.TextThemeStyle.TITLE_MEDIUM,
            ),
            quiet(t("enrol.at_centre", url=invitation.centre_url)),
            *([ft.Text(t("enrol.founds"))] if invitation.founds_agency else []),
        ),
        *_travels(app),
    ]
    if invitation.needs_recovery_words:
        body.append(_words_field(form))
    body += [
        field_error(form.error_of("")),
        text_action("other-code", t("enrol.other_code"), other_code),
    ]
    words = t("enrol.joining") if form.is_busy else t("enrol.join")
    return _page(body, primary_button("join", words, join, is_busy=form.is_busy), step="join")


def _words_field(form: _Typed) -> ft.Control:
    def typed(value: str) -> None:
        form.words, form.problem = value, ""

    return text_field(
        identifier="agency-words",
        label=t("enrol.words"),
        helper=t("enrol.needs_words"),
        value=form.words,
        on_change=typed,
        error=form.error_of("words"),
        lines=3,
        is_disabled=form.is_busy,
    )


def _travels(app: Controller) -> list[ft.Control]:
    """Return what leaves the device once it has joined, before anything does."""
    cases = len(app.workspace.caseload.aliases())
    what = t("enrol.travels_cases", count=cases) if cases else t("enrol.travels_nothing")

    def line(icon: ft.IconData, words: str) -> ft.Control:
        return ft.Row(
            spacing=tokens.SPACE_M,
            vertical_alignment=ft.CrossAxisAlignment.START,
            controls=[
                ft.Icon(icon, color=ft.Colors.PRIMARY, size=tokens.TITLE),
                ft.Text(words, expand=True),
            ],
        )

    return [
        section_header(t("enrol.what_travels")),
        line(ft.Icons.FOLDER_OUTLINED, what),
        line(ft.Icons.LOCK_OUTLINE, t("enrol.travels_sealed")),
        line(ft.Icons.SUPERVISOR_ACCOUNT_OUTLINED, t("enrol.travels_who")),
    ]


def _unwritten(app: Controller) -> tuple[str, ...] | None:
    return None if app.enrolment is None else app.enrolment.unwritten_words()


def _founded(app: Controller, words: Sequence[str]) -> list[ft.Control]:
    async def written() -> None:
        if app.enrolment is not None:
            await app.run(app.enrolment.confirm_words)
            app.changed()

    return [
        ft.Text(t("enrol.founded"), size=tokens.LEAD),
        recovery_words_sheet(
            words,
            written,
            lead=t("enrol.agency_words_lead"),
            once=t("enrol.agency_words_once"),
        ),
    ]


def _joined(app: Controller, joined: Joined) -> list[ft.Control]:
    return [
        ft.Icon(ft.Icons.CHECK_CIRCLE_OUTLINE, size=40, color=ft.Colors.PRIMARY),
        ft.Text(t("enrol.done_title"), theme_style=ft.TextThemeStyle.TITLE_LARGE),
        ft.Text(t("enrol.done"), size=tokens.LEAD),
        quiet(t("enrol.queued", count=joined.queued)),
        _to_sync(app),
    ]


def _displaced(app: Controller) -> list[ft.Control]:
    return [
        ft.Text(t("enrol.displaced_title"), theme_style=ft.TextThemeStyle.TITLE_LARGE),
        ft.Text(t("enrol.displaced"), size=tokens.LEAD),
        primary_button("backup", t("backup.make"), lambda: app.open_panel("backup")),
    ]


def _to_sync(app: Controller) -> ft.Control:
    return primary_button("to-sync", t("enrol.to_sync"), lambda: app.navigate("/sync"))
