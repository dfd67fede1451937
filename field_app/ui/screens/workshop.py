"""A workshop or event: once for all who came, a tap a head; one head put right later."""

from typing import Any

import flet as ft

from field_app.domain.records.gatherings import WorkshopAttendance, WorkshopKind
from field_app.services.gatherings import WorkshopEntry
from field_app.ui.components.basics import primary_button, quiet, section_header
from field_app.ui.components.choice_rows import choice_row
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.draft_choices import one_of
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.field_words import moment_words
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.numbers import whole_number
from field_app.ui.components.panels import panel_page
from field_app.ui.components.shown_in_pages import shown_in_pages
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import moment_of, when_fields
from field_app.ui.components.whom import nobody_lines, open_people
from field_app.ui.components.writing import write
from field_app.ui.context import use_app
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator
from field_app.ui.screens.session import head_line

CAME = "came"
BLANK: dict[str, Any] = {
    "workshop_kind": "",
    "title": "",
    "attended": {},
    "minutes": "",
    "survivor": "",
    "day": "",
    "clock": "",
}


@part
def workshop_panel() -> ft.Control:
    """Draw one workshop."""
    app = use_app()
    draft = use_draft("workshop:new", BLANK)
    people = ft.use_memo(lambda: open_people(app), [app.state.revision])
    attended: dict[str, str] = draft["attended"]
    came = sum(1 for answer in attended.values() if answer == CAME)
    now = app.workspace.notebook.now()

    async def save() -> None:
        if not draft["workshop_kind"]:
            draft.refuse("workshop_kind", t("workshop.kind_needed"))
            return
        values = dict(draft.values)

        def log() -> tuple[WorkshopAttendance, ...]:
            entry = WorkshopEntry(
                workshop_kind=WorkshopKind(values["workshop_kind"]),
                title=values["title"],
                held_at=moment_of(values["day"], values["clock"], now),
                minutes=whole_number(values["minutes"], "minutes"),
                survivor_co_facilitated=values["survivor"] == "yes",
            )
            heads = {case_id: answer == CAME for case_id, answer in attended.items()}
            saved: tuple[WorkshopAttendance, ...] = app.workspace.workshops.log(
                heads, entry, form=draft.form
            )
            return saved

        await finish(app, draft, log)

    return panel_page(
        title=t("workshop.title"),
        body=[
            one_of(draft, "workshop_kind", t("workshop.kind"), WorkshopKind),
            field_error(draft.error_of("workshop_kind")),
            text_field(
                identifier="workshop-title",
                label=t("workshop.name"),
                value=draft["title"],
                on_change=draft.setter("title"),
            ),
            section_header(t("empowerment.heads")),
            shown_in_pages(
                key="heads",
                identifier="more-heads",
                controls=[head_line(draft, entry) for entry in people],
            ),
            *nobody_lines(app),
            field_error(draft.error_of("attended")),
            choice_chips(
                identifier="survivor",
                label=t("workshop.survivor"),
                choices=[Choice(answer, t(f"answer.{answer}")) for answer in ("yes", "no")],
                chosen=draft["survivor"],
                on_choose=draft.setter("survivor"),
            ),
            when_fields(
                identifier="workshop-at",
                day=draft["day"],
                clock=draft["clock"],
                now=now,
                on_day=draft.setter("day"),
                on_clock=draft.setter("clock"),
            ),
            text_field(
                identifier="workshop-minutes",
                label=t("empowerment.minutes"),
                value=draft["minutes"],
                on_change=draft.setter("minutes"),
                error=draft.error_of("minutes"),
                keyboard=ft.KeyboardType.NUMBER,
            ),
            field_error(draft.other_error),
        ],
        primary=primary_button(
            "workshop-save", t("empowerment.group_save", count=came), save, icon=ft.Icons.DONE_ALL
        ),
    )


@part
def workshop_open_panel(*, case_id: str, record_id: str) -> ft.Control:
    """Draw one person's place at a workshop; whether they came can be put right with one tap."""
    app = use_app()
    workshops = app.workspace.workshops
    found = ft.use_memo(lambda: workshops.of_case(case_id), [case_id, app.state.revision])
    one = next((each for each in found if each.record_id == record_id), None)
    if one is None:
        return panel_page(title=t("workshop.title"), body=[quiet(t("meeting.gone"))])
    about = [
        app.workspace.caseload.aliases().get(case_id, ""),
        moment_words(one.held_at, app.workspace.notebook.today()) if one.held_at else "",
    ]
    kind = translator().word(one.workshop_kind)

    async def choose(answer: str) -> None:
        attended = answer == CAME
        await write(
            app,
            lambda: workshops.set_attended(record_id, attended=attended),
            undo=lambda _: workshops.set_attended(record_id, attended=not attended),
        )

    return panel_page(
        title=one.title or kind,
        body=[
            quiet(" · ".join(words for words in about if words)),
            *([quiet(kind)] if one.title else []),
            choice_row(
                identifier="attended",
                choices=[Choice(answer, t(f"empowerment.{answer}")) for answer in (CAME, "not")],
                chosen=CAME if one.attended else "not",
                on_choose=choose,
            ),
            *([quiet(one.note)] if one.note else []),
        ],
    )
