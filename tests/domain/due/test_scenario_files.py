"""A wrong scenario is refused with the field's path and the reason; a sparse one is read."""

from copy import deepcopy
from typing import Any

import pytest

from field_app.domain.due.obligations import obligations
from field_app.domain.due.scenario import parse_scenario, read_scenario
from field_app.errors import InputError
from field_app.programs import default_program
from tests.domain.due.scenarios import Table, due, extended, moment, scenario, stabilized, survivor

PROGRAM = default_program()

# The example of rules.md, in full.
EXAMPLE: Table = {
    "program": "fyi-19-32",
    "participant": {"id": "Y1", "kind": "youth", "birth_date": "2010-05-01"},
    "referral": {
        "submitted_at": "2026-03-25T16:00",
        "assigned_at": "2026-03-27T10:00",
        "csw_contacted_at": None,
    },
    "first_response": {
        "called_at": "2026-03-08T01:30",
        "arrived_at": None,
        "safety_plan_at": None,
        "medical_hub_at": None,
        "initial_mdt_at": None,
        "closed_on": None,
        "close_reason": None,
    },
    "services": [
        {
            "service": "advocacy",
            "received_at": "2026-03-27T10:00",
            "ended_on": None,
            "phases": [
                {"phase": "stabilization", "from": "2026-03-27", "to": None, "decisions": []}
            ],
        },
        {
            "service": "survivor_advocacy",
            "received_at": "2026-03-27T10:00",
            "ended_on": None,
            "decisions": [extended("2026-04-20", "2026-05-15"), stabilized("2026-05-01")],
        },
        {
            "service": "parent_advocacy",
            "received_at": "2026-03-27T10:00",
            "contact_safe": True,
            "empowerment_offered_on": None,
        },
    ],
    "contacts": [
        {
            "at": "2026-03-30T15:00",
            "channel": "face_to_face",
            "outcome": "reached",
            "services": ["advocacy"],
        }
    ],
    "documents": [{"kind": "introductory_packet.participant", "on": "2026-03-30"}],
    "missing": [{"from": "2026-04-02", "to": "2026-04-09"}],
    "waivers": [{"kind": "video", "from": "2026-01-01", "to": "2026-01-31"}],
    "readings": {"visit_satisfies_contact": False},
}


def changed(path: tuple[str | int, ...], value: Any) -> Table:
    """The example with one field set, or taken out where the value is `...`."""
    copy = deepcopy(EXAMPLE)
    table: Any = copy
    for step in path[:-1]:
        table = table[step]
    if value is ...:
        del table[path[-1]]
    else:
        table[path[-1]] = value
    return copy


def refused(parts: object, as_of: str = "2026-07-01") -> InputError:
    """The error of a scenario, whether reading it or computing from it finds the mistake."""
    with pytest.raises(InputError) as wrong:
        obligations(read_scenario(parts, PROGRAM), PROGRAM, moment(as_of))
    return wrong.value


def test_the_example_of_the_rules_is_read_and_computed() -> None:
    found = obligations(read_scenario(EXAMPLE, PROGRAM), PROGRAM, moment("2026-03-31"))

    assert len(found) == 32
    keys = [
        (one.due_second is None, one.due_second or 0, one.rule, one.service or "", one.first_day)
        for one in found
    ]
    assert keys == sorted(keys)


MISTAKES: list[tuple[tuple[str | int, ...], Any, str, str]] = [
    (("participant",), ..., "participant", "is needed"),
    (("participant",), "Y1", "participant", "must be a table"),
    (("participant", "kind"), "child", "participant.kind", "youth, parent"),
    (("participant", "birth_date"), "2010-02-30", "participant.birth_date", "not a date"),
    (("participant", "name"), "Ana", "participant.name", "not a known field"),
    (("program",), "fyi-17-04", "program", "not the program in use"),
    (("colour",), "blue", "colour", "not a known field"),
    (("referral", "assigned_at"), "2026-02-29T10:00", "referral.assigned_at", "not a time"),
    (("referral", "assigned_at"), "2026-03-27", "referral.assigned_at", "not a time"),
    (("referral", "assigned_at"), 20260327, "referral.assigned_at", "must be a time"),
    (("referral", "assigned_at"), "2026-03-08T02:30", "referral.assigned_at", "clocks skip"),
    (("referral", "assigned_at"), "2036-02-01T10:00", "referral.assigned_at", "2036"),
    (("referral", "assigned_at"), "0001-01-01T10:00", "referral.assigned_at", "year 1 "),
    (("first_response", "called_at"), "25:00", "first_response.called_at", "not a time"),
    (("first_response", "closed_on"), "2026-13-01", "first_response.closed_on", "not a date"),
    (("services",), {}, "services", "must be a list"),
    (("services", 0), "advocacy", "services[0]", "must be a table"),
    (("services", 0, "service"), "babysitting", "services[0].service", "survivor_advocacy"),
    (("services", 0, "phases", 0, "from"), ..., "services[0].phases[0].from", "is needed"),
    (("services", 0, "phases", 0, "from"), "20260327", "services[0].phases[0].from", "such as"),
    (
        ("services", 0, "phases", 0, "to"),
        "2026-03-26",
        "services[0].phases[0].to",
        "before its from",
    ),
    (("services", 0, "ended_on"), "2026-03-26", "services[0].phases[0].from", "after the service"),
    (("services", 1, "ended_on"), "2026-03-26", "services[1].ended_on", "before the service"),
    (
        ("services", 1, "phases"),
        [{"phase": "maintenance", "from": "2026-04-01"}],
        "services[1].phases",
        "only advocacy",
    ),
    (
        ("services", 0, "decisions"),
        [stabilized("2026-05-01")],
        "services[0].decisions",
        "no first month",
    ),
    (("services", 1, "decisions", 0, "until"), None, "services[1].decisions[0].until", "is needed"),
    (
        ("services", 1, "decisions", 0, "until"),
        "2026-04-26",
        "services[1].decisions[0].until",
        "does not extend",
    ),
    (
        ("services", 1, "decisions", 1, "until"),
        "2026-06-01",
        "services[1].decisions[1].until",
        "extension only",
    ),
    (
        ("services", 1, "decisions", 0, "on"),
        "2026-03-26",
        "services[1].decisions[0].on",
        "before the service",
    ),
    (
        ("services", 0, "phases", 0, "decisions"),
        [stabilized("2026-05-01")],
        "services[0].phases[0].decisions[0].kind",
        "only be extended",
    ),
    (
        ("services", 0, "phases", 0, "decisions"),
        [extended("2026-05-01", "2026-07-26")],
        "services[0].phases[0].decisions[0].until",
        "does not extend",
    ),
    (
        ("services", 0, "phases", 0, "decisions"),
        [extended("2026-03-01", "2026-09-26")],
        "services[0].phases[0].decisions[0].on",
        "before the phase",
    ),
    (("services", 2, "contact_safe"), "yes", "services[2].contact_safe", "true or false"),
    (("contacts", 0, "channel"), "fax", "contacts[0].channel", "social_media"),
    (("contacts", 0, "outcome"), ..., "contacts[0].outcome", "is needed"),
    (("contacts", 0, "services"), ["advocacy", "x"], "contacts[0].services[1]", "'x'"),
    (("contacts", 0, "services"), "advocacy", "contacts[0].services", "must be a list"),
    (("contacts", 0, "at"), "2026-03-30 15:00", "contacts[0].at", "not a time"),
    (("documents", 0, "kind"), "novel", "documents[0].kind", "safety_plan"),
    (
        ("documents", 0, "closed_because"),
        "declined",
        "documents[0].closed_because",
        "only the parent",
    ),
    (("missing", 0, "to"), "2026-04-01", "missing[0].to", "before its from"),
    (("waivers", 0, "kind"), "audio", "waivers[0].kind", "video"),
    (("waivers", 0, "to"), "2025-12-31", "waivers[0].to", "before its from"),
    (("readings", "week_starts_on"), "friday", "readings.week_starts_on", "monday, sunday"),
    (("readings", "week_min_days"), "4", "readings.week_min_days", "whole number"),
    (("readings", "week_min_days"), True, "readings.week_min_days", "whole number"),
    (("readings", "mood"), True, "readings.mood", "not a known field"),
]


@pytest.mark.parametrize(("path", "value", "field", "reason"), MISTAKES)
def test_a_mistake_is_named_by_field_and_reason(
    path: tuple[str | int, ...], value: Any, field: str, reason: str
) -> None:
    # Late enough for every date of the mistakes to have come.
    wrong = refused(changed(path, value), "2036-03-01")

    assert wrong.field == field
    assert reason in wrong.reason


@pytest.mark.parametrize(
    ("phases", "field"),
    [
        ([("stabilization", "2026-03-01", "2026-03-20"), ("maintenance", "2026-03-20", None)], 1),
        ([("stabilization", "2026-03-01", None), ("maintenance", "2026-05-01", None)], 1),
        ([("maintenance", "2026-03-15", None), ("stabilization", "2026-03-01", "2026-03-20")], 0),
        ([("maintenance", "2026-03-15", None), ("maintenance", "2026-03-15", None)], 1),
    ],
)
def test_phases_that_overlap_are_refused_and_the_same_day_is_an_overlap(
    phases: list[tuple[str, str, str | None]], field: int
) -> None:
    tables = [{"phase": name, "from": first, "to": to} for name, first, to in phases]

    wrong = refused(scenario(services=[{"service": "advocacy", "phases": tables}]))

    assert wrong.field == f"services[0].phases[{field}].from"
    assert "overlaps" in wrong.reason


def test_an_extension_needs_to_be_later_than_the_day_then_in_force() -> None:
    decisions = [extended("2026-04-20", "2026-05-15"), extended("2026-04-21", "2026-05-15")]

    wrong = refused(scenario(services=[survivor("2026-03-27", decisions=decisions)]))

    assert wrong.field == "services[0].decisions[1].until"


def test_a_visit_made_later_does_not_turn_an_extension_into_a_mistake() -> None:
    # On 5 April the first month ended on 26 April; a first visit on the 20th moves that to 19 May.
    service = survivor("2026-03-27", decisions=[extended("2026-04-05", "2026-05-01")])
    later_visit = [
        {
            "at": "2026-04-20T10:00",
            "channel": "face_to_face",
            "outcome": "reached",
            "services": ["survivor_advocacy"],
        }
    ]

    found = due({"services": [service], "contacts": later_visit}, "2026-06-01")

    daily = [one.first_day for one in found if one.rule == "survivor.first_month.daily_contact"]
    assert max(daily).isoformat() == "2026-05-19"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "not JSON"),
        ("{", "not JSON"),
        ("[]", "must be a table of fields, not a list"),
        ("null", "must be a table of fields, not nothing"),
        ('{"participant": {"id": "Y1"}, "participant": {"id": "Y2"}}', "stands twice"),
        ("[" * 100_000, "nested too deeply"),
        ('{"participant": {"id": "Y1"}, "missing": [{"from": 1e400}]}', "must be a date"),
    ],
)
def test_a_text_that_is_no_scenario_is_refused(text: str, reason: str) -> None:
    with pytest.raises(InputError, match=reason):
        parse_scenario(text, PROGRAM)


@pytest.mark.parametrize(
    "sparse",
    [
        {"participant": {"id": "Y1"}},
        {
            "participant": {"id": "Y1"},
            "referral": None,
            "first_response": None,
            "services": None,
            "contacts": None,
            "documents": None,
            "missing": None,
            "waivers": None,
            "readings": None,
        },
        {"participant": {"id": "Y1"}, "services": [{"service": "advocacy"}]},
        {"participant": {"id": "Y1"}, "services": [{"service": "survivor_advocacy"}]},
        {"participant": {"id": "Y1"}, "referral": {}, "first_response": {}},
    ],
)
def test_everything_but_the_participant_may_be_left_out(sparse: Table) -> None:
    assert obligations(read_scenario(sparse, PROGRAM), PROGRAM, moment("2026-07-01")) == ()


def test_a_time_with_an_offset_is_the_same_moment_as_the_local_one() -> None:
    offset = due({"referral": {"assigned_at": "2026-03-28T02:00+09:00"}}, "2026-03-29")
    local = due({"referral": {"assigned_at": "2026-03-27T10:00"}}, "2026-03-29")

    assert offset[0].due_at == local[0].due_at
