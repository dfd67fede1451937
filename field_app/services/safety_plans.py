"""Safety plans: work on one entry by entry, finish a version, acknowledge it, hand out copies.

Every entry is saved by itself; nothing is ever required. Finishing writes the version, marks the
paper and closes the first response's 72-hour duty in one transaction.
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta

from field_app.domain.records.agency_setting import SettingName
from field_app.domain.records.contact import COUNTY_ZONE
from field_app.domain.records.items import with_item, without_item
from field_app.domain.records.record import named_id
from field_app.domain.records.release import (
    DataClass,
    Disclosure,
    LegalBasis,
    Release,
    live_release,
)
from field_app.domain.records.response_clocks import ResponseLimits
from field_app.domain.records.safety_plan import (
    Contributor,
    DifferenceLine,
    PlanAcknowledgement,
    PlanCopy,
    PlanEntry,
    PlanPerson,
    SafetyPlan,
    SafetyPlanKind,
    SafetyPlanVersion,
    difference,
    in_order,
    review_due_on,
)
from field_app.domain.records.service import DocumentDone, FirstResponse
from field_app.domain.vocabulary import DocumentKind, ParticipantKind
from field_app.errors import InputError
from field_app.services.agency import number_of
from field_app.services.lookup import require, require_participant
from field_app.services.marks import check_mark
from field_app.services.notebook import Notebook
from field_app.store.repositories.records import Records

MOST_ENTRIES = 200  # lines of one plan; see domain.records.record_limits


@dataclass(frozen=True)
class ReviewDue:
    """A plan that is to be looked at again: by its review date, or because its hours end."""

    case_id: str
    plan_id: str
    plan_kind: SafetyPlanKind
    due_on: date


class SafetyPlanService:
    """Safety plans of one youth at a time."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    # Working on a plan

    def begin(
        self,
        case_id: str,
        plan_kind: SafetyPlanKind = SafetyPlanKind.FULL,
        *,
        response_limits: ResponseLimits | None = None,
    ) -> SafetyPlan:
        """Begin a plan, or return the one of this kind that is there already.

        There is one full and one court plan a youth, and one 72-hour plan a first response (or
        one in all outside of one), which covers the hours of the protocol from the call.

        Raises:
            InputError: The participant is not here or is not a youth.
        """
        with self._notebook.write() as records:
            require_participant(records, case_id, ParticipantKind.YOUTH)
            words, covers = [plan_kind.value], None
            if plan_kind is SafetyPlanKind.HOURS_72:
                response = _running_response(records, case_id)
                start = self._notebook.now()
                if response is not None:
                    words.append(response.record_id)
                    start = response.called_at or start
                if response_limits is not None:
                    covers = start + timedelta(hours=response_limits.plan_hours)
            plan_id = named_id(case_id, "safety_plan", *words)
            existing = records.find(SafetyPlan, plan_id)
            if existing is not None:
                return existing
            return records.save(
                SafetyPlan(
                    record_id=plan_id, case_id=case_id, plan_kind=plan_kind, covers_until=covers
                )
            )

    def put_entry(self, plan_id: str, entry: PlanEntry) -> SafetyPlan:
        """Add a line or change one. A line without words is taken out: skipping is always fine."""
        with self._notebook.write() as records:
            plan = require(records, SafetyPlan, plan_id)
            if not entry.words.strip():
                entries = without_item(plan.entries, entry.item_id)
            else:
                words = entry.words.strip()
                entries = with_item(plan.entries, replace(entry, words=words))
            if len(entries) > MOST_ENTRIES:
                raise InputError(
                    f"A plan holds at most {MOST_ENTRIES} lines. Join some of them.",
                    field="entries",
                    code="too_many",
                )
            return records.save(replace(plan, entries=entries))

    def remove_entry(self, plan_id: str, item_id: str) -> SafetyPlan:
        """Take a line out, as the youth may always ask (PRA-15)."""
        with self._notebook.write() as records:
            plan = require(records, SafetyPlan, plan_id)
            return records.save(replace(plan, entries=without_item(plan.entries, item_id)))

    def put_contributor(self, plan_id: str, contributor: Contributor) -> SafetyPlan:
        """Add or change somebody whose thoughts went into the plan."""
        with self._notebook.write() as records:
            plan = require(records, SafetyPlan, plan_id)
            people = with_item(plan.contributors, contributor)
            return records.save(replace(plan, contributors=people))

    def remove_contributor(self, plan_id: str, item_id: str) -> SafetyPlan:
        """Take somebody off the list of those who took part."""
        with self._notebook.write() as records:
            plan = require(records, SafetyPlan, plan_id)
            kept = without_item(plan.contributors, item_id)
            return records.save(replace(plan, contributors=kept))

    def set_review(self, plan_id: str, review_on: date | None) -> SafetyPlan:
        """Set the local day on which the plan is looked at again."""
        with self._notebook.write() as records:
            plan = require(records, SafetyPlan, plan_id)
            return records.save(replace(plan, review_on=review_on))

    def finish(self, plan_id: str) -> SafetyPlanVersion:
        """Make a version of the plan as it stands, and mark what it fulfils, in one transaction.

        A 72-hour plan closes the running first response's duty; a full or court plan marks the
        paper. A plan without a review date gets the agency's (14 days unless set, labelled an
        agency target). A state that is a version already is not written again.

        Raises:
            InputError: The plan has no line yet.
        """
        now, today = self._notebook.now(), self._notebook.today()
        with self._notebook.write() as records:
            plan = require(records, SafetyPlan, plan_id)
            if not plan.entries:
                raise InputError(
                    "Nothing is written yet. One line is enough.", field="entries", code="empty"
                )
            earlier = _versions(records, plan)
            last = earlier[-1] if earlier else None
            if last is not None and _content(last) == _content(plan):
                return last
            if plan.review_on is None or plan.review_on < today:
                days = number_of(records, SettingName.SAFETY_PLAN_REVIEW_DAYS)
                plan = records.save(replace(plan, review_on=today + timedelta(days=days)))
            version = records.save(
                SafetyPlanVersion(
                    case_id=plan.case_id,
                    plan_id=plan.record_id,
                    plan_kind=plan.plan_kind,
                    finished_at=now,
                    previous_version_id=None if last is None else last.record_id,
                    entries=plan.entries,
                    contributors=plan.contributors,
                    review_on=plan.review_on,
                    covers_until=plan.covers_until,
                )
            )
            self._mark(records, plan, now, today)
            return version

    # A finished version

    def acknowledge(
        self,
        version_id: str,
        person: PlanPerson,
        *,
        initials: str = "",
        strokes: Iterable[str] = (),
    ) -> PlanAcknowledgement:
        """Note that somebody agrees with a version, by typed initials or a drawn mark.

        Raises:
            InputError: Neither was given, or the mark is not one.
        """
        mark = check_mark(initials, strokes)
        with self._notebook.write() as records:
            version = require(records, SafetyPlanVersion, version_id)
            return records.save(
                PlanAcknowledgement(
                    case_id=version.case_id,
                    version_id=version_id,
                    person=person,
                    initials=mark.initials,
                    strokes=mark.strokes,
                    acknowledged_at=self._notebook.now(),
                )
            )

    def give_copy(
        self, version_id: str, person: PlanPerson, *, name: str = "", given_on: date | None = None
    ) -> PlanCopy:
        """Note who was given a copy. The youth's own copy is free; any other needs a live release.

        The disclosure is logged in the same transaction.

        Raises:
            InputError: There is no live release for safety plans to this recipient.
        """
        day = given_on or self._notebook.today()
        with self._notebook.write() as records:
            version = require(records, SafetyPlanVersion, version_id)
            release_id = None
            if person is not PlanPerson.YOUTH:
                release_id = release_for_plan(records, version.case_id, name, day).record_id
            records.save(
                Disclosure(
                    case_id=version.case_id,
                    recipient=name.strip() or person.value,
                    data_classes=(DataClass.SAFETY_PLAN,),
                    disclosed_at=self._notebook.now(),
                    basis=LegalBasis.OWN_COPY if release_id is None else LegalBasis.RELEASE,
                    release_id=release_id,
                )
            )
            return records.save(
                PlanCopy(
                    case_id=version.case_id,
                    version_id=version_id,
                    person=person,
                    name=name.strip(),
                    given_on=day,
                    release_id=release_id,
                )
            )

    # Reading

    def find(self, plan_id: str) -> SafetyPlan | None:
        """Return a plan, or None when it is not here."""
        with self._notebook.read() as records:
            return records.find(SafetyPlan, plan_id)

    def of_case(self, case_id: str) -> list[SafetyPlan]:
        """Return a youth's plans, oldest first."""
        with self._notebook.read() as records:
            return records.of_case(SafetyPlan, case_id)

    def version(self, version_id: str) -> SafetyPlanVersion | None:
        """Return a finished version, or None when it is not here."""
        with self._notebook.read() as records:
            return records.find(SafetyPlanVersion, version_id)

    def versions(self, plan_id: str) -> list[SafetyPlanVersion]:
        """Return the versions of a plan, oldest first; the place in the list is the number."""
        with self._notebook.read() as records:
            return _versions(records, require(records, SafetyPlan, plan_id))

    def changes_since(
        self, plan_id: str, version_id: str | None = None
    ) -> tuple[DifferenceLine, ...]:
        """Return what differs between a version (the last unless given) and the plan as it is."""
        with self._notebook.read() as records:
            plan = require(records, SafetyPlan, plan_id)
            versions = _versions(records, plan)
        if version_id is not None:
            versions = [version for version in versions if version.record_id == version_id]
        return difference(versions[-1].entries if versions else (), plan.entries)

    def acknowledgements(self, version_id: str) -> list[PlanAcknowledgement]:
        """Return who has acknowledged a version, in order."""
        with self._notebook.read() as records:
            version = require(records, SafetyPlanVersion, version_id)
            found = records.of_case(PlanAcknowledgement, version.case_id)
        return [one for one in found if one.version_id == version_id]

    def copies(self, version_id: str) -> list[PlanCopy]:
        """Return who has a copy of a version."""
        with self._notebook.read() as records:
            version = require(records, SafetyPlanVersion, version_id)
            found = records.of_case(PlanCopy, version.case_id)
        return [copy for copy in found if copy.version_id == version_id]

    def reviews_due(self, through: date, *, case_id: str | None = None) -> list[ReviewDue]:
        """Return the plans to look at again by a local day, the earliest first.

        A 72-hour plan without a finished full plan after it is due when its hours end (STB-05).
        """
        with self._notebook.read() as records:
            plans = records.all_of(SafetyPlan, case_id=case_id)
            versions = records.all_of(SafetyPlanVersion, case_id=case_id)
        due = []
        for plan in plans:
            own = [version for version in versions if version.plan_id == plan.record_id]
            day = review_due_on(own)
            if plan.plan_kind is SafetyPlanKind.HOURS_72:
                followed = any(
                    v.case_id == plan.case_id and v.plan_kind is SafetyPlanKind.FULL
                    for v in versions
                )
                ends = plan.covers_until
                day = None if followed or ends is None else _local_day(ends)
            if day is not None and day <= through:
                due.append(ReviewDue(plan.case_id, plan.record_id, plan.plan_kind, day))
        return sorted(due, key=lambda one: (one.due_on, one.plan_id))

    @staticmethod
    def _mark(records: Records, plan: SafetyPlan, now: datetime, today: date) -> None:
        if plan.plan_kind is SafetyPlanKind.HOURS_72:
            response = _running_response(records, plan.case_id)
            if response is not None and response.safety_plan_at is None:
                records.save(replace(response, safety_plan_at=now))
            return
        records.save(
            DocumentDone(case_id=plan.case_id, document=DocumentKind.SAFETY_PLAN, done_on=today)
        )


def release_for_plan(records: Records, case_id: str, recipient: str, day: date) -> Release:
    """Return the live release of safety plans to a recipient, or raise InputError."""
    release = live_release(
        records.of_case(Release, case_id), DataClass.SAFETY_PLAN, day, recipient=recipient
    )
    if release is None:
        raise InputError(
            "No release is in force for safety plans to this recipient. "
            "Ask the youth, and write the release first.",
            field="recipient",
            code="no_live_release",
        )
    return release


def _running_response(records: Records, case_id: str) -> FirstResponse | None:
    running = [r for r in records.of_case(FirstResponse, case_id) if r.closed_on is None]
    return running[-1] if running else None


def _versions(records: Records, plan: SafetyPlan) -> list[SafetyPlanVersion]:
    found = records.of_case(SafetyPlanVersion, plan.case_id)
    return in_order(version for version in found if version.plan_id == plan.record_id)


def _content(plan: SafetyPlan | SafetyPlanVersion) -> tuple[object, ...]:
    return (plan.entries, plan.contributors, plan.review_on)


def _local_day(moment: datetime) -> date:
    return moment.astimezone(COUNTY_ZONE).date()
