"""`field-app program check` and `compare`: a look at a changed file before it is used."""

import argparse
import json
from pathlib import Path

import pytest

from field_app.commands import program
from field_app.domain.due.scenario import read_scenario
from field_app.programs import default_program, packaged_text
from tests.domain.due.test_scenario_files import EXAMPLE

TEXT = packaged_text("fyi_19_32.toml")


def run(*words: str) -> int:
    parser = argparse.ArgumentParser()
    program.add_parser(parser.add_subparsers(dest="command"))
    return program.run(parser.parse_args(["program", *words]))


@pytest.fixture
def files(tmp_path: Path) -> dict[str, str]:
    """The shipped program, one with a changed number, one with a slip, and a scenario."""
    contents = {
        "old.toml": TEXT,
        "new.toml": TEXT.replace('limit = 90\nunit = "minutes"', 'limit = 120\nunit = "minutes"'),
        "slip.toml": TEXT.replace("limit = 90", "limit = -90"),
        "scenario.json": json.dumps(EXAMPLE),
    }
    for name, content in contents.items():
        (tmp_path / name).write_text(content, encoding="utf-8")
    return {name.split(".")[0]: str(tmp_path / name) for name in contents}


def test_a_file_in_order_says_what_it_holds(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", files["old"]) == 0

    out = capsys.readouterr().out
    assert "old.toml is in order: fyi-19-32" in out
    assert "version 2019-09-24 from 2019-09-24: 30 duties and 5 agency targets" in out
    assert "2019 to 2035" in out


def test_a_slip_is_named_by_line_and_field_with_exit_code_2(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("check", files["slip"]) == 2

    line = TEXT[: TEXT.index("limit = 90")].count("\n") + 1
    err = capsys.readouterr().err
    assert err.startswith(f"line {line}, versions[0].rules[1].limit: must be 1 or more, not -90")
    assert err.count("\n") == 1


def test_a_file_that_is_not_there_is_refused(capsys: pytest.CaptureFixture[str]) -> None:
    assert run("check", "nowhere.toml") == 2
    assert "nowhere.toml cannot be read" in capsys.readouterr().err


def test_compare_shows_which_obligations_change(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    words = (
        "compare",
        files["old"],
        files["new"],
        "--scenario",
        files["scenario"],
        "--as-of",
        "2026-03-31",
    )
    assert run(*words) == 0

    assert capsys.readouterr().out.splitlines() == [
        "1 obligations change",
        "Y1 first_response.arrival 2026-03-08: due_at 2026-03-08 04:00:00-07:00 -> "
        "2026-03-08 04:30:00-07:00",
    ]
    assert run(*words, "--json") == 0
    changes = json.loads(capsys.readouterr().out)["changes"]
    assert [(one["rule"], one["change"]) for one in changes] == [
        ("first_response.arrival", "changed")
    ]


def test_compare_of_a_file_with_itself_changes_nothing(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert run("compare", files["old"], files["old"], "--scenario", files["scenario"]) == 0
    assert capsys.readouterr().out == "no obligation changes\n"


def test_compare_shows_duties_that_come_and_go(
    files: dict[str, str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    renamed = tmp_path / "renamed.toml"
    renamed.write_text(
        TEXT.replace('"referral.csw_contact"', '"referral.csw_talk"'), encoding="utf-8"
    )

    assert (
        run(
            "compare",
            files["old"],
            str(renamed),
            "--scenario",
            files["scenario"],
            "--as-of",
            "2026-03-31",
        )
        == 0
    )

    assert capsys.readouterr().out.splitlines() == [
        "2 obligations change",
        "Y1 referral.csw_contact 2026-03-27: no longer listed",
        "Y1 referral.csw_talk 2026-03-27: new, due, 2026-03-31T23:59:59-07:00",
    ]


def test_compare_without_a_scenario_asks_the_store(
    files: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    parser = argparse.ArgumentParser()
    program.add_parser(parser.add_subparsers(dest="command"))
    words = ["program", "compare", files["old"], files["new"], "--as-of", "2026-03-31"]
    facts = [read_scenario(EXAMPLE, default_program())]

    assert program.run(parser.parse_args(words), lambda: facts) == 0
    assert "1 obligations change" in capsys.readouterr().out
    assert run(*words[1:]) == 2
    assert capsys.readouterr().err.startswith("--scenario: ")
