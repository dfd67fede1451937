"""Duties of the law around a case: reports of mandated reporters, and demands for records.

A paid advocate is mostly not a mandated reporter (X-03): the 36-hour clock runs only for those
whose status says so. A demand for records is logged, and never simply answered (X-05).
"""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from enum import StrEnum

from field_app.domain.records.record import Record
from field_app.domain.records.staff import ReporterStatus

WRITTEN_REPORT_LIMIT = timedelta(hours=36)  # California Penal Code 11166(a)


class DemandKind(StrEnum):
    """What kind of demand came. A subpoena is in most cases not a court order (X-05)."""

    SUBPOENA = "subpoena"
    COURT_ORDER = "court_order"
    WARRANT = "warrant"
    INFORMAL = "informal"


@dataclass(frozen=True, kw_only=True)
class ReporterFollowUp(Record):
    """The steps after something reportable was learned. What it was is not written here.

    Attributes:
        staff_id: Whose duty it is.
        reporter_status: That person's status when it was noted.
        learned_at: Start of the clock.
        called_at: Report by telephone.
        written_at: Written report.
        supervisor_told_at: For everybody else: the supervisor was told.
    """

    staff_id: str = ""
    reporter_status: ReporterStatus = ReporterStatus.UNKNOWN
    learned_at: datetime | None = None
    called_at: datetime | None = None
    written_at: datetime | None = None
    supervisor_told_at: datetime | None = None

    @property
    def written_due_at(self) -> datetime | None:
        """When the written report is due; None for somebody who is not a mandated reporter."""
        if self.reporter_status is not ReporterStatus.YES or self.learned_at is None:
            return None
        return self.learned_at + WRITTEN_REPORT_LIMIT


@dataclass(frozen=True, kw_only=True)
class RecordsDemand(Record):
    """A demand for records of a participant, and the hold that keeps them from being purged.

    Attributes:
        demand: Which kind.
        received_on: Local day.
        from_whom: Who asks.
        participant_told_on: When the participant was told.
        counsel_told_on: When the agency's lawyer was told.
        hold_until: Nothing of the case is purged through this day; None: until released.
        released_on: Local day the hold ended.
        outcome: What came of it, in a few words.
    """

    demand: DemandKind = DemandKind.SUBPOENA
    received_on: date | None = None
    from_whom: str = ""
    participant_told_on: date | None = None
    counsel_told_on: date | None = None
    hold_until: date | None = None
    released_on: date | None = None
    outcome: str = ""


def is_held(demand: RecordsDemand, day: date) -> bool:
    """Return whether a demand keeps the case's records from being purged on a day."""
    if demand.deleted or (demand.released_on is not None and demand.released_on <= day):
        return False
    return demand.hold_until is None or day <= demand.hold_until
