"""Demands for records: logged, told to the participant and to counsel, and never simply answered.

While one is held nothing of the case is purged (X-05).
"""

from typing import Any

import flet as ft

from field_app.domain.records.duties import DemandKind, RecordsDemand, is_held
from field_app.ui import tokens
from field_app.ui.components.basics import card, primary_button, quiet, secondary_button
from field_app.ui.components.draft_choices import one_of
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.frame import detail_page
from field_app.ui.components.lists import empty_state
from field_app.ui.components.panels import panel_page
from field_app.ui.components.routed import routed_pane
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import day_of, when_fields
from field_app.ui.components.writing import write
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator


@routed_pane("case_id")
def demands_screen(*, case_id: str) -> ft.Control:
    """Draw the demands about the participant of the route."""
    app = use_app()
    demands = app.workspace.demands
    found = ft.use_memo(lambda: demands.of_case(case_id), [case_id, app.state.revision])
    may_decide = ft.use_memo(app.workspace.agency.may_manage, [app.state.revision])
    body: list[ft.Control] = [quiet(t("demand.lead"))]
    body += [_demand(app, one, may_decide=may_decide) for one in reversed(found)]
    if not found:
        body.append(
            empty_state(icon=ft.Icons.GAVEL, title=t("demand.none_title"), words=t("demand.none"))
        )
    return detail_page(
        title=t("demand.title"),
        back_to=f"/caseload/{case_id}",
        body=body,
        primary=primary_button(
            "add-demand",
            t("demand.add"),
            lambda: app.open_panel("demand", case_id=case_id),
            icon=ft.Icons.ADD,
        ),
    )


def _demand(app: Controller, one: RecordsDemand, *, may_decide: bool) -> ft.Control:
    speak, today = translator(), app.workspace.notebook.today()
    name = f"demand-{one.record_id}"
    received = speak.date(one.received_on) if one.received_on else "?"
    held = is_held(one, today)
    chip = (
        state_chip(Tone.SOON, t("demand.held"))
        if held
        else state_chip(Tone.PLAIN, t("demand.released"))
    )
    lines: list[ft.Control] = [
        ft.Row(
            wrap=True,
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            controls=[
                ft.Text(speak.word(one.demand), theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
                chip,
            ],
        ),
        quiet(t("demand.from_on", who=one.from_whom, day=received)),
    ]
    steps: tuple[tuple[str, Any], ...] = (
        ("participant_told_on", one.participant_told_on),
        ("counsel_told_on", one.counsel_told_on),
    )
    for field, day in steps:
        if day is not None:
            lines.append(
                ft.Row(
                    wrap=True,
                    spacing=tokens.SPACE_S,
                    controls=[
                        quiet(t(f"demand.{field}")),
                        state_chip(Tone.DONE, speak.date(day)),
                    ],
                )
            )
        else:
            lines.append(_telling(app, one, field))
    if one.outcome:
        lines.append(quiet(one.outcome))
    if held and may_decide:
        lines.append(
            secondary_button(
                f"{name}-release",
                t("demand.release"),
                lambda: app.open_panel(
                    "demand-release", case_id=one.case_id, demand_id=one.record_id
                ),
                icon=ft.Icons.LOCK_OPEN,
            )
        )
    elif held:
        lines.append(quiet(t("demand.supervisor_releases")))
    lines.append(
        secondary_button(
            f"{name}-outcome",
            t("demand.note_outcome"),
            lambda: app.open_panel("demand-outcome", case_id=one.case_id, demand_id=one.record_id),
            icon=ft.Icons.EDIT,
        )
    )
    return card(*lines, identifier=name)


def _telling(app: Controller, one: RecordsDemand, field: str) -> ft.Control:
    today = app.workspace.notebook.today()
    demands = app.workspace.demands
    noted: dict[str, Any] = {field: today}
    return secondary_button(
        f"demand-{one.record_id}-{field.replace('_', '-')}",
        t(f"demand.note_{field}"),
        lambda: write(app, lambda: demands.note(one.record_id, **noted)),
        icon=ft.Icons.CHECK,
    )


@part
def demand_panel(*, case_id: str) -> ft.Control:
    """Draw the form of a demand that came."""
    app = use_app()
    draft = use_draft(
        f"demand:{case_id}", {"demand_kind": "", "from_whom": "", "day": ""}, case_id=case_id
    )

    async def save() -> None:
        if not draft["demand_kind"]:
            draft.refuse("demand_kind", t("demand.kind_needed"))
            return
        values = dict(draft.values)
        demands = app.workspace.demands
        await finish(
            app,
            draft,
            lambda: demands.log(
                case_id,
                DemandKind(values["demand_kind"]),
                from_whom=values["from_whom"],
                received_on=day_of(values["day"]),
            ),
        )

    return panel_page(
        title=t("demand.add"),
        body=[
            quiet(app.workspace.caseload.aliases().get(case_id, "")),
            quiet(t("demand.lead")),
            one_of(draft, "demand_kind", t("demand.kind"), DemandKind),
            field_error(draft.error_of("demand_kind")),
            text_field(
                identifier="demand-from",
                label=t("demand.from_whom"),
                value=draft["from_whom"],
                on_change=draft.setter("from_whom"),
                error=draft.error_of("from_whom"),
            ),
            when_fields(
                identifier="demand",
                label=t("demand.received"),
                day=draft["day"],
                clock="",
                now=app.workspace.notebook.now(),
                on_day=draft.setter("day"),
            ),
            field_error(draft.other_error),
        ],
        primary=primary_button("demand-save", t("common.save"), save, icon=ft.Icons.CHECK),
    )


@part
def demand_outcome_panel(*, case_id: str, demand_id: str) -> ft.Control:
    """Draw what came of a demand, in a few words."""
    app = use_app()
    demands = app.workspace.demands
    return _words_panel(
        app,
        case_id,
        demand_id,
        form="outcome",
        save_as=lambda words: demands.note(demand_id, outcome=words),
    )


@part
def demand_release_panel(*, case_id: str, demand_id: str) -> ft.Control:
    """Draw the end of a hold with its reason."""
    app = use_app()
    demands = app.workspace.demands
    return _words_panel(
        app,
        case_id,
        demand_id,
        form="release",
        save_as=lambda words: demands.release_hold(demand_id, reason=words),
    )


def _words_panel(
    app: Controller, case_id: str, demand_id: str, *, form: str, save_as: Any
) -> ft.Control:
    found = ft.use_memo(
        lambda: app.workspace.demands.of_case(case_id), [case_id, app.state.revision]
    )
    one = next((each for each in found if each.record_id == demand_id), None)
    before = one.outcome if one is not None else ""
    draft = use_draft(f"demand-{form}:{case_id}/{demand_id}", {"outcome": before}, case_id=case_id)
    if one is None:
        return panel_page(title=t("demand.title"), body=[quiet(t("meeting.gone"))])

    async def save() -> None:
        typed = str(draft["outcome"])
        await finish(app, draft, lambda: save_as(typed))

    return panel_page(
        title=translator().word(one.demand),
        body=[
            quiet(t(f"demand.{form}_form.help")),
            text_field(
                identifier="demand-outcome",
                label=t(f"demand.{form}_form.words"),
                value=draft["outcome"],
                on_change=draft.setter("outcome"),
                error=draft.error_of("outcome"),
                lines=2,
                is_autofocused=True,
            ),
            field_error(draft.other_error),
        ],
        primary=primary_button(
            "outcome-save", t(f"demand.{form}_form.save"), save, icon=ft.Icons.CHECK
        ),
    )
