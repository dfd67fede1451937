"""A running service: move on to the next phase, extend, note as stabilized, end. Start one.

Nothing moves by itself; each decision carries its day and, where it takes time away or adds it, a
reason.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import flet as ft

from field_app.domain.records.service import Decision, PhasePeriod, ServicePeriod
from field_app.domain.vocabulary import ParticipantKind, Phase, Service
from field_app.errors import InputError
from field_app.services.phases import NEXT_PHASE
from field_app.ui.components.basics import primary_button, quiet
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.fields import LATEST_DAY, date_field, field_error, text_field
from field_app.ui.components.panels import panel_page
from field_app.ui.components.parent_safety import is_unanswered, safety_question
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import day_of, moment_of, when_fields
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator

MOVE_ON, STABILIZED, EXTEND, END = "move_on", "stabilized", "extend", "end"


@dataclass(frozen=True)
class _Running:
    """The service that runs, and its open phase where it has phases."""

    period: ServicePeriod
    phase: PhasePeriod | None

    @property
    def decisions(self) -> tuple[str, ...]:
        if self.phase is None:
            return (STABILIZED, EXTEND, END)
        return (MOVE_ON, EXTEND, END) if self.phase.phase in NEXT_PHASE else (EXTEND, END)

    @property
    def period_id(self) -> str:
        """What an extension lengthens: the phase, or the first month of the service."""
        return self.period.record_id if self.phase is None else self.phase.record_id


@part
def service_panel(*, case_id: str, service: str = Service.ADVOCACY.value) -> ft.Control:
    """Draw the decisions about a running service."""
    app = use_app()
    draft = use_draft(
        f"service:{case_id}/{service}",
        {"decision": "", "day": "", "until": "", "reason": ""},
        case_id=case_id,
    )
    running = ft.use_memo(
        lambda: _running(app, case_id, Service(service)), [case_id, service, app.state.revision]
    )
    title = translator().word(Service(service))
    if running is None:
        return panel_page(title=title, body=[quiet(t("services.not_running"))])

    async def save() -> None:
        if not draft["decision"]:
            draft.refuse("decision", t("services.decision_needed"))
            return
        if draft["decision"] == EXTEND and not draft["until"]:
            draft.refuse("until", t("services.until_needed"))
            return
        today = app.workspace.notebook.today()
        values = dict(draft.values)
        await finish(app, draft, lambda: _decide(app, case_id, running, values, today))

    return panel_page(
        title=title,
        body=[
            quiet(_standing(running)),
            choice_chips(
                identifier="decision",
                label=t("services.decision"),
                choices=[
                    Choice(word, _decision_words(word, running)) for word in running.decisions
                ],
                chosen=draft["decision"],
                on_choose=draft.setter("decision"),
            ),
            field_error(draft.error_of("decision")),
            *_fields(app, draft),
            field_error(draft.other_error),
        ],
        primary=primary_button("service-save", t("services.save"), save),
    )


def _running(app: Controller, case_id: str, service: Service) -> _Running | None:
    page = app.workspace.caseload.page(case_id)
    if page is None:
        return None
    periods = [p for p in page.records.services if p.service is service and p.ended_on is None]
    if not periods:
        return None
    phases = [
        phase
        for phase in page.records.phases
        if phase.service_period_id == periods[-1].record_id and phase.ends_on is None
    ]
    return _Running(periods[-1], phases[-1] if phases else None)


def _standing(running: _Running) -> str:
    speak = translator()
    if running.phase is not None and running.phase.starts_on is not None:
        return t(
            "services.in_phase",
            phase=speak.word(running.phase.phase),
            day=speak.date(running.phase.starts_on),
        )
    received = running.period.received_at
    return t("services.since", day=speak.date(received.date())) if received else ""


def _decision_words(decision: str, running: _Running) -> str:
    if decision == MOVE_ON and running.phase is not None:
        following = NEXT_PHASE[running.phase.phase]
        return t("services.move_on_to", phase=translator().word(following))
    return t(f"services.{decision}")


def _fields(app: Controller, draft: FormDraft) -> list[ft.Control]:
    decision = draft["decision"]
    if not decision:
        return []
    fields: list[ft.Control] = []
    today: date = app.workspace.notebook.today()
    if decision == EXTEND:
        fields.append(
            date_field(
                identifier="until",
                label=t("services.until"),
                value=day_of(draft["until"]),
                first=today,
                last=LATEST_DAY,
                on_change=lambda day: draft.set(until=day.isoformat()),
            )
        )
        fields.append(field_error(draft.error_of("until")))
    else:
        fields.append(
            date_field(
                identifier="decision-day",
                label=t(f"services.day.{decision}"),
                value=day_of(draft["day"]) or today,
                last=today + timedelta(days=31),
                on_change=lambda day: draft.set(day=day.isoformat()),
            )
        )
        fields.append(field_error(draft.error_of("day")))
    fields.append(
        text_field(
            identifier="reason",
            label=t("services.reason"),
            value=draft["reason"],
            on_change=draft.setter("reason"),
            error=draft.error_of("reason"),
        )
    )
    return fields


def _decide(
    app: Controller, case_id: str, running: _Running, values: dict[str, Any], today: date
) -> object:
    phases, reason = app.workspace.phases, values["reason"]
    day = day_of(values["day"]) or today
    steps: dict[str, Callable[[], object]] = {
        MOVE_ON: lambda: phases.move_on(running.period_id, starts_on=day, reason=reason),
        STABILIZED: lambda: phases.note_stabilized(
            case_id, running.period_id, on=day, reason=reason
        ),
        EXTEND: lambda: _extend(app, case_id, running, day_of(values["until"]) or today, reason),
        END: lambda: phases.end_service(running.period.record_id, ended_on=day, reason=reason),
    }
    return steps[values["decision"]]()


def _extend(app: Controller, case_id: str, running: _Running, until: date, reason: str) -> Decision:
    """Extend, unless the last day in force is as late already: the due list would refuse it."""
    phases, due_list = app.workspace.phases, app.workspace.due_list
    was_in_order = due_list.problem_of(case_id) is None
    decision: Decision = phases.extend(case_id, running.period_id, until=until, reason=reason)
    if was_in_order and due_list.problem_of(case_id) is not None:
        phases.take_back_decision(decision.record_id)
        raise InputError(
            "The last day in force is as late already.", field="until", code="extends_nothing"
        )
    return decision


@part
def start_service_panel(*, case_id: str) -> ft.Control:
    """Draw the services that can be started."""
    app = use_app()
    draft = use_draft(
        f"start:{case_id}",
        {"service": "", "phase": Phase.STABILIZATION.value, "day": "", "time": ""},
        case_id=case_id,
    )
    page = ft.use_memo(lambda: app.workspace.caseload.page(case_id), [case_id, app.state.revision])
    title = t("services.start")
    if page is None:
        return panel_page(title=title, body=[quiet(t("person.not_here"))])
    if is_unanswered(page.participant):
        return panel_page(title=title, body=[safety_question(app, page.participant)])
    open_to = startable(page.participant.participant_kind, page.entry.services)
    speak, notebook = translator(), app.workspace.notebook

    async def save() -> None:
        if not draft["service"]:
            draft.refuse("service", t("services.service_needed"))
            return
        values = dict(draft.values)
        await finish(
            app,
            draft,
            lambda: app.workspace.phases.start_service(
                case_id,
                Service(values["service"]),
                received_at=moment_of(values["day"], values["time"], notebook.now()),
                phase=Phase(values["phase"]),
            ),
        )

    body: list[ft.Control] = [
        choice_chips(
            identifier="service",
            label=t("services.which"),
            choices=[Choice(s.value, speak.word(s)) for s in open_to],
            chosen=draft["service"],
            on_choose=draft.setter("service"),
        ),
        field_error(draft.error_of("service")),
    ]
    if draft["service"] == Service.ADVOCACY:
        body.append(
            choice_chips(
                identifier="phase",
                label=t("services.first_phase"),
                choices=[Choice(phase.value, speak.word(phase)) for phase in Phase],
                chosen=draft["phase"],
                on_choose=draft.setter("phase"),
            )
        )
    body += [
        quiet(t("services.received_help")),
        when_fields(
            identifier="received",
            label=t("services.received"),
            day=draft["day"],
            clock=draft["time"],
            now=notebook.now(),
            on_day=draft.setter("day"),
            on_clock=draft.setter("time"),
        ),
        field_error(draft.other_error),
    ]
    return panel_page(
        title=title,
        body=body,
        primary=primary_button("service-start", t("services.start"), save),
    )


def startable(kind: ParticipantKind, running: tuple[Service, ...]) -> list[Service]:
    """Return the services that a participant of a kind can begin now."""
    is_parent = kind is ParticipantKind.PARENT
    offered = [s for s in Service if (s is Service.PARENT_ADVOCACY) is is_parent]
    return [service for service in offered if service not in running]


@part
def offer_panel(*, case_id: str) -> ft.Control:
    """Draw the offer of the Parent Empowerment Program and its answers; each closes the duty."""
    app = use_app()
    running = ft.use_memo(
        lambda: _running(app, case_id, Service.PARENT_ADVOCACY), [case_id, app.state.revision]
    )
    draft = use_draft(f"offer:{case_id}", {"answer": ""}, case_id=case_id)
    title = t("offer.title")
    if running is None:
        return panel_page(title=title, body=[quiet(t("services.not_running"))])

    async def save() -> None:
        if not draft["answer"]:
            draft.refuse("answer", t("offer.answer_needed"))
            return
        answer = draft["answer"]
        await finish(
            app,
            draft,
            lambda: app.workspace.phases.offer_empowerment(running.period.record_id, answer=answer),
        )

    return panel_page(
        title=title,
        body=[
            quiet(t("offer.help")),
            choice_chips(
                identifier="answer",
                label=t("offer.answer"),
                choices=[
                    Choice(word, t(f"offer.{word}")) for word in ("accepted", "later", "declined")
                ],
                chosen=draft["answer"],
                on_choose=draft.setter("answer"),
            ),
            field_error(draft.problem or None),
        ],
        primary=primary_button("offer-save", t("common.save"), save),
    )
