"""Team: people, access to cases, devices and codes, work handed in late.

For supervisors and data managers; what each may do decides what is shown. People and cases are
here without a network, devices and the inbox are asked of the centre.
"""

import flet as ft

from field_app.services.devices import TeamDevice
from field_app.services.enrolment_codes import CodeView
from field_app.services.inbox import LateWork
from field_app.services.people import Person
from field_app.ui import tokens
from field_app.ui.components.basics import (
    primary_button,
    quiet,
    secondary_button,
    section_header,
    text_action,
)
from field_app.ui.components.choices import Choice
from field_app.ui.components.dialogs import use_confirm_dialog
from field_app.ui.components.fetched import use_fetched
from field_app.ui.components.field_words import moment_words
from field_app.ui.components.frame import detail_page
from field_app.ui.components.lists import menu_line
from field_app.ui.components.record_words import kind_words
from field_app.ui.components.segments import segments
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import pane, part
from field_app.ui.i18n import t, translator


@pane
def team_screen() -> ft.Control:
    """Draw the chosen part of the team."""
    app = use_app()
    chosen, choose = ft.use_state("people")
    team = app.workspace.team
    if not team.may_grant:
        return detail_page(
            title=t("staff.title"), back_to="/more", body=[quiet(t("staff.not_here"))]
        )
    parts = ["people", "cases", "devices", "inbox"] if team.may_manage else ["people", "cases"]
    if not team.may_manage:
        parts.append("inbox")
    bodies = {
        "people": _people_part,
        "cases": _cases_part,
        "devices": _devices_part,
        "inbox": _inbox_part,
    }
    add = None
    if team.may_manage and chosen == "people":
        add = primary_button(
            "add-person",
            t("staff.add"),
            lambda: app.open_panel("staff-add"),
            icon=ft.Icons.PERSON_ADD_ALT,
        )
    return detail_page(
        title=t("staff.title"),
        back_to="/more",
        body=[
            segments(
                identifier="team",
                choices=[Choice(name, t(f"staff.part.{name}")) for name in parts],
                chosen=chosen,
                on_choose=choose,
            ),
            bodies[chosen](key=chosen),
        ],
        primary=add,
    )


def _column(controls: list[ft.Control]) -> ft.Control:
    return ft.Column(
        spacing=tokens.SPACE_S,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=controls,
    )


# --- people and cases ------------------------------------------------------------------------


@part
def _people_part() -> ft.Control:
    app = use_app()
    people = ft.use_memo(app.workspace.team.people.all, [app.state.revision])
    return _column([_person_line(app, person) for person in people])


def person_words(person: Person) -> str:
    """Return a person's name, with "you" beside one's own."""
    name = person.name or t("staff.no_name")
    return f"{name} ({t('staff.me')})" if person.is_me else name


def _person_line(app: Controller, person: Person) -> ft.Control:
    parts = [t(f"centre_role.{person.role}"), t("staff.devices", count=person.devices)]
    if not person.is_active:
        parts = [t("staff.ended")]
    return menu_line(
        identifier=f"person-{person.staff_id}",
        icon=ft.Icons.PERSON_OUTLINE if person.is_active else ft.Icons.PERSON_OFF_OUTLINED,
        title=person_words(person),
        words=" · ".join(parts),
        on_click=lambda: app.open_panel("staff-person", staff_id=person.staff_id),
    )


@part
def _cases_part() -> ft.Control:
    app = use_app()
    aliases = ft.use_memo(app.workspace.caseload.aliases, [app.state.revision])
    if not aliases:
        return quiet(t("staff.cases_none"))
    named = sorted(aliases.items(), key=lambda each: each[1].casefold())
    return _column([_case_line(app, case_id, alias) for case_id, alias in named])


def _case_line(app: Controller, case_id: str, alias: str) -> ft.Control:
    return menu_line(
        identifier=f"case-{case_id}",
        icon=ft.Icons.FOLDER_SHARED_OUTLINED,
        title=alias,
        on_click=lambda: app.open_panel("case-access", case_id=case_id),
    )


# --- devices and codes -----------------------------------------------------------------------


@part
def _devices_part() -> ft.Control:
    app = use_app()
    team = app.workspace.team
    asked = use_fetched(lambda: (team.devices.all(), team.codes.all()), [app.state.revision])
    ending, set_ending = ft.use_state("")

    async def revoke() -> None:
        device_id = ending
        set_ending("")
        await app.run(team.devices.revoke, device_id)
        app.changed()
        app.tell(t("staff.revoked_now"))

    async def cancel(code_id: str) -> None:
        await app.run(team.codes.cancel, code_id)
        app.changed()
        app.tell(t("staff.cancelled"))

    async def confirm() -> None:
        count = await app.run(team.devices.certify)
        app.changed()
        app.tell(t("staff.confirmed", count=count))

    use_confirm_dialog(
        is_open=bool(ending),
        title=t("staff.revoke"),
        words=t("staff.revoke_help"),
        confirm=t("staff.revoke"),
        on_confirm=revoke,
        on_cancel=lambda: set_ending(""),
    )

    def draw(answer: tuple[list[TeamDevice], list[CodeView]]) -> list[ft.Control]:
        devices, codes = answer
        open_codes = [code for code in codes if code.state == "open"]
        return [
            *([_device_line(device, set_ending) for device in devices] or _none("devices")),
            secondary_button("confirm-devices", t("staff.confirm_devices"), confirm),
            section_header(t("staff.codes")),
            *([_code_line(app, code, cancel) for code in open_codes] or _none("codes")),
        ]

    return _column(asked.or_words(draw))


def _none(what: str) -> list[ft.Control]:
    return [quiet(t(f"staff.{what}_none"))]


def _device_line(device: TeamDevice, end: object) -> ft.Control:
    states = [t(f"device_state.{device.state}")]
    if device.state == "active":
        states.append(t("staff.certified" if device.is_certified else "staff.not_certified"))
    name = device.name or t("staff.no_name")
    name = f"{name} ({t('staff.me')})" if device.is_me else name
    trailing = None
    if device.state in ("active", "pending") and not device.is_me:
        trailing = text_action(
            f"revoke-{device.device_id}",
            t("staff.revoke"),
            lambda: end(device.device_id),  # type: ignore[operator]
        )
    return _row(ft.Icons.PHONE_ANDROID, name, " · ".join(states), trailing)


def _code_line(app: Controller, code: CodeView, cancel: object) -> ft.Control:
    when = moment_words(code.ends_at, app.workspace.notebook.today())
    return _row(
        ft.Icons.QR_CODE_2,
        t("staff.code_of", name=code.name or t("staff.no_name")),
        t("staff.code_ends", when=when),
        text_action(
            f"cancel-{code.code_id}",
            t("staff.cancel_code"),
            lambda: cancel(code.code_id),  # type: ignore[operator]
        ),
    )


def _row(icon: ft.IconData, title: str, words: str, trailing: ft.Control | None) -> ft.Control:
    row: list[ft.Control] = [
        ft.Icon(icon, color=ft.Colors.PRIMARY),
        ft.Column(
            expand=True,
            spacing=2,
            tight=True,
            controls=[ft.Text(title, size=tokens.LEAD), quiet(words, size=tokens.CAPTION)],
        ),
    ]
    if trailing is not None:
        row.append(trailing)
    return ft.Container(
        padding=ft.Padding.symmetric(horizontal=tokens.SPACE_S, vertical=tokens.SPACE_XS),
        content=ft.Row(spacing=tokens.SPACE_M, controls=row),
    )


# --- the inbox ---------------------------------------------------------------------------------


@part
def _inbox_part() -> ft.Control:
    app = use_app()
    asked = use_fetched(app.workspace.team.inbox.open, [app.state.revision])
    aliases = app.workspace.caseload.aliases()

    def draw(items: list[LateWork]) -> list[ft.Control]:
        if not items:
            return _none("inbox")
        return [quiet(t("staff.inbox_help")), *(_late_line(app, work, aliases) for work in items)]

    return _column(asked.or_words(draw))


def _late_line(app: Controller, work: LateWork, aliases: dict[str, str]) -> ft.Control:
    kind = None if work.text is None else str(work.text.get("kind"))
    alias = aliases.get(work.case_id)
    title = t("sync.of_person", kind=kind_words(kind), alias=alias) if alias else kind_words(kind)
    when = moment_words(work.received_at, app.workspace.notebook.today())
    return menu_line(
        identifier=f"late-{work.item_id}",
        icon=ft.Icons.INBOX_OUTLINED,
        title=title,
        words=t("staff.late_by", name=work.name or t("staff.no_name"), when=when),
        on_click=lambda: app.open_panel("late-work", work=work),
    )


def grant_state(kind: str) -> tuple[Tone, str]:
    """Return the chip of a grant."""
    key = f"grant_kind.{kind}"
    return Tone.PLAIN, t(key) if key in translator() else t("grant_kind.other")


def grant_chip(kind: str) -> ft.Control:
    """Return why somebody has access, as a state."""
    return state_chip(*grant_state(kind))
