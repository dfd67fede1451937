"""A finished version of a safety plan: read it, agree with it, hand out copies, print it.

A version never changes. Anybody but the youth gets a copy or a print only under a live release.
"""

from collections.abc import Sequence
from typing import Any

import flet as ft

from field_app.domain.records.safety_plan import (
    PlanAcknowledgement,
    PlanAudience,
    PlanCopy,
    PlanPerson,
    PlanSection,
    SafetyPlanVersion,
    difference,
)
from field_app.errors import InputError
from field_app.ui.components.basics import quiet, secondary_button, section_header
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.drawn_mark import drawing_pad, drawn_mark
from field_app.ui.components.field_words import moment_words
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.folds import fold
from field_app.ui.components.panels import panel_page
from field_app.ui.components.sheet_saving import save_sheet
from field_app.ui.components.writing import write
from field_app.ui.components.written_lines import written_line
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import error_words, t, translator
from field_app.ui.screens.safety_plan import difference_lines, plan_person_words

BLANK: dict[str, Any] = {
    "who": PlanPerson.YOUTH.value,
    "initials": "",
    "strokes": [],
    "to": PlanPerson.YOUTH.value,
    "name": "",
}


@part
def safety_version_panel(*, version_id: str) -> ft.Control:
    """Draw a version."""
    app = use_app()
    plans = app.workspace.safety_plans
    opened, open_fold = ft.use_state("agree")
    version: SafetyPlanVersion | None = ft.use_memo(
        lambda: plans.version(version_id), [version_id, app.state.revision]
    )
    draft = use_draft(
        f"safety-version:{version_id}", BLANK, case_id=None if version is None else version.case_id
    )
    if version is None:
        return panel_page(title=t("safety_plan.title"), body=[quiet(t("safety_plan.not_here"))])
    shown = version
    earlier = plans.versions(shown.plan_id)
    number = [one.record_id for one in earlier].index(version_id) + 1

    def folded(name: str, title: str, words: str, controls: Sequence[ft.Control]) -> ft.Control:
        return fold(
            identifier=f"version-{name}",
            title=title,
            words=words,
            is_open=opened == name,
            on_toggle=lambda: open_fold("" if opened == name else name),
            controls=controls,
        )

    marks, copies = plans.acknowledgements(version_id), plans.copies(version_id)
    speak = translator()
    finished = shown.finished_at or shown.created_at
    body: list[ft.Control] = [
        quiet(moment_words(finished, app.workspace.notebook.today())),
        *(
            [quiet(t("safety_plan.look_again", day=speak.date(shown.review_on)))]
            if shown.review_on
            else []
        ),
        folded(
            "read",
            t("safety_plan.read"),
            t("safety_plan.lines", count=len(shown.entries)),
            _lines(shown),
        ),
        folded(
            "agree",
            t("safety_plan.agreed"),
            _people([m.person for m in marks]),
            _agree(app, shown, marks, draft),
        ),
        folded(
            "copies",
            t("safety_plan.copies"),
            _people([c.person for c in copies]),
            _copies(app, shown, copies, draft),
        ),
        folded("print", t("safety_plan.print"), "", _print(app, shown, draft)),
    ]
    if number > 1:
        found = difference(earlier[number - 2].entries, shown.entries)
        words = t("safety_plan.changes_count", count=len(found))
        body.append(folded("changes", t("safety_plan.changes"), words, difference_lines(found)))
    return panel_page(
        title=f"{speak.word(shown.plan_kind)} · {t('safety_plan.version', number=number)}",
        body=body,
    )


def _people(people: Sequence[PlanPerson]) -> str:
    named = dict.fromkeys(plan_person_words(person) for person in people)
    return ", ".join(named) or t("safety_plan.nobody_yet")


def _lines(version: SafetyPlanVersion) -> list[ft.Control]:
    speak = translator()
    controls: list[ft.Control] = []
    for audience in PlanAudience:
        for section in PlanSection:
            found = [e for e in version.entries if e.audience is audience and e.section is section]
            if not found:
                continue
            title = speak.word(section)
            if audience is not PlanAudience.YOUTH:
                title = f"{speak.word(audience)} · {title}"
            controls.append(section_header(title))
            controls += [
                written_line(identifier=f"read-{entry.item_id}", words=entry.words)
                for entry in found
            ]
    return controls


def _agree(
    app: Controller,
    version: SafetyPlanVersion,
    marks: Sequence[PlanAcknowledgement],
    draft: FormDraft,
) -> list[ft.Control]:
    today = app.workspace.notebook.today()

    async def save() -> None:
        who, initials = PlanPerson(draft["who"]), str(draft["initials"])
        strokes: list[str] = draft["strokes"]
        try:
            await write(
                app,
                lambda: app.workspace.safety_plans.acknowledge(
                    version.record_id, who, initials=initials, strokes=strokes
                ),
            )
        except InputError as refusal:
            draft.refuse(refusal.field or "initials", error_words(refusal))
            return
        draft.set(initials="", strokes=[])

    return [
        *(
            written_line(
                identifier=f"mark-{mark.record_id}",
                words=" · ".join(w for w in (plan_person_words(mark.person), mark.initials) if w),
                note=moment_words(mark.acknowledged_at or mark.created_at, today),
                icon=ft.Icons.CHECK_CIRCLE_OUTLINE,
                drawing=drawn_mark(mark.strokes, t("mark.drawn")) if mark.strokes else None,
            )
            for mark in marks
        ),
        _person_chips("agree-who", t("safety_plan.who_agrees"), draft, "who"),
        text_field(
            identifier="agree-initials",
            label=t("safety_plan.initials"),
            helper=t("safety_plan.initials_help"),
            value=draft["initials"],
            on_change=draft.setter("initials"),
            error=draft.error_of("initials"),
        ),
        drawing_pad(
            key="agree-mark",
            identifier="agree-mark",
            label=t("mark.or_draw"),
            strokes=draft["strokes"],
            on_change=draft.setter("strokes"),
        ),
        field_error(draft.error_of("strokes")),
        ft.Row(
            controls=[
                secondary_button(
                    "agree-save", t("safety_plan.agree"), save, icon=ft.Icons.DRAW_OUTLINED
                )
            ]
        ),
    ]


def _copies(
    app: Controller, version: SafetyPlanVersion, copies: Sequence[PlanCopy], draft: FormDraft
) -> list[ft.Control]:
    speak = translator()

    async def save() -> None:
        who, name = PlanPerson(draft["to"]), str(draft["name"])
        try:
            await write(
                app,
                lambda: app.workspace.safety_plans.give_copy(version.record_id, who, name=name),
            )
        except InputError as refusal:
            draft.refuse("name", error_words(refusal))
            return
        draft.set(name="")

    return [
        *(
            written_line(
                identifier=f"copy-{copy.record_id}",
                words=" · ".join(w for w in (plan_person_words(copy.person), copy.name) if w),
                note=speak.date(copy.given_on) if copy.given_on else "",
                icon=ft.Icons.CONTENT_COPY,
            )
            for copy in copies
        ),
        _person_chips("copy-to", t("safety_plan.who_copy"), draft, "to"),
        *_recipient("copy-name", draft),
        ft.Row(
            controls=[
                secondary_button(
                    "copy-save", t("safety_plan.gave_copy"), save, icon=ft.Icons.CONTENT_COPY
                )
            ]
        ),
        *_way_to_release(app, version, draft),
    ]


def _print(app: Controller, version: SafetyPlanVersion, draft: FormDraft) -> list[ft.Control]:
    language = app.state.language

    async def save(audience: PlanAudience, recipient: str) -> None:
        sheets = app.workspace.sheets
        try:
            await save_sheet(
                app,
                lambda: sheets.safety_plan(
                    version.record_id, language=language, audience=audience, recipient=recipient
                ),
            )
        except InputError as refusal:
            draft.refuse("name", error_words(refusal))

    def for_recipient(audience: PlanAudience) -> ft.Control:
        return secondary_button(
            f"print-{audience.value}",
            t(f"safety_plan.print_{audience.value}"),
            lambda: save(audience, str(draft["name"])),
            icon=ft.Icons.PICTURE_AS_PDF_OUTLINED,
        )

    return [
        ft.Row(
            wrap=True,
            controls=[
                secondary_button(
                    "print-own",
                    t("safety_plan.print_own"),
                    lambda: save(PlanAudience.YOUTH, ""),
                    icon=ft.Icons.PICTURE_AS_PDF_OUTLINED,
                )
            ],
        ),
        section_header(t("safety_plan.print_for_others")),
        text_field(
            identifier="print-name",
            label=t("safety_plan.recipient"),
            helper=t("safety_plan.recipient_help"),
            value=draft["name"],
            on_change=draft.setter("name"),
            error=draft.error_of("name"),
        ),
        ft.Row(wrap=True, controls=[for_recipient(a) for a in PlanAudience if a != "youth"]),
        *_way_to_release(app, version, draft),
    ]


def _person_chips(identifier: str, label: str, draft: FormDraft, field: str) -> ft.Control:
    return choice_chips(
        identifier=identifier,
        label=label,
        choices=[Choice(p.value, plan_person_words(p)) for p in PlanPerson],
        chosen=draft[field],
        on_choose=draft.setter(field),
    )


def _recipient(identifier: str, draft: FormDraft) -> list[ft.Control]:
    """Return the name of the recipient; the youth's own copy needs none."""
    if draft["to"] == PlanPerson.YOUTH:
        return [field_error(draft.error_of("name"))]
    return [
        text_field(
            identifier=identifier,
            label=t("safety_plan.recipient"),
            helper=t("safety_plan.recipient_help"),
            value=draft["name"],
            on_change=draft.setter("name"),
            error=draft.error_of("name"),
        )
    ]


def _way_to_release(
    app: Controller, version: SafetyPlanVersion, draft: FormDraft
) -> list[ft.Control]:
    """Return the way to a new release, where one was asked for and is not there."""
    if draft.error_of("name") is None:
        return []
    return [
        ft.Row(
            controls=[
                secondary_button(
                    "write-release",
                    t("releases.add"),
                    lambda: app.open_panel("release", case_id=version.case_id),
                    icon=ft.Icons.HANDSHAKE_OUTLINED,
                )
            ]
        )
    ]
