"""Log a contact: how, what else there is to say, and the outcome, which saves.

The outcome is the last tap because it is the save: reached and no answer are three taps from a line
of Today, four from Add. Everything that nobody must say is folded; a visit opens its own part.
"""

from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import flet as ft

from field_app.domain.records.contact import Contact, Goal
from field_app.domain.records.participant import Participant
from field_app.domain.vocabulary import Channel, ContactPurpose, Outcome, PlaceType, Service
from field_app.errors import InputError
from field_app.services.contacts import ContactEntry
from field_app.ui import tokens
from field_app.ui.components.basics import quiet, text_action
from field_app.ui.components.choices import Choice, choice_chips, toggled
from field_app.ui.components.draft_choices import some_of
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.field_words import CHANNEL_ICONS, service_words
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.folds import fold
from field_app.ui.components.outcome_buttons import outcome_buttons
from field_app.ui.components.panels import panel_page
from field_app.ui.components.parent_safety import is_unanswered, not_safe_line, safety_question
from field_app.ui.components.safe_contact import safe_contact_line
from field_app.ui.components.when import moment_of, when_fields
from field_app.ui.components.writing import confirm
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import Handler, part
from field_app.ui.i18n import t, translator

MINUTES = (15, 30, 45, 60, 90)  # one tap each; any other number is typed under the fold

BLANK: dict[str, Any] = {
    "channel": "",
    "minutes": "",
    "place_type": "",
    "services": [],
    "goal_ids": [],
    "new_goal": "",
    "purposes": [],
    "note": "",
    "day": "",
    "time": "",
}


def form_of(case_id: str) -> str:
    """Return the name of the draft of a contact with a participant."""
    return f"contact:{case_id}"


@dataclass(frozen=True)
class _Asked:
    """What the form needs to know of the participant."""

    participant: Participant
    running: tuple[Service, ...]
    credited: tuple[Service, ...]
    goals: tuple[Goal, ...]


@part
def log_contact_panel(*, case_id: str, service: str = "") -> ft.Control:
    """Draw the form. `service` is the one of the line it was opened from, to be credited."""
    app = use_app()
    draft = use_draft(form_of(case_id), BLANK, case_id=case_id)
    is_more_open, set_more_open = ft.use_state(bool(draft["note"] or draft["day"]))
    is_naming, name_goal = ft.use_state(False)
    asked = ft.use_memo(lambda: _ask(app, case_id, service), [case_id, service, app.state.revision])
    if asked is None:
        return panel_page(title=t("log.title"), body=[quiet(t("person.not_here"))])
    participant = asked.participant
    if is_unanswered(participant):
        return panel_page(
            title=t("log.title_with", alias=participant.alias),
            body=[safety_question(app, participant)],
        )

    async def save(outcome: Outcome) -> None:
        if not draft["channel"]:
            draft.refuse("channel", t("log.channel_needed"))
            return
        values = dict(draft.values)
        contacts, now = app.workspace.contacts, app.workspace.notebook.now()

        def write() -> Contact:
            entry = _entry(case_id, outcome, values, asked.credited, now)
            if values["new_goal"].strip():
                goal = app.workspace.plans.add_goal(case_id, values["new_goal"])
                values.update(goal_ids=[*values["goal_ids"], goal.record_id], new_goal="")
                # A contact that is refused now, or undone later, does not make the goal twice.
                draft.values = dict(values)
                entry = replace(entry, goal_ids=tuple(values["goal_ids"]))
            saved: Contact = contacts.log(entry, form=draft.form)
            return saved

        contact = await draft.submit(write)
        if contact is not None:
            app.close_panel()
            confirm(
                app,
                contact,
                lambda saved: _take_back(app, saved, draft.form, values),
                then=lambda: app.open_panel("log", case_id=case_id, service=service),
            )

    visit = draft["channel"] == Channel.FACE_TO_FACE
    body: list[ft.Control] = [
        *not_safe_line(participant),
        safe_contact_line(participant, chosen=draft["channel"]),
        *_restored(draft),
        choice_chips(
            identifier="channel",
            label=t("log.how"),
            choices=[
                Choice(channel.value, translator().word(channel), CHANNEL_ICONS[channel])
                for channel in Channel
            ],
            chosen=draft["channel"],
            on_choose=draft.setter("channel"),
        ),
        field_error(draft.error_of("channel")),
    ]
    visit_part = [
        *_visit_part(draft, asked.goals),
        *_new_goal(draft, is_open=is_naming, open_it=lambda: name_goal(True)),
    ]
    if visit:
        body += visit_part
    body.append(
        fold(
            identifier="log-more",
            title=t("log.more") if visit else t("log.more_with_minutes"),
            is_open=is_more_open,
            on_toggle=lambda: set_more_open(not is_more_open),
            controls=[
                *_note_and_time(app, draft),
                *([] if visit else visit_part),
                _services(draft, asked),
                some_of(draft, "purposes", t("log.purposes"), ContactPurpose),
            ],
        )
    )
    body.append(field_error(draft.other_error))
    return panel_page(
        title=t("log.title_with", alias=participant.alias),
        body=body,
        primary=outcome_buttons(save),
    )


def _ask(app: Controller, case_id: str, service: str) -> _Asked | None:
    page = app.workspace.caseload.page(case_id)
    if page is None:
        return None
    running = page.entry.services
    credited = (
        (Service(service),)
        if service and Service(service) in running
        else app.workspace.contacts.likely_services(case_id)
    )
    # A goal is in the youth's words: not shown while the lease hides the case.
    is_closed = app.workspace.sync.lease.hides([case_id])
    goals = tuple(goal for goal in page.goals if goal.reached_on is None and not is_closed)
    return _Asked(page.participant, running, credited, goals)


def _entry(
    case_id: str,
    outcome: Outcome,
    values: dict[str, Any],
    credited: tuple[Service, ...],
    now: datetime,
) -> ContactEntry:
    return ContactEntry(
        case_id=case_id,
        channel=Channel(values["channel"]),
        outcome=outcome,
        at=moment_of(values["day"], values["time"], now),
        minutes=minutes_of(values["minutes"]),
        place_type=PlaceType(values["place_type"]) if values["place_type"] else None,
        services=tuple(Service(word) for word in values["services"]) or credited,
        goal_ids=tuple(values["goal_ids"]),
        purposes=tuple(ContactPurpose(word) for word in values["purposes"]),
        note=values["note"],
    )


def minutes_of(typed: str) -> int | None:
    """Return the minutes typed, None when there are none. Raises InputError for other words."""
    if not typed.strip():
        return None
    if not typed.strip().isdecimal():
        raise InputError("Minutes are a whole number.", field="minutes", code="not_a_number")
    return int(typed)


def _take_back(app: Controller, contact: Contact, form: str, values: dict[str, Any]) -> None:
    """Delete a contact saved by mistake, and give back what was typed."""
    app.workspace.contacts.take_back(contact.record_id)
    app.workspace.drafts.save(form, values, case_id=contact.case_id)


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


def _visit_part(draft: FormDraft, goals: tuple[Goal, ...]) -> list[ft.Control]:
    speak = translator()
    parts: list[ft.Control] = [
        choice_chips(
            identifier="minutes",
            label=t("log.minutes"),
            choices=[Choice(str(minutes), str(minutes)) for minutes in MINUTES],
            chosen=draft["minutes"],
            on_choose=lambda value: draft.set(minutes="" if draft["minutes"] == value else value),
        ),
        choice_chips(
            identifier="place",
            label=t("log.place"),
            choices=[Choice(place.value, speak.word(place)) for place in PlaceType],
            chosen=draft["place_type"],
            on_choose=lambda value: draft.set(
                place_type="" if draft["place_type"] == value else value
            ),
        ),
    ]
    if goals:
        parts.append(
            choice_chips(
                identifier="goal",
                label=t("log.goals"),
                choices=[Choice(goal.record_id, goal.words) for goal in goals],
                chosen=draft["goal_ids"],
                on_choose=lambda value: draft.set(goal_ids=toggled(draft["goal_ids"], value)),
            )
        )
    return parts


def _new_goal(draft: FormDraft, *, is_open: bool, open_it: Handler) -> list[ft.Control]:
    """Return the place for a goal that came up in this contact; it is saved with it."""
    if not (is_open or draft["new_goal"]):
        return [ft.Row(controls=[text_action("goal-new", t("log.new_goal"), open_it)])]
    return [
        text_field(
            identifier="new-goal",
            label=t("log.new_goal"),
            helper=t("plans.goal_help"),
            value=draft["new_goal"],
            on_change=draft.setter("new_goal"),
            is_autofocused=is_open,
        )
    ]


def _note_and_time(app: Controller, draft: FormDraft) -> list[ft.Control]:
    return [
        text_field(
            identifier="note",
            label=t("log.note"),
            value=draft["note"],
            on_change=draft.setter("note"),
            helper=t("log.note_help"),
            lines=3,
        ),
        when_fields(
            identifier="when",
            day=draft["day"],
            clock=draft["time"],
            now=app.workspace.notebook.now(),
            on_day=draft.setter("day"),
            on_clock=draft.setter("time"),
        ),
        text_field(
            identifier="minutes-typed",
            label=t("log.minutes"),
            value=draft["minutes"],
            on_change=draft.setter("minutes"),
            error=draft.error_of("minutes"),
            keyboard=ft.KeyboardType.NUMBER,
        ),
    ]


def _services(draft: FormDraft, asked: _Asked) -> ft.Control:
    if len(asked.running) < 2:
        return quiet(t("log.counts_for", services=service_words(asked.credited)))
    chosen = draft["services"] or [service.value for service in asked.credited]
    return choice_chips(
        identifier="service",
        label=t("log.services"),
        choices=[Choice(s.value, translator().word(s)) for s in asked.running],
        chosen=chosen,
        on_choose=lambda value: draft.set(services=toggled(chosen, value)),
    )
