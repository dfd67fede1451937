"""First responses: one tap starts one, one tap says "I am here", and every step can wait.

The clocks are computed from the times that were saved (`domain.records.response_clocks`), so they
survive a lock, a kill and a restart.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import date, datetime
from typing import Any

from field_app.domain.policy.program import DeadlineRule, LimitUnit, Program
from field_app.domain.records.contact import COUNTY_ZONE
from field_app.domain.records.date_order import check_date_order
from field_app.domain.records.first_response import (
    BackpackItem,
    HandOff,
    LateReason,
    MedicalHubOutcome,
    Necessity,
    PartyPresent,
    PlacementType,
    ReferralSource,
)
from field_app.domain.records.items import with_item, without_item
from field_app.domain.records.response_clocks import ResponseClocks, ResponseLimits, clocks
from field_app.domain.records.service import FirstResponse
from field_app.domain.vocabulary import ParticipantKind, Phase, Service
from field_app.errors import InputError
from field_app.services.intake import new_participant
from field_app.services.lookup import not_in_future, require, require_participant, require_words
from field_app.services.notebook import Notebook
from field_app.services.phases import PhaseService, running_services
from field_app.store.repositories.records import Records

ARRIVAL_RULE = "first_response.arrival"
PLAN_RULE = "first_response.safety_plan_72h"


def response_limits(program: Program, day: date) -> ResponseLimits:
    """Return the numbers of the protocol in force on a local day.

    Raises:
        InputError: The program has no such rules on that day.
    """
    version = program.version_on(day.toordinal())
    rules = {rule.id: rule for rule in version.rules} if version else {}
    arrival, plan = rules.get(ARRIVAL_RULE), rules.get(PLAN_RULE)
    if not (
        isinstance(arrival, DeadlineRule)
        and arrival.unit is LimitUnit.MINUTES
        and isinstance(plan, DeadlineRule)
        and plan.unit is LimitUnit.HOURS
    ):
        raise InputError(
            "The program file has no limits for a first response on this day. "
            "Ask your data manager for the right program file.",
            code="no_response_limits",
        )
    return ResponseLimits(arrival.limit, plan.limit, plan.warn_after_hours)


class ResponseService:
    """First responses of all participants."""

    def __init__(self, notebook: Notebook, limits: Callable[[date], ResponseLimits]) -> None:
        """Work in an open notebook, with the limits that are in force on a local day."""
        self._notebook = notebook
        self._limits = limits

    # One tap each

    def start(
        self,
        case_id: str | None = None,
        *,
        alias: str = "",
        called_at: datetime | None = None,
        source: ReferralSource | None = None,
    ) -> FirstResponse:
        """Start a response: the call was now, unless another time is given.

        Without a case it opens one for a youth not yet known, under an alias (the local time of the
        call when none is given), with advocacy in the phase of first response. A second tap while
        nobody has arrived returns the response that is running.

        Raises:
            InputError: The participant is not here or is a parent, or the call lies in the future.
        """
        now = self._notebook.now()
        called = called_at or now
        not_in_future(called, now, "called_at")
        with self._notebook.write() as records:
            if case_id is None:
                case_id = self._open_case(records, alias, called)
            else:
                require_participant(records, case_id, ParticipantKind.YOUTH)
                for running in records.of_case(FirstResponse, case_id):
                    if running.closed_on is None and running.arrived_at is None:
                        return running
                if Service.ADVOCACY not in running_services(records, case_id):
                    PhaseService.add_service(
                        records, case_id, Service.ADVOCACY, called, Phase.FIRST_RESPONSE
                    )
            response = FirstResponse(case_id=case_id, called_at=called, source=source)
            standing = clocks(response, self._limits_of(response), now)
            until = None if standing is None else standing.plan_due_at
            return records.save(replace(response, available_until=until))

    def arrive(self, response_id: str, *, at: datetime | None = None) -> FirstResponse:
        """Note "I am here": now, unless another time is given. A second tap changes nothing.

        Whether a reason is asked for afterwards, `clocks(...).is_late` says.

        Raises:
            InputError: The response is not here, or the arrival lies before the call or ahead.
        """
        now = self._notebook.now()
        arrived = at or now
        not_in_future(arrived, now, "arrived_at")

        def change(response: FirstResponse) -> FirstResponse:
            if response.arrived_at is not None and at is None:
                return response
            return replace(response, arrived_at=arrived)

        return self._change(response_id, change)

    def give_late_reason(
        self, response_id: str, reason: LateReason, *, note: str = ""
    ) -> FirstResponse:
        """Note why the arrival took longer than the protocol allows."""
        return self._change(
            response_id,
            lambda r: replace(r, late_reason=reason.value, late_note=note.strip()),
        )

    def note_plan(self, response_id: str, *, at: datetime | None = None) -> FirstResponse:
        """Note that the 72-hour plan is made; finishing one in the app does this by itself."""
        return self._note_time(response_id, "safety_plan_at", at)

    def note_medical_hub(
        self, response_id: str, outcome: MedicalHubOutcome, *, at: datetime | None = None
    ) -> FirstResponse:
        """Note that the hub was offered, accompanied or declined. Nothing clinical is kept."""
        now = self._notebook.now()
        not_in_future(at, now, "medical_hub_at")
        return self._change(
            response_id,
            lambda r: replace(
                r, medical_hub_at=at or r.medical_hub_at or now, medical_hub_outcome=outcome.value
            ),
        )

    def note_emergency_mdt(self, response_id: str, *, at: datetime | None = None) -> FirstResponse:
        """Note that an emergency MDT met; a `Meeting` does this by itself."""
        return self._note_time(response_id, "emergency_mdt_at", at)

    def note_initial_mdt(self, response_id: str, *, at: datetime | None = None) -> FirstResponse:
        """Note that the initial MDT met; a `Meeting` does this by itself."""
        return self._note_time(response_id, "initial_mdt_at", at)

    def note_csw_arrived(self, response_id: str, *, at: datetime | None = None) -> FirstResponse:
        """Note when the CSW came: observed, nobody's duty here (FRP-04)."""
        return self._note_time(response_id, "csw_arrived_at", at)

    def note_hotline(
        self, response_id: str, *, by_role: str, at: datetime | None = None
    ) -> FirstResponse:
        """Note that the Child Protection Hotline was called, and by whom (FRP-22)."""
        now = self._notebook.now()
        not_in_future(at, now, "hotline_called_at")
        return self._change(
            response_id,
            lambda r: replace(r, hotline_called_at=at or now, hotline_called_by=by_role.strip()),
        )

    # Check lists

    def set_necessities(self, response_id: str, given: Iterable[Necessity]) -> FirstResponse:
        """Set what was given of food, a change of clothes and water."""
        chosen = tuple(n for n in Necessity if n in set(given))
        return self._change(response_id, lambda r: replace(r, necessities=chosen))

    def set_backpack(self, response_id: str, given: Iterable[BackpackItem]) -> FirstResponse:
        """Set what was given of the backpack."""
        chosen = tuple(b for b in BackpackItem if b in set(given))
        return self._change(response_id, lambda r: replace(r, backpack=chosen))

    def set_placement(self, response_id: str, placement: PlacementType | None) -> FirstResponse:
        """Set where the youth stays for now, by type only."""
        return self._change(response_id, lambda r: replace(r, placement=placement))

    def put_party(self, response_id: str, party: PartyPresent) -> FirstResponse:
        """Add or change somebody of the joint response; role or agency is enough."""
        if not (party.role.strip() or party.agency.strip()):
            raise InputError("Give a role or an agency.", field="role", code="words_needed")
        return self._change(response_id, lambda r: replace(r, parties=with_item(r.parties, party)))

    def remove_party(self, response_id: str, item_id: str) -> FirstResponse:
        """Take somebody out of the list of those present."""
        return self._change(
            response_id, lambda r: replace(r, parties=without_item(r.parties, item_id))
        )

    # Afterwards

    def hand_off(
        self,
        response_id: str,
        *,
        to_name: str,
        to_staff_id: str = "",
        at: datetime | None = None,
        note: str = "",
    ) -> FirstResponse:
        """Hand over to another on-call advocate, now unless another time is given."""
        name = require_words(to_name, "Say who takes over.", "to_name")
        hand_off = HandOff(
            to_staff_id=to_staff_id,
            to_name=name,
            at=at or self._notebook.now(),
            note=note.strip(),
        )
        return self._change(
            response_id, lambda r: replace(r, hand_offs=with_item(r.hand_offs, hand_off))
        )

    def set_available_until(self, response_id: str, until: datetime) -> FirstResponse:
        """Set until when an advocate stays with or close to the youth.

        Raises:
            InputError: It would end before the call.
        """
        return self._change(response_id, lambda r: replace(r, available_until=until))

    def note_not_needed(self, response_id: str, *, at: datetime | None = None) -> FirstResponse:
        """Note that the youth needs nobody close any more: that ends the window, nothing else."""
        return self._note_time(response_id, "not_needed_at", at)

    def close(
        self, response_id: str, *, reason: str, closed_on: date | None = None
    ) -> FirstResponse:
        """End case management of the response on a local day (today), with the reason.

        Raises:
            InputError: No reason was given, or it would end before the call.
        """
        words = require_words(reason, "Say in a few words why it ends.", "close_reason")
        day = closed_on or self._notebook.today()

        def change(response: FirstResponse) -> FirstResponse:
            return replace(response, closed_on=day, close_reason=words)

        return self._change(response_id, change)

    # Reading

    def find(self, response_id: str) -> FirstResponse | None:
        """Return one response, or None when it is not here."""
        with self._notebook.read() as records:
            return records.find(FirstResponse, response_id)

    def of_case(self, case_id: str) -> list[FirstResponse]:
        """Return a youth's responses, oldest first."""
        with self._notebook.read() as records:
            return records.of_case(FirstResponse, case_id)

    def running(self) -> list[FirstResponse]:
        """Return all responses that nobody has closed, the latest call first."""
        with self._notebook.read() as records:
            found = [r for r in records.all_of(FirstResponse) if r.closed_on is None]
        found.sort(key=lambda r: r.called_at or r.created_at, reverse=True)
        return found

    def clocks(self, response: FirstResponse) -> ResponseClocks | None:
        """Return where the clocks of a response stand now."""
        return clocks(response, self._limits_of(response), self._notebook.now())

    def limits_now(self) -> ResponseLimits:
        """Return the limits in force today. Raises InputError when the program has none."""
        return self._limits(self._notebook.today())

    def _limits_of(self, response: FirstResponse) -> ResponseLimits:
        called = response.called_at or self._notebook.now()
        return self._limits(called.astimezone(COUNTY_ZONE).date())

    def _open_case(self, records: Records, alias: str, called: datetime) -> str:
        local = called.astimezone(COUNTY_ZONE)
        participant = records.save(
            new_participant(alias=alias.strip() or f"{local:%Y-%m-%d %H:%M}")
        )
        PhaseService.add_service(
            records, participant.case_id, Service.ADVOCACY, called, Phase.FIRST_RESPONSE
        )
        return participant.case_id

    def _note_time(self, response_id: str, field: str, at: datetime | None) -> FirstResponse:
        now = self._notebook.now()
        not_in_future(at, now, field)
        noted: dict[str, Any] = {field: at or now}
        return self._change(response_id, lambda r: replace(r, **noted))

    def _change(
        self, response_id: str, change: Callable[[FirstResponse], FirstResponse]
    ) -> FirstResponse:
        with self._notebook.write() as records:
            changed = change(require(records, FirstResponse, response_id))
            check_date_order(changed)
            return records.save(changed)
