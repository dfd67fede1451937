"""A safety plan as it is worked on: strengths first, everything may be skipped, lines as one tap.

Every line is saved by itself. The plan is the youth's; the phone can be handed over for it.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import flet as ft

from field_app.domain.records.contact import COUNTY_ZONE
from field_app.domain.records.items import find_item
from field_app.domain.records.safety_plan import (
    FIRST_DAYS_SECTIONS,
    Contributor,
    DifferenceLine,
    PlanAudience,
    PlanEntry,
    PlanPerson,
    PlanSection,
    SafetyPlan,
    SafetyPlanKind,
    SafetyPlanVersion,
)
from field_app.ui import tokens
from field_app.ui.components.basics import (
    primary_button,
    quiet,
    secondary_button,
    section_header,
)
from field_app.ui.components.choices import Choice, choice_chips
from field_app.ui.components.field_words import moment_words
from field_app.ui.components.fields import date_field
from field_app.ui.components.folds import fold
from field_app.ui.components.frame import detail_page
from field_app.ui.components.lists import menu_line
from field_app.ui.components.routed import routed_pane
from field_app.ui.components.segments import segments
from field_app.ui.components.states import Tone, state_chip
from field_app.ui.components.writing import write
from field_app.ui.components.written_lines import question, written_line
from field_app.ui.context import use_app
from field_app.ui.controller import Controller
from field_app.ui.i18n import t, translator

ADULT_SECTIONS = (
    PlanSection.TRIGGERS,
    PlanSection.EARLY_SIGNS,
    PlanSection.WHAT_HELPS,
    PlanSection.REACH_ME,
    PlanSection.IF_I_LEAVE,
    PlanSection.ADULT_STEPS,
)
"""What the parts for caregivers and staff ask first; the others stay open."""


def sections_of(
    kind: SafetyPlanKind, audience: PlanAudience
) -> tuple[tuple[PlanSection, ...], tuple[PlanSection, ...]]:
    """Return the questions of a part of a plan: those asked first, and the others."""
    if audience is not PlanAudience.YOUTH:
        first: tuple[PlanSection, ...] = ADULT_SECTIONS
    elif kind is SafetyPlanKind.HOURS_72:
        first = FIRST_DAYS_SECTIONS
    else:
        first = tuple(PlanSection)
    return first, tuple(section for section in PlanSection if section not in first)


@dataclass(frozen=True)
class _Read:
    plan: SafetyPlan | None
    alias: str
    versions: list[SafetyPlanVersion]
    changes: tuple[DifferenceLine, ...]


async def open_safety_plan(app: Controller, case_id: str, kind: SafetyPlanKind) -> None:
    """Begin a plan, or open the one that is there."""
    workspace = app.workspace

    def begin() -> SafetyPlan:
        limits = None
        if kind is SafetyPlanKind.HOURS_72:
            limits = workspace.responses.limits_now()
        plan: SafetyPlan = workspace.safety_plans.begin(case_id, kind, response_limits=limits)
        return plan

    plan = await app.run(begin)
    app.changed()
    app.navigate(f"/caseload/{case_id}/safety/{plan.record_id}")


@routed_pane("case_id", "plan_id")
def safety_plan_screen(*, case_id: str, plan_id: str) -> ft.Control:
    """Draw the plan of the route."""
    app = use_app()
    audience_word, show = ft.use_state(PlanAudience.YOUTH.value)
    opened, open_fold = ft.use_state("")
    read = ft.use_memo(lambda: _read(app, plan_id), [plan_id, app.state.revision])
    back_to = f"/caseload/{case_id}"
    plan = read.plan
    if plan is None:
        return detail_page(
            title=t("safety_plan.title"), back_to=back_to, body=[quiet(t("safety_plan.not_here"))]
        )
    audience = PlanAudience(audience_word)
    first, others = sections_of(plan.plan_kind, audience)

    def folded(name: str, title: str, words: str, controls: Sequence[ft.Control]) -> ft.Control:
        return fold(
            identifier=f"fold-{name}",
            title=title,
            words=words,
            is_open=opened == name,
            on_toggle=lambda: open_fold("" if opened == name else name),
            controls=controls,
        )

    body: list[ft.Control] = [
        *_head(app, read, plan),
        segments(
            identifier="audience",
            choices=[Choice(a.value, translator().word(a)) for a in PlanAudience],
            chosen=audience.value,
            on_choose=show,
        ),
        *(_section(app, plan, audience, section) for section in first),
    ]
    if others:
        body.append(
            folded(
                "others",
                t("safety_plan.other_questions"),
                "",
                [_section(app, plan, audience, section) for section in others],
            )
        )
    body += [
        ft.Divider(height=1, color=ft.Colors.OUTLINE_VARIANT),
        folded(
            "people",
            t("safety_plan.made_with"),
            ", ".join(plan_person_words(c.person) for c in plan.contributors),
            [_contributors(app, plan)],
        ),
        *_review(app, plan),
    ]
    if read.versions:
        body.append(
            folded(
                "changes",
                t("safety_plan.changes"),
                t("safety_plan.changes_count", count=len(read.changes)),
                difference_lines(read.changes),
            )
        )
    body += _versions(app, read)
    return detail_page(
        title=translator().word(plan.plan_kind),
        back_to=back_to,
        body=body,
        primary=_next_step(app, read, plan, audience, first),
    )


def _read(app: Controller, plan_id: str) -> _Read:
    plans = app.workspace.safety_plans
    plan = plans.find(plan_id)
    if plan is None:
        return _Read(None, "", [], ())
    alias = app.workspace.caseload.aliases().get(plan.case_id, "")
    return _Read(plan, alias, plans.versions(plan_id), plans.changes_since(plan_id))


def _head(app: Controller, read: _Read, plan: SafetyPlan) -> list[ft.Control]:
    speak = translator()
    lines: list[ft.Control] = [quiet(t("safety_plan.lead", alias=read.alias))]
    if plan.covers_until is not None:
        ends = plan.covers_until.astimezone(COUNTY_ZONE)
        lines.append(
            quiet(t("safety_plan.covers", day=speak.date(ends.date()), time=speak.time(ends)))
        )
    lines.append(
        ft.Row(
            wrap=True,
            controls=[
                secondary_button(
                    "hand-phone-over",
                    t("youth_mode.hand_over"),
                    lambda: app.hand_phone_over("safety-plan", plan.record_id),
                    icon=ft.Icons.PHONE_ANDROID,
                )
            ],
        )
    )
    return lines


def _section(
    app: Controller, plan: SafetyPlan, audience: PlanAudience, section: PlanSection
) -> ft.Control:
    lines = [
        _line(app, plan, entry)
        for entry in plan.entries
        if entry.audience is audience and entry.section is section
    ]
    return question(
        identifier=f"section-{section.value}",
        title=translator().word(section),
        lines=lines,
        help_words=t(f"safety_plan.ask.{section.value}"),
        add_words=t("safety_plan.add_to", section=translator().word(section)),
        on_add=lambda: open_line(app, plan, audience, section),
    )


def _line(app: Controller, plan: SafetyPlan, entry: PlanEntry) -> ft.Control:
    notes = []
    if entry.person is not None:
        notes.append(translator().word(entry.person))
    if entry.safe_to_share is not None:
        notes.append(t("safety_plan.may_know" if entry.safe_to_share else "safety_plan.not_know"))
    return written_line(
        identifier=f"line-{entry.item_id}",
        words=entry.words,
        note=" · ".join(notes),
        on_open=lambda: open_line(app, plan, entry.audience, entry.section, entry.item_id),
    )


def open_line(
    app: Controller,
    plan: SafetyPlan,
    audience: PlanAudience,
    section: PlanSection,
    item_id: str = "",
) -> None:
    """Open the panel in which a line is written or changed."""
    place = "/".join((plan.record_id, audience.value, section.value, item_id))
    app.open_panel("safety-line", case_id=plan.case_id, place=place)


def _contributors(app: Controller, plan: SafetyPlan) -> ft.Control:
    plans = app.workspace.safety_plans
    present = {c.person.value for c in plan.contributors}

    async def choose(value: str) -> None:
        known = [c for c in plan.contributors if c.person.value == value]
        if known:
            await write(app, lambda: plans.remove_contributor(plan.record_id, known[0].item_id))
        else:
            person = Contributor(person=PlanPerson(value))
            await write(app, lambda: plans.put_contributor(plan.record_id, person))

    return choice_chips(
        identifier="contributor",
        label=t("safety_plan.made_with_help"),
        choices=[Choice(p.value, plan_person_words(p)) for p in PlanPerson],
        chosen=present,
        on_choose=choose,
    )


def _review(app: Controller, plan: SafetyPlan) -> list[ft.Control]:
    plans, today = app.workspace.safety_plans, app.workspace.notebook.today()
    row: list[ft.Control] = [
        date_field(
            identifier="review",
            label=t("safety_plan.review"),
            value=plan.review_on,
            first=today,
            on_change=lambda day: write(app, lambda: plans.set_review(plan.record_id, day)),
        )
    ]
    if plan.review_on is not None and plan.review_on <= today:
        row.append(state_chip(Tone.SOON, t("safety_plan.review_now")))
    return [
        ft.Row(wrap=True, spacing=tokens.SPACE_S, controls=row),
        quiet(t("safety_plan.review_help"), size=tokens.CAPTION),
    ]


def difference_lines(changes: Sequence[DifferenceLine]) -> list[ft.Control]:
    """Return what differs between two states of a plan, as sentences with an icon and a word."""
    icons = {
        "added": ft.Icons.ADD_CIRCLE_OUTLINE,
        "removed": ft.Icons.REMOVE_CIRCLE_OUTLINE,
        "changed": ft.Icons.CHANGE_CIRCLE_OUTLINED,
    }
    speak = translator()
    lines: list[ft.Control] = []
    for number, change in enumerate(changes):
        where = f"{speak.word(change.what)} · {speak.word(change.section)}"
        if change.audience is not PlanAudience.YOUTH:
            where = f"{where} · {speak.word(change.audience)}"
        words = change.after or change.before
        if change.before and change.after and change.before != change.after:
            words = t("safety_plan.was_now", before=change.before, after=change.after)
        lines.append(
            written_line(
                identifier=f"change-{number}",
                words=words,
                note=where,
                icon=icons[change.what.value],
            )
        )
    return lines or [quiet(t("safety_plan.no_changes"))]


def _versions(app: Controller, read: _Read) -> list[ft.Control]:
    lines: list[ft.Control] = [section_header(t("safety_plan.versions"))]
    if not read.versions:
        lines.append(quiet(t("safety_plan.no_versions")))
    for number, version in reversed(list(enumerate(read.versions, start=1))):
        lines.append(_version_line(app, version, number))
    return lines


def _version_line(app: Controller, version: SafetyPlanVersion, number: int) -> ft.Control:
    finished = version.finished_at or version.created_at
    return menu_line(
        identifier=f"version-{number}",
        icon=ft.Icons.HISTORY_EDU,
        title=t("safety_plan.version", number=number),
        words=moment_words(finished, app.workspace.notebook.today()),
        on_click=lambda: app.open_panel("safety-version", version_id=version.record_id),
    )


def _next_step(
    app: Controller,
    read: _Read,
    plan: SafetyPlan,
    audience: PlanAudience,
    first: tuple[PlanSection, ...],
) -> ft.Control | None:
    """Return the first question of an empty plan; else the end, while something is new."""
    if not plan.entries:
        return primary_button(
            "begin-questions",
            t("safety_plan.begin"),
            lambda: open_line(app, plan, audience, first[0]),
            icon=ft.Icons.EDIT_NOTE,
        )
    if read.versions and _is_same(read.versions[-1], plan):
        return None

    async def finish() -> None:
        version = await write(app, lambda: app.workspace.safety_plans.finish(plan.record_id))
        app.open_panel("safety-version", version_id=version.record_id)

    return primary_button("finish-plan", t("safety_plan.finish"), finish, icon=ft.Icons.TASK_ALT)


def _is_same(version: SafetyPlanVersion, plan: SafetyPlan) -> bool:
    return (version.entries, version.contributors, version.review_on) == (
        plan.entries,
        plan.contributors,
        plan.review_on,
    )


def plan_person_words(person: PlanPerson) -> str:
    """Return who somebody is, as the advocate says it; on the plan itself the youth is "Me"."""
    if person is PlanPerson.YOUTH:
        return t("safety_plan.the_youth")
    return translator().word(person)


def find_entry(plan: SafetyPlan, item_id: str) -> PlanEntry | None:
    """Return a line of a plan, or None."""
    return find_item(plan.entries, item_id) if item_id else None
