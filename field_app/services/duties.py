"""Duties of the law around a case: the reporter's 36 hours, and demands for records."""

from dataclasses import replace
from datetime import date, datetime

from field_app.domain.records.date_order import check_date_order
from field_app.domain.records.duties import DemandKind, RecordsDemand, ReporterFollowUp, is_held
from field_app.domain.records.staff import ReporterStatus, StaffMember
from field_app.errors import InputError
from field_app.services.lookup import (
    day_not_in_future,
    not_in_future,
    require,
    require_manager,
    require_participant,
    require_words,
)
from field_app.services.notebook import Notebook


class ReportingService:
    """What to do after something reportable was learned. What it was is never written here."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def learned(self, case_id: str, *, at: datetime | None = None) -> ReporterFollowUp:
        """Note that something reportable was learned, now unless another time is given.

        Only for a mandated reporter the 36 hours run (`written_due_at`); everybody else is told
        to go to the supervisor (X-03).
        """
        now = self._notebook.now()
        not_in_future(at, now, "learned_at")
        with self._notebook.write() as records:
            require_participant(records, case_id)
            me = records.find(StaffMember, self._notebook.author_id)
            return records.save(
                ReporterFollowUp(
                    case_id=case_id,
                    staff_id=self._notebook.author_id,
                    reporter_status=me.mandated_reporter if me else ReporterStatus.UNKNOWN,
                    learned_at=at or now,
                )
            )

    def called(self, follow_up_id: str, *, at: datetime | None = None) -> ReporterFollowUp:
        """Note the report by telephone."""
        return self._note(follow_up_id, called_at=at or self._notebook.now())

    def written(self, follow_up_id: str, *, at: datetime | None = None) -> ReporterFollowUp:
        """Note that the written report was sent."""
        return self._note(follow_up_id, written_at=at or self._notebook.now())

    def supervisor_told(self, follow_up_id: str, *, at: datetime | None = None) -> ReporterFollowUp:
        """Note that the supervisor knows."""
        return self._note(follow_up_id, supervisor_told_at=at or self._notebook.now())

    def take_back(self, follow_up_id: str) -> None:
        """Delete one that was begun by mistake; the history keeps it."""
        with self._notebook.write() as records:
            found = records.find(ReporterFollowUp, follow_up_id)
            if found is not None:
                records.delete(found, reason="taken back at once")

    def me(self) -> StaffMember | None:
        """Return the entry of the person at this device, whose status decides what runs."""
        with self._notebook.read() as records:
            return records.find(StaffMember, self._notebook.author_id)

    def of_case(self, case_id: str) -> list[ReporterFollowUp]:
        """Return the steps about a participant, oldest first."""
        with self._notebook.read() as records:
            return records.of_case(ReporterFollowUp, case_id)

    @staticmethod
    def is_finished(follow_up: ReporterFollowUp) -> bool:
        """Whether nothing is left: both reports of a mandated reporter, else the supervisor."""
        if follow_up.reporter_status is ReporterStatus.YES:
            return follow_up.called_at is not None and follow_up.written_at is not None
        return follow_up.supervisor_told_at is not None

    def open(self) -> list[ReporterFollowUp]:
        """Return what is not finished: those with a clock first, by when it ends."""
        with self._notebook.read() as records:
            found = [f for f in records.all_of(ReporterFollowUp) if not self.is_finished(f)]
        return sorted(
            found,
            key=lambda f: (f.written_due_at is None, f.written_due_at or f.created_at),
        )

    def _note(
        self,
        follow_up_id: str,
        *,
        called_at: datetime | None = None,
        written_at: datetime | None = None,
        supervisor_told_at: datetime | None = None,
    ) -> ReporterFollowUp:
        now = self._notebook.now()
        for field, at in (
            ("called_at", called_at),
            ("written_at", written_at),
            ("supervisor_told_at", supervisor_told_at),
        ):
            not_in_future(at, now, field)
        with self._notebook.write() as records:
            found = require(records, ReporterFollowUp, follow_up_id)
            return records.save(
                replace(
                    found,
                    called_at=called_at or found.called_at,
                    written_at=written_at or found.written_at,
                    supervisor_told_at=supervisor_told_at or found.supervisor_told_at,
                )
            )


class DemandService:
    """Demands for records: logged, told to the participant and counsel, and held (X-05)."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def log(
        self,
        case_id: str,
        demand: DemandKind,
        *,
        from_whom: str,
        received_on: date | None = None,
    ) -> RecordsDemand:
        """Log a demand. From now on nothing of the case is purged, until it is released.

        Raises:
            InputError: Nobody is named, or the day lies in the future.
        """
        who = require_words(from_whom, "Say who asks.", "from_whom")
        received = received_on or self._notebook.today()
        day_not_in_future(received, self._notebook.today(), "received_on")
        with self._notebook.write() as records:
            require_participant(records, case_id)
            return records.save(
                RecordsDemand(case_id=case_id, demand=demand, from_whom=who, received_on=received)
            )

    def note(
        self,
        demand_id: str,
        *,
        participant_told_on: date | None = None,
        counsel_told_on: date | None = None,
        outcome: str | None = None,
    ) -> RecordsDemand:
        """Note who was told, and what came of it.

        Raises:
            InputError: Somebody would have been told before the demand came, or in the future.
        """
        today = self._notebook.today()
        day_not_in_future(participant_told_on, today, "participant_told_on")
        day_not_in_future(counsel_told_on, today, "counsel_told_on")
        with self._notebook.write() as records:
            demand = require(records, RecordsDemand, demand_id)
            changed = replace(
                demand,
                participant_told_on=participant_told_on or demand.participant_told_on,
                counsel_told_on=counsel_told_on or demand.counsel_told_on,
                outcome=demand.outcome if outcome is None else outcome.strip(),
            )
            check_date_order(changed)
            return records.save(changed)

    def release_hold(self, demand_id: str, *, reason: str) -> RecordsDemand:
        """End the hold, with the reason; a manager decides."""
        why = require_words(reason, "Say in a few words why the hold ends.", "outcome")
        with self._notebook.write() as records:
            require_manager(records, self._notebook.author_id)
            demand = require(records, RecordsDemand, demand_id)
            if demand.released_on is not None:
                raise InputError("The hold has ended already.", code="hold_ended")
            return records.save(
                replace(demand, released_on=self._notebook.today(), outcome=why), reason=why
            )

    def is_held(self, case_id: str) -> bool:
        """Whether nothing of the case may be purged today."""
        with self._notebook.read() as records:
            found = records.of_case(RecordsDemand, case_id)
        return any(is_held(demand, self._notebook.today()) for demand in found)

    def of_case(self, case_id: str) -> list[RecordsDemand]:
        """Return the demands about a participant, oldest first."""
        with self._notebook.read() as records:
            return records.of_case(RecordsDemand, case_id)
