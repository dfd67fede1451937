"""First responses on a real store."""

from datetime import UTC, date, datetime, timedelta

import pytest

from field_app.domain.records.first_response import (
    BackpackItem,
    LateReason,
    MedicalHubOutcome,
    Necessity,
    PartyPresent,
    PlacementType,
    ReferralSource,
)
from field_app.domain.records.response_clocks import ResponseLimits
from field_app.domain.records.service import FirstResponse, PhasePeriod
from field_app.domain.vocabulary import Phase
from field_app.errors import InputError
from field_app.programs import default_program
from field_app.services.notebook import Notebook
from field_app.services.responses import ResponseService, response_limits
from tests.services.notebooks import NOON, StandingClock, a_parent, a_youth

LIMITS = ResponseLimits(arrival_minutes=90, plan_hours=72, warn_after_hours=(48, 68))


@pytest.fixture
def responses(notebook: Notebook) -> ResponseService:
    return ResponseService(notebook, lambda day: LIMITS)


@pytest.mark.requirement("FRP-01", "FRP-02", "DAT-27")
def test_one_call_starts_a_response_now_for_a_youth_who_is_known(
    notebook: Notebook, responses: ResponseService
) -> None:
    youth = a_youth(notebook)

    response = responses.start(youth.case_id, source=ReferralSource.PROBATION)

    assert response.called_at == NOON
    assert response.available_until == NOON + timedelta(hours=72)
    assert responses.running() == [response]


def test_one_call_opens_a_case_under_an_alias_for_a_youth_not_yet_known(
    notebook: Notebook, responses: ResponseService
) -> None:
    response = responses.start()

    with notebook.read() as records:
        phases = records.of_case(PhasePeriod, response.case_id)
    assert [phase.phase for phase in phases] == [Phase.FIRST_RESPONSE]
    assert response.case_id != ""


def test_a_second_tap_on_start_gives_the_response_that_is_running(
    notebook: Notebook, responses: ResponseService
) -> None:
    youth = a_youth(notebook)

    assert responses.start(youth.case_id) == responses.start(youth.case_id)


def test_a_parent_gets_no_first_response(notebook: Notebook, responses: ResponseService) -> None:
    parent = a_parent(notebook, a_youth(notebook))

    with pytest.raises(InputError) as caught:
        responses.start(parent.case_id)

    assert caught.value.code == "only_youth"


@pytest.mark.requirement("FRP-03")
@pytest.mark.parametrize(("minutes", "late"), [(89, False), (90, False), (91, True)])
def test_an_arrival_is_late_after_ninety_minutes(
    responses: ResponseService, clock: StandingClock, minutes: int, late: bool
) -> None:
    response = responses.start()
    clock.forward(minutes=minutes)

    arrived = responses.arrive(response.record_id)

    standing = responses.clocks(arrived)
    assert standing is not None
    assert (standing.is_late, standing.arrival_left) == (late, None)


def test_the_clock_counts_real_minutes_through_the_change_to_summer_time(
    responses: ResponseService, clock: StandingClock
) -> None:
    clock.now = datetime(2026, 3, 8, 9, 30, tzinfo=UTC)  # 01:30 in Los Angeles
    response = responses.start()
    clock.now = datetime(2026, 3, 8, 10, 10, tzinfo=UTC)  # 03:10: forty minutes later

    standing = responses.clocks(response)

    assert standing is not None
    assert standing.arrival_left == timedelta(minutes=50)


def test_a_second_tap_on_arrive_changes_nothing(
    responses: ResponseService, clock: StandingClock
) -> None:
    response = responses.start()
    first = responses.arrive(clock_forward(clock, response, 10))

    assert responses.arrive(clock_forward(clock, response, 10)) == first


def clock_forward(clock: StandingClock, response: FirstResponse, minutes: int) -> str:
    clock.forward(minutes=minutes)
    return response.record_id


def test_an_arrival_before_the_call_is_refused(responses: ResponseService) -> None:
    response = responses.start()

    with pytest.raises(InputError) as caught:
        responses.arrive(response.record_id, at=NOON - timedelta(minutes=1))

    assert caught.value.field == "arrived_at"


@pytest.mark.requirement("FRP-05", "FRP-06", "FRP-07", "FRP-24")
def test_the_check_lists_keep_what_was_ticked(responses: ResponseService) -> None:
    response = responses.start()

    responses.set_necessities(response.record_id, [Necessity.WATER, Necessity.FOOD])
    responses.set_backpack(response.record_id, [BackpackItem.BLANKET])
    responses.put_party(response.record_id, PartyPresent(role="detective", agency="LAPD"))
    saved = responses.set_placement(response.record_id, PlacementType.TEMPORARY_HOUSING)

    assert saved.necessities == (Necessity.FOOD, Necessity.WATER)
    assert saved.backpack == (BackpackItem.BLANKET,)
    assert [(party.role, party.agency) for party in saved.parties] == [("detective", "LAPD")]
    assert saved.placement is PlacementType.TEMPORARY_HOUSING


@pytest.mark.requirement("FRP-14", "FRP-25")
def test_the_medical_hub_has_room_for_a_word_and_a_time_only(responses: ResponseService) -> None:
    response = responses.start()

    saved = responses.note_medical_hub(response.record_id, MedicalHubOutcome.ACCOMPANIED)

    assert (saved.medical_hub_outcome, saved.medical_hub_at) == ("accompanied", NOON)


@pytest.mark.requirement("FRP-08")
def test_the_plan_warns_at_48_and_68_hours_until_it_is_made(
    responses: ResponseService, clock: StandingClock
) -> None:
    response = responses.start()
    seen = []
    for hours in (47, 1, 20, 5):
        clock.forward(hours=hours)
        standing = responses.clocks(response)
        assert standing is not None
        seen.append(standing.plan_warning)

    assert seen == [0, 1, 2, 2]
    made = responses.clocks(responses.note_plan(response.record_id))
    assert made is not None
    assert (made.plan_warning, made.plan_left) == (0, None)


@pytest.mark.requirement("FRP-10")
def test_the_on_call_advocate_hands_over_and_the_window_ends_when_nobody_is_needed(
    responses: ResponseService, clock: StandingClock
) -> None:
    response = responses.start()
    later = clock.forward(hours=12)

    handed = responses.hand_off(response.record_id, to_name="M.")
    ended = responses.note_not_needed(response.record_id)

    assert [(hand.to_name, hand.at) for hand in handed.hand_offs] == [("M.", later)]
    standing = responses.clocks(ended)
    assert standing is not None
    assert standing.available_until == later


@pytest.mark.requirement("FRP-04", "FRP-16", "FRP-22")
def test_steps_of_other_agencies_are_observed(responses: ResponseService) -> None:
    response = responses.start()

    responses.note_csw_arrived(response.record_id)
    responses.note_emergency_mdt(response.record_id)
    saved = responses.note_hotline(response.record_id, by_role="officer")

    assert saved.csw_arrived_at == saved.emergency_mdt_at == saved.hotline_called_at == NOON
    assert saved.hotline_called_by == "officer"


@pytest.mark.requirement("FRP-12", "FRP-11")
def test_closing_needs_a_reason_and_ends_the_response(responses: ResponseService) -> None:
    response = responses.start()

    with pytest.raises(InputError):
        responses.close(response.record_id, reason=" ")
    responses.close(response.record_id, reason="moved to another county")

    assert responses.running() == []


def test_a_late_reason_is_kept_with_its_note(responses: ResponseService) -> None:
    response = responses.start()

    saved = responses.give_late_reason(response.record_id, LateReason.TRAFFIC, note="I-405")

    assert (saved.late_reason, saved.late_note) == ("traffic", "I-405")


def test_the_programs_numbers_become_the_limits() -> None:
    assert response_limits(default_program(), date(2026, 3, 10)) == LIMITS
