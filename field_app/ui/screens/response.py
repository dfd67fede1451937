"""A first response: two clocks, "I am here", and check lists of one tap each.

Nothing is asked for that is not needed at the scene, and nothing clinical has a place here.
"""

from collections.abc import Callable, Iterable
from enum import StrEnum
from typing import Any, TypeVar

import flet as ft

from field_app.domain.records.contact import COUNTY_ZONE
from field_app.domain.records.first_response import (
    BackpackItem,
    LateReason,
    MedicalHubOutcome,
    Necessity,
    PartyPresent,
    PlacementType,
)
from field_app.domain.records.response_clocks import ResponseClocks
from field_app.domain.records.safety_plan import SafetyPlanKind
from field_app.domain.records.service import FirstResponse
from field_app.ui.components.basics import (
    card,
    icon_action,
    primary_button,
    quiet,
    secondary_button,
    section_header,
)
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.folds import fold
from field_app.ui.components.live_clock import live_clock
from field_app.ui.components.panels import panel_page
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.components.writing import write
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator
from field_app.ui.screens.response_around import (
    PARTIES,
    backpacks_left,
    observed,
    staying_close,
)
from field_app.ui.screens.safety_plan import open_safety_plan

W = TypeVar("W", bound=StrEnum)


async def start_response(app: Controller, case_id: str | None = None) -> None:
    """Start a first response now, and show it. One tap."""
    response = await app.run(lambda: app.workspace.responses.start(case_id))
    app.changed()
    app.open_panel("response", response_id=response.record_id)


async def arrive(app: Controller, response_id: str) -> None:
    """Note "I am here" now. One tap."""
    await write(app, lambda: app.workspace.responses.arrive(response_id))


@part
def response_panel(*, response_id: str) -> ft.Control:
    """Draw one first response."""
    app = use_app()
    response = ft.use_memo(
        lambda: app.workspace.responses.find(response_id), [response_id, app.state.revision]
    )
    draft = use_draft(
        f"response:{response_id}",
        {"hand_off": "", "close_reason": ""},
        case_id=None if response is None else response.case_id,
    )
    opened, open_fold = ft.use_state("")
    if response is None:
        return panel_page(title=t("response.title"), body=[quiet(t("response.not_here"))])
    standing = app.workspace.responses.clocks(response)
    alias = app.workspace.caseload.aliases().get(response.case_id, "")
    body: list[ft.Control] = [quiet(_called_words(response, alias))]
    if standing is not None:
        body.append(_clocks(app, response, standing))
    if response.safety_plan_at is None:
        body.append(_plan(app, response))
    if standing is not None and standing.is_late and response.arrived_at is not None:
        body.append(_late_reason(app, response))
    body += [
        _many(app, response, "necessities", Necessity, app.workspace.responses.set_necessities),
        _many(app, response, "backpack", BackpackItem, app.workspace.responses.set_backpack),
        *backpacks_left(app),
        *_parties(app, response),
        _hub(app, response),
        *_meetings(app, response),
        _placement(app, response),
        *staying_close(app, response),
        *observed(app, response),
        _folded(
            "hand-off",
            t("response.hand_off"),
            opened,
            open_fold,
            _hand_off(app, response, draft),
        ),
    ]
    if response.closed_on is None:
        body.append(
            _folded("close", t("response.close"), opened, open_fold, _close(app, response, draft))
        )
    return panel_page(title=t("response.title"), body=body, primary=_next_step(app, response))


def _next_step(app: Controller, response: FirstResponse) -> ft.Control | None:
    """Return the one thing that comes next."""
    if response.arrived_at is None:
        return primary_button(
            "arrive",
            t("response.arrive"),
            lambda: arrive(app, response.record_id),
            icon=ft.Icons.LOCATION_ON_OUTLINED,
        )
    if response.safety_plan_at is None:
        return primary_button(
            "plan-made",
            t("response.plan_made"),
            lambda: write(app, lambda: app.workspace.responses.note_plan(response.record_id)),
            icon=ft.Icons.TASK_ALT,
        )
    return None


def _called_words(response: FirstResponse, alias: str) -> str:
    called = response.called_at
    if called is None:
        return alias
    local = called.astimezone(COUNTY_ZONE)
    day, clock = translator().date(local.date()), translator().time(local)
    return t("response.called", alias=alias, day=day, time=clock)


def _clocks(app: Controller, response: FirstResponse, standing: ResponseClocks) -> ft.Control:
    now = app.workspace.notebook.now
    if response.arrived_at is None:
        arrival: ft.Control = live_clock(
            key="arrival", title=t("response.arrive_by"), due_at=standing.arrival_due_at, now=now
        )
    else:
        arrival = _done_line(
            t("response.arrived", minutes=_minutes_to_arrive(response)),
            Tone.LATE if standing.is_late else Tone.DONE,
            t("response.late") if standing.is_late else t("response.in_time"),
        )
    if response.safety_plan_at is None:
        plan: ft.Control = live_clock(
            key="plan", title=t("response.plan_by"), due_at=standing.plan_due_at, now=now
        )
    else:
        plan = _done_line(t("response.plan"), Tone.DONE, t("response.done"))
    return card(arrival, plan, identifier="response-clocks")


def _plan(app: Controller, response: FirstResponse) -> ft.Control:
    """Return the way to the 72-hour plan; finishing it there closes its clock here."""

    async def open_plan() -> None:
        app.close_panel()
        await open_safety_plan(app, response.case_id, SafetyPlanKind.HOURS_72)

    return ft.Row(
        controls=[
            secondary_button(
                "write-plan",
                translator().word(SafetyPlanKind.HOURS_72),
                open_plan,
                icon=ft.Icons.MORE_TIME,
            )
        ]
    )


def _minutes_to_arrive(response: FirstResponse) -> int:
    if response.called_at is None or response.arrived_at is None:
        return 0
    return int((response.arrived_at - response.called_at).total_seconds() // 60)


def _done_line(words: str, tone: Tone, state: str) -> ft.Control:
    return ft.Row(
        wrap=True,
        alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
        controls=[quiet(words), state_chip(tone, state)],
    )


def _late_reason(app: Controller, response: FirstResponse) -> ft.Control:
    return choice_chips(
        identifier="late-reason",
        label=t("response.late_reason"),
        choices=_choices(LateReason),
        chosen=response.late_reason or None,
        on_choose=lambda value: write(
            app,
            lambda: app.workspace.responses.give_late_reason(response.record_id, LateReason(value)),
        ),
    )


def _many(
    app: Controller,
    response: FirstResponse,
    field: str,
    kind: type[W],
    save: Callable[[str, Iterable[W]], FirstResponse],
) -> ft.Control:
    """Return a check list: each tap gives or takes back one thing."""
    given: tuple[W, ...] = getattr(response, field)

    async def choose(value: str) -> None:
        word = kind(value)
        changed = [other for other in given if other is not word]
        if word not in given:
            changed.append(word)
        await write(app, lambda: save(response.record_id, changed))

    return choice_chips(
        identifier=field,
        label=t(f"response.{field}"),
        choices=_choices(kind),
        chosen=[word.value for word in given],
        on_choose=choose,
    )


def _parties(app: Controller, response: FirstResponse) -> list[ft.Control]:
    responses = app.workspace.responses
    present = {party.role: party for party in response.parties}

    async def choose(role: str) -> None:
        party = present.get(role)
        if party is None:
            await write(
                app, lambda: responses.put_party(response.record_id, PartyPresent(role=role))
            )
        else:
            await write(app, lambda: responses.remove_party(response.record_id, party.item_id))

    others = [party for role, party in present.items() if role not in PARTIES]
    return [
        choice_chips(
            identifier="parties",
            label=t("response.parties"),
            choices=[Choice(role, t(f"response.party.{role}")) for role in PARTIES],
            chosen=list(present),
            on_choose=choose,
        ),
        *(_other_party(app, response, party) for party in others),
    ]


def _other_party(app: Controller, response: FirstResponse, party: PartyPresent) -> ft.Control:
    words = " · ".join(word for word in (party.role, party.agency, party.name) if word)
    return ft.Row(
        controls=[
            ft.Text(words, expand=True),
            icon_action(
                f"party-{party.item_id}-remove",
                ft.Icons.CLOSE,
                t("response.remove_party", who=words),
                lambda: write(
                    app,
                    lambda: app.workspace.responses.remove_party(response.record_id, party.item_id),
                ),
            ),
        ]
    )


def _hub(app: Controller, response: FirstResponse) -> ft.Control:
    return choice_chips(
        identifier="hub",
        label=t("response.hub"),
        choices=_choices(MedicalHubOutcome),
        chosen=response.medical_hub_outcome or None,
        on_choose=lambda value: write(
            app,
            lambda: app.workspace.responses.note_medical_hub(
                response.record_id, MedicalHubOutcome(value)
            ),
        ),
    )


def _meetings(app: Controller, response: FirstResponse) -> list[ft.Control]:
    """Return the two meetings of the protocol: a button until each has met, then its time."""
    responses = app.workspace.responses
    meetings: tuple[tuple[str, Any, Callable[[str], FirstResponse]], ...] = (
        ("emergency_mdt", response.emergency_mdt_at, responses.note_emergency_mdt),
        ("initial_mdt", response.initial_mdt_at, responses.note_initial_mdt),
    )
    lines: list[ft.Control] = [section_header(t("response.meetings"))]
    for name, met_at, note in meetings:
        if met_at is not None:
            local = met_at.astimezone(COUNTY_ZONE)
            when = t(
                "response.met",
                day=translator().date(local.date()),
                time=translator().time(local),
            )
            lines.append(_done_line(t(f"response.{name}"), Tone.DONE, when))
        else:
            lines.append(
                secondary_button(
                    name.replace("_", "-"),
                    t(f"response.{name}_met"),
                    _noting(app, note, response.record_id),
                    icon=ft.Icons.GROUPS_OUTLINED,
                )
            )
    return lines


def _noting(
    app: Controller, note: Callable[[str], FirstResponse], response_id: str
) -> Callable[[], Any]:
    return lambda: write(app, lambda: note(response_id))


def _placement(app: Controller, response: FirstResponse) -> ft.Control:
    chosen = response.placement

    async def choose(value: str) -> None:
        picked = None if chosen is not None and chosen.value == value else PlacementType(value)
        await write(app, lambda: app.workspace.responses.set_placement(response.record_id, picked))

    return choice_chips(
        identifier="placement",
        label=t("response.placement"),
        choices=_choices(PlacementType),
        chosen=chosen.value if chosen else None,
        on_choose=choose,
    )


def _folded(
    name: str,
    title: str,
    opened: str,
    open_fold: Callable[[str], Any],
    controls: list[ft.Control],
) -> ft.Control:
    return fold(
        identifier=f"fold-{name}",
        title=title,
        is_open=opened == name,
        on_toggle=lambda: open_fold("" if opened == name else name),
        controls=controls,
    )


def _hand_off(app: Controller, response: FirstResponse, draft: FormDraft) -> list[ft.Control]:
    async def hand_off() -> None:
        await _submit(
            app,
            draft,
            "hand_off",
            lambda name: app.workspace.responses.hand_off(response.record_id, to_name=name),
        )

    done = [
        quiet(
            t(
                "response.handed_off",
                name=step.to_name,
                time=translator().time(step.at.astimezone(COUNTY_ZONE)),
            )
        )
        for step in response.hand_offs
        if step.at is not None
    ]
    return [
        *done,
        text_field(
            identifier="hand-off-to",
            label=t("response.hand_off_to"),
            value=draft["hand_off"],
            on_change=draft.setter("hand_off"),
            error=draft.error_of("to_name"),
        ),
        secondary_button("hand-off-save", t("response.hand_off_save"), hand_off),
    ]


def _close(app: Controller, response: FirstResponse, draft: FormDraft) -> list[ft.Control]:
    async def close() -> None:
        await _submit(
            app,
            draft,
            "close_reason",
            lambda words: app.workspace.responses.close(response.record_id, reason=words),
        )

    return [
        quiet(t("response.close_help")),
        text_field(
            identifier="close-reason",
            label=t("response.close_reason"),
            value=draft["close_reason"],
            on_change=draft.setter("close_reason"),
            error=draft.error_of("close_reason"),
            lines=2,
        ),
        field_error(draft.other_error),
        secondary_button("close-save", t("response.close"), close),
    ]


async def _submit(
    app: Controller, draft: FormDraft, field: str, work: Callable[[str], FirstResponse]
) -> None:
    """Save one field of the draft and empty it; the panel stays open."""

    def save() -> FirstResponse:
        return work(draft[field])

    try:
        await write(app, save)
    finally:
        app.changed()
    draft.set(**{field: ""})


def _choices(kind: type[W]) -> list[Choice]:
    return [Choice(word.value, translator().word(word)) for word in kind]
