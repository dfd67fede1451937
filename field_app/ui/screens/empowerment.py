"""The Parent Empowerment Program on a parent's page: sessions by topics as a grid.

A tap on a session's row logs that session. Nothing of the curriculum is kept: numbers and topics.
"""

import flet as ft

from field_app.domain.records.empowerment import EmpowermentProgress, EmpowermentSession
from field_app.services.caseload import ParticipantPage
from field_app.ui import tokens
from field_app.ui.components.basics import (
    labelled,
    primary_button,
    quiet,
    secondary_button,
    section_header,
)
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.field_words import local
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.panels import panel_page
from field_app.ui.components.sheet_saving import save_sheet
from field_app.ui.components.states import progress_line
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import guard, part
from field_app.ui.i18n import t, translator

HEAD_WIDTH = 92  # "10" with its icon and its day; with six topics of 40 px it fits a phone
CELL_WIDTH = 40


def topic_names(app: Controller) -> list[str]:
    """Return the topics of the program file in the language of the window."""
    names: list[str] = app.workspace.sheets.topics(app.state.language)
    return [name[:1].upper() + name[1:] for name in names]  # the program file quotes a sentence


def empowerment_part(app: Controller, page: ParticipantPage) -> list[ft.Control]:
    """Return the program's part of a parent's page."""
    case_id = page.participant.case_id
    service = app.workspace.empowerment
    progress, sessions = service.progress(case_id), service.sessions(case_id)
    topics = topic_names(app)
    is_open = page.participant.is_open
    controls: list[ft.Control] = [
        section_header(t("empowerment.title")),
        progress_line(
            len(progress.attended),
            progress.target.sessions,
            t(
                "empowerment.progress",
                done=len(progress.attended),
                sessions=progress.target.sessions,
                topics=len(progress.topics),
                all=progress.target.topic_count,
            ),
        ),
        _grid(app, case_id, progress, sessions, is_open=is_open),
        *(_topic_line(place, name, progress) for place, name in enumerate(topics, 1)),
    ]
    buttons: list[ft.Control] = []
    if is_open:
        buttons.append(
            secondary_button(
                "log-session",
                t("empowerment.log"),
                lambda: app.open_panel("session", case_id=case_id),
                icon=ft.Icons.EDIT_NOTE,
            )
        )
    if progress.is_complete:
        buttons.append(
            secondary_button(
                "certificate",
                t("empowerment.certificate"),
                lambda: app.open_panel("certificate", case_id=case_id),
                icon=ft.Icons.WORKSPACE_PREMIUM_OUTLINED,
            )
        )
    if buttons:
        controls.append(ft.Row(wrap=True, controls=buttons))
    return controls


def _grid(
    app: Controller,
    case_id: str,
    progress: EmpowermentProgress,
    sessions: list[EmpowermentSession],
    *,
    is_open: bool,
) -> ft.Control:
    places = range(1, progress.target.topic_count + 1)
    head = ft.Row(
        spacing=0,
        controls=[
            ft.Container(
                width=HEAD_WIDTH, content=quiet(t("empowerment.session"), size=tokens.CAPTION)
            ),
            *(_cell(quiet(str(place), size=tokens.CAPTION)) for place in places),
        ],
    )
    rows = [
        _row(app, case_id, number, progress, sessions, is_open=is_open)
        for number in range(1, progress.target.sessions + 1)
    ]
    return ft.Column(
        spacing=0,
        horizontal_alignment=ft.CrossAxisAlignment.STRETCH,
        controls=[ft.Semantics(exclude_semantics=True, content=head), *rows],
    )


def _row(
    app: Controller,
    case_id: str,
    number: int,
    progress: EmpowermentProgress,
    sessions: list[EmpowermentSession],
    *,
    is_open: bool,
) -> ft.Control:
    own = [one for one in sessions if one.session_number == number]
    present = [one for one in own if one.attended]
    covered = {topic for one in present for topic in one.topics}
    is_owed = number in progress.to_make_up
    icon, color = ft.Icons.CIRCLE_OUTLINED, ft.Colors.OUTLINE
    if present:
        icon, color = ft.Icons.CHECK_CIRCLE, ft.Colors.PRIMARY
    elif is_owed:
        icon, color = ft.Icons.HISTORY, ft.Colors.TERTIARY
    day = present[-1].held_at if present else None
    under = translator().date(local(day).date()).rsplit(",", 1)[0] if day else ""
    if is_owed:
        under = t("empowerment.make_up")
    words: list[ft.Control] = [ft.Text(str(number), size=tokens.BODY, weight=ft.FontWeight.W_600)]
    if under:
        words.append(quiet(under, size=tokens.CAPTION))
    cells = [
        _cell(
            ft.Icon(ft.Icons.CHECK, size=tokens.LEAD, color=ft.Colors.PRIMARY)
            if topic in covered
            else ft.Text("·", color=ft.Colors.OUTLINE)
        )
        for topic in range(1, progress.target.topic_count + 1)
    ]
    row = ft.Container(
        height=tokens.TOUCH,
        ink=is_open,
        on_click=guard(lambda: app.open_panel("session", case_id=case_id, number=number))
        if is_open
        else None,
        border=ft.Border.only(top=ft.BorderSide(1, ft.Colors.OUTLINE_VARIANT)),
        content=ft.Semantics(
            exclude_semantics=True,
            content=ft.Row(
                spacing=0,
                controls=[
                    ft.Container(
                        width=HEAD_WIDTH,
                        content=ft.Row(
                            spacing=tokens.SPACE_XS,
                            controls=[
                                ft.Icon(icon, size=tokens.LEAD, color=color),
                                ft.Column(spacing=0, tight=True, expand=True, controls=words),
                            ],
                        ),
                    ),
                    *cells,
                ],
            ),
        ),
    )
    return labelled(f"session-{number}", row, _row_words(number, present, is_owed, covered))


def _row_words(
    number: int, present: list[EmpowermentSession], is_owed: bool, covered: set[int]
) -> str:
    """Return what a screen reader says of a row."""
    state = "attended" if present else "owed" if is_owed else "open"
    words = t(f"empowerment.said.{state}", number=number)
    if covered:
        listed = ", ".join(str(topic) for topic in sorted(covered))
        words += " " + t("empowerment.said.topics", topics=listed)
    return words


def _cell(content: ft.Control) -> ft.Control:
    return ft.Container(width=CELL_WIDTH, alignment=ft.Alignment.CENTER, content=content)


def _topic_line(place: int, name: str, progress: EmpowermentProgress) -> ft.Control:
    is_covered = place in progress.topics
    return ft.Row(
        spacing=tokens.SPACE_S,
        controls=[
            ft.Icon(
                ft.Icons.CHECK_CIRCLE if is_covered else ft.Icons.CIRCLE_OUTLINED,
                size=tokens.LEAD,
                color=ft.Colors.PRIMARY if is_covered else ft.Colors.OUTLINE,
                semantics_label=t("common.done") if is_covered else None,
            ),
            ft.Text(t("empowerment.topic", place=place, name=name), expand=True),
        ],
    )


@part
def certificate_panel(*, case_id: str) -> ft.Control:
    """Draw the certificate: the name that shall stand on it is not kept."""
    app = use_app()
    draft = use_draft(f"certificate:{case_id}", {"name": ""}, case_id=case_id)

    async def save() -> None:
        if not draft["name"].strip():
            draft.refuse("name", t("empowerment.name_needed"))
            return
        name, language = draft["name"], app.state.language
        await save_sheet(
            app, lambda: app.workspace.sheets.certificate(case_id, name=name, language=language)
        )
        await draft.start_over()

    return panel_page(
        title=t("empowerment.certificate"),
        body=[
            quiet(t("empowerment.certificate_help")),
            text_field(
                identifier="certificate-name",
                label=t("empowerment.name"),
                value=draft["name"],
                on_change=draft.setter("name"),
                error=draft.error_of("name"),
            ),
            field_error(draft.other_error),
        ],
        primary=primary_button(
            "certificate-save",
            t("empowerment.certificate_save"),
            save,
            icon=ft.Icons.PICTURE_AS_PDF_OUTLINED,
        ),
    )
