"""The due list: what is owed, to whom, by when; the same numbers for every screen and report.

Obligations are computed, never stored. A case is computed again only when one of its records
changed, or when time crossed the moment until which its result holds.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from field_app.domain.due.due_book import DueBook
from field_app.domain.due.due_line import sentence
from field_app.domain.due.explanation import ExplanationLine, explain
from field_app.domain.due.facts import Facts
from field_app.domain.due.obligation import Obligation, State
from field_app.domain.policy.program import (
    ClosedBy,
    CountingRule,
    Counts,
    DeadlineRule,
    LimitUnit,
    Per,
    Program,
)
from field_app.domain.records.contact import COUNTY_ZONE
from field_app.domain.records.participant import Participant
from field_app.domain.records.record import AGENCY_CASE_ID
from field_app.domain.records.service import Waiver
from field_app.domain.vocabulary import Channel, DocumentKind, ParticipantKind, Service
from field_app.errors import InputError
from field_app.services.case_facts import facts_of
from field_app.services.case_shelf import CaseShelf
from field_app.services.notebook import Notebook
from field_app.services.stale_cases import Stale, StaleCases
from field_app.store.repositories import caseloads
from field_app.store.repositories import contacts as contact_queries
from field_app.store.repositories.caseloads import CaseRecords
from field_app.store.repositories.contacts import ContactFact

LATER_DAYS = 45
"""How far ahead "later" looks: the rest of this month and the phases that end soon after."""


WEEK_DAYS = 7
"""What "this week" means on the first screen: the coming days, so that a Sunday shows Monday."""


class DueAction(StrEnum):
    """What one tap on a due line does about it."""

    LOG_VISIT = "log_visit"
    LOG_CONTACT = "log_contact"
    LOG_DAILY = "log_daily"
    MARK_PAPER = "mark_paper"
    ARRIVE = "arrive"
    FIRST_RESPONSE_STEP = "first_response_step"
    CSW_TALK = "csw_talk"
    DECIDE_PHASE = "decide_phase"
    OFFER_PROGRAM = "offer_program"
    NONE = "none"


ACTION_OF_CLOSING = {
    ClosedBy.CSW_CONTACTED: DueAction.CSW_TALK,
    ClosedBy.ARRIVED: DueAction.ARRIVE,
    ClosedBy.SAFETY_PLAN: DueAction.FIRST_RESPONSE_STEP,
    ClosedBy.MEDICAL_HUB: DueAction.FIRST_RESPONSE_STEP,
    ClosedBy.INITIAL_MDT: DueAction.FIRST_RESPONSE_STEP,
    ClosedBy.CASE_CLOSED: DueAction.NONE,
    ClosedBy.FIRST_VISIT: DueAction.LOG_VISIT,
    ClosedBy.DOCUMENT: DueAction.MARK_PAPER,
    ClosedBy.PHASE_END: DueAction.DECIDE_PHASE,
    ClosedBy.EMPOWERMENT_OFFERED: DueAction.OFFER_PROGRAM,
}


@dataclass(frozen=True)
class DueItem:
    """One obligation of one participant, with what a line on a screen needs."""

    case_id: str
    alias: str
    obligation: Obligation
    action: DueAction
    document: DocumentKind | None = None
    participant_kind: ParticipantKind = ParticipantKind.YOUTH

    @property
    def key(self) -> str:
        """What stays the same on another day."""
        return "|".join(self.obligation.key)


@dataclass(frozen=True)
class CaseProblem:
    """A case whose records contradict each other: nothing can be computed until somebody looks."""

    case_id: str
    alias: str
    field: str
    message: str


@dataclass(frozen=True)
class DueToday:
    """The first screen: what is open, by when."""

    overdue: tuple[DueItem, ...] = ()
    today: tuple[DueItem, ...] = ()
    this_week: tuple[DueItem, ...] = ()
    later: tuple[DueItem, ...] = ()
    problems: tuple[CaseProblem, ...] = ()


@dataclass(frozen=True)
class DailyLine:
    """One participant of the daily-contacts card, with the service and channels that count."""

    participant: Participant
    service: Service | None
    channels: tuple[Channel, ...]
    done_today: bool
    attempts_today: int
    last_reached_at: datetime | None


class DueListService:
    """What is due, computed from the record by the program in force."""

    def __init__(
        self, notebook: Notebook, program: Program, shelf: CaseShelf | None = None
    ) -> None:
        """Listen to an open notebook; nothing is computed before somebody asks."""
        self._notebook = notebook
        self._shelf = shelf or CaseShelf(notebook)
        self.program = program
        self._book = DueBook(program)
        self._people: dict[str, Participant] = {}
        self._items: dict[str, tuple[DueItem, ...]] = {}
        self._problems: dict[str, CaseProblem] = {}
        self._stale = StaleCases()
        notebook.after_commit.append(self._on_commit)

    def today(self) -> DueToday:
        """Return everything that is open, grouped by when it is due."""
        self._catch_up()
        today = self._notebook.today()
        groups: dict[str, list[DueItem]] = {"overdue": [], "today": [], "week": [], "later": []}
        for case_id, items in self._items.items():
            if self._people[case_id].is_open:
                for item in items:
                    group = _group(item, today)
                    if group is not None:
                        groups[group].append(item)
        ordered = {name: tuple(sorted(items, key=_urgency)) for name, items in groups.items()}
        return DueToday(
            overdue=ordered["overdue"],
            today=ordered["today"],
            this_week=ordered["week"],
            later=ordered["later"],
            problems=tuple(self._problems.values()),
        )

    def of_case(self, case_id: str) -> tuple[DueItem, ...]:
        """Return all obligations of a participant: open ones first, then the latest ended ones."""
        self._catch_up()
        items = self._items.get(case_id, ())
        still_open = [item for item in items if item.obligation.state.is_open]
        ended = [item for item in items if not item.obligation.state.is_open]
        return (*sorted(still_open, key=_urgency), *sorted(ended, key=_urgency, reverse=True))

    def problem_of(self, case_id: str) -> CaseProblem | None:
        """Return why nothing could be computed for a participant, or None."""
        self._catch_up()
        return self._problems.get(case_id)

    def facts(self) -> list[Facts]:
        """Return what the engine knows of every participant, to try another program on."""
        self._catch_up()
        return [entry.facts for entry in self._book.entries()]

    def all_items(self) -> tuple[DueItem, ...]:
        """Return every obligation of every participant, in the order of a printed list."""
        self._catch_up()
        every = [item for items in self._items.values() for item in items]
        return tuple(sorted(every, key=_urgency))

    def find(self, key: str) -> DueItem | None:
        """Return the item of a key, or None when it is no longer owed."""
        return next((item for item in self.all_items() if item.key == key), None)

    def title(self, item: DueItem, language: str) -> str:
        """Return what the duty is, in a few words."""
        return item.obligation.rule_in_force.title(language)

    def sentence(self, item: DueItem, language: str) -> str:
        """Return where the duty stands: "2 of 4 visits this month, 9 days left"."""
        return sentence(item.obligation, self._notebook.now(), language)

    def why(self, item: DueItem, language: str) -> tuple[ExplanationLine, ...]:
        """Return how the date and the numbers came about, line by line."""
        return explain(item.obligation, language)

    def owed_this_month(self) -> dict[str, int]:
        """Return by case how many contacts are still owed until the month ends."""
        self._catch_up()
        today = self._notebook.today()
        last = (today.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
        return {
            case_id: sum(_still_owed(item, last) for item in items)
            for case_id, items in self._items.items()
        }

    def daily(self) -> tuple[DailyLine, ...]:
        """Return the participants who are owed a contact every day, and whether it was made."""
        self._catch_up()
        today = self._notebook.today()
        lines: list[DailyLine] = []
        last = self._shelf.now().last_reached_at
        for case_id, items in self._items.items():
            for item in items:
                duty = item.obligation
                rule = duty.rule_in_force
                if item.action is not DueAction.LOG_DAILY or duty.first_day != today:
                    continue
                if isinstance(rule, CountingRule):
                    lines.append(
                        DailyLine(
                            self._people[case_id],
                            duty.service,
                            rule.channels,
                            duty.done >= duty.required,
                            duty.attempts,
                            last.get(case_id),
                        )
                    )
        return tuple(sorted(lines, key=lambda line: line.participant.alias.casefold()))

    def _on_commit(self, case_ids: frozenset[str]) -> None:
        # A waiver of the agency's may concern everyone.
        self._stale.mark(case_ids, everything=AGENCY_CASE_ID in case_ids)

    def _catch_up(self) -> None:
        with self._stale.taken() as stale:
            self._bring_up_to_date(stale)

    def _bring_up_to_date(self, stale: Stale) -> None:
        if stale.everything:
            self._load_all()
        elif stale:
            self._load_some(stale.cases)
        for case_id in self._book.refresh(self._notebook.now()):
            entry = self._book.entry(case_id)
            if entry is None:
                continue
            who = self._people[case_id]
            self._items[case_id] = tuple(_item(who, duty) for duty in entry.obligations)
            if entry.problem is not None:
                self._note_problem(who, entry.problem)
            else:
                self._problems.pop(case_id, None)

    def _load_all(self) -> None:
        shelf = self._shelf.now()
        cases = shelf.cases
        with self._notebook.read() as records:
            waivers = caseloads.waivers(records)
            contacts = contact_queries.facts(records.session)
        by_case: dict[str, list[ContactFact]] = {}
        for contact in contacts:
            by_case.setdefault(contact.case_id, []).append(contact)
        parents = _parents_by_youth(shelf.participants())
        for case_id in self._people.keys() - cases.keys():
            self._forget(case_id)
        for case_id, case in cases.items():
            self._take_in(case, by_case.get(case_id, []), waivers, parents.get(case_id, []))

    def _load_some(self, case_ids: frozenset[str]) -> None:
        shelf = self._shelf.now()
        everyone = shelf.participants()
        with self._notebook.read() as records:
            waivers = caseloads.waivers(records)
            # What is said of a parent decides duties towards the youth.
            youths = {p.linked_youth_id for p in everyone if p.case_id in case_ids}
            parents = _parents_by_youth(everyone)
            for case_id in case_ids | {youth for youth in youths if youth is not None}:
                case = shelf.cases.get(case_id)
                if case is None:
                    self._forget(case_id)
                    continue
                contacts = contact_queries.facts(records.session, case_id)
                self._take_in(case, contacts, waivers, parents.get(case_id, []))

    def _take_in(
        self,
        case: CaseRecords,
        contacts: list[ContactFact],
        waivers: list[Waiver],
        parents: list[Participant],
    ) -> None:
        who = case.participant
        self._people[who.case_id] = who
        try:
            self._book.put(facts_of(case, contacts, waivers, parents))
        except InputError as error:
            self._book.remove(who.case_id)
            self._items[who.case_id] = ()
            self._note_problem(who, error)
            return
        entry = self._book.entry(who.case_id)
        if entry is not None:  # the alias may be new while the facts are not
            self._items[who.case_id] = tuple(_item(who, duty) for duty in entry.obligations)

    def _forget(self, case_id: str) -> None:
        self._book.remove(case_id)
        for kept in (self._people, self._items, self._problems):
            kept.pop(case_id, None)

    def _note_problem(self, who: Participant, error: InputError) -> None:
        self._problems[who.case_id] = CaseProblem(
            who.case_id, who.alias, error.field or "", error.reason
        )


def _still_owed(item: DueItem, last: date) -> int:
    """Return how many contacts an open period that ends by a day still asks for."""
    duty = item.obligation
    counts = isinstance(duty.rule_in_force, CountingRule) and duty.state is State.DUE
    if not counts or duty.due_at is None or duty.due_at.date() > last:
        return 0
    return max(duty.required - duty.done, 0)


def _parents_by_youth(everyone: Iterable[Participant]) -> dict[str, list[Participant]]:
    parents: dict[str, list[Participant]] = {}
    for participant in everyone:
        if participant.linked_youth_id is not None and participant.is_open:
            parents.setdefault(participant.linked_youth_id, []).append(participant)
    return parents


def _item(participant: Participant, obligation: Obligation) -> DueItem:
    rule = obligation.rule_in_force
    action, document = DueAction.NONE, None
    if isinstance(rule, CountingRule):
        if rule.per is Per.DAY:
            action = DueAction.LOG_DAILY
        else:
            is_visit = rule.counts is Counts.VISIT
            action = DueAction.LOG_VISIT if is_visit else DueAction.LOG_CONTACT
    elif isinstance(rule, DeadlineRule):
        action, document = ACTION_OF_CLOSING[rule.closed_by], rule.document
    return DueItem(
        participant.case_id,
        participant.alias,
        obligation,
        action,
        document,
        participant.participant_kind,
    )


def _group(item: DueItem, today: date) -> str | None:
    duty = item.obligation
    if duty.state is State.OVERDUE:
        return "overdue"
    if duty.state is not State.DUE or duty.due_at is None:
        return "later" if duty.state is State.DUE else None
    due_on = duty.due_at.astimezone(COUNTY_ZONE).date()
    if due_on <= today:
        return "today"
    if due_on < today + timedelta(days=WEEK_DAYS):
        return "week"
    if _is_far_limit(item) and duty.warning is None:
        return None
    return "later" if due_on <= today + timedelta(days=LATER_DAYS) else None


def _is_far_limit(item: DueItem) -> bool:
    """Whether nothing is to be done yet: a longest length or a floor that has not warned."""
    rule = item.obligation.rule_in_force
    return isinstance(rule, DeadlineRule) and (
        rule.is_floor or rule.unit is LimitUnit.MONTHS_OF_SERVICE
    )


def _urgency(item: DueItem) -> tuple[bool, int, str, str]:
    due_second = item.obligation.due_second
    return (due_second is None, due_second or 0, item.alias.casefold(), item.obligation.rule)
