"""No re-telling: the page for the next advocate, and what was told already.

The page is the youth's: they may change or take out every line, and it says when they last read it.
"""

from dataclasses import dataclass, replace

import flet as ft

from field_app.domain.records.hand_over import (
    AlreadyTold,
    HandOverLine,
    HandOverPage,
    HandOverSection,
)
from field_app.domain.records.items import find_item
from field_app.errors import InputError
from field_app.ui.components.basics import (
    icon_action,
    primary_button,
    quiet,
    secondary_button,
    text_action,
)
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.folds import fold
from field_app.ui.components.frame import detail_page
from field_app.ui.components.panels import panel_page
from field_app.ui.components.routed import routed_pane
from field_app.ui.components.sheet_saving import save_sheet
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.components.submitting import finish
from field_app.ui.components.writing import write
from field_app.ui.components.written_lines import question, written_line
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import error_words, t, translator


@dataclass(frozen=True)
class _Read:
    page: HandOverPage | None
    told: list[AlreadyTold]


@routed_pane("case_id")
def hand_over_screen(*, case_id: str) -> ft.Control:
    """Draw the page of the participant of the route."""
    app = use_app()
    hand_over = app.workspace.hand_over
    is_open, set_open = ft.use_state(False)
    read: _Read = ft.use_memo(
        lambda: _Read(hand_over.page(case_id), hand_over.already_told(case_id)),
        [case_id, app.state.revision],
    )
    draft = use_draft(f"hand-over-print:{case_id}", {"recipient": ""}, case_id=case_id)
    lines = read.page.lines if read.page else ()
    body: list[ft.Control] = [
        quiet(t("hand_over.lead")),
        *_seen(read.page),
        ft.Row(
            wrap=True,
            controls=[
                secondary_button(
                    "hand-phone-over",
                    t("youth_mode.hand_over"),
                    lambda: app.hand_phone_over("hand-over", case_id),
                    icon=ft.Icons.PHONE_ANDROID,
                )
            ],
        ),
    ]
    for section in HandOverSection:
        if section is HandOverSection.DO_NOT_ASK:
            body.append(_told(app, case_id, read.told, lines))
        else:
            body.append(_section(app, case_id, section, lines))
    if lines:
        body += [
            ft.Divider(height=1, color=ft.Colors.OUTLINE_VARIANT),
            fold(
                identifier="fold-print",
                title=t("safety_plan.print"),
                is_open=is_open,
                on_toggle=lambda: set_open(not is_open),
                controls=_print(app, case_id, draft),
            ),
        ]
    return detail_page(
        title=t("hand_over.title"),
        back_to=f"/caseload/{case_id}",
        body=body,
        primary=primary_button(
            "youth-saw",
            t("hand_over.youth_saw"),
            lambda: write(app, lambda: hand_over.youth_saw(case_id)),
            icon=ft.Icons.TASK_ALT,
        )
        if lines and (read.page is None or not _is_seen_today(app, read.page))
        else None,
    )


def _is_seen_today(app: Controller, page: HandOverPage) -> bool:
    return bool(page.youth_saw_on == app.workspace.notebook.today())


def _seen(page: HandOverPage | None) -> list[ft.Control]:
    if page is None or not page.lines:
        return []
    if page.youth_saw_on is None:
        return [ft.Row(controls=[state_chip(Tone.SOON, t("hand_over.not_seen"))])]
    day = translator().date(page.youth_saw_on)
    return [ft.Row(controls=[state_chip(Tone.DONE, t("hand_over.seen", day=day))])]


def _section(
    app: Controller, case_id: str, section: HandOverSection, lines: tuple[HandOverLine, ...]
) -> ft.Control:
    title = translator().word(section)
    return question(
        identifier=f"section-{section.value}",
        title=title,
        lines=[_line(app, case_id, line) for line in lines if line.section is section],
        help_words=t("hand_over.nothing"),
        add_words=t("safety_plan.add_to", section=title),
        on_add=lambda: app.open_panel("hand-over-line", case_id=case_id, place=f"{section.value}/"),
    )


def _line(app: Controller, case_id: str, line: HandOverLine) -> ft.Control:
    place = f"{line.section.value}/{line.item_id}"
    notes = [t("hand_over.by_youth")] if line.by_youth else []
    if not line.goes_over:
        notes.append(t("hand_over.stays"))
    return written_line(
        identifier=f"line-{line.item_id}",
        words=line.words,
        note=" · ".join(notes),
        icon=None if line.goes_over else ft.Icons.BACK_HAND_OUTLINED,
        on_open=lambda: app.open_panel("hand-over-line", case_id=case_id, place=place),
    )


def _told(
    app: Controller,
    case_id: str,
    told: list[AlreadyTold],
    lines: tuple[HandOverLine, ...],
) -> ft.Control:
    title = translator().word(HandOverSection.DO_NOT_ASK)
    own = [line for line in lines if line.section is HandOverSection.DO_NOT_ASK]
    return question(
        identifier="told",
        title=title,
        lines=[
            *(_told_line(app, one) for one in told),
            *(_line(app, case_id, line) for line in own),
        ],
        help_words=t("hand_over.told_help"),
        add_words=t("hand_over.add_told"),
        on_add=lambda: app.open_panel("told", case_id=case_id),
    )


def _told_line(app: Controller, one: AlreadyTold) -> ft.Control:
    day = translator().date(one.told_on) if one.told_on else ""
    words = t("hand_over.told_to", who=one.told_to, day=day) if one.told_to else day
    hand_over = app.workspace.hand_over
    return written_line(
        identifier=f"told-{one.record_id}",
        words=one.topic,
        note=words,
        icon=ft.Icons.SPEAKER_NOTES_OFF_OUTLINED if one.do_not_ask else ft.Icons.CHAT_OUTLINED,
        trailing=icon_action(
            f"told-{one.record_id}-remove",
            ft.Icons.CLOSE,
            t("hand_over.remove_told", topic=one.topic),
            lambda: write(
                app,
                lambda: hand_over.remove_told(one.record_id),
                undo=lambda _: hand_over.add_told(
                    one.case_id,
                    one.topic,
                    told_to=one.told_to,
                    told_on=one.told_on,
                    do_not_ask=one.do_not_ask,
                ),
            ),
        ),
    )


def _print(app: Controller, case_id: str, draft: FormDraft) -> list[ft.Control]:
    language = app.state.language

    async def save(recipient: str) -> None:
        sheets = app.workspace.sheets
        try:
            await save_sheet(
                app, lambda: sheets.hand_over(case_id, language=language, recipient=recipient)
            )
        except InputError as refusal:
            draft.refuse("recipient", error_words(refusal))

    async def save_for_somebody() -> None:
        if not draft["recipient"].strip():
            draft.refuse("recipient", t("errors.words_needed"))
            return
        await save(draft["recipient"])

    return [
        ft.Row(
            wrap=True,
            controls=[
                secondary_button(
                    "print-own",
                    t("safety_plan.print_own"),
                    lambda: save(""),
                    icon=ft.Icons.PICTURE_AS_PDF_OUTLINED,
                )
            ],
        ),
        text_field(
            identifier="print-name",
            label=t("safety_plan.recipient"),
            helper=t("safety_plan.recipient_help"),
            value=draft["recipient"],
            on_change=draft.setter("recipient"),
            error=draft.error_of("recipient"),
        ),
        ft.Row(
            wrap=True,
            controls=[
                secondary_button(
                    "print-recipient",
                    t("hand_over.print_recipient"),
                    save_for_somebody,
                    icon=ft.Icons.PICTURE_AS_PDF_OUTLINED,
                )
            ],
        ),
    ]


@part
def hand_over_line_panel(*, case_id: str, place: str) -> ft.Control:
    """Draw a line of `place`: section and item id (empty for a new line)."""
    app = use_app()
    hand_over = app.workspace.hand_over
    section_word, item_id = place.split("/")
    section = HandOverSection(section_word)
    page: HandOverPage | None = ft.use_memo(
        lambda: hand_over.page(case_id), [case_id, app.state.revision]
    )
    line = find_item(page.lines, item_id) if page is not None and item_id else None
    draft = use_draft(
        f"hand-over-line:{case_id}/{place}",
        {"words": line.words if line else "", "by": _who(line)},
        case_id=case_id,
    )
    title = translator().word(section)
    if item_id and line is None:
        return panel_page(title=title, body=[quiet(t("hand_over.line_gone"))])

    async def save() -> None:
        words, by_youth = str(draft["words"]), draft["by"] == "youth"
        if not words.strip():
            draft.refuse("words", t("errors.words_needed"))
            return
        base = line or HandOverLine(section=section)
        changed = replace(base, words=words, by_youth=by_youth)
        await finish(app, draft, lambda: hand_over.put_line(case_id, changed))

    async def remove() -> None:
        old = line
        if old is None:
            return
        app.close_panel()
        await write(
            app,
            lambda: hand_over.remove_line(case_id, old.item_id),
            undo=lambda _: hand_over.put_line(case_id, old),
        )

    body: list[ft.Control] = [
        quiet(t("hand_over.lead")),
        text_field(
            identifier="line-words",
            label=t("hand_over.words"),
            value=draft["words"],
            on_change=draft.setter("words"),
            error=draft.error_of("words"),
            lines=2,
            is_autofocused=True,
        ),
        choice_chips(
            identifier="line-by",
            label=t("hand_over.whose"),
            choices=[
                Choice("youth", t("hand_over.by_youth")),
                Choice("staff", t("hand_over.by_staff")),
            ],
            chosen=draft["by"],
            on_choose=draft.setter("by"),
        ),
        field_error(draft.other_error),
    ]
    if line is not None:
        body.append(text_action("line-remove", t("safety_plan.remove"), remove))
    return panel_page(
        title=title, body=body, primary=primary_button("line-save", t("common.save"), save)
    )


def _who(line: HandOverLine | None) -> str:
    return "staff" if line is not None and not line.by_youth else "youth"


@part
def told_panel(*, case_id: str) -> ft.Control:
    """Draw the form of a topic that was told already: a word or two, never the story."""
    app = use_app()
    draft = use_draft(f"told:{case_id}", {"topic": "", "told_to": "", "ask": "no"}, case_id=case_id)

    async def save() -> None:
        values = draft.values
        await finish(
            app,
            draft,
            lambda: app.workspace.hand_over.add_told(
                case_id,
                values["topic"],
                told_to=values["told_to"],
                do_not_ask=values["ask"] == "no",
            ),
            undo=lambda told: app.workspace.hand_over.remove_told(told.record_id),
        )

    return panel_page(
        title=t("hand_over.add_told"),
        body=[
            quiet(t("hand_over.told_help")),
            text_field(
                identifier="told-topic",
                label=t("hand_over.topic"),
                helper=t("hand_over.topic_help"),
                value=draft["topic"],
                on_change=draft.setter("topic"),
                error=draft.error_of("topic"),
                is_autofocused=True,
            ),
            text_field(
                identifier="told-to",
                label=t("hand_over.who_heard"),
                value=draft["told_to"],
                on_change=draft.setter("told_to"),
            ),
            choice_chips(
                identifier="told-ask",
                label=t("hand_over.ask_again"),
                choices=[
                    Choice("no", t("hand_over.do_not_ask")),
                    Choice("yes", t("hand_over.may_ask")),
                ],
                chosen=draft["ask"],
                on_choose=draft.setter("ask"),
            ),
            field_error(draft.other_error),
        ],
        primary=primary_button("told-save", t("common.save"), save),
    )
