"""Strengths and needs: the project's own generic form, strengths first, every line optional.

Of copyrighted instruments only the name, the day and the result band are written down.
"""

from collections.abc import Callable
from dataclasses import dataclass

import flet as ft

from field_app.domain.records.goal import NeedKind
from field_app.domain.records.items import find_item
from field_app.domain.records.plans import (
    AssessmentEntry,
    AssessmentSide,
    NeedLevel,
    ScreeningResult,
    StrengthsNeedsAssessment,
)
from field_app.ui.components.basics import (
    primary_button,
    quiet,
    secondary_button,
    section_header,
    text_action,
)
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.folds import fold
from field_app.ui.components.frame import detail_page
from field_app.ui.components.panels import panel_page
from field_app.ui.components.routed import routed_pane
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import day_of, when_fields
from field_app.ui.components.writing import write
from field_app.ui.components.written_lines import question, written_line
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator


@dataclass(frozen=True)
class _Read:
    current: StrengthsNeedsAssessment | None
    finished: list[StrengthsNeedsAssessment]
    screenings: list[ScreeningResult]


async def open_strengths(app: Controller, case_id: str) -> None:
    """Open the assessments of a youth; begin the first one where there is none."""
    assessments = app.workspace.assessments
    if not await app.run(lambda: assessments.of_case(case_id)):
        await app.run(lambda: assessments.begin(case_id))
        app.changed()
    app.navigate(f"/caseload/{case_id}/strengths")


@routed_pane("case_id")
def strengths_screen(*, case_id: str) -> ft.Control:
    """Draw the assessments of the participant of the route."""
    app = use_app()
    opened, open_fold = ft.use_state("")
    assessments = app.workspace.assessments
    read = ft.use_memo(lambda: _read(app, case_id), [case_id, app.state.revision])
    body: list[ft.Control] = [quiet(t("strengths.lead"))]
    primary: ft.Control | None = None
    if read.current is not None:
        current = read.current
        body += [_side(app, current, side) for side in AssessmentSide]
        if current.entries:
            primary = primary_button(
                "finish-strengths",
                t("strengths.finish"),
                lambda: write(app, lambda: assessments.finish(current.record_id)),
                icon=ft.Icons.TASK_ALT,
            )
    else:
        primary = primary_button(
            "begin-strengths",
            t("strengths.begin_again"),
            lambda: write(app, lambda: assessments.begin(case_id)),
            icon=ft.Icons.EDIT_NOTE,
        )
    if read.finished:
        body.append(section_header(t("strengths.earlier")))
    for number, one in enumerate(reversed(read.finished)):
        body.append(_earlier(one, f"earlier-{number}", opened, open_fold))
    body += _screenings(app, case_id, read.screenings)
    return detail_page(
        title=t("strengths.title"), back_to=f"/caseload/{case_id}", body=body, primary=primary
    )


def _read(app: Controller, case_id: str) -> _Read:
    every = app.workspace.assessments.of_case(case_id)
    return _Read(
        next((one for one in every if one.finished_on is None), None),
        [one for one in every if one.finished_on is not None],
        app.workspace.assessments.screenings(case_id),
    )


def _side(
    app: Controller, assessment: StrengthsNeedsAssessment, side: AssessmentSide
) -> ft.Control:
    place = f"{assessment.record_id}/{side.value}/"
    return question(
        identifier=f"side-{side.value}",
        title=t(f"strengths.side.{side.value}"),
        lines=[
            written_line(
                identifier=f"entry-{entry.item_id}",
                words=entry_words(entry),
                note=entry_note(entry),
                on_open=_opening(app, assessment.case_id, f"{place}{entry.item_id}"),
            )
            for entry in assessment.entries
            if entry.side is side
        ],
        help_words=t(f"strengths.ask.{side.value}"),
        add_words=t(f"strengths.add.{side.value}"),
        on_add=_opening(app, assessment.case_id, place),
    )


def _opening(app: Controller, case_id: str, entry: str) -> Callable[[], None]:
    return lambda: app.open_panel("assessment-line", case_id=case_id, entry=entry)


def entry_words(entry: AssessmentEntry) -> str:
    """Return what a line says: its words, or its area where no words were given."""
    return entry.words or (translator().word(entry.area) if entry.area else "")


def entry_note(entry: AssessmentEntry) -> str:
    """Return the area of a line that has words, and how well a need is met."""
    parts = [translator().word(entry.area)] if entry.area and entry.words else []
    if entry.level is not None:
        parts.append(translator().word(entry.level))
    return " · ".join(parts)


def _earlier(
    one: StrengthsNeedsAssessment, name: str, opened: str, open_fold: Callable[[str], None]
) -> ft.Control:
    day = translator().date(one.finished_on) if one.finished_on else ""
    lines = [
        written_line(
            identifier=f"{name}-{entry.item_id}",
            words=entry_words(entry),
            note=" · ".join(
                w for w in (t(f"strengths.side.{entry.side.value}"), entry_note(entry)) if w
            ),
        )
        for entry in one.entries
    ]
    return fold(
        identifier=name,
        title=day,
        words=t("safety_plan.lines", count=len(one.entries)),
        is_open=opened == name,
        on_toggle=lambda: open_fold("" if opened == name else name),
        controls=lines,
    )


def _screenings(
    app: Controller, case_id: str, screenings: list[ScreeningResult]
) -> list[ft.Control]:
    speak = translator()
    return [
        section_header(t("strengths.screenings")),
        *(
            written_line(
                identifier=f"screening-{one.record_id}",
                words=" · ".join(w for w in (one.tool, one.result_band) if w),
                note=" · ".join(
                    w for w in (speak.date(one.done_on) if one.done_on else "", one.assessor) if w
                ),
            )
            for one in reversed(screenings)
        ),
        ft.Row(
            controls=[
                secondary_button(
                    "add-screening",
                    t("strengths.add_screening"),
                    lambda: app.open_panel("screening", case_id=case_id),
                    icon=ft.Icons.ADD,
                )
            ]
        ),
    ]


@part
def assessment_line_panel(*, case_id: str, entry: str) -> ft.Control:
    """Draw a line: assessment id, side and item id (empty for a new one), joined by strokes."""
    app = use_app()
    assessments = app.workspace.assessments
    assessment_id, side_word, item_id = entry.split("/")
    side = AssessmentSide(side_word)
    found = ft.use_memo(lambda: assessments.of_case(case_id), [case_id, app.state.revision])
    assessment = next((one for one in found if one.record_id == assessment_id), None)
    known = find_item(assessment.entries, item_id) if assessment and item_id else None
    base = known or AssessmentEntry(side=side)
    draft = use_draft(
        f"assessment-line:{case_id}/{entry}",
        {
            "words": base.words,
            "area": base.area.value if base.area else "",
            "level": base.level.value if base.level else "",
        },
        case_id=case_id,
    )
    title = t(f"strengths.side.{side.value}")
    if assessment is None or (item_id and known is None):
        return panel_page(title=title, body=[quiet(t("safety_plan.line_gone"))])

    async def save() -> None:
        if not draft["words"].strip() and not draft["area"]:
            draft.refuse("words", t("errors.words_needed"))
            return
        changed = AssessmentEntry(
            item_id=base.item_id,
            side=side,
            words=draft["words"],
            area=NeedKind(draft["area"]) if draft["area"] else None,
            level=NeedLevel(draft["level"]) if draft["level"] else None,
        )
        await finish(app, draft, lambda: assessments.put_entry(assessment_id, changed))

    async def remove() -> None:
        app.close_panel()
        await write(
            app,
            lambda: assessments.remove_entry(assessment_id, base.item_id),
            undo=lambda _: assessments.put_entry(assessment_id, base),
        )

    def choose(name: str, value: str) -> None:
        draft.set(**{name: "" if draft[name] == value else value})

    body: list[ft.Control] = [
        quiet(t(f"strengths.ask.{side.value}")),
        text_field(
            identifier="entry-words",
            label=t("safety_plan.words"),
            value=draft["words"],
            on_change=draft.setter("words"),
            error=draft.error_of("words"),
            lines=2,
            is_autofocused=not item_id,
        ),
    ]
    if side is AssessmentSide.NEED:
        body += [
            choice_chips(
                identifier="entry-area",
                label=t("plans.need"),
                choices=[Choice(n.value, translator().word(n)) for n in NeedKind],
                chosen=draft["area"] or None,
                on_choose=lambda value: choose("area", value),
            ),
            choice_chips(
                identifier="entry-level",
                label=t("strengths.level"),
                choices=[Choice(n.value, translator().word(n)) for n in NeedLevel],
                chosen=draft["level"] or None,
                on_choose=lambda value: choose("level", value),
            ),
        ]
    body.append(field_error(draft.other_error))
    if known is not None:
        body.append(text_action("entry-remove", t("safety_plan.remove"), remove))
    return panel_page(
        title=title, body=body, primary=primary_button("entry-save", t("common.save"), save)
    )


@part
def screening_panel(*, case_id: str) -> ft.Control:
    """Draw a screening done elsewhere: its name, day and result band, never its items."""
    app = use_app()
    draft = use_draft(
        f"screening:{case_id}", {"tool": "", "band": "", "assessor": "", "day": ""}, case_id=case_id
    )
    now = app.workspace.notebook.now()

    async def save() -> None:
        values = draft.values
        await finish(
            app,
            draft,
            lambda: app.workspace.assessments.log_screening(
                case_id,
                tool=values["tool"],
                done_on=day_of(values["day"]) or app.workspace.notebook.today(),
                result_band=values["band"],
                assessor=values["assessor"],
            ),
        )

    return panel_page(
        title=t("strengths.screening"),
        body=[
            quiet(t("strengths.screening_help")),
            *(
                text_field(
                    identifier=f"screening-{name}",
                    label=t(f"strengths.field.{name}"),
                    value=draft[name],
                    on_change=draft.setter(name),
                    error=draft.error_of(name),
                )
                for name in ("tool", "band", "assessor")
            ),
            when_fields(
                identifier="screening",
                day=draft["day"],
                clock="",
                now=now,
                on_day=draft.setter("day"),
            ),
            field_error(draft.other_error),
        ],
        primary=primary_button("screening-save", t("common.save"), save),
    )
