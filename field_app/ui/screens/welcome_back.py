"""Welcome back: what would help first, in the youth's own words. Every question can be skipped."""

from datetime import date
from typing import Any

import flet as ft

from field_app.domain.records.missing import WelcomeBack, WelcomeNeed
from field_app.domain.records.service import MissingEpisode
from field_app.ui.components.basics import primary_button, quiet, secondary_button, text_action
from field_app.ui.components.draft_choices import some_of
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator

BLANK: dict[str, Any] = {"needs": [], "what_would_help": "", "wants_known": ""}
OFFERED_DAYS = 14  # after that the talk is no longer about coming back


@part
def welcome_back_panel(*, case_id: str, episode_id: str) -> ft.Control:
    """Draw the talk after coming back. Nobody is asked where they were or why."""
    app = use_app()
    draft = use_draft(f"welcome-back:{case_id}/{episode_id}", BLANK, case_id=case_id)

    async def save(*, skipped: bool = False) -> None:
        values = BLANK if skipped else dict(draft.values)

        def write() -> WelcomeBack:
            saved: WelcomeBack = app.workspace.missing.welcome_back(
                WelcomeBack(
                    case_id=case_id,
                    episode_id=episode_id,
                    needs=tuple(WelcomeNeed(need) for need in values["needs"]),
                    what_would_help=values["what_would_help"].strip(),
                    wants_known=values["wants_known"].strip(),
                    skipped=skipped,
                )
            )
            return saved

        await finish(app, draft, write)

    return panel_page(
        title=t("welcome_back.title"),
        body=[
            quiet(t("welcome_back.help")),
            some_of(draft, "needs", t("welcome_back.needs"), WelcomeNeed),
            text_field(
                identifier="what-would-help",
                label=t("welcome_back.what_would_help"),
                value=draft["what_would_help"],
                on_change=draft.setter("what_would_help"),
                lines=2,
            ),
            text_field(
                identifier="wants-known",
                label=t("welcome_back.wants_known"),
                value=draft["wants_known"],
                on_change=draft.setter("wants_known"),
                lines=2,
            ),
            field_error(draft.problem or None),
            text_action("welcome-skip", t("welcome_back.skip"), lambda: save(skipped=True)),
        ],
        primary=primary_button(
            "welcome-save", t("common.save"), lambda: save(), icon=ft.Icons.CHECK
        ),
    )


def welcome_lines(
    app: Controller, case_id: str, episodes: list[MissingEpisode]
) -> list[ft.Control]:
    """Return what was said after the last return, or the way to ask for it; nothing before."""
    ended = [episode for episode in episodes if episode.returned_on is not None]
    if not ended or len(ended) < len(episodes):
        return []
    last = ended[-1]
    told = [
        one for one in app.workspace.missing.welcomes(case_id) if one.episode_id == last.record_id
    ]
    if told:
        return [quiet(words) for words in _said(told[-1])]
    return [_button(app, case_id, last, "welcome-back-later")]


def welcome_button(
    app: Controller, case_id: str, episodes: list[MissingEpisode], today: date
) -> list[ft.Control]:
    """Return the way to the talk for the head of the page while the return is fresh."""
    fresh = [e for e in episodes if e.returned_on and (today - e.returned_on).days <= OFFERED_DAYS]
    if not fresh or fresh[-1] is not episodes[-1]:
        return []
    talks = app.workspace.missing.welcomes(case_id)
    if any(one.episode_id == fresh[-1].record_id for one in talks):
        return []
    return [_button(app, case_id, fresh[-1])]


def _button(
    app: Controller, case_id: str, episode: MissingEpisode, identifier: str = "welcome-back"
) -> ft.Control:
    return secondary_button(
        identifier,
        t("welcome_back.title"),
        lambda: app.open_panel("welcome-back", case_id=case_id, episode_id=episode.record_id),
        icon=ft.Icons.WAVING_HAND_OUTLINED,
    )


def _said(talk: WelcomeBack) -> list[str]:
    if talk.skipped:
        return [t("welcome_back.was_skipped")]
    lines = [", ".join(translator().word(need) for need in talk.needs)]
    lines += [talk.what_would_help, talk.wants_known]
    return [t("welcome_back.said", words=words) for words in lines if words]
