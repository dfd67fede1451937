"""Who may see a case: give access, for good or as cover until a day, and end it."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta

import flet as ft

from field_app.domain.records.contact import COUNTY_ZONE
from field_app.services.case_access import Access
from field_app.services.people import Person
from field_app.ui import tokens
from field_app.ui.components.basics import primary_button, quiet, section_header, text_action
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.dialogs import use_confirm_dialog
from field_app.ui.components.field_words import local
from field_app.ui.components.fields import date_field, field_error
from field_app.ui.components.panels import panel_page
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator
from field_app.ui.screens.team import grant_chip, person_words

WITHDRAWABLE = ("opened", "granted", "cover")


@part
def case_access_panel(*, case_id: str) -> ft.Control:
    """Draw who has access and the way to give or end it."""
    app = use_app()
    team = app.workspace.team
    access = ft.use_memo(lambda: team.access.of_case(case_id), [app.state.revision, case_id])
    people = ft.use_memo(team.people.all, [app.state.revision])
    chosen, choose = ft.use_state("")
    is_cover, set_cover = ft.use_state(False)
    today = app.workspace.notebook.today()
    last_day, set_last_day = ft.use_state(today + timedelta(days=7))
    problem, set_problem = ft.use_state("")
    ending, set_ending = ft.use_state("")
    is_busy, set_busy = ft.use_state(False)

    async def grant() -> None:
        if not chosen:
            set_problem(t("staff.choose_person"))
            return
        # Cover ends when its last day has ended, by the county's clock.
        ends = datetime.combine(last_day + timedelta(days=1), time(), COUNTY_ZONE)
        set_busy(True)
        try:
            await app.run(
                lambda: team.access.grant(case_id, chosen, until=ends if is_cover else None)
            )
        finally:
            set_busy(False)
        choose("")
        app.changed()
        app.tell(t("staff.granted"))

    async def withdraw() -> None:
        grant_id = ending
        set_ending("")
        await app.run(team.access.withdraw, case_id, grant_id)
        app.changed()
        app.tell(t("staff.withdrawn"))

    named = {each.grant_id: each.name or t("staff.no_name") for each in access}
    use_confirm_dialog(
        is_open=bool(ending),
        title=t("staff.withdraw"),
        words=t("staff.withdraw_help", name=named.get(ending, "")),
        confirm=t("staff.withdraw"),
        on_confirm=withdraw,
        on_cancel=lambda: set_ending(""),
    )

    def pick(staff_id: str) -> None:
        choose("" if staff_id == chosen else staff_id)
        set_problem("")

    have = {each.staff_id for each in access if each.is_live}
    others = [each for each in people if each.is_active and each.staff_id not in have]
    alias = app.workspace.caseload.aliases().get(case_id, "")
    lines = [_access_line(each, set_ending) for each in access if each.is_live]
    return panel_page(
        title=t("staff.access_of", alias=alias),
        body=[
            section_header(t("staff.access_title")),
            *(lines or [quiet(t("staff.access_none"))]),
            *_grant_form(others, chosen, pick),
            *_cover_fields(app, is_cover, set_cover, last_day, set_last_day, bool(others)),
            field_error(problem),
        ],
        primary=primary_button("grant", t("staff.grant"), grant, is_busy=is_busy)
        if others
        else None,
    )


def _access_line(access: Access, end: Callable[[str], None]) -> ft.Control:
    row: list[ft.Control] = [
        ft.Column(
            expand=True,
            spacing=tokens.SPACE_XS,
            tight=True,
            controls=[
                ft.Text(access.name or t("staff.no_name"), size=tokens.LEAD),
                ft.Row(wrap=True, controls=[grant_chip(access.kind), *_until(access)]),
            ],
        )
    ]
    if access.kind in WITHDRAWABLE:
        row.append(
            text_action(
                f"withdraw-{access.grant_id}",
                t("staff.withdraw"),
                lambda: end(access.grant_id),
            )
        )
    return ft.Row(spacing=tokens.SPACE_M, controls=row)


def _until(access: Access) -> list[ft.Control]:
    if access.until is None:
        return []
    day = (local(access.until) - timedelta(seconds=1)).date()
    return [quiet(t("staff.until_day", day=translator().date(day)), size=tokens.CAPTION)]


def _grant_form(others: list[Person], chosen: str, pick: Callable[[str], None]) -> list[ft.Control]:
    if not others:
        return [section_header(t("staff.grant")), quiet(t("staff.grant_nobody"))]
    return [
        choice_chips(
            identifier="grant-to",
            label=t("staff.grant_to"),
            choices=[Choice(each.staff_id, person_words(each)) for each in others],
            chosen=chosen,
            on_choose=pick,
        )
    ]


def _cover_fields(
    app: Controller,
    is_cover: bool,
    set_cover: Callable[[bool], None],
    last_day: date,
    set_last_day: Callable[[date], None],
    is_shown: bool,
) -> list[ft.Control]:
    if not is_shown:
        return []
    fields: list[ft.Control] = [
        choice_chips(
            identifier="cover",
            label=t("staff.how_long"),
            choices=[Choice("yes", t("staff.cover_until"))],
            chosen="yes" if is_cover else None,
            on_choose=lambda _value: set_cover(not is_cover),
        )
    ]
    if is_cover:
        fields.append(
            date_field(
                identifier="cover-day",
                label=t("staff.cover_day"),
                value=last_day,
                first=app.workspace.notebook.today(),
                on_change=set_last_day,
            )
        )
    return fields
