"""Assessments, advocacy and transition plans, goals with steps, and links to services outside.

Everything is saved line by line and may stay half done. Finishing marks the paper in the same
transaction.
"""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date

from field_app.domain.records.contact import Goal
from field_app.domain.records.date_order import check_date_order
from field_app.domain.records.goal import NeedKind, StageNote, StageOfChange, Step
from field_app.domain.records.items import with_item, without_item
from field_app.domain.records.plans import (
    AdvocacyPlan,
    AdvocacyPlanKind,
    AssessmentEntry,
    FollowUp,
    Linkage,
    LinkageState,
    ScreeningResult,
    StrengthsNeedsAssessment,
)
from field_app.domain.records.record import named_id
from field_app.domain.records.service import DocumentDone
from field_app.domain.vocabulary import DocumentKind, ParticipantKind
from field_app.errors import InputError
from field_app.services.lookup import (
    day_not_in_future,
    require,
    require_participant,
    require_words,
)
from field_app.services.notebook import Notebook
from field_app.store.repositories.records import Records

DOCUMENT_OF = {
    AdvocacyPlanKind.ADVOCACY: DocumentKind.ADVOCACY_PLAN,
    AdvocacyPlanKind.TRANSITION: DocumentKind.TRANSITION_ADVOCACY_PLAN,
}


class AssessmentService:
    """Strengths-and-needs assessments, and results of screenings done elsewhere."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def begin(self, case_id: str) -> StrengthsNeedsAssessment:
        """Begin an assessment, or return the one that is not finished yet."""
        with self._notebook.write() as records:
            require_participant(records, case_id, ParticipantKind.YOUTH)
            for assessment in records.of_case(StrengthsNeedsAssessment, case_id):
                if assessment.finished_on is None:
                    return assessment
            return records.save(
                StrengthsNeedsAssessment(case_id=case_id, started_on=self._notebook.today())
            )

    def put_entry(self, assessment_id: str, entry: AssessmentEntry) -> StrengthsNeedsAssessment:
        """Add a strength or need, or change one; one without words and area is taken out."""
        with self._notebook.write() as records:
            assessment = require(records, StrengthsNeedsAssessment, assessment_id)
            if not entry.words.strip() and entry.area is None:
                entries = without_item(assessment.entries, entry.item_id)
            else:
                words = entry.words.strip()
                entries = with_item(assessment.entries, replace(entry, words=words))
            return records.save(replace(assessment, entries=entries))

    def remove_entry(self, assessment_id: str, item_id: str) -> StrengthsNeedsAssessment:
        """Take a line out."""
        with self._notebook.write() as records:
            assessment = require(records, StrengthsNeedsAssessment, assessment_id)
            kept = without_item(assessment.entries, item_id)
            return records.save(replace(assessment, entries=kept))

    def finish(self, assessment_id: str) -> StrengthsNeedsAssessment:
        """Finish an assessment and mark the paper. Every question may have been skipped."""
        today = self._notebook.today()
        with self._notebook.write() as records:
            assessment = require(records, StrengthsNeedsAssessment, assessment_id)
            if assessment.finished_on is not None:
                return assessment
            records.save(
                DocumentDone(
                    case_id=assessment.case_id,
                    document=DocumentKind.STRENGTHS_NEEDS_ASSESSMENT,
                    done_on=today,
                )
            )
            return records.save(replace(assessment, finished_on=today))

    def of_case(self, case_id: str) -> list[StrengthsNeedsAssessment]:
        """Return a youth's assessments, oldest first: how needs are met over time (DAT-30)."""
        with self._notebook.read() as records:
            return records.of_case(StrengthsNeedsAssessment, case_id)

    def log_screening(
        self, case_id: str, *, tool: str, done_on: date, result_band: str = "", assessor: str = ""
    ) -> ScreeningResult:
        """Note that a screening was done: its name, day and result band; never its items."""
        name = require_words(tool, "Give the name of the tool.", "tool")
        day_not_in_future(done_on, self._notebook.today(), "done_on")
        with self._notebook.write() as records:
            require_participant(records, case_id)
            return records.save(
                ScreeningResult(
                    case_id=case_id,
                    tool=name,
                    done_on=done_on,
                    result_band=result_band.strip(),
                    assessor=assessor.strip(),
                )
            )

    def screenings(self, case_id: str) -> list[ScreeningResult]:
        """Return the screenings done elsewhere, oldest first."""
        with self._notebook.read() as records:
            return records.of_case(ScreeningResult, case_id)


class PlanService:
    """Advocacy and transition plans, and the goals that they hold."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def begin(self, case_id: str, plan_kind: AdvocacyPlanKind) -> AdvocacyPlan:
        """Begin a plan, or return the one of this kind. There is one of each a youth."""
        with self._notebook.write() as records:
            require_participant(records, case_id, ParticipantKind.YOUTH)
            plan_id = named_id(case_id, "advocacy_plan", plan_kind.value)
            existing = records.find(AdvocacyPlan, plan_id)
            if existing is not None:
                return existing
            return records.save(
                AdvocacyPlan(
                    record_id=plan_id,
                    case_id=case_id,
                    plan_kind=plan_kind,
                    started_on=self._notebook.today(),
                )
            )

    def write(
        self, plan_id: str, *, support: str | None = None, aftercare_contact: str | None = None
    ) -> AdvocacyPlan:
        """Write down who helps, and whom the youth can call afterwards; None leaves it."""
        with self._notebook.write() as records:
            plan = require(records, AdvocacyPlan, plan_id)
            if support is not None:
                plan = replace(plan, support=support.strip())
            if aftercare_contact is not None:
                plan = replace(plan, aftercare_contact=aftercare_contact.strip())
            return records.save(plan)

    def add_goal(
        self, case_id: str, words: str, *, need: NeedKind | None = None, plan_id: str | None = None
    ) -> Goal:
        """Add a goal in the youth's own words, and put it into a plan if one is given."""
        said = require_words(words, "Write the goal as the youth says it.", "words")
        with self._notebook.write() as records:
            require_participant(records, case_id)
            goal = records.save(
                Goal(case_id=case_id, words=said, need=need, opened_on=self._notebook.today())
            )
            if plan_id is not None:
                plan = require(records, AdvocacyPlan, plan_id)
                records.save(replace(plan, goal_ids=(*plan.goal_ids, goal.record_id)))
            return goal

    def reword_goal(self, goal_id: str, words: str, *, need: NeedKind | None = None) -> Goal:
        """Change the words or the need of a goal."""
        said = require_words(words, "Write the goal as the youth says it.", "words")
        with self._notebook.write() as records:
            return records.save(replace(require(records, Goal, goal_id), words=said, need=need))

    def remove_goal(self, goal_id: str) -> None:
        """Take a goal out everywhere, as the youth may always ask (PRA-15); the history stays."""
        with self._notebook.write() as records:
            goal = require(records, Goal, goal_id)
            for plan in records.of_case(AdvocacyPlan, goal.case_id):
                if goal_id in plan.goal_ids:
                    kept = tuple(one for one in plan.goal_ids if one != goal_id)
                    records.save(replace(plan, goal_ids=kept))
            records.delete(goal, reason="taken out of the plan")

    def put_goals(self, plan_id: str, goal_ids: Iterable[str]) -> AdvocacyPlan:
        """Set which goals a plan holds, in this order."""
        with self._notebook.write() as records:
            plan = require(records, AdvocacyPlan, plan_id)
            return records.save(replace(plan, goal_ids=tuple(dict.fromkeys(goal_ids))))

    def put_step(self, goal_id: str, step: Step) -> Goal:
        """Add a step or change one; one without words is taken out."""
        with self._notebook.write() as records:
            goal = require(records, Goal, goal_id)
            if not step.words.strip():
                steps = without_item(goal.steps, step.item_id)
            else:
                steps = with_item(goal.steps, replace(step, words=step.words.strip()))
            return records.save(replace(goal, steps=steps))

    def step_done(self, goal_id: str, item_id: str, *, done_on: date | None = None) -> Goal:
        """Note that a step is done, today unless another local day is given."""
        day = done_on or self._notebook.today()
        day_not_in_future(day, self._notebook.today(), "done_on")
        with self._notebook.write() as records:
            goal = require(records, Goal, goal_id)
            steps = tuple(
                replace(step, done_on=day) if step.item_id == item_id else step
                for step in goal.steps
            )
            return records.save(replace(goal, steps=steps))

    def goal_reached(self, goal_id: str, *, reached_on: date | None = None) -> Goal:
        """Note that a goal is reached, or as good as the youth wants it."""
        day = reached_on or self._notebook.today()
        day_not_in_future(day, self._notebook.today(), "reached_on")
        with self._notebook.write() as records:
            return records.save(replace(require(records, Goal, goal_id), reached_on=day))

    def note_stage(
        self, goal_id: str, stage: StageOfChange, *, noted_on: date | None = None
    ) -> Goal:
        """Note a stage of change. It is never part of anything the county sees."""
        note = StageNote(stage=stage, noted_on=noted_on or self._notebook.today())
        with self._notebook.write() as records:
            goal = require(records, Goal, goal_id)
            return records.save(replace(goal, stages=with_item(goal.stages, note)))

    def finish(self, plan_id: str) -> AdvocacyPlan:
        """Note that the plan is made, and mark the paper; its steps go on.

        Raises:
            InputError: It holds no goal yet.
        """
        today = self._notebook.today()
        with self._notebook.write() as records:
            plan = require(records, AdvocacyPlan, plan_id)
            if not self._goals(records, plan):
                raise InputError("One goal is enough, and there is none yet.", code="empty")
            records.save(
                DocumentDone(
                    case_id=plan.case_id, document=DOCUMENT_OF[plan.plan_kind], done_on=today
                )
            )
            return records.save(replace(plan, finished_on=plan.finished_on or today))

    def of_case(self, case_id: str) -> list[AdvocacyPlan]:
        """Return a youth's plans."""
        with self._notebook.read() as records:
            return records.of_case(AdvocacyPlan, case_id)

    def goals(self, plan_id: str) -> list[Goal]:
        """Return the goals of a plan, in its order."""
        with self._notebook.read() as records:
            return self._goals(records, require(records, AdvocacyPlan, plan_id))

    @staticmethod
    def _goals(records: Records, plan: AdvocacyPlan) -> list[Goal]:
        found = (records.find(Goal, goal_id) for goal_id in plan.goal_ids)
        return [goal for goal in found if goal is not None]


class LinkageService:
    """Needs and the services outside that may answer them."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def add(self, linkage: Linkage) -> Linkage:
        """Add a link to a service."""
        with self._notebook.write() as records:
            require_participant(records, linkage.case_id)
            opened = replace(linkage, opened_on=linkage.opened_on or self._notebook.today())
            check_date_order(opened)
            return records.save(opened)

    def follow_up(
        self,
        linkage_id: str,
        state: LinkageState,
        *,
        note: str = "",
        follow_up_on: date | None = None,
    ) -> Linkage:
        """Note how a link is going, and when to look again; closing it ends the follow-up."""
        with self._notebook.write() as records:
            linkage = require(records, Linkage, linkage_id)
            seen = FollowUp(on=self._notebook.today(), note=note.strip())
            changed = replace(
                linkage,
                state=state,
                follow_ups=with_item(linkage.follow_ups, seen),
                follow_up_on=None if state is LinkageState.CLOSED else follow_up_on,
            )
            check_date_order(changed)
            return records.save(changed)

    def of_case(self, case_id: str) -> list[Linkage]:
        """Return a participant's links, oldest first."""
        with self._notebook.read() as records:
            return records.of_case(Linkage, case_id)

    def due(self, through: date) -> list[Linkage]:
        """Return the links to look at by a local day, the earliest first."""
        with self._notebook.read() as records:
            found = [
                linkage
                for linkage in records.all_of(Linkage)
                if linkage.state is not LinkageState.CLOSED
                and linkage.follow_up_on is not None
                and linkage.follow_up_on <= through
            ]
        return sorted(found, key=lambda linkage: linkage.follow_up_on or through)
