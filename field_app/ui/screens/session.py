"""Logging sessions of the Parent Empowerment Program: with one parent, or a group a tap a head."""

from collections.abc import Callable
from typing import Any

import flet as ft

from field_app.domain.records.empowerment import EmpowermentSession
from field_app.domain.vocabulary import ParticipantKind
from field_app.services.caseload import CaseloadEntry
from field_app.services.empowerment import SessionEntry
from field_app.ui import tokens
from field_app.ui.components.basics import primary_button, quiet, section_header
from field_app.ui.components.choice_rows import choice_row
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.folds import fold
from field_app.ui.components.numbers import whole_number
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import moment_of, when_fields
from field_app.ui.components.whom import nobody_lines, open_people, whom
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t
from field_app.ui.screens.empowerment import topic_names

BLANK: dict[str, Any] = {
    "case_id": "",
    "session_number": "",
    "topics": [],
    "day": "",
    "clock": "",
    "minutes": "",
    "note": "",
}


@part
def session_panel(*, case_id: str = "", number: int = 0) -> ft.Control:
    """Draw one session with one parent; the next one that was not attended stands chosen."""
    app = use_app()
    blank = {**BLANK, "session_number": str(number or "")}
    draft = use_draft(f"session:{case_id or 'new'}", blank, case_id=case_id or None)
    is_open, set_open = ft.use_state(False)
    who = case_id or str(draft["case_id"])
    following = app.workspace.empowerment.progress(who).next_session if who else None
    chosen = str(number or draft["session_number"] or following or "")

    async def save() -> None:
        if not who:
            draft.refuse("case_id", t("empowerment.who_needed"))
            return
        values = {**draft.values, "session_number": chosen}
        empowerment = app.workspace.empowerment

        def write() -> EmpowermentSession:
            entry = _entry(app, values)
            session: EmpowermentSession = empowerment.log(who, entry, form=draft.form)
            return session

        await finish(app, draft, write, undo=lambda one: empowerment.take_back(one.record_id))

    about: ft.Control = (
        quiet(app.workspace.caseload.aliases().get(case_id, ""))
        if case_id
        else whom(
            key="who",
            identifier="who",
            label=t("empowerment.who"),
            kind=ParticipantKind.PARENT,
            chosen=draft["case_id"],
            on_choose=draft.setter("case_id"),
            error=draft.error_of("case_id"),
        )
    )
    numbers = [] if number else _number(app, draft, chosen)
    title = t("empowerment.session_number", number=number) if number else t("empowerment.log")
    return panel_page(
        title=title,
        body=[
            about,
            *_topics(app, draft),
            *numbers,
            _more(app, draft, is_open, lambda: set_open(not is_open)),
            field_error(draft.other_error),
        ],
        primary=primary_button("session-save", t("empowerment.save"), save, icon=ft.Icons.CHECK),
    )


@part
def group_session_panel() -> ft.Control:
    """Draw one group session: each parent who came is one tap."""
    app = use_app()
    draft = use_draft("session-group:new", {**BLANK, "attended": {}})
    is_open, set_open = ft.use_state(False)
    parents = ft.use_memo(lambda: open_people(app, ParticipantKind.PARENT), [app.state.revision])
    attended: dict[str, str] = draft["attended"]
    came = sum(1 for answer in attended.values() if answer == "came")

    async def save() -> None:
        values = dict(draft.values)
        empowerment = app.workspace.empowerment

        def write() -> tuple[EmpowermentSession, ...]:
            heads = {case_id: answer == "came" for case_id, answer in attended.items()}
            saved: tuple[EmpowermentSession, ...] = empowerment.log_group(
                heads, _entry(app, values), form=draft.form
            )
            return saved

        def take_back(saved: tuple[EmpowermentSession, ...]) -> None:
            for one in saved:
                empowerment.take_back(one.record_id)

        await finish(app, draft, write, undo=take_back)

    return panel_page(
        title=t("empowerment.group"),
        body=[
            *_number(app, draft, draft["session_number"]),
            *_topics(app, draft),
            section_header(t("empowerment.heads")),
            *(head_line(draft, entry) for entry in parents),
            *nobody_lines(app, ParticipantKind.PARENT),
            field_error(draft.error_of("attended")),
            _more(app, draft, is_open, lambda: set_open(not is_open)),
            field_error(draft.other_error),
        ],
        primary=primary_button(
            "group-save", t("empowerment.group_save", count=came), save, icon=ft.Icons.DONE_ALL
        ),
    )


def head_line(draft: FormDraft, entry: CaseloadEntry) -> ft.Control:
    """Return one person with two answers of one tap each; a second tap takes the answer back."""
    attended: dict[str, str] = draft["attended"]
    case_id = entry.case_id

    def choose(answer: str) -> None:
        others = {who: given for who, given in attended.items() if who != case_id}
        same = attended.get(case_id) == answer
        draft.set(attended=others if same else {**others, case_id: answer})

    return ft.Column(
        spacing=tokens.SPACE_XS,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[
            ft.Text(entry.participant.alias, theme_style=ft.TextThemeStyle.TITLE_MEDIUM),
            choice_row(
                identifier=f"head-{case_id}",
                choices=[Choice(answer, t(f"empowerment.{answer}")) for answer in ("came", "not")],
                chosen=attended.get(case_id, ""),
                on_choose=choose,
            ),
        ],
    )


def _number(app: Controller, draft: FormDraft, chosen: str) -> list[ft.Control]:
    last = app.workspace.empowerment.target().sessions
    return [
        choice_chips(
            identifier="number",
            label=t("empowerment.number"),
            choices=[Choice(str(number), str(number)) for number in range(1, last + 1)],
            chosen=chosen,
            on_choose=draft.setter("session_number"),
        ),
        field_error(draft.error_of("session_number")),
    ]


def _topics(app: Controller, draft: FormDraft) -> list[ft.Control]:
    held: list[str] = draft["topics"]

    def choose(topic: str) -> None:
        others = [one for one in held if one != topic]
        draft.set(topics=others if topic in held else [*held, topic])

    return [
        choice_chips(
            identifier="topic",
            label=t("empowerment.topics"),
            choices=[Choice(str(p), name) for p, name in enumerate(topic_names(app), 1)],
            chosen=held,
            on_choose=choose,
        ),
        field_error(draft.error_of("topics")),
    ]


def _more(
    app: Controller, draft: FormDraft, is_open: bool, toggle: Callable[[], Any]
) -> ft.Control:
    usual = app.workspace.empowerment.target().session_minutes
    return fold(
        identifier="session-more",
        title=t("empowerment.more"),
        is_open=is_open or bool(draft.error_of("minutes")),
        on_toggle=toggle,
        controls=[
            when_fields(
                identifier="session-at",
                day=draft["day"],
                clock=draft["clock"],
                now=app.workspace.notebook.now(),
                on_day=draft.setter("day"),
                on_clock=draft.setter("clock"),
            ),
            text_field(
                identifier="session-minutes",
                label=t("empowerment.minutes"),
                helper=t("empowerment.minutes_help", count=usual),
                value=draft["minutes"],
                on_change=draft.setter("minutes"),
                error=draft.error_of("minutes"),
                keyboard=ft.KeyboardType.NUMBER,
            ),
            text_field(
                identifier="session-note",
                label=t("log.note"),
                value=draft["note"],
                on_change=draft.setter("note"),
                lines=2,
            ),
        ],
    )


def _entry(app: Controller, values: dict[str, Any]) -> SessionEntry:
    number = str(values["session_number"])
    return SessionEntry(
        session_number=int(number) if number else None,
        topics=tuple(int(topic) for topic in values["topics"]),
        held_at=moment_of(values["day"], values["clock"], app.workspace.notebook.now()),
        minutes=whole_number(values["minutes"], "minutes"),
        note=values["note"],
    )
