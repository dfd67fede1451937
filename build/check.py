"""A dry run of `flet build` for every target, as far as it goes without a phone's tool chain.

    python build/check.py

It stages the app and lets flet-cli's own code read the settings, find the entry and prepare the
build template for each target, up to where it would download Flutter and the SDKs. It also tells
what would not work on a phone although it works here: modules that phones lack, the server or the
tests in the staged folder, a requirement without a version; and whether `constraints.txt` still
agrees with `pyproject.toml`. Exit code 1 when something is wrong.
"""

import argparse
import ast
import json
import os
import re
import sys
import tempfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from unittest import mock

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

sys.path.insert(0, str(Path(__file__).resolve().parent))

from stage import ROOT, STAGE, mobile_requirements, stage

TARGETS = ("apk", "aab", "ipa", "ios-simulator", "linux", "macos", "windows", "web")

HOSTS = {"ipa": "Darwin", "ios-simulator": "Darwin", "macos": "Darwin", "windows": "Windows"}
"""On which system a target is built; the others on Linux."""

MISSING_ON_PHONES = {"multiprocessing", "subprocess", "tkinter", "curses", "ensurepip", "venv"}
"""Modules that Flet's Python for Android and iOS lacks or cannot use."""

PYTHONS = {
    "default_python_version": "3.14",
    "pythons": {
        "3.14": {
            "full_version": "3.14.6",
            "pyodide_version": "314.0.7",
            "android_abis": ["arm64-v8a", "armeabi-v7a", "x86_64"],
        }
    },
}
"""What flet-cli would fetch: the Python that it bundles."""


def flet_build(target: str, folder: Path) -> str:
    """Let flet-cli prepare a target; return what it made of the settings, raise its complaint."""
    from flet_cli.commands import build, flutter_base

    class DryRun(build.Command):
        def cleanup(self, exit_code: int, message: object = None, no_border: bool = False) -> None:
            del no_border
            if exit_code:
                raise RuntimeError(f"flet build {target} would stop: {message}")

    def without_sdks(self: DryRun) -> None:
        self.emojis = dict.fromkeys(("checkmark", "loading", "success", "directory"), "")
        self.skip_flutter_doctor = True

    parser = argparse.ArgumentParser()
    command = DryRun(parser)
    options = parser.parse_args([target, str(folder)])
    with mock.patch.object(flutter_base.BaseFlutterCommand, "initialize_command", without_sdks):
        build.BaseBuildCommand.handle(command, options)
        command.current_platform = HOSTS.get(target, "Linux")
        command.status = command.progress = command.live = mock.MagicMock()
        command.initialize_command()
        command.validate_target_platform()
        command.validate_entry_point()
        command.setup_template_data()
    data = command.template_data
    return f"Python {command.python_release.short}, {data['org_name']}.{data['project_name']}"


def imported_modules(folder: Path) -> Iterator[tuple[Path, str]]:
    """Yield every top-level module that a staged file imports."""
    for path in folder.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            names: list[str] = []
            if isinstance(node, ast.Import):
                names = [alias.name for alias in node.names]
            elif isinstance(node, ast.ImportFrom) and node.module and not node.level:
                names = [node.module]
            for name in names:
                yield path.relative_to(folder), name


def complaints(folder: Path) -> Iterator[str]:
    """Yield what would not work on a phone."""
    for path, name in imported_modules(folder):
        if name.split(".")[0] in MISSING_ON_PHONES:
            yield f"{path} imports {name}, which phones do not have"
        if name.startswith(("sync.server", "fastapi", "uvicorn", "alembic", "psycopg", "tests")):
            yield f"{path} imports {name}, which never goes to a phone"
    for unwanted in ("sync/server", "tests"):
        if (folder / unwanted).exists():
            yield f"{unwanted} is staged"
    for requirement in mobile_requirements():
        if "==" not in requirement:
            yield f"mobile.txt: {requirement} has no exact version"


def constraint_complaints(constraints: str, project: dict[str, Any]) -> Iterator[str]:
    """Yield where the exact versions of a release do not agree with what the project asks for."""
    pins: dict[str, str] = {}
    for pin in re.split(r"\n(?=\S)", constraints.strip()):
        # The lines of a pin: what it is, its hashes, and by whom it is asked for.
        first = pin.splitlines()[0].removesuffix("\\").strip()
        try:
            named = Requirement(first)
        except InvalidRequirement:
            yield f"constraints.txt: not a version: {first}"
            continue
        pins[canonicalize_name(named.name)] = str(named.specifier).removeprefix("==")
        if "--hash=sha256:" not in pin:
            yield f"constraints.txt: {named.name} has no hash"
    extras = project["optional-dependencies"].values()
    for line in [*project["dependencies"], *(line for extra in extras for line in extra)]:
        wanted = Requirement(line)
        pinned = pins.get(canonicalize_name(wanted.name))
        if pinned is None:
            yield f"constraints.txt lacks {wanted.name}"
        elif not wanted.specifier.contains(pinned):
            yield f"constraints.txt: {wanted.name} {pinned}, but pyproject.toml asks for {line}"


def main() -> int:
    """Check every target. Return 0 when all would start to build."""
    folder = stage()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    constraints = (ROOT / "build" / "constraints.txt").read_text("utf-8")
    wrong = [*complaints(folder), *constraint_complaints(constraints, project)]
    with tempfile.TemporaryDirectory() as scratch:
        manifest = Path(scratch) / "manifest.json"
        manifest.write_text(json.dumps(PYTHONS), "utf-8")
        os.environ["FLET_PYTHON_BUILD_MANIFEST"] = str(manifest)
        os.environ["FLET_CLI_NO_RICH_OUTPUT"] = "1"
        for target in TARGETS:
            try:
                print(f"{target}: {flet_build(target, folder)}")
            except Exception as error:
                wrong.append(f"{target}: {type(error).__name__}: {error}")
    for line in wrong:
        print(line, file=sys.stderr)
    print(f"{len(TARGETS)} targets, {len(wrong)} complaints, staged in {STAGE.name}")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
