"""Daily contacts: every first-month youth on one screen, saved together.

One tap says what became of it by the channel that stands chosen; another channel is one tap more.
"""

from typing import Any

import flet as ft

from field_app.domain.vocabulary import Channel, Outcome
from field_app.services.contacts import ContactEntry
from field_app.services.due_list import DailyLine
from field_app.ui import tokens
from field_app.ui.components.basics import primary_button, quiet
from field_app.ui.components.choice_rows import choice_row
from field_app.ui.components.choices import Choice
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.field_words import CHANNEL_ICONS, moment_words
from field_app.ui.components.fields import field_error
from field_app.ui.components.panels import panel_page
from field_app.ui.components.safe_contact import safe_contact_line
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.components.writing import confirm
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator

FORM = "daily"
OUTCOMES = (Outcome.REACHED, Outcome.NO_ANSWER)


@part
def daily_panel() -> ft.Control:
    """Draw one line a youth, and the one button that saves them all."""
    app = use_app()
    today = app.workspace.notebook.today().isoformat()
    # What was ticked yesterday and never saved is not today's.
    draft = use_draft(f"{FORM}:{today}", {"channels": {}, "outcomes": {}})
    lines, likely = ft.use_memo(lambda: _read(app), [app.state.revision])
    outcomes: dict[str, str] = draft["outcomes"]
    channels: dict[str, str] = {**likely, **draft["channels"]}
    shown = [line for line in lines if line.participant.case_id in outcomes]

    async def save() -> None:
        entries = [_entry(line, channels, outcomes) for line in shown]
        if not entries:
            draft.refuse("outcomes", t("daily.nothing_chosen"))
            return
        contacts, values = app.workspace.contacts, dict(draft.values)
        saved = await draft.submit(lambda: contacts.log_many(entries, form=draft.form))
        if saved is not None:
            app.close_panel()
            confirm(
                app,
                saved,
                lambda logged: _take_back(app, [c.record_id for c in logged], draft.form, values),
                then=lambda: app.open_panel("daily"),
            )

    body: list[ft.Control] = [quiet(t("daily.lead"))]
    body += [_line(app, draft, line, channels[line.participant.case_id]) for line in lines]
    if not lines:
        body = [quiet(t("daily.nobody"))]
    body.append(field_error(draft.problem or None))
    return panel_page(
        title=t("daily.title"),
        body=body,
        primary=primary_button(
            "daily-save",
            t("daily.save", count=len(shown)) if shown else t("common.save"),
            save,
            icon=ft.Icons.DONE_ALL,
        )
        if lines
        else None,
    )


def _read(app: Controller) -> tuple[tuple[DailyLine, ...], dict[str, str]]:
    """Return the lines, and for each the channel that last reached the youth."""
    lines: tuple[DailyLine, ...] = app.workspace.due_list.daily()
    likely: dict[str, str] = {}
    for line in lines:
        case_id = line.participant.case_id
        last = app.workspace.contacts.last_channel(case_id)
        agreed = [c for c in line.participant.safe_contact.channels if c in line.channels]
        likely[case_id] = last if last in line.channels else (agreed or line.channels)[0]
    return lines, likely


def _entry(line: DailyLine, channels: dict[str, str], outcomes: dict[str, str]) -> ContactEntry:
    case_id = line.participant.case_id
    return ContactEntry(
        case_id=case_id,
        channel=Channel(channels[case_id]),
        outcome=Outcome(outcomes[case_id]),
        services=(line.service,) if line.service else (),
    )


def _take_back(app: Controller, record_ids: list[str], form: str, values: dict[str, Any]) -> None:
    for record_id in record_ids:
        app.workspace.contacts.take_back(record_id)
    app.workspace.drafts.save(form, values)


def _line(app: Controller, draft: FormDraft, line: DailyLine, channel: str) -> ft.Control:
    speak = translator()
    who, case_id = line.participant, line.participant.case_id
    outcome = draft["outcomes"].get(case_id, "")

    def choose_channel(value: str) -> None:
        draft.set(channels={**draft["channels"], case_id: value})

    def choose_outcome(value: str) -> None:
        outcomes = {k: v for k, v in draft["outcomes"].items() if k != case_id}
        draft.set(outcomes=outcomes if value == outcome else {**outcomes, case_id: value})

    head: list[ft.Control] = [
        ft.Container(
            expand=True, content=ft.Text(who.alias, theme_style=ft.TextThemeStyle.TITLE_MEDIUM)
        )
    ]
    if line.done_today:
        head.append(state_chip(Tone.DONE, t("daily.reached_today")))
    elif line.attempts_today:
        head.append(state_chip(Tone.PLAIN, t("daily.attempts", count=line.attempts_today)))
    last = (
        t("daily.last", when=moment_words(line.last_reached_at, app.workspace.notebook.today()))
        if line.last_reached_at
        else t("person.never_reached")
    )
    return ft.Container(
        padding=ft.Padding.only(bottom=tokens.SPACE_M),
        border=ft.Border.only(bottom=ft.BorderSide(1, ft.Colors.OUTLINE_VARIANT)),
        content=ft.Column(
            spacing=tokens.SPACE_XS,
            horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
            controls=[
                ft.Row(controls=head),
                quiet(last, size=tokens.CAPTION),
                *([safe_contact_line(who, chosen=channel)] if who.safe_contact.is_known else []),
                ft.Container(height=0),
                choice_row(
                    identifier=f"daily-channel-{case_id}",
                    choices=[
                        Choice(c.value, speak.word(c), CHANNEL_ICONS[c]) for c in line.channels
                    ],
                    chosen=channel,
                    on_choose=choose_channel,
                    is_icons_only=True,
                ),
                choice_row(
                    identifier=f"daily-{case_id}",
                    choices=[Choice(o.value, speak.word(o)) for o in OUTCOMES],
                    chosen=outcome,
                    on_choose=choose_outcome,
                ),
            ],
        ),
    )
