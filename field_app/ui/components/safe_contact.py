"""The safe-contact rule, said before anybody dials or writes."""

import flet as ft

from field_app.domain.records.participant import Participant, SafeContact
from field_app.domain.vocabulary import Channel
from field_app.ui import tokens
from field_app.ui.components.basics import labelled, quiet
from field_app.ui.i18n import t, translator


def rule_lines(rule: SafeContact) -> list[tuple[ft.IconData, str]]:
    """Return what was agreed, a line each: channels, hours, code word, voicemail, note."""
    speak = translator()
    lines: list[tuple[ft.IconData, str]] = []
    if rule.channels:
        words = ", ".join(speak.word(channel) for channel in rule.channels)
        lines.append((ft.Icons.VERIFIED_USER_OUTLINED, t("safe.channels", channels=words)))
    if rule.hours:
        lines.append((ft.Icons.SCHEDULE, t("safe.hours", hours=rule.hours)))
    if rule.code_word:
        lines.append((ft.Icons.KEY_OUTLINED, t("safe.code_word", word=rule.code_word)))
    if rule.voicemail_ok is not None:
        key = "safe.voicemail_yes" if rule.voicemail_ok else "safe.voicemail_no"
        lines.append((ft.Icons.VOICEMAIL, t(key)))
    if rule.note:
        lines.append((ft.Icons.INFO_OUTLINE, rule.note))
    return lines


def safe_contact_rule(participant: Participant) -> ft.Control:
    """Return the whole rule, or that nobody has asked yet."""
    lines = rule_lines(participant.safe_contact)
    if not lines:
        lines = [(ft.Icons.HELP_OUTLINE, t("safe.unknown"))]
    return ft.Column(
        spacing=tokens.SPACE_S,
        controls=[
            ft.Row(
                vertical_alignment=ft.CrossAxisAlignment.START,
                spacing=tokens.SPACE_S,
                controls=[
                    ft.Icon(icon, size=tokens.TITLE, color=ft.Colors.PRIMARY),
                    ft.Text(words, size=tokens.BODY, expand=True),
                ],
            )
            for icon, words in lines
        ],
    )


def short_rule(participant: Participant) -> str:
    """Return the rule in one line, for beside the dial button."""
    lines = rule_lines(participant.safe_contact)
    return " · ".join(words for _, words in lines) if lines else t("safe.unknown")


def safe_contact_line(participant: Participant, *, chosen: str = "") -> ft.Control:
    """Return the rule in short above a contact form; a chosen channel outside it is said."""
    rule = participant.safe_contact
    is_outside = bool(chosen and rule.channels and Channel(chosen) not in rule.channels)
    # A visit is arranged through a channel that is agreed; it is none itself.
    is_outside = is_outside and chosen != Channel.FACE_TO_FACE
    if is_outside:
        ink, icon = ft.Colors.ERROR, ft.Icons.WARNING_AMBER
        words = t("safe.not_agreed", channel=translator().word(Channel(chosen)))
    else:
        ink, icon = ft.Colors.PRIMARY, ft.Icons.VERIFIED_USER_OUTLINED
        words = short_rule(participant)
    return labelled(
        "safe-contact",
        ft.Row(
            spacing=tokens.SPACE_S,
            vertical_alignment=ft.CrossAxisAlignment.START,
            controls=[
                ft.Icon(icon, size=tokens.TITLE, color=ink),
                ft.Container(expand=True, content=quiet(words)),
            ],
        ),
    )
