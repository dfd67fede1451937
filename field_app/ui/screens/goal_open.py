"""A goal, open, and each of its steps: word them, reach them, take them out.

A stage of change may be noted per goal; it is never part of anything that the county sees.
"""

from dataclasses import replace

import flet as ft

from field_app.domain.records.contact import Goal
from field_app.domain.records.goal import NeedKind, StageOfChange, Step
from field_app.domain.records.items import find_item
from field_app.ui.components.basics import primary_button, quiet, secondary_button, text_action
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.drafting import use_draft
from field_app.ui.components.fields import date_field, field_error, text_field
from field_app.ui.components.folds import fold
from field_app.ui.components.panels import panel_page
from field_app.ui.components.submitting import finish
from field_app.ui.components.when import day_of
from field_app.ui.components.writing import write
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.guard import part
from field_app.ui.i18n import t, translator


def _find(app: Controller, case_id: str, goal_id: str) -> Goal | None:
    page = app.workspace.caseload.page(case_id)
    goals = page.goals if page is not None else ()
    return next((g for g in goals if g.record_id == goal_id), None)


@part
def goal_panel(*, case_id: str, goal: str) -> ft.Control:
    """Draw a goal: plan id and goal id (empty for a new one), joined by a stroke."""
    app = use_app()
    plans = app.workspace.plans
    plan_id, goal_id = goal.split("/")
    known = ft.use_memo(lambda: _find(app, case_id, goal_id), [goal_id, app.state.revision])
    draft = use_draft(
        f"goal:{case_id}/{goal}",
        {
            "words": known.words if known else "",
            "need": known.need.value if known and known.need else "",
        },
        case_id=case_id,
    )
    is_open, set_open = ft.use_state(False)
    if goal_id and known is None:
        return panel_page(title=t("plans.goal"), body=[quiet(t("plans.goal_gone"))])

    async def save() -> None:
        words = str(draft["words"])
        need = NeedKind(draft["need"]) if draft["need"] else None
        await finish(
            app,
            draft,
            lambda: (
                plans.reword_goal(goal_id, words, need=need)
                if goal_id
                else plans.add_goal(case_id, words, need=need, plan_id=plan_id)
            ),
        )

    async def remove() -> None:
        app.close_panel()
        await write(app, lambda: plans.remove_goal(goal_id))

    async def reached() -> None:
        app.close_panel()
        await write(app, lambda: plans.goal_reached(goal_id))

    body: list[ft.Control] = [
        quiet(t("plans.goals_lead")),
        text_field(
            identifier="goal-words",
            label=t("plans.goal_words"),
            helper=t("plans.goal_help"),
            value=draft["words"],
            on_change=draft.setter("words"),
            error=draft.error_of("words"),
            lines=2,
            is_autofocused=not goal_id,
        ),
        choice_chips(
            identifier="goal-need",
            label=t("plans.need"),
            choices=[Choice(n.value, translator().word(n)) for n in NeedKind],
            chosen=draft["need"] or None,
            on_choose=lambda value: draft.set(need="" if draft["need"] == value else value),
        ),
        field_error(draft.other_error),
    ]
    if known is not None:
        body.append(
            fold(
                identifier="goal-stage",
                title=t("plans.stage"),
                words=t("plans.stage_help"),
                is_open=is_open,
                on_toggle=lambda: set_open(not is_open),
                controls=[_stage(app, known)],
            )
        )
        actions = [text_action("goal-remove", t("plans.remove_goal"), remove)]
        if known.reached_on is None:
            actions.insert(
                0,
                secondary_button(
                    "goal-reached", t("plans.reached"), reached, icon=ft.Icons.FLAG_OUTLINED
                ),
            )
        body.append(ft.Row(wrap=True, controls=actions))
    return panel_page(
        title=t("plans.goal"),
        body=body,
        primary=primary_button("goal-save", t("common.save"), save),
    )


def _stage(app: Controller, goal: Goal) -> ft.Control:
    last = goal.stages[-1].stage.value if goal.stages else None
    return choice_chips(
        identifier="stage",
        label=t("plans.stage_now"),
        choices=[Choice(s.value, translator().word(s)) for s in StageOfChange],
        chosen=last,
        on_choose=lambda value: write(
            app, lambda: app.workspace.plans.note_stage(goal.record_id, StageOfChange(value))
        ),
    )


@part
def step_panel(*, case_id: str, step: str) -> ft.Control:
    """Draw a step: goal id and item id (empty for a new one), joined by a stroke."""
    app = use_app()
    plans = app.workspace.plans
    goal_id, item_id = step.split("/")
    goal = ft.use_memo(lambda: _find(app, case_id, goal_id), [goal_id, app.state.revision])
    known = find_item(goal.steps, item_id) if goal is not None and item_id else None
    base = known or Step()
    draft = use_draft(
        f"step:{case_id}/{step}",
        {
            "words": base.words,
            "who": base.who,
            "due": base.due_on.isoformat() if base.due_on else "",
            "partly": "yes" if base.partly else "",
        },
        case_id=case_id,
    )
    if goal is None or (item_id and known is None):
        return panel_page(title=t("plans.step"), body=[quiet(t("plans.goal_gone"))])

    async def save() -> None:
        if not draft["words"].strip():
            draft.refuse("words", t("errors.words_needed"))
            return
        changed = replace(
            base,
            words=draft["words"],
            who=draft["who"].strip(),
            due_on=day_of(draft["due"]),
            partly=draft["partly"] == "yes",
        )
        await finish(app, draft, lambda: plans.put_step(goal_id, changed))

    async def remove() -> None:
        app.close_panel()
        await write(
            app,
            lambda: plans.put_step(goal_id, replace(base, words="")),
            undo=lambda _: plans.put_step(goal_id, base),
        )

    body: list[ft.Control] = [
        quiet(goal.words),
        text_field(
            identifier="step-words",
            label=t("plans.step_words"),
            value=draft["words"],
            on_change=draft.setter("words"),
            error=draft.error_of("words"),
            is_autofocused=not item_id,
        ),
        text_field(
            identifier="step-who",
            label=t("plans.who_does"),
            value=draft["who"],
            on_change=draft.setter("who"),
        ),
        ft.Row(
            wrap=True,
            controls=[
                date_field(
                    identifier="step-due",
                    label=t("plans.due"),
                    value=day_of(draft["due"]),
                    on_change=lambda day: draft.set(due=day.isoformat()),
                )
            ],
        ),
        choice_chips(
            identifier="step-partly",
            label=t("plans.progress"),
            choices=[Choice("yes", t("plans.partly"))],
            chosen=draft["partly"] or None,
            on_choose=lambda value: draft.set(partly="" if draft["partly"] else value),
        ),
        field_error(draft.other_error),
    ]
    if known is not None:
        body.append(text_action("step-remove", t("safety_plan.remove"), remove))
    return panel_page(
        title=t("plans.step"),
        body=body,
        primary=primary_button("step-save", t("common.save"), save),
    )
