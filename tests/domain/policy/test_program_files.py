"""The program file: every number and reading in it is used, and every slip names its line."""

import re
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from field_app.domain.due.explanation import why
from field_app.domain.due.obligation import Obligation
from field_app.domain.due.obligations import obligations
from field_app.domain.due.scenario import read_scenario
from field_app.domain.policy.calendar import LocalCalendar
from field_app.domain.policy.holidays import parse_holidays
from field_app.domain.policy.program import READING_NAMES, Program
from field_app.domain.policy.program_file import parse_program
from field_app.errors import InputError, ProgramFileError
from field_app.programs import default_program, load_program, packaged_text
from tests.domain.due.scenarios import (
    Table,
    advocacy,
    contact,
    due,
    moment,
    of_rule,
    parent,
    scenario,
    survivor,
    the,
    visit,
)

PROGRAM_TEXT = packaged_text("fyi_19_32.toml")
HOLIDAY_TEXT = packaged_text("holidays_la_county.toml")
HOLIDAYS = parse_holidays(HOLIDAY_TEXT, "holidays.toml")


def program_of(text: str, holiday_text: str = HOLIDAY_TEXT) -> Program:
    return parse_program(text, parse_holidays(holiday_text, "holidays.toml"), "changed.toml")


def probes() -> list[tuple[Table, str]]:
    """Scenarios that together touch every number, reading and holiday of the two files."""
    channels = ("phone", "text", "social_media", "video", "face_to_face")
    contacts = [
        contact(
            f"2026-{month:02d}-{day:02d}",
            channel,
            "reached",
            "advocacy",
            "survivor_advocacy",
            "parent_advocacy",
        )
        for month in range(1, 13)
        for day, channel in enumerate(channels, start=7)
    ]
    # Two visits on one day, and a week in which only a Sunday has its contact.
    contacts += [
        visit("2026-02-03T09:00", "advocacy"),
        visit("2026-02-03T18:00", "advocacy"),
        contact("2026-03-01", "phone", "reached", "advocacy", "survivor_advocacy"),
    ]
    phases = [
        {"phase": "stabilization", "from": "2026-01-13", "to": "2026-03-09"},
        {"phase": "maintenance", "from": "2026-03-10", "to": "2026-06-18"},
        {"phase": "transition", "from": "2026-06-19"},
    ]
    long_case = {
        "referral": {"assigned_at": "2026-01-13T10:00", "submitted_at": "2026-01-12T10:00"},
        "first_response": {"called_at": "2026-01-13T10:00"},
        "services": [
            {"service": "advocacy", "received_at": "2026-01-13T10:00", "phases": phases},
            survivor("2026-01-13"),
            parent("2026-01-13"),
        ],
        "contacts": contacts,
    }
    short_months = {"services": [advocacy("stabilization", "2026-05-26", "2026-06-06")]}
    weeks = {
        "services": [advocacy("stabilization", "2026-05-28", "2026-06-11"), survivor("2026-05-06")],
        "contacts": [visit("2026-05-20", "survivor_advocacy")],
    }
    cases = [(long_case, as_of) for as_of in ("2026-01-15T12:00", "2026-02-20", "2026-11-30")]
    cases += [(short_months, "2026-05-30"), (weeks, "2026-07-01")]
    every_two_months = {**long_case, "readings": {"bimonthly": "every_two_months"}}
    return [*cases, (every_two_months, "2026-11-30")]


def outcome(program: Program, cases: list[tuple[Table, str]]) -> list[str]:
    """Everything that a reader can see of the results."""
    seen: list[str] = []
    for parts, as_of in cases:
        try:
            facts = read_scenario(scenario(**parts), program)
            found = obligations(facts, program, moment(as_of, program))
        except InputError as problem:
            seen.append(str(problem))
            continue
        seen.extend(f"{shown(one)} {why(one)}" for one in found)
    for version in program.versions:
        seen.append(f"intake {version.intake}")
    return seen


def shown(one: Obligation) -> str:
    return (
        f"{one.rule} {one.first_day} {one.last_day} {one.due_at} {one.required} {one.done} "
        f"{one.attempts} {one.state} {one.reason} {one.warning}"
    )


@pytest.fixture(scope="module")
def unchanged() -> list[str]:
    return outcome(default_program(), probes())


NUMBER_LINE = re.compile(r"^([a-z_]+) = (\[[0-9, ]+\]|-?[0-9]+)$", re.MULTILINE)


def changed_numbers(text: str) -> Iterator[tuple[str, tuple[str, str]]]:
    """Each number of a file by its line, and the file with that number one higher and one lower."""
    for match in NUMBER_LINE.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        values = re.finditer(r"-?[0-9]+", match.group(2))
        for position, value in enumerate(values):
            start = match.start(2) + value.start()
            old = int(value.group())
            before, after = text[:start], text[start + len(value.group()) :]
            one_up, one_down = f"{before}{old + 1 or 1}{after}", f"{before}{old - 1}{after}"
            yield f"line {line}: {match.group()} [{position}]", (one_up, one_down)


def differs(text: str, is_different: Callable[[str], bool]) -> bool:
    """Whether a changed file is read and gives something else."""
    try:
        return is_different(text)
    except ProgramFileError:  # a fifth Thursday, a month 13: the other direction decides
        return False


@pytest.mark.requirement("POL-01")
@pytest.mark.parametrize(
    "changed",
    [pytest.param(text, id=name) for name, text in changed_numbers(PROGRAM_TEXT)],
)
def test_changing_any_number_of_the_program_file_changes_a_result(
    changed: tuple[str, str], unchanged: list[str]
) -> None:
    one_up, _ = changed

    assert outcome(program_of(one_up), probes()) != unchanged


def test_the_walk_over_the_numbers_finds_them_all() -> None:
    names = [name for name, _ in changed_numbers(PROGRAM_TEXT)]
    written = re.sub(r'(?m)"[^"]*"|#.*$|[0-9]{4}-[0-9]{2}-[0-9]{2}', "", PROGRAM_TEXT)

    assert len(names) == len(re.findall(r"(?<![\w.])[0-9]+(?![\w.])", written))


OTHER_READINGS: dict[str, str] = {
    "visit_satisfies_contact": "true",
    "partial_month": '"full"',
    "partial_month_min_days": "30",
    "week_starts_on": '"sunday"',
    "week_min_days": "6",
    "one_visit_credit_per_day": "false",
    "first_month_starts": '"received"',
    "bimonthly": '"every_two_months"',
    "video_is_face_to_face": "true",
}


@pytest.mark.parametrize("name", READING_NAMES)
def test_changing_any_reading_of_the_program_file_changes_a_result(name: str) -> None:
    changed = re.sub(rf"(?m)^{name} = .*$", f"{name} = {OTHER_READINGS[name]}", PROGRAM_TEXT)
    assert changed != PROGRAM_TEXT

    def results(program: Program) -> list[str]:
        return [shown(one) for parts, as_of in probes() for one in due(parts, as_of, program)]

    assert results(program_of(changed)) != results(default_program())


def business_days(calendar: LocalCalendar) -> list[date]:
    """The business days of the years that the table covers."""
    day, last = date(2019, 1, 1), date(2035, 12, 31)
    found = []
    while day <= last:
        if day.weekday() < 5 and calendar.holidays.on(day) is None:
            found.append(day)
        day += timedelta(days=1)
    return found


HOLIDAY_TABLES = re.split(r"(?m)^(?=\[\[)", HOLIDAY_TEXT)[1:]


@pytest.mark.requirement("X-06")
@pytest.mark.parametrize("table", HOLIDAY_TABLES, ids=lambda table: table.split("\n")[1])
def test_taking_any_holiday_out_of_the_file_changes_the_business_days(table: str) -> None:
    program = program_of(PROGRAM_TEXT, HOLIDAY_TEXT.replace(table, ""))

    assert len(business_days(program.calendar)) > len(business_days(default_program().calendar))


@pytest.mark.parametrize(
    "changed", [pytest.param(text, id=name) for name, text in changed_numbers(HOLIDAY_TEXT)]
)
def test_changing_any_number_of_the_holiday_file_changes_the_table(
    changed: tuple[str, str],
) -> None:
    def is_different(text: str) -> bool:
        after = parse_holidays(text, "holidays.toml")
        years = (after.first_year, after.last_year)
        return (HOLIDAYS.holidays, HOLIDAYS.first_year, HOLIDAYS.last_year) != (
            after.holidays,
            *years,
        )

    assert any(differs(text, is_different) for text in changed)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ('saturday = "day_before"', 'saturday = "same_day"'),
        ('sunday = "day_after"', 'sunday = "same_day"'),
        ('weekday = "thursday"', 'weekday = "friday"'),
    ],
)
def test_changing_a_word_of_the_holiday_file_changes_the_business_days(old: str, new: str) -> None:
    program = program_of(PROGRAM_TEXT, HOLIDAY_TEXT.replace(old, new, 1))

    assert business_days(program.calendar) != business_days(default_program().calendar)


def test_a_new_closure_in_a_copy_moves_a_due_date(tmp_path: Path) -> None:
    closure = (
        '\n[[closures]]\non = 2026-03-31\nname_en = "Storm"\nname_es = "Tormenta"\n'
        'source = "lacounty.gov"\nchecked_on = 2026-03-30\n'
    )
    (tmp_path / "fyi.toml").write_text(PROGRAM_TEXT, encoding="utf-8")
    (tmp_path / "holidays_la_county.toml").write_text(HOLIDAY_TEXT + closure, encoding="utf-8")

    found = due(
        {"referral": {"assigned_at": "2026-03-27T10:00"}},
        "2026-03-28",
        load_program(tmp_path / "fyi.toml"),
    )

    assert the(found, "referral.csw_contact").last_day == date(2026, 4, 1)
    assert "Storm" in why(found[0])


# -- versions -----------------------------------------------------------------------------------


@pytest.mark.requirement("POL-02", "POL-03", "PAR-01")
def test_duties_begin_with_the_policy_and_parent_duties_in_january_2020() -> None:
    early = {"services": [advocacy("stabilization", "2019-09-10"), parent("2019-12-16")]}

    found = due(early, "2020-01-20")

    assert {one.rule for one in found if one.first_day < date(2019, 9, 24)} == set()
    months = of_rule(found, "stabilization.face_to_face")
    assert [one.first_day.isoformat() for one in months] == [
        "2019-10-01",
        "2019-11-01",
        "2019-12-01",
        "2020-01-01",
    ]
    weeks = of_rule(found, "parent.first_month.face_to_face")
    assert [one.first_day.isoformat() for one in weeks] == ["2020-01-06", "2020-01-13"]
    assert not of_rule(found, "parent.first_face_to_face")


@pytest.mark.requirement("POL-01")
def test_a_duty_is_judged_by_the_version_in_force_on_its_first_day() -> None:
    start = PROGRAM_TEXT.index("\n[[versions]]\n") + 1
    later = (
        PROGRAM_TEXT[start:]
        .replace("effective_from = 2019-09-24", "effective_from = 2026-03-01", 1)
        .replace('version = "2019-09-24"', 'version = "2026-03-01"')
        .replace("minimum = 4", "minimum = 5")
        .replace('week_starts_on = "monday"', 'week_starts_on = "sunday"')
        .replace(
            'id = "referral.csw_contact"\nkind = "deadline"',
            'id = "referral.csw_contact"\nkind = "deadline"',
        )
        .replace('limit = 90\nunit = "minutes"', 'limit = 60\nunit = "minutes"')
    )
    program = program_of(PROGRAM_TEXT + "\n" + later)

    found = due(
        {
            "services": [advocacy("stabilization", "2026-02-01")],
            "first_response": {"called_at": "2026-02-28T23:30"},
        },
        "2026-03-20",
        program,
    )

    months = of_rule(found, "stabilization.face_to_face")
    assert [one.required for one in months] == [4, 5]
    weeks = of_rule(found, "stabilization.weekly_contact")
    assert [one.first_day.isoformat()[5:] for one in weeks] == [
        "02-01",
        "02-02",
        "02-09",
        "02-16",
        "02-23",
        "03-02",
        "03-08",
        "03-15",
    ]
    assert the(found, "first_response.arrival").due_at == moment("2026-03-01T01:00", program)
    new_call = due({"first_response": {"called_at": "2026-03-01T00:30"}}, "2026-03-20", program)
    assert the(new_call, "first_response.arrival").due_at == moment("2026-03-01T01:30", program)


# -- slips --------------------------------------------------------------------------------------

SLIPS = [
    ("minimum = 4", "minimum = 0", "minimum", "1 or more"),
    ("minimum = 4", "minimum = 4.5", "minimum", "whole number"),
    ("minimum = 4", 'minimum = "four"', "minimum", "whole number"),
    ("minimum = 4", "minimun = 4", "minimum", "is needed"),
    ('per = "month"', 'per = "fortnight"', "per", "month, bimonthly, week, day"),
    ('channels = ["face_to_face"]', 'channels = ["pigeon"]', "channels", "pigeon"),
    ('channels = ["face_to_face"]', "channels = []", "channels", "at least one"),
    ('unit = "minutes"', 'unit = "moons"', "unit", "moons"),
    ('unit = "minutes"', 'unit = "minutes"\nlimit_hours = 2', "limit_hours", "not a known field"),
    ('closed_by = "document"', 'closed_by = "phase.to"', "document", "exactly when"),
    ("week_min_days = 4\n", "", "week_min_days", "is needed"),
    ("week_min_days = 4", "week_min_days = true", "week_min_days", "whole number"),
    ('partial_month = "prorate"', 'partial_month = "half"', "partial_month", "prorate, full"),
    ('time_zone = "America/Los_Angeles"', 'time_zone = "America/Atlantis"', "time_zone", "zone"),
    ('id = "referral.csw_contact"', 'id = "first_response.arrival"', "id", "twice"),
    ('kind = "floor"', 'kind = "ceiling"', "kind", "deadline, floor, count"),
    ('quote = "Complete Safety Plan"\n', "", "quote", "sentence"),
    ("effective_from = 2019-09-24", 'effective_from = "soon"', "effective_from", "date"),
    ("[versions.first_month]\nmonths = 1", "[versions.first_month]\nmonths = 0", "months", "1 or"),
]


@pytest.mark.parametrize(("old", "new", "field", "reason"), SLIPS)
def test_a_slip_in_a_program_file_names_its_line_and_field(
    old: str, new: str, field: str, reason: str
) -> None:
    assert old in PROGRAM_TEXT
    broken = PROGRAM_TEXT.replace(old, new, 1)

    with pytest.raises(ProgramFileError, match=reason) as slip:
        program_of(broken)

    assert slip.value.field is not None
    assert slip.value.field.split(".")[-1].startswith(field)
    assert slip.value.line is not None
    lines = broken.splitlines()
    # The line of the field, or of its table's header when the field is not there.
    assert field in lines[slip.value.line - 1] or lines[slip.value.line - 1].startswith("[")
    if (
        "exactly when" not in reason
        and "twice" not in reason
        and new.strip()
        and "needed" not in reason
    ):
        line_of_slip = broken[: broken.index(new.split("\n")[-1])].count("\n") + 1
        assert slip.value.line == line_of_slip


@pytest.mark.parametrize(
    ("old", "new", "field"),
    [
        ("month = 1\nday = 1", "month = 13\nday = 1", "month"),
        ("month = 1\nday = 1", "month = 2\nday = 30", "day"),
        ("nth = 3", "nth = 7", "nth"),
        ("nth = 3\n", "", "nth"),
        ('weekday = "monday"', 'weekday = "moonday"', "weekday"),
        ("last_year = 2035", "last_year = 2010", "last_year"),
        ("on = 2025-01-09", 'on = "2025-01-32"', "on"),
        ('source = "lacounty.gov/closures, requirement X-06"\n', "", "source"),
        ("checked_on = 2026-11-22\nfirst", "first", "checked_on"),
    ],
)
def test_a_slip_in_a_holiday_file_names_its_field(old: str, new: str, field: str) -> None:
    assert old in HOLIDAY_TEXT

    with pytest.raises(ProgramFileError) as slip:
        parse_holidays(HOLIDAY_TEXT.replace(old, new, 1), "holidays.toml")

    assert slip.value.field is not None
    assert slip.value.field.split(".")[-1] == field


@pytest.mark.parametrize(
    ("text", "line"),
    [("id = ", 1), ("[[versions]\n", 1), ("title = 1\nid = \x00", 2), ("id = 1\nid = 2", 2)],
)
def test_a_file_that_is_not_toml_names_the_line(text: str, line: int) -> None:
    for read in (program_of, lambda text: parse_holidays(text, "holidays.toml")):
        with pytest.raises(ProgramFileError, match="is not TOML") as slip:
            read(text)

        assert slip.value.line == line


def test_a_holiday_file_that_is_nowhere_is_named(tmp_path: Path) -> None:
    file = tmp_path / "fyi.toml"
    file.write_text(PROGRAM_TEXT.replace("holidays_la_county.toml", "moon.toml"), encoding="utf-8")

    with pytest.raises(ProgramFileError, match="moon"):
        load_program(file)


def test_no_rule_lacks_its_source_and_targets_quote_no_policy() -> None:
    rules: list[Any] = [rule for version in default_program().versions for rule in version.rules]

    assert len(rules) == 35
    for rule in rules:
        assert rule.source
        assert bool(rule.quote) is not rule.is_agency_target
        assert rule.is_agency_target == rule.id.startswith("agency_target.")
