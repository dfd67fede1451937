"""The shape of the project, run as tests: who imports whom, and what no tracked file may hold."""

import argparse
import re
import subprocess
import sys
import tomllib
from functools import cache
from pathlib import Path

import pytest
from importlinter.cli import EXIT_STATUS_SUCCESS, lint_imports

from field_app.__main__ import COMMANDS, build_parser

ROOT = Path(__file__).parent.parent

# Put together here, so that this file does not hold what it looks for.
HOSTS = [
    ".".join(parts) for parts in (("pypi", "org"), ("pythonhosted", "org"), ("pypi", "python"))
]
MACHINE_PATH = re.compile(r"(?<![\w.~/-])/(?:home|root|Users|work)/\w")
# What a contributor runs is named in the files that run it, and these paths are no machine's.
PATHS_OF_CONTAINERS = re.compile(r"/(?:home|root)/(?:app|nonroot)\b")


@cache
def tracked_files() -> tuple[Path, ...]:
    """Return the files that git knows, without binary ones."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=False
    ).stdout
    paths = [ROOT / name for name in listed.decode().split("\0") if name]
    return tuple(path for path in paths if path.is_file() and b"\0" not in path.read_bytes()[:8000])


def lines_with(pattern: re.Pattern[str]) -> list[str]:
    """Return `file:line` of every line of a tracked file in which a pattern occurs."""
    return [
        f"{path.relative_to(ROOT)}:{number}"
        for path in tracked_files()
        for number, line in enumerate(path.read_text("utf-8").splitlines(), start=1)
        if pattern.search(PATHS_OF_CONTAINERS.sub("", line))
    ]


def commands_of(parser: argparse.ArgumentParser) -> dict[str, argparse.ArgumentParser]:
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            return dict(action.choices)
    return {}


def test_every_import_contract_is_kept(capsys: pytest.CaptureFixture[str]) -> None:
    status = lint_imports(config_filename=str(ROOT / "pyproject.toml"), no_cache=True)

    said = capsys.readouterr().out
    assert status == EXIT_STATUS_SUCCESS, said
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]
    assert f"Contracts: {len(contracts['contracts'])} kept, 0 broken." in said


@pytest.mark.skipif(not (ROOT / ".git").exists(), reason="only a clone knows what is tracked")
class TestTrackedFiles:
    """What git carries."""

    def test_they_are_many_and_this_one_is_among_them(self) -> None:
        assert len(tracked_files()) > 100
        assert ROOT / "pyproject.toml" in tracked_files()

    def test_none_names_a_registrys_host(self) -> None:
        assert lines_with(re.compile("|".join(map(re.escape, HOSTS)))) == []

    def test_none_names_a_folder_of_somebodys_machine(self) -> None:
        assert lines_with(MACHINE_PATH) == []


@pytest.mark.parametrize("document", ["README.md", "field_app/services/TRANSFER.md"])
def test_every_command_that_a_document_shows_exists(document: str) -> None:
    known = commands_of(build_parser())

    shown = re.findall(
        r"field-app(?: --data \S+)? ([a-z]+)\b", (ROOT / document).read_text("utf-8")
    )

    assert shown
    assert [name for name in shown if name not in known] == []


def test_the_readme_names_every_command() -> None:
    readme = (ROOT / "README.md").read_text("utf-8")

    assert [name for name in commands_of(build_parser()) if f"`{name}" not in readme] == []


def test_every_option_of_every_command_says_what_it_is_for() -> None:
    silent = [
        f"{name} {action.option_strings or action.dest}"
        for name, parser in commands_of(build_parser()).items()
        for action in parser._actions
        if action.help is None and not action.choices
    ]

    # The files that `program` takes are named by its own help.
    assert [entry for entry in silent if not entry.startswith("program")] == []


def test_a_command_is_a_module_that_is_imported_without_the_app() -> None:
    script = (
        "import sys; from field_app.__main__ import build_parser; build_parser();"
        "heavy = {'sqlmodel', 'sqlalchemy', 'flet', 'pydantic', 'cryptography', 'fpdf'};"
        "print(sorted(heavy & set(sys.modules)))"
    )

    said = subprocess.run(
        [sys.executable, "-c", script],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout

    assert said.strip() == "[]"
    assert len(COMMANDS) == len(set(COMMANDS))
