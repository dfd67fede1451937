"""`field-app due --scenario`: the documented format, and one line and exit code 2 for a mistake."""

import argparse
import json
from pathlib import Path
from typing import Any

import pytest

from field_app.commands import due
from field_app.programs import packaged_text
from tests.domain.due.test_scenario_files import EXAMPLE

FIELDS = [
    "rule",
    "service",
    "phase",
    "from",
    "to",
    "due_at",
    "required",
    "done",
    "attempts",
    "state",
    "reason",
    "why",
    "quote",
    "source",
]


def arguments(*words: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    due.add_parser(parser.add_subparsers(dest="command"))
    return parser.parse_args(["due", *words])


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "scenario.json"
    path.write_text(json.dumps(EXAMPLE), encoding="utf-8")
    return path


def output(capsys: pytest.CaptureFixture[str], *words: str) -> Any:
    assert due.run(arguments(*words, "--json")) == 0
    captured = capsys.readouterr()
    assert captured.err == ""
    return json.loads(captured.out)


def test_the_output_has_the_documented_fields(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = output(capsys, "--scenario", str(file), "--as-of", "2026-03-31")

    assert list(found) == ["as_of", "program", "obligations"]
    assert (found["as_of"], found["program"]) == ("2026-03-31T23:59:59-07:00", "fyi-19-32")
    assert all(list(row) == FIELDS for row in found["obligations"])
    first = found["obligations"][0]
    assert {key: first[key] for key in FIELDS[:11]} == {
        "rule": "first_response.arrival",
        "service": "advocacy",
        "phase": "first_response",
        "from": "2026-03-08",
        "to": "2026-03-08",
        "due_at": "2026-03-08T04:00:00-07:00",
        "required": 1,
        "done": 0,
        "attempts": 0,
        "state": "overdue",
        "reason": None,
    }
    assert first["quote"] == "Specialized CSEC Advocate arrives within 90 minutes"
    last = found["obligations"][-1]
    assert (last["rule"], last["due_at"], last["to"]) == ("parent.empowerment_program", None, None)


def test_no_number_of_the_output_is_a_fraction(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = output(capsys, "--scenario", str(file), "--as-of", "2026-06-30")

    numbers = [
        row[name] for row in found["obligations"] for name in ("required", "done", "attempts")
    ]
    assert {type(number) for number in numbers} == {int}


@pytest.mark.parametrize(
    ("as_of", "read_as"),
    [
        ("2026-03-31", "2026-03-31T23:59:59-07:00"),
        ("2026-03-31T08:15", "2026-03-31T08:15:00-07:00"),
        ("2026-03-31T15:15:00+00:00", "2026-03-31T08:15:00-07:00"),
        ("2026-11-01T01:30", "2026-11-01T01:30:00-07:00"),
        ("2026-12-24", "2026-12-24T23:59:59-08:00"),
    ],
)
def test_a_moment_is_a_date_or_a_local_time(
    as_of: str, read_as: str, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert output(capsys, "--scenario", str(file), "--as-of", as_of)["as_of"] == read_as


def test_reasons_are_given_in_spanish_when_asked(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    found = output(capsys, "--scenario", str(file), "--as-of", "2026-03-31", "--language", "es")

    assert "La política dice (en inglés)" in found["obligations"][0]["why"]


def test_without_json_a_person_reads_a_line_for_each_duty(
    file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert due.run(arguments("--scenario", str(file), "--as-of", "2026-03-31")) == 0

    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == 33
    assert lines[1].endswith("Arrive in person, 23 days late")


def test_a_changed_program_file_changes_the_result(
    file: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    changed = packaged_text("fyi_19_32.toml").replace(
        'limit = 90\nunit = "minutes"', 'limit = 120\nunit = "minutes"'
    )
    program = tmp_path / "changed.toml"
    program.write_text(changed, encoding="utf-8")

    found = output(
        capsys, "--scenario", str(file), "--as-of", "2026-03-31", "--program", str(program)
    )

    assert found["obligations"][0]["due_at"] == "2026-03-08T04:30:00-07:00"


@pytest.mark.parametrize(
    ("content", "as_of", "starts"),
    [
        ('{"participant": {"id": "Y1"}, "colour": 1}', "2026-03-31", "colour: "),
        (
            '{"participant": {"id": "Y\\n1"}, "services": [{"service": "a\\nb"}]}',
            "2026-03-31",
            "services[0].service: ",
        ),
        (
            '{"participant": {}, "missing": [{"from": "2026-02-30"}]}',
            "2026-03-31",
            "missing[0].from: '2026-02-30' is not a date",
        ),
        ("{", "2026-03-31", "the scenario is not JSON"),
        ("\udcff", "2026-03-31", "--scenario: "),
        (None, "2026-03-31", "--scenario: "),
        ('{"participant": {}}', "31/03/2026", "--as-of: "),
        ('{"participant": {}}', "2026-03-08T02:30", "--as-of: "),
        ('{"participant": {}}', "0001-01-01", "--as-of: "),
    ],
)
def test_a_mistake_gets_one_line_and_exit_code_2(
    content: str | None,
    as_of: str,
    starts: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = tmp_path / "scenario.json"
    if content is not None:
        path.write_bytes(content.encode("utf-8", "surrogateescape"))

    assert due.run(arguments("--scenario", str(path), "--as-of", as_of, "--json")) == 2

    captured = capsys.readouterr()
    assert captured.out == ""
    assert captured.err.startswith(starts)
    assert captured.err.count("\n") == 1


def test_without_a_scenario_the_store_answers() -> None:
    asked: list[str | None] = []

    def answer(args: argparse.Namespace) -> int:
        asked.append(args.as_of)
        return 7

    assert due.run(arguments("--as-of", "2026-03-31"), answer) == 7
    assert asked == ["2026-03-31"]


def test_without_a_scenario_and_a_store_the_flag_is_asked_for(
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert due.run(arguments()) == 2
    assert capsys.readouterr().err.startswith("--scenario: is needed")
