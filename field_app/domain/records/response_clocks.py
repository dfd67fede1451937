"""The clocks of a first response, computed from its times: nothing runs, so nothing can stop.

Elapsed time is counted through midnight and daylight-saving changes (rules.md, Calendar).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from field_app.domain.records.service import FirstResponse


@dataclass(frozen=True)
class ResponseLimits:
    """The numbers of the protocol, from the program file."""

    arrival_minutes: int
    plan_hours: int
    warn_after_hours: tuple[int, ...] = ()


@dataclass(frozen=True)
class ResponseClocks:
    """Where the clocks of one response stand at a moment.

    Attributes:
        arrival_due_at: Last moment of an arrival in time.
        arrival_left: Time left to arrive (negative: late); None once somebody arrived.
        is_late: The arrival came, or would come now, after its time.
        plan_due_at: Last moment of the 72-hour plan; it covers the time until then, too.
        plan_left: Time left for the plan; None once it is made.
        plan_warning: How many of the program's warnings have passed without a plan.
        available_until: Until when an advocate stays close, unless not needed before.
    """

    arrival_due_at: datetime
    arrival_left: timedelta | None
    is_late: bool
    plan_due_at: datetime
    plan_left: timedelta | None
    plan_warning: int
    available_until: datetime


def clocks(response: FirstResponse, limits: ResponseLimits, now: datetime) -> ResponseClocks | None:
    """Return the clocks of a response, or None when it has no call to start them."""
    called = response.called_at
    if called is None:
        return None
    arrival_due = called + timedelta(minutes=limits.arrival_minutes)
    plan_due = called + timedelta(hours=limits.plan_hours)
    arrived, planned = response.arrived_at, response.safety_plan_at
    passed = [h for h in limits.warn_after_hours if now >= called + timedelta(hours=h)]
    return ResponseClocks(
        arrival_due_at=arrival_due,
        arrival_left=None if arrived else arrival_due - now,
        is_late=(arrived or now) > arrival_due,
        plan_due_at=plan_due,
        plan_left=None if planned else plan_due - now,
        plan_warning=0 if planned else len(passed),
        available_until=response.not_needed_at or response.available_until or plan_due,
    )
