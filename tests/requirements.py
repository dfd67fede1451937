"""Which test holds the app to which requirement: read from the markers, without running anything.

    python -m tests.requirements        prints the table as Markdown

A test names its requirements with `@pytest.mark.requirement("RFD-03", ...)`. `requirement_ids.csv`
lists them all; `requirements_left_out.toml` says which have no test of their own, and why.
"""

import ast
import csv
import tomllib
from collections.abc import Iterator
from pathlib import Path

TESTS = Path(__file__).parent
MARKER = "pytest.mark.requirement"


def all_ids() -> dict[str, str]:
    """Return every requirement id with its area."""
    with (TESTS / "requirement_ids.csv").open(encoding="utf-8", newline="") as file:
        return {row["id"]: row["area"] for row in csv.DictReader(file)}


def left_out() -> dict[str, str]:
    """Return the ids that no test names, with the reason."""
    text = (TESTS / "requirements_left_out.toml").read_text(encoding="utf-8")
    return {name: str(reason) for name, reason in tomllib.loads(text).items()}


def held_by() -> dict[str, list[str]]:
    """Return the tests that name each id, as "file::test"."""
    found: dict[str, list[str]] = {}
    for path in sorted(TESTS.rglob("test_*.py")):
        for test, requirement in _marked(ast.parse(path.read_text(encoding="utf-8"))):
            name = f"{path.relative_to(TESTS).as_posix()}::{test}"
            found.setdefault(requirement, []).append(name)
    return found


def table() -> str:
    """Return the table of ids, areas, and tests or the reason why there is none."""
    tests, reasons = held_by(), left_out()
    lines = ["| id | area | held by |", "| --- | --- | --- |"]
    for requirement, area in all_ids().items():
        held = "<br>".join(tests.get(requirement, ())) or f"left out: {reasons[requirement]}"
        lines.append(f"| {requirement} | {area} | {held} |")
    return "\n".join(lines)


def _marked(tree: ast.Module) -> Iterator[tuple[str, str]]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            for decorator in node.decorator_list:
                yield from ((node.name, one) for one in _ids_of(decorator))
    for node in tree.body:  # pytestmark = pytest.mark.requirement(...)
        if isinstance(node, ast.Assign) and "pytestmark" in map(ast.unparse, node.targets):
            for call in ast.walk(node.value):
                if isinstance(call, ast.expr):
                    yield from (("the whole file", one) for one in _ids_of(call))


def _ids_of(decorator: ast.expr) -> Iterator[str]:
    if isinstance(decorator, ast.Call) and ast.unparse(decorator.func) == MARKER:
        for argument in decorator.args:
            yield str(ast.literal_eval(argument))


if __name__ == "__main__":
    print(table())
