"""One contact: what was written, its correction with the reason, and who changed what."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

import flet as ft

from field_app.domain.records.change import Change, ChangeAction
from field_app.domain.records.contact import Contact
from field_app.domain.vocabulary import Channel, Outcome, PlaceType
from field_app.ui import tokens
from field_app.ui.components.basics import primary_button, quiet, secondary_button, section_header
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.field_words import (
    CHANNEL_ICONS,
    contact_when,
    contact_words,
    local,
    moment_words,
    service_words,
)
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.panels import panel_page
from field_app.ui.components.when import moment_of, when_fields
from field_app.ui.components.writing import confirm
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator
from field_app.ui.screens.log_contact import minutes_of


@part
def contact_panel(*, record_id: str, is_correcting: bool = False) -> ft.Control:
    """Draw a contact, or the form that corrects it."""
    app = use_app()
    is_form, show_form = ft.use_state(is_correcting)
    contact: Contact | None = ft.use_memo(
        lambda: app.workspace.contacts.find(record_id), [record_id, app.state.revision]
    )
    changes: list[Change] = ft.use_memo(
        lambda: app.workspace.contacts.history(record_id), [record_id, app.state.revision]
    )
    if contact is None:
        return panel_page(title=t("contact.title"), body=[quiet(t("contact.gone"))])
    if is_form:
        form: ft.Control = _correction(
            key="form", contact=contact, on_done=lambda: show_form(False)
        )
        return form
    return panel_page(
        title=t("contact.title"),
        body=[*_written(app, contact), *_history(app, changes)],
        primary=secondary_button(
            "contact-correct", t("contact.correct"), lambda: show_form(True), icon=ft.Icons.EDIT
        ),
    )


def _written(app: Controller, contact: Contact) -> list[ft.Control]:
    person = app.workspace.caseload.find(contact.case_id)
    lines: list[ft.Control] = [
        ft.Row(
            spacing=tokens.SPACE_S,
            controls=[
                ft.Icon(CHANNEL_ICONS[contact.channel], color=ft.Colors.PRIMARY),
                ft.Text(contact_words(contact), theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            ],
        ),
        quiet(contact_when(contact, app.workspace.notebook.today())),
    ]
    if person is not None:
        lines.insert(0, ft.Text(person.alias, size=tokens.LEAD))
    if contact.services:
        lines.append(quiet(t("log.counts_for", services=service_words(contact.services))))
    goals = app.workspace.caseload.goal_words(contact.case_id, contact.goal_ids)
    if goals:
        lines.append(quiet(t("contact.goals", goals=", ".join(goals))))
    if contact.purposes:
        purposes = ", ".join(translator().word(one) for one in contact.purposes)
        lines.append(quiet(t("contact.purposes", purposes=purposes)))
    lines.append(
        ft.Text(contact.note, size=tokens.LEAD) if contact.note else quiet(t("contact.no_note"))
    )
    if contact.correction_reason:
        lines.append(quiet(t("contact.corrected_because", reason=contact.correction_reason)))
    return lines


def _history(app: Controller, changes: list[Change]) -> list[ft.Control]:
    names = app.workspace.caseload.staff_names()
    today = app.workspace.notebook.today()
    return [
        section_header(t("contact.history")),
        *(
            ft.Column(
                spacing=2,
                controls=[
                    ft.Text(
                        t(
                            f"contact.change.{change.action}",
                            who=names.get(change.author_id) or t("contact.somebody"),
                        ),
                        size=tokens.BODY,
                    ),
                    quiet(moment_words(change.at, today), size=tokens.CAPTION),
                    *([quiet(change.reason)] if change.reason else []),
                    *(quiet(words) for words in _differences(change)),
                ],
            )
            for change in changes
        ),
    ]


def _differences(change: Change) -> list[str]:
    """Return what an edit changed, field by field, in words."""
    if change.action is not ChangeAction.EDITED:
        return []
    named = [name for name in change.after if name in SHOWN_FIELDS]
    return [
        t(
            "contact.difference",
            field=t(f"contact.field.{name}"),
            before=_value_words(name, change.before),
            after=_value_words(name, change.after),
        )
        for name in named
    ]


SHOWN_FIELDS = ("at", "channel", "outcome", "minutes", "place_type", "note")


def _value_words(name: str, values: Mapping[str, Any]) -> str:
    value = values.get(name)
    if value in (None, ""):
        return t("contact.empty")
    speak = translator()
    if name == "at":
        here = local(datetime.fromisoformat(str(value)))
        return f"{speak.date(here.date())}, {speak.time(here)}"
    words = {"channel": Channel, "outcome": Outcome, "place_type": PlaceType}.get(name)
    return speak.word(words(value)) if words is not None else str(value)


@part
def _correction(*, contact: Contact, on_done: Any) -> ft.Control:
    app = use_app()
    here = local(contact.at)
    draft = use_draft(
        f"correction:{contact.record_id}",
        {
            "channel": contact.channel.value,
            "outcome": contact.outcome.value,
            "minutes": "" if contact.minutes is None else str(contact.minutes),
            "place_type": contact.place_type.value if contact.place_type else "",
            "note": contact.note,
            "day": here.date().isoformat(),
            "time": f"{here:%H:%M}",
            "reason": "",
        },
        case_id=contact.case_id,
    )

    async def save() -> None:
        workspace, now = app.workspace, app.workspace.notebook.now()
        saved = await draft.submit(
            lambda: _save(
                app, _corrected(contact, draft.values, now), draft.values["reason"], draft.form
            )
        )
        if saved is not None:
            on_done()
            confirm(
                app,
                contact,
                lambda before: workspace.contacts.correct(
                    before, reason=t("contact.correction_undone")
                ),
            )

    speak = translator()
    return panel_page(
        title=t("contact.correct"),
        body=[
            quiet(t("contact.correct_help")),
            text_field(
                identifier="reason",
                label=t("contact.reason"),
                value=draft["reason"],
                on_change=draft.setter("reason"),
                error=draft.error_of("reason"),
            ),
            choice_chips(
                identifier="channel",
                label=t("log.how"),
                choices=[Choice(c.value, speak.word(c), CHANNEL_ICONS[c]) for c in Channel],
                chosen=draft["channel"],
                on_choose=draft.setter("channel"),
            ),
            choice_chips(
                identifier="outcome",
                label=t("contact.field.outcome"),
                choices=[Choice(o.value, speak.word(o)) for o in Outcome],
                chosen=draft["outcome"],
                on_choose=draft.setter("outcome"),
            ),
            when_fields(
                identifier="when",
                day=draft["day"],
                clock=draft["time"],
                now=app.workspace.notebook.now(),
                on_day=draft.setter("day"),
                on_clock=draft.setter("time"),
            ),
            *_more(draft),
            field_error(draft.other_error),
        ],
        primary=primary_button("correction-save", t("contact.save_correction"), save),
    )


def _more(draft: FormDraft) -> list[ft.Control]:
    return [
        text_field(
            identifier="minutes-typed",
            label=t("log.minutes"),
            value=draft["minutes"],
            on_change=draft.setter("minutes"),
            error=draft.error_of("minutes"),
            keyboard=ft.KeyboardType.NUMBER,
        ),
        choice_chips(
            identifier="place",
            label=t("log.place"),
            choices=[Choice(p.value, translator().word(p)) for p in PlaceType],
            chosen=draft["place_type"],
            on_choose=lambda value: draft.set(
                place_type="" if draft["place_type"] == value else value
            ),
        ),
        text_field(
            identifier="note",
            label=t("log.note"),
            value=draft["note"],
            on_change=draft.setter("note"),
            lines=3,
        ),
    ]


def _corrected(contact: Contact, values: dict[str, Any], now: datetime) -> Contact:
    here = local(contact.at)
    is_moved = (values["day"], values["time"]) != (here.date().isoformat(), f"{here:%H:%M}")
    moved = moment_of(values["day"], values["time"], now) if is_moved else contact.at
    return replace(
        contact,
        at=moved or contact.at,  # a time that was left alone keeps its seconds
        channel=Channel(values["channel"]),
        outcome=Outcome(values["outcome"]),
        minutes=minutes_of(values["minutes"]),
        place_type=PlaceType(values["place_type"]) if values["place_type"] else None,
        note=values["note"].strip(),
    )


def _save(app: Controller, contact: Contact, reason: str, form: str) -> Contact:
    saved: Contact = app.workspace.contacts.correct(contact, reason=reason, form=form)
    return saved
