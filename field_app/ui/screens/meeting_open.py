"""A saved meeting: partners come and go with one tap, decisions are lines, each saved by itself.

Two people who complete the same meeting on two phones both keep what they wrote.
"""

from dataclasses import replace

import flet as ft

from field_app.domain.records.gatherings import (
    Meeting,
    MeetingDecision,
    MeetingPartner,
    PartnerPresent,
)
from field_app.domain.records.items import find_item
from field_app.ui.components.basics import (
    icon_action,
    primary_button,
    quiet,
    secondary_button,
    text_action,
)
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.field_words import moment_words
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import day_of, next_day_field
from field_app.ui.components.writing import write
from field_app.ui.components.written_lines import question, written_line
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import Handler, part
from field_app.ui.i18n import t, translator
from field_app.ui.screens.meeting import open_meeting


@part
def meeting_open_panel(*, case_id: str, record_id: str) -> ft.Control:
    """Draw a saved meeting."""
    app = use_app()
    is_choosing, choose = ft.use_state(False)
    meeting = _use_meeting(app, case_id, record_id)
    if meeting is None:
        return panel_page(title=t("meeting.title"), body=[quiet(t("meeting.gone"))])
    shown = meeting
    return panel_page(
        title=translator().word(meeting.meeting_kind),
        body=[
            *(quiet(words) for words in _about(app, meeting)),
            *_voice(meeting),
            question(
                identifier="decisions",
                title=t("meeting.decisions"),
                lines=[_decision(app, shown, one) for one in meeting.decisions],
                help_words=t("meeting.no_decision"),
                add_words=t("meeting.add_decision"),
                on_add=lambda: _open_decision(app, shown, ""),
            ),
            question(
                identifier="present",
                title=t("meeting.partners"),
                lines=_present(app, meeting),
                add_words=t("meeting.change_partners"),
                on_add=lambda: choose(not is_choosing),
            ),
            *([_partners(app, meeting)] if is_choosing else []),
        ],
        primary=secondary_button(
            "meeting-change",
            t("meeting.change"),
            lambda: app.open_panel("meeting", case_id=case_id, record_id=record_id),
            icon=ft.Icons.EDIT,
        ),
    )


def _use_meeting(app: Controller, case_id: str, record_id: str) -> Meeting | None:
    """Return the meeting, or None when it is not on this device. A hook."""
    found = ft.use_memo(
        lambda: app.workspace.meetings.of_case(case_id), [case_id, app.state.revision]
    )
    return next((one for one in found if one.record_id == record_id), None)


def _about(app: Controller, meeting: Meeting) -> list[str]:
    speak, today = translator(), app.workspace.notebook.today()
    words = [app.workspace.caseload.aliases().get(meeting.case_id, "")]
    if meeting.held_at is not None:
        words.append(moment_words(meeting.held_at, today))
    if meeting.minutes is not None:
        words.append(t("contact.minutes", count=meeting.minutes))
    lines = [" · ".join(word for word in words if word)]
    if meeting.next_on is not None:
        lines.append(t("meeting.next_is", day=speak.date(meeting.next_on, weekday=True)))
    for name, answer in (
        ("was_there", meeting.youth_present),
        ("had_say", meeting.youth_in_placement_decision),
    ):
        if answer is not None:
            lines.append(t(f"meeting.{name}_{'yes' if answer else 'no'}"))
    return lines


def _voice(meeting: Meeting) -> list[ft.Control]:
    if not meeting.youth_voice:
        return []
    return [
        question(
            identifier="voice",
            title=t("meeting.youth_voice"),
            lines=[written_line(identifier="voice-words", words=meeting.youth_voice)],
            add_words="",
            on_add=None,
        )
    ]


def _partners(app: Controller, meeting: Meeting) -> ft.Control:
    meetings = app.workspace.meetings
    present = {one.partner.value: one for one in meeting.partners}

    async def choose(value: str) -> None:
        known = present.get(value)
        if known is None:
            partner = PartnerPresent(partner=MeetingPartner(value))
            await write(
                app,
                lambda: meetings.put_partner(meeting.record_id, partner),
                undo=lambda _: meetings.remove_partner(meeting.record_id, partner.item_id),
            )
        else:
            await write(
                app,
                lambda: meetings.remove_partner(meeting.record_id, known.item_id),
                undo=lambda _: meetings.put_partner(meeting.record_id, known),
            )

    return choice_chips(
        identifier="partners",
        label=t("meeting.change_partners"),
        choices=[Choice(one.value, translator().word(one)) for one in MeetingPartner],
        chosen=list(present),
        on_choose=choose,
    )


def _present(app: Controller, meeting: Meeting) -> list[ft.Control]:
    """Return a line for everybody present, for a name where one matters."""
    return [
        written_line(
            identifier=f"partner-{one.item_id}",
            words=one.name or translator().word(one.partner),
            note=translator().word(one.partner) if one.name else t("meeting.no_name"),
            on_open=_opening(app, meeting, one),
        )
        for one in meeting.partners
    ]


def _opening(app: Controller, meeting: Meeting, one: PartnerPresent) -> Handler:
    return lambda: app.open_panel(
        "meeting-partner", case_id=meeting.case_id, line=f"{meeting.record_id}/{one.item_id}"
    )


def _decision(app: Controller, meeting: Meeting, one: MeetingDecision) -> ft.Control:
    speak, meetings = translator(), app.workspace.meetings
    notes = [one.who]
    trailing = None
    if one.done_on is not None:
        notes.append(t("plans.done_on", day=speak.date(one.done_on)))
    else:
        if one.by is not None:
            notes.append(t("plans.by", day=speak.date(one.by)))
        done = replace(one, done_on=app.workspace.notebook.today())
        trailing = icon_action(
            f"decision-{one.item_id}-done",
            ft.Icons.RADIO_BUTTON_UNCHECKED,
            t("plans.mark_done", step=one.words),
            lambda: write(
                app,
                lambda: meetings.put_decision(meeting.record_id, done),
                undo=lambda _: meetings.put_decision(meeting.record_id, one),
            ),
            color=ft.Colors.PRIMARY,
        )
    return written_line(
        identifier=f"decision-{one.item_id}",
        words=one.words,
        note=" · ".join(note for note in notes if note),
        icon=ft.Icons.CHECK_CIRCLE if one.done_on else None,
        on_open=lambda: _open_decision(app, meeting, one.item_id),
        trailing=trailing,
    )


def _open_decision(app: Controller, meeting: Meeting, item_id: str) -> None:
    line = f"{meeting.record_id}/{item_id}"
    app.open_panel("meeting-decision", case_id=meeting.case_id, line=line)


@part
def meeting_decision_panel(*, case_id: str, line: str) -> ft.Control:
    """Draw a decision of `line`: the meeting's id and the item's (empty for a new one)."""
    app = use_app()
    meetings = app.workspace.meetings
    record_id, item_id = line.split("/")
    meeting = _use_meeting(app, case_id, record_id)
    known = find_item(meeting.decisions, item_id) if meeting is not None and item_id else None
    base = known or MeetingDecision()
    draft = use_draft(
        f"meeting-decision:{case_id}/{line}",
        {
            "words": base.words,
            "who": base.who,
            "by": base.by.isoformat() if base.by else "",
        },
        case_id=case_id,
    )
    if meeting is None or (item_id and known is None):
        return panel_page(title=t("meeting.decision"), body=[quiet(t("meeting.gone"))])
    shown = meeting

    async def save() -> None:
        values = draft.values
        changed = replace(
            base, words=values["words"], who=values["who"].strip(), by=day_of(values["by"])
        )
        if await finish(app, draft, lambda: meetings.put_decision(record_id, changed)):
            open_meeting(app, shown)

    async def remove() -> None:
        open_meeting(app, shown)
        await write(
            app,
            lambda: meetings.remove_decision(record_id, base.item_id),
            undo=lambda _: meetings.put_decision(record_id, base),
        )

    today = app.workspace.notebook.today()
    body: list[ft.Control] = [
        text_field(
            identifier="decision-words",
            label=t("meeting.decision"),
            value=draft["words"],
            on_change=draft.setter("words"),
            error=draft.error_of("words"),
            lines=2,
            is_autofocused=not item_id,
        ),
        text_field(
            identifier="decision-who",
            label=t("meeting.decision_who"),
            value=draft["who"],
            on_change=draft.setter("who"),
        ),
        ft.Row(
            wrap=True, controls=next_day_field(draft, "by", t("meeting.decision_by"), first=today)
        ),
        field_error(draft.other_error),
    ]
    if known is not None:
        body.append(text_action("decision-remove", t("safety_plan.remove"), remove))
    return panel_page(
        title=t("meeting.decision"),
        body=body,
        primary=primary_button("decision-save", t("common.save"), save, icon=ft.Icons.CHECK),
    )


@part
def meeting_partner_panel(*, case_id: str, line: str) -> ft.Control:
    """Draw somebody who was there, of `line`: the meeting's id and the item's."""
    app = use_app()
    meetings = app.workspace.meetings
    record_id, item_id = line.split("/")
    meeting = _use_meeting(app, case_id, record_id)
    known = find_item(meeting.partners, item_id) if meeting is not None else None
    draft = use_draft(
        f"meeting-partner:{case_id}/{line}",
        {"name": known.name if known else ""},
        case_id=case_id,
    )
    if meeting is None or known is None:
        return panel_page(title=t("meeting.partners"), body=[quiet(t("meeting.gone"))])
    shown, person = meeting, known

    async def save() -> None:
        named = replace(person, name=draft["name"].strip())
        if await finish(app, draft, lambda: meetings.put_partner(record_id, named)):
            open_meeting(app, shown)

    async def remove() -> None:
        open_meeting(app, shown)
        await write(
            app,
            lambda: meetings.remove_partner(record_id, item_id),
            undo=lambda _: meetings.put_partner(record_id, person),
        )

    return panel_page(
        title=translator().word(person.partner),
        body=[
            text_field(
                identifier="partner-name",
                label=t("meeting.partner_name"),
                value=draft["name"],
                on_change=draft.setter("name"),
                is_autofocused=True,
            ),
            field_error(draft.problem or None),
            text_action("partner-remove", t("meeting.was_not_there"), remove),
        ],
        primary=primary_button("partner-save", t("common.save"), save, icon=ft.Icons.CHECK),
    )
