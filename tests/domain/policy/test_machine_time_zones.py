"""The results do not depend on the machine's time zone, not even on the nights clocks change."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from field_app.commands.due import as_json
from field_app.programs import default_program
from tests.domain.due.scenarios import due, moment
from tests.domain.due.test_scenario_files import EXAMPLE

PROJECT = Path(__file__).parents[3]

SCRIPT = """
import argparse, sys
from field_app.commands import due
parser = argparse.ArgumentParser()
due.add_parser(parser.add_subparsers())
for path, as_of in zip(sys.argv[1::2], sys.argv[2::2]):
    due.run(parser.parse_args(["due", "--scenario", path, "--as-of", as_of, "--json"]))
    print("===")
"""

NIGHTS = {
    "spring": (
        {"first_response": {"called_at": "2026-03-08T01:30", "arrived_at": "2026-03-08T03:10"}},
        "2026-03-08T03:30",
    ),
    "autumn": ({"first_response": {"called_at": "2026-11-01T01:30"}}, "2026-11-01T01:59"),
    "example": (EXAMPLE, "2026-06-30"),
}


@pytest.mark.parametrize(
    "zone",
    ["UTC", "Pacific/Kiritimati", "Pacific/Pago_Pago", "Europe/Berlin", "Australia/Lord_Howe"],
)
def test_every_machine_time_zone_gives_the_same_results(zone: str, tmp_path: Path) -> None:
    arguments: list[str] = []
    here: list[str] = []
    for name, (parts, as_of) in NIGHTS.items():
        path = tmp_path / f"{name}.json"
        path.write_text(json.dumps({"participant": {"id": "Y1"}, **parts}), encoding="utf-8")
        arguments += [str(path), as_of]
        here.append(as_json(due(parts, as_of), moment(as_of), default_program()))

    there = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        env={**os.environ, "TZ": zone},
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert [part.strip() for part in there.split("===")[:-1]] == here
