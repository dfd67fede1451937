"""An obligation: one duty for one period or one deadline, computed and never stored."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

from field_app.domain.vocabulary import Phase, Service

if TYPE_CHECKING:
    from field_app.domain.program import Rule
    from field_app.domain.trace import Trace


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


@dataclass(frozen=True, slots=True)
class Obligation:
    """One duty of one participant.

    `due_at` is a local time with offset, None when there is no deadline. `required`, `done` and
    `attempts` are counts; `done` is not capped. `warning` is the last warning reached, while due.
    `reason` says why it is closed, not assessed or not met. The trace is made on demand.
    """

    rule_in_force: "Rule"
    participant_id: str
    service: Service | None
    phase: Phase | None
    first_day: date
    last_day: date | None
    due_at: datetime | None
    due_second: int | None
    required: int
    done: int
    attempts: int
    state: State
    reason: str | None
    warning: ReachedWarning | None
    _trace: "Callable[[Obligation], Trace]" = field(compare=False, repr=False)

    @property
    def rule(self) -> str:
        """The id of the rule, such as `stabilization.face_to_face`."""
        return self.rule_in_force.id

    @property
    def quote(self) -> str:
        """The sentence of the policy, empty for an agency target."""
        return self.rule_in_force.quote

    @property
    def source(self) -> str:
        return self.rule_in_force.source

    @property
    def is_agency_target(self) -> bool:
        return self.rule_in_force.is_agency_target

    @property
    def trace(self) -> "Trace":
        """How the result came about, from the same lists that it was counted from."""
        return self._trace(self)

    @property
    def key(self) -> tuple[str, str, str, str]:
        """What stays the same on another day: participant, rule, service and first day."""
        service = self.service.value if self.service else ""
        return (self.participant_id, self.rule, service, self.first_day.isoformat())
