"""Who a participant is: details, the safe-contact rule, dialling by it, closing the case."""

from dataclasses import replace
from typing import Any

import flet as ft

from field_app.domain.records.participant import Participant, SafeContact
from field_app.domain.vocabulary import Channel, ParticipantKind
from field_app.locales.catalog import LANGUAGES
from field_app.ui import tokens
from field_app.ui.components.basics import (
    primary_button,
    quiet,
    secondary_button,
    text_action,
)
from field_app.ui.components.choices import Choice, choice_chips, toggled
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.field_words import CHANNEL_ICONS
from field_app.ui.components.fields import date_field, field_error, text_field
from field_app.ui.components.panels import panel_page
from field_app.ui.components.parent_safety import is_unanswered, not_safe_line, safety_question
from field_app.ui.components.safe_contact import safe_contact_rule
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import day_of
from field_app.ui.context import use_app
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator

CLASSIFICATIONS = ("identified", "high_risk")
SAFE_CHANNELS = tuple(channel for channel in Channel if channel is not Channel.FACE_TO_FACE)


def person_values(person: Participant) -> dict[str, Any]:
    """Return a participant's details as a form keeps them."""
    return {
        "alias": person.alias,
        "full_name": person.full_name,
        "birth_date": person.birth_date.isoformat() if person.birth_date else "",
        "pronouns": person.pronouns,
        "language": person.language,
        "county": person.residence_county,
        "classification": person.classification,
        "relationship": person.relationship,
        "phone": person.phone,
    }


def with_values(person: Participant, values: dict[str, Any]) -> Participant:
    """Return the participant with the details of a form."""
    return replace(
        person,
        alias=values["alias"].strip(),
        full_name=values["full_name"].strip(),
        birth_date=day_of(values["birth_date"]),
        pronouns=values["pronouns"].strip(),
        language=values["language"].strip(),
        residence_county=values["county"].strip(),
        classification=values["classification"],
        relationship=values["relationship"].strip(),
        phone=values["phone"].strip(),
    )


def person_fields(draft: FormDraft, kind: ParticipantKind) -> list[ft.Control]:
    """Return the fields of a participant's details."""

    def field(name: str, **more: Any) -> ft.Control:
        return text_field(
            identifier=name.replace("_", "-"),
            label=t(f"person.field.{name}"),
            value=draft[name],
            on_change=draft.setter(name),
            error=draft.error_of(name),
            **more,
        )

    fields = [field("alias", helper=t("person.alias_help"))]
    if kind is ParticipantKind.PARENT:
        fields.append(field("relationship"))
    fields.append(field("phone", keyboard=ft.KeyboardType.PHONE))
    if kind is ParticipantKind.YOUTH:
        fields += [
            ft.Row(
                wrap=True,
                controls=[
                    date_field(
                        identifier="birth-date",
                        label=t("person.field.birth_date"),
                        value=day_of(draft["birth_date"]),
                        on_change=lambda day: draft.set(birth_date=day.isoformat()),
                    )
                ],
            ),
            field_error(draft.error_of("birth_date")),
            field("county"),
            choice_chips(
                identifier="classification",
                label=t("person.field.classification"),
                choices=[Choice(word, t(f"classification.{word}")) for word in CLASSIFICATIONS],
                chosen=draft["classification"],
                on_choose=lambda value: draft.set(
                    classification="" if draft["classification"] == value else value
                ),
            ),
        ]
    fields += [
        choice_chips(
            identifier="spoken",
            label=t("person.field.language"),
            choices=[Choice(code, t(f"language.{code}")) for code in LANGUAGES],
            chosen=draft["language"],
            on_choose=lambda value: draft.set(language="" if draft["language"] == value else value),
        ),
        field("pronouns"),
        field("full_name", helper=t("person.full_name_help")),
    ]
    return fields


@part
def person_panel(*, case_id: str) -> ft.Control:
    """Draw the form of a participant's details."""
    app = use_app()
    person: Participant | None = ft.use_memo(
        lambda: app.workspace.caseload.find(case_id), [case_id, app.state.revision]
    )
    if person is None:
        return panel_page(title=t("person.details"), body=[quiet(t("person.not_here"))])
    form: ft.Control = _person_form(key=case_id, person=person)
    return form


@part
def _person_form(*, person: Participant) -> ft.Control:
    app = use_app()
    draft = use_draft(f"person:{person.case_id}", person_values(person), case_id=person.case_id)
    caseload = app.workspace.caseload

    async def save() -> None:
        await finish(
            app,
            draft,
            lambda: caseload.save_participant(with_values(person, draft.values)),
            undo=lambda _saved: caseload.save_participant(person, reason="taken back at once"),
        )

    return panel_page(
        title=t("person.details"),
        body=[
            *person_fields(draft, person.participant_kind),
            field_error(draft.other_error),
        ],
        primary=primary_button("person-save", t("common.save"), save),
    )


@part
def safe_contact_panel(*, case_id: str) -> ft.Control:
    """Draw the form of the safe-contact rule."""
    app = use_app()
    person: Participant | None = ft.use_memo(
        lambda: app.workspace.caseload.find(case_id), [case_id, app.state.revision]
    )
    if person is None:
        return panel_page(title=t("safe.title"), body=[quiet(t("person.not_here"))])
    form: ft.Control = _safe_form(key=case_id, person=person)
    return form


@part
def _safe_form(*, person: Participant) -> ft.Control:
    app = use_app()
    rule = person.safe_contact
    draft = use_draft(
        f"safe:{person.case_id}",
        {
            "channels": [channel.value for channel in rule.channels],
            "hours": rule.hours,
            "code_word": rule.code_word,
            "voicemail": {None: "", True: "yes", False: "no"}[rule.voicemail_ok],
            "note": rule.note,
        },
        case_id=person.case_id,
    )
    caseload = app.workspace.caseload

    def changed() -> Participant:
        values = draft.values
        agreed = SafeContact(
            channels=tuple(c for c in Channel if c.value in values["channels"]),
            hours=values["hours"].strip(),
            code_word=values["code_word"].strip(),
            voicemail_ok={"": None, "yes": True, "no": False}[values["voicemail"]],
            note=values["note"].strip(),
        )
        return replace(person, safe_contact=agreed)

    async def save() -> None:
        await finish(
            app,
            draft,
            lambda: caseload.save_participant(changed()),
            undo=lambda _saved: caseload.save_participant(person, reason="taken back at once"),
        )

    speak = translator()
    return panel_page(
        title=t("safe.title"),
        body=[
            quiet(t("safe.help")),
            choice_chips(
                identifier="safe-channel",
                label=t("safe.which_channels"),
                choices=[Choice(c.value, speak.word(c), CHANNEL_ICONS[c]) for c in SAFE_CHANNELS],
                chosen=draft["channels"],
                on_choose=lambda value: draft.set(channels=toggled(draft["channels"], value)),
            ),
            text_field(
                identifier="safe-hours",
                label=t("safe.when"),
                helper=t("safe.when_help"),
                value=draft["hours"],
                on_change=draft.setter("hours"),
            ),
            text_field(
                identifier="safe-code",
                label=t("safe.code"),
                helper=t("safe.code_help"),
                value=draft["code_word"],
                on_change=draft.setter("code_word"),
            ),
            choice_chips(
                identifier="voicemail",
                label=t("safe.voicemail"),
                choices=[
                    Choice("yes", t("safe.voicemail_yes")),
                    Choice("no", t("safe.voicemail_no")),
                ],
                chosen=draft["voicemail"],
                on_choose=lambda value: draft.set(
                    voicemail="" if draft["voicemail"] == value else value
                ),
            ),
            text_field(
                identifier="safe-note",
                label=t("safe.note"),
                value=draft["note"],
                on_change=draft.setter("note"),
                lines=2,
            ),
            field_error(draft.problem or None),
        ],
        primary=primary_button("safe-save", t("common.save"), save),
    )


@part
def dial_panel(*, case_id: str) -> ft.Control:
    """Draw the rule of contact before the number can be dialled."""
    app = use_app()
    person: Participant | None = ft.use_memo(
        lambda: app.workspace.caseload.find(case_id), [case_id, app.state.revision]
    )
    if person is None:
        return panel_page(title=t("dial.title"), body=[quiet(t("person.not_here"))])
    if is_unanswered(person):
        return panel_page(title=t("dial.title"), body=[safety_question(app, person)])
    number = "".join(c for c in person.phone if c.isdigit() or c == "+")

    async def launch(scheme: str) -> None:
        await ft.UrlLauncher().launch_url(f"{scheme}:{number}")

    body: list[ft.Control] = [*not_safe_line(person), safe_contact_rule(person)]
    if number:
        body.append(ft.Text(person.phone, size=tokens.HEADLINE, weight=ft.FontWeight.W_600))
        body.append(
            ft.Row(
                spacing=tokens.SPACE_S,
                controls=[
                    _wide(
                        secondary_button(
                            "dial-text",
                            t("dial.text"),
                            lambda: launch("sms"),
                            icon=ft.Icons.SMS_OUTLINED,
                        )
                    ),
                    _wide(
                        secondary_button(
                            "dial-log",
                            t("dial.log"),
                            lambda: app.open_panel("log", case_id=case_id),
                            icon=ft.Icons.EDIT_NOTE,
                        )
                    ),
                ],
            )
        )
    else:
        body.append(quiet(t("dial.no_number")))
        body.append(
            text_action(
                "dial-details",
                t("person.details"),
                lambda: app.open_panel("person", case_id=case_id),
            )
        )
    return panel_page(
        title=t("dial.title_with", alias=person.alias),
        body=body,
        primary=primary_button(
            "dial-call", t("dial.call"), lambda: launch("tel"), icon=ft.Icons.PHONE
        )
        if number
        else None,
    )


def _wide(control: ft.Control) -> ft.Control:
    return ft.Container(expand=True, content=control)


@part
def close_case_panel(*, case_id: str) -> ft.Control:
    """Draw the closing of a case; its services have to be ended first."""
    app = use_app()
    draft = use_draft(f"close:{case_id}", {"day": "", "reason": ""}, case_id=case_id)
    caseload = app.workspace.caseload
    today = app.workspace.notebook.today()

    async def save() -> None:
        values = dict(draft.values)
        await finish(
            app,
            draft,
            lambda: caseload.close_case(
                case_id, closed_on=day_of(values["day"]) or today, reason=values["reason"]
            ),
            undo=lambda saved: caseload.save_participant(
                replace(saved, closed_on=None, close_reason=""), reason="taken back at once"
            ),
        )

    return panel_page(
        title=t("close_case.title"),
        body=[
            quiet(t("close_case.help")),
            ft.Row(
                wrap=True,
                controls=[
                    date_field(
                        identifier="close-day",
                        label=t("close_case.day"),
                        value=day_of(draft["day"]) or today,
                        last=today,
                        on_change=lambda day: draft.set(day=day.isoformat()),
                    )
                ],
            ),
            text_field(
                identifier="reason",
                label=t("services.reason"),
                value=draft["reason"],
                on_change=draft.setter("reason"),
                error=draft.error_of("reason"),
                lines=2,
            ),
            field_error(draft.other_error),
        ],
        primary=primary_button("close-save", t("close_case.title"), save),
    )
