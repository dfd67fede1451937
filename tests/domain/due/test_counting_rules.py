"""Every counting rule of the rules table: periods, numbers required, credits, attempts, states."""

from itertools import pairwise
from typing import Any

import pytest

from field_app.domain.due.obligation import Obligation
from tests.domain.due.scenarios import (
    Table,
    advocacy,
    contact,
    due,
    extended,
    of_rule,
    parent,
    stabilized,
    survivor,
    the,
    visit,
)


def spans(found: list[Obligation], rule: str) -> list[tuple[str, str]]:
    """The active days of a rule's periods."""
    return [
        (one.first_day.isoformat()[5:], one.last_day.isoformat()[5:])
        for one in of_rule(found, rule)
        if one.last_day
    ]


def covered(found: list[Obligation], rule: str) -> str:
    """First and last active day of all periods of a rule, which must follow each other."""
    periods = of_rule(found, rule)
    for earlier, later in pairwise(periods):
        assert later.period.first == earlier.period.last + 1
    return f"{periods[0].first_day} to {periods[-1].last_day}" if periods else ""


@pytest.mark.requirement("STB-07", "MNT-02", "TRN-02")
@pytest.mark.parametrize(
    ("phase", "minimum"), [("stabilization", 4), ("maintenance", 2), ("transition", 2)]
)
def test_visits_are_asked_for_each_calendar_month_of_a_phase(phase: str, minimum: int) -> None:
    contacts = [visit("2026-02-03"), visit("2026-02-10")]

    found = due({"services": [advocacy(phase, "2026-01-01")], "contacts": contacts}, "2026-03-05")

    months = of_rule(found, f"{phase}.face_to_face")
    assert [(one.first_day.month, one.required, one.done) for one in months] == [
        (1, minimum, 0),
        (2, minimum, 2),
        (3, minimum, 0),
    ]
    assert months[1].state == ("met" if minimum == 2 else "not_met")
    assert [months[0].state, months[2].state] == ["not_met", "due"]


@pytest.mark.requirement("STB-07")
@pytest.mark.parametrize(
    ("first", "to", "required", "state"),
    [
        ("2026-03-10", None, 3, "due"),  # 22 of 31 days
        ("2026-03-26", None, 0, "not_assessed"),  # 6 days
        ("2026-03-25", None, 1, "due"),  # 7 days
        ("2026-03-01", None, 4, "due"),
        ("2026-03-02", None, 4, "due"),  # 30 of 31 days, rounded up
        ("2026-02-01", "2026-02-28", 4, "not_met"),
        ("2026-02-01", "2026-02-14", 2, "not_met"),  # exactly half a month
        ("2026-02-01", "2026-02-15", 3, "not_met"),
        ("2028-02-01", "2028-02-29", 4, "not_met"),
        ("2028-02-01", "2028-02-28", 4, "not_met"),  # 28 of 29 days
    ],
)
def test_a_part_of_a_month_asks_for_its_share_rounded_up(
    first: str, to: str | None, required: int, state: str
) -> None:
    as_of = "2026-03-31" if to is None else "2028-03-05"

    found = the(
        due({"services": [advocacy("stabilization", first, to)]}, as_of),
        "stabilization.face_to_face",
        first,
    )

    assert (found.required, found.state.value) == (required, state)


@pytest.mark.requirement("STB-07")
def test_two_phases_that_share_a_month_are_prorated_each_by_itself() -> None:
    phases = [
        {"phase": "stabilization", "from": "2026-03-01", "to": "2026-03-15"},
        {"phase": "maintenance", "from": "2026-03-16"},
    ]
    contacts = [visit("2026-03-15"), visit("2026-03-16")]

    found = due(
        {"services": [{"service": "advocacy", "phases": phases}], "contacts": contacts},
        "2026-03-31",
    )

    first = the(found, "stabilization.face_to_face")
    second = the(found, "maintenance.face_to_face")
    assert (first.required, first.done) == (2, 1)  # 4 x 15/31
    assert (second.required, second.done) == (2, 1)  # 2 x 16/31


@pytest.mark.requirement("STB-07")
def test_a_day_gives_at_most_one_visit_credit_and_done_is_not_capped() -> None:
    twice = [visit("2026-03-03T10:00"), visit("2026-03-03T16:00"), visit("2026-03-09")]
    more = [visit(f"2026-03-{day:02d}") for day in range(10, 20)]
    services = [advocacy("stabilization", "2026-03-01")]

    short = the(
        due({"services": services, "contacts": twice}, "2026-03-31"), "stabilization.face_to_face"
    )
    rich = the(
        due({"services": services, "contacts": [*twice, *more]}, "2026-03-31"),
        "stabilization.face_to_face",
    )

    assert (short.required, short.done, short.state.value) == (4, 2, "due")
    assert (rich.done, rich.state.value) == (12, "met")
    assert [one.day.day for one in short.trace.uncounted] == [3]


@pytest.mark.requirement("STB-07")
def test_a_visit_late_in_the_evening_belongs_to_its_local_day() -> None:
    contacts = [visit("2026-03-31T23:59:59"), visit("2026-04-01T07:30:00+00:00")]

    found = due(
        {"services": [advocacy("stabilization", "2026-03-01")], "contacts": contacts}, "2026-04-02"
    )

    march, april = of_rule(found, "stabilization.face_to_face")
    assert (march.done, april.done) == (1, 1)  # 07:30 in UTC is half past midnight in Los Angeles


@pytest.mark.requirement("STB-08", "MNT-03", "TRN-05")
@pytest.mark.parametrize("phase", ["stabilization", "maintenance", "transition"])
def test_a_week_asks_for_one_phone_text_or_social_media_contact(phase: str) -> None:
    rule = f"{phase}.weekly_contact"

    def week(*contacts: Table, as_of: str = "2026-03-15") -> Obligation:
        parts = {"services": [advocacy(phase, "2026-03-01")], "contacts": list(contacts)}
        return the(due(parts, as_of), rule, "2026-03-09")

    for channel in ("phone", "text", "social_media"):
        assert week(contact("2026-03-10", channel)).state == "met"
    for channel in ("face_to_face", "video", "email"):
        assert week(contact("2026-03-10", channel)).done == 0
    assert week(contact("2026-03-10", "text"), contact("2026-03-10", "text")).done == 2
    assert week(as_of="2026-03-15").state == "due"
    assert week(as_of="2026-03-16T00:00").state == "not_met"


@pytest.mark.requirement("STB-08")
def test_attempts_are_shown_and_never_credited() -> None:
    contacts = [
        visit("2026-03-10"),
        *(contact(f"2026-03-{day}", "text", "no_answer") for day in (10, 11, 12)),
        contact("2026-03-12", "email", "no_answer"),
        contact("2026-03-12", "text", "no_answer", "survivor_advocacy"),
    ]

    found = the(
        due(
            {"services": [advocacy("stabilization", "2026-03-01")], "contacts": contacts},
            "2026-03-15",
        ),
        "stabilization.weekly_contact",
        "2026-03-09",
    )

    assert (found.done, found.attempts, found.state.value) == (0, 3, "due")


@pytest.mark.requirement("STB-08")
def test_weeks_are_cut_at_the_phase_and_short_ones_are_not_assessed() -> None:
    services = [advocacy("stabilization", "2026-03-05", "2026-03-19")]  # Thursday to Thursday
    contacts = [contact("2026-03-04", "phone"), contact("2026-03-20", "phone")]

    weeks = of_rule(
        due({"services": services, "contacts": contacts}, "2026-04-01"),
        "stabilization.weekly_contact",
    )

    assert [
        (one.first_day.day, one.last_day.day, one.state.value, one.done)
        for one in weeks
        if one.last_day
    ] == [
        (5, 8, "not_met", 0),  # four days are enough
        (9, 15, "not_met", 0),
        (16, 19, "not_met", 0),
    ]
    shorter = of_rule(
        due({"services": [advocacy("stabilization", "2026-03-06", "2026-03-18")]}, "2026-04-01"),
        "stabilization.weekly_contact",
    )
    assert [one.state.value for one in shorter] == ["not_assessed", "not_met", "not_assessed"]


@pytest.mark.requirement("SUR-04")
def test_the_first_month_asks_for_a_contact_every_day_weekends_and_holidays_too() -> None:
    contacts = [
        contact(f"2026-03-{day}", "text", "reached", "survivor_advocacy") for day in (27, 29, 30)
    ]

    days = of_rule(
        due({"services": [survivor("2026-03-27")], "contacts": contacts}, "2026-03-31"),
        "survivor.first_month.daily_contact",
    )

    assert [(one.first_day.day, one.state.value) for one in days] == [
        (27, "met"),
        (28, "not_met"),
        (29, "met"),
        (30, "met"),
        (31, "due"),
    ]


@pytest.mark.requirement("SUR-03", "PAR-03")
@pytest.mark.parametrize(
    ("service", "rule"),
    [
        (survivor("2026-03-30"), "survivor.first_month.face_to_face"),
        (parent("2026-03-30"), "parent.first_month.face_to_face"),
    ],
)
def test_the_first_month_asks_for_a_visit_every_week(service: Table, rule: str) -> None:
    contacts = [visit("2026-04-05", service["service"]), visit("2026-04-06", "advocacy")]

    found = due({"services": [service], "contacts": contacts}, "2026-04-20")

    assert [(one.first_day.day, one.done, one.state.value) for one in of_rule(found, rule)] == [
        (30, 1, "met"),
        (6, 0, "not_met"),
        (13, 0, "not_met"),
        (20, 0, "due"),
    ]


@pytest.mark.requirement("SUR-05", "SUR-06", "PAR-03")
def test_after_the_first_month_the_ongoing_rules_begin() -> None:
    found = due({"services": [survivor("2026-01-15"), parent("2026-01-15")]}, "2026-04-10")

    assert covered(found, "survivor.first_month.daily_contact") == "2026-01-15 to 2026-02-14"
    assert covered(found, "survivor.first_month.face_to_face") == "2026-01-15 to 2026-02-14"
    assert covered(found, "survivor.ongoing.face_to_face") == "2026-02-15 to 2026-04-30"
    assert covered(found, "survivor.ongoing.weekly_contact") == "2026-02-15 to 2026-04-12"
    assert [one.required for one in of_rule(found, "survivor.ongoing.face_to_face")] == [1, 2, 2]
    assert covered(found, "agency_target.parent_weekly_contact") == "2026-02-15 to 2026-04-12"


@pytest.mark.requirement("SUR-03")
@pytest.mark.parametrize(
    ("visits", "last"),
    [
        ([], "2026-04-26"),
        (["2026-04-10"], "2026-05-09"),
        (["2026-04-26"], "2026-05-25"),  # the last day on which it is within a month
        (["2026-04-27"], "2026-04-26"),
        (
            ["2026-03-20", "2026-04-10"],
            "2026-05-09",
        ),  # before receipt it is no visit of the service
        (["2026-03-27T08:00", "2026-04-10"], "2026-04-26"),  # on the day of receipt, by day
        (["2026-04-10", "2026-04-12"], "2026-05-09"),
    ],
)
def test_the_first_month_is_counted_from_the_first_visit(visits: list[str], last: str) -> None:
    contacts = [visit(at, "survivor_advocacy") for at in visits]

    found = due({"services": [survivor("2026-03-27")], "contacts": contacts}, "2026-07-01")

    daily = "survivor.first_month.daily_contact"
    assert covered(found, daily) == f"2026-03-27 to {last}"


@pytest.mark.requirement("SUR-03")
def test_the_worked_example_of_a_first_visit_on_15_january() -> None:
    found = due(
        {
            "services": [survivor("2026-01-12")],
            "contacts": [visit("2026-01-15", "survivor_advocacy")],
        },
        "2026-03-01",
    )

    assert covered(found, "survivor.first_month.daily_contact") == "2026-01-12 to 2026-02-14"


@pytest.mark.requirement("SUR-03", "SUR-05")
@pytest.mark.parametrize(
    ("decisions", "first_month", "ongoing"),
    [
        ([extended("2026-04-20", "2026-05-15")], "2026-03-27 to 2026-05-15", "2026-05-16"),
        ([stabilized("2026-04-10")], "2026-03-27 to 2026-04-10", "2026-04-11"),
        (
            [extended("2026-04-20", "2026-05-15"), stabilized("2026-05-01")],
            "2026-03-27 to 2026-05-01",
            "2026-05-02",
        ),
        (
            [stabilized("2026-05-01"), extended("2026-04-20", "2026-05-15")],  # in order of day
            "2026-03-27 to 2026-05-01",
            "2026-05-02",
        ),
        ([extended("2026-05-05", "2026-05-20")], "2026-03-27 to 2026-05-20", "2026-05-21"),
        (
            [extended("2026-04-20", "2026-05-15"), extended("2026-05-10", "2026-05-30")],
            "2026-03-27 to 2026-05-30",
            "2026-05-31",
        ),
        ([stabilized("2026-05-01")], "2026-03-27 to 2026-04-26", "2026-04-27"),  # it had ended
        (
            [
                stabilized("2026-04-10"),
                extended("2026-04-10", "2026-04-20"),
            ],  # of one day, by entry
            "2026-03-27 to 2026-04-20",
            "2026-04-21",
        ),
        (
            [stabilized("2026-04-10"), extended("2026-04-11", "2026-04-20")],
            "2026-03-27 to 2026-04-20",
            "2026-04-21",
        ),
    ],
)
def test_decisions_move_the_last_day_of_the_first_month(
    decisions: list[Table], first_month: str, ongoing: str
) -> None:
    for service, rule in (
        (survivor, "survivor.first_month.face_to_face"),
        (parent, "parent.first_month.face_to_face"),
    ):
        found = due({"services": [service("2026-03-27", decisions=decisions)]}, "2026-07-01")
        assert covered(found, rule) == first_month
    found = due({"services": [survivor("2026-03-27", decisions=decisions)]}, "2026-07-01")
    assert covered(found, "survivor.ongoing.weekly_contact").startswith(ongoing)


@pytest.mark.requirement("SUR-03", "SUR-05")
def test_an_extension_after_stabilizing_reopens_the_first_month_from_its_own_day() -> None:
    decisions = [stabilized("2026-04-08"), extended("2026-05-06", "2026-05-20")]

    found = due({"services": [survivor("2026-03-27", decisions=decisions)]}, "2026-06-05")

    assert spans(found, "survivor.first_month.face_to_face") == [
        ("03-27", "03-29"),
        ("03-30", "04-05"),
        ("04-06", "04-08"),
        ("05-06", "05-10"),
        ("05-11", "05-17"),
        ("05-18", "05-20"),
    ]
    assert spans(found, "survivor.ongoing.face_to_face") == [
        ("04-09", "04-30"),
        ("05-01", "05-05"),
        ("05-21", "05-31"),
        ("06-01", "06-30"),
    ]


def test_decisions_after_the_moment_do_not_exist_yet() -> None:
    decisions = [extended("2026-04-20", "2026-05-15")]

    found = due({"services": [survivor("2026-03-27", decisions=decisions)]}, "2026-04-19")

    last_week = of_rule(found, "survivor.first_month.face_to_face")[-1]
    assert last_week.last_day is not None
    assert (last_week.first_day.day, last_week.last_day.day) == (13, 19)


@pytest.mark.parametrize("ended_on", ["2026-04-10", "2026-05-10"])
def test_an_ended_service_owes_nothing_after_its_last_day(ended_on: str) -> None:
    found = due({"services": [survivor("2026-03-27", ended_on=ended_on)]}, "2026-07-01")

    rule = (
        "survivor.first_month.daily_contact"
        if ended_on < "2026-04-26"
        else "survivor.ongoing.weekly_contact"
    )
    assert covered(found, rule).endswith(f"to {ended_on}")


def test_the_end_of_a_service_ends_its_open_phase() -> None:
    service = advocacy("stabilization", "2026-03-01", ended_on="2026-03-20")

    found = the(due({"services": [service]}, "2026-04-10"), "stabilization.face_to_face")

    assert (found.last_day.isoformat(), found.required) == ("2026-03-20", 3)  # 4 x 20/31


def test_an_end_that_has_not_come_yet_leaves_the_period_whole() -> None:
    service = advocacy("stabilization", "2026-03-01", "2026-03-20")

    before, after = (
        the(due({"services": [service]}, as_of), "stabilization.face_to_face")
        for as_of in ("2026-03-19", "2026-03-20T09:00")
    )

    assert (before.last_day.day, before.required) == (31, 4)
    assert (after.last_day.day, after.required, after.state.value) == (20, 3, "due")


def test_a_phase_owes_its_first_period_from_its_first_day() -> None:
    service = advocacy("stabilization", "2026-03-27", received_at="2026-03-20T09:00")

    rules = [
        {one.rule for one in due({"services": [service]}, as_of)}
        for as_of in ("2026-03-26", "2026-03-27T00:00")
    ]

    assert "stabilization.weekly_contact" not in rules[0]
    assert "stabilization.weekly_contact" in rules[1]


@pytest.mark.parametrize("as_of", ["2026-03-26", "2026-03-27T09:59"])
def test_a_service_that_has_not_started_owes_nothing(as_of: str) -> None:
    services: list[Any] = [survivor("2026-03-27")]

    assert due({"services": services}, as_of) == []


def test_contacts_after_the_moment_do_not_exist_yet() -> None:
    parts = {
        "services": [advocacy("stabilization", "2026-03-01")],
        "contacts": [
            visit("2026-03-10T15:00"),
            contact("2026-03-10T16:00", "face_to_face", "no_answer"),
        ],
    }

    twice = [visit("2026-03-10T15:00"), visit("2026-03-10T18:00")]
    seen = the(due({**parts, "contacts": twice}, "2026-03-10T17:00"), "stabilization.face_to_face")
    assert seen.trace.uncounted == ()
    found = [
        (one.done, one.attempts)
        for as_of in ("2026-03-10T14:59", "2026-03-10T15:00", "2026-03-10T16:00")
        for one in [the(due(parts, as_of), "stabilization.face_to_face")]
    ]

    assert found == [(0, 0), (1, 0), (1, 1)]


def test_a_joint_visit_credits_every_service_whose_advocate_took_part() -> None:
    services = [
        advocacy("stabilization", "2026-03-02"),
        survivor("2026-03-02"),
        parent("2026-03-02"),
    ]
    contacts = [visit("2026-03-05", "advocacy", "survivor_advocacy")]

    found = due({"services": services, "contacts": contacts}, "2026-03-08")

    assert the(found, "stabilization.face_to_face").done == 1
    assert the(found, "survivor.first_month.face_to_face").done == 1
    assert the(found, "parent.first_month.face_to_face").done == 0


def test_a_contact_entered_late_counts_on_its_own_day_and_shows_the_lag() -> None:
    late = {**visit("2026-03-05"), "entered_at": "2026-03-09T08:00"}

    found = the(
        due(
            {"services": [advocacy("stabilization", "2026-03-01")], "contacts": [late]},
            "2026-03-31",
        ),
        "stabilization.face_to_face",
    )

    assert found.done == 1
    assert [(note.kind.value, note.number) for note in found.trace.notes] == [("late_entry", 4)]
