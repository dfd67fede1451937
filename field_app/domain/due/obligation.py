"""An obligation: one duty for one period or one deadline, computed and never stored."""

from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, Protocol

from field_app.domain.policy.periods import Period
from field_app.domain.policy.program import Rule
from field_app.domain.vocabulary import Phase, Service

if TYPE_CHECKING:
    from field_app.domain.due.trace import Trace


class State(StrEnum):
    """Where an obligation stands. `not_met_missing`: it ended short, and the youth was missing."""

    NOT_ASSESSED = "not_assessed"
    CLOSED = "closed"
    MET = "met"
    MET_LATE = "met_late"
    DUE = "due"
    OVERDUE = "overdue"
    NOT_MET_MISSING = "not_met_missing"
    NOT_MET = "not_met"

    @property
    def is_open(self) -> bool:
        """Whether something is still to be done."""
        return self in (State.DUE, State.OVERDUE)


class WarningUnit(StrEnum):
    """In what a warning is counted."""

    HOURS_AFTER = "hours_after"
    DAYS_BEFORE = "days_before"


class ReachedWarning(NamedTuple):
    """A warning whose time has come: 48 hours after the call, 14 days before the last day."""

    number: int
    unit: WarningUnit


class Duty(Protocol):
    """What the obligations of one rule of one participant share, and the maker of their traces."""

    participant_id: str
    rank: int  # the place of the rule's id among all, for sorting

    @property
    def rule(self) -> Rule: ...

    def trace(self, obligation: "Obligation") -> "Trace": ...


class Obligation(NamedTuple):
    """One duty of one participant in one period.

    `required`, `done` and `attempts` are counts; `done` is not capped. `reason` says why it is
    closed, not assessed or not met. `warning` is the last warning reached, while due.
    `first_credit` and `first_attempt` are where its credits and attempts begin in the duty's lists.
    (A named tuple: a caseload has tens of thousands of them, and a frozen dataclass takes five
    times as long to make.)
    """

    duty: Duty
    period: Period
    required: int
    done: int
    attempts: int
    state: State
    reason: str | None = None
    warning: ReachedWarning | None = None
    first_credit: int = 0
    first_attempt: int = 0

    @property
    def rule(self) -> str:
        """The id of the rule, such as `stabilization.face_to_face`."""
        return self.duty.rule.id

    @property
    def rule_in_force(self) -> Rule:
        """The rule itself, of the version in force."""
        return self.duty.rule

    @property
    def participant_id(self) -> str:
        return self.duty.participant_id

    @property
    def service(self) -> Service | None:
        return self.duty.rule.service

    @property
    def phase(self) -> Phase | None:
        return self.duty.rule.phase

    @property
    def first_day(self) -> date:
        """The first active day, or the day on which the clock started."""
        return self.period.first_day

    @property
    def last_day(self) -> date | None:
        """The last active day, or the day on which it is due. None without a deadline."""
        return self.period.last_day

    @property
    def due_at(self) -> datetime | None:
        """A local time with offset. None without a deadline."""
        return self.period.due_at

    @property
    def due_second(self) -> int | None:
        """When it is due, in seconds since 1970. None without a deadline."""
        return self.period.due_second

    @property
    def quote(self) -> str:
        """The sentence of the policy, empty for an agency target."""
        return self.duty.rule.quote

    @property
    def source(self) -> str:
        return self.duty.rule.source

    @property
    def is_agency_target(self) -> bool:
        return self.duty.rule.is_agency_target

    @property
    def trace(self) -> "Trace":
        """How the result came about, from the same lists that it was counted from."""
        return self.duty.trace(self)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What stays the same on another day: participant, rule, service and first day."""
        service = self.service.value if self.service else ""
        return (self.participant_id, self.rule, service, self.first_day.isoformat())
