"""The hand-over page in the youth's hand: change, add, take out, and choose what goes over.

What the youth holds back stays here, and is left out of every printed page.
"""

from dataclasses import dataclass, replace

import flet as ft

from field_app.domain.records.hand_over import (
    AlreadyTold,
    HandOverLine,
    HandOverPage,
    HandOverSection,
)
from field_app.ui import tokens
from field_app.ui.components.basics import heading, icon_action, secondary_button
from field_app.ui.components.choice_rows import choice_row
from field_app.ui.components.choices import Choice
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.components.writing import write
from field_app.ui.components.youth_sheet import large_line, writing_place, youth_view
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import Handler, screen
from field_app.ui.i18n import t, translator

CHANGING, CHANGED_ID = "changing", "changed_id"
"""The fields of the draft that hold a line while its words are changed, and which it is."""


@dataclass(frozen=True)
class _Desk:
    """What a part of the sheet works with: the window, whose page, the draft, what is open."""

    app: Controller
    case_id: str
    draft: FormDraft
    opened: str
    open_at: Handler


@screen
def youth_hand_over_screen(*, about_id: str) -> ft.View:
    """Draw the page of a participant's case, the person's own."""
    app = use_app()
    hand_over = app.workspace.hand_over
    page: HandOverPage | None = ft.use_memo(
        lambda: hand_over.page(about_id), [about_id, app.state.revision]
    )
    told: list[AlreadyTold] = ft.use_memo(
        lambda: hand_over.already_told(about_id), [about_id, app.state.revision]
    )
    opened, open_at = ft.use_state("")
    draft = use_draft(
        f"youth-page:{about_id}",
        {CHANGING: "", CHANGED_ID: "", **{section.value: "" for section in HandOverSection}},
        case_id=about_id,
    )
    desk = _Desk(app, about_id, draft, opened, open_at)
    lines = page.lines if page is not None else ()
    return youth_view(
        app,
        t("youth_page.title"),
        t("youth_page.lead"),
        [*(_section(desk, section, lines, told) for section in HandOverSection), *_seen(app, page)],
    )


def _seen(app: Controller, page: HandOverPage | None) -> list[ft.Control]:
    if page is None or not page.lines:
        return []
    if page.youth_saw_on == app.workspace.notebook.today():
        return [ft.Row(controls=[state_chip(Tone.DONE, t("youth_page.agreed"))])]
    return [
        secondary_button(
            "agree",
            t("youth_page.agree"),
            lambda: write(app, lambda: app.workspace.hand_over.youth_saw(page.case_id)),
            icon=ft.Icons.TASK_ALT,
        )
    ]


def _section(
    desk: _Desk,
    section: HandOverSection,
    lines: tuple[HandOverLine, ...],
    told: list[AlreadyTold],
) -> ft.Control:
    app, name = desk.app, section.value

    async def add() -> None:
        typed = [words for words in str(desk.draft[name]).splitlines() if words.strip()]

        def save() -> None:
            for words in typed:
                app.workspace.hand_over.put_line(
                    desk.case_id, HandOverLine(section=section, words=words, by_youth=True)
                )

        if typed:
            await write(app, save)
        desk.draft.set(**{name: ""})
        desk.open_at("")

    topics = told if section is HandOverSection.DO_NOT_ASK else []
    return ft.Column(
        spacing=tokens.SPACE_M,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[
            heading(translator().word(section)),
            *(_topic(app, one) for one in topics),
            *(_line(desk, line) for line in lines if line.section is section),
            *writing_place(
                name,
                desk.draft,
                is_open=desk.opened == name,
                label=t("hand_over.words"),
                helper=None,
                on_open=lambda: desk.open_at(name),
                on_keep=add,
            ),
        ],
    )


def _topic(app: Controller, one: AlreadyTold) -> ft.Control:
    hand_over = app.workspace.hand_over
    return large_line(
        one.topic,
        icon_action(
            f"topic-{one.record_id}-remove",
            ft.Icons.CLOSE,
            t("youth_mode.take_out", words=one.topic),
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


def _line(desk: _Desk, line: HandOverLine) -> ft.Control:
    app, case_id = desk.app, desk.case_id
    hand_over = app.workspace.hand_over
    if desk.draft[CHANGED_ID] == line.item_id:
        return _changing(desk, line)

    async def choose(answer: str) -> None:
        chosen = replace(line, goes_over=answer == "over")
        await write(
            app,
            lambda: hand_over.put_line(case_id, chosen),
            undo=lambda _: hand_over.put_line(case_id, line),
        )

    return large_line(
        line.words,
        icon_action(
            f"mine-{line.item_id}-change",
            ft.Icons.EDIT_OUTLINED,
            t("youth_page.change", words=line.words),
            lambda: desk.draft.set(**{CHANGING: line.words, CHANGED_ID: line.item_id}),
        ),
        icon_action(
            f"mine-{line.item_id}-remove",
            ft.Icons.CLOSE,
            t("youth_mode.take_out", words=line.words),
            lambda: write(
                app,
                lambda: hand_over.remove_line(case_id, line.item_id),
                undo=lambda _: hand_over.put_line(case_id, line),
            ),
        ),
        under=[
            ft.Container(
                padding=ft.Padding.only(right=tokens.SPACE_L),
                content=choice_row(
                    identifier=f"mine-{line.item_id}",
                    choices=[
                        Choice("over", t("youth_page.goes_over")),
                        Choice("stays", t("youth_page.stays")),
                    ],
                    chosen="over" if line.goes_over else "stays",
                    on_choose=choose,
                ),
            )
        ],
    )


def _changing(desk: _Desk, line: HandOverLine) -> ft.Control:
    app = desk.app

    async def keep() -> None:
        words = str(desk.draft[CHANGING])
        changed = replace(line, words=words, by_youth=line.by_youth or words != line.words)
        hand_over = app.workspace.hand_over
        await write(
            app,
            lambda: hand_over.put_line(desk.case_id, changed),
            undo=lambda _: hand_over.put_line(desk.case_id, line),
        )
        desk.draft.set(**{CHANGING: "", CHANGED_ID: ""})

    return ft.Column(
        spacing=tokens.SPACE_M,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=writing_place(
            CHANGING,
            desk.draft,
            is_open=True,
            label=t("hand_over.words"),
            helper=None,
            on_open=lambda: None,
            on_keep=keep,
        ),
    )
