"""Releases of information: who may be told what, until when, and what was told already.

A release is for one recipient, ends by itself, and can be taken back with one tap and one question.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import flet as ft

from field_app.domain.records.release import (
    ConfidentialityTalk,
    DataClass,
    Disclosure,
    LegalBasis,
    Release,
    SignerRole,
    is_live,
)
from field_app.locales.catalog import LANGUAGES
from field_app.services.releases import ReleaseEntry
from field_app.ui import tokens
from field_app.ui.components.basics import (
    card,
    primary_button,
    quiet,
    secondary_button,
    section_header,
    text_action,
)
from field_app.ui.components.choices import Choice, choice_chips, toggled
from field_app.ui.components.dialogs import use_confirm_dialog
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.drawn_mark import drawing_pad
from field_app.ui.components.field_words import language_words, moment_words
from field_app.ui.components.fields import date_field, field_error, text_field
from field_app.ui.components.folds import fold
from field_app.ui.components.frame import detail_page
from field_app.ui.components.lists import empty_state
from field_app.ui.components.panels import panel_page
from field_app.ui.components.routed import routed_pane
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import day_of, when_fields
from field_app.ui.components.writing import write
from field_app.ui.components.written_lines import written_line
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator


@dataclass(frozen=True)
class _Read:
    releases: list[Release]
    disclosures: list[Disclosure]
    talks: list[ConfidentialityTalk]


@routed_pane("case_id")
def releases_screen(*, case_id: str) -> ft.Control:
    """Draw the releases of the participant of the route."""
    app = use_app()
    asked, ask = ft.use_state("")
    is_open, set_open = ft.use_state(False)
    read = ft.use_memo(lambda: _read(app, case_id), [case_id, app.state.revision])
    today = app.workspace.notebook.today()

    async def revoke() -> None:
        release_id = asked
        ask("")
        await write(app, lambda: app.workspace.releases.revoke(release_id))

    use_confirm_dialog(
        is_open=bool(asked),
        title=t("releases.revoke_title"),
        words=t("releases.revoke_words"),
        confirm=t("releases.revoke"),
        on_confirm=revoke,
        on_cancel=lambda: ask(""),
    )
    body: list[ft.Control] = [quiet(t("releases.lead"))]
    in_force = [r for r in read.releases if is_live(r, today)]
    others = [r for r in read.releases if not is_live(r, today)]
    if not read.releases:
        body.append(
            empty_state(
                icon=ft.Icons.HANDSHAKE_OUTLINED,
                title=t("releases.none_title"),
                words=t("releases.none"),
            )
        )
    body += [_release(r, today, on_revoke=ask) for r in in_force]
    if others:
        body.append(section_header(t("releases.over")))
        body += [_release(r, today) for r in reversed(others)]
    body += _talks(app, case_id, read.talks)
    body.append(
        fold(
            identifier="fold-told",
            title=t("releases.disclosures"),
            words=t("releases.disclosure_count", count=len(read.disclosures)),
            is_open=is_open,
            on_toggle=lambda: set_open(not is_open),
            controls=[
                *(_disclosure(app, one) for one in reversed(read.disclosures)),
                ft.Row(
                    controls=[
                        secondary_button(
                            "disclose",
                            t("releases.disclose"),
                            lambda: app.open_panel("disclosure", case_id=case_id),
                            icon=ft.Icons.OUTBOX_OUTLINED,
                        )
                    ]
                ),
            ],
        )
    )
    return detail_page(
        title=t("releases.title"),
        back_to=f"/caseload/{case_id}",
        body=body,
        primary=primary_button(
            "add-release",
            t("releases.add"),
            lambda: app.open_panel("release", case_id=case_id),
            icon=ft.Icons.HANDSHAKE_OUTLINED,
        ),
    )


def _read(app: Controller, case_id: str) -> _Read:
    releases = app.workspace.releases
    return _Read(
        releases.of_case(case_id),
        releases.disclosures(case_id),
        releases.confidentiality_talks(case_id),
    )


def _words(classes: tuple[StrEnum, ...]) -> str:
    return ", ".join(translator().word(one) for one in classes)


def _release(release: Release, today: date, on_revoke: object = None) -> ft.Control:
    speak = translator()
    lines: list[ft.Control] = [
        ft.Row(
            wrap=True,
            alignment=ft.MainAxisAlignment.SPACE_BETWEEN,
            controls=[
                ft.Text(release.recipient, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
                state_chip(*_state(release, today)),
            ],
        ),
        quiet(release.purpose),
        ft.Text(_words(release.data_classes), size=tokens.BODY),
        quiet(t("releases.signed_by", who=speak.word(release.signer)), size=tokens.CAPTION),
    ]
    if callable(on_revoke):
        revoke = on_revoke
        lines.append(
            ft.Row(
                controls=[
                    text_action(
                        f"revoke-{release.record_id}",
                        t("releases.revoke"),
                        lambda: revoke(release.record_id),
                    )
                ]
            )
        )
    return card(*lines, identifier=f"release-{release.record_id}")


def _state(release: Release, today: date) -> tuple[Tone, str]:
    speak = translator()
    if release.revoked_on is not None and release.revoked_on <= today:
        return (Tone.PLAIN, t("releases.revoked", day=speak.date(release.revoked_on)))
    if release.starts_on is not None and release.starts_on > today:
        return (Tone.WAITING, t("releases.from", day=speak.date(release.starts_on)))
    until = release.expires_on or today
    if until < today:
        return (Tone.PLAIN, t("releases.ended", day=speak.date(until)))
    return (Tone.DONE, t("releases.until", day=speak.date(until)))


def _talks(app: Controller, case_id: str, talks: list[ConfidentialityTalk]) -> list[ft.Control]:
    words = t("releases.no_talk")
    if talks and talks[-1].held_on is not None:
        words = t("releases.talk_on", day=translator().date(talks[-1].held_on))
    return [
        section_header(t("releases.talk")),
        quiet(words),
        ft.Row(
            controls=[
                secondary_button(
                    "talk",
                    t("releases.talk_held"),
                    lambda: app.open_panel("confidentiality", case_id=case_id),
                    icon=ft.Icons.RECORD_VOICE_OVER_OUTLINED,
                )
            ]
        ),
    ]


def _disclosure(app: Controller, one: Disclosure) -> ft.Control:
    at = one.disclosed_at or one.created_at
    parts = (
        moment_words(at, app.workspace.notebook.today()),
        translator().word(one.basis),
        one.basis_note,
    )
    told = (one.recipient or t("releases.themselves"), _words(one.data_classes))
    return written_line(
        identifier=f"disclosure-{one.record_id}",
        words=" · ".join(told),
        note=" · ".join(word for word in parts if word),
        icon=ft.Icons.OUTBOX_OUTLINED,
    )


@part
def release_panel(*, case_id: str) -> ft.Control:
    """Draw the form of a release."""
    app = use_app()
    draft = use_draft(
        f"release:{case_id}",
        {
            "recipient": "",
            "purpose": "",
            "classes": [],
            "signer": SignerRole.YOUTH.value,
            "confirmed": [],
            "expires": "",
            "language": app.state.language,
            "initials": "",
            "strokes": [],
        },
        case_id=case_id,
    )

    async def save() -> None:
        values = draft.values
        entry = ReleaseEntry(
            case_id=case_id,
            recipient=values["recipient"],
            purpose=values["purpose"],
            data_classes=tuple(DataClass(word) for word in values["classes"]),
            signer=SignerRole(values["signer"]),
            signer_is_not_abuser="signer_is_not_abuser" in values["confirmed"],
            youth_agrees="youth_agrees" in values["confirmed"],
            expires_on=day_of(values["expires"]),
            initials=values["initials"],
            strokes=tuple(values["strokes"]),
            language=values["language"],
        )
        await finish(app, draft, lambda: app.workspace.releases.sign(entry))

    today = app.workspace.notebook.today()
    body: list[ft.Control] = [
        quiet(t("releases.help")),
        _field(draft, "recipient", helper=t("releases.recipient_help")),
        _field(draft, "purpose"),
        _classes(draft),
        field_error(_first_error(draft, "data_classes")),
        choice_chips(
            identifier="release-signer",
            label=t("releases.signer"),
            choices=[Choice(s.value, translator().word(s)) for s in SignerRole],
            chosen=draft["signer"],
            on_choose=draft.setter("signer"),
        ),
        _confirmations(draft),
        field_error(_first_error(draft, "signer_is_not_abuser", "youth_agrees")),
        ft.Row(
            wrap=True,
            controls=[
                date_field(
                    identifier="release-expires",
                    label=t("releases.expires"),
                    value=day_of(draft["expires"]),
                    first=today,
                    on_change=lambda day: draft.set(expires=day.isoformat()),
                )
            ],
        ),
        quiet(t("releases.expires_help"), size=tokens.CAPTION),
        field_error(_first_error(draft, "expires_on")),
        _language(draft, t("releases.language")),
        _field(draft, "initials", helper=t("safety_plan.initials_help")),
        drawing_pad(
            key="release-mark",
            identifier="release-mark",
            label=t("mark.or_draw"),
            strokes=draft["strokes"],
            on_change=draft.setter("strokes"),
        ),
        field_error(_first_error(draft, "mark", "strokes", "")),
    ]
    return panel_page(
        title=t("releases.add"),
        body=body,
        primary=primary_button(
            "release-save", t("releases.sign"), save, icon=ft.Icons.DRAW_OUTLINED
        ),
    )


def _first_error(draft: FormDraft, *fields: str) -> str | None:
    return draft.problem if draft.problem and draft.problem_field in fields else None


def _field(draft: FormDraft, name: str, helper: str | None = None) -> ft.Control:
    return text_field(
        identifier=f"release-{name}",
        label=t(f"releases.field.{name}"),
        helper=helper,
        value=draft[name],
        on_change=draft.setter(name),
        error=draft.error_of(name),
    )


def _classes(draft: FormDraft) -> ft.Control:
    return choice_chips(
        identifier="release-class",
        label=t("releases.classes"),
        choices=[Choice(c.value, translator().word(c)) for c in DataClass],
        chosen=draft["classes"],
        on_choose=lambda value: draft.set(classes=toggled(draft["classes"], value)),
    )


def _confirmations(draft: FormDraft) -> ft.Control:
    return choice_chips(
        identifier="release-confirm",
        label=t("releases.confirm"),
        choices=[
            Choice(name, t(f"releases.confirmed.{name}"))
            for name in ("youth_agrees", "signer_is_not_abuser")
        ],
        chosen=draft["confirmed"],
        on_choose=lambda value: draft.set(confirmed=toggled(draft["confirmed"], value)),
    )


def _language(draft: FormDraft, label: str) -> ft.Control:
    return choice_chips(
        identifier="explained-in",
        label=label,
        choices=[Choice(code, language_words(code)) for code in LANGUAGES],
        chosen=draft["language"],
        on_choose=draft.setter("language"),
    )


@part
def confidentiality_panel(*, case_id: str) -> ft.Control:
    """Draw the talk about the limits of confidentiality."""
    app = use_app()
    draft = use_draft(
        f"confidentiality:{case_id}",
        {"day": "", "language": app.state.language, "understood": ""},
        case_id=case_id,
    )

    async def save() -> None:
        values = draft.values
        await finish(
            app,
            draft,
            lambda: app.workspace.releases.log_confidentiality_talk(
                case_id,
                held_on=day_of(values["day"]),
                language=values["language"],
                understood={"yes": True, "no": False}.get(values["understood"]),
            ),
        )

    return panel_page(
        title=t("releases.talk"),
        body=[
            quiet(t("releases.talk_help")),
            _language(draft, t("releases.language")),
            choice_chips(
                identifier="understood",
                label=t("releases.understood"),
                choices=[Choice("yes", t("safety_plan.yes")), Choice("no", t("releases.again"))],
                chosen=draft["understood"] or None,
                on_choose=lambda value: draft.set(
                    understood="" if draft["understood"] == value else value
                ),
            ),
            when_fields(
                identifier="talk",
                day=draft["day"],
                clock="",
                now=app.workspace.notebook.now(),
                on_day=draft.setter("day"),
            ),
            field_error(draft.problem or None),
        ],
        primary=primary_button("talk-save", t("common.save"), save, icon=ft.Icons.CHECK),
    )


@part
def disclosure_panel(*, case_id: str) -> ft.Control:
    """Draw what was told to somebody, and on which basis."""
    app = use_app()
    draft = use_draft(
        f"disclosure:{case_id}",
        {"recipient": "", "classes": [], "basis": LegalBasis.RELEASE.value, "basis_note": ""},
        case_id=case_id,
    )

    async def save() -> None:
        values = draft.values
        classes = [DataClass(word) for word in values["classes"]]
        if not classes:
            draft.refuse("data_classes", t("errors.no_data_class"))
            return
        await finish(
            app,
            draft,
            lambda: app.workspace.releases.disclose(
                case_id,
                recipient=values["recipient"],
                data_classes=classes,
                basis=LegalBasis(values["basis"]),
                basis_note=values["basis_note"],
            ),
        )

    body: list[ft.Control] = [
        _field(draft, "recipient"),
        _classes(draft),
        field_error(_first_error(draft, "data_classes")),
        choice_chips(
            identifier="basis",
            label=t("releases.basis"),
            choices=[Choice(b.value, translator().word(b)) for b in LegalBasis],
            chosen=draft["basis"],
            on_choose=draft.setter("basis"),
        ),
    ]
    if draft["basis"] not in (LegalBasis.RELEASE, LegalBasis.OWN_COPY):
        body.append(_field(draft, "basis_note", helper=t("releases.basis_help")))
    return panel_page(
        title=t("releases.disclose"),
        body=body,
        primary=primary_button("disclosure-save", t("common.save"), save),
    )
