"""A member of staff: add one, change the role, end the work, make a code for a new device."""

from typing import cast

import flet as ft

from field_app.domain.records.staff import StaffRole
from field_app.services.enrolment_codes import NewCode
from field_app.services.people import Person
from field_app.ui import tokens
from field_app.ui.components.basics import (
    primary_button,
    quiet,
    secondary_button,
    text_action,
)
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.dialogs import use_confirm_dialog
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.field_words import moment_words
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.lists import menu_line
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.context import use_app, use_value
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t
from field_app.ui.screens.reporting import status_words
from field_app.ui.screens.team import person_words

QR_SIZE = 260
ROLE_OF_CENTRE = {
    "advocate": StaffRole.FIELD_ADVOCATE,
    "supervisor": StaffRole.SUPERVISOR,
    "data_manager": StaffRole.DATA_MANAGER,
}


@part
def staff_add_panel() -> ft.Control:
    """Draw the form for somebody new."""
    app = use_app()
    blank = {"name": "", "role": StaffRole.FIELD_ADVOCATE.value}
    draft = use_draft("staff", blank)

    async def add() -> None:
        if not draft["name"].strip():
            draft.refuse("name", t("staff.name_needed"))
            return
        people, values = app.workspace.team.people, draft.values
        await finish(app, draft, lambda: people.add(values["name"], StaffRole(values["role"])))

    return panel_page(
        title=t("staff.add"),
        body=[
            text_field(
                identifier="staff-name",
                label=t("staff.name"),
                helper=t("staff.name_help"),
                value=draft["name"],
                on_change=draft.setter("name"),
                error=draft.error_of("name"),
            ),
            choice_chips(
                identifier="staff-role",
                label=t("staff.role"),
                choices=[Choice(role.value, t(f"staff_role.{role}")) for role in StaffRole],
                chosen=draft["role"],
                on_choose=draft.setter("role"),
            ),
            field_error(draft.other_error),
        ],
        primary=primary_button("staff-save", t("staff.add"), add),
    )


@part
def staff_person_panel(*, staff_id: str) -> ft.Control:
    """Draw a person and what can be done; a new code stands here once."""
    app = use_app()
    team = app.workspace.team
    people = ft.use_memo(team.people.all, [app.state.revision])
    person = next((each for each in people if each.staff_id == staff_id), None)
    code, set_code = use_value(lambda: cast(NewCode | None, None))
    is_busy, set_busy = ft.use_state(False)
    is_asking, ask = ft.use_state(False)

    async def make_code() -> None:
        set_busy(True)
        try:
            set_code(await app.run(team.codes.make, staff_id))
        finally:
            set_busy(False)

    async def end_work() -> None:
        ask(False)
        await app.run(lambda: team.people.change(staff_id, active=False))
        app.close_panel()
        app.changed()
        app.tell(t("staff.ended_now"))

    use_confirm_dialog(
        is_open=is_asking,
        title=t("staff.end_work"),
        words=t("staff.end_work_help"),
        confirm=t("staff.end_work"),
        on_confirm=end_work,
        on_cancel=lambda: ask(False),
    )
    if person is None:
        return panel_page(title=t("staff.person"), body=[quiet(t("staff.no_name"))])
    if code is not None:
        return panel_page(title=t("staff.code_title"), body=_code(app, code, person))
    body: list[ft.Control] = [
        ft.Text(person_words(person), theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
        quiet(
            " · ".join([t(f"centre_role.{person.role}"), t("staff.devices", count=person.devices)])
        ),
    ]
    body += _as_staff(app, staff_id)
    if not team.may_manage or not person.is_active:
        return panel_page(title=t("staff.person"), body=body)
    if not person.is_me:
        body += [
            _role_chips(app, person),
            text_action("end-work", t("staff.end_work"), lambda: ask(True)),
        ]
    body.append(quiet(t("staff.invite_help")))
    return panel_page(
        title=t("staff.person"),
        body=body,
        primary=primary_button(
            "make-code", t("staff.invite"), make_code, icon=ft.Icons.QR_CODE_2, is_busy=is_busy
        ),
    )


def _as_staff(app: Controller, staff_id: str) -> list[ft.Control]:
    """Return whether the person is a mandated reporter, and the way to their trainings."""
    member = app.workspace.agency.member(staff_id)
    if member is None:
        return []
    return [
        menu_line(
            identifier="reporter-status",
            icon=ft.Icons.FLAG_OUTLINED,
            title=t("report.status_title"),
            words=status_words(member),
            on_click=lambda: app.open_panel("reporter-status", staff_id=staff_id),
        ),
        menu_line(
            identifier="trainings",
            icon=ft.Icons.SCHOOL_OUTLINED,
            title=t("agency.trainings"),
            words=t("agency.trainings_open"),
            on_click=lambda: app.open_panel("trainings", staff_id=staff_id),
        ),
    ]


def _role_chips(app: Controller, person: Person) -> ft.Control:
    async def choose(value: str) -> None:
        if value == person.role:
            return
        role = ROLE_OF_CENTRE[value]
        await app.run(lambda: app.workspace.team.people.change(person.staff_id, role=role))
        app.saved()

    return choice_chips(
        identifier="centre-role",
        label=t("staff.change_role"),
        choices=[Choice(role, t(f"centre_role.{role}")) for role in ROLE_OF_CENTRE],
        chosen=person.role,
        on_choose=choose,
    )


def _code(app: Controller, code: NewCode, person: Person) -> list[ft.Control]:
    async def copy() -> None:
        await app.secrets.copy(code.qr_text)  # it carries case keys
        app.tell(t("staff.code_copied"))

    return [
        ft.Text(t("staff.code_once", name=person.name or t("staff.no_name")), size=tokens.LEAD),
        ft.Row(
            alignment=ft.MainAxisAlignment.CENTER,
            controls=[
                ft.Container(
                    padding=tokens.SPACE_M,
                    border_radius=tokens.CORNER,
                    bgcolor=ft.Colors.WHITE,  # a reader needs dark on light, in the dark theme too
                    content=ft.Image(
                        src=code.qr_png(),
                        width=QR_SIZE,
                        height=QR_SIZE,
                        semantics_label=t("staff.code_qr"),
                        filter_quality=ft.FilterQuality.NONE,
                    ),
                )
            ],
        ),
        ft.Semantics(
            identifier="code-text",
            content=ft.Text(
                _in_two_lines(code.text),
                size=tokens.LEAD,
                selectable=True,
                font_family="monospace",
                text_align=ft.TextAlign.CENTER,
            ),
        ),
        quiet(t("staff.code_centre")),
        ft.Text(code.qr_text, size=tokens.CAPTION, selectable=True),
        secondary_button("copy-code", t("staff.code_copy"), copy, icon=ft.Icons.CONTENT_COPY),
        quiet(
            t(
                "staff.code_ends",
                when=moment_words(code.ends_at, app.workspace.notebook.today()),
            )
        ),
    ]


def _in_two_lines(code: str) -> str:
    """Break a code between two groups, so that it is read aloud and typed in halves."""
    groups = code.split("-")
    half = (len(groups) + 1) // 2
    return "-".join(groups[:half]) + "-\n" + "-".join(groups[half:])
