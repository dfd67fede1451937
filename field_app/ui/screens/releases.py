"""Releases of information: who may be told what, until when, and what was told already.

A release is for one recipient, ends by itself, and can be taken back with one tap and one question.
"""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

import flet as ft

from field_app.domain.records.release import ConfidentialityTalk, Disclosure, Release, is_live
from field_app.ui import tokens
from field_app.ui.components.basics import (
    card,
    primary_button,
    quiet,
    secondary_button,
    section_header,
    text_action,
)
from field_app.ui.components.dialogs import use_confirm_dialog
from field_app.ui.components.field_words import moment_words
from field_app.ui.components.folds import fold
from field_app.ui.components.frame import detail_page
from field_app.ui.components.lists import empty_state
from field_app.ui.components.routed import routed_pane
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.components.writing import write
from field_app.ui.components.written_lines import written_line
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
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
