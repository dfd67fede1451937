"""One line of a safety plan: written in the person's words, or skipped with one tap.

Saving leads on to the next question, so that a plan can be talked through from the first to the
last; every one of them may be skipped.
"""

from dataclasses import replace
from typing import Any

import flet as ft

from field_app.domain.records.safety_plan import (
    PlanAudience,
    PlanEntry,
    PlanPerson,
    PlanSection,
    SafetyPlan,
)
from field_app.ui.components.basics import primary_button, quiet, secondary_button, text_action
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.drafting import FormDraft, use_draft
from field_app.ui.components.fields import field_error, text_field
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.components.writing import write
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator
from field_app.ui.screens.safety_plan import find_entry, open_line, sections_of

ABOUT_PEOPLE = (PlanSection.SAFE_PEOPLE, PlanSection.REACH_ME, PlanSection.ADULT_STEPS)
"""Sections whose lines name somebody, who may or may not know of it (ATM-02)."""


@part
def safety_line_panel(*, case_id: str, place: str) -> ft.Control:
    """Draw a line of `place`: plan id, audience, section and item id (empty for a new line)."""
    app = use_app()
    plan_id, audience_word, section_word, item_id = place.split("/")
    audience, section = PlanAudience(audience_word), PlanSection(section_word)
    plan: SafetyPlan | None = ft.use_memo(
        lambda: app.workspace.safety_plans.find(plan_id), [plan_id, app.state.revision]
    )
    entry = None if plan is None else find_entry(plan, item_id)
    draft = use_draft(f"safety-line:{case_id}/{place}", _values(entry), case_id=case_id)
    speak = translator()
    title = speak.word(section)
    if plan is None or (item_id and entry is None):
        return panel_page(title=title, body=[quiet(t("safety_plan.line_gone"))])
    shown_plan = plan
    first, others = sections_of(plan.plan_kind, audience)
    asked = (*first, *others) if section in others else first
    following = asked[asked.index(section) + 1 :]

    async def save() -> bool:
        values, base = dict(draft.values), entry
        return await finish(app, draft, lambda: _save(app, plan_id, base, place, values))

    async def save_and_next() -> None:
        here = app.state.panel
        if draft["words"].strip():
            values, base = dict(draft.values), entry

            def work() -> bool:
                _save(app, plan_id, base, place, values)
                app.workspace.drafts.discard(draft.form)
                return True

            if not await draft.submit(work):
                return
            app.saved()
            if app.state.panel != here:  # closed meanwhile: no question comes after it
                return
        elif draft["person"]:  # somebody was chosen, and nothing said of them
            await draft.start_over()
        if following:
            open_line(app, shown_plan, audience, following[0])
        else:
            app.close_panel()

    async def remove() -> None:
        old = entry
        if old is None:
            return
        plans = app.workspace.safety_plans
        app.close_panel()
        await write(
            app,
            lambda: plans.remove_entry(plan_id, old.item_id),
            undo=lambda _: plans.put_entry(plan_id, old),
        )

    body: list[ft.Control] = [quiet(t(f"safety_plan.ask.{section.value}"))]
    if audience is not PlanAudience.YOUTH:
        body.insert(0, quiet(speak.word(audience)))
    written = [e.words for e in plan.entries if e.audience is audience and e.section is section]
    if entry is None and written:
        body.append(quiet(t("safety_plan.written", words=" · ".join(written))))
    body.append(
        text_field(
            identifier="line-words",
            label=t("safety_plan.words"),
            helper=None if entry else t("safety_plan.words_help"),
            value=draft["words"],
            on_change=draft.setter("words"),
            error=draft.error_of("entries"),
            lines=2,
            is_autofocused=True,
        )
    )
    if section in ABOUT_PEOPLE:
        body += _person(draft)
    body.append(field_error(draft.other_error))
    if entry is not None:
        body.append(text_action("line-remove", t("safety_plan.remove"), remove))
        return panel_page(
            title=title,
            body=body,
            primary=primary_button("line-save", t("common.save"), save),
        )
    has_words = bool(draft["words"].strip())
    if has_words:
        body.append(
            ft.Row(controls=[secondary_button("line-save", t("safety_plan.save_close"), save)])
        )
    words = t("safety_plan.save_next") if has_words else t("safety_plan.skip")
    if not following:
        words = t("common.save") if has_words else t("safety_plan.skip_last")
    return panel_page(
        title=title,
        body=body,
        primary=primary_button("line-next", words, save_and_next),
    )


def _values(entry: PlanEntry | None) -> dict[str, Any]:
    if entry is None:
        return {"words": "", "person": "", "share": ""}
    share = {True: "yes", False: "no", None: ""}[entry.safe_to_share]
    return {
        "words": entry.words,
        "person": entry.person.value if entry.person else "",
        "share": share,
    }


def _save(
    app: Controller, plan_id: str, entry: PlanEntry | None, place: str, values: dict[str, Any]
) -> None:
    """Change a line, or add each line that was typed as one of its own."""
    plans = app.workspace.safety_plans
    _, audience, section, _ = place.split("/")
    person = PlanPerson(values["person"]) if values["person"] else None
    share = {"yes": True, "no": False}.get(values["share"])
    if entry is not None:
        changed = replace(entry, words=values["words"], person=person, safe_to_share=share)
        plans.put_entry(plan_id, changed)
        return
    for words in values["words"].splitlines():
        if words.strip():
            plans.put_entry(
                plan_id,
                PlanEntry(
                    audience=PlanAudience(audience),
                    section=PlanSection(section),
                    words=words,
                    person=person,
                    safe_to_share=share,
                ),
            )


def _person(draft: FormDraft) -> list[ft.Control]:
    def choose(name: str, value: str) -> None:
        draft.set(**{name: "" if draft[name] == value else value})

    people = [p for p in PlanPerson if p is not PlanPerson.YOUTH]
    controls: list[ft.Control] = [
        choice_chips(
            identifier="line-person",
            label=t("safety_plan.who"),
            choices=[Choice(p.value, translator().word(p)) for p in people],
            chosen=draft["person"] or None,
            on_choose=lambda value: choose("person", value),
        )
    ]
    if draft["person"]:
        controls.append(
            choice_chips(
                identifier="line-share",
                label=t("safety_plan.share"),
                choices=[Choice("yes", t("safety_plan.yes")), Choice("no", t("safety_plan.no"))],
                chosen=draft["share"] or None,
                on_choose=lambda value: choose("share", value),
            )
        )
    return controls
