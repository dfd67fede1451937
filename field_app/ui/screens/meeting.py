"""Meetings about one participant and support at court: who was there, and what the youth said.

There is no place for what was testified: it could be demanded.
"""

from datetime import date
from typing import Any

import flet as ft

from field_app.domain.records.gatherings import (
    CourtHelp,
    CourtProgram,
    CourtSupport,
    HearingKind,
    Meeting,
    MeetingDecision,
    MeetingKind,
    MeetingPartner,
    PartnerPresent,
)
from field_app.ui.components.basics import primary_button, quiet
from field_app.ui.components.draft_choices import answer_of, one_of, some_of, yes_no
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.fields import date_field, field_error, text_field
from field_app.ui.components.numbers import whole_number
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import day_of, moment_of, when_fields
from field_app.ui.context import use_app
from field_app.ui.guard import part
from field_app.ui.i18n import t

BLANK_MEETING: dict[str, Any] = {
    "meeting_kind": "",
    "partners": [],
    "youth_present": "",
    "youth_voice": "",
    "decision": "",
    "decision_who": "",
    "next_on": "",
    "day": "",
    "clock": "",
    "minutes": "",
}
BLANK_COURT: dict[str, Any] = {
    "hearing": "",
    "program": "",
    "testifies": "",
    "help_given": [],
    "day": "",
    "next_on": "",
}


@part
def meeting_panel(*, case_id: str) -> ft.Control:
    """Draw a meeting that was held."""
    app = use_app()
    draft = use_draft(f"meeting:{case_id}", BLANK_MEETING, case_id=case_id)
    now = app.workspace.notebook.now()

    async def save() -> None:
        if not draft["meeting_kind"]:
            draft.refuse("meeting_kind", t("meeting.kind_needed"))
            return
        values = dict(draft.values)

        def write() -> Meeting:
            saved: Meeting = app.workspace.meetings.log(
                Meeting(
                    case_id=case_id,
                    meeting_kind=MeetingKind(values["meeting_kind"]),
                    held_at=moment_of(values["day"], values["clock"], now),
                    minutes=whole_number(values["minutes"], "minutes"),
                    partners=tuple(
                        PartnerPresent(partner=MeetingPartner(one)) for one in values["partners"]
                    ),
                    youth_present=answer_of(values["youth_present"]),
                    youth_voice=values["youth_voice"],
                    decisions=_decisions(values),
                    next_on=day_of(values["next_on"]),
                ),
                form=draft.form,
            )
            return saved

        await finish(app, draft, write)

    return panel_page(
        title=t("meeting.title"),
        body=[
            quiet(app.workspace.caseload.aliases().get(case_id, "")),
            one_of(draft, "meeting_kind", t("meeting.kind"), MeetingKind),
            field_error(draft.error_of("meeting_kind")),
            some_of(draft, "partners", t("meeting.partners"), MeetingPartner),
            yes_no(draft, "youth_present", t("meeting.youth_present")),
            text_field(
                identifier="youth-voice",
                label=t("meeting.youth_voice"),
                helper=t("meeting.youth_voice_help"),
                value=draft["youth_voice"],
                on_change=draft.setter("youth_voice"),
                lines=2,
            ),
            text_field(
                identifier="decision",
                label=t("meeting.decision"),
                value=draft["decision"],
                on_change=draft.setter("decision"),
                lines=2,
            ),
            text_field(
                identifier="decision-who",
                label=t("meeting.decision_who"),
                value=draft["decision_who"],
                on_change=draft.setter("decision_who"),
            ),
            _next(draft, now.date(), t("meeting.next_on")),
            when_fields(
                identifier="meeting-at",
                day=draft["day"],
                clock=draft["clock"],
                now=now,
                on_day=draft.setter("day"),
                on_clock=draft.setter("clock"),
            ),
            text_field(
                identifier="meeting-minutes",
                label=t("empowerment.minutes"),
                value=draft["minutes"],
                on_change=draft.setter("minutes"),
                error=draft.error_of("minutes"),
                keyboard=ft.KeyboardType.NUMBER,
            ),
            field_error(draft.other_error),
        ],
        primary=primary_button("meeting-save", t("meeting.save"), save, icon=ft.Icons.CHECK),
    )


@part
def court_panel(*, case_id: str) -> ft.Control:
    """Draw the support around one hearing."""
    app = use_app()
    draft = use_draft(f"court:{case_id}", BLANK_COURT, case_id=case_id)
    now = app.workspace.notebook.now()

    async def save() -> None:
        if not draft["hearing"]:
            draft.refuse("hearing", t("court.hearing_needed"))
            return
        values = dict(draft.values)

        def write() -> CourtSupport:
            saved: CourtSupport = app.workspace.court.save(
                CourtSupport(
                    case_id=case_id,
                    hearing_on=day_of(values["day"]),
                    hearing=HearingKind(values["hearing"]),
                    program=CourtProgram(values["program"]) if values["program"] else None,
                    testifies=answer_of(values["testifies"]),
                    help_given=tuple(CourtHelp(one) for one in values["help_given"]),
                    next_hearing_on=day_of(values["next_on"]),
                )
            )
            return saved

        await finish(app, draft, write)

    return panel_page(
        title=t("court.title"),
        body=[
            quiet(app.workspace.caseload.aliases().get(case_id, "")),
            quiet(t("court.help")),
            one_of(draft, "hearing", t("court.hearing"), HearingKind),
            field_error(draft.error_of("hearing")),
            some_of(draft, "help_given", t("court.given"), CourtHelp),
            yes_no(draft, "testifies", t("court.testifies")),
            one_of(draft, "program", t("court.program"), CourtProgram),
            date_field(
                key="day",
                identifier="court-day",
                label=t("court.day"),
                value=day_of(draft["day"]) or now.date(),
                on_change=lambda day: draft.set(day=day.isoformat()),
            ),
            _next(draft, now.date(), t("court.next_on")),
            field_error(draft.other_error),
        ],
        primary=primary_button("court-save", t("common.save"), save, icon=ft.Icons.CHECK),
    )


def _next(draft: FormDraft, today: date, label: str) -> ft.Control:
    field: ft.Control = date_field(
        key="next",
        identifier="next-on",
        label=label,
        value=day_of(draft["next_on"]),
        first=today,
        on_change=lambda day: draft.set(next_on=day.isoformat()),
    )
    return field


def _decisions(values: dict[str, Any]) -> tuple[MeetingDecision, ...]:
    words = values["decision"].strip()
    return (MeetingDecision(words=words, who=values["decision_who"].strip()),) if words else ()
