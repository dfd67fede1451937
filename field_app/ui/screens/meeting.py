"""A meeting about one participant: who was there, what the youth said, what was decided.

A new one is one form. A saved one is changed in its plain fields here; its partners and decisions
have a panel of their own (`meeting_open`), where every line is saved by itself.
"""

from dataclasses import replace
from datetime import datetime
from typing import Any

import flet as ft

from field_app.domain.records.gatherings import (
    Meeting,
    MeetingDecision,
    MeetingKind,
    MeetingPartner,
    PartnerPresent,
)
from field_app.ui.components.basics import (
    icon_action,
    primary_button,
    quiet,
    section_header,
    text_action,
)
from field_app.ui.components.draft_choices import answer_of, one_of, some_of, words_of, yes_no
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.field_words import local
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.numbers import whole_number
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import day_of, moment_of, next_day_field, when_fields
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t

BLANK_DECISION = {"words": "", "who": ""}


@part
def meeting_panel(*, case_id: str, record_id: str = "") -> ft.Control:
    """Draw a meeting that was held; `record_id` is the one whose plain fields are changed."""
    app = use_app()
    meetings = app.workspace.meetings
    found = ft.use_memo(lambda: meetings.of_case(case_id), [case_id, app.state.revision])
    known = next((one for one in found if one.record_id == record_id), None)
    about = f"{case_id}/{record_id}" if record_id else case_id
    blank = _values(known)
    draft = use_draft(f"meeting:{about}", blank, case_id=case_id)
    now = app.workspace.notebook.now()
    if record_id and known is None:
        return panel_page(title=t("meeting.title"), body=[quiet(t("meeting.gone"))])

    async def save() -> None:
        if not draft["meeting_kind"]:
            draft.refuse("meeting_kind", t("meeting.kind_needed"))
            return
        values = dict(draft.values)

        def write() -> Meeting:
            changed = _changed(known, blank, values, now) if known else _new(case_id, values, now)
            saved: Meeting = meetings.log(changed, form=draft.form)
            return saved

        if await finish(app, draft, write) and known is not None:
            open_meeting(app, known)

    return panel_page(
        title=t("meeting.title"),
        body=[
            quiet(app.workspace.caseload.aliases().get(case_id, "")),
            one_of(draft, "meeting_kind", t("meeting.kind"), MeetingKind),
            field_error(draft.error_of("meeting_kind")),
            *([] if known else [some_of(draft, "partners", t("meeting.partners"), MeetingPartner)]),
            yes_no(draft, "youth_present", t("meeting.youth_present")),
            yes_no(draft, "had_a_say", t("meeting.had_a_say")),
            text_field(
                identifier="youth-voice",
                label=t("meeting.youth_voice"),
                helper=t("meeting.youth_voice_help"),
                value=draft["youth_voice"],
                on_change=draft.setter("youth_voice"),
                lines=2,
            ),
            *([] if known else _decisions(draft)),
            ft.Row(
                wrap=True,
                controls=next_day_field(draft, "next_on", t("meeting.next_on"), first=now.date()),
            ),
            when_fields(
                identifier="meeting-at",
                label=t("meeting.held"),
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


def open_meeting(app: Controller, meeting: Meeting) -> None:
    """Open a saved meeting."""
    app.open_panel("meeting-open", case_id=meeting.case_id, record_id=meeting.record_id)


def _values(known: Meeting | None) -> dict[str, Any]:
    held = local(known.held_at) if known is not None and known.held_at else None
    next_on = known.next_on if known is not None else None
    return {
        "meeting_kind": known.meeting_kind.value if known else "",
        "partners": [],
        "youth_present": words_of(known.youth_present if known else None),
        "had_a_say": words_of(known.youth_in_placement_decision if known else None),
        "youth_voice": known.youth_voice if known else "",
        "decisions": [BLANK_DECISION],
        "next_on": next_on.isoformat() if next_on else "",
        "day": held.date().isoformat() if held else "",
        "clock": f"{held:%H:%M}" if held else "",
        "minutes": str(known.minutes) if known and known.minutes is not None else "",
    }


def _new(case_id: str, values: dict[str, Any], now: datetime) -> Meeting:
    decided = tuple(
        MeetingDecision(words=one["words"].strip(), who=one["who"].strip())
        for one in values["decisions"]
        if one["words"].strip()
    )
    present = tuple(PartnerPresent(partner=MeetingPartner(one)) for one in values["partners"])
    meeting = Meeting(case_id=case_id, partners=present, decisions=decided)
    return _plain(meeting, values, moment_of(values["day"], values["clock"], now))


def _changed(
    known: Meeting, before: dict[str, Any], values: dict[str, Any], now: datetime
) -> Meeting:
    is_moved = any(values[name] != before[name] for name in ("day", "clock"))
    # A time that was left alone keeps its seconds.
    held = moment_of(values["day"], values["clock"], now) if is_moved else known.held_at
    return _plain(known, values, held)


def _plain(meeting: Meeting, values: dict[str, Any], held_at: datetime | None) -> Meeting:
    return replace(
        meeting,
        meeting_kind=MeetingKind(values["meeting_kind"]),
        held_at=held_at,
        minutes=whole_number(values["minutes"], "minutes"),
        youth_present=answer_of(values["youth_present"]),
        youth_in_placement_decision=answer_of(values["had_a_say"]),
        youth_voice=values["youth_voice"],
        next_on=day_of(values["next_on"]),
    )


def _decisions(draft: FormDraft) -> list[ft.Control]:
    decided: list[dict[str, str]] = draft["decisions"]
    controls: list[ft.Control] = [section_header(t("meeting.decisions"))]
    for number in range(len(decided)):
        controls += _decision(draft, number)
    if decided[-1]["words"].strip():
        controls.append(
            ft.Row(
                controls=[
                    text_action(
                        "add-decision",
                        t("meeting.add_decision"),
                        lambda: draft.set(decisions=[*decided, BLANK_DECISION]),
                    )
                ]
            )
        )
    return controls


def _decision(draft: FormDraft, number: int) -> list[ft.Control]:
    decided: list[dict[str, str]] = draft["decisions"]
    one = decided[number]

    def change(name: str, words: str) -> None:
        changed = {**one, name: words}
        draft.set(decisions=[*decided[:number], changed, *decided[number + 1 :]])

    words = text_field(
        identifier=f"decision-{number}",
        label=t("meeting.decision"),
        value=one["words"],
        on_change=lambda typed: change("words", typed),
        lines=2,
    )
    words.expand = True
    row: list[ft.Control] = [words]
    if len(decided) > 1:
        row.append(
            icon_action(
                f"decision-{number}-remove",
                ft.Icons.CLOSE,
                t("meeting.remove_decision", number=number + 1),
                lambda: draft.set(decisions=[*decided[:number], *decided[number + 1 :]]),
            )
        )
    return [
        ft.Row(vertical_alignment=ft.CrossAxisAlignment.START, controls=row),
        text_field(
            identifier=f"decision-{number}-who",
            label=t("meeting.decision_who"),
            value=one["who"],
            on_change=lambda typed: change("who", typed),
        ),
    ]
