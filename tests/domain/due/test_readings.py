"""Each reading under each of its values, and what a missing youth or an unsafe parent changes."""

from typing import Any

import pytest

from tests.domain.due.scenarios import (
    Table,
    advocacy,
    contact,
    due,
    of_rule,
    parent,
    survivor,
    the,
    visit,
)

STABILIZATION = advocacy("stabilization", "2026-03-01")


def under(reading: str, value: object, parts: Table, as_of: str, rule: str, first: str) -> Any:
    return the(due({**parts, "readings": {reading: value}}, as_of), rule, first)


@pytest.mark.requirement("STB-08", "SUR-04")
@pytest.mark.parametrize(("value", "done"), [(False, 0), (True, 1)])
def test_a_visit_satisfies_the_contact_only_by_that_reading(value: bool, done: int) -> None:
    parts = {
        "services": [STABILIZATION, survivor("2026-03-09")],
        "contacts": [
            visit("2026-03-10", "advocacy", "survivor_advocacy"),
            contact("2026-03-11", "email"),
            contact("2026-03-11", "video"),
        ],
    }

    weekly = under(
        "visit_satisfies_contact",
        value,
        parts,
        "2026-03-15",
        "stabilization.weekly_contact",
        "2026-03-09",
    )
    daily = under(
        "visit_satisfies_contact",
        value,
        parts,
        "2026-03-15",
        "survivor.first_month.daily_contact",
        "2026-03-10",
    )

    assert (weekly.done, daily.done) == (done, done)


@pytest.mark.requirement("STB-07")
@pytest.mark.parametrize(("value", "required"), [("prorate", 3), ("full", 4)])
def test_a_partial_month_asks_for_its_share_or_for_all(value: str, required: int) -> None:
    parts = {"services": [advocacy("stabilization", "2026-03-10")]}

    found = under(
        "partial_month", value, parts, "2026-03-31", "stabilization.face_to_face", "2026-03-10"
    )

    assert found.required == required


@pytest.mark.parametrize(("value", "state"), [(22, "due"), (23, "not_assessed")])
def test_a_partial_month_needs_its_least_number_of_days(value: int, state: str) -> None:
    parts = {"services": [advocacy("stabilization", "2026-03-10")]}

    found = under(
        "partial_month_min_days",
        value,
        parts,
        "2026-03-31",
        "stabilization.face_to_face",
        "2026-03-10",
    )

    assert found.state == state


@pytest.mark.parametrize(("value", "first"), [("monday", "2026-03-09"), ("sunday", "2026-03-08")])
def test_weeks_start_on_monday_or_sunday(value: str, first: str) -> None:
    parts = {"services": [STABILIZATION], "contacts": [contact("2026-03-08", "phone")]}

    found = under(
        "week_starts_on", value, parts, "2026-03-20", "stabilization.weekly_contact", first
    )

    assert found.done == (value == "sunday")
    assert found.period.active_days == 7


@pytest.mark.parametrize(("value", "state"), [(4, "due"), (5, "not_assessed")])
def test_a_week_needs_its_least_number_of_days(value: int, state: str) -> None:
    parts = {"services": [advocacy("stabilization", "2026-03-12")]}  # a Thursday

    found = under(
        "week_min_days", value, parts, "2026-03-15", "stabilization.weekly_contact", "2026-03-12"
    )

    assert found.state == state


@pytest.mark.parametrize(("value", "done"), [(True, 1), (False, 2)])
def test_two_visits_of_a_day_count_once_or_twice(value: bool, done: int) -> None:
    parts = {
        "services": [STABILIZATION],
        "contacts": [visit("2026-03-03T10:00"), visit("2026-03-03T16:00")],
    }

    found = under(
        "one_visit_credit_per_day",
        value,
        parts,
        "2026-03-31",
        "stabilization.face_to_face",
        "2026-03-01",
    )

    assert found.done == done


@pytest.mark.requirement("SUR-03")
@pytest.mark.parametrize(
    ("value", "last"), [("first_visit", "2026-05-09"), ("received", "2026-04-26")]
)
def test_the_first_month_starts_with_the_visit_or_with_receipt(value: str, last: str) -> None:
    parts = {
        "services": [survivor("2026-03-27")],
        "contacts": [visit("2026-04-10", "survivor_advocacy")],
        "readings": {"first_month_starts": value},
    }

    days = of_rule(due(parts, "2026-07-01"), "survivor.first_month.daily_contact")

    assert days[-1].first_day.isoformat() == last


@pytest.mark.requirement("SUR-05")
def test_bimonthly_is_twice_a_month_or_once_in_two_months() -> None:
    parts = {"services": [survivor("2026-01-15", ended_on="2026-05-10")]}
    once = {**parts, "readings": {"bimonthly": "every_two_months"}}
    rule = "survivor.ongoing.face_to_face"

    twice_a_month = of_rule(due(parts, "2026-06-01"), rule)
    every_two_months = of_rule(due(once, "2026-06-01"), rule)

    assert [(one.first_day.isoformat()[5:], one.required) for one in twice_a_month] == [
        ("02-15", 1),
        ("03-01", 2),
        ("04-01", 2),
        ("05-01", 1),
    ]
    assert [
        (one.first_day.isoformat()[5:], one.last_day.isoformat()[5:], one.required, one.state.value)
        for one in every_two_months
        if one.last_day
    ] == [
        ("02-15", "02-28", 1, "not_met"),  # 1 x 14/59, rounded up
        ("03-01", "04-30", 1, "not_met"),
        ("05-01", "05-10", 1, "not_met"),
    ]


@pytest.mark.parametrize(
    ("readings", "waivers", "done"),
    [
        ({}, [], 0),
        ({"video_is_face_to_face": True}, [], 1),
        ({}, [{"kind": "video", "from": "2026-03-10", "to": "2026-03-10"}], 1),
        ({}, [{"kind": "video", "from": "2026-03-01"}], 1),
        ({}, [{"kind": "video", "from": "2026-03-01", "to": "2026-03-09"}], 0),
    ],
)
def test_video_is_a_visit_by_reading_or_by_a_dated_waiver(
    readings: Table, waivers: list[Table], done: int
) -> None:
    parts = {
        "services": [STABILIZATION],
        "waivers": waivers,
        "readings": readings,
        "contacts": [contact("2026-03-10", "video"), contact("2026-03-10", "video", "no_answer")],
    }

    found = due(parts, "2026-03-15")

    visits = the(found, "stabilization.face_to_face")
    assert (visits.done, visits.attempts) == (done, done)
    assert the(found, "stabilization.weekly_contact", "2026-03-09").done == 0


@pytest.mark.requirement("REF-05", "DAT-21", "DAT-28")
@pytest.mark.parametrize(
    ("missing", "state"),
    [
        ([], "not_met"),
        ([{"from": "2026-03-31", "to": "2026-03-31"}], "not_met_missing"),
        ([{"from": "2026-02-20", "to": "2026-03-01"}], "not_met_missing"),
        ([{"from": "2026-02-20"}], "not_met_missing"),
        ([{"from": "2026-02-20", "to": "2026-02-28"}], "not_met"),
        ([{"from": "2026-04-01"}], "not_met"),
    ],
)
def test_a_short_month_with_a_missing_day_says_so(missing: list[Table], state: str) -> None:
    parts = {
        "services": [STABILIZATION],
        "missing": missing,
        "contacts": [contact("2026-03-10", "face_to_face", "no_answer")],
    }

    found = the(due(parts, "2026-04-02"), "stabilization.face_to_face", "2026-03-01")

    assert (found.state.value, found.attempts, found.required) == (state, 1, 4)


@pytest.mark.requirement("REF-05")
def test_a_missing_youth_keeps_counting_and_nothing_is_excused() -> None:
    contacts = [visit(f"2026-03-{day}") for day in ("02", "05", "10", "12")]
    parts = {
        "services": [STABILIZATION],
        "missing": [{"from": "2026-03-15"}],
        "contacts": contacts,
        "referral": {"assigned_at": "2026-03-13T10:00"},
    }

    found = due(parts, "2026-04-20")

    assert the(found, "stabilization.face_to_face", "2026-03-01").state == "met"
    assert the(found, "stabilization.face_to_face", "2026-04-01").state == "due"
    talk = the(found, "referral.csw_contact")
    assert talk.state == "overdue"  # a deadline keeps its state, with a note
    assert [(note.kind.value, note.number) for note in talk.trace.notes] == [("youth_missing", 37)]


@pytest.mark.requirement("DAT-20", "PAR-03")
def test_duties_to_a_parent_ignore_a_missing_youth() -> None:
    parts = {"services": [parent("2026-03-02")], "missing": [{"from": "2026-03-01"}]}

    found = of_rule(due(parts, "2026-03-10"), "parent.first_month.face_to_face")

    assert found[0].state == "not_met"


@pytest.mark.requirement("DAT-20", "STB-03")
def test_nothing_about_a_parent_is_listed_before_the_safety_question_is_answered() -> None:
    services = [advocacy("stabilization", "2026-03-02"), parent("2026-03-02", None)]

    unanswered = {one.rule for one in due({"services": services}, "2026-05-01")}
    no_parent = {one.rule for one in due({"services": services[:1]}, "2026-05-01")}

    for rules in (unanswered, no_parent):
        assert not [rule for rule in rules if "parent" in rule.split(".")[0]]
        assert "stabilization.introductory_packet.parent" not in rules
        assert "stabilization.introductory_packet.participant" in rules


@pytest.mark.requirement("DAT-20", "STB-03")
def test_a_parent_who_is_not_safe_to_contact_has_every_duty_closed() -> None:
    services = [advocacy("stabilization", "2026-03-02"), parent("2026-03-02", False)]

    found = [
        one
        for one in due({"services": services}, "2026-05-01")
        if "parent" in one.rule and one.state != "not_assessed"
    ]

    assert {one.rule for one in found} == {
        "parent.first_face_to_face",
        "parent.first_month.face_to_face",
        "parent.empowerment_program",
        "stabilization.introductory_packet.parent",
        "agency_target.parent_weekly_contact",
    }
    assert {(one.state.value, one.reason) for one in found} == {("closed", "not safe")}


@pytest.mark.requirement("STB-03")
@pytest.mark.parametrize(
    ("document", "state", "reason"),
    [
        ({"on": "2026-03-05"}, "met", None),
        ({"on": "2026-03-05", "closed_because": "declined"}, "closed", "declined"),
        ({"on": "2026-03-05", "closed_because": "no_parent"}, "closed", "no parent"),
        ({"on": "2026-03-05", "closed_because": "not_safe"}, "closed", "not safe"),
    ],
)
def test_the_parents_packet_is_given_or_closed_with_a_reason(
    document: Table, state: str, reason: str | None
) -> None:
    documents = [{"kind": "introductory_packet.parent", **document}]
    services = [advocacy("stabilization", "2026-03-02"), parent("2026-03-02")]

    found = the(
        due({"services": services, "documents": documents}, "2026-05-01"),
        "stabilization.introductory_packet.parent",
    )

    assert (found.state.value, found.reason) == (state, reason)


@pytest.mark.requirement("PAR-02")
def test_a_parents_contacts_credit_the_parent_and_not_the_youth() -> None:
    parts = {
        "services": [advocacy("stabilization", "2026-03-02"), parent("2026-03-02")],
        "contacts": [visit("2026-03-03", "parent_advocacy")],
    }

    found = due(parts, "2026-03-04")

    assert the(found, "parent.first_face_to_face").state == "met"
    assert the(found, "stabilization.face_to_face").done == 0


@pytest.mark.parametrize("kind", ["youth", "parent"])
def test_a_parent_with_a_record_of_their_own_has_the_same_duties(kind: str) -> None:
    parts = {"participant": {"id": "P1", "kind": kind}, "services": [parent("2026-03-02")]}

    rules = {one.rule for one in due(parts, "2026-03-04")}

    assert rules == {
        "parent.first_face_to_face",
        "parent.first_month.face_to_face",
        "parent.empowerment_program",
    }
