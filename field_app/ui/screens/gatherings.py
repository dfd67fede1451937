"""Meetings, hearings and workshops of one participant, the latest first, and how to add one."""

from collections.abc import Sequence
from datetime import datetime

import flet as ft

from field_app.domain.records.contact import COUNTY_ZONE
from field_app.domain.records.gatherings import CourtSupport, Meeting, WorkshopAttendance
from field_app.domain.vocabulary import ParticipantKind
from field_app.services.caseload import ParticipantPage
from field_app.ui.components.basics import quiet, secondary_button, section_header
from field_app.ui.components.field_words import day_words, local
from field_app.ui.components.lists import contact_row
from field_app.ui.components.shown_in_pages import shown_in_pages
from field_app.ui.components.states import Tone
from field_app.ui.controller import Controller
from field_app.ui.i18n import t, translator
from field_app.ui.screens.meeting import open_meeting

PAGE_LINES = 10


def gatherings_part(app: Controller, page: ParticipantPage) -> list[ft.Control]:
    """Return the part of a participant's page about meetings, court and workshops."""
    case_id = page.participant.case_id
    workspace = app.workspace
    rows: list[tuple[datetime, ft.Control]] = [
        (one.held_at or one.created_at, _meeting(app, one))
        for one in workspace.meetings.of_case(case_id)
    ]
    rows += [
        (one.held_at or one.created_at, _workshop(app, one))
        for one in workspace.workshops.of_case(case_id)
    ]
    rows += [(_moment(one), _court(app, one)) for one in workspace.court.of_case(case_id)]
    rows.sort(key=lambda row: row[0], reverse=True)
    controls: list[ft.Control] = [section_header(t("meeting.section"))]
    if rows:
        lines = [line for _, line in rows]
        controls.append(
            shown_in_pages(
                key="gatherings", identifier="more-gatherings", controls=lines, page=PAGE_LINES
            )
        )
    else:
        controls.append(quiet(t("meeting.none")))
    if page.participant.is_open:
        controls.append(ft.Row(wrap=True, controls=_buttons(app, page)))
    return controls


def _buttons(app: Controller, page: ParticipantPage) -> list[ft.Control]:
    case_id = page.participant.case_id
    buttons = [
        secondary_button(
            "add-meeting",
            t("meeting.title"),
            lambda: app.open_panel("meeting", case_id=case_id),
            icon=ft.Icons.GROUPS_OUTLINED,
        )
    ]
    if page.participant.participant_kind is ParticipantKind.YOUTH:
        buttons.append(
            secondary_button(
                "add-court",
                t("court.title"),
                lambda: app.open_panel("court", case_id=case_id),
                icon=ft.Icons.GAVEL,
            )
        )
    return buttons


def _moment(support: CourtSupport) -> datetime:
    if support.hearing_on is None:
        return support.created_at
    return datetime.combine(support.hearing_on, datetime.min.time(), COUNTY_ZONE)


def _meeting(app: Controller, meeting: Meeting) -> ft.Control:
    speak, today = translator(), app.workspace.notebook.today()
    held = meeting.held_at
    when = [day_words(local(held).date(), today)] if held else []
    if meeting.next_on is not None:
        when.append(t("meeting.next", day=speak.date(meeting.next_on)))
    present = [speak.word(one.partner) for one in meeting.partners]
    if meeting.youth_present:
        present.insert(0, t("meeting.youth_was_there"))
    sentences = [", ".join(present), *(decision.words for decision in meeting.decisions)]
    return contact_row(
        identifier=f"meeting-{meeting.record_id}",
        icon=ft.Icons.GROUPS_OUTLINED,
        title=speak.word(meeting.meeting_kind),
        when=" · ".join(when),
        sentence=" · ".join(words for words in sentences if words),
        on_open=lambda: open_meeting(app, meeting),
    )


def _court(app: Controller, support: CourtSupport) -> ft.Control:
    speak, today = translator(), app.workspace.notebook.today()
    when = [day_words(support.hearing_on, today)] if support.hearing_on else []
    if support.next_hearing_on is not None:
        when.append(t("meeting.next", day=speak.date(support.next_hearing_on)))
    return contact_row(
        identifier=f"court-{support.record_id}",
        icon=ft.Icons.GAVEL,
        title=t("court.row", hearing=speak.word(support.hearing)),
        when=" · ".join(when),
        sentence=_listed([speak.word(one) for one in support.help_given]),
        on_open=lambda: app.open_panel(
            "court", case_id=support.case_id, record_id=support.record_id
        ),
    )


def _workshop(app: Controller, one: WorkshopAttendance) -> ft.Control:
    speak, today = translator(), app.workspace.notebook.today()
    return contact_row(
        identifier=f"workshop-{one.record_id}",
        icon=ft.Icons.SCHOOL_OUTLINED,
        title=one.title or speak.word(one.workshop_kind),
        when=day_words(local(one.held_at).date(), today) if one.held_at else "",
        sentence=speak.word(one.workshop_kind) if one.title else "",
        state=None if one.attended else (Tone.PLAIN, t("empowerment.not")),
        on_open=lambda: app.open_panel(
            "workshop-open", case_id=one.case_id, record_id=one.record_id
        ),
    )


def _listed(words: Sequence[str]) -> str:
    return ", ".join(words)
