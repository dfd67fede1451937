"""Staff safety: check in before a visit, check out after it, and a missed check-out is seen (X-15).

No place is ever recorded, only times.
"""

from dataclasses import dataclass
from datetime import datetime

from field_app.domain.records.record import Record


@dataclass(frozen=True, kw_only=True)
class VisitCheck(Record):
    """One visit of one advocate, in the participant's case, so that the supervisor sees it too.

    Attributes:
        staff_id: Who is on the visit.
        checked_in_at: When it began.
        expected_out_at: When the person wants to be out.
        checked_out_at: When the person was out and well; None while the visit goes on.
        alert_handled_by: Staff id of whoever looked after a missed check-out.
        alert_handled_at: When.
    """

    staff_id: str = ""
    checked_in_at: datetime | None = None
    expected_out_at: datetime | None = None
    checked_out_at: datetime | None = None
    alert_handled_by: str = ""
    alert_handled_at: datetime | None = None


def is_missed(check: VisitCheck, now: datetime) -> bool:
    """Return whether somebody should have checked out, has not, and nobody has looked yet."""
    return (
        not check.deleted
        and check.checked_out_at is None
        and check.alert_handled_at is None
        and check.expected_out_at is not None
        and now > check.expected_out_at
    )
