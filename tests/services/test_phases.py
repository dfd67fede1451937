"""Services and phases: nothing moves by itself, and nothing ends before it began."""

from datetime import date, timedelta

import pytest

from field_app.domain.records.record import new_id
from field_app.domain.records.service import Decision, PhasePeriod, ServicePeriod
from field_app.domain.vocabulary import DecisionKind, Phase, Service
from field_app.errors import InputError
from field_app.services.notebook import Notebook
from field_app.services.phases import PhaseService
from tests.services.notebooks import NOON, a_parent, a_youth

TODAY = date(2026, 3, 10)


def phases_of(notebook: Notebook, case_id: str) -> list[PhasePeriod]:
    with notebook.read() as records:
        found = records.of_case(PhasePeriod, case_id)
    return sorted(found, key=lambda phase: phase.starts_on or TODAY)


def test_advocacy_begins_in_stabilization_on_the_day_of_receipt(notebook: Notebook) -> None:
    youth = a_youth(notebook)

    service = PhaseService(notebook).start_service(
        youth.case_id, Service.ADVOCACY, received_at=NOON - timedelta(hours=13)
    )

    (phase,) = phases_of(notebook, youth.case_id)
    assert phase.phase is Phase.STABILIZATION
    assert phase.starts_on == date(2026, 3, 9)
    assert phase.service_period_id == service.record_id


def test_survivor_advocacy_has_no_phases(notebook: Notebook) -> None:
    youth = a_youth(notebook)

    PhaseService(notebook).start_service(youth.case_id, Service.SURVIVOR_ADVOCACY)

    assert phases_of(notebook, youth.case_id) == []


def test_a_service_runs_once_at_a_time(notebook: Notebook) -> None:
    youth, phases = a_youth(notebook), PhaseService(notebook)
    service = phases.start_service(youth.case_id, Service.ADVOCACY)

    with pytest.raises(InputError) as caught:
        phases.start_service(youth.case_id, Service.ADVOCACY)
    assert caught.value.code == "service_running"

    phases.end_service(service.record_id, ended_on=TODAY, reason="moved")
    phases.start_service(youth.case_id, Service.ADVOCACY)


def test_parent_advocacy_is_for_parents_and_the_others_for_youth(notebook: Notebook) -> None:
    youth = a_youth(notebook)
    parent = a_parent(notebook, youth)
    phases = PhaseService(notebook)

    for case_id, service in (
        (youth.case_id, Service.PARENT_ADVOCACY),
        (parent.case_id, Service.ADVOCACY),
    ):
        with pytest.raises(InputError) as caught:
            phases.start_service(case_id, service)
        assert caught.value.code == "service_for_kind"
    phases.start_service(parent.case_id, Service.PARENT_ADVOCACY)


def test_a_service_for_somebody_unknown_is_refused(notebook: Notebook) -> None:
    with pytest.raises(InputError) as caught:
        PhaseService(notebook).start_service(new_id(), Service.ADVOCACY)

    assert caught.value.field == "case_id"


def test_moving_on_ends_a_phase_the_day_before_the_next(notebook: Notebook) -> None:
    youth, phases = a_youth(notebook), PhaseService(notebook)
    phases.start_service(youth.case_id, Service.ADVOCACY, received_at=NOON - timedelta(days=60))
    (first,) = phases_of(notebook, youth.case_id)

    following = phases.move_on(first.record_id, starts_on=TODAY, reason="steady weeks")

    assert following.phase is Phase.MAINTENANCE
    assert following.starts_on == TODAY
    ended, running = phases_of(notebook, youth.case_id)
    assert (ended.ends_on, ended.end_reason) == (date(2026, 3, 9), "steady weeks")
    assert running == following


def test_phases_follow_each_other_to_transition_and_no_further(notebook: Notebook) -> None:
    youth, phases = a_youth(notebook), PhaseService(notebook)
    phases.start_service(
        youth.case_id,
        Service.ADVOCACY,
        received_at=NOON - timedelta(days=9),
        phase=Phase.FIRST_RESPONSE,
    )
    (current,) = phases_of(notebook, youth.case_id)

    seen = [current.phase]
    for day in range(7, 10):
        current = phases.move_on(current.record_id, starts_on=date(2026, 3, day))
        seen.append(current.phase)

    assert seen == list(Phase)
    with pytest.raises(InputError) as caught:
        phases.move_on(current.record_id, starts_on=TODAY)
    assert caught.value.code == "last_phase"


def test_a_phase_may_be_skipped_or_gone_back_to(notebook: Notebook) -> None:
    youth, phases = a_youth(notebook), PhaseService(notebook)
    phases.start_service(youth.case_id, Service.ADVOCACY, received_at=NOON - timedelta(days=9))
    (first,) = phases_of(notebook, youth.case_id)

    later = phases.move_on(first.record_id, starts_on=date(2026, 3, 5), phase=Phase.TRANSITION)
    back = phases.move_on(later.record_id, starts_on=TODAY, phase=Phase.STABILIZATION)

    assert back.phase is Phase.STABILIZATION


def test_a_phase_has_at_least_one_day_and_ends_once(notebook: Notebook) -> None:
    youth, phases = a_youth(notebook), PhaseService(notebook)
    phases.start_service(youth.case_id, Service.ADVOCACY, received_at=NOON)
    (first,) = phases_of(notebook, youth.case_id)

    with pytest.raises(InputError) as caught:
        phases.move_on(first.record_id, starts_on=TODAY)
    assert caught.value.code == "phase_order"
    assert phases_of(notebook, youth.case_id) == [first]

    phases.move_on(first.record_id, starts_on=TODAY + timedelta(days=1))
    with pytest.raises(InputError) as caught:
        phases.move_on(first.record_id, starts_on=TODAY + timedelta(days=2))
    assert caught.value.code == "phase_not_running"


def test_the_open_phase_ends_with_its_service(notebook: Notebook) -> None:
    youth, phases = a_youth(notebook), PhaseService(notebook)
    service = phases.start_service(
        youth.case_id, Service.ADVOCACY, received_at=NOON - timedelta(days=9)
    )

    ended = phases.end_service(service.record_id, ended_on=TODAY, reason="moved away")

    assert (ended.ended_on, ended.end_reason) == (TODAY, "moved away")
    (phase,) = phases_of(notebook, youth.case_id)
    assert phase.ends_on == TODAY


def test_a_service_does_not_end_before_it_or_its_phase_began(notebook: Notebook) -> None:
    youth, phases = a_youth(notebook), PhaseService(notebook)
    service = phases.start_service(
        youth.case_id, Service.ADVOCACY, received_at=NOON - timedelta(days=9)
    )
    (first,) = phases_of(notebook, youth.case_id)
    phases.move_on(first.record_id, starts_on=date(2026, 3, 5))

    for day in (date(2026, 2, 28), date(2026, 3, 4)):
        with pytest.raises(InputError) as caught:
            phases.end_service(service.record_id, ended_on=day, reason="x")
        assert caught.value.code == "ends_early"
    with notebook.read() as records:
        assert records.find(ServicePeriod, service.record_id) == service


def test_an_extension_needs_a_reason_and_is_dated_today(notebook: Notebook) -> None:
    youth, phases = a_youth(notebook), PhaseService(notebook)
    until = TODAY + timedelta(days=30)

    with pytest.raises(InputError):
        phases.extend(youth.case_id, new_id(), until=until, reason=" ")
    decision = phases.extend(youth.case_id, "period", until=until, reason=" school change ")

    assert decision.decision is DecisionKind.EXTENDED
    assert (decision.decided_on, decision.until) == (TODAY, until)
    assert decision.reason == "school change"


def test_stabilized_is_a_decision_of_its_own(notebook: Notebook) -> None:
    youth = a_youth(notebook)

    decision = PhaseService(notebook).note_stabilized(youth.case_id, "period")

    with notebook.read() as records:
        assert records.of_case(Decision, youth.case_id) == [decision]
    assert (decision.decision, decision.decided_on) == (DecisionKind.STABILIZED, TODAY)


def test_a_later_answer_keeps_the_day_of_the_first_offer(notebook: Notebook) -> None:
    parent = a_parent(notebook, a_youth(notebook))
    phases = PhaseService(notebook)
    service = phases.start_service(parent.case_id, Service.PARENT_ADVOCACY)
    phases.offer_empowerment(service.record_id, answer="later")
    notebook.clock.forward(days=5)  # type: ignore[attr-defined]

    answered = phases.offer_empowerment(service.record_id, answer="accepted")

    assert (answered.empowerment_offered_on, answered.empowerment_answer) == (TODAY, "accepted")


def test_the_program_is_offered_to_parents_only_with_a_known_answer(notebook: Notebook) -> None:
    youth, phases = a_youth(notebook), PhaseService(notebook)
    service = phases.start_service(youth.case_id, Service.ADVOCACY)

    for answer in ("accepted", "perhaps"):
        with pytest.raises(InputError):
            phases.offer_empowerment(service.record_id, answer=answer)
