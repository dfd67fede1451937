"""Services and phases: start, move on, end, extend, note that a youth has stabilized.

Nothing moves by itself. A phase that has reached its longest length stays where it is until a
person decides.
"""

from dataclasses import replace
from datetime import date, datetime, timedelta

from field_app.domain.records.contact import COUNTY_ZONE
from field_app.domain.records.participant import Participant
from field_app.domain.records.service import Decision, PhasePeriod, ServicePeriod
from field_app.domain.records.staff import StaffMember, StaffRole
from field_app.domain.vocabulary import DecisionKind, ParticipantKind, Phase, Service
from field_app.errors import InputError
from field_app.services.notebook import Notebook
from field_app.store.repositories.records import Records

NEXT_PHASE = {
    Phase.FIRST_RESPONSE: Phase.STABILIZATION,
    Phase.STABILIZATION: Phase.MAINTENANCE,
    Phase.MAINTENANCE: Phase.TRANSITION,
}

SERVICE_OF_ROLE = {
    StaffRole.FIELD_ADVOCATE: Service.ADVOCACY,
    StaffRole.SURVIVOR_ADVOCATE: Service.SURVIVOR_ADVOCACY,
    StaffRole.PARENT_ADVOCATE: Service.PARENT_ADVOCACY,
}


def running_services(records: Records, case_id: str) -> tuple[Service, ...]:
    """Return the services that a participant receives at present, in the order they began."""
    periods = [p for p in records.of_case(ServicePeriod, case_id) if p.ended_on is None]
    periods.sort(key=lambda p: (p.received_at is None, p.received_at or p.created_at))
    return tuple(dict.fromkeys(period.service for period in periods))


def service_of_role(records: Records, staff_id: str) -> Service | None:
    """Return the service that somebody's role gives, or None for a supervisor or data manager."""
    member = records.find(StaffMember, staff_id)
    return None if member is None else SERVICE_OF_ROLE.get(member.role)


class PhaseService:
    """Services, phases and decisions of one participant at a time."""

    def __init__(self, notebook: Notebook) -> None:
        """Work in an open notebook."""
        self._notebook = notebook

    def service_of_writer(self) -> Service | None:
        """Return the service that the role of the person at the device gives, or None."""
        with self._notebook.read() as records:
            return service_of_role(records, self._notebook.author_id)

    def start_service(
        self,
        case_id: str,
        service: Service,
        *,
        received_at: datetime | None = None,
        phase: Phase | None = None,
    ) -> ServicePeriod:
        """Start a service; advocacy begins in a phase (stabilization unless another is given).

        Raises:
            InputError: The service is running already, or is not for this kind of participant.
        """
        received = received_at or self._notebook.now()
        with self._notebook.write() as records:
            return self.add_service(records, case_id, service, received, phase)

    @staticmethod
    def add_service(
        records: Records, case_id: str, service: Service, received_at: datetime, phase: Phase | None
    ) -> ServicePeriod:
        """Start a service inside a transaction that is open already (intake does)."""
        participant = records.find(Participant, case_id)
        if participant is None:
            raise InputError("This participant is not on this device.", field="case_id")
        is_parent = participant.participant_kind is ParticipantKind.PARENT
        if is_parent is not (service is Service.PARENT_ADVOCACY):
            raise InputError(
                "Parent advocacy is for parents and caregivers, the other services are for youth.",
                field="service",
                code="service_for_kind",
            )
        if service in running_services(records, case_id):
            raise InputError(
                "This service is running already.", field="service", code="service_running"
            )
        period = records.save(
            ServicePeriod(case_id=case_id, service=service, received_at=received_at)
        )
        if service is Service.ADVOCACY:
            records.save(
                PhasePeriod(
                    case_id=case_id,
                    service_period_id=period.record_id,
                    phase=phase or Phase.STABILIZATION,
                    starts_on=received_at.astimezone(COUNTY_ZONE).date(),
                )
            )
        return period

    def move_on(
        self, phase_period_id: str, *, starts_on: date, phase: Phase | None = None, reason: str = ""
    ) -> PhasePeriod:
        """End a phase the day before `starts_on` and start the next one (or the one given).

        Raises:
            InputError: The phase has ended, has none after it, or would end before it began.
        """
        with self._notebook.write() as records:
            current = self._open_phase(records, phase_period_id)
            following = phase or NEXT_PHASE.get(current.phase)
            if following is None:
                raise InputError(
                    "Transition is the last phase. End the service instead.",
                    field="phase",
                    code="last_phase",
                )
            if current.starts_on is not None and starts_on <= current.starts_on:
                raise InputError(
                    "The next phase starts after the first day of this one.",
                    field="starts_on",
                    code="phase_order",
                )
            records.save(
                replace(current, ends_on=starts_on - timedelta(days=1), end_reason=reason),
                reason=reason,
            )
            return records.save(
                PhasePeriod(
                    case_id=current.case_id,
                    service_period_id=current.service_period_id,
                    phase=following,
                    starts_on=starts_on,
                )
            )

    def end_service(self, service_period_id: str, *, ended_on: date, reason: str) -> ServicePeriod:
        """End a service on a local day, inclusive; its open phase ends with it.

        Raises:
            InputError: The service has ended, or would end before it began.
        """
        with self._notebook.write() as records:
            period = records.find(ServicePeriod, service_period_id)
            if period is None or period.ended_on is not None:
                raise InputError("This service is not running.", code="service_not_running")
            began = period.received_at
            if began is not None and ended_on < began.astimezone(COUNTY_ZONE).date():
                raise InputError(
                    "A service cannot end before it began.", field="ended_on", code="ends_early"
                )
            for phase in records.of_case(PhasePeriod, period.case_id):
                if phase.service_period_id == service_period_id and phase.ends_on is None:
                    if phase.starts_on is not None and ended_on < phase.starts_on:
                        raise InputError(
                            "The service cannot end before its present phase began.",
                            field="ended_on",
                            code="ends_early",
                        )
                    records.save(replace(phase, ends_on=ended_on, end_reason=reason), reason=reason)
            return records.save(
                replace(period, ended_on=ended_on, end_reason=reason), reason=reason
            )

    def extend(self, case_id: str, period_id: str, *, until: date, reason: str) -> Decision:
        """Extend a phase, or the first month of a service, through a local day.

        Raises:
            InputError: No reason was given, or the day is not in the future of the decision.
        """
        today = self._notebook.today()
        if not reason.strip():
            raise InputError(
                "Say in a few words why it is extended.", field="reason", code="reason_needed"
            )
        return self._decide(
            Decision(
                case_id=case_id,
                period_id=period_id,
                decision=DecisionKind.EXTENDED,
                decided_on=today,
                until=until,
                reason=reason.strip(),
            )
        )

    def note_stabilized(
        self, case_id: str, period_id: str, *, on: date | None = None, reason: str = ""
    ) -> Decision:
        """Note that a participant has stabilized: the first-month rules end on that day."""
        return self._decide(
            Decision(
                case_id=case_id,
                period_id=period_id,
                decision=DecisionKind.STABILIZED,
                decided_on=on or self._notebook.today(),
                reason=reason.strip(),
            )
        )

    def take_back_decision(self, record_id: str) -> None:
        """Delete a decision that should not be there; the history keeps it."""
        with self._notebook.write() as records:
            decision = records.find(Decision, record_id)
            if decision is not None:
                records.delete(decision, reason="taken back at once")

    def offer_empowerment(self, service_period_id: str, *, answer: str) -> ServicePeriod:
        """Note that the Parent Empowerment Program was offered today, and the answer."""
        if answer not in ("accepted", "declined", "later"):
            raise InputError("The answer is accepted, declined or later.", field="answer")
        with self._notebook.write() as records:
            period = records.find(ServicePeriod, service_period_id)
            if period is None or period.service is not Service.PARENT_ADVOCACY:
                raise InputError("This is not parent advocacy.", field="service")
            return records.save(
                replace(
                    period,
                    empowerment_offered_on=period.empowerment_offered_on or self._notebook.today(),
                    empowerment_answer=answer,
                )
            )

    def _decide(self, decision: Decision) -> Decision:
        with self._notebook.write() as records:
            return records.save(decision, reason=decision.reason)

    @staticmethod
    def _open_phase(records: Records, phase_period_id: str) -> PhasePeriod:
        current = records.find(PhasePeriod, phase_period_id)
        if current is None or current.ends_on is not None:
            raise InputError("This phase is not running.", code="phase_not_running")
        return current
