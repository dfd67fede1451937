"""Every deadline of the rules table: when its clock starts, when it is due, what closes it."""

from typing import Any

import pytest

from field_app.domain.due.obligation import Obligation
from tests.domain.due.scenarios import (
    advocacy,
    contact,
    due,
    extended,
    of_rule,
    parent,
    survivor,
    the,
    visit,
)

CALL = "2026-03-10T14:00"


def after_call(as_of: str, **fields: Any) -> list[Obligation]:
    return due({"first_response": {"called_at": CALL, **fields}}, as_of)


def stands(obligation: Obligation) -> tuple[str | None, str]:
    due_at = obligation.due_at
    return (due_at.isoformat() if due_at else None, obligation.state.value)


@pytest.mark.requirement("REF-12")
@pytest.mark.parametrize(
    ("contacted_at", "as_of", "state"),
    [
        (None, "2026-03-31", "due"),
        (None, "2026-04-01T00:00", "overdue"),
        ("2026-03-31T23:59:59", "2026-04-05", "met"),
        ("2026-04-01T00:00", "2026-04-05", "met_late"),
        ("2026-04-01T00:00", "2026-03-31", "due"),
    ],
)
def test_the_csw_is_talked_to_within_one_business_day(
    contacted_at: str | None, as_of: str, state: str
) -> None:
    referral = {"assigned_at": "2026-03-27T10:00", "csw_contacted_at": contacted_at}

    found = the(due({"referral": referral}, as_of), "referral.csw_contact")

    assert stands(found) == ("2026-03-31T23:59:59-07:00", state)


@pytest.mark.requirement("FRP-01", "FRP-02", "FRP-03")
@pytest.mark.parametrize(
    ("arrived_at", "state"),
    [
        ("2026-03-10T15:30:00", "met"),  # 90:00
        ("2026-03-10T15:30:01", "met_late"),  # 90:01
        ("2026-03-10T15:31", "met_late"),
        ("2026-03-10T14:05", "met"),
    ],
)
def test_ninety_minutes_are_met_and_a_second_more_is_late(arrived_at: str, state: str) -> None:
    found = the(after_call("2026-03-11", arrived_at=arrived_at), "first_response.arrival")

    assert found.state == state


@pytest.mark.requirement("FRP-01")
@pytest.mark.parametrize(
    ("as_of", "state"), [("2026-03-10T15:30", "due"), ("2026-03-10T15:30:01", "overdue")]
)
def test_an_arrival_is_still_due_at_its_minute(as_of: str, state: str) -> None:
    assert the(after_call(as_of), "first_response.arrival").state == state


@pytest.mark.requirement("FRP-01")
def test_a_call_before_the_skipped_hour_counts_elapsed_minutes() -> None:
    found = due(
        {"first_response": {"called_at": "2026-03-08T01:30", "arrived_at": "2026-03-08T03:10"}},
        "2026-03-09",
    )

    arrival = the(found, "first_response.arrival")
    assert stands(arrival) == ("2026-03-08T04:00:00-07:00", "met")
    plan = the(found, "first_response.safety_plan_72h")
    assert stands(plan) == ("2026-03-11T02:30:00-07:00", "due")


@pytest.mark.requirement("FRP-01")
@pytest.mark.parametrize(
    ("arrived_at", "state"),
    [("2026-11-01T02:00:00-08:00", "met"), ("2026-11-01T02:00:01-08:00", "met_late")],
)
def test_a_call_in_the_repeated_hour_counts_elapsed_minutes(arrived_at: str, state: str) -> None:
    # 01:30 is the earlier of the two: ninety minutes later it is 02:00 standard time.
    call = {"called_at": "2026-11-01T01:30", "arrived_at": arrived_at}

    found = the(due({"first_response": call}, "2026-11-02"), "first_response.arrival")

    assert stands(found) == ("2026-11-01T02:00:00-08:00", state)


@pytest.mark.requirement("FRP-08", "FRP-14")
@pytest.mark.parametrize(
    ("rule", "field"),
    [
        ("first_response.safety_plan_72h", "safety_plan_at"),
        ("first_response.medical_hub", "medical_hub_at"),
    ],
)
@pytest.mark.parametrize(
    ("done_at", "as_of", "state"),
    [
        (None, "2026-03-13T14:00", "due"),
        (None, "2026-03-13T14:00:01", "overdue"),
        ("2026-03-13T14:00", "2026-03-20", "met"),
        ("2026-03-13T14:01", "2026-03-20", "met_late"),
    ],
)
def test_plan_and_hub_are_due_seventy_two_hours_after_the_call(
    rule: str, field: str, done_at: str | None, as_of: str, state: str
) -> None:
    found = the(after_call(as_of, **{field: done_at}), rule)

    assert stands(found) == ("2026-03-13T14:00:00-07:00", state)


@pytest.mark.requirement("FRP-08")
@pytest.mark.parametrize(
    ("as_of", "warning"),
    [
        ("2026-03-12T13:59:59", None),
        ("2026-03-12T14:00", 48),
        ("2026-03-13T09:59:59", 48),
        ("2026-03-13T10:00", 68),
        ("2026-03-13T14:00:01", None),  # overdue is more than a warning
    ],
)
def test_the_72_hour_plan_warns_at_48_and_68_hours(as_of: str, warning: int | None) -> None:
    found = the(after_call(as_of), "first_response.safety_plan_72h").warning

    assert (found.number if found else None) == warning


@pytest.mark.requirement("FRP-14")
@pytest.mark.parametrize("answer", ["offered", "accompanied", "declined"])
def test_every_answer_closes_the_medical_hub(answer: str) -> None:
    response = {"medical_hub_at": "2026-03-11T09:00", "medical_hub_answer": answer}

    assert the(after_call("2026-03-20", **response), "first_response.medical_hub").state == "met"


@pytest.mark.requirement("FRP-15")
@pytest.mark.parametrize(
    ("held_at", "as_of", "state"),
    [
        (None, "2026-03-17", "due"),
        (None, "2026-03-18T00:00", "overdue"),
        ("2026-03-17T18:00", "2026-04-01", "met"),
        ("2026-03-18T09:00", "2026-04-01", "met_late"),
    ],
)
def test_the_initial_mdt_is_due_seven_calendar_days_after_the_call(
    held_at: str | None, as_of: str, state: str
) -> None:
    found = the(after_call(as_of, initial_mdt_at=held_at), "first_response.initial_mdt")

    assert stands(found) == ("2026-03-17T23:59:59-07:00", state)


@pytest.mark.requirement("FRP-11", "FRP-12")
@pytest.mark.parametrize(
    ("closed_on", "close_reason", "as_of", "state", "reason"),
    [
        (None, None, "2026-06-07", "due", None),
        (None, None, "2026-06-08T00:00", "met", None),  # day 90
        ("2026-06-08", None, "2026-07-01", "met", None),
        ("2026-06-07", None, "2026-07-01", "not_met", "closed on 2026-06-07 without a reason"),
        ("2026-04-01", "moved to another state", "2026-04-02", "closed", "moved to another state"),
        ("2026-04-01", "moved to another state", "2026-03-31", "due", None),
        ("2026-04-01", "  ", "2026-04-02", "not_met", "closed on 2026-04-01 without a reason"),
    ],
)
def test_a_case_stays_open_ninety_days_or_closes_with_a_reason(
    closed_on: str | None, close_reason: str | None, as_of: str, state: str, reason: str | None
) -> None:
    found = after_call(as_of, closed_on=closed_on, close_reason=close_reason)

    floor = the(found, "first_response.case_management")
    assert stands(floor) == ("2026-06-08T23:59:59-07:00", state)
    assert floor.reason == reason


@pytest.mark.requirement("STB-02", "REF-13", "REF-14")
def test_the_first_visit_is_counted_from_the_assignment_and_shows_the_stricter_date() -> None:
    referral = {"submitted_at": "2026-03-25T16:00", "assigned_at": "2026-03-27T10:00"}

    found = the(
        due(
            {"referral": referral, "services": [advocacy("stabilization", "2026-03-27")]},
            "2026-03-28",
        ),
        "stabilization.first_face_to_face",
    )

    assert stands(found) == ("2026-04-02T23:59:59-07:00", "due")
    second = found.trace.second
    assert second is not None
    assert second.due_at.isoformat() == "2026-03-31T23:59:59-07:00"


@pytest.mark.requirement("STB-02")
def test_without_a_referral_the_first_visit_is_counted_from_receipt() -> None:
    service = advocacy("stabilization", "2026-03-27", received_at="2026-03-24T09:00")

    found = the(due({"services": [service]}, "2026-03-27"), "stabilization.first_face_to_face")

    assert stands(found) == ("2026-03-27T23:59:59-07:00", "due")
    assert found.trace.clock is not None
    assert found.trace.clock.clock == "service.received_at"


@pytest.mark.requirement("STB-02")
@pytest.mark.parametrize(
    ("contacts", "state", "attempts"),
    [
        ([visit("2026-03-27T09:59")], "due", 0),  # before the clock
        ([visit("2026-03-27T10:00")], "met", 0),
        ([visit("2026-04-02T23:59:59")], "met", 0),
        ([visit("2026-04-03T00:00")], "met_late", 0),
        ([visit("2026-04-01", "survivor_advocacy")], "due", 0),  # another service's visit
        ([visit("2026-04-01", "survivor_advocacy", "advocacy")], "met", 0),  # a joint visit
        ([contact("2026-04-01", "phone")], "due", 0),
        ([contact("2026-04-01", "video")], "due", 0),
        (
            [
                contact("2026-03-30", "face_to_face", "no_answer"),
                contact("2026-03-31", "face_to_face", "declined"),
                contact("2026-04-01", "text", "no_answer"),
            ],
            "due",
            2,
        ),
    ],
)
def test_the_first_reached_visit_of_the_service_closes_the_first_visit(
    contacts: list[dict[str, Any]], state: str, attempts: int
) -> None:
    as_of = "2026-04-02" if state == "due" else "2026-04-05"

    found = the(
        due(
            {
                "referral": {"assigned_at": "2026-03-27T10:00"},
                "contacts": contacts,
                "services": [advocacy("stabilization", "2026-03-27")],
            },
            as_of,
        ),
        "stabilization.first_face_to_face",
    )

    assert (found.state.value, found.attempts) == (state, attempts)


@pytest.mark.requirement("SUR-01", "PAR-02")
@pytest.mark.parametrize(
    ("service", "rule"),
    [
        (survivor("2026-03-27"), "survivor.first_face_to_face"),
        (parent("2026-03-27"), "parent.first_face_to_face"),
    ],
)
def test_survivor_and_parent_advocates_visit_within_two_business_days(
    service: dict[str, Any], rule: str
) -> None:
    in_time, late = ([visit(day, service["service"])] for day in ("2026-04-01", "2026-04-02"))

    found = [
        the(due({"services": [service], "contacts": contacts}, as_of), rule)
        for contacts, as_of in (
            ([], "2026-04-01"),
            ([], "2026-04-02"),
            (in_time, "2026-04-09"),
            (late, "2026-04-09"),
        )
    ]

    assert {one.due_at.isoformat() for one in found if one.due_at} == {"2026-04-01T23:59:59-07:00"}
    assert [one.state.value for one in found] == ["due", "overdue", "met", "met_late"]


PHASE_DUTIES = [
    (
        "stabilization",
        "stabilization.introductory_packet.participant",
        "introductory_packet.participant",
    ),
    ("stabilization", "stabilization.strengths_needs_assessment", "strengths_needs_assessment"),
    ("stabilization", "stabilization.safety_plan", "safety_plan"),
    ("stabilization", "stabilization.advocacy_plan", "advocacy_plan"),
    ("transition", "transition.advocacy_plan", "transition_advocacy_plan"),
]


@pytest.mark.requirement("STB-03", "STB-04", "STB-05", "STB-06", "TRN-03")
@pytest.mark.parametrize(("phase", "rule", "kind"), PHASE_DUTIES)
def test_papers_are_due_by_the_end_of_the_phase(phase: str, rule: str, kind: str) -> None:
    closed_phase = [advocacy(phase, "2026-01-05", "2026-02-20")]
    open_phase = [advocacy(phase, "2026-01-05")]
    last_of_longest = {"stabilization": "2026-05-04", "transition": "2026-04-04"}[phase]

    def found(services: list[dict[str, Any]], as_of: str, on: str | None = None) -> Obligation:
        documents = [{"kind": kind, "on": on}] if on else []
        return the(due({"services": services, "documents": documents}, as_of), rule)

    assert stands(found(closed_phase, "2026-03-01")) == ("2026-02-20T23:59:59-08:00", "overdue")
    assert found(closed_phase, "2026-02-20").state == "due"
    assert found(closed_phase, "2026-03-01", "2026-02-20").state == "met"
    assert found(closed_phase, "2026-03-01", "2026-02-21").state == "met_late"
    assert found(closed_phase, "2026-02-10", "2026-02-11").state == "due"
    assert found(open_phase, "2026-02-01").last_day.isoformat() == last_of_longest
    # An end that has not come yet leaves the phase open.
    assert found(closed_phase, "2026-02-01").last_day.isoformat() == last_of_longest


@pytest.mark.requirement("STB-01", "MNT-01", "TRN-01")
@pytest.mark.parametrize(
    ("phase", "last"),
    [("stabilization", "2026-05-04"), ("maintenance", "2026-07-04"), ("transition", "2026-04-04")],
)
def test_a_phase_has_a_longest_length_and_never_moves_by_itself(phase: str, last: str) -> None:
    rule = f"{phase}.maximum"
    day_after = {
        "2026-05-04": "2026-05-05",
        "2026-07-04": "2026-07-05",
        "2026-04-04": "2026-04-05",
    }[last]

    def found(as_of: str, to: str | None = None) -> Obligation:
        return the(due({"services": [advocacy(phase, "2026-01-05", to)]}, as_of), rule)

    assert found("2026-02-01").last_day.isoformat() == last
    assert found(last).state == "due"
    assert found(day_after).state == "overdue"
    assert found("2026-12-01", last).state == "met"
    assert found("2026-12-01", day_after).state == "met_late"


@pytest.mark.requirement("STB-01")
@pytest.mark.parametrize(
    ("as_of", "warning"),
    [
        ("2026-04-03", None),
        ("2026-04-04T00:00", 30),
        ("2026-04-19", 30),
        ("2026-04-20T00:00", 14),
        ("2026-04-27T00:00", 7),
        ("2026-05-04", 7),
        ("2026-05-05", None),
    ],
)
def test_the_end_of_a_phase_is_warned_of_30_14_and_7_days_before(
    as_of: str, warning: int | None
) -> None:
    service = advocacy("stabilization", "2026-01-05")

    found = the(due({"services": [service]}, as_of), "stabilization.maximum").warning

    assert (found.number if found else None) == warning


@pytest.mark.requirement("STB-01")
def test_an_extension_moves_the_longest_length_and_what_hangs_on_it() -> None:
    phase = {
        "phase": "stabilization",
        "from": "2026-01-05",
        "decisions": [extended("2026-04-20", "2026-06-15")],
    }
    service = {"service": "advocacy", "phases": [phase]}

    before, after = (due({"services": [service]}, as_of) for as_of in ("2026-04-19", "2026-04-20"))

    for rule in ("stabilization.maximum", "stabilization.safety_plan"):
        assert the(before, rule).last_day.isoformat() == "2026-05-04"
        assert the(after, rule).last_day.isoformat() == "2026-06-15"


@pytest.mark.requirement("STB-01")
def test_an_extension_decided_after_the_last_day_counts_and_is_flagged() -> None:
    phase = {
        "phase": "stabilization",
        "from": "2026-01-05",
        "decisions": [extended("2026-05-10", "2026-06-15")],
    }

    found = the(
        due({"services": [{"service": "advocacy", "phases": [phase]}]}, "2026-05-11"),
        "stabilization.maximum",
    )

    assert stands(found) == ("2026-06-15T23:59:59-07:00", "due")
    assert [note.kind.value for note in found.trace.notes] == ["extended_late"]


@pytest.mark.requirement("PEP-01", "PEP-02", "X-07")
def test_the_empowerment_program_is_offered_once_and_has_no_deadline() -> None:
    waiting = due({"services": [parent("2026-03-27")]}, "2026-09-01")
    offered = due(
        {
            "services": [
                parent(
                    "2026-03-27", empowerment_offered_on="2026-04-10", empowerment_answer="later"
                )
            ]
        },
        "2026-09-01",
    )

    program = the(waiting, "parent.empowerment_program")
    assert stands(program) == (None, "due")
    assert waiting[-1] is program
    assert the(offered, "parent.empowerment_program").state == "met"
    terms = program.trace.empowerment
    assert terms is not None
    assert (terms.sessions, terms.session_minutes, len(terms.topics)) == (10, 90, 6)


@pytest.mark.requirement("STB-03", "STB-04", "STB-05", "STB-06")
def test_agency_targets_are_labelled_and_leave_the_policy_alone() -> None:
    found = due({"services": [advocacy("stabilization", "2026-01-05")]}, "2026-03-01")

    targets = {one.rule: one for one in found if one.is_agency_target}
    assert {rule: stands(one) for rule, one in targets.items()} == {
        "agency_target.introductory_packet": (None, "due"),
        "agency_target.safety_plan": ("2026-01-19T23:59:59-08:00", "overdue"),
        "agency_target.strengths_needs_assessment": ("2026-02-04T23:59:59-08:00", "overdue"),
        "agency_target.advocacy_plan": ("2026-02-04T23:59:59-08:00", "overdue"),
    }
    assert {one.source for one in targets.values()} == {"agency target, not policy"}
    assert the(found, "stabilization.safety_plan").state == "due"


@pytest.mark.requirement("STB-03")
def test_the_packet_is_aimed_at_the_day_of_the_first_visit() -> None:
    services = [advocacy("stabilization", "2026-01-05")]
    parts = {
        "services": services,
        "contacts": [visit("2026-01-07"), visit("2026-01-09")],
        "documents": [{"kind": "introductory_packet.participant", "on": "2026-01-08"}],
    }

    found = the(due(parts, "2026-01-20"), "agency_target.introductory_packet")

    assert stands(found) == ("2026-01-07T23:59:59-08:00", "met_late")


def test_a_later_stabilization_asks_for_papers_of_its_own() -> None:
    phases = [
        {"phase": "stabilization", "from": "2026-01-05", "to": "2026-02-10"},
        {"phase": "stabilization", "from": "2026-06-01"},
    ]
    parts = {
        "services": [{"service": "advocacy", "phases": phases}],
        "documents": [{"kind": "safety_plan", "on": "2026-01-20"}],
    }

    first, second = of_rule(due(parts, "2026-06-10"), "stabilization.safety_plan")

    assert (first.state.value, second.state.value) == ("met", "due")


def test_inside_the_agency_a_later_contact_never_restarts_a_clock() -> None:
    service = survivor("2026-03-27")
    contacts = [contact("2026-03-30", "phone", "reached", "survivor_advocacy")]

    found = the(
        due({"services": [service], "contacts": contacts}, "2026-03-31"),
        "survivor.first_face_to_face",
    )

    assert stands(found) == ("2026-04-01T23:59:59-07:00", "due")
