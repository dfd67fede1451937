"""Around a first response: how long somebody stays close, and what others did, only observed."""

from datetime import timedelta

import flet as ft

from field_app.domain.records.service import FirstResponse
from field_app.services.agency import BackpackStock
from field_app.ui import tokens
from field_app.ui.components.basics import quiet, secondary_button, section_header
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.field_words import moment_words
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.components.writing import write
from field_app.ui.controller import Controller
from field_app.ui.i18n import t

CLOSE_HOURS = (24, 48, 72)
"""Lengths of one tap; the protocol asks for up to 72 hours, as needed (FRP-10)."""

PARTIES = ("csw", "probation", "law_enforcement", "advocate", "caregiver", "clinician")
"""Roles of a joint response (FRP-05) that one tap adds; a name can follow."""

SELF = "self"


def staying_close(app: Controller, response: FirstResponse) -> list[ft.Control]:
    """Return until when an advocate stays with or close to the youth, and its end."""
    called, until, over_at = response.called_at, response.available_until, response.not_needed_at
    today = app.workspace.notebook.today()
    lines: list[ft.Control] = [section_header(t("response.close_by"))]
    if over_at is not None:
        return [*lines, quiet(t("response.not_needed", moment=moment_words(over_at, today)))]
    if until is not None:
        lines.append(quiet(t("response.until", moment=moment_words(until, today))))
    if called is None:
        return lines
    ends = {str(hours): called + timedelta(hours=hours) for hours in CLOSE_HOURS}
    responses = app.workspace.responses
    return [
        *lines,
        choice_chips(
            identifier="close-hours",
            label=t("response.after_call"),
            choices=[Choice(hours, t("response.hours", count=int(hours))) for hours in ends],
            chosen=next((hours for hours, end in ends.items() if end == until), None),
            on_choose=lambda hours: write(
                app,
                lambda: responses.set_available_until(response.record_id, ends[hours]),
                undo=lambda _: until and responses.set_available_until(response.record_id, until),
            ),
        ),
        ft.Row(
            wrap=True,
            controls=[
                secondary_button(
                    "not-needed",
                    t("response.note_not_needed"),
                    lambda: write(app, lambda: responses.note_not_needed(response.record_id)),
                    icon=ft.Icons.CHECK,
                )
            ],
        ),
    ]


def observed(app: Controller, response: FirstResponse) -> list[ft.Control]:
    """Return when the CSW came and who called the hotline: others' duties, written down if known.

    (FRP-04, FRP-22)
    """
    responses, today = app.workspace.responses, app.workspace.notebook.today()
    lines: list[ft.Control] = [section_header(t("response.observed"))]
    if response.csw_arrived_at is None:
        lines.append(
            ft.Row(
                wrap=True,
                spacing=tokens.SPACE_S,
                controls=[
                    secondary_button(
                        "csw-arrived",
                        t("response.csw_here"),
                        lambda: write(app, lambda: responses.note_csw_arrived(response.record_id)),
                        icon=ft.Icons.BADGE_OUTLINED,
                    )
                ],
            )
        )
    else:
        came = moment_words(response.csw_arrived_at, today)
        lines.append(quiet(t("response.csw_came", moment=came)))
    lines.append(
        choice_chips(
            identifier="hotline",
            label=t("response.hotline"),
            choices=[
                Choice(SELF, t("response.hotline_self")),
                *(Choice(role, t(f"response.party.{role}")) for role in PARTIES),
            ],
            chosen=response.hotline_called_by or None,
            on_choose=lambda role: write(
                app,
                lambda: responses.note_hotline(
                    response.record_id, by_role=role, at=response.hotline_called_at
                ),
            ),
        )
    )
    if response.hotline_called_at is not None:
        lines.append(quiet(moment_words(response.hotline_called_at, today)))
    return lines


def backpacks_left(app: Controller) -> list[ft.Control]:
    """Return how many backpacks are left, where the agency counts them."""
    stock: BackpackStock | None = app.workspace.agency.backpack_stock()
    if stock is None:
        return []
    words = t("response.backpacks_left", count=stock.left)
    return [ft.Row(controls=[state_chip(Tone.SOON, words)])] if stock.is_low else [quiet(words)]
