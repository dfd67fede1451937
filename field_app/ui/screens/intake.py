"""Intake: a new youth or parent, the referral, the gate of the policy, the first services.

The gate refuses a youth who is missing, unless a supervisor decides otherwise and says why; it
warns, and lets through, where county or age lie outside the policy.
"""

from typing import Any

import flet as ft

from field_app.domain.records.participant import Participant
from field_app.domain.records.service import Referral
from field_app.domain.vocabulary import ParticipantKind, Phase, Service
from field_app.services.intake import GateFinding, IntakeEntry, new_participant
from field_app.ui import tokens
from field_app.ui.components.basics import primary_button, quiet, section_header, text_action
from field_app.ui.components.choices import Choice, choice_chips, toggled
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.folds import fold
from field_app.ui.components.frame import detail_page
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import moment_of, when_fields
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import pane
from field_app.ui.i18n import t, translator
from field_app.ui.screens.person import person_fields, person_values, with_values
from field_app.ui.screens.service import startable

PARENT_OF = "parent-of-"
MOMENTS = ("submitted", "assigned")


@pane
def intake_screen() -> ft.Control:
    """Draw the intake that the route names: `youth`, `parent`, or `parent-of-<case id>`."""
    about = ft.use_route_params().get("about", "youth")
    shown: ft.Control = _intake(key=about, about=about)
    return shown


@pane
def _intake(*, about: str) -> ft.Control:
    app = use_app()
    kind = ParticipantKind.YOUTH if about == "youth" else ParticipantKind.PARENT
    linked = about.removeprefix(PARENT_OF) if about.startswith(PARENT_OF) else ""
    draft = use_draft(f"intake:{about}", _blank(app, kind))
    is_more_open, set_more_open = ft.use_state(False)
    youth: Participant | None = app.workspace.caseload.find(linked) if linked else None

    async def save() -> None:
        participant = _participant(kind, draft.values, linked)
        intake = app.workspace.intake
        opened: list[Participant] = []

        def work() -> None:
            opened.append(intake.open_case(_entry(app, participant, draft.values)))

        if await finish(app, draft, work):
            app.navigate(f"/caseload/{opened[0].case_id}")

    details = person_fields(draft, kind)
    body: list[ft.Control] = [
        *_restored(draft),
        *([quiet(t("intake.linked_to", alias=youth.alias))] if youth else []),
        *details[:1],
        *(_referral(app, draft) if kind is ParticipantKind.YOUTH else []),
        *_services(draft, kind),
        fold(
            identifier="intake-more",
            title=t("intake.more"),
            words=t("intake.more_help"),
            is_open=is_more_open,
            on_toggle=lambda: set_more_open(not is_more_open),
            controls=details[1:],
        ),
        *(_gate(app, draft) if kind is ParticipantKind.YOUTH else []),
        field_error(draft.other_error),
    ]
    return detail_page(
        title=t(f"intake.title_{kind}"),
        back_to="/caseload",
        is_root_pane=True,
        body=body,
        primary=primary_button("intake-save", t("intake.save"), save, icon=ft.Icons.CHECK),
    )


def _blank(app: Controller, kind: ParticipantKind) -> dict[str, Any]:
    offered = startable(kind, ())
    role = app.workspace.phases.service_of_writer()
    first = role if role in offered else offered[0]
    blank = person_values(new_participant(participant_kind=kind))
    for name in MOMENTS:
        blank |= {f"{name}_day": "", f"{name}_time": "", f"has_{name}": False}
    return blank | {
        "is_missing": False,
        "override_by": "",
        "override_reason": "",
        "services": [first.value],
        "phase": Phase.STABILIZATION.value,
    }


def _participant(kind: ParticipantKind, values: dict[str, Any], linked: str) -> Participant:
    person = new_participant(participant_kind=kind, linked_youth_id=linked or None)
    return with_values(person, values)


def _entry(app: Controller, participant: Participant, values: dict[str, Any]) -> IntakeEntry:
    now = app.workspace.notebook.now()

    def moment(name: str) -> Any:
        if not values[f"has_{name}"]:
            return None
        return moment_of(values[f"{name}_day"], values[f"{name}_time"], now) or now

    assigned = moment("assigned")
    referral = Referral(
        case_id=participant.case_id,
        submitted_at=moment("submitted"),
        assigned_at=assigned,
        was_missing=values["is_missing"],
        override_by=values["override_by"].strip(),
        override_reason=values["override_reason"].strip(),
    )
    is_youth = participant.participant_kind is ParticipantKind.YOUTH
    return IntakeEntry(
        participant=participant,
        referral=referral if is_youth else None,
        services=tuple(Service(word) for word in values["services"]),
        phase=Phase(values["phase"]),
        received_at=assigned,
    )


def _restored(draft: FormDraft) -> list[ft.Control]:
    if not draft.was_restored:
        return []
    return [
        ft.Row(
            controls=[
                ft.Icon(ft.Icons.RESTORE, size=tokens.TITLE, color=ft.Colors.PRIMARY),
                ft.Container(expand=True, content=quiet(t("draft.restored"))),
                text_action("draft-discard", t("draft.start_over"), draft.start_over),
            ]
        )
    ]


def _referral(app: Controller, draft: FormDraft) -> list[ft.Control]:
    lines: list[ft.Control] = [
        section_header(t("referral.title")),
        quiet(t("intake.referral_help")),
    ]
    for name in MOMENTS:
        lines += _moment(app, draft, name)
    lines.append(
        choice_chips(
            identifier="is-missing",
            label=t("intake.is_missing"),
            choices=[Choice("no", t("intake.not_missing")), Choice("yes", t("intake.missing"))],
            chosen="yes" if draft["is_missing"] else "no",
            on_choose=lambda value: draft.set(is_missing=value == "yes"),
        )
    )
    return lines


def _moment(app: Controller, draft: FormDraft, name: str) -> list[ft.Control]:
    chip = choice_chips(
        identifier=name,
        label=t(f"intake.{name}"),
        choices=[Choice("no", t("intake.unknown")), Choice("yes", t("intake.known"))],
        chosen="yes" if draft[f"has_{name}"] else "no",
        on_choose=lambda value: draft.set(**{f"has_{name}": value == "yes"}),
    )
    if not draft[f"has_{name}"]:
        return [chip]
    return [
        chip,
        when_fields(
            identifier=name,
            day=draft[f"{name}_day"],
            clock=draft[f"{name}_time"],
            now=app.workspace.notebook.now(),
            on_day=draft.setter(f"{name}_day"),
            on_clock=draft.setter(f"{name}_time"),
        ),
    ]


def _services(draft: FormDraft, kind: ParticipantKind) -> list[ft.Control]:
    speak = translator()
    chosen: list[str] = draft["services"]
    parts: list[ft.Control] = [
        choice_chips(
            identifier="service",
            label=t("intake.services"),
            choices=[Choice(s.value, speak.word(s)) for s in startable(kind, ())],
            chosen=chosen,
            on_choose=lambda value: draft.set(services=toggled(chosen, value)),
        )
    ]
    if Service.ADVOCACY in chosen:
        parts.append(
            choice_chips(
                identifier="phase",
                label=t("services.first_phase"),
                choices=[Choice(phase.value, speak.word(phase)) for phase in Phase],
                chosen=draft["phase"],
                on_choose=draft.setter("phase"),
            )
        )
    return parts


def _gate(app: Controller, draft: FormDraft) -> list[ft.Control]:
    """Return what the gate finds, said before anything is saved."""
    participant = _participant(ParticipantKind.YOUTH, draft.values, "")
    referral = Referral(case_id=participant.case_id, was_missing=draft["is_missing"])
    findings = app.workspace.intake.check(IntakeEntry(participant=participant, referral=referral))
    rules = app.workspace.intake.rules
    lines: list[ft.Control] = [
        ft.Row(
            spacing=tokens.SPACE_S,
            vertical_alignment=ft.CrossAxisAlignment.START,
            controls=[
                ft.Icon(ft.Icons.WARNING_AMBER, size=tokens.TITLE, color=ft.Colors.TERTIARY),
                ft.Text(
                    t(f"gate.{finding}", county=rules.county, age=rules.age_below),
                    expand=True,
                    size=tokens.BODY,
                ),
            ],
        )
        for finding in findings
    ]
    if not lines:
        return []
    if GateFinding.MISSING in findings:
        lines += [
            text_field(
                identifier=name.replace("_", "-"),
                label=t(f"gate.{name}"),
                value=draft[name],
                on_change=draft.setter(name),
                error=draft.error_of(name),
            )
            for name in ("override_by", "override_reason")
        ]
    return [section_header(t("gate.title")), *lines]
