"""Advocacy and transition plans: goals in the youth's words, steps with done-dates."""

from dataclasses import dataclass

import flet as ft

from field_app.domain.records.contact import Goal
from field_app.domain.records.goal import Step
from field_app.domain.records.plans import AdvocacyPlan, AdvocacyPlanKind
from field_app.ui import tokens
from field_app.ui.components.basics import (
    card,
    icon_action,
    primary_button,
    quiet,
    secondary_button,
    text_action,
)
from field_app.ui.components.frame import detail_page
from field_app.ui.components.lists import empty_state
from field_app.ui.components.routed import routed_pane
from field_app.ui.components.states import Tone, progress_line, state_chip
from field_app.ui.components.writing import write
from field_app.ui.components.written_lines import question, written_line
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.i18n import t, translator


@dataclass(frozen=True)
class _Read:
    plan: AdvocacyPlan | None
    goals: list[Goal]
    loose: list[Goal]  # open goals of the youth that no list of this plan holds


async def open_goals(app: Controller, case_id: str, kind: AdvocacyPlanKind) -> None:
    """Begin a plan, or open the one that is there."""
    await app.run(lambda: app.workspace.plans.begin(case_id, kind))
    app.changed()
    app.navigate(f"/caseload/{case_id}/goals/{kind.value}")


@routed_pane("case_id", "kind")
def goals_screen(*, case_id: str, kind: str) -> ft.Control:
    """Draw the plan of the route."""
    app = use_app()
    read = ft.use_memo(lambda: _read(app, case_id, kind), [case_id, kind, app.state.revision])
    plan = read.plan
    if plan is None:
        return detail_page(
            title=t("plans.goals"),
            back_to=f"/caseload/{case_id}",
            body=[quiet(t("safety_plan.not_here"))],
        )
    plans, shown_plan = app.workspace.plans, plan
    body: list[ft.Control] = [quiet(t("plans.goals_lead")), *_made(plan)]
    body += [_goal(app, shown_plan, goal) for goal in read.goals]
    if not read.goals:
        body.append(
            empty_state(
                icon=ft.Icons.FLAG_OUTLINED,
                title=t("plans.no_goal_title"),
                words=t("plans.no_goal"),
            )
        )
    body.append(
        ft.Row(
            wrap=True,
            controls=[
                secondary_button(
                    "add-goal",
                    t("plans.add_goal"),
                    lambda: app.open_panel("goal", case_id=case_id, goal=f"{plan.record_id}/"),
                    icon=ft.Icons.ADD,
                )
            ],
        )
    )
    body += [_loose(app, shown_plan, goal) for goal in read.loose]

    body.append(
        question(
            identifier="support",
            title=t("plans.support"),
            lines=_support(plan),
            help_words=t("plans.support_help"),
            add_words=t("plans.support_change"),
            on_add=lambda: app.open_panel("plan-support", case_id=case_id, kind=kind),
        )
    )
    return detail_page(
        title=translator().word(plan.plan_kind),
        back_to=f"/caseload/{case_id}",
        body=body,
        primary=primary_button(
            "finish-goals",
            t("plans.finish"),
            lambda: write(app, lambda: plans.finish(shown_plan.record_id)),
            icon=ft.Icons.TASK_ALT,
        )
        if read.goals and plan.finished_on is None
        else None,
    )


def _read(app: Controller, case_id: str, kind: str) -> _Read:
    plans = app.workspace.plans
    plan = next((p for p in plans.of_case(case_id) if p.plan_kind.value == kind), None)
    if plan is None:
        return _Read(None, [], [])
    goals = plans.goals(plan.record_id)
    held = {goal.record_id for goal in goals}
    page = app.workspace.caseload.page(case_id)
    every = page.goals if page is not None else ()
    loose = [g for g in every if g.record_id not in held and g.reached_on is None]
    return _Read(plan, goals, loose)


def _made(plan: AdvocacyPlan) -> list[ft.Control]:
    if plan.finished_on is None:
        return []
    words = t("plans.made_on", day=translator().date(plan.finished_on))
    return [ft.Row(controls=[state_chip(Tone.DONE, words)])]


def _support(plan: AdvocacyPlan) -> list[ft.Control]:
    named = {"support": plan.support, "aftercare": plan.aftercare_contact}
    return [
        written_line(identifier=f"plan-{name}", words=words, note=t(f"plans.field.{name}"))
        for name, words in named.items()
        if words
    ]


def _loose(app: Controller, plan: AdvocacyPlan, goal: Goal) -> ft.Control:
    """Return a goal that stands elsewhere, with the way into this plan."""
    goal_ids = (*plan.goal_ids, goal.record_id)
    return written_line(
        identifier=f"loose-{goal.record_id}",
        words=goal.words,
        note=t("plans.other_goal"),
        trailing=icon_action(
            f"take-{goal.record_id}",
            ft.Icons.PLAYLIST_ADD,
            t("plans.take_in", goal=goal.words),
            lambda: write(app, lambda: app.workspace.plans.put_goals(plan.record_id, goal_ids)),
        ),
    )


def _goal(app: Controller, plan: AdvocacyPlan, goal: Goal) -> ft.Control:
    speak, case_id = translator(), plan.case_id
    open_goal = f"{plan.record_id}/{goal.record_id}"
    head: list[ft.Control] = [
        ft.Container(
            expand=True, content=ft.Text(goal.words, theme_style=ft.TextThemeStyle.TITLE_MEDIUM)
        ),
        icon_action(
            f"goal-{goal.record_id}",
            ft.Icons.EDIT_OUTLINED,
            t("plans.change_goal", goal=goal.words),
            lambda: app.open_panel("goal", case_id=case_id, goal=open_goal),
        ),
    ]
    lines: list[ft.Control] = [ft.Row(controls=head)]
    if goal.need is not None:
        lines.append(quiet(speak.word(goal.need), size=tokens.CAPTION))
    if goal.reached_on is not None:
        words = t("plans.reached_on", day=speak.date(goal.reached_on))
        lines.append(ft.Row(controls=[state_chip(Tone.DONE, words)]))
    if goal.steps:
        done = sum(1 for step in goal.steps if step.done_on)
        lines.append(
            progress_line(
                done, len(goal.steps), t("plans.steps_done", done=done, count=len(goal.steps))
            )
        )
    lines += [_step(app, case_id, goal, step) for step in goal.steps]
    lines.append(
        ft.Row(
            wrap=True,
            controls=[
                text_action(
                    f"add-step-{goal.record_id}",
                    t("plans.add_step"),
                    lambda: app.open_panel("step", case_id=case_id, step=f"{goal.record_id}/"),
                )
            ],
        )
    )
    return card(*lines, identifier=f"goal-card-{goal.record_id}")


def _step(app: Controller, case_id: str, goal: Goal, step: Step) -> ft.Control:
    speak, plans = translator(), app.workspace.plans
    notes = [step.who]
    if step.done_on is not None:
        notes.append(t("plans.done_on", day=speak.date(step.done_on)))
    elif step.partly:
        notes.append(t("plans.partly"))
    if step.due_on is not None and step.done_on is None:
        notes.append(t("plans.by", day=speak.date(step.due_on)))
    open_step = f"{goal.record_id}/{step.item_id}"
    done = None
    if step.done_on is None:
        done = icon_action(
            f"step-{step.item_id}-done",
            ft.Icons.RADIO_BUTTON_UNCHECKED,
            t("plans.mark_done", step=step.words),
            lambda: write(
                app,
                lambda: plans.step_done(goal.record_id, step.item_id),
                undo=lambda _: plans.put_step(goal.record_id, step),
            ),
            color=ft.Colors.PRIMARY,
        )
    return written_line(
        identifier=f"step-{step.item_id}",
        words=step.words,
        note=" · ".join(note for note in notes if note),
        icon=ft.Icons.CHECK_CIRCLE if step.done_on else None,
        on_open=lambda: app.open_panel("step", case_id=case_id, step=open_step),
        trailing=done,
    )
